#!/usr/bin/env python3
"""Calls that go elsewhere (USR-5, USR-6, GRP-1, RTG-2, LIN-5): phones of an office and a provider of the test's own."""
import harness
from harness import ApiError, SystemTest, address, free_port, password_phone, until, user
from sipphone import Phone

PROVIDER = address(51)


class Redirections(SystemTest):
    mark = 0

    @classmethod
    def setUpClass(cls):
        cls.port = free_port(PROVIDER)
        super().setUpClass()

    @classmethod
    def config(cls):
        line = {"auth": "address", "register": False, "qualify_s": 0}
        return {
            "settings": {"country_code": "49", "area_code": "211", "outside_prefix": "0", "deposit": "104", "ring_s": 6},
            "phones": [password_phone(name) for name in ("p1", "p2", "p3", "p4")],
            "users": [user(101, "p1"), user(102, "p2", dial=["local"]), user(103, "p3"), user(104, "p4")],
            "groups": [{"name": "Sales"}],
            "group-members": [{"group": "Sales", "user": "1101"}, {"group": "Sales", "user": "1102"}],
            "lines": [{"name": "city", "host": f"{PROVIDER}:{cls.port}", "main_number": "0211551", "no_screening": True,
                       **line}, {"name": "mark", "host": f"{address(54)}:9", "enabled": False, **line}],
            "numbers": [{"number": "0211555101", "kind": "external", "user": "1101", "line": "city"},
                        {"number": "201", "group": "Sales"}],
        }

    def setUp(self):
        self.provider = self.open(Phone(self.server.sip_address, PROVIDER, "city", port=self.port))
        self.phone = {name: self.open(Phone(self.server.sip_address, address(60 + n), name, f"secret-of-{name}"))
                      for n, name in enumerate(("p1", "p2", "p3", "p4"))}
        for phone in self.phone.values():
            phone.register()
        self.started = harness.now()

    def open(self, phone):
        self.addCleanup(phone.close)
        return phone

    def item(self, collection, **fits):
        return next(one for one in self.server.api("GET", f"/api/{collection}?per_page=200")["items"]
                    if all(one[field] == value for field, value in fits.items()))

    def settle(self):
        """What was changed before holds for calls: so does a mark that was changed after it."""
        Redirections.mark += 1
        self.server.api("PATCH", f"/api/lines/{self.item('lines', name='mark')['id']}", {"max_calls": self.mark})
        until(lambda: {"line": "mark", "max_calls": self.mark}.items()
              <= next(one for one in self.server.api("GET", "/api/lines/status")["items"] if one["line"] == "mark").items(),
              "the change holds")

    def redirect(self, number, trigger, target, **more):
        """For this test."""
        made = self.server.api("POST", "/api/redirections", {
            "number": self.item("numbers", number=str(number))["id"], "trigger": trigger, "target": target, **more})
        self.addCleanup(self.server.request, "DELETE", f"/api/redirections/{made['id']}")
        self.settle()
        return made

    def set_user(self, login, **values):
        one = self.item("users", login=login)
        self.server.api("PATCH", f"/api/users/{one['id']}", values)
        self.addCleanup(self.server.request, "PATCH", f"/api/users/{one['id']}", {field: one[field] for field in values})
        self.settle()

    def talk(self, call, there):
        there.pick_up()
        call.established()
        return call, there

    def hang_up(self, call, there):
        call.request("BYE")
        there.is_hung_up()
        call.expect(200, method="BYE")

    def stops(self, ringing, seconds=8):
        ringing.reply(200, ringing.expect("CANCEL", seconds))
        ringing.reply(487, ringing.invite)
        ringing.expect("ACK")

    def test_usr_5_always_on_and_off_again(self):
        """The target is remembered while it is off."""
        made = self.redirect(101, "always", "103")
        call = self.phone["p4"].invite(101)
        there = self.phone["p3"].answer_invite()
        self.assertIn("sip:101@", there.invite.get("Diversion"))
        self.assertIn("reason=unconditional", there.invite.get("Diversion"))
        self.assertIn("104@", there.invite.get("From"), "who calls stays who calls")
        self.hang_up(*self.talk(call, there))
        self.server.api("PATCH", f"/api/redirections/{made['id']}", {"enabled": False})
        self.settle()
        call = self.phone["p4"].invite(101)
        self.hang_up(*self.talk(call, self.phone["p1"].answer_invite()))
        self.assertEqual(self.item("redirections", digits="101")["target"], "103")

    def test_usr_5_a_call_from_outside_goes_outside_and_then_nowhere_twice(self):
        """LIN-5: who redirects answers for the call, the caller's number is shown, and the deposit has the last word."""
        self.redirect("0211555101", "timeout", "0022412345", after_s=2)
        call = self.provider.invite("+49211555101", extra=(("P-Asserted-Identity", "<sip:+4940777@isp>"),))
        ringing = self.phone["p1"].answer_invite()
        ringing.ring()
        call.expect(180)
        self.stops(ringing)
        out = self.provider.answer_invite()
        self.assertIn("sip:+4922412345@", out.invite.start)
        self.assertIn("+4940777", out.invite.get("From"))
        self.assertIn("reason=no-answer", out.invite.get("Diversion"))
        self.assertTrue(out.invite.all("History-Info"))
        out.reply(480)
        out.expect("ACK")
        last = self.phone["p4"].answer_invite()
        self.hang_up(*self.talk(call, last))
        codes = [reason["code"] for reason in self.server.wait_records(1, self.started)[0]["explanation"]]
        self.assertIn("redirect_no_answer", codes)
        self.assertIn("deposit", codes)

    def test_usr_5_nobody_calls_further_than_who_redirects_may(self):
        self.redirect(102, "always", "0000331234")
        self.phone["p4"].invite(102).failed_with(403)
        self.assertIn("not_allowed", [one["code"] for one in self.server.wait_records(1, self.started)[0]["explanation"]])

    def test_usr_5_what_cannot_be_is_said_at_once(self):
        for target, code in (("", "no_target"), ("101", "itself"), ("199", "no_such_number"), ("112", "emergency_target")):
            with self.subTest(target), self.assertRaises(ApiError) as refused:
                self.redirect(101, "always", target)
            self.assertEqual(refused.exception.status, 422)
            self.assertIn(code, str(refused.exception.body))

    def test_usr_6_busy_without_call_waiting(self):
        """With it the phone rings on."""
        self.redirect(101, "busy", "103")
        first = self.talk(self.phone["p4"].invite(101), self.phone["p1"].answer_invite())
        call = self.phone["p2"].invite(101)
        self.hang_up(*self.talk(call, self.phone["p1"].answer_invite()))
        self.set_user("1101", call_waiting=False)
        call = self.phone["p2"].invite(101)
        there = self.phone["p3"].answer_invite()
        self.assertIn("reason=user-busy", there.invite.get("Diversion"))
        self.hang_up(*self.talk(call, there))
        self.hang_up(*first)
        call = self.phone["p2"].invite(101)
        refusing = self.phone["p1"].answer_invite()
        refusing.reply(603)
        refusing.expect("ACK")
        self.hang_up(*self.talk(call, self.phone["p3"].answer_invite()))

    def test_usr_6_do_not_disturb_is_a_timeout_at_once(self):
        """RTG-2."""
        self.set_user("1101", dnd=True)
        self.phone["p4"].invite(101).failed_with(480)
        self.redirect(101, "timeout", "103", after_s=60)
        call = self.phone["p4"].invite(101)
        self.hang_up(*self.talk(call, self.phone["p3"].answer_invite()))

    def test_grp_1_a_group_hands_on_and_its_members_keep_theirs_out(self):
        self.redirect(101, "always", "103")
        self.redirect(201, "timeout", "104", after_s=2)
        call = self.phone["p3"].invite(201)
        one, two = self.phone["p1"].answer_invite(), self.phone["p2"].answer_invite()
        one.ring()
        two.ring()
        self.stops(one)
        self.stops(two)
        there = self.phone["p4"].answer_invite()
        self.assertIn("sip:201@", there.invite.get("Diversion"))
        self.hang_up(*self.talk(call, there))

    def test_usr_5_a_circle_ends(self):
        for number, target in ((101, "102"), (102, "103"), (103, "101")):
            self.redirect(number, "always", target)
        self.phone["p4"].invite(101).failed_with(482)

    def test_usr_5_redirections_outlive_a_power_cut(self):
        self.redirect(101, "always", "103")
        self.server.wait_idle()
        self.server.kill()
        self.server.start()
        for phone in (*self.phone.values(), self.provider):
            phone.close()
        self.setUp()
        call = self.phone["p4"].invite(101)
        self.hang_up(*self.talk(call, self.phone["p3"].answer_invite()))


if __name__ == "__main__":
    harness.main()
