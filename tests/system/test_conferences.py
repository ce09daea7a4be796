#!/usr/bin/env python3
"""Planned conferences (CNF-1): what participants are told by mail through a real SMTP server, once, whatever happens."""
from datetime import datetime, timedelta, timezone

import harness
from harness import SystemTest, address, free_port, until
from smtpd import Smtpd


def iso(seconds_from_now):
    at = datetime.now(timezone.utc) + timedelta(seconds=seconds_from_now)
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def calendar(mail):
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            return part, part.get_content().replace("\r\n", "\n")
    return None, ""


class Conferences(SystemTest):
    def setUp(self):
        host = address(53)
        self.smtpd = Smtpd(host, free_port(host))
        self.addCleanup(self.smtpd.close)
        api = self.server.api
        api("PATCH", "/api/mail-server", {"delivery": "server", "auth": "none", "security": "none", "host": host,
                                          "port": self.smtpd.port, "sender": "pbx@firm.test",
                                          "web_address": "https://pbx.firm.test"})
        api("PATCH", "/api/settings", {"conference_numbers": "0211 555-90"})
        owners = api("GET", "/api/users?login=3000")["items"]
        self.owner = owners[0] if owners else api("POST", "/api/users", {
            "login": "3000", "first_name": "Anna", "last_name": "Berg", "email": "anna@firm.test", "language": "en"})

    def plan(self, starts_in_s, **more):
        return self.server.api("POST", "/api/conferences", {
            "name": "Planning", "user": self.owner["id"], "starts_at": iso(starts_in_s), "time_zone": "Europe/Berlin", **more})

    def invite(self, conference, mail):
        return self.server.api("POST", "/api/conference-participants",
                               {"conference": conference["id"], "name": "Max", "mail": mail})

    def mails(self, to, count):
        """That many, and no more. What is due is looked for every ten seconds."""
        until(lambda: len(self.smtpd.mails(to)) >= count, f"{count} mails to {to}", seconds=60)
        found = self.smtpd.mails(to)
        self.assertEqual(len(found), count, [mail["Subject"] for mail in found])
        return found

    def test_invitation_change_and_cancellation_bring_an_entry_for_the_calendar(self):
        """CNF-1: a mail at creation, change and cancellation, with an iCalendar part that replaces the one before."""
        conference = self.plan(86400, repeat="week")
        max_ = self.invite(conference, "max@one.test")
        invitation = self.mails("max@one.test", 1)[0]
        part, entry = calendar(invitation)
        self.assertEqual(part.get_param("method"), "REQUEST")
        self.assertIn("RRULE:FREQ=WEEKLY;INTERVAL=1\n", entry)
        self.assertIn("TZID:Europe/Berlin\n", entry)
        self.assertTrue(all(len(line.encode()) <= 75 for line in entry.split("\n")))
        text = invitation.get_body(("plain",)).get_content()
        self.assertIn(f"PIN: {max_['pin']}", text)
        self.assertIn("0211 555-90", text)
        self.server.api("PATCH", f"/api/conferences/{conference['id']}", {"length_min": 30})
        change = self.mails("max@one.test", 2)[1]
        self.assertIn("length", change.get_body(("plain",)).get_content())
        self.server.request("DELETE", f"/api/conferences/{conference['id']}")
        part, last = calendar(self.mails("max@one.test", 3)[2])
        self.assertEqual(part.get_param("method"), "CANCEL")
        line = [one for one in entry.split("\n") if one.startswith("UID:")]
        self.assertEqual([one for one in last.split("\n") if one.startswith("UID:")], line)

    def kill_while_it_hands_over(self, mood):
        """The mail server has begun with a mail, and does not answer until the system is gone."""
        until(self.smtpd.is_holding, f"the mail server holds a mail ({mood})", seconds=40)
        self.server.kill()
        self.smtpd.mood("friendly")
        self.server.start()

    def test_a_reminder_comes_once_although_the_system_is_killed(self):
        """CNF-1: 15 minutes before; kill -9 while mails leave sends none twice and loses none."""
        conference = self.plan(15 * 60 + 20)
        self.smtpd.mood("hold-rcpt")
        people = [f"p{n}@two.test" for n in range(5)]
        for mail in people:
            self.invite(conference, mail)
        self.kill_while_it_hands_over("hold-rcpt")  # of this mail nothing has arrived
        self.smtpd.mood("hold-end")
        self.kill_while_it_hands_over("hold-end")  # this one has
        for mail in people:
            self.assertIn("Soon", self.mails(mail, 2)[1]["Subject"])
        states = [m["state"] for m in self.server.api("GET", "/api/mails?per_page=100")["items"]
                  if m["recipient"] in people]
        self.assertEqual((states.count("sent"), states.count("unsure")), (9, 1))

    def test_the_next_date_is_told_when_one_has_ended(self):
        """CNF-1: at the end of a date of a series; the window that calls go by moves on."""
        conference = self.plan(-5 * 60 + 3, length_min=5, repeat="day")
        self.invite(conference, "eva@three.test")
        self.mails("eva@three.test", 1)
        told = self.mails("eva@three.test", 2)[1]
        self.assertIn("Next date", told["Subject"])
        row = self.server.api("GET", f"/api/conferences/{conference['id']}")
        self.assertGreater(row["next_from"], conference["next_from"])


if __name__ == "__main__":
    harness.main()
