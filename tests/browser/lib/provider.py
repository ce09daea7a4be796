#!/usr/bin/env python3
"""provider.py PASSWORD: a provider for lines: a real Kamailio that registers acct1, and behind it a public network where every
call rings and is picked up. Says "HOST PORT" when it is ready; ends with its standard input."""
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "system"))

from harness import address, free_port  # noqa: E402
from kamailio import PROVIDER, Kamailio  # noqa: E402
from sipphone import Phone  # noqa: E402

carrier_host = address(61)
carrier_port = free_port(carrier_host)
kamailio = Kamailio(PROVIDER, address(60), algorithm="MD5", realm="prov.test", password=sys.argv[1], max_expires=600,
                    min_expires=30, carrier_host=carrier_host, carrier_port=carrier_port)


def answer_calls():
    with Phone(kamailio.sip_address, carrier_host, "carrier", port=carrier_port) as carrier:
        while True:
            call = carrier.answer_invite(3600)
            call.ring()
            call.pick_up()
            call.is_hung_up(30)


threading.Thread(target=answer_calls, daemon=True).start()
try:
    print(kamailio.host, kamailio.port, flush=True)
    sys.stdin.read()
finally:
    kamailio.close()
