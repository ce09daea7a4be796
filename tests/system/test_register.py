#!/usr/bin/env python3
"""Registrations: bindings come, stay, are listed, move, expire and go (PHO-2)."""
import re

import harness
from harness import SystemTest, address, password_phone, until, user
from sipphone import Dialog, Phone, digest_answer, sdp, token

HOME, OFFICE, CALLER = address(11), address(12), address(13)


class Registrations(SystemTest):
    CONFIG = {
        "phones": [password_phone("p1", max_contacts=2), password_phone("p2"), password_phone("p3", qualify_s=1), password_phone("p4"),
                   password_phone("p5", permit=OFFICE), password_phone("p6", tls_required=True),
                   password_phone("p7", digest="sha256")],
        "users": [user(101, "p1"), user(102, "p2"), user(103, "p3"), user(104, "p4")],
    }

    def phone(self, name="p1", host=HOME, transport="udp"):
        phone = Phone(self.server.sip_address, host, name, f"secret-of-{name}", transport)
        self.addCleanup(phone.close)
        return phone

    def bindings(self, name):
        return [one for one in self.server.registrations() if one["phone"] == name]

    def assert_unbound(self, name):
        """What is listed comes a moment after what happened; p4's binding shows that the list is as new as this question."""
        witness = self.phone("p4")
        witness.register(expires=300)
        until(lambda: any(f":{witness.port}" in one["contact"] for one in self.bindings("p4")), "the witness is listed")
        self.assertFalse(self.bindings(name))
        witness.register(expires=0)

    def test_register_query_remove(self):
        phone = self.phone()
        answer = phone.register(expires=300)
        self.assertRegex(answer.get("Contact"), r"expires=(300|29\d)")
        until(lambda: len(self.bindings("p1")) == 1, "the binding is listed")
        self.assertIn(f"{phone.host}:{phone.port}", self.bindings("p1")[0]["contact"])
        phone.register(expires=0)
        until(lambda: not self.bindings("p1"), "the binding is gone")

    def test_bounds_of_the_time(self):
        """RFC 3261 10.3: too short is refused with Min-Expires, too long is shortened."""
        phone = self.phone()
        answer = phone.register(expires=5, expect=423)
        self.assertEqual(answer.get("Min-Expires"), "60")
        answer = phone.register(expires=1_000_000)
        self.assertLessEqual(int(re.search(r"expires=(\d+)", answer.get("Contact")).group(1)), 3600)
        phone.register(expires=0)

    def test_several_contacts_ring_together_and_have_a_limit(self):
        """A third place takes that of the oldest: phones that moved often leave bindings behind."""
        old, at_home, at_work = self.phone(), self.phone(), self.phone(host=OFFICE)
        old.register()
        at_home.register()
        at_work.register()
        until(lambda: len(self.bindings("p1")) == 2, "two are listed")
        caller = self.phone("p2", CALLER)
        caller.register()
        call = caller.invite(101)
        first, second = at_home.answer_invite(), at_work.answer_invite()
        first.reply(486)
        first.expect("ACK")
        second.pick_up()
        call.established()
        call.hang_up()
        second.is_hung_up()
        old.expect_nothing(0)
        for phone in (at_home, at_work, caller):
            phone.register(expires=0)

    def test_star_removes_all(self):
        phone = self.phone()
        phone.register()
        uri, call_id, tag = f"sip:{self.server.host}:{self.server.sip_port}", token(16), token()

        def attempt(cseq, *proof):
            data = phone.build(f"REGISTER {uri} SIP/2.0", [
                ("Via", phone.via()), ("Max-Forwards", "70"), ("From", f"<{phone.uri}>;tag={tag}"),
                ("To", f"<{phone.uri}>"), ("Call-ID", call_id), ("CSeq", f"{cseq} REGISTER"), ("Contact", "*"),
                ("Expires", "0"), *proof])
            phone.send_raw(data)
            return phone.expect((200, 401), call_id)

        challenge = attempt(1)
        answer = attempt(2, ("Authorization", digest_answer(challenge.get("WWW-Authenticate"), "REGISTER", uri, "p1",
                                                             phone.password)))
        self.assertEqual(answer.status, 200)
        until(lambda: not self.bindings("p1"), "all are gone")

    def test_phone_behind_nat_is_reached_where_it_came_from(self):
        """RFC 3581: the Contact names an address nobody can reach."""
        phone = self.phone()
        real = (phone.host, phone.port)
        phone.host, phone.port = "192.168.77.7", 5060
        answer = phone.register()
        self.assertIn(f"rport={real[1]}", answer.get("Via"))
        self.assertIn(f"received={real[0]}", answer.get("Via"))
        caller = self.phone("p2", CALLER)
        caller.register()
        call = caller.invite(101)
        called = phone.answer_invite()
        called.reply(486)
        called.expect("ACK")
        call.failed_with(486)
        phone.register(expires=0)
        caller.register(expires=0)

    def test_a_replayed_proof_is_worth_nothing(self):
        """RFC 7616 5.5: the same nonce count a second time is challenged again."""
        phone = self.phone()
        uri, call_id, tag = f"sip:{self.server.host}:{self.server.sip_port}", token(16), token()
        phone.request("REGISTER", uri, f"<{phone.uri}>", call_id, 1, tag, [("Expires", "300")])
        challenge = phone.expect(401, call_id)
        proof = ("Authorization", digest_answer(challenge.get("WWW-Authenticate"), "REGISTER", uri, "p1",
                                                phone.password))
        phone.request("REGISTER", uri, f"<{phone.uri}>", call_id, 2, tag, [("Expires", "300"), proof])
        phone.expect(200, call_id)
        phone.request("REGISTER", uri, f"<{phone.uri}>", token(16), 1, token(), [("Expires", "300"), proof])
        phone.expect(401)
        phone.register(expires=0)

    def test_both_digest_algorithms_are_offered(self):
        """RFC 8760: SHA-256 for phones that can, MD5 for the others; both work."""
        phone = self.phone()
        uri = f"sip:{self.server.host}:{self.server.sip_port}"
        for algorithm in ("MD5", "SHA-256"):
            with self.subTest(algorithm=algorithm):
                call_id, tag = token(16), token()
                phone.request("REGISTER", uri, f"<{phone.uri}>", call_id, 1, tag, [("Expires", "300")])
                challenges = phone.expect(401, call_id).all("WWW-Authenticate")
                challenge = next(one for one in challenges if f"algorithm={algorithm}" in one.replace('"', ""))
                proof = ("Authorization", digest_answer(challenge, "REGISTER", uri, "p1", phone.password))
                phone.request("REGISTER", uri, f"<{phone.uri}>", call_id, 2, tag, [("Expires", "300"), proof])
                phone.expect(200, call_id)
        phone.register(expires=0)

    def test_strangers_and_wrong_passwords(self):
        until(lambda: not self.bindings("p1"), "the test before has left")
        phone = self.phone()
        phone.register(password="wrong", expect=401)
        stranger = Phone(self.server.sip_address, HOME, "nobody", "x")
        self.addCleanup(stranger.close)
        answer = stranger.register(expect=401)
        self.assertNotIn("nobody", answer.start)
        self.assert_unbound("p1")

    def test_one_may_not_register_another_phone(self):
        """p2's right password does not open p1's address."""
        until(lambda: not self.bindings("p1"), "the test before has left")
        phone = self.phone("p2")
        uri, call_id, tag = f"sip:{self.server.host}:{self.server.sip_port}", token(16), token()
        to = f"<sip:p1@{self.server.host}>"
        phone.request("REGISTER", uri, to, call_id, 1, tag, [("Expires", "300")])
        challenge = phone.expect(401, call_id)
        proof = digest_answer(challenge.get("WWW-Authenticate"), "REGISTER", uri, "p2", "secret-of-p2")
        phone.request("REGISTER", uri, to, call_id, 2, tag, [("Expires", "300"), ("Authorization", proof)])
        phone.expect(403, call_id)
        self.assert_unbound("p1")

    def test_qualify_finds_a_dead_phone(self):
        """OPTIONS every second: answered, the phone is reachable; silent, it is not."""
        phone = self.phone("p3")
        phone.register()

        def reachable(expected):
            phone.receive(0.05)
            return self.bindings("p3") and self.bindings("p3")[0]["reachable"] is expected

        until(lambda: reachable(True) and self.bindings("p3")[0]["rtt_ms"] is not None, "the phone answered OPTIONS")
        until(lambda: self.bindings("p3") and self.bindings("p3")[0]["reachable"] is False,
              "a silent phone is marked unreachable", 45)
        until(lambda: reachable(True), "it answers again", 45)
        phone.register(expires=0)

    def test_a_closed_tcp_connection_ends_its_binding_or_is_reconnected(self):
        phone = self.phone("p4", transport="tcp")
        phone.register()
        phone.close()
        caller = self.phone("p2", CALLER)
        caller.register()
        caller.invite(104).failed_with((480, 408, 503), 40)
        caller.register(expires=0)

    def flow_of(self, phone, instance, reg_id):
        """The phone says which device it is and which of its flows this is (RFC 5626)."""
        tail = "" if phone.transport == "udp" else f";transport={phone.transport}"
        phone.contact_value = (f'<sip:{phone.name}@{phone.host}:{phone.port}{tail};ob>;+sip.instance="<urn:uuid:{instance}>"'
                               f";reg-id={reg_id}")
        return [("Supported", "path, outbound, gruu")]

    def test_one_device_with_two_flows(self):
        """RFC 5626: rung once, over the flow that is left when a connection dies, and listed as long as one lives."""
        first, second = self.phone("p1", transport="tcp"), self.phone("p1", transport="tcp")
        answer = first.register(more=self.flow_of(first, "device-a", 1))
        self.assertEqual(answer.get("Require"), "outbound")
        self.assertTrue(int(answer.get("Flow-Timer")))
        second.register(more=self.flow_of(second, "device-a", 2))
        caller = self.phone("p2", CALLER)
        caller.register()
        call = caller.invite(101)
        called = second.answer_invite()
        first.expect_nothing(0.3)
        called.reply(486)
        called.expect("ACK")
        call.failed_with(486)
        second.close()
        until(lambda: len(self.bindings("p1")) == 1, "the flow has ended with its connection")
        call = caller.invite(101)
        called = first.answer_invite()
        called.reply(486)
        called.expect("ACK")
        call.failed_with(486)
        first.register(expires=0, more=[("Supported", "outbound")])
        caller.register(expires=0)

    def test_a_gruu_rings_one_device(self):
        """RFC 5627: two devices of one phone; the public and the temporary address of one ring that one alone."""
        desk, soft = self.phone("p1"), self.phone("p1", OFFICE)
        desk.register(more=self.flow_of(desk, "desk", 1))
        answer = soft.register(more=self.flow_of(soft, "soft", 1))
        contact = next(one for one in answer.all("Contact") if "uuid:soft" in one)
        caller = self.phone("p2", CALLER)
        caller.register()
        for kind in ("pub-gruu", "temp-gruu"):
            with self.subTest(kind):
                uri = re.search(kind + r'="sip:([^"]+)"', contact).group(1)
                user, rest = uri.split("@")
                call = Dialog.start(caller, f"sip:{user}@{rest}", sdp(caller.host, caller.open_rtp().port), ())
                called = soft.answer_invite()
                desk.expect_nothing(0.2)
                called.reply(486)
                called.expect("ACK")
                call.failed_with(486)
        soft.register(expires=0, more=[("Supported", "outbound")])
        Dialog.start(caller, f"sip:{uri}", sdp(caller.host, caller.open_rtp().port), ()).failed_with(480)
        Dialog.start(caller, f"sip:tgruu.00@{self.server.host};gr", sdp(caller.host, caller.open_rtp().port), ()).failed_with(404)
        desk.register(expires=0, more=[("Supported", "outbound")])
        caller.register(expires=0)

    def test_outbound_through_a_proxy_that_does_not_know_it(self):
        """RFC 5626 6: 439 when the first hop would not keep the flow."""
        phone = self.phone("p1")
        more = [*self.flow_of(phone, "device-b", 1), ("Via", "SIP/2.0/UDP 10.9.9.9;branch=z9hG4bKhop")]
        phone.register(more=more, expect=439)
        answer = phone.register(more=[*more, ("Path", f"<sip:{phone.host}:{phone.port};lr;ob>")])
        self.assertEqual(answer.get("Require"), "outbound")
        self.assertIn(";lr;ob>", answer.get("Path"))
        phone.register(expires=0, more=[("Supported", "outbound")])

    def test_path_is_the_route_of_calls(self):
        """RFC 3327: requests to the phone go to the first hop and name all of them."""
        proxy = self.phone("p1")
        proxy.contact_value = "<sip:p1@192.168.44.4>"
        answer = proxy.register(more=[("Supported", "path"),
                                      ("Path", f"<sip:{proxy.host}:{proxy.port};lr>, <sip:edge.example.com;lr>")])
        self.assertIn("edge.example.com", answer.get("Path"))
        caller = self.phone("p2", CALLER)
        caller.register()
        call = caller.invite(101)
        called = proxy.answer_invite()
        routes = ", ".join(called.invite.all("Route"))
        self.assertRegex(routes, rf"^<sip:{proxy.host}:{proxy.port};lr>, ?<sip:edge.example.com;lr>$")
        self.assertTrue(called.invite.start.startswith("INVITE sip:p1@192.168.44.4 "))
        called.reply(486)
        called.expect("ACK")
        call.failed_with(486)
        proxy.register(expires=0)
        caller.register(expires=0)

    def test_rules_of_a_phone(self):
        """SEC-3: from permitted networks only, encrypted only; the right password does not help."""
        phone = self.phone("p5")
        phone.register(expect=403)
        self.phone("p5", OFFICE).register()
        self.phone("p6").register(expect=403)
        until(lambda: self.server.metrics()['strowger_auth_total{result="forbidden_address"}'] >= 1 and
              self.server.metrics()['strowger_auth_total{result="not_encrypted"}'] >= 1, "both are counted")

    def test_only_the_algorithm_of_the_phone(self):
        """A phone set to SHA-256 is not asked for MD5."""
        phone = self.phone("p7")
        uri, call_id = f"sip:{self.server.host}:{self.server.sip_port}", token(16)
        phone.request("REGISTER", uri, f"<{phone.uri}>", call_id, 1, token(), [("Expires", "300")])
        challenges = phone.expect(401, call_id).all("WWW-Authenticate")
        self.assertEqual(len(challenges), 1)
        self.assertIn("SHA-256", challenges[0])
        phone.register()


if __name__ == "__main__":
    harness.main()
