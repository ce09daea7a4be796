#!/usr/bin/env python3
"""Calls that are parked, come back, are fetched and picked up by code: who hears whom, and what is refused (KEY)."""
import harness
from harness import address, address_phone, free_port, until, user
from sipphone import sdp, sdp_target
from talking import TalkTest
from test_presence import Subscription, in_state, lamps

ANNA, BERND, CARLA, DORA = (address(host) for host in (11, 12, 13, 14))
PORTS = {host: free_port(host) for host in (ANNA, BERND, CARLA, DORA)}


class Parking(TalkTest):
    PORTS = PORTS
    CONFIG = {
        "settings": {"orbit_s": 10},
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]),
                   address_phone("carla", CARLA, PORTS[CARLA]), address_phone("dora", DORA, PORTS[DORA])],
        "users": [user(101, "anna"), user(102, "bernd"), user(103, "carla"), user(104, "dora")],
        "groups": [{"name": "Sales", "group_id": "7"}],
        "group-members": [{"group": "Sales", "user": "1103"}, {"group": "Sales", "user": "1104"}],
    }

    def setUp(self):
        self.anna, self.bernd, self.carla, self.dora = (self.phone(name, host) for name, host in (
            ("anna", ANNA), ("bernd", BERND), ("carla", CARLA), ("dora", DORA)))
        self.began = harness.now()

    @staticmethod
    def hold(dialog, other):
        dialog.reinvite("sendonly")
        invite = other.expect("INVITE")
        other.reply(200, invite, sdp(other.phone.host, other.phone.rtp.port, "recvonly", 2))
        other.expect("ACK")
        dialog.established()

    def hears_music(self, dialog):
        """Sound comes that nobody at a phone makes."""
        rtp = dialog.phone.rtp
        rtp.drain()
        rtp.send(dialog.voice)
        until(lambda: (packet := rtp.receive(0.05)) and len(set(packet[12:])) > 8, "music")

    def park_by_code(self, orbit):
        """Anna holds Bernd and dials the code: he waits there."""
        anna, bernd = self.call(self.anna, 102, self.bernd)
        self.hold(anna, bernd)
        asking = self.anna.invite(f"*08{orbit}")
        asking.established()
        anna.is_hung_up()
        self.is_told(bernd, 3)
        asking.is_hung_up(20)
        self.hears_music(bernd)
        return bernd

    def fetch(self, phone, orbit, waiting):
        call = phone.invite(f"*08{orbit}")
        call.voice = sdp_target(call.established().body)
        self.is_told(waiting, 4)
        self.assert_talking(call, waiting)
        return call

    def end(self, one, other):
        one.hang_up()
        other.is_hung_up()

    def test_key_a_call_that_is_held_is_parked_by_code_and_fetched_by_somebody_else(self):
        bernd = self.park_by_code("12")
        carla = self.fetch(self.carla, "12", bernd)
        self.end(carla, bernd)
        records = self.server.wait_records(2, self.began)
        self.assertIn("taken_over", [reason["code"] for record in records for reason in record["explanation"]])

    def test_usr_10_the_lamp_of_a_place_is_lit_for_everybody_while_a_call_waits_there(self):
        watches = [Subscription(phone, "*0844", "dialog") for phone in (self.carla, self.dora)]
        for watch in watches:
            self.assertEqual(lamps(watch.notified()), [("lamp", "terminated", None)])
        bernd = self.park_by_code("44")
        for watch in watches:
            watch.until(in_state("confirmed"), "confirmed")
        call = self.fetch(self.anna, "44", bernd)
        for watch in watches:
            watch.until(in_state("terminated"), "terminated")
        self.end(call, bernd)

    def test_key_a_call_is_parked_by_transfer(self):
        anna, bernd = self.call(self.anna, 102, self.bernd)
        anna.request("REFER", extra=[("Refer-To", f"<sip:*0807@{self.anna.server_place}>")])
        anna.expect(202, method="REFER")
        while not (notify := anna.expect("NOTIFY")).body.startswith(b"SIP/2.0 200"):
            anna.reply(200, notify)
        anna.reply(200, notify)
        anna.is_hung_up()
        self.is_told(bernd, 3)
        self.hears_music(bernd)
        self.end(self.fetch(self.anna, "07", bernd), bernd)

    def test_key_a_place_that_is_taken_takes_no_second_call(self):
        bernd = self.park_by_code("33")
        carla, dora = self.call(self.carla, 104, self.dora)
        carla.request("REFER", extra=[("Refer-To", f"<sip:*0833@{self.carla.server_place}>")])
        carla.expect(202, method="REFER")
        while not (notify := carla.expect("NOTIFY")).body.startswith(b"SIP/2.0 486"):
            carla.reply(200, notify)
        carla.reply(200, notify)
        self.assert_talking(carla, dora)
        self.hold(carla, dora)
        self.carla.invite("*0833").failed_with(486)
        self.end(carla, dora)
        self.end(self.fetch(self.carla, "33", bernd), bernd)

    def test_key_who_parked_is_rung_after_a_while(self):
        bernd = self.park_by_code("01")
        again = self.anna.answer_invite(seconds=15)
        self.assertIn('"*0801: Test User102" <sip:102@', again.invite.get("From"))
        self.assertIn('"*0801: Test User102"', again.invite.get("P-Asserted-Identity"))
        again.ring()
        self.hears_music(bernd)
        again.pick_up()
        again.voice = sdp_target(again.invite.body)
        self.is_told(bernd, 4)
        self.assert_talking(again, bernd)
        self.end(again, bernd)

    def test_key_who_waits_and_gives_up_leaves_the_place_free(self):
        bernd = self.park_by_code("55")
        bernd.hang_up()
        self.server.wait_idle()
        bernd = self.park_by_code("55")
        self.end(self.fetch(self.carla, "55", bernd), bernd)

    def test_key_nothing_to_park_and_nothing_to_fetch(self):
        call = self.anna.invite("*0899")
        call.established()
        call.is_hung_up(20)
        self.anna.invite("*08123").failed_with(404)

    def picks_up(self, code):
        caller = self.anna.invite(103)
        rung = self.carla.answer_invite()
        rung.ring()
        caller.expect(180)
        taker = self.dora.invite(code)
        taker.voice = sdp_target(taker.established().body)
        caller.voice = sdp_target(caller.established().body)
        rung.reply(200, rung.expect("CANCEL"))
        rung.reply(487)
        rung.expect("ACK")
        self.assert_talking(caller, taker)
        self.end(caller, taker)
        record = self.server.wait_records(1, self.began)[0]
        self.assertEqual((record["called_number"], record["called_phone"]), ("104", "dora"))

    def test_key_pick_up_of_a_number(self):
        self.picks_up("*8103")

    def test_key_pick_up_of_anything(self):
        self.picks_up("*8")

    def test_key_pick_up_takes_a_colleague_s_call_first(self):
        other, caller = self.anna.invite(102), self.bernd.invite(103)
        first, second = self.bernd.answer_invite(), self.carla.answer_invite()
        first.ring()
        second.ring()
        other.expect(180)
        caller.expect(180)
        taker = self.dora.invite("*8")
        taker.established()
        caller.established()
        second.reply(200, second.expect("CANCEL"))
        second.reply(487)
        second.expect("ACK")
        self.end(caller, taker)
        other.cancel()
        other.failed_with(487)
        first.reply(200, first.expect("CANCEL"))
        first.reply(487)
        first.expect("ACK")

    def test_key_pick_up_when_nothing_rings(self):
        for code in ("*8", "*8103", "*8999"):
            self.dora.invite(code).failed_with(480)


if __name__ == "__main__":
    harness.main()
