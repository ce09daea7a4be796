#!/usr/bin/env python3
"""The test of a line (LIN-2): a real Kamailio and a real dnsmasq, TLS servers of the test's own, a scripted provider."""
import json
import subprocess
from datetime import datetime, timezone

import harness
from dnsmasq import Dnsmasq
from harness import ApiError, Server, SystemTest, address, free_port, password_phone, until, user
from kamailio import PROVIDER, Kamailio
from sipphone import Phone
from test_transports import Authority, own

PASSWORD = "prov-secret"
CARRIER, SCRIPTED = address(41), address(42)
OVER_SECONDS = 60


def line(name, host, **more):
    return {"name": name, "host": host, "username": "acct1", "password": PASSWORD, "qualify_s": 0, "expires_s": 300,
            "main_number": "0211555101", **more}


def trusted(name, host, **more):
    return {"name": name, "host": host, "auth": "address", "register": False, "qualify_s": 0, **more}


class LineTest(SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.carrier_port = free_port(CARRIER)
        cls.kamailio = Kamailio(PROVIDER, address(40), algorithm="MD5", realm="prov.test", password=PASSWORD, max_expires=600,
                                min_expires=30, carrier_host=CARRIER, carrier_port=cls.carrier_port)
        cls.addClassCleanup(cls.kamailio.close)
        cls.dns = Dnsmasq([
            f"host-record=kam.test,{cls.kamailio.host}",
            f"srv-host=_sip._udp.prov.test,kam.test,{cls.kamailio.port},1,0",
            "naptr-record=prov.test,10,50,s,SIP+D2U,,_sip._udp.prov.test",
            f"host-record=tls.test,{address(1)}",
        ])
        cls.addClassCleanup(cls.dns.close)
        cls.OPTIONS = ("--dns", cls.dns.servers)
        super().setUpClass()

    @classmethod
    def config(cls):
        return {
            "settings": {"country_code": "49", "area_code": "211", "outside_prefix": "0"},
            "phones": [password_phone("p1")],
            "users": [user(101, "p1")],
            "numbers": [{"number": "0211555101", "kind": "external", "user": "1101"}],
        }

    def setUp(self):
        for old in self.server.api("GET", "/api/lines?per_page=100")["items"]:
            self.server.api("DELETE", f"/api/lines/{old['id']}")
        until(lambda: not self.server.api("GET", "/api/lines/status")["items"], "the old lines are gone")

    def phone(self, *args, **more):
        phone = Phone(self.server.sip_address, *args, **more)
        self.addCleanup(phone.close)
        return phone

    def make(self, one):
        self.id = self.server.api("POST", "/api/lines", one)["id"]
        until(lambda: self.server.api("GET", "/api/lines/status")["items"], "the line is known")
        return self.id

    def start(self, number=None):
        return self.server.api("POST", f"/api/lines/{self.id}/test", {"number": number})

    def state(self):
        return self.server.api("GET", f"/api/lines/{self.id}/test")

    def finished(self):
        return until(lambda: (lambda t: not t["running"] and t)(self.state()), "the test is over", OVER_SECONDS)

    def run_test(self, number=None):
        self.assertTrue(self.start(number)["running"])
        return self.finished()

    @staticmethod
    def steps(test, kind):
        return [step for step in test["steps"] if step["kind"] == kind]

    def only(self, test, kind):
        found = self.steps(test, kind)
        self.assertEqual(len(found), 1, test)
        return found[0]

    def test_a_good_line_is_looked_up_reached_registered_and_called(self):
        """LIN-2: every step says what it found; who picks up hears a tone, and the call ends by itself with its ladder."""
        carrier = Phone(self.kamailio.sip_address, CARRIER, "carrier", port=self.carrier_port)
        self.addCleanup(carrier.close)
        self.make(line("main", "prov.test"))
        with self.assertRaises(ApiError) as none:
            self.state()
        self.assertEqual(none.exception.status, 404)
        self.start("0221-9999")
        with self.assertRaises(ApiError) as twice:
            self.start()
        self.assertEqual((twice.exception.status, twice.exception.code), (409, "test_runs"))
        there = carrier.answer_invite()
        self.assertIn("sip:+492219999@", there.invite.start)
        self.assertIn("+49211555101", there.invite.get("From"))
        there.ring()
        until(lambda: self.steps(self.state(), "call")[0]["found"] == "180 Ringing", "the page sees it ring")
        there.pick_up()
        heard = there.phone.rtp.receive(5)
        self.assertEqual(len(heard), 172, "20 ms of a tone")
        there.is_hung_up(10)
        test = self.finished()
        self.assertEqual([(step["kind"], step["state"]) for step in test["steps"] if step["kind"] != "question"],
                         [("lookup", "ok"), ("server", "ok"), ("register", "ok"), ("call", "ok")], test)
        server = f"UDP {self.kamailio.host}:{self.kamailio.port}"
        questions = {step["subject"]: step["found"] for step in self.steps(test, "question")}
        self.assertEqual(questions["NAPTR prov.test"], "10 50 SIP+D2U _sip._udp.prov.test")
        self.assertEqual(questions["SRV _sip._udp.prov.test"], f"1 0 kam.test:{self.kamailio.port}")
        self.assertEqual(questions["A kam.test"], self.kamailio.host)
        self.assertEqual(self.only(test, "lookup")["found"], server)
        self.assertEqual(self.only(test, "server")["subject"], server)
        self.assertEqual(self.only(test, "register")["found"], "200 OK, 300 s")
        call = self.only(test, "call")
        self.assertEqual((call["found"], call["advice"]), ("200 OK", None))
        self.assertGreater(call["took_ms"], 4500)
        record = self.server.wait_records(1)[0]
        self.assertEqual((record["call_id"], record["result"], record["ended_by"], record["called_number"]),
                         (call["call_id"], "answered", "system", "+492219999"))
        for step, methods in ((call, ("INVITE", "BYE")), (self.only(test, "register"), ("REGISTER",)),
                              (self.only(test, "server"), ("OPTIONS",))):
            until(lambda: methods[-1] in self.trace(step), f"the ladder of {step['kind']} has {methods}")
            for method in methods:
                self.assertIn(method, self.trace(step))
        self.assertNotIn(PASSWORD, json.dumps(test))

    def trace(self, step):
        """All that was said, as text; empty until it is stored."""
        ids = [step["call_id"]] if step["call_id"] else [
            one["call_id"] for one in self.server.api("GET", f"/api/traces?call_id={step['sip_call_id']}")["items"]]
        try:
            return json.dumps([self.server.api("GET", f"/api/traces/{one}")["messages"] for one in ids])
        except ApiError:
            return ""

    def test_a_wrong_password_is_named_and_no_call_is_made(self):
        """LIN-2: errors say what to do; after the right password the same line works."""
        self.make(line("main", "prov.test", password="wrong-secret"))
        test = self.run_test("0221-9999")
        step = self.steps(test, "register")[-1]
        self.assertEqual((step["state"], step["advice"]), ("failed", "wrong_password"), test)
        self.assertIn("password", step["text"])
        call = self.only(test, "call")
        self.assertEqual((call["state"], call["advice"]), ("skipped", "no_step_before"))
        self.server.api("PATCH", f"/api/lines/{self.id}", {"password": PASSWORD})
        until(lambda: self.server.api("GET", "/api/lines/status")["items"][0]["state"] == "registered", "it registers")
        self.assertEqual(self.steps(self.run_test(), "register")[-1]["state"], "ok")

    def test_a_name_that_does_not_exist(self):
        """LIN-2: a typing error in the host is found at the first step."""
        self.make(line("main", "nowhere.test"))
        test = self.run_test()
        self.assertEqual((self.only(test, "lookup")["state"], self.only(test, "lookup")["advice"]), ("failed", "name_unknown"))
        self.assertEqual(self.only(test, "register")["state"], "skipped")
        self.assertEqual(self.steps(test, "server"), [])

    def test_nobody_listens_by_udp_and_tcp(self):
        """LIN-2: silence and a refused connection are told apart."""
        port = free_port(SCRIPTED)
        for transport, advice in (("udp", "no_answer"), ("tcp", "no_connection")):
            with self.subTest(transport):
                self.setUp()
                self.make(trusted("main", f"{SCRIPTED}:{port}", transport=transport))
                test = self.run_test()
                self.assertEqual(self.only(test, "server")["advice"], advice, test)
                self.assertEqual(self.only(test, "register")["advice"], "by_address")

    def test_a_certificate_is_shown_and_a_refused_one_is_explained(self):
        """LIN-2: TLS shows subject, issuer and end; an authority nobody knows is refused, and says why."""
        authority = Authority("Provider")
        self.addCleanup(authority.folder.cleanup)
        provider = Server()
        self.addCleanup(provider.close)
        provider.start()
        certificate = own("own", *authority.issue("tls.test", "DNS:tls.test", days=60))
        provider.api("POST", "/api/certificates", certificate)
        until(lambda: authority.vouches_for((provider.host, provider.sips_port), "tls.test"), "the provider shows its own")
        self.make(trusted("main", f"tls.test:{provider.sips_port}", transport="tls"))
        step = self.only(self.run_test(), "server")
        self.assertEqual((step["state"], step["advice"]), ("failed", "certificate_refused"), step)
        self.assertIn("issuer", step["found"])
        self.shows(step)
        made = self.server.api("POST", "/api/certificates",
                               {"name": "provider", "kind": "authority", "certificate": authority.pem})
        self.addCleanup(self.server.request, "DELETE", f"/api/certificates/{made['id']}")
        step = until(lambda: (lambda one: one["state"] == "ok" and one)(self.only(self.run_test(), "server")),
                     "the authority is known", OVER_SECONDS)
        self.shows(step)
        self.assertEqual(step["found"], "200 OK")
        self.server.api("PATCH", f"/api/lines/{self.id}", {"host": f"{provider.host}:{provider.sips_port}"})
        step = until(lambda: [one for one in self.steps(self.run_test(), "server") if one["state"] != "ok"],
                     "the line has its new host", OVER_SECONDS)[0]
        self.assertEqual(step["advice"], "certificate_refused", step)
        self.assertIn(f"not for {provider.host}", step["found"])

    def shows(self, step):
        shown = step["certificate"]
        self.assertEqual((shown["subject"], shown["issuer"]), ("CN=tls.test", "CN=Provider"))
        days = (datetime.fromisoformat(shown["until"]) - datetime.now(timezone.utc)).days
        self.assertEqual(days, 59)

    def test_what_the_called_one_says(self):
        """LIN-2: busy is a working line, a refused number is not; emergency numbers are not called."""
        carrier = self.phone(SCRIPTED, "carrier")
        self.make(trusted("main", f"{SCRIPTED}:{carrier.port}"))
        for status, state, advice in ((486, "ok", "called_busy"), (404, "failed", "called_unknown"),
                                      (403, "failed", "call_forbidden"), (480, "warning", "called_silent"),
                                      (503, "failed", "call_failed")):
            with self.subTest(status):
                self.start("0221-9999")
                there = carrier.answer_invite()
                there.reply(status, reason="Because")
                there.expect("ACK")
                call = self.only(self.finished(), "call")
                self.assertEqual((call["state"], call["advice"]), (state, advice), call)
                self.assertIn(str(status), call["found"])
        for number, code in (("112", "not_for_emergency"), ("0112", "not_for_emergency"), ("hello", "not_public")):
            with self.assertRaises(ApiError) as refused:
                self.start(number)
            self.assertEqual((refused.exception.status, refused.exception.code), (422, code), number)

    def test_the_command_line_shows_it(self):
        """LIN-2: strowger line-test waits for the end; its status is that of the test."""
        self.make(line("main", "prov.test"))
        out = self.run_cli("line-test", "main", status=0)
        self.assertIn("_sip._udp.prov.test", out)
        self.assertIn("200 OK, 300 s", out)
        self.server.api("PATCH", f"/api/lines/{self.id}", {"password": "wrong-secret"})
        until(lambda: self.server.api("GET", "/api/lines/status")["items"][0]["state"] != "registered", "it tries anew")
        self.assertIn("does not accept user name and password", self.run_cli("line-test", "main", status=1))

    def run_cli(self, *arguments, status):
        tool = self.server.build / "src/cli/strowger"
        out = subprocess.run([tool, "--data", self.server.data, *arguments], capture_output=True, text=True, timeout=60,
                             stdin=subprocess.DEVNULL)
        self.assertEqual(out.returncode, status, out.stdout + out.stderr)
        return out.stdout


if __name__ == "__main__":
    harness.main()
