#!/usr/bin/env python3
"""Star codes dialled at a phone: they do what they say, the phone hears it, and what was confirmed is on the disk (KEY)."""
import audioop
import struct

import harness
from baresip import tone_share
from harness import SystemTest, address, address_phone, free_port, user
from sipphone import Phone, sdp_target
from test_presence import Subscription, in_state, lamps

ANNA, BERND, DOOR, CARLA = (address(host) for host in (11, 12, 13, 14))
PORTS = {host: free_port(host) for host in (ANNA, BERND, DOOR, CARLA)}
DONE_HZ, NOT_DONE_HZ = (800, 1200), (425,)


class StarCodes(SystemTest):
    CONFIG = {
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]),
                   address_phone("door", DOOR, PORTS[DOOR]), address_phone("carla", CARLA, PORTS[CARLA])],
        "users": [user(101, "anna"), user(102, "bernd", dial_pin="4711"), user(103, "carla")],
        "groups": [{"name": "Sales", "group_id": "7"}, {"name": "Others", "group_id": "8"}],
        "group-members": [{"group": "Sales", "user": "1101"}],
        "numbers": [{"number": "201", "group": "Sales"}],
    }

    def phone(self, name, host):
        phone = Phone(self.server.sip_address, host, name, None, "udp", PORTS[host])
        self.addCleanup(phone.close)
        return phone

    def setUp(self):
        self.addCleanup(lambda: self.server.api("PATCH", f"/api/users/{self.user()['id']}", {"dnd": False}))
        self.anna, self.bernd, self.door = (self.phone(*one) for one in (("anna", ANNA), ("bernd", BERND), ("door", DOOR)))

    def user(self, login="1101"):
        return self.server.api("GET", f"/api/users?login={login}")["items"][0]

    def heard(self, phone, number):
        """What the phone hears until the system hangs up: samples of each packet."""
        rtp = phone.open_rtp()
        rtp.drain()
        call = phone.invite(number)
        answer = call.established()
        rtp.send(sdp_target(answer.body))
        call.is_hung_up(20)
        packets = []
        while packet := rtp.receive(0):
            packets.append(struct.unpack("<160h", audioop.alaw2lin(packet[12:172], 2)))
        return packets

    def dial(self, phone, number, tones):
        """Each of the tones is heard and nothing else with them; then words."""
        packets = self.heard(phone, number)
        length = 15 if tones == DONE_HZ else 27
        blocks = [block for block in packets[:length] if max(block) > 500]
        found = [max(tones, key=lambda hertz: tone_share(block, hertz, 8000)) for block in blocks]
        pure = [block for block, hertz in zip(blocks, found) if tone_share(block, hertz, 8000) > 0.6]
        self.assertEqual(set(found), set(tones), number)
        self.assertGreaterEqual(len(pure), 0.7 * len(blocks), number)
        self.assertGreater(sum(max(block) > 500 for block in packets[length:]), 20, f"{number}: words")

    def code_is_gone(self):
        call = self.anna.invite("*09")
        answer = call.expect((200, 404))
        call.ack(answer)
        if answer.status == 200:
            call.is_hung_up(20)
        return answer.status == 404

    def test_key_dnd_on_and_off_for_all_phones_and_it_survives_a_crash(self):
        self.dial(self.anna, "*09", DONE_HZ)
        self.assertTrue(self.user()["dnd"])
        self.bernd.invite(101).failed_with(480)
        self.server.kill()
        self.server.start()
        self.assertTrue(self.user()["dnd"])
        self.bernd.invite(101).failed_with(480)
        self.dial(self.anna, "*090", DONE_HZ)
        self.assertFalse(self.user()["dnd"])
        call = self.bernd.invite(101)
        called = self.anna.answer_invite()
        called.pick_up()
        call.established()
        call.request("BYE")
        called.is_hung_up()
        call.expect(200, method="BYE")

    def rings(self, number, called):
        """Bernd's call to that number rings there, and nowhere else."""
        call = self.bernd.invite(number)
        rung = called.answer_invite()
        rung.ring()
        call.expect(180)
        call.cancel()
        call.failed_with(487)
        rung.reply(200, rung.expect("CANCEL"))
        rung.reply(487)
        rung.expect("ACK")

    def redirection(self, trigger):
        rows = self.server.api("GET", "/api/redirections")["items"]
        return next((row["enabled"], row["target"]) for row in rows if row["trigger"] == trigger)

    def test_usr_5_redirect_always_on_and_off_and_the_target_is_remembered(self):
        carla = self.phone("carla", CARLA)
        self.dial(self.anna, "*01103", DONE_HZ)
        self.rings(101, carla)
        self.server.kill()
        self.server.start()
        self.rings(101, carla)
        self.dial(self.anna, "*010", DONE_HZ)
        self.rings(101, self.anna)
        self.assertEqual(self.redirection("always"), (False, "103"))

    def test_usr_7_log_in_to_a_telephone_with_the_pin_and_out_again(self):
        self.logs_in("0000")
        self.assertEqual(self.user("1102")["phone_names"], ["bernd"])
        self.logs_in("4711")
        self.assertEqual(self.user("1102")["phone_names"], ["door", "bernd"])
        call = self.anna.invite(102)
        rung = self.door.answer_invite()
        rung.pick_up()
        call.established()
        call.request("BYE")
        rung.is_hung_up()
        call.expect(200, method="BYE")
        self.dial(self.door, "*781102", DONE_HZ)
        self.assertEqual(self.user("1102")["phone_names"], ["bernd"])
        self.door.invite("*09").failed_with(403)

    def logs_in(self, pin):
        """The PIN is asked for when the user has one."""
        call = self.door.invite("*771102")
        call.established()
        for key in pin + "#":
            call.request("INFO", f"Signal={key}\r\nDuration=100\r\n".encode(), [("Content-Type", "application/dtmf-relay")])
            call.expect(200, method="INFO")
        call.is_hung_up(20)

    def test_usr_7_who_may_not_log_in_does_not(self):
        row = self.user("1103")
        self.server.api("PATCH", f"/api/users/{row['id']}", {"rights": [r for r in row["rights"] if r != "login"]})
        self.addCleanup(self.server.api, "PATCH", f"/api/users/{row['id']}", {"rights": row["rights"]})
        self.dial(self.door, "*771103", NOT_DONE_HZ)
        self.dial(self.door, "*779999", NOT_DONE_HZ)

    def test_usr_10_the_lamp_of_a_redirection_has_the_name_of_its_code(self):
        watch = Subscription(self.anna, "*02", "dialog")
        self.assertEqual(lamps(watch.notified()), [("lamp", "terminated", None)])
        other = Subscription(self.bernd, "*02", "dialog")
        self.assertEqual(lamps(other.notified()), [("lamp", "terminated", None)])
        self.dial(self.anna, "*02103", DONE_HZ)
        watch.until(in_state("confirmed"), "confirmed")
        self.dial(self.anna, "*020", DONE_HZ)
        watch.until(in_state("terminated"), "terminated")

    def test_usr_5_redirect_when_busy_and_when_nobody_answers(self):
        for code, trigger in (("*02", "busy"), ("*03", "timeout")):
            self.dial(self.anna, f"{code}103", DONE_HZ)
            self.assertEqual(self.redirection(trigger), (True, "103"))
            self.dial(self.anna, f"{code}0", DONE_HZ)
            self.assertEqual(self.redirection(trigger), (False, "103"))

    def test_usr_5_a_target_that_does_not_exist_is_refused_and_nothing_changes(self):
        self.dial(self.bernd, "*01199", NOT_DONE_HZ)
        self.dial(self.bernd, "*01102", NOT_DONE_HZ)
        users = [row["holder_name"] for row in self.server.api("GET", "/api/redirections")["items"]]
        self.assertNotIn("User102", " ".join(users))

    def test_key_who_may_not_hears_it_and_nothing_changes(self):
        row = self.user()
        self.server.api("PATCH", f"/api/users/{row['id']}", {"rights": [r for r in row["rights"] if r != "redirect"]})
        self.addCleanup(self.server.api, "PATCH", f"/api/users/{row['id']}", {"rights": row["rights"]})
        self.dial(self.anna, "*09", NOT_DONE_HZ)
        self.assertFalse(self.user()["dnd"])

    def test_key_a_phone_without_a_user_has_nobody_to_do_it_for(self):
        self.door.invite("*09").failed_with(403)

    def test_grp_1_log_off_from_a_group_and_on_again(self):
        self.dial(self.anna, "*337", DONE_HZ)
        self.bernd.invite(201).failed_with(480)
        self.dial(self.anna, "*327", DONE_HZ)
        call = self.bernd.invite(201)
        called = self.anna.answer_invite()
        called.ring()
        call.expect(180)
        call.cancel()
        call.failed_with(487)
        called.reply(200, called.expect("CANCEL"))
        called.reply(487, called.invite)
        called.expect("ACK")

    def test_grp_1_no_group_with_that_id_or_not_a_member(self):
        for number in ("*3299", "*328"):
            self.dial(self.anna, number, NOT_DONE_HZ)

    def speed_dial(self, **row):
        made = self.server.api("POST", "/api/speed-dials", row)
        self.addCleanup(self.server.api, "DELETE", f"/api/speed-dials/{made['id']}")

    def test_key_a_speed_dial_calls_the_number_that_is_stored_and_an_empty_one_says_so(self):
        carla = self.phone("carla", CARLA)
        self.speed_dial(place="05", number="103", name="Carla")
        self.rings("*605", carla)
        self.speed_dial(place="05", number="101", user=self.user("1102")["id"])  # Bernd's own goes before
        self.rings("*605", self.anna)
        by_place = lambda: [r for r in self.server.records() if "speed_dial" in [reason["code"] for reason in r["explanation"]]]
        harness.until(lambda: {r["called_number"] for r in by_place()} == {"101", "103"}, "records have the numbers that were called")
        self.dial(self.anna, "*699", NOT_DONE_HZ)

    def test_key_a_speed_dial_outside_is_called_with_the_permissions_of_who_dials(self):
        self.speed_dial(place="1", number="0089123", name="Outside")
        row = self.user()
        self.server.api("PATCH", f"/api/users/{row['id']}", {"dial": []})
        self.addCleanup(self.server.api, "PATCH", f"/api/users/{row['id']}", {"dial": row["dial"]})
        self.anna.invite("*61").failed_with(403)

    def test_key_everybody_has_a_place_once(self):
        self.speed_dial(place="7", number="101")
        with self.assertRaises(harness.ApiError) as refused:
            self.server.api("POST", "/api/speed-dials", {"place": "7", "number": "102"})
        self.assertEqual(refused.exception.status, 409)

    def test_key_the_log_of_changes_names_who_and_at_which_phone(self):
        self.dial(self.anna, "*09", DONE_HZ)
        self.dial(self.anna, "*090", DONE_HZ)
        change = self.server.api("GET", "/api/changes")["items"][0]
        self.assertIn("1101", change["writer"])
        self.assertEqual(change["address"], "anna")

    def test_key_a_code_can_be_changed_and_switched_off(self):
        self.server.api("PATCH", "/api/settings", {"code_dnd_on": "*76", "code_dnd_off": ""})
        self.addCleanup(harness.until, lambda: not self.code_is_gone(), "the codes are as before")
        self.addCleanup(self.server.api, "PATCH", "/api/settings", {"code_dnd_on": "*09", "code_dnd_off": "*090"})
        harness.until(self.code_is_gone, "the old code is none any more")
        self.dial(self.anna, "*76", DONE_HZ)
        self.assertTrue(self.user()["dnd"])

    def test_key_codes_that_cannot_work_are_refused(self):
        for values, text in (({"code_dnd_on": "*090"}, "already used"), ({"code_dnd_on": "09"}, "begins with"),
                             ({"outside_prefix": "*"}, "prefix for outside calls"),
                             ({"code_consult": "*3"}, "already used"), ({"code_consult": "*31"}, "one begins with the other")):
            with self.assertRaises(harness.ApiError) as refused:
                self.server.api("PATCH", "/api/settings", values)
            self.assertEqual(refused.exception.status, 422)
            self.assertIn(text, str(refused.exception))
        # dialled and pressed in a call are two things
        self.server.api("PATCH", "/api/settings", {"code_consult": "*78"})
        self.server.api("PATCH", "/api/settings", {"code_consult": "*2"})

    def test_key_keys_do_not_disturb_what_is_said(self):
        """An app takes keys, whatever they are, and a phone that holds is held."""
        call = self.anna.invite("*090")
        call.established()
        call.request("INFO", b"Signal=5\r\nDuration=160\r\n", [("Content-Type", "application/dtmf-relay")])
        call.expect(200, method="INFO")
        call.is_hung_up(20)


if __name__ == "__main__":
    harness.main()
