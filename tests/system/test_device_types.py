#!/usr/bin/env python3
"""Device types with phones on the wire: what a type says, its phones do, until they say otherwise (PHO-5, PHO-4)."""
import itertools
import time

import harness
from harness import ApiError, SystemTest, address, address_phone, free_port, until, user
from baresip import tone_share
from sipphone import Phone, from_alaw, sdp, sdp_target

DESK, ANNA, GATE, AWAY = (address(host) for host in (11, 12, 13, 14))
PORTS = {host: free_port(host) for host in (DESK, ANNA, GATE, AWAY)}


RINGING_HZ = 425  # of the country of a new system; one second in five
RATE = 8000
BUSY_TONE = bytes(0xD5 ^ (0x15 if sample // 10 % 2 else 0x95) for sample in range(160))  # some sound, no 425 Hz


def heard(phone, seconds):
    """What comes to the phone in this time."""
    deadline, samples = time.monotonic() + seconds, []
    while time.monotonic() < deadline:
        packet = phone.open_rtp().receive(0.1)
        if packet and packet[1] & 0x7F == 8:
            samples += from_alaw(packet[12:])
    return samples


def ringing(samples):
    """How much like the ringing tone its most similar half second is."""
    halves = [samples[at:at + RATE // 2] for at in range(0, max(1, len(samples) - RATE // 2), RATE // 4)]
    return max(tone_share(half, RINGING_HZ, RATE) for half in halves)


def from_header(message):
    return message.get("From")


class DeviceTypes(SystemTest):
    """Desk registers and is of the type "mine", gate is known by its address and of the type "mine", too."""

    CONFIG = {
        "device-types": [{"name": "mine", "qualify_s": 0}],
        "phones": [{"name": "desk", "secret": "secret-of-desk", "type": "mine"},
                   {**address_phone("gate", GATE, PORTS[GATE]), "type": "mine"},
                   address_phone("anna", ANNA, PORTS[ANNA])],
        "users": [user(101, "desk"), user(102, "anna"), user(103, "gate")],
    }

    markers = itertools.count(400)

    def setUp(self):
        self.desk = self.phone("desk", DESK, password="secret-of-desk")
        self.gate, self.anna = self.phone("gate", GATE), self.phone("anna", ANNA)
        self.set_type()
        self.started = harness.now()

    def phone(self, name, host, password=None, port=None):
        phone = Phone(self.server.sip_address, host, name, password, "udp", PORTS[host] if port is None else port)
        self.addCleanup(phone.close)
        return phone

    def id_of(self, path, name):
        return next(row["id"] for row in self.server.api("GET", f"/api/{path}?per_page=100")["items"]
                    if row["name"] == name)

    def set_type(self, **options):
        """The type "mine" says this, and for the rest what "generic" says."""
        generic = self.server.api("GET", f"/api/device-types/{self.id_of('device-types', 'generic')}")
        kept = {key: value for key, value in generic.items() if key not in
                ("id", "name", "comment", "builtin", "phones")}
        self.server.api("PATCH", f"/api/device-types/{self.id_of('device-types', 'mine')}",
                        {**kept, "qualify_s": 0, **options})
        self.settle()

    def set_phone(self, name, **values):
        self.server.api("PATCH", f"/api/phones/{self.id_of('phones', name)}", values)
        self.settle()

    def settle(self):
        """What was changed has reached the switch: changes come in order, and a number of Anna's was the last."""
        number = next(self.markers)
        anna = self.server.api("GET", "/api/users?login=1102")["items"][0]["id"]
        self.server.api("POST", "/api/numbers", {"number": str(number), "user": anna})

        def known():
            caller = self.anna.invite(number)
            answer = caller.expect((404, 480))
            caller.ack(answer)
            return answer.status == 480

        until(known, f"the number {number} is known")
        self.server.wait_idle()

    def rings(self, caller, called, number, body=None, extra=()):
        """An INVITE that reaches the other one; both sides are ended. Returns what arrived."""
        call = caller.invite(number, body, extra)
        there = called.answer_invite()
        there.reply(486)
        there.expect("ACK")
        call.failed_with(486)
        return there.invite

    def test_pho_5_a_phone_does_as_its_type_until_it_says_otherwise(self):
        self.set_type(codecs="ulaw")
        self.desk.register()
        self.addCleanup(self.set_phone, "desk", codecs=None)
        both = sdp(ANNA, self.anna.open_rtp().port)

        def offered():
            invite = self.rings(self.anna, self.desk, 101, both)
            return next(line for line in invite.body.decode().splitlines() if line.startswith("m=audio")).split()[3:]

        self.assertEqual(offered()[0], "0")
        self.set_phone("desk", codecs="alaw")
        self.assertEqual(offered()[0], "8")
        self.set_phone("desk", codecs=None)
        self.assertEqual(offered()[0], "0")

    def test_pho_5_type_a_user_only_calls_and_a_peer_is_only_called(self):
        self.desk.register()
        self.rings(self.anna, self.desk, 101)
        self.rings(self.desk, self.anna, 102)
        self.set_type(kind="user")
        self.anna.invite(101).failed_with(480)
        self.rings(self.desk, self.anna, 102)
        self.set_type(kind="peer")
        self.rings(self.anna, self.desk, 101)
        self.desk.invite(102).failed_with(403)

    def test_pho_5_insecure_port_lets_a_known_address_call_from_any_port(self):
        other = self.phone("gate", GATE, port=free_port(GATE))
        self.rings(other, self.anna, 102)
        self.set_type(insecure="no")
        other.invite(102).failed_with(401)
        self.rings(self.gate, self.anna, 102)

    def test_pho_5_insecure_invite_does_not_ask_where_the_phone_is_registered(self):
        self.desk.register()
        self.desk.password = None  # an INVITE without credentials
        self.desk.invite(102).failed_with(401)
        self.set_type(insecure="invite")
        self.rings(self.desk, self.anna, 102)
        stranger = self.phone("desk", AWAY)
        stranger.invite(102).failed_with(401)
        neighbour = self.phone("desk", DESK, port=free_port(DESK))
        neighbour.invite(102).failed_with(401)
        self.set_type(insecure="both")
        self.rings(neighbour, self.anna, 102)

    def test_pho_5_trustrpid_shows_whom_a_gateway_names(self):
        named = [("Remote-Party-ID", '"Door" <sip:777@gate>;party=calling')]
        self.assertIn("sip:103@", from_header(self.rings(self.gate, self.anna, 102, extra=named)))
        self.set_type(trust_rpid=True)
        self.assertIn('"Door" <sip:777@', from_header(self.rings(self.gate, self.anna, 102, extra=named)))
        asserted = [("P-Asserted-Identity", '"Yard" <sip:778@gate>')]
        self.assertIn('"Yard" <sip:778@', from_header(self.rings(self.gate, self.anna, 102, extra=asserted)))
        self.assertIn("sip:103@", from_header(self.rings(self.gate, self.anna, 102)))

    def test_pho_5_promiscredir_follows_a_diversion_to_another_server(self):
        away = self.phone("away", AWAY)

        def send_on():
            call = self.anna.invite(103)
            there = self.gate.answer_invite()
            there.reply(302)
            there.expect("ACK")
            return call

        self.gate.contact_value = f"<sip:555@{AWAY}:{PORTS[AWAY]}>"
        send_on().failed_with(480)  # only the number counts, and nobody has it
        self.set_type(promisc_redir=True)
        call = send_on()
        there = away.answer_invite()
        self.assertTrue(there.invite.start.startswith(f"INVITE sip:555@{AWAY}:{PORTS[AWAY]} "), there.invite)
        there.pick_up()
        call.established()
        call.hang_up()
        there.is_hung_up()

    def test_pho_5_defaultip_is_called_while_the_phone_is_not_registered(self):
        self.desk.register(expires=0)
        self.anna.invite(101).failed_with(480)
        self.set_type(default_ip=AWAY, port=PORTS[AWAY])
        self.addCleanup(self.set_type)
        away = self.phone("desk", AWAY)
        self.rings(self.anna, away, 101)
        self.desk.register()
        self.rings(self.anna, self.desk, 101)
        away.expect_nothing(0.2)

    def test_pho_5_fromuser_and_fromdomain_stand_in_from(self):
        self.desk.register()
        self.set_type(from_user="pbx", from_domain="example.net")
        self.assertIn('<sip:pbx@example.net>', from_header(self.rings(self.anna, self.desk, 101)))
        self.set_type(from_domain="example.net")
        self.assertIn('<sip:102@example.net>', from_header(self.rings(self.anna, self.desk, 101)))

    def test_pho_5_rtptimeout_and_rtpholdtimeout_end_silent_calls(self):
        self.set_type(rtp_timeout_s=1)
        self.desk.register()
        call = self.anna.invite(101)
        there = self.desk.answer_invite()
        there.pick_up()
        call.established()
        began = time.monotonic()
        call.is_hung_up()
        there.is_hung_up()
        self.assertLess(time.monotonic() - began, 4)
        self.set_type(rtp_hold_timeout_s=1)
        call = self.anna.invite(101)
        there = self.desk.answer_invite()
        there.pick_up()
        call.established()
        call.reinvite("sendonly")
        there.invite = there.expect("INVITE")
        there.reply(200, body=sdp(DESK, self.desk.open_rtp().port, "recvonly"))
        there.expect("ACK")
        call.established()
        call.is_hung_up()
        there.is_hung_up()

    def dial_and_ring(self):
        """Gate calls Anna, whose phone says that it rings; what gate is told."""
        call = self.gate.invite(102)
        there = self.anna.answer_invite()
        there.ring()
        return call, there, call.expect((180, 183))

    def answered_and_over(self, call, there):
        there.pick_up()
        ok = call.established()
        self.gate.open_rtp().drain()
        target = sdp_target(ok.body)
        there_target = sdp_target(there.invite.body)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:  # both are heard, and nothing of ours any more
            self.gate.open_rtp().send(target)
            self.anna.open_rtp().send(there_target, BUSY_TONE)
            packet = self.gate.open_rtp().receive(0.02)
            if packet and packet[12:] == BUSY_TONE:
                break
        else:
            self.fail("the answered call is silent")
        call.hang_up()
        there.is_hung_up()

    def test_pho_5_progressinband_yes_plays_the_ringing_tone_to_who_calls(self):
        self.set_type(progress_inband="yes")
        call, there, told = self.dial_and_ring()
        self.assertEqual(told.status, 183)
        self.assertIn(b"m=audio", told.body)
        samples = heard(self.gate, 6)
        self.assertGreater(ringing(samples), 0.9, "it hears that it rings")
        # what the called side sends goes before it
        there.reply(183, body=sdp(ANNA, self.anna.open_rtp().port))
        self.gate.open_rtp().drain()
        target, early = sdp_target(there.invite.body), []
        for _ in range(300):
            self.anna.open_rtp().send(target, BUSY_TONE)
            packet = self.gate.open_rtp().receive(0.02)
            if packet:
                early.append(packet[12:])
        self.assertIn(BUSY_TONE, early)
        self.assertLess(ringing([s for payload in early for s in from_alaw(payload)]), 0.2)
        self.answered_and_over(call, there)

    def test_pho_5_progressinband_no_leaves_the_tone_to_the_phone(self):
        call, there, told = self.dial_and_ring()
        self.assertEqual((told.status, told.body), (180, b""))
        self.assertEqual(heard(self.gate, 2), [])
        self.answered_and_over(call, there)

    def test_pho_5_progressinband_never_keeps_early_sound_away(self):
        self.set_type(progress_inband="never")
        call = self.gate.invite(102)
        there = self.anna.answer_invite()
        there.reply(183, body=sdp(ANNA, self.anna.open_rtp().port))
        told = call.expect((180, 183))
        self.assertEqual((told.status, told.body), (180, b""))
        for _ in range(50):
            self.anna.open_rtp().send(sdp_target(there.invite.body), BUSY_TONE)
            self.assertIsNone(self.gate.open_rtp().receive(0.02))
        self.answered_and_over(call, there)

    def test_pho_5_permit_deny_and_mask_say_where_a_phone_may_be(self):
        net = DESK.rsplit(".", 1)[0] + ".0"
        self.set_type(permit="192.0.2.1")
        self.desk.register(expect=403)
        self.set_type(permit=net)
        self.desk.register(expect=403)
        self.set_type(permit=net, mask="255.255.255.0")
        self.desk.register()
        self.set_type(deny=f"{net}/255.255.255.0")
        self.desk.register(expect=403)

    def test_pho_5_supplied_types_stay_and_used_ones_cannot_go(self):
        generic, mine = self.id_of("device-types", "generic"), self.id_of("device-types", "mine")
        for method, path, body, code in (("PATCH", generic, {"nat": "always"}, "supplied"),
                                         ("DELETE", generic, None, None), ("DELETE", mine, None, "in_use")):
            with self.assertRaises(ApiError) as refused:
                self.server.api(method, f"/api/device-types/{path}", body)
            self.assertEqual(refused.exception.status, 409)
            if code:
                self.assertEqual(refused.exception.code, code)


if __name__ == "__main__":
    harness.main()
