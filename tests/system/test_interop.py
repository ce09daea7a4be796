#!/usr/bin/env python3
"""Softphones of different makes register and talk to each other: linphone with baresip, both ways, with hold and transfer."""
import shutil
import tempfile
import unittest
from pathlib import Path

import baresip
import harness
from harness import SystemTest, password_phone, until, user
from linphone import Linphone


MUSIC_HERTZ = 600


class Interop(SystemTest):
    CONFIG = {
        "phones": [password_phone("p1"), password_phone("p2"), password_phone("p3")],
        "users": [user(101, "p1"), user(102, "p2"), user(103, "p3")],
    }

    @classmethod
    def setUpClass(cls):
        sounds = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, sounds)
        baresip.write_tone(sounds / "music.wav", MUSIC_HERTZ)
        cls.OPTIONS = ("--sounds", str(sounds))
        super().setUpClass()

    def phone(self, cls, name, hertz, **more):
        phone = cls(self.server, name, f"secret-of-{name}", hertz, **more)
        self.addCleanup(phone.close)
        return phone

    def assert_hears(self, phone, hertz, not_hertz):
        samples, rate = phone.heard()
        self.assertGreater(len(samples), rate, f"{phone.name} recorded too little")
        self.assertGreater(baresip.tone_share(samples[rate // 2:], hertz, rate), 0.8, f"{phone.name} must hear {hertz} Hz")
        self.assertLess(baresip.tone_share(samples, not_hertz, rate), 0.05, f"{phone.name} hears {not_hertz} Hz")

    def both(self, transport):
        phones = (self.phone(Linphone, "p1", 440, transport=transport),
                  self.phone(baresip.Baresip, "p2", 700, transport=transport))
        phones[1].connect()
        self.server.wait_registered("p1", "p2")
        self.assertEqual({one["transport"] for one in self.server.registrations()}, {transport.upper()})
        return phones

    def test_linphone_calls_baresip(self):
        for transport in ("udp", "tcp", "tls"):
            with self.subTest(transport=transport):
                lin, bare = self.both(transport)
                lin.say("call 102")
                bare.wait_event("CALL_ESTABLISHED")
                live = until(self.server.calls, "the call is live")
                self.assertEqual((live[0]["caller"]["number"], live[0]["called"]["number"]), ("101", "102"))
                until(lambda: lin.recorded() > 3 * baresip.RATE * 2, "three seconds of sound")
                lin.say("terminate")
                bare.wait_event("CALL_CLOSED")
                self.server.wait_idle()
                self.assert_hears(bare, 440, 700)
                self.assert_hears(lin, 700, 440)
                self.doCleanups()
                until(lambda: not self.server.registrations(), "both signed off")

    def test_baresip_calls_linphone_who_holds_and_resumes(self):
        lin, bare = self.both("udp")
        bare.command("dial", "101")
        bare.wait_event("CALL_ESTABLISHED")
        until(lambda: lin.recorded() > baresip.RATE * 2, "a second of sound")
        lin.say("pause")
        until(lambda: self.server.live_call()["state"] == "held", "the call is on hold")
        lin.say("resume")
        until(lambda: self.server.live_call()["state"] == "answered", "the call goes on")
        heard = lin.recorded()
        until(lambda: lin.recorded() > heard + baresip.RATE * 2, "another second of sound")
        bare.command("hangup")
        bare.wait_event("CALL_CLOSED")
        self.server.wait_idle()
        self.assert_hears(lin, 700, 440)

    def test_who_is_held_hears_music(self):
        """MOH-1"""
        lin, bare = self.both("udp")
        bare.command("dial", "101")
        bare.wait_event("CALL_ESTABLISHED")
        for command, state, hertz in (("hold", "held", MUSIC_HERTZ), ("resume", "answered", 700)):
            bare.command(command)
            until(lambda: self.server.live_call()["state"] == state, f"the call is {state}")
            heard = lin.recorded()
            until(lambda: lin.recorded() > heard + 3 * baresip.RATE * 2, "three seconds of sound")
            self.assertGreater(self.last_tone(lin, hertz), 0.9, f"{hertz} Hz must be heard after {command}")
        bare.command("hangup")
        bare.wait_event("CALL_CLOSED")
        self.server.wait_idle()

    @staticmethod
    def last_tone(phone, hertz):
        """The share of that tone in the last second heard."""
        samples, rate = phone.heard()
        return baresip.tone_share(samples[-rate:], hertz, rate)

    def assert_transfer(self, lin, far, target):
        """Linphone and far talk; linphone gives far to target (RFC 3515, RFC 5589, 6.1), who then hear each other."""
        far.wait_event("CALL_ESTABLISHED")
        # Recordings are named by the second: the one of a new stream must not fall upon the first.
        far.wait_recorded(2 * baresip.RATE * 2, "two seconds of sound")
        until(lambda: lin.recorded() > baresip.RATE * 2, "linphone heard a second of it")
        lin.say(f"transfer sip:102@{self.server.host}:{self.server.sip_port}")
        target.wait_event("CALL_ESTABLISHED")
        until(lambda: [{one[side]["phone"] for side in ("caller", "called")} for one in self.server.calls()] == [{"p2", "p3"}],
              "linphone is out of the call")
        target.wait_recorded(3 * baresip.RATE * 2, "three seconds of sound")
        far.command("hangup")
        far.wait_event("CALL_CLOSED")
        target.wait_event("CALL_CLOSED")
        self.server.wait_idle()
        self.assert_hears(lin, 1000, 700)
        self.assertGreater(self.last_tone(far, 700), 0.9, "who was transferred must hear the new one at last")
        self.assertGreater(self.last_tone(target, 1000), 0.9, "the new one must hear who was transferred")

    def test_linphone_transfers_blindly_to_baresip(self):
        for who_calls in ("far", "linphone"):
            with self.subTest(who_calls=who_calls):
                lin = self.phone(Linphone, "p1", 440)
                target, far = (self.phone(baresip.Baresip, name, hertz) for name, hertz in (("p2", 700), ("p3", 1000)))
                target.connect()
                far.connect()
                self.server.wait_registered("p1", "p2", "p3")
                if who_calls == "far":
                    far.command("dial", "101")
                else:
                    lin.say("call 103")
                self.assert_transfer(lin, far, target)
                self.doCleanups()
                until(lambda: not self.server.registrations(), "all signed off")


if __name__ == "__main__":
    harness.main()
