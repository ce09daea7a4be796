"""A real softphone: linphonec with an account, commanded through its standard input, sound from and to WAV files.

Traps of linphone 5.1 this file knows: without `.local/share/linphone` under its home it has no listening point; files take
the place of the sound card only after `soundcard use files`; a file to play is played once, so it has to be long; it listens on all
addresses.
"""
import os
import re
import struct
import subprocess
import tempfile
import threading
from pathlib import Path

import baresip
from harness import free_port_everywhere, until

# The rate of the recording is that of the codec: with these off it is always baresip.RATE.
NARROW = "".join(f"[audio_codec_{n}]\nmime={mime}\nrate={rate}\nchannels={channels}\nenabled=0\n" for n, (mime, rate, channels) in enumerate(
    (("opus", 48000, 2), ("speex", 16000, 1), ("speex", 8000, 1), ("G722", 8000, 1), ("G729", 8000, 1))))
NO_SOUND = "[sound]\nplayback_dev_id=\nringer_dev_id=\ncapture_dev_id=\n"


class Linphone:
    """`say` is a command as typed; what it printed is in `text`."""

    def __init__(self, server, name, secret, hertz=440, transport="udp", proxy=None, auto_answer=True,
                 narrow=False):
        self.folder = tempfile.TemporaryDirectory(prefix="strowger-linphone-")
        folder = Path(self.folder.name)
        self.name, self.hertz = name, hertz
        (folder / ".local/share/linphone").mkdir(parents=True)
        self.recording = folder / "heard.wav"
        baresip.write_tone(folder / "tone.wav", hertz)
        ports = {one: free_port_everywhere() if one == transport else 0 for one in ("udp", "tcp", "tls")}
        target = proxy or f"sip:{server.host}:{server.port_of(transport)};transport={transport}"
        (folder / "rc").write_text(
            f"[sip]\nsip_port={ports['udp']}\nsip_tcp_port={ports['tcp']}\nsip_tls_port={ports['tls']}\ndefault_proxy=0\n"
            f"verify_server_certs=0\nverify_server_cn=0\nguess_hostname=1\n"
            f"[rtp]\naudio_rtp_port={free_port_everywhere()}\n[net]\nmtu=0\n{NO_SOUND}"
            f"[proxy_0]\nreg_proxy=<{target}>\nreg_identity=sip:{name}@{server.host}\nreg_sendregister=1\nreg_expires=120\n"
            f"publish=0\n[auth_info_0]\nusername={name}\npasswd={secret}\n" + (NARROW if narrow else ""))
        self.text = ""
        self.process = subprocess.Popen(
            ["linphonec", "-c", str(folder / "rc")] + (["-a"] if auto_answer else []), stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", bufsize=1,
            env={**os.environ, "HOME": str(folder), "TERM": "dumb"})
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        self.wait_text("linphonec>", "linphonec is ready")
        self.say("soundcard use files")
        self.say(f"play {folder}/tone.wav")
        self.say(f"record {self.recording}")

    def _read(self):
        while chunk := self.process.stdout.read(1):
            self.text += chunk

    def say(self, command):
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def wait_text(self, part, what, since=0, seconds=15):
        until(lambda: part in self.text[since:] or self.process.poll() is not None, f"{what}; it said {self.text[-1500:]}",
              seconds)
        if part not in self.text[since:]:
            raise AssertionError(f"linphonec ended with {self.process.returncode}: {self.text[-3000:]}")

    STATES = (("rung", r"Receiving new incoming call from (?P<who>.*), assigned id (?P<id>\d+)"),
              ("rings", r"Call (?P<id>\d+) to (?P<who>\S+) (?:ringing|in progress)"),
              ("talks", r"Call (?P<id>\d+) with (?P<who>.*?) connected"),
              ("", r"Call (?P<id>\d+) with (?P<who>.*?) (?:ended|error)"))

    # What a person does at it, as at baresip.

    def calls(self):
        found = [(match.start(), state, match) for state, pattern in self.STATES for match in re.finditer(pattern, self.text)]
        calls = {match["id"]: (state, match["who"]) for _, state, match in sorted(found, key=lambda one: one[0])}
        return {one: call for one, call in calls.items() if call[0]}

    def dial(self, number):
        self.say(f"call {number}")

    def accept(self):
        self.say("answer")

    def hang_up(self):
        self.say("terminate")

    def press(self, keys):
        for key in keys:
            self.say(key)

    def hold(self):
        self.say("pause")

    def sounds(self):
        """The header, with the rate, is written when the call is over."""
        return [self.recording] if self.recording.exists() else [], baresip.RATE

    def mark(self):
        return len(self.text)

    def recorded(self):
        return self.recording.stat().st_size if self.recording.exists() else 0

    def heard(self):
        """All there is: while it is still recording the file's header says less."""
        _, rate = baresip.read_wav(self.recording)
        data = self.recording.read_bytes()[44:]
        return struct.unpack(f"<{len(data) // 2}h", data[:len(data) // 2 * 2]), rate

    def close(self):
        try:
            self.say("quit")
            self.process.wait(10)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()
        self.process.stdin.close()
        self.reader.join(5)
        self.process.stdout.close()
        self.folder.cleanup()
