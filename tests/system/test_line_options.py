#!/usr/bin/env python3
"""What lines leave to their provider, and what a provider may do (LIN-2), with a scripted provider on the wire."""
import itertools

import harness
from harness import ApiError, SystemTest, address, password_phone, until, user
from sipphone import Phone, sdp

CARRIER = address(51)


class LineOptions(SystemTest):
    """p1 of Anna (101) calls through the line "trunk", which follows the provider "mine"; p2 is Ben's (102)."""

    markers = itertools.count(900)

    @classmethod
    def config(cls):
        return {
            "settings": {"country_code": "49", "area_code": "211", "outside_prefix": "0", "session_expires_s": 1800},
            "phones": [password_phone("p1"), password_phone("p2")],
            "users": [user(101, "p1"), user(102, "p2")],
            "numbers": [{"number": "0211555101", "kind": "external", "user": "1101"},
                        {"number": "0211555102", "kind": "external", "user": "1102"}],
        }

    def setUp(self):
        self.carrier = self.phone("carrier", CARRIER)
        self.p1, self.p2 = (self.phone(name, address(host), f"secret-of-{name}") for name, host in (("p1", 11), ("p2", 12)))
        for phone in (self.p1, self.p2):
            phone.register()
            self.addCleanup(phone.register, 0)

    def phone(self, name, host, password=None):
        phone = Phone(self.server.sip_address, host, name, password)
        self.addCleanup(phone.close)
        return phone

    def follow(self, line=None, **options):
        """One line, by address, that follows a new provider of our own with these options."""
        for path in ("lines", "providers"):
            for old in self.server.api("GET", f"/api/{path}?per_page=100")["items"]:
                if path == "lines" or not old["builtin"]:
                    self.server.api("DELETE", f"/api/{path}/{old['id']}")
        until(lambda: not self.status(), "the old lines are gone")
        self.provider = self.server.api("POST", "/api/providers", {
            "name": f"mine {next(self.markers)}", "host": f"{CARRIER}:{self.carrier.port}", "auth": "address", "register": False,
            "qualify_s": 0, **options})
        self.line = self.server.api("POST", "/api/lines", {
            "name": "trunk", "provider": self.provider["id"], "main_number": "0211555101", **(line or {})})
        until(lambda: self.status().get("state") in ("address", "registered", "registering"), "the line is there")

    def status(self):
        items = self.server.api("GET", "/api/lines/status")["items"]
        return items[0] if items else {}

    def outgoing(self, number="0555999"):
        """An INVITE of p1 that has reached the provider."""
        call = self.p1.invite(number)
        return call, self.carrier.answer_invite()

    def talking(self, number="0555999", **more):
        call, there = self.outgoing(number)
        there.reply(200, body=sdp(there.phone.host, there.phone.open_rtp().port), **more)
        there.expect("ACK")
        call.established()
        return call, there

    def end(self, call, there):
        call.request("BYE")
        there.is_hung_up()
        call.expect(200, method="BYE")
        self.server.wait_idle()

    def refuse(self, call, there, status=486):
        there.reply(status)
        there.expect("ACK")
        call.failed_with(status)

    def test_a_line_follows_its_provider_at_once(self):
        """LIN-2: a provider that changes changes the calls of its lines; what a line says itself stays."""
        self.follow({"identity": "pai"}, number_format="zeros", identity="none")
        call, there = self.outgoing()
        self.assertIn("sip:0049211555999@", there.invite.start)
        self.assertIn("0049211555101", there.invite.get("P-Asserted-Identity"))
        self.refuse(call, there)
        self.server.api("PATCH", f"/api/providers/{self.provider['id']}", {"number_format": "bare", "user_phone": True})

        def changed():
            call, there = self.outgoing()
            self.refuse(call, there)
            return "sip:49211555999@" in there.invite.start and ";user=phone" in there.invite.start

        until(changed, "calls look as the provider says now")
        with self.assertRaises(ApiError) as refused:
            self.server.api("DELETE", f"/api/providers/{self.provider['id']}")
        self.assertEqual(refused.exception.status, 409)

    def test_early_media_or_our_ringing(self):
        """LIN-2: progressinband: with "ring" the caller hears his own ringing tone until the answer."""
        for early, status in (("pass", 183), ("ring", 180)):
            self.follow(early_media=early)
            call, there = self.outgoing()
            self.assertEqual("100rel" in there.invite.get("Supported"), early == "pass")
            there.reply(183, body=sdp(there.phone.host, there.phone.open_rtp().port))
            told = call.expect((180, 183))
            self.assertEqual((told.status, bool(told.body)), (status, early == "pass"))
            there.pick_up()
            self.assertTrue(call.established().body)
            self.end(call, there)

    def test_session_timers(self):
        """LIN-2: a session timer is asked for, left to the provider, or not spoken of at all."""
        self.follow(session_timer="ask", session_expires_s=600)
        call, there = self.talking()
        self.assertTrue(there.invite.get("Session-Expires").startswith("600"))
        self.end(call, there)
        self.follow(session_timer="accept")
        call, there = self.talking()
        self.assertIsNone(there.invite.get("Session-Expires"))
        self.assertIn("timer", there.invite.get("Supported"))
        self.end(call, there)
        incoming = self.carrier.invite("0211555102", extra=[("Supported", "timer"), ("Session-Expires", "900;refresher=uac")])
        ringing = self.p2.answer_invite()
        ringing.pick_up()
        self.assertEqual(incoming.established().get("Session-Expires"), "900;refresher=uac")
        self.end(incoming, ringing)
        self.follow(session_timer="off")
        call, there = self.outgoing()
        self.assertNotIn("timer", there.invite.get("Supported"))
        self.assertIsNone(there.invite.get("Session-Expires"))
        self.refuse(call, there)
        incoming = self.carrier.invite("0211555102", extra=[("Supported", "timer"), ("Session-Expires", "900")])
        ringing = self.p2.answer_invite()
        ringing.pick_up()
        self.assertIsNone(incoming.established().get("Session-Expires"))
        self.end(incoming, ringing)

    def test_redirections_of_the_provider(self):
        """LIN-2: a 3xx of the provider is an end, unless the line follows it."""
        def send_on(there):
            self.carrier.name = "+49221777"  # stands in the Contact
            there.reply(302)
            self.carrier.name = "carrier"
            there.expect("ACK")

        self.follow()
        call, there = self.outgoing()
        send_on(there)
        self.assertGreaterEqual(call.expect((302, 480, 404), method="INVITE").status, 300)
        self.carrier.expect_nothing(0.3)
        self.follow(allow_redirect=True)
        call, there = self.outgoing()
        send_on(there)
        second = self.carrier.answer_invite()
        self.assertIn("sip:+49221777@", second.invite.start, "it was dialled without a prefix, but is a public number")
        self.refuse(call, second)

    def test_transfers_of_the_provider(self):
        """LIN-2: a REFER of the provider is refused unless allowed, and never leads outside."""
        self.follow()
        call, there = self.talking()
        self.assertNotIn("REFER", there.invite.get("Allow"))
        there.request("REFER", extra=[("Refer-To", "<sip:0211555102@pbx.test>")])
        self.assertEqual(there.expect((202, 403), method="REFER").status, 403)
        self.end(call, there)
        self.follow(allow_transfer=True)
        call, there = self.talking()
        self.assertIn("REFER", there.invite.get("Allow"))
        there.request("REFER", extra=[("Refer-To", "<sip:0033123456@pbx.test>"), ("Refer-Sub", "false")])
        there.expect(202, method="REFER")
        self.carrier.expect_nothing(0.5, but=("NOTIFY",))
        there.request("REFER", extra=[("Refer-To", "<sip:0211555102@pbx.test>"), ("Refer-Sub", "false")])
        there.expect(202, method="REFER")
        ringing = self.p2.answer_invite()
        ringing.reply(486)
        ringing.expect("ACK")
        self.end(call, there)

    def test_a_silent_call_ends(self):
        """LIN-2: rtptimeout of the line."""
        self.follow(rtp_timeout_s=2)
        call, there = self.talking()
        there.is_hung_up(15)
        call.is_hung_up(15)

    def test_refused_networks(self):
        """LIN-2: deny: nothing from there is the provider's, unless it is permitted, too."""
        self.follow(deny=f"{CARRIER}/32")
        self.carrier.invite("0211555102").failed_with(401)
        self.follow(deny=f"{CARRIER}/32", permit=CARRIER)
        call = self.carrier.invite("0211555102")
        ringing = self.p2.answer_invite()
        ringing.reply(486)
        ringing.expect("ACK")
        call.failed_with(486)

    def test_a_block_is_registered(self):
        """LIN-2: RFC 6140: one registration, and calls for each number from the provider's server."""
        self.follow({"username": "pilot", "password": "secret-of-pilot"}, auth="password", register=True, register_block=True)
        request = self.carrier.expect("REGISTER")
        self.assertRegex(request.get("Contact"), r"^<sip:[^@>]*;bnc>")
        self.assertIn("gin", request.get("Require"))
        self.carrier.reply(request, 200, extra=[("Contact", request.get("Contact")), ("Expires", "300")])
        until(lambda: self.status().get("state") == "registered", "the block is registered")
        call = self.carrier.invite("+49211555102")
        ringing = self.p2.answer_invite()
        ringing.reply(486)
        ringing.expect("ACK")
        call.failed_with(486)

    def test_state_counts_and_history(self):
        """LIN-2: calls in use and at most, what became of today's, and how the line has been."""
        self.follow({"max_calls": 3})
        call, there = self.talking()
        now = until(lambda: self.status()["calls"] == 1 and self.status(), "a call is seen")
        self.assertEqual((now["max_calls"], now["answered"]), (3, 1))
        self.end(call, there)
        self.refuse(*self.outgoing())
        self.refuse(*self.outgoing(), status=404)
        call, there = self.outgoing()
        there.ring()
        call.expect(180)
        call.cancel()
        there.reply(200, there.expect("CANCEL"))
        there.reply(487)
        there.expect("ACK")
        call.failed_with(487)
        incoming = self.carrier.invite("0211555102")
        ringing = self.p2.answer_invite()
        ringing.reply(486)
        ringing.expect("ACK")
        incoming.failed_with(486)
        keys = ("calls", "incoming", "answered", "busy", "refused", "unanswered", "failed")
        want = (0, 1, 1, 1, 1, 1, 0)
        until(lambda: tuple(self.status()[key] for key in keys) == want, f"counts are {want}")
        self.server.api("PATCH", f"/api/lines/{self.line['id']}", {"enabled": False})
        until(lambda: self.status()["state"] == "off", "the line is off")
        past = self.server.api("GET", f"/api/lines/{self.line['id']}/history")["items"]
        self.assertEqual(past[0]["state"], "off")
        self.assertIn(past[1]["state"], ("address", "registering"))
        self.assertGreaterEqual(past[0]["at"], past[1]["at"])
        with self.assertRaises(ApiError) as missing:
            self.server.api("GET", "/api/lines/99999/history")
        self.assertEqual(missing.exception.status, 404)


if __name__ == "__main__":
    harness.main()
