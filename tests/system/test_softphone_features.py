#!/usr/bin/env python3
"""Features with real softphones: each is switched by code at the telephone, by function key and on the page, and heard."""
import harness
from harness import address, free_port
from sipphone import Phone
from softphones import NUMBERS, SoftphoneTest

PROVIDER = address(51)
PROVIDER_PORT = free_port(PROVIDER)


class Switched(SoftphoneTest):
    SETTINGS = {"country_code": "49", "area_code": "211", "outside_prefix": "0"}
    MORE = {
        "groups": [{"name": "Sales", "group_id": "7", "strategy": "hunting", "hunt_s": 5},
                   {"name": "House", "strategy": "broadcast"}],
        "group-members": [{"group": "Sales", "user": "1101"}, {"group": "Sales", "user": "1103"},
                          {"group": "House", "user": "1102"}, {"group": "House", "user": "1103"}, {"group": "House", "user": "1104"}],
        "numbers": [{"number": "201", "group": "Sales"}, {"number": "291", "group": "House"}],
        "lines": [{"name": "city", "host": f"{PROVIDER}:{PROVIDER_PORT}", "main_number": "0211551", "no_screening": True,
                   "auth": "address", "register": False, "qualify_s": 0}],
    }

    # Redirection (USR-5)

    def reaches(self, caller, number, there, before=(), who=""):
        """The call rings there, after `before` did what they do; the two hear each other. Returns its record."""
        self.began = harness.now()
        caller.dial(number)
        for act in before:
            act()
        self.answers(there, who or str(NUMBERS[caller.name]))
        self.talks(caller)
        self.is_quiet(*[phone for phone in self.phones.values() if phone not in (caller, there)])
        self.hear({caller: {there}, there: {caller}})
        self.end(caller, there)
        return self.record()[0]

    def redirection(self, trigger):
        return next(row for row in self.page("anna").api("GET", "/api/me/redirections")["items"] if row["trigger"] == trigger)

    def redirects(self, code, trigger, before=()):
        """On and off in each of the ways."""
        def is_redirected():
            record = self.reaches(self.bernd, 101, self.carla, before)
            self.assertEqual((record["called_number"], record["called_phone"]), ("103", "carla"))

        press, shows = self.key("anna", type="redirect_all", trigger=trigger)
        self.dials_code(self.anna, f"{code}103")
        shows("on")
        self.page("anna").api("PATCH", f"/api/me/redirections/{self.redirection(trigger)['id']}", {"after_s": 2})
        is_redirected()
        self.dials_code(self.anna, f"{code}0")
        shows("off")
        self.reaches(self.bernd, 101, self.anna)
        self.assertEqual(press(), "on")
        is_redirected()
        self.assertEqual(press(), "off")
        self.page("anna").api("PATCH", f"/api/me/redirections/{self.redirection(trigger)['id']}", {"enabled": True})
        shows("on")
        is_redirected()
        self.page("anna").api("PATCH", f"/api/me/redirections/{self.redirection(trigger)['id']}", {"enabled": False})
        shows("off")

    def test_usr_5_always(self):
        self.redirects("*01", "always")

    def no_call_waiting(self):
        self.page("anna").api("PATCH", "/api/me", {"call_waiting": False})
        self.addCleanup(self.page("anna").api, "PATCH", "/api/me", {"call_waiting": True})

    def test_usr_5_busy(self):
        """Her telephone refuses."""
        self.no_call_waiting()
        self.redirects("*02", "busy", [lambda: self.is_rung(self.anna), self.anna.hang_up])

    def test_usr_5_timeout(self):
        """It rings at hers until then."""
        self.redirects("*03", "timeout", [lambda: self.is_rung(self.anna)])

    # Do not disturb (USR-6)

    def is_refused(self):
        self.began = harness.now()
        self.bernd.dial(101)
        record = self.record()[0]
        self.assertEqual((record["called_number"], record["sip_status"]), ("101", 480))
        self.is_free(self.bernd)
        self.is_quiet(self.anna)

    def test_usr_6_do_not_disturb(self):
        press, shows = self.key("anna", type="dnd")
        self.dials_code(self.anna, "*09")
        shows("on")
        self.is_refused()
        self.dials_code(self.anna, "*090")
        shows("off")
        self.reaches(self.bernd, 101, self.anna)
        self.assertEqual(press(), "on")
        self.is_refused()
        self.assertEqual(press(), "off")
        self.reaches(self.emil, 101, self.anna)
        self.page("anna").api("PATCH", "/api/me", {"dnd": True})
        shows("on")
        self.is_refused()
        self.page("anna").api("PATCH", "/api/me", {"dnd": False})
        shows("off")

    # Groups (GRP-1)

    def test_grp_1_hunting_passes_who_is_logged_off(self):
        group = self.row("groups", name="Sales")["id"]
        member = self.row("group-members", group=group, user=self.row("users", login="1101")["id"])["id"]
        press, shows = self.key("anna", type="group", groups=[group])
        shows("on")
        self.dials_code(self.anna, "*337")
        shows("off")
        self.assertEqual(self.reaches(self.bernd, 201, self.carla)["called_number"], "201")
        self.dials_code(self.anna, "*327")
        shows("on")
        self.reaches(self.bernd, 201, self.anna)
        self.assertEqual(press(), "off")
        self.reaches(self.bernd, 201, self.carla)
        self.assertEqual(press(), "on")
        self.reaches(self.bernd, 201, self.anna)
        self.server.api("PATCH", f"/api/group-members/{member}", {"logged_on": False})
        shows("off")
        self.reaches(self.bernd, 201, self.carla)
        self.server.api("PATCH", f"/api/group-members/{member}", {"logged_on": True})
        shows("on")

    def test_grp_1_hunting_goes_on_to_the_second_one_when_the_first_refuses(self):
        self.reaches(self.bernd, 201, self.carla, [lambda: self.is_rung(self.anna), self.anna.hang_up])

    def test_grp_1_hunting_goes_on_to_the_second_one_when_the_first_does_not_answer(self):
        self.reaches(self.bernd, 201, self.carla, [lambda: self.is_rung(self.anna)])

    def test_grp_2_all_telephones_of_an_announcement_answer_and_hear_it(self):
        """These here answer because somebody accepts: of the three only linphone could by itself."""
        self.dora.say("autoanswer enable")
        self.addCleanup(self.dora.say, "autoanswer disable")
        self.anna.dial(291)
        for phone in (self.bernd, self.carla):
            self.answers(phone)
        self.talks(self.anna, self.dora)
        self.hear({phone: {self.anna} for phone in (self.bernd, self.carla, self.dora)})
        self.end(self.anna, self.bernd, self.carla, self.dora)
        record = self.record()[0]
        self.assertEqual((record["called_number"], record["called_name"], record["result"]), ("291", "House", "answered"))
        self.assertIn("3 of 3 members who were called heard it", [reason["text"] for reason in record["explanation"]])

    # Pick-up (KEY)

    def picks_up(self, take):
        self.began = harness.now()
        self.bernd.dial(103)
        self.is_rung(self.carla)
        take()
        self.talks(self.anna, self.bernd)
        self.is_free(self.carla)
        self.hear({self.anna: {self.bernd}, self.bernd: {self.anna}})
        self.end(self.bernd, self.anna)
        record = self.record()[0]
        self.assertEqual((record["result"], record["called_phone"]), ("answered", "anna"))

    def test_key_pick_up(self):
        """By code, with and without the number, and by the key that flashes."""
        press, shows = self.key("anna", type="blf", target_user=self.row("users", login="1103")["id"])
        for code in ("*8", "*8103"):
            self.picks_up(lambda: self.anna.dial(code))

        def by_key():
            shows("ringing")
            self.assertEqual(press(), "picked_up")
            self.answers(self.anna)
        self.picks_up(by_key)
        shows("free")

    # Call completion (KEY)

    def test_key_who_found_somebody_busy_is_called_back(self):
        """Asked for by code, by key and on the page."""
        press, shows = self.key("bernd", type="call_completion")
        self.no_call_waiting()

        def by_code():
            self.bernd.dial("*07")
            self.talks(self.bernd)
            self.is_free(self.bernd)

        for ask in (by_code, lambda: self.assertEqual(press(), "on"),
                    lambda: self.page("bernd").api("POST", "/api/me/call-completions", {"number": "101"})):
            self.call(self.carla, self.anna)
            self.bernd.dial(101)
            shows("possible")
            self.is_free(self.bernd)
            ask()
            shows("on")
            self.end(self.carla, self.anna)
            self.answers(self.bernd, "101")
            self.is_rung(self.anna, "102")
            self.hears_something(self.bernd)
            self.answers(self.anna)
            self.hear({self.anna: {self.bernd}, self.bernd: {self.anna}})
            self.end(self.anna, self.bernd)
            shows("off")

    # Who calls, and whom (USR-7, KEY, USE-2)

    def test_usr_7_who_is_logged_in_to_a_telephone_calls_and_is_called_there(self):
        """His own rings besides, until he answers; and alone, when he is logged out."""
        self.dials_code(self.other, "*771105")
        record = self.reaches(self.other, 101, self.anna, who="105")
        self.assertEqual((record["caller_number"], record["caller_name"], record["caller_phone"]), ("105", "Emil Office", "other"))
        self.began = harness.now()
        self.anna.dial(105)
        self.is_rung(self.emil, "101")
        self.answers(self.other, "101")
        self.is_free(self.emil)
        self.hear({self.anna: {self.other}, self.other: {self.anna}})
        self.end(self.anna, self.other)
        self.dials_code(self.other, "*79")
        self.reaches(self.anna, 105, self.emil)

    def test_key_speed_dial(self):
        """One's own goes before everybody's; by code and by key."""
        everybody = self.server.api("POST", "/api/speed-dials", {"place": "05", "number": "103", "name": "Carla"})
        self.addCleanup(self.server.api, "DELETE", f"/api/speed-dials/{everybody['id']}")
        self.assertEqual(self.reaches(self.anna, "*605", self.carla)["called_number"], "103")
        self.page("anna").api("POST", "/api/me/speed-dials", {"place": "05", "number": "102"})
        self.assertEqual(self.reaches(self.anna, "*605", self.bernd)["called_number"], "102")
        self.assertEqual(self.reaches(self.emil, "*605", self.carla)["called_number"], "103")
        press, _ = self.key("anna", type="speed_dial", number="*605")
        self.began = harness.now()
        press()
        self.answers(self.anna)
        self.is_rung(self.bernd, "101")
        self.hears_something(self.anna)
        self.answers(self.bernd)
        self.hear({self.anna: {self.bernd}, self.bernd: {self.anna}})
        self.end(self.anna, self.bernd)
        self.assertEqual(self.record()[0]["called_number"], "102")

    def test_use_2_a_private_call(self):
        """Inside, both hear each other as ever; of a number outside nobody reads the end."""
        self.reaches(self.anna, "*2103", self.carla)
        provider = Phone(self.server.sip_address, PROVIDER, "city", port=PROVIDER_PORT)
        self.addCleanup(provider.close)
        for dialled, known in (("00211987654", "+49211987654"), ("*200211987654", "+49211987xxx")):
            self.began = harness.now()
            self.anna.dial(dialled)
            called = provider.answer_invite()
            self.assertIn("211987654", called.invite.start)
            called.pick_up()
            self.talks(self.anna)
            self.anna.hang_up()
            called.is_hung_up()
            self.is_free(self.anna)
            self.assertEqual(self.record()[0]["called_number"], known)


if __name__ == "__main__":
    harness.main()
