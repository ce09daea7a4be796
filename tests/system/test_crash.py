#!/usr/bin/env python3
"""kill -9, as a power cut would: what was confirmed is there, what was cut is recorded, phones need not notice."""
import unittest

import harness
from harness import Server, address, address_phone, free_port, password_phone, until, user
from sipphone import Phone

ANNA, BERND = address(11), address(12)


class Crash(unittest.TestCase):
    def setUp(self):
        self.server = Server().start()
        self.addCleanup(self.server.close)
        self.anna_port = free_port(ANNA)
        self.server.load({
            "phones": [address_phone("anna", ANNA, self.anna_port), password_phone("bernd")],
            "users": [user(101, "anna"), user(102, "bernd")],
        })
        self.anna = Phone(self.server.sip_address, ANNA, "anna", port=self.anna_port)
        self.bernd = Phone(self.server.sip_address, BERND, "bernd", "secret-of-bernd")
        self.addCleanup(self.anna.close)
        self.addCleanup(self.bernd.close)

    def call(self):
        caller = self.anna.invite(102)
        called = self.bernd.answer_invite()
        called.pick_up()
        caller.established()
        return caller, called

    def test_a_confirmed_registration_survives_whenever_the_kill_comes(self):
        """The 200 has hardly arrived when the process dies: the phone need not come again to be called."""
        for _ in range(10):
            self.bernd.register(expires=600)
            self.server.kill()
            self.server.start()
            until(lambda: "bernd" in [one["phone"] for one in self.server.registrations()], "bernd is listed")
            caller, called = self.call()
            caller.hang_up()
            called.is_hung_up()
            self.bernd.register(expires=0)
            self.server.kill()
            self.server.start()
            self.assertNotIn("bernd", [one["phone"] for one in self.server.registrations()])
        self.anna.invite(102).failed_with(480)

    def test_confirmed_writes_survive(self):
        confirmed = []
        for number in range(300, 330):
            confirmed.append(self.server.api("POST", "/api/users", {
                "login": f"9{number}", "first_name": "New", "last_name": f"N{number}"})["id"])
        self.server.kill()
        self.server.start()
        for identity in confirmed:
            self.assertEqual(self.server.api("GET", f"/api/users/{identity}")["id"], identity)

    def test_calls_cut_and_finished_have_one_record_each(self):
        self.bernd.register(expires=600)
        caller, called = self.call()
        caller.hang_up()
        called.is_hung_up()
        self.call()
        self.anna.invite(102)
        ringing = self.bernd.answer_invite()
        ringing.ring()
        until(lambda: len(self.server.calls()) == 2, "one call talks, one rings")
        self.server.kill()
        self.server.start()
        records = self.server.wait_records(3)
        self.assertEqual(sorted((record["result"], bool(record["answered_at"])) for record in records),
                         [("answered", True), ("interrupted", False), ("interrupted", True)])
        self.assertTrue(all(record["ended_at"] for record in records))
        self.server.kill()
        self.server.start()
        self.assertEqual(len(self.server.records()), 3, "a second start closes nothing twice")

    def test_killed_again_and_again(self):
        """Twenty times killed right after a call ended: no record lost, none doubled."""
        self.bernd.register(expires=600)
        for _ in range(20):
            caller, called = self.call()
            caller.hang_up()
            called.is_hung_up()
            self.server.kill()
            self.server.start()
        records = self.server.wait_records(20)
        self.assertEqual({record["result"] for record in records} - {"interrupted"}, {"answered"})
        self.assertEqual(len({record["call_id"] for record in records}), 20)

    def test_a_clean_stop_hangs_up(self):
        self.bernd.register(expires=600)
        caller, called = self.call()
        self.server.stop()
        caller.expect("BYE")
        called.expect("BYE")
        self.server.start()
        record = self.server.wait_records(1)[0]
        self.assertEqual((record["result"], record["ended_by"]), ("answered", "system"))


if __name__ == "__main__":
    harness.main()
