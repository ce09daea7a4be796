"""People at scripted phones who meet in conferences: who hears whom, by tones of their own."""
import time

import harness
from baresip import tone_share
from harness import address, address_phone, free_port, user
from talking import TalkTest
from voice import RATE, Voice, teach

PEOPLE = {"anna": address(11), "bernd": address(12), "carla": address(13), "dora": address(14)}
PORTS = {host: free_port(host) for host in PEOPLE.values()}
HZ = {"anna": 440, "bernd": 1200, "carla": 2300, "dora": 3100}
PROMPTS = ("conference-pin", "wrong-pin", "conference-first", "conference-one-other", "conference-wait", "conference-welcome",
           "conference-joined", "conference-left", "conference-someone-left", "conference-muted", "conference-unmuted",
           "conference-hand-raised", "conference-locked", "conference-unlocked", "conference-is-locked", "conference-full",
           "conference-ends", "conference-unknown", "conference-menu", "conference-say-name", "conference-hearing", "not-permitted")


class MeetingTest(TalkTest):
    PORTS = PORTS
    PHONES = [address_phone(name, host, PORTS[host]) for name, host in PEOPLE.items()]
    USERS = [user(101 + n, name) for n, name in enumerate(PEOPLE)]

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tones = teach(cls.server, PROMPTS)

    def setUp(self):
        self.began = harness.now()

    def comes(self, name, number, keys=""):
        voice = Voice(self.phone(name, PEOPLE[name]), number, self.tones)
        self.addCleanup(voice.rtp.drain)
        if keys:
            voice.press(keys)
        return voice

    @staticmethod
    def together(voices, speaking, seconds=1.0):
        """All hear for so long, those who speak do it at once, each with a tone of his own. Who heard whom, by their names."""
        for voice in voices:
            while voice.take(0):
                pass
            voice.listened = len(voice.blocks)
            voice.next = time.monotonic()
        for _ in range(round(seconds * 50)):
            for voice in voices:
                voice.say(HZ[voice.phone.name] if voice in speaking else 0)
            voices[-1].listen()
            for voice in voices:
                while voice.take(0):
                    pass
        heard = {}
        for voice in voices:
            blocks, voice.listened = voice.blocks[voice.listened:], len(voice.blocks)
            loud = [block for block in blocks if max(block) > 1000]
            heard[voice.phone.name] = {name for name, hertz in HZ.items()
                                       if sum(tone_share(block, hertz, RATE) > 0.15 for block in loud) > len(blocks) / 3}
        return heard

    def hears_all(self, voices, speaking, expected, seconds=8):
        """Before long it is as expected; announcements may be under way."""
        end = time.monotonic() + seconds
        while (heard := self.together(voices, speaking)) != expected and time.monotonic() < end:
            pass
        self.assertEqual(heard, expected)
