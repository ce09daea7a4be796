#!/usr/bin/env python3
"""softphone.py HOST SIP_PORT NAME SECRET [NUMBER]: a real softphone (baresip) that registers, answers every call, and
with NUMBER calls it; with "ring" instead it only rings. Says "ready" when it is registered; ends with its standard input."""
import sys
from pathlib import Path
from types import SimpleNamespace

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "system"))

from baresip import Baresip  # noqa: E402

host, sip_port, name, secret, *number = sys.argv[1:]
rings = number == ["ring"]
phone = Baresip(SimpleNamespace(host=host, port_of=lambda _: int(sip_port)), name, secret, record=False,
                answer="manual" if rings else "auto")
try:
    phone.wait_registered()
    print("ready", flush=True)
    for one in [] if rings else number:
        phone.command("dial", one)
    sys.stdin.read()
finally:
    phone.close()
