#!/usr/bin/env python3
"""Announcements and messages at a telephone that the page rings: spoken, heard, kept or not (SYS-4, VMB-3, VMB-4)."""
import json
import statistics
import subprocess
import time

import harness
from baresip import tone_share
from harness import SystemTest, address, address_phone, free_port, until, user
from person import Person
from sipphone import Phone
from voice import SPEAKS_HZ, Voice, read_wav, teach, wav_of

ANNA, BERND = (address(host) for host in (11, 12))
PORTS = {host: free_port(host) for host in (ANNA, BERND)}
PROMPTS = ("beep", "record-greeting", "greeting-menu", "message-too-short", "done", "not-possible", "goodbye",
           "not-available", "leave-message", "no-new-messages", "voicemail-menu")
FORMER_HZ = 2900


class Spoken(SystemTest):
    CONFIG = {
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND])],
        "users": [{**user(101, "anna"), "password": "secret-1", "rights": ["voice"]},
                  {**user(102, "bernd"), "password": "secret-2", "admin": True}],
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tones = {**teach(cls.server, PROMPTS), "former": FORMER_HZ}
        cls.ids = {one["login"]: one["id"] for one in cls.server.api("GET", "/api/users")["items"]}
        cls.anna_person = Person(cls.server, "1101", "secret-1")
        cls.bernd_person = Person(cls.server, "1102", "secret-2")

    def setUp(self):
        self.anna, self.bernd = self.phone("anna", ANNA), self.phone("bernd", BERND)
        self.box = self.server.api("POST", "/api/mailboxes", {"name": f"Anna {time.monotonic()}", "silence_s": 4})
        self.addCleanup(self.server.request, "DELETE", f"/api/mailboxes/{self.box['id']}")
        self.server.api("POST", "/api/mailbox-access", {"mailbox": self.box["id"], "user": self.ids["1101"]})

    def phone(self, name, host):
        phone = Phone(self.server.sip_address, host, name, port=PORTS[host])
        self.addCleanup(phone.close)
        return phone

    def announcement(self, person=None, sound=True):
        """A new one, of everybody or of that person, which says something already."""
        name = f"Closed {time.monotonic()}"
        path = "/api/me/announcements" if person else "/api/announcements"
        row = (person or self.server).api("POST", path, {"name": name})
        if sound:
            status, row = (person or self.server).request("PUT", f"{path}/{row['id']}/audio", wav_of(FORMER_HZ, 2),
                                                          {"Content-Type": "audio/wav"})
            self.assertEqual(status, 200, row)
        return row

    def sound_of(self, announcement):
        connection = harness.UnixConnection(self.server.data / "strowger.sock")
        try:
            connection.request("GET", f"/api/announcements/{announcement}/audio")
            answer = connection.getresponse()
            self.assertEqual(answer.status, 200)
            return read_wav(answer.read())
        finally:
            connection.close()

    def says(self, announcement, hertz):
        """Most of it is that tone; a late packet here and there may have shifted it."""
        samples, rate = self.sound_of(announcement)
        piece = rate // 5
        shares = [tone_share(samples[at:at + piece], hertz, rate) for at in range(0, len(samples) - piece, piece)]
        return len(shares) >= 5 and statistics.median(shares) > 0.95

    def ring(self, person, phone, path, body=None):
        """The page asks for it, and the phone is picked up; returns the voice there and the call's id."""
        answer = person.api("POST", path, body or {})
        return Voice.rung(phone, self.tones), answer["call_id"]

    def stage(self, person, call_id):
        """How far it is, as the page of who speaks shows it."""
        calls = [call for call in person.api("GET", "/api/me/calls")["items"] if call["call_id"] == call_id]
        return calls[0]["spoken"] if calls else "gone"

    def until_stage(self, person, call_id, stage):
        until(lambda: self.stage(person, call_id) == stage, f"the page shows {stage}")

    def speak(self, voice, hertz=SPEAKS_HZ, seconds=2):
        """From the prompt on, until it is heard again."""
        voice.hears("record-greeting")
        voice.hears("beep")
        voice.speak(0.2, 0)
        voice.speak(seconds, hertz)
        voice.press("#")

    def test_sys_4_an_announcement_is_spoken_heard_spoken_anew_and_taken(self):
        """SYS-4, VMB-3: the page follows, and the log of changes says who it was."""
        row = self.announcement()
        voice, call_id = self.ring(self.bernd_person, self.bernd, f"/api/announcements/{row['id']}/record")
        self.assertIn(row["name"], voice.call.invite.get("From"))
        voice.hears("record-greeting")
        self.until_stage(self.bernd_person, call_id, "told")
        voice.hears("beep")
        voice.speak(0.2, 0)
        voice.speak(1.5, 440)
        self.assertEqual(self.stage(self.bernd_person, call_id), "speaking")
        voice.next = time.monotonic()
        voice.press("#")
        voice.hears_speech(440)
        voice.hears("greeting-menu")
        self.assertEqual(self.stage(self.bernd_person, call_id), "judging")
        voice.next = time.monotonic()
        voice.press("2")
        voice.hears_speech(440)
        voice.press("3")
        self.speak(voice, 500)
        voice.tones = {**self.tones, "anew": 500}
        voice.hears("anew")
        self.assertTrue(self.says(row["id"], FORMER_HZ), "nothing has changed yet")
        voice.next = time.monotonic()
        voice.press("1")
        voice.hears("done")
        self.assertEqual(self.stage(self.bernd_person, call_id), "kept")
        voice.is_hung_up()
        self.assertTrue(self.says(row["id"], 500))
        now = self.server.api("GET", f"/api/announcements/{row['id']}")
        self.assertAlmostEqual(now["length_ms"], 2400, delta=600)
        self.assertGreater(now["changed_at"], row["changed_at"])
        change = self.server.api("GET", "/api/changes")["items"][0]
        self.assertEqual((change["entity"], change["row"], change["action"], change["writer"], change["fields"]),
                         ("announcement", row["id"], "changed", "1102", ["changed_at"]))
        status, answer = self.server.request("POST", f"/api/changes/{change['id']}/revert")
        self.assertEqual(status, 409)
        self.assertIn("not kept", answer["error"]["message"])

    def test_sys_4_who_hangs_up_or_drops_it_leaves_what_was_there(self):
        row = self.announcement(self.anna_person)
        path = f"/api/me/announcements/{row['id']}/record"
        voice, call_id = self.ring(self.anna_person, self.anna, path)
        self.speak(voice)
        voice.hears_speech()
        voice.hang_up()
        self.until_stage(self.anna_person, call_id, "gone")
        self.assertTrue(self.says(row["id"], FORMER_HZ))
        voice, call_id = self.ring(self.anna_person, self.anna, path)
        self.speak(voice)
        voice.hears("greeting-menu")
        voice.press("*")
        voice.hears("goodbye")
        voice.is_hung_up()
        self.assertTrue(self.says(row["id"], FORMER_HZ))
        self.assertEqual(self.server.api("GET", f"/api/announcements/{row['id']}"), row)

    def test_sys_4_who_says_nothing_is_asked_again(self):
        row = self.announcement(self.anna_person, sound=False)
        voice, _ = self.ring(self.anna_person, self.anna, f"/api/me/announcements/{row['id']}/record")
        voice.hears("record-greeting")
        voice.hears("beep")
        voice.speak(0.4, 0)
        voice.press("#")
        voice.hears("message-too-short")
        voice.hears("beep")
        voice.speak(0.2, 0)
        voice.speak(1.5)
        voice.press("#")
        voice.hears_speech()
        voice.press("1")
        voice.hears("done")
        voice.is_hung_up()
        self.assertTrue(self.says(row["id"], SPEAKS_HZ))

    def test_sys_4_only_who_may_change_an_announcement_speaks_it(self):
        shared, own = self.announcement(), self.announcement(self.anna_person)
        request = self.anna_person.request
        self.assertEqual(request("POST", f"/api/me/announcements/{shared['id']}/record", {})[0], 403)
        self.assertEqual(request("POST", f"/api/announcements/{shared['id']}/record", {})[0], 403)
        self.assertEqual(request("POST", f"/api/mailboxes/{self.box['id']}/record-greeting", {})[0], 403)
        bernd = self.bernd_person.request
        self.assertEqual(bernd("POST", f"/api/me/announcements/{own['id']}/record", {})[0], 404)
        self.assertEqual(bernd("POST", f"/api/me/announcements/{own['id']}/play", {})[0], 404)
        self.assertEqual(bernd("POST", f"/api/me/mailboxes/{self.box['id']}/record-greeting", {})[0], 404)
        phones = {one["name"]: one["id"] for one in self.server.api("GET", "/api/phones")["items"]}
        status, answer = request("POST", f"/api/me/announcements/{own['id']}/record", {"phone": phones["bernd"]})
        self.assertEqual((status, answer["error"]["code"]), (403, "not_your_phone"))
        self.assertEqual(request("POST", f"/api/me/mailboxes/{self.box['id']}/record-greeting",
                                 {"greeting": "birthday"})[0], 422)
        # a name that only the page's commands carry is no number
        self.assertIn(self.bernd_person.request("POST", "/api/me/calls", {"number": f"speak:{own['id']}.0"})[0], (409, 422))

    def test_vmb_3_each_greeting_of_a_mailbox_is_spoken(self):
        """One's own becomes an announcement of one's own; an administrator's is everybody's."""
        for greeting, (person, phone, path, whose) in {
                "greeting_away": (self.anna_person, self.anna, "/api/me/mailboxes", self.ids["1101"]),
                "greeting_busy": (self.bernd_person, self.bernd, "/api/mailboxes", None)}.items():
            voice, _ = self.ring(person, phone, f"{path}/{self.box['id']}/record-greeting", {"greeting": greeting})
            self.speak(voice)
            voice.hears_speech()
            voice.press("1")
            voice.hears("done")
            voice.is_hung_up()
            box = self.server.api("GET", f"/api/mailboxes/{self.box['id']}")
            row = self.server.api("GET", f"/api/announcements/{box[greeting]}")
            self.assertEqual((row["user"], row["name"]), (whose, self.box["name"]))
            self.assertTrue(self.says(row["id"], SPEAKS_HZ))
        self.assertIsNone(box["greeting"])
        made = {(one["entity"], one["action"]) for one in self.server.api("GET", "/api/changes?per_page=4")["items"]}
        self.assertEqual(made, {("mailbox", "changed"), ("announcement", "created")})

    def test_vmb_3_a_greeting_at_the_telephone_can_be_dropped(self):
        """The menu of the mailbox does as the page's call does."""
        voice = Voice(self.anna, "*9" + self.box["code"], self.tones)
        voice.hears("no-new-messages")
        voice.hears("voicemail-menu")
        voice.press("3")
        self.speak(voice)
        voice.hears_speech()
        voice.hears("greeting-menu")
        voice.press("*")
        voice.hears("voicemail-menu")
        voice.hang_up()
        self.assertIsNone(self.server.api("GET", f"/api/mailboxes/{self.box['id']}")["greeting"])

    def test_sys_4_an_announcement_is_heard_at_a_telephone(self):
        row, empty = self.announcement(), self.announcement(sound=False)
        for person, phone, path in ((self.anna_person, self.anna, "/api/me/announcements"),
                                    (self.bernd_person, self.bernd, "/api/announcements")):
            voice, call_id = self.ring(person, phone, f"{path}/{row['id']}/play")
            voice.hears("former")
            self.assertEqual(self.stage(person, call_id), "none")
            voice.is_hung_up()
            status, answer = person.request("POST", f"{path}/{empty['id']}/play", {})
            self.assertEqual((status, answer["error"]["code"]), (404, "no_sound"))
            self.assertEqual(person.request("POST", f"{path}/4711/play", {})[0], 404)

    def strowger(self, *words):
        done = subprocess.run([str(self.server.build / "src/cli/strowger"), "--socket",
                               str(self.server.data / "strowger.sock"), "--json", *words], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_sys_4_the_command_line_rings_a_phone_to_speak_and_to_hear(self):
        """Whose phone it is, that one speaks."""
        row = self.announcement(sound=False)
        call_id = self.strowger("announcements", "record", str(row["id"]), "@anna")["call_id"]
        voice = Voice.rung(self.anna, self.tones)
        self.speak(voice)
        voice.hears_speech()
        self.assertEqual(self.stage(self.anna_person, call_id), "judging")
        voice.next = time.monotonic()
        voice.press("1")
        voice.hears("done")
        voice.is_hung_up()
        self.strowger("announcements", "play", str(row["id"]), "@bernd")
        voice = Voice.rung(self.bernd, self.tones)
        voice.hears_speech()
        voice.is_hung_up()
        self.strowger("mailboxes", "record-greeting", str(self.box["id"]), "@bernd", "greeting_busy")
        voice = Voice.rung(self.bernd, self.tones)
        voice.hears("record-greeting")
        voice.hang_up()

    def leave_message(self):
        number = next(one["id"] for one in self.server.api("GET", "/api/numbers")["items"] if one["number"] == "101")
        made = self.server.api("POST", "/api/redirections", {"number": number, "trigger": "always", "kind": "mailbox",
                                                             "mailbox": self.box["id"]})
        voice = Voice(self.bernd, 101, self.tones)
        voice.hears("beep")
        voice.speak(0.3, 0)
        voice.speak(2.5)
        voice.hang_up()
        self.server.api("DELETE", f"/api/redirections/{made['id']}")
        return until(lambda: [row for row in self.server.api("GET", "/api/voicemails")["items"]
                              if row["mailbox"] == self.box["id"] and row["state"] == "new"], "the message is there")[0]

    def test_vmb_4_a_message_is_heard_at_a_telephone_and_is_no_new_one_any_more(self):
        row = self.leave_message()
        path = f"/api/me/voicemails/{row['id']}/play"
        self.assertEqual(self.bernd_person.request("POST", path, {})[0], 404, "it is not his mailbox")
        voice, _ = self.ring(self.anna_person, self.anna, path)
        self.assertIn("Test User102", voice.call.invite.get("From"))
        voice.hears_speech()
        voice.is_hung_up()
        self.assertEqual(self.anna_person.api("GET", f"/api/me/voicemails/{row['id']}")["state"], "old")
        self.anna_person.api("PATCH", f"/api/me/voicemails/{row['id']}", {"state": "saved"})
        voice, _ = self.ring(self.anna_person, self.anna, path)
        voice.hears_speech()
        voice.is_hung_up()
        self.assertEqual(self.anna_person.api("GET", f"/api/me/voicemails/{row['id']}")["state"], "saved")

    def test_sys_4_what_was_deleted_meanwhile_cannot_be_taken(self):
        """He hears that, and nothing comes back."""
        row = self.announcement(self.anna_person)
        voice, call_id = self.ring(self.anna_person, self.anna, f"/api/me/announcements/{row['id']}/record")
        self.speak(voice)
        voice.hears_speech()
        self.server.api("DELETE", f"/api/announcements/{row['id']}")
        voice.next = time.monotonic()
        voice.press("1")
        voice.hears("not-possible")
        voice.is_hung_up()
        self.assertEqual(self.server.request("GET", f"/api/announcements/{row['id']}")[0], 404)

    def test_sys_4_kill_9_after_it_was_taken_keeps_it_and_before_keeps_the_former(self):
        row = self.announcement(self.anna_person)
        path = f"/api/me/announcements/{row['id']}/record"
        voice, _ = self.ring(self.anna_person, self.anna, path)
        self.speak(voice)
        voice.hears_speech()
        self.server.kill()
        self.server.start()
        self.assertTrue(self.says(row["id"], FORMER_HZ))
        type(self).anna_person = Person(self.server, "1101", "secret-1")
        type(self).bernd_person = Person(self.server, "1102", "secret-2")
        voice.rtp.drain()
        voice, _ = self.ring(self.anna_person, self.anna, path)
        self.speak(voice)
        voice.hears_speech()
        voice.press("1")
        voice.hears("done")
        self.server.kill()
        self.server.start()
        self.assertTrue(self.says(row["id"], SPEAKS_HZ))
        type(self).anna_person = Person(self.server, "1101", "secret-1")
        type(self).bernd_person = Person(self.server, "1102", "secret-2")


if __name__ == "__main__":
    harness.main()
