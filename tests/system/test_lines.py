#!/usr/bin/env python3
"""Lines to providers: a real Kamailio registers and authenticates us, a real dnsmasq says where it is, a phone of the
test's own is the public network behind it."""
import subprocess
import time

import harness
from dnsmasq import Dnsmasq
from harness import Server, SystemTest, address, free_port, password_phone, until, user
from kamailio import PROVIDER, Kamailio
from sipphone import Phone, sdp_target, talks
from test_transports import Authority, own

PASSWORD = "prov-secret"
CARRIER, STRANGER = address(31), address(33)


def line(name, host, **more):
    return {"name": name, "host": host, "username": "acct1", "password": PASSWORD, "qualify_s": 0, "expires_s": 300,
            "main_number": "0211555101", **more}


def trusted(name, host, **more):
    return {"name": name, "host": host, "auth": "address", "register": False, "qualify_s": 0, **more}


class Lines(SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.carrier_port = free_port(CARRIER)
        cls.provider = cls.kamailio("MD5", address(30))
        cls.dead = address(34)
        kam = f"{cls.provider.port}"
        cls.dns = Dnsmasq([
            f"host-record=kam.test,{cls.provider.host}", f"host-record=tls.test,{address(1)}", f"host-record=dead.test,{cls.dead}",
            f"srv-host=_sip._udp.prov.test,kam.test,{kam},1,0",
            f"srv-host=_sip._udp.half.test,dead.test,5060,1,0", f"srv-host=_sip._udp.half.test,kam.test,{kam},2,0",
            "naptr-record=tcp.test,10,10,s,SIP+D2T,,_sip._tcp.tcp.test",
            f"srv-host=_sip._tcp.tcp.test,kam.test,{kam},1,0",
        ])
        cls.addClassCleanup(cls.dns.close)
        cls.OPTIONS = ("--dns", cls.dns.servers)
        super().setUpClass()

    @classmethod
    def kamailio(cls, algorithm, host):
        provider = Kamailio(PROVIDER, host, algorithm=algorithm, realm="prov.test", password=PASSWORD, max_expires=600,
                            min_expires=30, carrier_host=CARRIER, carrier_port=cls.carrier_port)
        cls.addClassCleanup(provider.close)
        return provider

    @classmethod
    def config(cls):
        return {
            "settings": {"country_code": "49", "area_code": "211", "outside_prefix": "0"},
            "phones": [password_phone("p1")],
            "users": [user(101, "p1")],
            "numbers": [{"number": "0211555101", "kind": "external", "user": "1101"}],
        }

    def setUp(self):
        self.carrier = Phone(self.provider.sip_address, CARRIER, "carrier", port=self.carrier_port)
        self.addCleanup(self.carrier.close)
        self.phone = Phone(self.server.sip_address, address(11), "p1", "secret-of-p1")
        self.addCleanup(self.phone.close)
        self.phone.register()

    def lines(self, *wanted):
        """These lines and no others, from now on."""
        for old in self.server.api("GET", "/api/lines?per_page=100")["items"]:
            self.server.api("DELETE", f"/api/lines/{old['id']}")
        until(lambda: not self.status(), "the old lines are gone")
        for one in wanted:
            self.server.api("POST", "/api/lines", one)

    def status(self):
        return {one["line"]: one for one in self.server.api("GET", "/api/lines/status")["items"]}

    def wait_state(self, name, state, seconds=10):
        return until(lambda: self.status().get(name, {}).get("state") == state and self.status()[name],
                     f"line {name} is {state}; {self.status()}", seconds)

    def ready(self, *wanted):
        self.lines(*wanted)
        for one in wanted:
            self.wait_state(one["name"], "registered" if one.get("register", True) else "address")

    def call_out(self, dialled, number, carrier=None, called=None):
        """A whole call to the public network, with voice; returns the INVITE that came there."""
        began = harness.now()
        call = self.phone.invite(dialled)
        there = (carrier or self.carrier).answer_invite()
        self.assertIn(f"sip:{called or number}@", there.invite.start)
        there.ring()
        call.expect(180)
        there.pick_up()
        answer = call.established()
        for sender, target, receiver in ((self.phone, answer, there.phone), (there.phone, there.invite, self.phone)):
            payload = sender.name[:1].encode() * 160
            talks(sender.rtp, sdp_target(target.body), receiver.rtp, payload)
        call.request("BYE")
        there.is_hung_up()
        call.expect(200, method="BYE")
        record = self.server.wait_records(1, began)[0]
        self.assertEqual((record["result"], record["called_number"]), ("answered", number))
        return there.invite, record

    def call_in(self, carrier, user_part, extra=(), shown="+49301234"):
        began = harness.now()
        extra = [*extra, ("P-Asserted-Identity", '"Berlin" <sip:+49301234@carrier.test>')]
        call = carrier.invite(user_part, extra=extra)
        there = self.phone.answer_invite()
        self.assertIn(f"sip:{shown}@", there.invite.get("From"))
        there.ring()
        call.expect(180)
        there.pick_up()
        call.established()
        there.request("BYE")
        call.is_hung_up()
        there.expect(200, method="BYE")
        record = self.server.wait_records(1, began)[0]
        self.assertEqual((record["result"], record["caller_number"], record["called_number"]),
                         ("answered", shown, "0211555101"))
        return record

    # Registration

    def test_registers_by_srv_and_password_and_calls_both_ways(self):
        self.ready(line("main", "prov.test"))
        now = self.status()["main"]
        self.assertEqual((now["server"], now["transport"]), (f"{self.provider.host}:{self.provider.port}", "UDP"))
        self.assertGreater(now["expires_at"], harness.now())
        invite, record = self.call_out("00221-9999", "+492219999")
        self.assertIn("sip:+49211555101@prov.test", invite.get("From"))
        self.assertIn("<sip:+49211555101@prov.test>", invite.get("P-Preferred-Identity"))
        self.assertIsNone(invite.get("Proxy-Authorization"))
        self.assertNotIn("101@127", invite.raw.decode(), "no internal number leaves the house")
        self.assertEqual(record["called_phone"], "main")
        # The account in the Request-URI, the number in P-Called-Party-ID (RFC 7315, 4.2), else the main number.
        self.call_in(self.carrier, "acct1", [("P-Called-Party-ID", "<sip:+49211555101@prov.test>")])
        self.call_in(self.carrier, "acct1")

    def test_naptr_leads_to_tcp(self):
        self.ready(line("tcp", "tcp.test"))
        self.assertEqual(self.status()["tcp"]["transport"], "TCP")
        self.call_out("0555999", "+49211555999")
        self.call_in(self.carrier, "acct1")

    def test_sha256(self):
        provider = self.kamailio("SHA-256", address(35))
        self.ready(line("sha", f"{provider.host}:{provider.port}"))
        self.assertIn("registered", self.cli("lines"))
        self.carrier.close()
        self.carrier = Phone(provider.sip_address, CARRIER, "carrier", port=self.carrier_port)
        self.addCleanup(self.carrier.close)
        self.call_out("0555999", "+49211555999")

    def test_refresh_before_the_provider_forgets(self):
        """This Kamailio grants 5 s, whatever it is asked for (RFC 3261, 10.2.4)."""
        provider = Kamailio(PROVIDER, address(36), algorithm="MD5", realm="prov.test", password=PASSWORD, max_expires=5,
                            min_expires=1, carrier_host=CARRIER, carrier_port=self.carrier_port)
        self.addCleanup(provider.close)
        self.ready(line("short", f"{provider.host}:{provider.port}"))
        first = self.status()["short"]["expires_at"]
        until(lambda: self.status()["short"]["expires_at"] > first, "a refresh", 8)
        self.assertEqual(self.status()["short"]["state"], "registered")

    def test_wrong_password(self):
        self.lines(line("wrong", "prov.test", password="nonsense"))
        self.assertIn("password is wrong", self.wait_state("wrong", "failed")["reason"])
        call = self.phone.invite("0555999")
        call.failed_with(480)

    def test_fail_over_to_the_second_srv_record(self):
        """RFC 3263, 4.3: nobody answers at the first one."""
        self.lines(line("half", "half.test"))
        now = self.wait_state("half", "registered", 15)
        self.assertEqual(now["server"], f"{self.provider.host}:{self.provider.port}")
        self.call_out("0555999", "+49211555999")

    def test_not_in_dns(self):
        self.lines(line("lost", "nobody.test"))
        self.assertIn("not found in DNS", self.wait_state("lost", "failed")["reason"])

    def test_removal_and_stop_take_the_registration_back(self):
        self.ready(line("main", "prov.test"))
        self.lines()
        call = self.carrier.invite("acct1")
        call.failed_with(404)
        self.ready(line("main", "prov.test"))
        self.server.restart()
        self.phone.close()
        self.phone = Phone(self.server.sip_address, address(11), "p1", "secret-of-p1")
        self.addCleanup(self.phone.close)
        self.phone.register()
        self.wait_state("main", "registered")
        self.call_in(self.carrier, "acct1")

    # A second Strowger is the provider. It believes voice only from the address our SDP names, as we do its.

    def strowger_provider(self):
        """anna is its subscriber."""
        provider = Server()
        self.addCleanup(provider.close)
        provider.start()
        provider.load({
            "settings": {"country_code": "49", "area_code": "211"},
            "phones": [password_phone("acct1"), password_phone("anna")],
            "users": [user(201, "acct1"), user(202, "anna")],
            "numbers": [{"number": "0211555202", "kind": "external", "user": "1202"}]})
        anna = Phone(provider.sip_address, address(12), "anna", "secret-of-anna")
        self.addCleanup(anna.close)
        anna.register()
        return provider, anna

    def tls_provider(self, name):
        """Its own certificate is for this name."""
        authority = Authority("Provider")
        self.addCleanup(authority.folder.cleanup)
        provider, anna = self.strowger_provider()
        provider.api("POST", "/api/certificates", own("own", *authority.issue(name, f"DNS:{name}")))
        # a line that comes before the certificate is in use fails, and tries again half a minute later
        until(lambda: authority.vouches_for((provider.host, provider.sips_port), name), "the provider shows its own")
        return provider, authority, anna

    def test_voice_between_two_strowgers(self):
        """On a machine with several addresses: the kernel would send all of it from 127.0.0.1."""
        provider, anna = self.strowger_provider()
        self.ready(line("udp", f"{provider.host}:{provider.sip_port}", transport="udp", password="secret-of-acct1"))
        self.assertEqual(self.status()["udp"]["transport"], "UDP")
        _, record = self.call_out("0555202", "+49211555202", anna, "anna")
        self.assertGreater(record["packets_to_caller"], 0)
        self.assertGreater(record["packets_to_called"], 0)

    def trust(self, authority):
        made = self.server.api("POST", "/api/certificates",
                               {"name": "provider", "kind": "authority", "certificate": authority.pem})
        self.addCleanup(self.server.request, "DELETE", f"/api/certificates/{made['id']}")

    def test_tls_with_the_right_certificate(self):
        provider, authority, anna = self.tls_provider("tls.test")
        self.trust(authority)
        self.ready(line("tls", f"tls.test:{provider.sips_port}", transport="tls", password="secret-of-acct1"))
        self.assertEqual(self.status()["tls"]["transport"], "TLS")
        self.call_out("0555202", "+49211555202", anna, "anna")

    def test_tls_with_a_certificate_for_somebody_else(self):
        """RFC 5922, 4: what SRV or A records say does not matter, the name that was entered does."""
        provider, authority, _ = self.tls_provider("other.test")
        self.trust(authority)
        self.lines(line("tls", f"tls.test:{provider.sips_port}", transport="tls", password="secret-of-acct1"))
        self.assertIn("no connection to", self.wait_state("tls", "failed", 15)["reason"])

    # Trust by address

    def direct(self, host):
        phone = Phone(self.server.sip_address, host, "carrier")
        self.addCleanup(phone.close)
        return phone

    def test_a_line_by_address(self):
        carrier = self.direct(address(41))
        self.ready(trusted("ip", f"{carrier.host}:{carrier.port}", number_format="zeros", identity="pai"))
        began = harness.now()
        call = self.phone.invite("0555999")
        there = carrier.answer_invite()
        self.assertIn("sip:0049211555999@", there.invite.start)
        self.assertIn("sip:0049211555101@", there.invite.get("P-Asserted-Identity"))
        there.reply(404)
        call.failed_with(404)
        self.server.wait_records(1, began)
        for called in ("+49211555101", "0049211555101", "49211555101", "0211555101", "555101"):
            self.call_in(carrier, called)

    def test_strangers_are_no_provider(self):
        carrier, stranger = self.direct(address(41)), self.direct(STRANGER)
        self.ready(trusted("ip", f"{carrier.host}:{carrier.port}"))
        call = stranger.invite("0211555101")
        call.failed_with(401)
        # and what comes from a provider does not go out again
        call = carrier.invite("00331234567")
        call.failed_with(404)

    def test_the_next_line_after_503_but_not_after_busy(self):
        first, second = self.direct(address(41)), self.direct(address(42))
        self.ready(trusted("first", f"{first.host}:{first.port}", position=1),
                   trusted("second", f"{second.host}:{second.port}", position=2))
        began = harness.now()
        call = self.phone.invite("0555999")
        there = first.answer_invite()
        there.reply(486)
        there.expect("ACK")
        call.failed_with(486)
        second.expect_nothing(0.2)
        call = self.phone.invite("0555999")
        there = first.answer_invite()
        there.reply(503, extra=[("Retry-After", "1")])
        there.expect("ACK")
        there = second.answer_invite()
        there.ring()
        call.expect(180)
        call.cancel()
        there.reply(200, there.expect("CANCEL"))
        there.reply(487)
        there.expect("ACK")
        call.failed_with(487)
        self.server.wait_records(2, began)

    def test_max_calls(self):
        carrier = self.direct(address(41))
        self.ready(trusted("ip", f"{carrier.host}:{carrier.port}", max_calls=1))
        began = harness.now()
        first = self.phone.invite("0555999")
        there = carrier.answer_invite()
        there.ring()
        first.expect(180)
        second = self.phone.invite("0555998")
        second.failed_with(480)
        third = carrier.invite("0211555101")
        third.failed_with(486)
        first.cancel()
        there.reply(200, there.expect("CANCEL"))
        there.reply(487)
        there.expect("ACK")
        first.failed_with(487)
        self.server.wait_records(2, began)
        self.call_in(carrier, "0211555101")

    def cli(self, *words):
        return subprocess.run([str(harness.build_root / "src/cli/strowger"), "--data", str(self.server.data), *words],
                              check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    harness.main()
