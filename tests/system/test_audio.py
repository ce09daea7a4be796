#!/usr/bin/env python3
"""Two real softphones register with passwords and hear each other: each side's tone is in what the other recorded."""
import unittest

import baresip
import harness
from harness import SystemTest, password_phone, until, user

TONES = {"p1": 440, "p2": 700}


class Audio(SystemTest):
    CONFIG = {
        "phones": [password_phone("p1"), password_phone("p2")],
        "users": [user(101, "p1"), user(102, "p2")],
    }

    def assert_hears(self, phone, hertz, not_hertz):
        samples, rate = phone.heard()
        self.assertGreater(len(samples), rate, f"{phone.name} recorded too little")
        self.assertGreater(baresip.tone_share(samples, hertz, rate), 0.9, f"{phone.name} must hear {hertz} Hz")
        self.assertLess(baresip.tone_share(samples, not_hertz, rate), 0.01, f"{phone.name} hears {not_hertz} Hz")

    def call_with(self, transport, codecs):
        phones = [baresip.Baresip(self.server, name, f"secret-of-{name}", hertz, transport=transport, codecs=codecs)
                  for name, hertz in TONES.items()]
        try:
            began = harness.now()
            for phone in phones:
                phone.connect()
            self.server.wait_registered("p1", "p2")
            caller, called = phones
            caller.command("dial", "102")
            caller.wait_event("CALL_ESTABLISHED")
            called.wait_event("CALL_ESTABLISHED")
            live = until(self.server.calls, "the call is live")
            self.assertEqual(live[0]["caller"]["number"], "101")
            self.assertEqual(live[0]["called"]["number"], "102")
            # 100 packets of 20 ms each way are two seconds of tone.
            until(lambda: all(phone.recorded() > 2 * baresip.RATE * 2 for phone in phones), "two seconds of sound")
            caller.command("hangup")
            caller.wait_event("CALL_CLOSED")
            called.wait_event("CALL_CLOSED")
            self.assert_hears(caller, TONES["p2"], TONES["p1"])
            self.assert_hears(called, TONES["p1"], TONES["p2"])
        finally:
            for phone in phones:
                phone.close()
        # A phone that is switched off properly removes its binding.
        until(lambda: not self.server.registrations(), "bindings are removed")
        return self.server.wait_records(1, began)[0]

    def test_both_hear_each_other(self):
        record = self.call_with("udp", "PCMA")
        self.assertEqual(record["result"], "answered")
        self.assertEqual(record["ended_by"], "caller")
        self.assertGreater(record["packets_to_caller"], 80)
        self.assertGreater(record["packets_to_called"], 80)
        self.assertEqual(record["codec"], "PCMA")
        for side in ("caller", "called"):  # nothing was lost, and both phones are on this machine
            self.assertGreater(record[f"mos_to_{side}_x100"], 400)
        until(lambda: self.server.metrics()['strowger_calls_heard_total{mos="good"}'] >= 2, "both sides are counted as good")

    def test_over_tcp_with_another_codec(self):
        self.assertEqual(self.call_with("tcp", "PCMU")["result"], "answered")


if __name__ == "__main__":
    harness.main()
