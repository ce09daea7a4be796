#!/usr/bin/env python3
"""USR-1, PHO-2: everything that a search has found is changed in one request: all or none, also when it is killed in the middle of
it; whoever has seen another number of rows changes nothing; he who waits is told how far it is."""
import http.client
import json
import threading

import harness
from harness import ApiError, SystemTest, user
from person import Person

USERS = 4000
LOGIN = "5101"
RANGES = [{"first": "100", "last": "999"}]


class Found(SystemTest):
    @classmethod
    def config(cls):
        many = [{"login": str(20000 + i), "first_name": "Many", "last_name": f"Meier {i}"} for i in range(USERS)]
        return {"ranges": RANGES, "users": [user(101, login=LOGIN, admin=True, password="geheim-1"), *many]}

    def count(self, filters):
        return self.server.api("GET", f"/api/users?{filters}&per_page=1")["total"]

    def change(self, values, found=USERS, search="meier"):
        return self.server.api("PATCH", f"/api/users/found?search={search}&total={found}", {"values": values})

    def refusal(self, ask):
        with self.assertRaises(ApiError) as refused:
            ask()
        return refused.exception

    def test_all_change_and_go_back_with_one_request_each(self):
        answer = self.change({"language": "en", "ring_s": 25})
        self.assertEqual((answer["changed"], "rows" in answer), (USERS, False))
        self.assertEqual(self.count("language=en&ring_s=25"), USERS)
        self.server.api("POST", "/api/changes/revert-range", answer["undo"])
        self.assertEqual(self.count("language=en"), 0)
        gone = self.server.api("DELETE", f"/api/users/found?search=meier&total={USERS}")
        self.assertEqual((gone["changed"], self.count("search=")), (USERS, 1))
        self.server.api("POST", "/api/changes/revert-range", gone["undo"])
        self.assertEqual(self.count("search=meier"), USERS)

    def test_who_has_seen_another_number_changes_nothing(self):
        fault = self.refusal(lambda: self.change({"language": "en"}, found=USERS - 1))
        self.assertEqual((fault.status, fault.code), (409, "found_changed"))
        self.assertIn(f"{USERS} are found now", fault.body["error"]["message"])
        fault = self.refusal(lambda: self.server.api("DELETE", "/api/users/found?search=meier&total=1"))
        self.assertEqual(fault.code, "found_changed")
        self.assertEqual(self.refusal(lambda: self.server.api("DELETE", "/api/users/found?search=meier")).status, 400)
        self.assertEqual(self.refusal(lambda: self.change({"language": "en"}, found="many")).status, 400)
        self.assertEqual(self.refusal(lambda: self.change({"no_such_field": 1})).status, 422)
        self.assertEqual((self.count("language=en"), self.count("search=meier")), (0, USERS))

    def test_a_fault_of_one_is_told_and_changes_none(self):
        total = self.count("search=")
        fault = self.refusal(lambda: self.change({"enabled": False}, found=total, search=""))
        self.assertEqual(fault.status, 409)
        detail = fault.body["error"]["details"][0]
        self.assertEqual(detail["code"], "last_administrator")
        self.assertEqual(self.server.api("GET", f"/api/users/{detail['row']}")["admin"], True)
        self.assertEqual(self.count("enabled=false"), 0)

    def test_the_table_has_what_is_found(self):
        status, text = self.server.request("GET", "/api/users.csv?search=meier&letter=M")
        self.assertEqual((status, text.count("\r\n")), (200, USERS + 1))
        self.assertEqual(self.server.request("GET", "/api/users.csv?search=nobody")[1].count("\r\n"), 1)
        self.assertEqual(self.server.request("GET", "/api/users.csv?letter=..")[0], 400)

    def events_of(self, person):
        stream = http.client.HTTPConnection(self.server.host, self.server.http_port, timeout=30)
        self.addCleanup(stream.close)
        stream.request("GET", "/api/events", headers=person.headers)
        return stream.getresponse()

    def next_progress(self, events):
        while (line := events.readline().decode()).strip() != "event: progress":
            self.assertTrue(line, "the stream has ended")
        return json.loads(events.readline().decode().removeprefix("data: "))

    def test_he_who_waits_is_told_how_far_it_is(self):
        person = Person(self.server, LOGIN, "geheim-1")
        events = self.events_of(person)
        answer = person.api("PATCH", f"/api/users/found?search=meier&total={USERS}", {"values": {"dnd": True}})
        told = self.next_progress(events)
        self.assertEqual((told["collection"], told["total"]), ("users", USERS))
        self.assertTrue(0 < told["done"] <= USERS)
        person.api("POST", "/api/changes/revert-range", answer["undo"])

    def test_killed_in_the_middle_nothing_is_half_done(self):
        person = Person(self.server, LOGIN, "geheim-1")
        events = self.events_of(person)

        def ask():
            try:
                person.request("PATCH", f"/api/users/found?search=meier&total={USERS}", {"values": {"call_waiting": False}})
            except (OSError, http.client.HTTPException):
                pass

        asker = threading.Thread(target=ask)
        asker.start()
        self.assertLess(self.next_progress(events)["done"], USERS)
        self.server.kill()
        asker.join()
        self.server.start()
        self.assertIn(self.count("call_waiting=false"), (0, USERS))


if __name__ == "__main__":
    harness.main()
