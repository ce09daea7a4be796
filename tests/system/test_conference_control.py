#!/usr/bin/env python3
"""Conferences from the page: who sees them, and what moderators do there, heard at the telephone (CNF-2)."""
import harness
from harness import until
from meeting import PEOPLE, MeetingTest
from person import Person


class Control(MeetingTest):
    CONFIG = {
        "phones": MeetingTest.PHONES,
        "users": [{"login": "1000", "first_name": "Ada", "last_name": "Admin", "password": "pass-of-1000", "admin": True}]
        + [{**user, "password": f"pass-of-{user['login']}"} for user in MeetingTest.USERS],
        "conference-rooms": [{"name": "Open", "entry": "none"},
                             {"name": "Board", "pin": "1111", "moderator_pin": "2222", "entry": "none"}],
        "numbers": [{"number": "281", "conference_room": "Open"}, {"number": "282", "conference_room": "Board"}],
    }

    def running(self, who=None):
        """Those that somebody may see; None: an administrator."""
        return (who or self.server).api("GET", "/api/live-conferences")["items"]

    @staticmethod
    def name_of(voice):
        """The login is the name of who has no other."""
        return {"anna": "1101", "bernd": "1102", "carla": "1103", "dora": "1104"}[voice.phone.name]

    def person(self, voice):
        login = self.name_of(voice)
        return Person(self.server, login, f"pass-of-{login}")

    def id_of(self, voice):
        users = {row["login"]: row["id"] for row in self.server.api("GET", "/api/users")["items"]}

        def find():
            return [member["id"] for one in self.running() for member in one["members"]
                    if member["user"] == users[self.name_of(voice)] and not member["asked"]]
        until(find, f"{voice.phone.name} is a member")
        return find()[0]

    def of(self, voice):
        """What is said of him now."""
        wanted = self.id_of(voice)
        return next(member for one in self.running() for member in one["members"] if member["id"] == wanted)

    def all_leave(self, *voices):
        for voice in voices:
            voice.hang_up()
        until(lambda: not self.running(), "the conference is over")

    def test_cnf_2_who_talks_is_seen_and_who_is_silenced_is_not_heard(self):
        anna, bernd = self.comes("anna", 281), self.comes("bernd", 281)
        both = [anna, bernd]
        self.hears_all(both, both, {"anna": {"bernd"}, "bernd": {"anna"}})
        self.hears_all(both, [bernd], {"anna": {"bernd"}, "bernd": set()})
        until(lambda: self.together(both, [bernd], 0.4) and self.of(bernd)["talking"] and not self.of(anna)["talking"], "Bernd is seen to talk")
        path = f"/api/live-conference-members/{self.id_of(bernd)}"
        self.server.api("PATCH", path, {"silenced": True})
        self.hears_all(both, both, {"anna": set(), "bernd": {"anna"}})
        bernd.press("*2")
        until(lambda: self.of(bernd)["wants_to_speak"], "that Bernd wants to speak is seen")
        self.server.api("PATCH", path, {"silenced": False})
        self.hears_all(both, both, {"anna": {"bernd"}, "bernd": {"anna"}})
        self.assertFalse(self.of(bernd)["wants_to_speak"])
        self.all_leave(anna, bernd)

    def test_cnf_2_a_moderator_controls_others_only_look_and_strangers_see_nothing(self):
        anna = self.comes("anna", 282, "2222#")
        bernd = self.comes("bernd", 282, "1111#")
        moderator, listener, stranger = self.person(anna), self.person(bernd), Person(self.server, "1103", "pass-of-1103")
        target = self.id_of(bernd)
        (seen,) = self.running(moderator)
        self.assertEqual((seen["name"], seen["may_control"], len(seen["members"])), ("Board", True, 2))
        self.assertEqual([(one["may_control"], len(one["members"])) for one in self.running(listener)], [(False, 2)])
        self.assertEqual(self.running(stranger), [])
        path = f"/api/live-conferences/{seen['id']}"
        for person, status in ((listener, 403), (stranger, 404)):
            self.assertEqual(person.request("PATCH", path, {"locked": True})[0], status)
            self.assertEqual(person.request("DELETE", f"/api/live-conference-members/{target}")[0], status)
        moderator.api("PATCH", path, {"locked": True})
        carla = self.comes("carla", 282, "1111#")
        carla.hears("conference-is-locked")
        carla.is_hung_up()
        moderator.api("DELETE", f"/api/live-conference-members/{target}")
        bernd.is_hung_up()
        until(lambda: not self.running(listener), "who was removed sees it no more")
        moderator.api("DELETE", path)
        anna.is_hung_up()
        until(lambda: not self.running(), "the conference is over")
        self.assertEqual(moderator.request("PATCH", path, {"locked": True})[0], 404)

    def test_cnf_2_levels_are_set_and_refused(self):
        anna, bernd = self.comes("anna", 281), self.comes("bernd", 281)
        path = f"/api/live-conference-members/{self.id_of(bernd)}"
        self.server.api("PATCH", path, {"listening": -2})
        until(lambda: self.of(bernd)["listening"] == -2, "the level is seen")
        self.server.api("PATCH", path, {"speaking": 3})
        until(lambda: (self.of(bernd)["listening"], self.of(bernd)["speaking"]) == (-2, 3), "one level leaves the other")
        for wrong in ({"listening": 5}, {"speaking": "loud"}, {"silenced": 1}):
            status, answer = self.server.request("PATCH", path, wrong)
            self.assertEqual((status, answer["error"]["field"]), (422, next(iter(wrong))))
        self.all_leave(anna, bernd)

    def test_cnf_2_somebody_is_called_into_it(self):
        anna = self.comes("anna", 282, "2222#")
        self.id_of(anna)
        moderator = self.person(anna)
        (seen,) = self.running(moderator)
        path = f"/api/live-conferences/{seen['id']}"
        dora = self.phone("dora", PEOPLE["dora"])
        moderator.api("POST", f"{path}/invite", {"number": "104"})
        dialog = dora.answer_invite()
        until(lambda: any(member["asked"] for member in self.running(moderator)[0]["members"]), "that she is called is seen")
        dialog.ring()
        dialog.pick_up()
        until(lambda: len([member for member in self.running(moderator)[0]["members"] if not member["asked"]]) == 2, "she is in")
        status, answer = moderator.request("POST", f"{path}/invite", {"number": "999"})
        self.assertEqual((status, answer["error"]["code"]), (409, "call_refused"))
        self.assertEqual(moderator.request("POST", f"{path}/invite", {})[0], 422)
        status, answer = moderator.request("PATCH", path, {"recording": True})
        self.assertEqual((status, answer["error"]["code"]), (409, "not_recorded"))
        dialog.hang_up()
        self.all_leave(anna)


if __name__ == "__main__":
    harness.main()
