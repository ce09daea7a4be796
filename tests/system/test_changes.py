#!/usr/bin/env python3
"""A change in the configuration reaches the switch in less than 100 ms, also with 10,000 users (USR-1, NUM-1, LIN-1)."""
import statistics
import time

import harness
from harness import ApiError, SystemTest, address, address_phone, free_port, user
from sipphone import Phone

ANNA, BERND = address(11), address(12)
PORTS = {host: free_port(host) for host in (ANNA, BERND)}
# The house's promise for the usual change; what a busy test machine may make of a single one.
REACH_SECONDS, REACH_SECONDS_EVER = 0.1, 2
USERS = 10_000


class Changes(SystemTest):
    @classmethod
    def config(cls):
        return {
            "ranges": [{"first": "100", "last": "999"}, {"first": "10000", "last": "99999"}],
            "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND])],
            "users": [user(101, "anna"), user(102, "bernd")],
        }

    def setUp(self):
        self.anna = Phone(self.server.sip_address, ANNA, "anna", port=PORTS[ANNA])
        self.bernd = Phone(self.server.sip_address, BERND, "bernd", port=PORTS[BERND])
        self.addCleanup(self.anna.close)
        self.addCleanup(self.bernd.close)

    def find(self, collection, key, value):
        items = self.server.api("GET", f"/api/{collection}?search={value}&per_page=50")["items"]
        return next(item for item in items if item[key] == value)

    def assert_rings(self, number):
        """Bernd's phone rings when Anna dials, from now on or very soon; returns after how many seconds."""
        confirmed = time.monotonic()
        caller = self.anna.invite(number)
        while self.peek_rejected(caller):
            caller.ack(caller.expect((404, 480)))
            self.assertLess(time.monotonic() - confirmed, REACH_SECONDS_EVER, "the change does not reach the switch")
            caller = self.anna.invite(number)
        called = self.bernd.answer_invite()
        elapsed = time.monotonic() - confirmed
        called.reply(486)
        called.expect("ACK")
        caller.failed_with(486)
        return elapsed

    def assert_fails(self, number, status):
        """The same the other way round."""
        confirmed = time.monotonic()
        while True:
            caller = self.anna.invite(number)
            if self.peek_rejected(caller):
                caller.failed_with(status)
                return
            called = self.bernd.answer_invite()
            called.reply(486)
            called.expect("ACK")
            caller.failed_with(486)
            self.assertLess(time.monotonic() - confirmed, REACH_SECONDS_EVER, "the change does not reach the switch")

    def assert_change_arrives(self):
        number = self.find("numbers", "number", "102")
        old, elapsed = "102", []
        for new in ("555", "556", "557", "102"):
            self.server.api("PATCH", f"/api/numbers/{number['id']}", {"number": new})
            elapsed.append(self.assert_rings(new))
            self.assert_fails(old, 404)
            old = new
        self.assertLess(statistics.median(elapsed), REACH_SECONDS * harness.patience(), elapsed)

    def peek_rejected(self, caller):
        """True when the INVITE was answered with 404, False when the phone got it."""
        while True:
            message = self.anna.receive(0.01)
            if message and message.status and message.status >= 200:
                self.anna.inbox.append(message)
                return True
            message = self.bernd.receive(0.01)
            if message:
                self.bernd.inbox.append(message)
                return False

    def test_1_a_new_number_rings_at_once(self):
        self.assert_change_arrives()

    def test_2_a_new_user_with_phone_and_number_rings_at_once(self):
        phone = self.find("phones", "name", "bernd")
        created = self.server.api("POST", "/api/users", {"login": "7001", "first_name": "Neu", "last_name": "Hier",
                                                         "phones": [phone["id"]]})
        number = self.server.api("POST", "/api/numbers", {"number": "700", "kind": "internal", "user": created["id"]})
        self.assert_rings("700")
        self.assertEqual(self.server.api("GET", f"/api/users/{created['id']}")["numbers"], ["700"])
        self.server.api("DELETE", f"/api/numbers/{number['id']}")
        self.assert_fails(700, 404)
        self.server.api("DELETE", f"/api/users/{created['id']}")

    def test_3_disabled_means_disabled(self):
        bernd = self.find("users", "login", "1102")
        self.server.api("PATCH", f"/api/users/{bernd['id']}", {"enabled": False})
        self.assert_fails(102, (404, 480))
        self.server.api("PATCH", f"/api/users/{bernd['id']}", {"enabled": True})
        self.assert_rings("102")

    def test_4_a_number_outside_the_internal_ranges_is_refused(self):
        """LIN-1: internal numbers lie in an internal range."""
        with self.assertRaises(ApiError) as caught:
            self.server.api("POST", "/api/numbers", {"number": "1234567", "kind": "internal"})
        self.assertEqual(caught.exception.status, 422)
        self.assertEqual(caught.exception.body["error"]["field"], "number")

    def test_5_a_number_has_one_owner(self):
        """NUM-1"""
        with self.assertRaises(ApiError) as caught:
            self.server.api("POST", "/api/numbers", {"number": "101", "kind": "internal"})
        self.assertIn((caught.exception.status, caught.exception.code), ((409, "not_unique"), (422, "not_unique")))

    def test_6_errors_of_the_api(self):
        """INI-5 and the promise of machine code, human sentence and field."""
        login = {"first_name": "A", "last_name": "B"}
        for status, field, method, path, body in (
                (422, "login", "POST", "/api/users", {**login, "login": "12"}),
                (422, "login", "POST", "/api/users", {**login, "login": "12ab"}),
                (422, "password", "POST", "/api/users", {**login, "login": "4711", "password": "short"}),
                (422, "password", "POST", "/api/users", {**login, "login": "4711", "password": "with space"}),
                (422, "last_name", "POST", "/api/users", {"login": "4711", "first_name": "A"}),
                (422, "port", "POST", "/api/phones", {"name": "x", "port": 70000}),
                (422, "rtp_port_max", "PATCH", "/api/settings", {"rtp_port_max": 70000}),
                (404, None, "GET", "/api/users/999999", None),
                (404, None, "GET", "/api/nothing", None),
                (405, None, "DELETE", "/api/settings", None),
                (400, None, "POST", "/api/users", b"{not json"),
                (400, None, "GET", "/api/users?page=none", None)):
            with self.subTest(method=method, path=path, body=body):
                got, answer = self.server.request(method, path, body)
                self.assertEqual(got, status, answer)
                self.assertTrue(answer["error"]["code"])
                self.assertTrue(answer["error"]["message"])
                self.assertEqual(answer["error"]["field"], field)

    def test_7_the_web_port_wants_a_log_in(self):
        status, answer = self.server.web_request("GET", "/api/users")
        self.assertIn(status, (401, 403), answer)
        status, answer = self.server.web_request("GET", "/api/health")
        self.assertEqual(status, 200)

    def test_8_ten_thousand_users(self):
        config = self.server.api("GET", "/api/export")
        known = {one["login"] for one in config["users"]}
        config["users"] += [{"login": f"5{number}", "first_name": "Vorname", "last_name": f"Nachname {number}",
                             "phones": [f"ph{number}"], "numbers": [str(number)]}
                            for number in range(20000, 20000 + USERS - len(known))]
        config["phones"] += [{"name": f"ph{number}", "secret": f"s{number}-abcdefgh"}
                             for number in range(20000, 20000 + USERS - len(known))]
        began = time.monotonic()
        answer = self.server.api("POST", "/api/import", config)
        self.assertFalse(answer.get("errors"), str(answer)[:2000])
        self.assertLess(time.monotonic() - began, 5 * harness.patience())
        self.assertEqual(self.server.api("GET", "/api/users?per_page=1")["total"], USERS)
        began = time.monotonic()
        answer = self.server.api("POST", "/api/import", config)
        self.assertEqual((answer["created"], answer["updated"], answer["deleted"]), (0, 0, 0), "the same again: nothing")
        self.assert_change_arrives()
        began = time.monotonic()
        self.server.restart()
        self.assertLess(time.monotonic() - began, 2 * harness.patience())
        self.assert_rings("102")


if __name__ == "__main__":
    harness.main()
