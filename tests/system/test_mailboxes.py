#!/usr/bin/env python3
"""Mailboxes: who has access, what people choose themselves, and their messages in the browser (VMB-1, VMB-2, VMB-4, USE-4)."""
import sqlite3
import time
import uuid

import harness
from harness import SystemTest
from person import Person
from smtpd import Smtpd
from test_prompts import tone


class Mailboxes(SystemTest):
    CONFIG = {
        "ranges": [{"first": "100", "last": "199"}],
        "users": [
            {"login": "1000", "first_name": "Ada", "last_name": "Admin", "password": "boss-pass", "admin": True},
            {"login": "1001", "first_name": "Anna", "last_name": "Berg", "password": "anna-pass", "numbers": ["101"]},
            {"login": "1002", "first_name": "Bert", "last_name": "Bach", "password": "bert-pass", "numbers": ["102"]},
            {"login": "1003", "first_name": "Carl", "last_name": "Cramer", "password": "carl-pass", "rights": ["setting"]},
        ],
        "groups": [{"name": "Sales"}],
        "group-members": [{"group": "Sales", "user": "1002"}],
        "mailboxes": [{"name": "Anna Berg", "pin": "4711"}, {"name": "Sales", "max_messages": 3, "keep_days": 10}],
        "mailbox-access": [{"mailbox": "Anna Berg", "user": "1001"}, {"mailbox": "Sales", "group": "Sales"}],
    }

    def setUp(self):
        super().setUp()
        self.boxes = {box["name"]: box["id"] for box in self.server.api("GET", "/api/mailboxes")["items"]}
        self.anna, self.bert = Person(self.server, "1001", "anna-pass"), Person(self.server, "1002", "bert-pass")

    def database(self, sql, *values):
        """What only the switch writes; the server is not running."""
        with sqlite3.connect(self.server.data / "strowger.db") as db:
            number = db.execute(sql, values).lastrowid
        db.close()
        return number

    def leave(self, *messages):
        """Messages as the switch leaves them: (mailbox, age in days, state). Their ids."""
        self.server.stop()
        folder = self.server.data / "voicemail"
        folder.mkdir(exist_ok=True)
        ids = []
        for mailbox, days, state in messages:
            file = uuid.uuid4().hex
            (folder / f"{file}.wav").write_bytes(tone(0.5, 16000))
            at = int(time.time() * 1000 - days * 86400000)
            ids.append(self.database(
                "INSERT INTO voicemail (mailbox, state, received_at, number, name, length_ms, call_id, file, deleted_at) "
                "VALUES (?, ?, ?, '0211555123', 'Max Muster', 500, 'c1', ?, ?)",
                self.boxes[mailbox], state, at, file, at if state == "deleted" else 0))
        self.server.start()
        return ids

    def empty(self):
        self.server.stop()
        self.database("DELETE FROM voicemail")
        for file in (self.server.data / "voicemail").iterdir():
            file.unlink()
        self.server.start()

    def listed(self, person, more=""):
        return [(row["id"], row["state"]) for row in person.api("GET", "/api/me/voicemails" + more)["items"]]

    def test_vmb_1_a_mailbox_gets_the_next_id_and_nobody_gets_access_twice(self):
        row = self.server.api("POST", "/api/mailboxes", {"name": "Office"})
        try:
            self.assertEqual((row["code"], row["max_s"], row["records"], row["has_pin"]), ("3", 1800, True, False))
            user = next(user["id"] for user in self.server.api("GET", "/api/users")["items"] if user["login"] == "1001")
            access = {"mailbox": row["id"], "user": user}
            self.assertEqual(self.server.api("POST", "/api/mailbox-access", access)["holder_name"], "Anna Berg")
            status, answer = self.server.request("POST", "/api/mailbox-access", access)
            self.assertEqual((status, answer["error"]["code"], answer["error"]["field"]), (409, "not_unique", "user"))
            self.assertEqual(self.server.request("POST", "/api/mailbox-access", {"mailbox": row["id"]})[0], 422)
        finally:
            self.server.api("DELETE", f"/api/mailboxes/{row['id']}")

    def test_vmb_1_an_export_brings_mailboxes_back_with_their_pins_and_who_has_access(self):
        file = self.server.api("GET", "/api/export")
        del file["certificates"]  # of the daemon's own a blank at the end goes
        self.assertEqual({(one["mailbox"], one["user"], one["group"]) for one in file["mailbox-access"]},
                         {("Anna Berg", "1001", None), ("Sales", None, "Sales")})
        report = self.server.api("POST", "/api/import", file)
        self.assertEqual((report["created"], report["updated"], report["deleted"]), (0, 0, 0),
                         self.server.api("GET", "/api/changes")["items"][0])
        again = {"mailboxes": [{"name": "Anna Berg", "pin": "4711"}, {"name": "Sales"}]}
        report = self.server.api("POST", "/api/import", again)  # the PIN is the same: nothing changes
        self.assertEqual((report["updated"], report["unchanged"]), (0, 2), report)
        # a deleted one comes back with who had access to it
        self.server.api("DELETE", f"/api/mailboxes/{self.boxes['Sales']}")
        change = self.server.api("GET", "/api/changes")["items"][0]
        self.assertEqual(self.server.request("POST", f"/api/changes/{change['id']}/revert")[0], 200)
        self.assertEqual(len(self.server.api("GET", "/api/mailbox-access")["items"]), 2)

    def test_vmb_3_people_choose_their_announcement_and_when_they_are_away_and_nothing_else(self):
        path = f"/api/me/mailboxes/{self.boxes['Anna Berg']}"
        self.assertEqual([box["name"] for box in self.anna.api("GET", "/api/me/mailboxes")["items"]], ["Anna Berg"])
        self.assertEqual([box["name"] for box in self.bert.api("GET", "/api/me/mailboxes")["items"]], ["Sales"])
        own = self.anna.api("POST", "/api/me/announcements", {"name": "Hello"})["id"]
        others = self.bert.api("POST", "/api/me/announcements", {"name": "Hello"})["id"]
        row = self.anna.api("PATCH", path, {"greeting": own, "away_from": "2026-12-24T00:00:00Z"})
        self.assertEqual((row["greeting"], row["away_from"]), (own, "2026-12-24T00:00:00.000Z"))
        status, answer = self.anna.request("PATCH", path, {"greeting_busy": others})
        self.assertEqual((status, answer["error"]["field"]), (422, "greeting_busy"))
        self.assertEqual(self.anna.request("PATCH", path, {"name": "Mine"})[0], 422)
        self.assertEqual(self.bert.request("PATCH", path, {"greeting": None})[0], 404)
        self.anna.api("PATCH", path, {"greeting": None, "away_from": None})

    def test_usr_5_a_redirection_leads_to_ones_own_mailbox_only(self):
        number = self.anna.api("GET", "/api/me/numbers")["items"][0]["id"]
        values = {"number": number, "trigger": "busy", "kind": "mailbox"}
        status, answer = self.anna.request("POST", "/api/me/redirections", {**values, "mailbox": self.boxes["Sales"]})
        self.assertEqual((status, answer["error"]["code"], answer["error"]["field"]), (422, "not_your_mailbox", "mailbox"))
        self.assertEqual(self.anna.request("POST", "/api/me/redirections", values)[1]["error"]["code"], "no_mailbox")
        row = self.anna.api("POST", "/api/me/redirections", {**values, "mailbox": self.boxes["Anna Berg"]})
        self.assertEqual((row["kind"], row["enabled"]), ("mailbox", True))
        self.anna.api("DELETE", f"/api/me/redirections/{row['id']}")

    def test_vmb_4_everybody_sees_the_messages_of_their_mailboxes_and_no_others(self):
        first, saved, sales, _ = self.leave(("Anna Berg", 2, "new"), ("Anna Berg", 1, "saved"), ("Sales", 0, "old"),
                                            ("Sales", 0, "recording"))
        try:
            self.assertEqual(self.listed(self.anna), [(saved, "saved"), (first, "new")])
            self.assertEqual(self.listed(self.anna, "?state=new&search=muster"), [(first, "new")])
            self.assertIn((sales, "old"), self.listed(self.bert))
            self.assertNotIn("recording", {state for _, state in self.listed(self.bert)})
            for method, path, body in (("GET", "", None), ("GET", "/audio", None), ("PATCH", "", {"state": "old"}),
                                       ("DELETE", "", None), ("POST", "/forward", {"mailbox": self.boxes["Sales"]})):
                self.assertEqual(self.bert.request(method, f"/api/me/voicemails/{first}{path}", body)[0], 404, method)
            boss = Person(self.server, "1000", "boss-pass")
            self.assertEqual(boss.raw(f"/api/me/voicemails/{first}/audio")[0], 404)  # administrators do not listen
            self.assertEqual(boss.raw(f"/api/voicemails/{first}/audio")[0], 404)
            self.assertEqual(Person(self.server, "1003", "carl-pass").raw("/api/me/voicemails")[0], 403)
        finally:
            self.empty()

    def test_vmb_4_a_message_is_heard_saved_deleted_taken_back_and_gone(self):
        (one,) = self.leave(("Anna Berg", 1, "new"))
        path = f"/api/me/voicemails/{one}"
        folder = self.server.data / "voicemail"
        try:
            status, headers, body = self.anna.raw(path + "/audio?download=1")
            self.assertEqual(status, 200)
            self.assertRegex(headers["Content-Disposition"], r'^attachment; filename="voicemail-[0-9-]{15}-0211555123\.wav"$')
            status, headers, part = self.anna.raw(path + "/audio", {"Range": "bytes=44-143"})
            self.assertEqual((status, part), (206, body[44:144]))
            self.assertEqual(self.anna.api("PATCH", path, {"state": "saved"})["state"], "saved")
            for state in ("deleted", "recording", "lost"):
                self.assertEqual(self.anna.request("PATCH", path, {"state": state})[0], 422, state)
            self.anna.api("DELETE", path)
            self.assertEqual(self.listed(self.anna, "?deleted=false"), [])
            self.assertEqual(self.listed(self.anna, "?deleted=true"), [(one, "deleted")])
            self.assertEqual(self.anna.api("PATCH", path, {"state": "old"})["state"], "old")
            self.anna.api("DELETE", path)
            self.assertEqual(len(list(folder.iterdir())), 1)
            self.anna.api("DELETE", path)
            self.assertEqual(list(folder.iterdir()), [])
            self.assertEqual(self.anna.request("DELETE", path)[0], 404)
        finally:
            self.empty()

    def test_vmb_4_a_message_is_passed_on_unless_the_other_mailbox_is_full(self):
        (one,) = self.leave(("Anna Berg", 1, "old"))
        path = f"/api/me/voicemails/{one}/forward"
        try:
            targets = self.anna.api("GET", "/api/me/mailbox-targets?search=sal")["items"]
            self.assertEqual([(row["name"], row["id"]) for row in targets], [("Sales", self.boxes["Sales"])])
            for _ in range(3):
                self.anna.api("POST", path, {"mailbox": self.boxes["Sales"]})
            status, answer = self.anna.request("POST", path, {"mailbox": self.boxes["Sales"]})
            self.assertEqual((status, answer["error"]["code"]), (409, "mailbox_full"))
            self.assertEqual(self.anna.request("POST", path, {"mailbox": 4711})[0], 422)
            rows = self.bert.api("GET", "/api/me/voicemails")["items"]
            self.assertEqual({(row["state"], row["forwarded_by"], row["number"]) for row in rows},
                             {("new", "Anna Berg", "0211555123")})
            # each has its own: what happens to the first does not touch the others
            for _ in range(2):
                self.anna.api("DELETE", f"/api/me/voicemails/{one}")
            self.assertEqual(self.bert.raw(f"/api/me/voicemails/{rows[0]['id']}/audio")[0], 200)
        finally:
            self.empty()

    def test_vmb_2_each_who_wants_it_gets_the_recording_by_mail_once(self):
        mail = Smtpd(harness.address(40), harness.free_port(harness.address(40)))
        self.addCleanup(mail.close)
        self.server.api("PATCH", "/api/mail-server", {
            "delivery": "server", "host": mail.host, "port": mail.port, "security": "none", "sender": "pbx@firm.test",
            "web_address": "https://pbx.firm.test"})
        users = {user["login"]: user["id"] for user in self.server.api("GET", "/api/users")["items"]}
        self.server.api("PATCH", f"/api/users/{users['1001']}", {"email": "anna@firm.test", "language": "en"})
        self.server.api("PATCH", f"/api/users/{users['1002']}", {"email": "bert@firm.test", "language": "de"})
        rows = self.server.api("GET", "/api/mailbox-access")["items"]
        of_group = next(row for row in rows if row["group"])
        self.server.api("PATCH", f"/api/mailbox-access/{of_group['id']}", {"by_mail": True})
        twice = self.server.api("POST", "/api/mailbox-access",
                                {"mailbox": self.boxes["Sales"], "user": users["1002"], "by_mail": True})
        other = self.server.api("POST", "/api/mailbox-access",
                                {"mailbox": self.boxes["Sales"], "user": users["1001"], "by_mail": True})
        try:
            self.leave(("Sales", 0, "new"), ("Anna Berg", 0, "new"), ("Sales", 0, "recording"))
            letters = harness.until(lambda: len(mail.mails()) >= 2 and mail.mails(), "the mails arrive", 30)
            by = {letter["To"].strip(): letter for letter in letters}
            self.assertEqual(len(by), 2)  # Bert once, though he has access twice; Anna for one mailbox only
            anna = next(letter for to, letter in by.items() if "anna@firm.test" in to)
            self.assertEqual(anna["Subject"], "Message from Max Muster (0211555123) for Sales")
            text, sound = anna.iter_parts()
            self.assertIn("https://pbx.firm.test/voicemail", text.get_content())
            self.assertIn("Length: 0:01", text.get_content())
            self.assertEqual(sound.get_content_type(), "audio/wav")
            self.assertRegex(sound.get_filename(), r"^voicemail-[0-9-]{15}\.wav$")
            self.assertEqual(sound.get_content(), tone(0.5, 16000))
            bert = next(letter for to, letter in by.items() if "bert@firm.test" in to)
            self.assertEqual(bert["Subject"], "Nachricht von Max Muster (0211555123) für Sales")
            # after a restart nothing is mailed again; too big a recording is only linked
            self.server.api("PATCH", "/api/settings", {"voicemail_mail_mb": 0})
            self.leave(("Sales", 0, "new"))
            letters = harness.until(lambda: len(mail.mails()) >= 4 and mail.mails(), "two more mails arrive", 30)
            self.assertEqual(len(letters), 4)
            self.assertFalse(letters[-1].is_multipart())
            self.assertEqual(len(self.server.api("GET", "/api/mails")["items"]), 4)
        finally:
            self.empty()
            self.server.api("PATCH", "/api/mail-server", {"delivery": "off"})
            for row in (twice, other):
                self.server.api("DELETE", f"/api/mailbox-access/{row['id']}")


if __name__ == "__main__":
    harness.main()
