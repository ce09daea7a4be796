#!/usr/bin/env python3
"""Voice from phone to phone, past the switch (PHO-5, canreinvite): real softphones whose tones are heard while no packet
passes here."""
import shutil
import tempfile
import unittest
from pathlib import Path

import baresip
import harness
from harness import SystemTest, password_phone, until, user
from linphone import Linphone

TONES = {"p1": 440, "p2": 700, "p3": 440, "p4": 700}
MUSIC_HERTZ = 600
PACKETS_A_SECOND, SAMPLES_A_PACKET = 50, 160


class Direct(SystemTest):
    CONFIG = {
        # baresip names the address of the machine, not the one its signalling comes from: it has to be believed
        "phones": [password_phone("p1", direct_media=True, nat="never"), password_phone("p2", direct_media=True, nat="never"),
                   password_phone("p3", direct_media=True, codecs="alaw"), password_phone("p4", direct_media=True, codecs="alaw")],
        "users": [user(100 + number, f"p{number}") for number in range(1, 5)],
    }

    @classmethod
    def setUpClass(cls):
        sounds = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, sounds)
        baresip.write_tone(sounds / "music.wav", MUSIC_HERTZ)
        cls.OPTIONS = ("--sounds", str(sounds))
        super().setUpClass()

    def setUp(self):
        self.began = harness.now()

    def phones(self, kind, *names):
        phones = [kind(self.server, name, f"secret-of-{name}", TONES[name]) for name in names]
        for phone in phones:
            self.addCleanup(phone.close)
        return phones

    def become_direct(self):
        def voices():
            return {one[f"heard_by_{side}"]["voice"] for one in self.server.calls() for side in ("caller", "called")}
        until(lambda: voices() == {"direct"}, "the voices go directly")

    def relayed(self):
        return self.server.metrics()["strowger_media_packets_total"]

    @staticmethod
    def hear(*phones, seconds=2):
        before = [phone.recorded() for phone in phones]
        until(lambda: all(phone.recorded() > start + seconds * baresip.RATE * 2 for phone, start in zip(phones, before)),
              f"{seconds} s of sound", 20)

    def assert_nothing_passes(self, *phones):
        self.hear(*phones)  # figures come once a second
        before = self.relayed()
        self.hear(*phones)
        self.assertEqual(self.relayed(), before, "packets passed here")

    @staticmethod
    def mark(phone, hertz):
        """What it has recorded last is this tone; a recording can be read when the call is over."""
        return phone, phone.recorded() // 2, hertz

    def assert_heard(self, phone, end, hertz):
        samples, rate = phone.heard()
        self.assertGreater(baresip.tone_share(samples[:end][-rate:], hertz, rate), 0.9, f"{phone.name} must hear {hertz} Hz")

    def record(self):
        return self.server.wait_records(1, since=self.began)[0]

    def test_two_phones_hear_each_other_past_the_switch(self):
        one, two = self.phones(baresip.Baresip, "p1", "p2")
        one.connect()
        self.server.wait_registered("p1", "p2")
        two.command("dial", "101")
        two.wait_event("CALL_ESTABLISHED")
        self.become_direct()
        self.assert_nothing_passes(one, two)
        heard = [self.mark(one, TONES["p2"]), self.mark(two, TONES["p1"])]
        two.command("hangup")
        for phone in (one, two):
            phone.wait_event("CALL_CLOSED")
        for mark in heard:
            self.assert_heard(*mark)
        record = self.record()
        self.assertEqual(record["result"], "answered")
        self.assertTrue(record["direct"])
        self.assertIsNone(record["mos_to_caller_x100"])
        self.assertIn("direct_media", [reason["code"] for reason in record["explanation"]])
        packets_heard = heard[0][1] // SAMPLES_A_PACKET
        self.assertLess(record["packets_to_called"], packets_heard - 3 * PACKETS_A_SECOND, "most came past us")

    def test_hold_brings_the_voice_back_and_resume_lets_it_go(self):
        """Also MOH-1; linphone, for a baresip records nothing more once it was held."""
        one, two = self.phones(Linphone, "p3", "p4")
        self.server.wait_registered("p3", "p4")
        two.say("call 103")
        self.server.live_call(lambda call: call["state"] == "answered")
        self.become_direct()
        self.assert_nothing_passes(one, two)
        heard = [self.mark(one, TONES["p4"]), self.mark(two, TONES["p3"])]
        two.say("pause")
        self.server.live_call(lambda call: call["state"] == "held")
        before = self.relayed()
        self.hear(one)
        heard.append(self.mark(one, MUSIC_HERTZ))
        until(lambda: self.relayed() > before, "music comes from here")
        two.say("resume")
        self.server.live_call(lambda call: call["state"] == "answered")
        self.become_direct()
        self.assert_nothing_passes(one, two)
        heard += [self.mark(one, TONES["p4"]), self.mark(two, TONES["p3"])]
        two.say("terminate")
        self.assertTrue(self.record()["direct"])
        for mark in heard:
            self.assert_heard(*mark)


if __name__ == "__main__":
    harness.main()
