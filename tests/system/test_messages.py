#!/usr/bin/env python3
"""Text messages outside of calls (RFC 3428), who is shown to whom, and reliable ringing with a phone that logs in."""
import harness
from harness import SystemTest, address, address_phone, free_port, password_phone, user
from sipphone import Phone, sdp

ANNA, BERND, CARLA, DORA = address(11), address(12), address(13), address(14)
PORTS = {host: free_port(host) for host in (ANNA, BERND, CARLA)}
PLAIN = [("Content-Type", "text/plain;charset=utf-8")]


class Messages(SystemTest):
    CONFIG = {
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]),
                   address_phone("carla", CARLA, PORTS[CARLA]), password_phone("dora")],
        "users": [user(101, "anna"), user(102, "bernd"), user(103, "bernd", "carla"), user(104, "dora")],
    }

    def phone(self, name, host, password=None, transport="udp", port=None):
        phone = Phone(self.server.sip_address, host, name, password, transport, PORTS[host] if port is None else port)
        self.addCleanup(phone.close)
        return phone

    def setUp(self):
        self.anna = self.phone("anna", ANNA)
        self.bernd = self.phone("bernd", BERND)

    def write(self, sender, number, text, extra=PLAIN):
        return sender.request("MESSAGE", f"sip:{number}@{self.server.host}:{self.server.sip_port}", body=text.encode(),
                              extra=extra)

    def test_all_phones_of_the_user_get_it(self):
        carla = self.phone("carla", CARLA)
        sent = self.write(self.anna, 103, "Wo bleibst Du? Käse!")
        copies = [self.bernd.expect("MESSAGE"), carla.expect("MESSAGE")]
        for copy in copies:
            self.assertEqual(copy.body.decode(), "Wo bleibst Du? Käse!")
            self.assertEqual(copy.get("Content-Type"), "text/plain;charset=utf-8")
            self.assertIn("sip:101@", copy.get("From"))
            self.assertIsNone(copy.get("Contact"))
        self.bernd.reply(copies[0], 486)
        carla.reply(copies[1], 200)
        self.anna.expect(200, sent.get("Call-ID"))

    def test_what_is_refused(self):
        cases = [(199, "x", PLAIN, 404), (104, "x", PLAIN, 480), (102, "x" * 1400, PLAIN, 513),
                 (102, "x", PLAIN + [("Require", "foo")], 420)]
        for number, text, extra, status in cases:
            with self.subTest(number=number, status=status):
                sent = self.write(self.anna, number, text, extra)
                self.anna.expect(status, sent.get("Call-ID"))
        self.bernd.expect_nothing(0.2)

    def test_a_stranger_is_asked_who_he_is(self):
        stranger = Phone(self.server.sip_address, DORA, "mallory")
        self.addCleanup(stranger.close)
        sent = self.write(stranger, 102, "buy")
        stranger.expect(401, sent.get("Call-ID"))
        self.bernd.expect_nothing(0.2)

    def test_options_say_what_we_can(self):
        sent = self.anna.request("OPTIONS", f"sip:{self.server.host}:{self.server.sip_port}")
        answer = self.anna.expect(200, sent.get("Call-ID"))
        for method in ("PRACK", "UPDATE", "MESSAGE", "INFO"):
            self.assertIn(method, answer.get("Allow"))
        for option in ("100rel", "timer"):
            self.assertIn(option, answer.get("Supported"))
        self.assertIn("application/sdp", answer.get("Accept"))

    def test_a_hidden_caller_stays_hidden(self):
        caller = self.anna.invite(102, extra=[("Privacy", "id")])
        called = self.bernd.answer_invite()
        invite = called.invite
        self.assertIn("anonymous@anonymous.invalid", invite.get("From"))
        self.assertEqual(invite.get("Privacy"), "id")
        self.assertIsNone(invite.get("P-Asserted-Identity"))
        self.assertNotIn(b"101@", invite.raw)
        called.reply(486)
        called.expect("ACK")
        caller.failed_with(486)

    def test_the_200_waits_for_the_prack(self):
        """RFC 3262, 3."""
        caller = self.anna.invite(102, extra=[("Supported", "100rel")])
        called = self.bernd.answer_invite()
        called.reply(183, body=sdp(BERND, self.bernd.open_rtp().port))
        first = caller.expect(183)
        self.assertEqual(first.get("Require"), "100rel")
        called.pick_up()
        self.anna.expect_nothing(0.3)
        caller.request("PRACK", extra=[("RAck", f"{first.get('RSeq')} {caller.invite.cseq[0]} INVITE")])
        caller.expect(200, method="PRACK")
        caller.established()
        caller.hang_up()
        called.is_hung_up()


if __name__ == "__main__":
    harness.main()
