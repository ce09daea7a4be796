"""A person at a scripted phone, in time: speaks tones, presses keys, and knows by their tones which prompts he hears.

Prompts are told apart because the test replaces each with a tone of its own (`teach`). Everything moves in steps of
20 ms, as a phone's voice does.
"""
import audioop
import io
import math
import struct
import time
import wave

from baresip import tone_share
from sipphone import sdp, sdp_target

RATE = 8000
STEP = RATE // 50
SPEAKS_HZ = 440
SDP_KEYS = "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"


def samples_of(hertz, seconds, rate=RATE, loudness=8000):
    return [round(loudness * math.sin(2 * math.pi * hertz * n / rate)) for n in range(round(seconds * rate))]


def wav_of(hertz, seconds):
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        samples = samples_of(hertz, seconds, 16000)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return out.getvalue()


def read_wav(body):
    """Samples and their rate."""
    with wave.open(io.BytesIO(body)) as file:
        raw = file.readframes(file.getnframes())
        return struct.unpack(f"<{len(raw) // 2}h", raw), file.getframerate()


def teach(server, prompts, seconds=0.3):
    """Each prompt is a tone from now on, in every language that has it. Returns the tones by name. A telephone carries up to 3,600 Hz."""
    apart = min(150, 3000 // len(prompts))
    tones = {name: 600 + apart * place for place, name in enumerate(prompts)}
    for name, hertz in tones.items():
        statuses = [server.request("PUT", f"/api/prompts/{language}/{name}", wav_of(hertz, seconds),
                                   {"Content-Type": "audio/wav"})[0] for language in ("de", "en")]
        assert 200 in statuses, (name, statuses)
    return tones


class Voice:
    """A call that is up."""

    def __init__(self, phone, number, tones, extra=()):
        self._open(phone, tones)
        self.call = phone.invite(number, self._description(), extra=extra)
        self._begin(self.call.established().body)

    @classmethod
    def answers(cls, phone, tones, seconds=15):
        """Somebody calls him."""
        voice = cls.__new__(cls)
        voice._open(phone, tones)
        voice.call = phone.answer_invite(seconds)
        voice.call.ring()
        voice.call.reply(200, body=voice._description())
        voice.call.expect("ACK")
        voice._begin(voice.call.invite.body)
        return voice

    @classmethod
    def rung(cls, phone, tones):
        """The phone is rung by the system itself, which then says who and what is at the other end."""
        voice = cls.answers(phone, tones)
        told = voice.call.expect("INVITE")
        voice.call.reply(200, told, voice._description(2))
        ack = voice.call.expect("ACK")
        voice._begin(told.body or ack.body)
        return voice

    def _description(self, version=1):
        return sdp(self.phone.host, self.rtp.port, version=version, codecs="8 101", extra=SDP_KEYS)

    def _open(self, phone, tones):
        self.phone, self.tones = phone, tones
        self.rtp = phone.open_rtp()
        self.rtp.drain()
        self.at = 0
        self.blocks = []  # of 20 ms, all that was heard
        self.listened = 0  # so many of them were listened to: what comes while a key is pressed is heard, too

    def _begin(self, description):
        self.target = sdp_target(description)
        self.next = time.monotonic()

    def step(self, speaks_hz=0):
        """20 ms pass."""
        self.say(speaks_hz)
        self.listen()

    def say(self, speaks_hz=0):
        """What is spoken within a step."""
        samples = [round(8000 * math.sin(2 * math.pi * speaks_hz * (self.at + n) / RATE)) for n in range(STEP)]
        self.at += STEP
        self.rtp.send(self.target, audioop.lin2alaw(struct.pack(f"<{STEP}h", *samples), 2))
        self.next += STEP / RATE

    def listen(self):
        """The rest of the step."""
        while (left := self.next - time.monotonic()) > 0:
            self.take(left)

    def take(self, seconds):
        """A packet, if one comes. False: none does."""
        packet = self.rtp.receive(seconds)
        if packet and packet[1] & 0x7F == 8:
            self.blocks.append(struct.unpack(f"<{STEP}h", audioop.alaw2lin(packet[12:172], 2)))
        return bool(packet)

    def speak(self, seconds, hertz=SPEAKS_HZ):
        for _ in range(round(seconds * 50)):
            self.step(hertz)

    def frequency(self, block):
        """What is heard in it; 0: nothing, -1: something else."""
        if max(block) < 1000:
            return 0
        hertz = max([SPEAKS_HZ, *self.tones.values()], key=lambda one: tone_share(block, one, RATE))
        return hertz if tone_share(block, hertz, RATE) > 0.8 else -1

    def hears_hz(self, hertz, what, seconds=15):
        run, last = 0, 0
        for _ in range(round(seconds * 50)):
            while self.listened < len(self.blocks):
                last = self.frequency(self.blocks[self.listened])
                self.listened += 1
                run = run + 1 if last == hertz else 0
                if run == 5:
                    return
            self.step()
        raise AssertionError(f"{self.phone.name} does not hear {what} ({hertz} Hz); at last {last} Hz")

    def hears(self, prompt, seconds=15):
        self.hears_hz(self.tones[prompt], prompt, seconds)

    def hears_speech(self, hertz=SPEAKS_HZ, seconds=15):
        self.hears_hz(hertz, "what was spoken", seconds)

    def press(self, keys):
        """As packets of RFC 4733, 100 ms each."""
        for key in keys:
            event = "0123456789*#".index(key)
            begun = self.at
            for count in range(1, 8):
                end = count > 5
                body = bytes([event, 0x8A if end else 0x0A]) + (min(count, 5) * STEP).to_bytes(2, "big")
                self.send_event(body, begun, marker=count == 1)
                self.step()
            for _ in range(5):
                self.step()

    def send_event(self, body, at, marker):
        rtp = self.rtp
        rtp.sequence = (rtp.sequence + 1) & 0xFFFF
        header = bytes([0x80, 101 | (0x80 if marker else 0)]) + rtp.sequence.to_bytes(2, "big") + (
            at & 0xFFFFFFFF).to_bytes(4, "big") + rtp.ssrc.to_bytes(4, "big")
        rtp.sock.sendto(header + body, self.target)

    def hang_up(self):
        self.call.hang_up()

    def is_hung_up(self, seconds=15):
        """The system ends the call; the voice goes on until then."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.step()
            message = self.phone.receive(0.001)
            if message and message.start.startswith("BYE"):
                self.call.reply(200, message)
                return
        raise AssertionError(f"{self.phone.name} is not hung up")
