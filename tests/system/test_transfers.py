#!/usr/bin/env python3
"""Transfers and pick-up over the wire (RFC 3515, 3891): who hears whom afterwards, and what the record says.

The first class is message by message with RTP checked by content; in the second real softphones do it, and the tone
each has recorded says who it heard last.
"""
import baresip
import harness
from harness import SystemTest, address, address_phone, free_port, password_phone, until, user
from sipphone import sdp, sdp_target
from talking import TalkTest

ANNA, BERND, CARLA = address(11), address(12), address(13)
PORTS = {host: free_port(host) for host in (ANNA, BERND, CARLA)}


class Transfers(TalkTest):
    PORTS = PORTS
    CONFIG = {
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]),
                   address_phone("carla", CARLA, PORTS[CARLA])],
        "users": [user(101, "anna"), user(102, "bernd"), user(103, "carla")],
    }

    def setUp(self):
        self.anna, self.bernd, self.carla = (self.phone(name, host) for name, host in
                                             (("anna", ANNA), ("bernd", BERND), ("carla", CARLA)))
        self.began = harness.now()

    @staticmethod
    def refer(dialog, to):
        dialog.request("REFER", extra=[("Refer-To", to)])
        dialog.expect(202, method="REFER")

    def notified(self, dialog, status):
        """The NOTIFYs up to this status; a final one ends the subscription."""
        while True:
            notify = dialog.expect("NOTIFY")
            dialog.reply(200, notify)
            if notify.body.startswith(b"SIP/2.0 %d " % status):
                state = notify.get("Subscription-State")
                self.assertTrue(state.startswith("terminated" if status >= 200 else "active"), state)
                return

    def end(self, one, other, records=1):
        one.hang_up()
        other.is_hung_up()
        return self.server.wait_records(records, self.began)

    def test_blind(self):
        anna, bernd = self.call(self.anna, 102, self.bernd)
        self.refer(bernd, f"<sip:103@{self.bernd.server_place}>")
        carla = self.carla.answer_invite()
        self.assertIn("sip:101@", carla.invite.get("From"))
        self.assertIn("sip:102@", carla.invite.get("Referred-By"))
        carla.ring()
        self.notified(bernd, 180)
        carla.pick_up()
        carla.voice = sdp_target(carla.invite.body)
        self.notified(bernd, 200)
        bernd.is_hung_up()
        self.is_told(anna)
        self.assert_talking(anna, carla)
        live = self.server.live_call(lambda call: call["called"]["number"] == "103")
        self.assertEqual((live["caller"]["number"], live["called"]["phone"]), ("101", "carla"))
        record = self.end(anna, carla)[0]
        self.assertEqual((record["called_number"], record["result"]), ("103", "answered"))
        self.assertIn("transferred_to", [reason["code"] for reason in record["explanation"]])

    def test_blind_without_success_comes_back(self):
        anna, bernd = self.call(self.anna, 102, self.bernd)
        self.refer(bernd, f"<sip:103@{self.bernd.server_place}>")
        bernd.hang_up()
        carla = self.carla.answer_invite()
        carla.reply(486)
        carla.expect("ACK")
        again = self.bernd.answer_invite()
        again.pick_up()
        again.voice = sdp_target(again.invite.body)
        self.is_told(anna)
        self.assert_talking(anna, again)
        record = self.end(anna, again)[0]
        self.assertEqual(record["called_number"], "102")
        self.assertIn("transfer_back", [reason["code"] for reason in record["explanation"]])

    def test_attended(self):
        anna, bernd = self.call(self.anna, 102, self.bernd)
        asking, carla = self.call(self.bernd, 103, self.carla)
        self.refer(bernd, f"<sip:103@{self.bernd.server_place}?Replaces={asking.call_id}%3Bto-tag%3D"
                          f"{asking.remote_tag}%3Bfrom-tag%3D{asking.local_tag}>")
        invite = carla.expect("INVITE")
        self.assertFalse(invite.body, "the offer is hers")
        carla.reply(200, invite, sdp(CARLA, self.carla.rtp.port, version=2))
        self.is_told(anna)
        carla.voice = sdp_target(carla.expect("ACK").body)
        self.notified(bernd, 200)
        bernd.is_hung_up()
        asking.is_hung_up()
        self.assert_talking(anna, carla)
        records = self.end(anna, carla, 2)
        self.assertEqual({record["called_phone"] for record in records}, {"carla"})
        self.assertEqual({record["caller_number"] for record in records}, {"101", "102"})

    def test_a_talk_is_taken_over_and_a_ringing_phone_relieved(self):
        anna, bernd = self.call(self.anna, 102, self.bernd)
        carla = self.carla.invite(102, extra=[("Replaces", f"{bernd.call_id};to-tag={bernd.remote_tag};"
                                                           f"from-tag={bernd.local_tag}")])
        answer = carla.expect((200,), method="INVITE")
        carla.ack(answer)
        carla.voice = sdp_target(answer.body)
        bernd.is_hung_up()
        self.assert_talking(anna, carla)
        self.end(anna, carla)
        anna = self.anna.invite(102)
        bernd = self.bernd.answer_invite()
        bernd.ring()
        anna.expect(180)
        carla = self.carla.invite(102, extra=[("Replaces", f"{bernd.call_id};to-tag={bernd.remote_tag};"
                                                           f"from-tag={bernd.local_tag};early-only")])
        carla.voice = sdp_target(carla.established().body)
        anna.voice = sdp_target(anna.established().body)
        bernd.reply(200, bernd.expect("CANCEL"))
        bernd.reply(487)
        self.assert_talking(anna, carla)
        records = self.end(anna, carla, 2)
        self.assertEqual({record["called_number"] for record in records}, {"103"})

    def test_refer_outside_a_call(self):
        request = self.anna.request("REFER", f"sip:{self.anna.server_place}", extra=[("Refer-To", "<sip:103@x>")])
        self.anna.expect(403, request.get("Call-ID"))


class Softphones(SystemTest):
    TONES = {"p1": 440, "p2": 700, "p3": 1000}
    CONFIG = {
        "phones": [password_phone(name) for name in TONES],
        "users": [user(101, "p1"), user(102, "p2"), user(103, "p3")],
    }

    @staticmethod
    def last_tone(phone, hertz):
        """The share of that tone in the last second heard."""
        samples, rate = phone.heard()
        return baresip.tone_share(samples[-rate:], hertz, rate)

    def test_baresip_transfers(self):
        phones = []
        try:
            for name, hertz in self.TONES.items():
                phones.append(baresip.Baresip(self.server, name, f"secret-of-{name}", hertz))
                phones[-1].connect()
            self.server.wait_registered(*self.TONES)
            first, middle, last = phones
            first.command("dial", "102")
            first.wait_event("CALL_ESTABLISHED")
            middle.wait_event("CALL_ESTABLISHED")
            # Recordings are named by the second: the one of a new stream must not fall upon the first.
            until(lambda: first.recorded() > 2 * 16000, "two seconds of sound", 20)
            middle.command("transfer", f"sip:103@{self.server.host}:{self.server.sip_port}")
            last.wait_event("CALL_ESTABLISHED")
            middle.wait_event("CALL_CLOSED")
            until(lambda: last.recorded() > 3 * 16000, "three seconds of sound", 20)
            first.command("hangup")
            first.wait_event("CALL_CLOSED")
            last.wait_event("CALL_CLOSED")
            self.assertGreater(self.last_tone(first, 1000), 0.9, "p1 must hear p3 at last")
            self.assertGreater(self.last_tone(last, 440), 0.9, "p3 must hear p1")
        finally:
            for phone in phones:
                phone.close()
        self.assertEqual(self.server.wait_records(1)[-1]["called_number"], "103")


if __name__ == "__main__":
    harness.main()
