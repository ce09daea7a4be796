#!/usr/bin/env python3
"""Planned conferences and time: who is called late, once, over a crash; the end of their time; recording by key; who joins from his page
(CNF-1, CNF-2, CNF-4)."""
import time

import harness
from harness import until
from meeting import PEOPLE, MeetingTest
from person import Person
from voice import Voice, teach

PROMPTS = ("conference-pin", "conference-first", "conference-one-other", "conference-ends-soon", "conference-ends", "recording-begins",
           "recording-ends", "call-recorded", "not-permitted", "beep", "conference-joined", "conference-someone-joined")


class Planned(MeetingTest):
    CONFIG = {
        "phones": MeetingTest.PHONES,
        "users": [{"login": "1000", "first_name": "Ada", "last_name": "Admin", "password": "pass-of-1000", "admin": True}]
        + [{**user, "password": f"pass-of-{user['login']}"} for user in MeetingTest.USERS],
        "conference-rooms": [{"name": "Way in", "dial_in": True}],
        "numbers": [{"number": "289", "conference_room": "Way in"}],
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tones = teach(cls.server, PROMPTS)
        cls.ids = {row["login"]: row["id"] for row in cls.server.api("GET", "/api/users")["items"]}

    def settings(self, **values):
        before = self.server.api("GET", "/api/settings")
        self.server.api("PATCH", "/api/settings", values)
        self.addCleanup(self.server.api, "PATCH", "/api/settings", {name: before[name] for name in values})

    def plan(self, begins_s, *participants, **more):
        """A conference of Anna's that begins so many seconds from now. Its participants, who are users."""
        starts = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + begins_s))
        self.conference = self.server.api("POST", "/api/conferences", {
            "name": "Plan", "user": self.ids["1101"], "starts_at": starts, "time_zone": "Europe/Berlin", **more})
        self.addCleanup(self.server.api, "DELETE", f"/api/conferences/{self.conference['id']}")
        return [self.server.api("POST", "/api/conference-participants", {
            "conference": self.conference["id"], "user": self.ids[login], **rest}) for login, rest in participants]

    def enters(self, name, participant):
        voice = Voice(self.phone(name, PEOPLE[name]), 289, self.tones)
        self.addCleanup(voice.rtp.drain)
        voice.hears("conference-pin")
        voice.press(participant["pin"] + "#")
        return voice

    def test_cnf_1_who_was_to_be_called_while_the_system_was_off_is_called_late_and_once(self):
        """It is killed while one is in and the other rings: neither is called again; who is invited after that is."""
        bernd, carla, dora = (self.phone(name, PEOPLE[name]) for name in ("bernd", "carla", "dora"))
        begins = time.time() + 6
        self.plan(6, ("1102", {"call_on_start": True}), ("1103", {"call_on_start": True}))
        self.server.kill()
        until(lambda: time.time() > begins, "it has begun without us")
        self.server.start()
        dialog = bernd.answer_invite(seconds=30)
        self.assertIn("sip:101@", dialog.invite.get("From"))
        dialog.pick_up()
        carla.answer_invite(seconds=30).ring()
        self.server.kill()
        self.server.start()
        self.server.api("POST", "/api/conference-participants", {
            "conference": self.conference["id"], "user": self.ids["1104"], "call_on_start": True})
        late = dora.answer_invite(seconds=30)  # so all who are late have been looked at
        for phone in (bernd, carla):
            phone.expect_nothing(0.5, but=("BYE", "OPTIONS", "CANCEL"))
        late.pick_up()
        late.hang_up()

    def test_cnf_1_a_conference_stays_while_people_talk(self):
        rows = self.plan(-5 * 60 + 8, ("1101", {}), ("1102", {}), length_min=5)
        voices = [self.enters("anna", rows[0]), self.enters("bernd", rows[1])]
        until(lambda: self.over() or self.together(voices, []) is None, "its time is over", seconds=30)
        self.hears_all(voices, voices, {"anna": {"bernd"}, "bernd": {"anna"}})
        for voice in voices:
            voice.hang_up()

    def over(self):
        return self.server.api("GET", f"/api/conferences/{self.conference['id']}")["next_from"] is None

    def test_cnf_1_who_confers_is_warned_and_put_out_where_the_administrator_wants_it(self):
        self.settings(conference_over="ends")
        (soon,) = self.plan(-60 + 8, ("1102", {}), length_min=6)
        bernd = self.enters("bernd", soon)
        bernd.hears("conference-first")
        bernd.hears("conference-ends-soon", seconds=20)
        (now,) = self.plan(-5 * 60 + 12, ("1103", {}), length_min=5)
        carla = self.enters("carla", now)
        carla.hears("conference-first")
        carla.hears("conference-ends", seconds=30)
        carla.is_hung_up()
        bernd.hang_up()  # whose time is not over

    def test_cnf_1_who_only_is_warned_stays(self):
        self.settings(conference_over="warning")
        (soon,) = self.plan(-60 + 8, ("1102", {}), length_min=6)
        bernd = self.enters("bernd", soon)
        bernd.hears("conference-ends-soon", seconds=30)
        length = {"length_min": 7}
        self.server.api("PATCH", f"/api/conferences/{self.conference['id']}", length)
        bernd.hang_up()

    def recorded(self, notice):
        self.settings(record_notice=notice)
        box = self.server.api("POST", "/api/mailboxes", {"name": f"Minutes {notice}"})
        self.addCleanup(self.server.api, "DELETE", f"/api/mailboxes/{box['id']}")
        access = self.server.api("POST", "/api/mailbox-access", {"mailbox": box["id"], "user": self.ids["1101"]})
        self.assertTrue(access["id"])
        rows = self.plan(-60, ("1101", {"moderator": True}), ("1102", {}), may_record=True)
        anna = self.enters("anna", rows[0])
        anna.hears("conference-first")
        bernd = self.enters("bernd", rows[1])
        bernd.hears("conference-one-other")
        bernd.press("*5")
        bernd.hears("not-permitted")
        anna.press("*5")
        anna.hears("recording-begins")
        return anna, bernd

    def ends(self, anna, bernd):
        anna.press("*5")
        anna.hears("recording-ends")
        anna.hang_up()
        bernd.hang_up()
        until(lambda: [one for one in self.server.api("GET", "/api/voicemails")["items"] if one["name"] == "Plan"],
              "the recording is a message")

    def test_cnf_4_a_moderator_records_by_key_and_the_others_are_told(self):
        anna, bernd = self.recorded("announcement")
        bernd.hears("call-recorded")
        self.ends(anna, bernd)

    def test_cnf_4_or_hear_a_beep_again_and_again(self):
        anna, bernd = self.recorded("beep")
        bernd.hears("beep")
        bernd.hears("beep", seconds=25)
        self.ends(anna, bernd)

    def test_cnf_1_who_is_invited_sees_it_and_has_his_telephone_rung(self):
        self.plan(-60, ("1102", {"moderator": True}))
        bernd, carla = (Person(self.server, login, f"pass-of-{login}") for login in ("1102", "1103"))
        (invitation,) = bernd.api("GET", "/api/me/invitations")["items"]
        self.assertEqual((invitation["name"], invitation["moderator"], len(invitation["pin"])), ("Plan", True, 6))
        self.assertEqual(carla.api("GET", "/api/me/invitations")["items"], [])
        path = f"/api/me/invitations/{invitation['id']}/join"
        self.assertEqual(carla.request("POST", path)[0], 404)
        phone = self.phone("bernd", PEOPLE["bernd"])
        bernd.api("POST", path)
        dialog = phone.answer_invite()
        self.assertEqual(bernd.request("POST", path)[1]["error"]["code"], "already_in")
        dialog.pick_up()
        until(lambda: [member for one in bernd.api("GET", "/api/live-conferences")["items"] for member in one["members"]
                       if member["moderator"] and not member["asked"]], "he is in, and moderates")
        dialog.hang_up()
        self.server.wait_idle()
        self.assertEqual(bernd.request("PATCH", f"/api/me/conferences/{self.conference['id']}", {"name": "Mine"})[0], 404)

    def test_cnf_1_who_is_invited_for_later_cannot_join_yet(self):
        self.plan(7200, ("1102", {}))
        bernd = Person(self.server, "1102", "pass-of-1102")
        (invitation,) = bernd.api("GET", "/api/me/invitations")["items"]
        status, answer = bernd.request("POST", f"/api/me/invitations/{invitation['id']}/join")
        self.assertEqual((status, answer["error"]["code"]), (409, "conference_not_now"))


if __name__ == "__main__":
    harness.main()
