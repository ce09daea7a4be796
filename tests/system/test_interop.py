#!/usr/bin/env python3
"""Softphones of different makes register and talk to each other: linphone with baresip, both ways, with hold."""
import unittest

import baresip
import harness
from harness import SystemTest, password_phone, until, user
from linphone import Linphone


class Interop(SystemTest):
    CONFIG = {
        "phones": [password_phone("p1"), password_phone("p2")],
        "users": [user(101, "p1"), user(102, "p2")],
    }

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
        until(lambda: len(self.server.registrations()) == 2, "both phones are registered", 20)
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


if __name__ == "__main__":
    harness.main()
