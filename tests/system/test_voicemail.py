#!/usr/bin/env python3
"""Messages: left by callers, heard at telephones, lamps, PINs, greetings, and what a crash leaves (VMB-1 to VMB-4)."""
import time

import harness
from baresip import tone_share
from harness import SystemTest, address, address_phone, free_port, until, user
from sipphone import Phone, sdp_target
from talking import TalkTest
from test_presence import Subscription
from voice import SPEAKS_HZ, Voice, read_wav, teach

ANNA, BERND, CARLA = (address(host) for host in (11, 12, 13))
PORTS = {host: free_port(host) for host in (ANNA, BERND, CARLA)}
PROMPTS = ("beep", "not-available", "leave-message", "sent-menu", "message-too-short", "box-full", "one-new-message",
           "no-new-messages", "message-from", "message-menu", "message-deleted", "message-saved", "message-forwarded",
           "enter-box", "enter-pin", "wrong-pin", "voicemail-menu", "no-more-messages", "record-greeting", "target-busy")


class Voicemail(SystemTest):
    CONFIG = {
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]),
                   address_phone("carla", CARLA, PORTS[CARLA])],
        "users": [user(101, "anna"), user(102, "bernd"), user(103, "carla")],
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tones = teach(cls.server, PROMPTS)
        api = cls.server.api
        cls.ids = {one["login"]: one["id"] for one in api("GET", "/api/users")["items"]}
        cls.number = next(one["id"] for one in api("GET", "/api/numbers")["items"] if one["number"] == "101")
        cls.other = api("POST", "/api/mailboxes", {"name": "Carla"})

    def setUp(self):
        api = self.server.api
        self.box = api("POST", "/api/mailboxes", {"name": f"Anna {time.monotonic()}", "silence_s": 4, "pin": "4711"})
        self.addCleanup(self.server.request, "DELETE", f"/api/mailboxes/{self.box['id']}")
        api("POST", "/api/mailbox-access", {"mailbox": self.box["id"], "user": self.ids["1101"]})
        made = api("POST", "/api/redirections", {"number": self.number, "trigger": "always", "kind": "mailbox",
                                                 "mailbox": self.box["id"]})
        self.addCleanup(self.server.request, "DELETE", f"/api/redirections/{made['id']}")
        self.anna, self.bernd, self.carla = (self.phone(*one) for one in (
            ("anna", ANNA), ("bernd", BERND), ("carla", CARLA)))

    def phone(self, name, host):
        phone = Phone(self.server.sip_address, host, name, port=PORTS[host])
        self.addCleanup(phone.close)
        return phone

    def voice(self, phone, number):
        return Voice(phone, number, self.tones)

    def set_box(self, **values):
        self.server.api("PATCH", f"/api/mailboxes/{self.box['id']}", values)

    def messages(self, box=None):
        rows = self.server.api("GET", "/api/voicemails?per_page=100")["items"]
        return [row for row in rows if row["mailbox"] == (box or self.box)["id"] and row["state"] != "recording"]

    def file_of(self, size_above=44):
        files = sorted((self.server.data / "voicemail").glob("*.wav"), key=lambda file: file.stat().st_mtime)
        return [file for file in files if file.stat().st_size > size_above][-1]

    def leave(self, seconds=2.5):
        """Bernd speaks; he is at the beep's end."""
        bernd = self.voice(self.bernd, 101)
        bernd.hears("not-available")
        bernd.hears("leave-message")
        bernd.hears("beep")
        bernd.speak(0.5, 0)
        bernd.speak(seconds)
        return bernd

    def left(self):
        """One message is there."""
        self.leave().hang_up()
        return until(lambda: (rows := self.messages()) and rows[0], "the message is listed")

    def test_vmb_1_a_message_is_left_reviewed_and_has_what_was_said(self):
        """VMB-1, VMB-2: the caller hears what to do, speaks, hears it again, speaks anew, hangs up."""
        began = harness.now()
        bernd = self.leave(2.2)
        bernd.press("#")
        bernd.hears("sent-menu")
        bernd.press("1")
        bernd.hears_speech()
        bernd.hears("sent-menu")
        bernd.press("2")
        bernd.hears("beep")
        bernd.speak(0.3, 0)
        bernd.speak(3, 500)
        bernd.press("#")
        bernd.hears("sent-menu")
        bernd.hang_up()
        row = until(lambda: (rows := self.messages()) and rows[0], "the message is listed")
        self.assertEqual((row["state"], row["number"], len(self.messages())), ("new", "102", 1))
        self.assertAlmostEqual(row["length_ms"], 3500, delta=700)
        samples, rate = read_wav(self.file_of().read_bytes())
        self.assertEqual(rate, 16000)
        self.assertGreater(tone_share(samples[rate:2 * rate], 500, rate), 0.9)
        records = self.server.wait_records(1, since=began)
        self.assertEqual(records[0]["result"], "answered")

    def test_vmb_4_messages_are_heard_kept_deleted_and_forwarded_and_lamps_follow(self):
        """VMB-4: *9 at one's own telephone; the message lamp says what waits."""
        lamp = Subscription(self.anna, "101", "message-summary")
        row = self.left()
        self.lamp_says(lamp, "1/0")
        anna = self.voice(self.anna, "*9")
        anna.hears("one-new-message")
        anna.hears("voicemail-menu")
        anna.press("1")
        anna.hears("message-from")
        anna.hears_speech()
        anna.hears("message-menu")
        self.lamp_says(lamp, "0/1")
        anna.press("3")
        anna.hears("message-deleted")
        until(lambda: self.messages()[0]["state"] == "deleted", "it is deleted")
        self.lamp_says(lamp, "0/0")
        anna.press("2")
        anna.hears("message-saved")
        until(lambda: self.messages()[0]["state"] == "saved", "it is saved")
        anna.press("4")
        anna.hears("enter-box")
        anna.press(self.other["code"] + "#")
        anna.hears("message-forwarded")
        there = self.messages(self.other)[-1]
        self.assertEqual((there["state"], there["forwarded_by"], there["number"], there["length_ms"]),
                         ("new", "Test User101", "102", row["length_ms"]))
        anna.press("#")
        anna.hears("no-more-messages")
        anna.hears("voicemail-menu")
        anna.press("#")
        anna.is_hung_up()

    def test_vmb_4_who_left_the_message_is_called_back_from_the_menu(self):
        """VMB-4: busy, and one is in the menu again; then they talk."""
        self.left()
        anna = self.voice(self.anna, "*9")
        anna.hears("voicemail-menu")
        anna.press("1")
        anna.hears("message-from")
        anna.press("5")
        busy = self.bernd.answer_invite()
        self.assertIn("101", busy.invite.get("From"))
        busy.ring()
        busy.reply(486)
        busy.expect("ACK")
        anna.hears("target-busy")
        anna.press("5")
        bernd = self.bernd.answer_invite()
        bernd.ring()
        bernd.pick_up()
        bernd.voice = sdp_target(bernd.invite.body)
        TalkTest.is_told(anna.call)
        TalkTest.assert_talking(anna.call, bernd)
        bernd.hang_up()
        anna.is_hung_up()

    def lamp_says(self, lamp, counts):
        lamp.until(lambda notify: f"Voice-Message: {counts} ".encode() in notify.body, f"messages {counts}")

    def test_vmb_2_what_is_too_short_or_silent_is_not_kept(self):
        bernd = self.leave(0.5)
        bernd.hang_up()
        bernd = self.voice(self.bernd, 101)
        bernd.hears("beep")
        bernd.speak(0.6)
        bernd.press("#")
        bernd.hears("message-too-short")
        bernd.is_hung_up()
        bernd = self.voice(self.bernd, 101)
        bernd.hears("beep")
        bernd.is_hung_up(20)  # after four seconds of silence
        self.server.wait_idle()
        until(lambda: not [row for row in self.server.api("GET", "/api/voicemails")["items"]
                           if row["mailbox"] == self.box["id"]], "nothing is left")

    def test_vmb_2_speech_that_ends_in_silence_is_a_message(self):
        bernd = self.leave()
        bernd.is_hung_up(20)
        until(self.messages, "the message is listed")

    def test_vmb_2_a_mailbox_that_takes_no_messages_only_speaks(self):
        self.set_box(records=False)
        until(lambda: self.server.api("GET", f"/api/mailboxes/{self.box['id']}")["records"] is False, "it is stored")
        bernd = self.voice(self.bernd, 101)
        bernd.hears("not-available")
        bernd.is_hung_up()
        self.assertEqual(self.messages(), [])

    def test_vmb_4_others_need_the_pin(self):
        self.left()
        bernd = self.voice(self.bernd, f"*9{self.box['code']}")
        bernd.hears("enter-pin")
        bernd.press("0000#")
        bernd.hears("wrong-pin")
        bernd.press("4711#")
        bernd.hears("one-new-message")
        bernd.hang_up()

    def test_vmb_3_the_greeting_is_spoken_at_the_telephone(self):
        anna = self.voice(self.anna, "*9")
        anna.hears("no-new-messages")
        anna.hears("voicemail-menu")
        anna.press("3")
        anna.hears("record-greeting")
        anna.hears("beep")
        anna.speak(0.2, 0)
        anna.speak(2, 480)
        anna.press("#")
        anna.speak(1, 0)
        anna.press("1")
        until(lambda: self.server.api("GET", f"/api/mailboxes/{self.box['id']}")["greeting"], "it is chosen")
        anna.hang_up()
        bernd = self.voice(self.bernd, 101)
        bernd.tones = {**self.tones, "spoken": 480}
        bernd.hears("spoken")
        bernd.hears("beep")
        bernd.hang_up()

    def test_vmb_2_a_full_mailbox_says_so(self):
        self.set_box(max_messages=1)
        self.left()
        bernd = self.voice(self.bernd, 101)
        bernd.hears("box-full")
        bernd.is_hung_up()
        self.assertEqual(len(self.messages()), 1)

    def test_vmb_2_kill_9_while_somebody_speaks_loses_at_most_a_second(self):
        bernd = self.leave(4)
        self.server.kill()
        self.server.start()
        row = until(lambda: (rows := self.messages()) and rows[0], "the message is listed")
        self.assertEqual(row["state"], "new")
        self.assertGreater(row["length_ms"], 3400)
        samples, rate = read_wav(self.file_of().read_bytes())
        self.assertGreater(tone_share(samples[rate:2 * rate], SPEAKS_HZ, rate), 0.9)
        bernd.phone.rtp.drain()


if __name__ == "__main__":
    harness.main()
