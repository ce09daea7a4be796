#!/usr/bin/env python3
"""Groups with phones on the wire: who rings, who gets the call, what the record says (GRP-1, GRP-2, PHO-4, NUM-1)."""
import itertools
import threading
import time

import harness
from harness import ApiError, SystemTest, address, address_phone, free_port, until, user
from sipphone import Phone, sdp

ANNA, BERND, CARLA, DORA = (address(host) for host in (11, 12, 13, 14))
PORTS = {host: free_port(host) for host in (ANNA, BERND, CARLA, DORA)}


def offered(invite):
    """Payload types of the only media line."""
    line = next(line for line in invite.body.decode().splitlines() if line.startswith("m=audio"))
    return line.split()[3:]


class Groups(SystemTest):
    CONFIG = {
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]),
                   address_phone("carla", CARLA, PORTS[CARLA]), address_phone("dora", DORA, PORTS[DORA])],
        "users": [user(101, "anna"), user(102, "bernd"), user(103, "carla"), user(104, "dora")],
        "groups": [{"name": "Sales", "ring_s": 20}],
        "group-members": [{"group": "Sales", "user": "1101"}, {"group": "Sales", "user": "1102"},
                          {"group": "Sales", "user": "1103", "logged_on": False}],
        "numbers": [{"number": "201", "group": "Sales"}],
    }

    markers = itertools.count(290)

    def settle(self):
        """What was changed has reached the switch: changes come there in order, and a number of Dora's was the last.

        She does not ring for herself (480); before, nobody has the number (404)."""
        number = next(self.markers)
        dora = self.server.api("GET", "/api/users?login=1104")["items"][0]["id"]
        self.server.api("POST", "/api/numbers", {"number": str(number), "user": dora})

        def known():
            caller = self.dora.invite(number)
            answer = caller.expect((404, 480))
            caller.ack(answer)
            return answer.status == 480

        until(known, f"the number {number} is known")
        self.server.wait_idle()

    def setUp(self):
        self.anna, self.bernd, self.carla, self.dora = (
            self.phone(name, host) for name, host in
            (("anna", ANNA), ("bernd", BERND), ("carla", CARLA), ("dora", DORA)))
        self.settle()
        self.started = harness.now()

    def phone(self, name, host):
        phone = Phone(self.server.sip_address, host, name, None, "udp", PORTS[host])
        self.addCleanup(phone.close)
        return phone

    def member(self, login):
        """The row of a member of Sales."""
        users = self.server.api("GET", f"/api/users?login={login}")["items"]
        return self.server.api("GET", f"/api/group-members?user={users[0]['id']}")["items"][0]

    def log_on(self, login, on):
        self.server.api("PATCH", f"/api/group-members/{self.member(login)['id']}", {"logged_on": on})

    def is_cancelled(self, called):
        called.reply(200, called.expect("CANCEL"))
        called.reply(487, called.invite)
        called.expect("ACK")

    def test_grp_2_both_members_ring_and_the_first_to_answer_gets_the_call(self):
        caller = self.dora.invite(201)
        first, second = self.anna.answer_invite(), self.bernd.answer_invite()
        first.ring()
        second.ring()
        caller.expect(180)
        self.carla.expect_nothing(0.3)  # not logged on
        second.pick_up()
        answer = caller.established()
        self.assertIn("102@", answer.get("P-Asserted-Identity"))
        self.is_cancelled(first)
        caller.hang_up()
        second.is_hung_up()
        record = self.server.wait_records(1, self.started)[0]
        self.assertEqual((record["called_number"], record["called_name"], record["called_phone"]),
                         ("201", "Sales", "bernd"))
        self.assertEqual(record["called_user"], self.member("1102")["user"])
        self.assertIn("Test User102 (102) answered for the group at phone bernd",
                      [reason["text"] for reason in record["explanation"]])

    def test_grp_1_who_logs_on_or_off_is_called_or_not_from_then_on(self):
        self.log_on("1103", True)
        self.log_on("1101", False)
        self.addCleanup(self.log_on, "1103", False)
        self.addCleanup(self.log_on, "1101", True)
        self.settle()
        caller = self.dora.invite(201)
        legs = [self.bernd.answer_invite(), self.carla.answer_invite()]
        self.anna.expect_nothing(0.3)
        for leg in legs:
            leg.ring()
        caller.expect(180)
        caller.cancel()
        for leg in legs:
            self.is_cancelled(leg)
        caller.failed_with(487)

    def test_grp_2_one_member_declines_the_others_ring_on(self):
        caller = self.dora.invite(201)
        first, second = self.anna.answer_invite(), self.bernd.answer_invite()
        second.ring()
        first.reply(603)
        first.expect("ACK")
        second.pick_up()
        caller.established()
        caller.hang_up()
        second.is_hung_up()

    def hunt(self, hunt_s):
        group = self.server.api("GET", "/api/groups?name=Sales")["items"][0]["id"]
        self.server.api("PATCH", f"/api/groups/{group}", {"strategy": "hunting", "hunt_s": hunt_s})
        self.addCleanup(self.server.api, "PATCH", f"/api/groups/{group}", {"strategy": "all"})
        self.log_on("1103", True)
        self.addCleanup(self.log_on, "1103", False)
        for place, login in enumerate(("1101", "1102", "1103"), 1):
            self.server.api("PATCH", f"/api/group-members/{self.member(login)['id']}", {"position": place})
        self.settle()
        self.started = harness.now()

    def test_grp_2_members_ring_one_after_the_other(self):
        """Anna misses it, Bernd is busy, Carla gets it."""
        self.hunt(3)
        begun = time.monotonic()
        caller = self.dora.invite(201)
        first = self.anna.answer_invite()
        first.ring()
        caller.expect(180)
        second = self.bernd.answer_invite()
        self.assertGreater(time.monotonic() - begun, 2.9, "Bernd's turn comes when Anna's is over")
        first.reply(200, first.expect("CANCEL"))
        first.reply(487, first.invite)
        first.expect("ACK")
        until(lambda: self.server.api("GET", "/api/calls")["items"][0]["ringing"] == ["bernd"], "only Bernd's phone rings")
        second.reply(486)
        second.expect("ACK")
        third = self.carla.answer_invite()
        third.ring()
        third.pick_up()
        self.assertIn("103@", caller.established().get("P-Asserted-Identity"))
        caller.hang_up()
        third.is_hung_up()
        record = self.server.wait_records(1, self.started)[0]
        self.assertEqual((record["called_number"], record["called_phone"], record["result"]), ("201", "carla", "answered"))
        texts = [reason["text"] for reason in record["explanation"]]
        self.assertIn("The members ring one after the other, 3 seconds each", texts)
        self.assertIn("Test User101 did not answer in time: the next one's turn", texts)
        self.assertIn("Test User103 (103) answered for the group at phone carla", texts)

    def test_grp_2_nobody_of_a_hunting_group_answers(self):
        self.hunt(3)
        caller = self.dora.invite(201)
        for phone in (self.anna, self.bernd, self.carla):
            called = phone.answer_invite()
            called.ring()
            called.reply(200, called.expect("CANCEL"))
            called.reply(487, called.invite)
            called.expect("ACK")
        caller.failed_with(480)
        self.assertEqual(self.server.wait_records(1, self.started)[0]["result"], "no_answer")

    def test_pho_4_the_codecs_of_a_group_are_those_of_its_members_phones(self):
        group = self.server.api("GET", "/api/groups?name=Sales")["items"][0]["id"]
        for codecs, expected in (("ulaw", ["0"]), ("", ["8", "0"])):
            self.server.api("PATCH", f"/api/groups/{group}", {"codecs": codecs})
            self.settle()
            caller = self.dora.invite(101, sdp(DORA, 40000, codecs="8 0"))
            called = self.anna.answer_invite()
            self.assertEqual(offered(called.invite), expected)
            called.reply(486)
            called.expect("ACK")
            caller.failed_with(486)

    def test_num_1_a_number_has_one_holder(self):
        number = self.server.api("GET", "/api/numbers?number=201")["items"][0]
        with self.assertRaises(ApiError) as refused:
            self.server.api("PATCH", f"/api/numbers/{number['id']}", {"user": self.member("1101")["user"]})
        self.assertEqual(refused.exception.status, 409)
        self.assertIn("201 is held by group Sales.", str(refused.exception))

    def test_grp_1_two_administrators_move_members_at_the_same_time(self):
        """No membership is lost, none comes twice, and the places stay 1, 2, 3."""
        rows = self.server.api("GET", "/api/group-members")["items"]
        faults = []

        def administrator(row):
            try:
                for place in (1, 3, 2, 1):
                    self.server.api("PATCH", f"/api/group-members/{row['id']}", {"position": place})
            except Exception as fault:  # told by the test's thread
                faults.append(fault)

        threads = [threading.Thread(target=administrator, args=(row,)) for row in rows]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(faults, [])
        after = self.server.api("GET", "/api/group-members?sort=position")["items"]
        self.assertEqual([row["position"] for row in after], [1, 2, 3])
        self.assertEqual({row["id"] for row in after}, {row["id"] for row in rows})

    def test_grp_1_the_state_survives_kill_9(self):
        self.log_on("1103", True)
        self.server.kill()
        self.server.start()
        self.addCleanup(self.log_on, "1103", False)
        self.assertTrue(self.member("1103")["logged_on"])


if __name__ == "__main__":
    harness.main()
