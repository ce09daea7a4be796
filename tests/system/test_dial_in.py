#!/usr/bin/env python3
"""Users who call from their mobile phones as from their desks (USR-9): a provider of the test's own that has the mobile phones."""
import time

import harness
from harness import SystemTest, address, free_port, password_phone, until, user
from sipphone import Phone, sdp, sdp_target
from voice import SDP_KEYS, SPEAKS_HZ, Voice, teach

PROVIDER = address(57)
PORT = free_port(PROVIDER)
MOBILE, STRANGER = "+491711111111", "+491733333333"
DIAL_IN, PIN = "0211555100", "2580"
WORDS = ("enter-pin", "wrong-pin", "not-permitted", "unknown-number", "target-busy", "enter-number")
DIAL_TONE_HZ = 425


def identity(number):
    return (("P-Asserted-Identity", f"<sip:{number}@isp>"),)


class Heard(Voice):
    """Hears the dial tone, too."""

    def is_connected(self):
        """Who was called has answered, which the mobile phone is told."""
        invite = self.call.expect("INVITE", 8)
        self.call.reply(200, invite, sdp(self.phone.host, self.rtp.port, version=2, codecs="8 101", extra=SDP_KEYS))
        self.call.expect("ACK")
        self.next = time.monotonic()

    def hears_dial_tone(self):
        self.hears_hz(self.tones["dial"], "the dial tone")


class DialIn(SystemTest):
    @classmethod
    def config(cls):
        return {
            "settings": {"language": "en", "country_code": "49", "area_code": "211", "outside_prefix": "0",
                         "dial_in_numbers": DIAL_IN},
            "phones": [password_phone(name) for name in ("p1", "p2", "p3")],
            "users": [user(101, "p1", display_number="0211555101", dial_pin=PIN, dial=["local", "national"]),
                      user(102, "p2"), user(103, "p3"), user(104)],
            "lines": [{"name": "city", "host": f"{PROVIDER}:{PORT}", "main_number": "0211555100", "auth": "address",
                       "register": False, "qualify_s": 0, "no_screening": True}],
            "numbers": [{"number": DIAL_IN, "kind": "external", "user": "1102", "line": "city"}],
            "mobile-twins": [{"user": "1101", "number": MOBILE, "delay_s": 100}, {"user": "1104", "number": "+491744444444"}],
        }

    def setUp(self):
        self.mobile = self.open(Phone(self.server.sip_address, PROVIDER, "city", port=PORT))
        self.p1, self.p2, self.p3 = (self.open(Phone(self.server.sip_address, address(90 + n), name, f"secret-of-{name}"))
                                     for n, name in enumerate(("p1", "p2", "p3")))
        for phone in (self.p1, self.p2, self.p3):
            phone.register()
        self.tones = teach(self.server, WORDS)
        self.tones["dial"] = DIAL_TONE_HZ
        self.started = harness.now()

    def open(self, phone):
        self.addCleanup(phone.close)
        return phone

    def dial_in(self, number=MOBILE):
        return Heard(self.mobile, "+49211555100", self.tones, identity(number))

    def log_in(self):
        voice = self.dial_in()
        voice.hears("enter-pin")
        voice.press(PIN + "#")
        voice.hears_dial_tone()
        return voice

    def answer(self, phone, seconds=8):
        there = phone.answer_invite(seconds)
        there.ring()
        there.reply(200, body=sdp(phone.host, phone.open_rtp().port, codecs="8 101", extra=SDP_KEYS))
        there.expect("ACK")
        there.voice = sdp_target(there.invite.body)
        return there

    def hears_from(self, voice, there):
        """What somebody there says."""
        for _ in range(400):
            there.phone.rtp.send(there.voice, NOTE)
            voice.step()
            while voice.listened < len(voice.blocks):
                if voice.frequency(voice.blocks[voice.listened]) == SPEAKS_HZ:
                    return
                voice.listened += 1
        raise AssertionError("the mobile phone does not hear who was called")

    def record(self, n=1):
        rows = until(lambda: (rows := [row for row in self.server.api("GET", "/api/call-records")["items"]
                                       if row["started_at"] >= self.started]) and len(rows) >= n and rows, "the call records")
        return rows

    def test_usr_9_who_dials_in_calls_as_its_user(self):
        voice = self.log_in()
        voice.press("103#")
        there = self.answer(self.p3)
        voice.is_connected()
        self.assertIn('"Test User101" <sip:101@', there.invite.get("From"))
        self.hears_from(voice, there)
        voice.hang_up()
        there.is_hung_up()
        row = self.record()[0]
        self.assertEqual((row["caller_number"], row["caller_phone"], row["called_number"], row["called_phone"], row["result"]),
                         ("101", f"FMC/{MOBILE}", "103", "p3", "answered"))
        self.assertIsNotNone(row["caller_user"])
        self.assertIn("dialled_in", [reason["code"] for reason in row["explanation"]])

    def test_usr_9_outside_calls_show_the_users_number_and_follow_his_permissions(self):
        voice = self.log_in()
        voice.press("0004412345678#")  # abroad
        voice.hears("not-permitted")
        voice.hears_dial_tone()
        voice.press("0777888#")
        there = self.mobile.answer_invite(8)
        self.assertIn("211555101@", there.invite.get("From"), "the user's display number is shown")
        there.reply(486)
        there.expect("ACK")
        voice.hears("target-busy")
        voice.hears_dial_tone()
        voice.hang_up()
        self.assertEqual(self.record()[0]["caller_number"], "101")

    def test_usr_9_codes_act_in_a_call_that_was_dialled_in(self):
        voice = self.log_in()
        voice.press("103#")
        there = self.answer(self.p3)
        voice.is_connected()
        self.hears_from(voice, there)
        voice.press("*2")
        voice.hears("enter-number")
        voice.press("102#")
        asked = self.answer(self.p2)
        self.assertIn('"Test User101" <sip:101@', asked.invite.get("From"))
        self.hears_from(voice, asked)
        voice.press("*2")
        asked.is_hung_up()
        self.hears_from(voice, there)
        voice.press("**")
        desk = self.answer(self.p1)
        voice.is_hung_up()
        invite = there.expect("INVITE")
        there.reply(200, invite, sdp(self.p3.host, self.p3.rtp.port, version=2))
        there.expect("ACK")
        desk.hang_up()
        there.is_hung_up()
        rows = self.record(2)
        self.assertEqual({row["called_number"] for row in rows}, {"102", "103"})
        self.assertEqual({row["caller_phone"] for row in rows}, {f"FMC/{MOBILE}"})

    def test_usr_9_wrong_pins_lock_and_the_right_one_does_not_help_then(self):
        voice = self.dial_in()
        voice.hears("enter-pin")
        for _ in range(3):
            voice.press("1111#")
            voice.hears("wrong-pin")
        voice.is_hung_up()
        voice = self.dial_in()
        voice.hears("enter-pin")
        for pin in ("1111", "1112", PIN):
            voice.press(pin + "#")
            voice.hears("wrong-pin")
        voice.is_hung_up()
        self.assertIn(f"FMC/{MOBILE}", str(until(lambda: [n for n in self.server.api("GET", "/api/notices")["items"]
                                                          if n["code"] == "pin_locked"], "the notice")))
        self.server.restart()

    def test_usr_9_nobody_else_dials_in(self):
        """A stranger reaches who has the number; a user without a PIN is refused."""
        call = self.mobile.invite("+49211555100", extra=identity(STRANGER))
        desk = self.p2.answer_invite()
        desk.pick_up()
        call.established()
        call.hang_up()
        desk.is_hung_up()
        voice = self.dial_in("+491744444444")
        voice.hears("enter-pin")
        voice.press("0000#")
        voice.hears("wrong-pin")
        voice.hang_up()

    def test_usr_9_by_the_number_alone_where_the_administrator_says_so(self):
        self.server.api("PATCH", "/api/settings", {"dial_in_check": "number"})
        self.addCleanup(self.server.api, "PATCH", "/api/settings", {"dial_in_check": "pin"})
        voice = self.dial_in()
        voice.hears_dial_tone()
        voice.press("999#")
        voice.hears("unknown-number")
        voice.hears_dial_tone()
        voice.hang_up()


def note():
    import audioop
    import struct
    from voice import samples_of
    samples = samples_of(SPEAKS_HZ, 0.02)
    return audioop.lin2alaw(struct.pack(f"<{len(samples)}h", *samples), 2)


NOTE = note()

if __name__ == "__main__":
    harness.main()
