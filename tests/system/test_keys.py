#!/usr/bin/env python3
"""Keys (DTMF) from real softphones to phones that want them in another way (PHO-5, LIN-2: dtmfmode)."""
import unittest

import baresip
import harness
from harness import SystemTest, address, address_phone, free_port, password_phone, until, user
from sipphone import Phone

BERND = address(12)
PORT = free_port(BERND)
LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
DIGITS = ("123A", "456B", "789C", "*0#D")
KEYS = "159#204"


def find_keys(samples, rate):
    """The keys in a recording: frames of 20 ms, two tones that hold nearly all of the power, separated by pauses."""
    found, before = "", ""
    step = rate // 50
    for at in range(0, len(samples) - step, step):
        frame = samples[at:at + step]
        low, high = ([baresip.tone_share(frame, hertz, rate) for hertz in row] for row in (LOW, HIGH))
        loud = sum(sample * sample for sample in frame) > step * 300 * 300
        key = DIGITS[low.index(max(low))][high.index(max(high))] if loud and max(low) + max(high) > 0.8 else ""
        if key and key != before:
            found += key
        before = key
    return found


class Keys(SystemTest):
    CONFIG = {
        "phones": [password_phone("p1"), password_phone("p2", dtmf="inband"),
                   address_phone("bernd", BERND, PORT, dtmf="info")],
        "users": [user(101, "p1"), user(102, "p2"), user(103, "bernd")],
    }

    def softphone(self, name, hertz):
        phone = baresip.Baresip(self.server, name, f"secret-of-{name}", hertz)
        self.addCleanup(phone.close)
        phone.connect()
        return phone

    def press(self, phone, keys):
        for key in keys:
            phone.command("sndcode", key)

    def test_packets_become_tones(self):
        caller, called = self.softphone("p1", 440), self.softphone("p2", 700)
        self.server.wait_registered("p1", "p2")
        caller.command("dial", "102")
        caller.wait_event("CALL_ESTABLISHED")
        called.wait_event("CALL_ESTABLISHED")
        until(lambda: called.recorded() > baresip.RATE * 2, "a second of sound")
        self.press(caller, KEYS)
        heard = called.recorded()
        until(lambda: called.recorded() > heard + 5 * baresip.RATE * 2, "five seconds of sound", 20)
        caller.command("hangup")
        caller.wait_event("CALL_CLOSED")
        called.wait_event("CALL_CLOSED")
        samples, rate = called.heard()
        self.assertEqual(find_keys(samples, rate), KEYS)

    def test_packets_become_infos(self):
        caller = self.softphone("p1", 440)
        self.server.wait_registered("p1")
        bernd = Phone(self.server.sip_address, BERND, "bernd", port=PORT)
        self.addCleanup(bernd.close)
        caller.command("dial", "103")
        called = bernd.answer_invite()
        self.assertNotIn(b"telephone-event", called.invite.body)
        called.pick_up()
        caller.wait_event("CALL_ESTABLISHED")
        self.press(caller, KEYS)
        heard = ""
        while len(heard) < len(KEYS):
            info = called.expect("INFO")
            called.reply(200, info)
            lines = dict(line.split("=") for line in info.body.decode().split())
            self.assertGreaterEqual(int(lines["Duration"]), 40)
            heard += lines["Signal"]
        self.assertEqual(heard, KEYS)
        caller.command("hangup")
        called.is_hung_up()
        caller.wait_event("CALL_CLOSED")


if __name__ == "__main__":
    harness.main()
