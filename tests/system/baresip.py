"""A real softphone: baresip with an account, a tone instead of a microphone, a recording instead of a loudspeaker.

Traps of baresip 1.0 this file knows: it listens on its SIP port and the one above; a WAV that ends hangs up the call;
recordings come from the module sndfile, one file for each direction, complete only when the call is over; when the source of
what it hears (SSRC) changes within the first 100 ms, it may drop all that comes for minutes, as too late; who has been held by the other phone (recvonly) records nothing any more;
a transfer that fails ends the call, and no event tells of it.
"""
import json
import math
import socket
import struct
import subprocess
import tempfile
import time
import wave
from pathlib import Path

from harness import free_port, until

RATE = 8000
HEADER_BYTES = 44  # of a recording
TONE_SECONDS = 120
MODULES = ("/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules",
           "/usr/lib/aarch64-linux-gnu/baresip/modules")


# A WAV file must have the rate and channels of the codec.
CODECS = {"PCMA": ("g711", "PCMA/8000/1", RATE, 1), "PCMU": ("g711", "PCMU/8000/1", RATE, 1),
          "G722": ("g722", "G722/16000/1", 16000, 1), "opus": ("opus", "opus/48000/2", 48000, 2),
          "GSM": ("gsm", "GSM/8000/1", RATE, 1)}


def write_tone(path, hertz, seconds=TONE_SECONDS, rate=RATE, channels=1):
    one_second = b"".join(struct.pack("<h", round(9000 * math.sin(2 * math.pi * hertz * n / rate))) * channels
                          for n in range(rate))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        for _ in range(seconds):
            out.writeframes(one_second)


def tone_share(samples, hertz, rate=RATE):
    """The share of the signal's power that is at one frequency (Goertzel): about 1 for a pure tone, 0 for others."""
    power = sum(sample * sample for sample in samples)
    if not samples or not power:
        return 0.0
    coefficient = 2 * math.cos(2 * math.pi * hertz / rate)
    first = second = 0.0
    for sample in samples:
        first, second = sample + coefficient * first - second, first
    tone = first * first + second * second - coefficient * first * second
    return 2 * tone / (len(samples) * power)


def read_wav(path):
    with wave.open(str(path), "rb") as source:
        raw = source.readframes(source.getnframes())
        samples = struct.unpack(f"<{len(raw) // 2}h", raw)
        return samples[::source.getnchannels()], source.getframerate()


class Baresip:
    """`calls` and `hangs_up` are commands through its control port; `events` are what it reported."""

    def __init__(self, server, name, secret, hertz=440, transport="udp", sip_host="127.0.0.1", codecs="PCMA",
                 answer="auto", register_s=120, record=True, applications=(), contacts="", encryption=None):
        self.folder = tempfile.TemporaryDirectory(prefix="strowger-baresip-")
        folder = Path(self.folder.name)
        self.name, self.hertz = name, hertz
        self.recordings = folder / "recordings"
        self.recordings.mkdir()
        module, codec, rate, channels = CODECS[codecs]
        write_tone(folder / "tone.wav", hertz, rate=rate, channels=channels)
        modules = next(path for path in MODULES if Path(path).is_dir())
        self.control_port = free_port("127.0.0.1")
        (folder / "config").write_text(
            f"sip_listen {sip_host}:{free_port(sip_host)}\n"
            f"audio_source aufile,{folder}/tone.wav\naudio_player aubridge,nil\naudio_alert aubridge,nil\n"
            f"ring_aufile none\nmodule_path {modules}\n"
            f"module {module}.so\nmodule aufile.so\nmodule aubridge.so\n" + ("module sndfile.so\n" if record else "") +
            (f"module {'dtls_srtp' if encryption == 'dtls_srtp' else 'srtp'}.so\n" if encryption else "") +
            "".join(f"module_app {one}.so\n" for one in applications) +
            "module_app account.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\n"
            f"ctrl_tcp_listen 127.0.0.1:{self.control_port}\nsnd_path {self.recordings}\n")
        (folder / "accounts").write_text(
            f"<sip:{name}@{server.host}:{server.port_of(transport)};transport={transport}>;auth_user={name};auth_pass={secret};"
            f"regint={register_s};answermode={answer};audio_codecs={codec}" +
            (f";mediaenc={encryption}\n" if encryption else "\n"))
        (folder / "contacts").write_text(contacts)
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(["baresip", "-f", str(folder)], stdout=log, stderr=subprocess.STDOUT,
                                            stdin=subprocess.DEVNULL)
        self.control = None
        self.buffer = b""
        self.events = []

    def recorded(self):
        """Bytes of what it heard so far."""
        return sum(path.stat().st_size for path in self.recordings.glob("*-dec.wav"))

    def log_text(self):
        return self.log.read_text(errors="replace")

    def connect(self):
        def attempt():
            if self.process.poll() is not None:
                raise AssertionError(f"baresip ended with {self.process.returncode}:\n{self.log_text()}")
            try:
                self.control = socket.create_connection(("127.0.0.1", self.control_port), 1)
                return True
            except OSError:
                return False
        until(attempt, f"baresip {self.name} listens for commands", 15)

    # What a person does at it. `softphones.py` does the same with phones of other makes.

    STATES = {"CALL_INCOMING": "rung", "CALL_RINGING": "rings", "CALL_PROGRESS": "rings", "CALL_ESTABLISHED": "talks"}

    def calls(self):
        """Each call of the moment by its ID: "rung" here, "rings" at the other one, "talks"; and with whom."""
        self.poll()
        calls = {}
        for event in self.events:
            if event.get("type") == "CALL_CLOSED":
                calls.pop(event.get("id"), None)
            elif event.get("type") in self.STATES:
                calls[event["id"]] = self.STATES[event["type"]], f"{event.get('peerdisplayname', '')} {event['peeruri']}"
        return calls

    def dial(self, number):
        self.wait_new_recording()
        self.command("dial", str(number))

    def accept(self):
        self.wait_new_recording()
        self.command("accept")

    def hang_up(self):
        """The call that is talked in, and a ringing one is refused (486)."""
        self.command("hangup")

    def press(self, keys):
        for key in keys:
            self.command("sndcode", key)

    def hold(self):
        self.command("hold")

    def wait_new_recording(self):
        """Recordings are named by the second: the one of a new stream must not fall upon another."""
        until(lambda: not list(self.recordings.glob(time.strftime("dump-%Y-%m-%d-%H-%M-%S-*"))), "another second", 3)

    def sounds(self):
        """The files that grow while it hears something, and their rate."""
        return list(self.recordings.glob("*-dec.wav")), RATE

    def command(self, name, parameters=""):
        if self.control is None:
            self.connect()
        text = json.dumps({"command": name, "params": parameters, "token": name}).encode()
        self.control.sendall(str(len(text)).encode() + b":" + text + b",")

    def poll(self):
        """Takes in what baresip reported (netstrings of JSON)."""
        if self.control is None:
            self.connect()
        self.control.settimeout(0.01)
        try:
            while True:
                data = self.control.recv(65536)
                if not data:
                    break
                self.buffer += data
        except TimeoutError:
            pass
        while b":" in self.buffer:
            length, _, rest = self.buffer.partition(b":")
            if len(rest) <= int(length):
                break
            self.events.append(json.loads(rest[:int(length)]))
            self.buffer = rest[int(length) + 1:]

    def wait_event(self, kind, seconds=15):
        def seen():
            self.poll()
            return [event for event in self.events if event.get("type") == kind]
        try:
            return until(seen, f"{self.name}: {kind}", seconds)[-1]
        except AssertionError as error:
            raise AssertionError(f"{error}; events {self.events}\n{self.log_text()[-3000:]}") from None

    def wait_recorded(self, size, what, seconds=20):
        try:
            until(lambda: self.recorded() > size, what, seconds)
        except AssertionError as error:
            raise AssertionError(f"{self.name}: {error}; has {self.recorded()} bytes\n{self.log_text()[-3000:]}") from None

    def wait_registered(self):
        """Looks into the log: the event may be over before the control connection stands."""
        return until(lambda: "200 OK" in self.log_text() or self.process.poll() is not None,
                     f"{self.name} is registered:\n{self.log_text()}", 15)

    def heard(self):
        """What came in from the other side, without the first 0.3 s (latching), and its sample rate."""
        files = sorted(self.recordings.glob("*-dec.wav"))
        if not files:
            raise AssertionError(f"{self.name} recorded nothing:\n{self.log_text()}")
        samples, rate = read_wav(files[-1])
        return samples[int(0.3 * rate):], rate

    def close(self):
        if self.control:
            self.control.close()
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.folder.cleanup()
