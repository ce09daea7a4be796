#!/usr/bin/env python3
"""Providers as they really are (LIN-1, LIN-2, LIN-4): SIPp registers us with a challenge, sends early media, odd numbers,
redirections, overload, silence; it comes and goes. A pair of Kamailios loses one. The lines recover by themselves."""
import os
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import harness
from dnsmasq import Dnsmasq
from harness import SystemTest, address, free_port, password_phone, until, user
from kamailio import PROVIDER, Kamailio
from sipphone import Phone, sdp_target, talks

PASSWORD = "prov-secret"
PATIENCE_SECONDS = 12  # a caller does not wait longer for another line to be tried

# One script for everything a provider is asked: a new Call-ID begins with REGISTER or INVITE. A registration is challenged,
# and its proof is verified by SIPp itself; {answer} is what calls get.
PROVIDER_XML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<scenario name="provider">
  <recv request="REGISTER" optional="true" next="registration"/>
  <recv request="INVITE"/>
{answer}
  <nop next="over"/>

  <label id="registration"/>
  <send><![CDATA[
SIP/2.0 401 Unauthorized
[last_Via:]
[last_From:]
[last_To:];tag=p[call_number]
[last_Call-ID:]
[last_CSeq:]
WWW-Authenticate: Digest realm="storm.test", nonce="n[call_number]x[pid]", algorithm=MD5, qop="auth"
Content-Length: 0

]]></send>
  <recv request="REGISTER"><action>
    <verifyauth assign_to="proved" username="acct1" password="{password}"/>
    <ereg regexp="&lt;[^&gt;]*&gt;" search_in="hdr" header="Contact:" assign_to="contact"/>
  </action></recv>
  <nop test="proved" next="accepted"/>
  <send><![CDATA[
SIP/2.0 403 Forbidden
[last_Via:]
[last_From:]
[last_To:];tag=p[call_number]
[last_Call-ID:]
[last_CSeq:]
Content-Length: 0

]]></send>
  <nop next="over"/>
  <label id="accepted"/>
  <send><![CDATA[
SIP/2.0 200 OK
[last_Via:]
[last_From:]
[last_To:];tag=p[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: [$contact];expires={expires_s}
Content-Length: 0

]]></send>
  <label id="over"/>
</scenario>
"""

HEAD = """[last_Via:]
[last_From:]
[last_To:];tag=c[call_number]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:carrier@[local_ip]:[local_port]>"""

VOICE = """Content-Type: application/sdp
Content-Length: [len]

v=0
o=- 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8
a=rtpmap:8 PCMA/8000
"""


def send(status, more="Content-Length: 0\n\n"):
    return f"  <send><![CDATA[\nSIP/2.0 {status}\n{HEAD}\n{more}]]></send>\n"


def refusal(status, extra=""):
    return send(status, f"{extra}Content-Length: 0\n\n") + '  <recv request="ACK"/>\n'


TALK = (send("183 Session Progress", VOICE) + '  <pause milliseconds="500"/>\n' + send("200 OK", VOICE) +
        '  <recv request="ACK"/>\n  <recv request="BYE"/>\n' + send("200 OK").replace(";tag=c[call_number]", ""))
BUSY_LINE = {"503": refusal("503 Overload", "Retry-After: 2\n"), "500": refusal("500 Broken")}
MOVED = send("302 Moved", "Content-Length: 0\n\n").replace("sip:carrier@", "sip:+49221777@") + '  <recv request="ACK"/>\n'


class Provider:
    """SIPp that serves registrations and calls until it is killed. RTP comes back as it was sent."""

    def __init__(self, host, port, answer=TALK, expires_s=6, password=PASSWORD):
        self.folder = tempfile.TemporaryDirectory(prefix="strowger-provider-")
        folder = Path(self.folder.name)
        self.host, self.port = host, port
        scenario = folder / "provider.xml"
        scenario.write_text(PROVIDER_XML.format(answer=answer, expires_s=expires_s, password=password))
        self.messages, self.output = folder / "messages", folder / "output"
        media = free_port(host, 2)  # sound, and a picture two above
        with self.output.open("w") as said:
            self.process = subprocess.Popen(
                ["sipp", "-sf", str(scenario), "-i", host, "-p", str(port), "-mi", host, "-mp", str(media),
                 "-nostdin", "-deadcall_wait", "0", "-rtp_echo", "-aa", "-trace_msg", "-message_file", str(self.messages),
                 "-trace_err", "-error_file", str(folder / "errors")],
                cwd=folder, stdout=said, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        octets = "%08X:%04X" % (int.from_bytes(bytes(map(int, host.split("."))), "little"), port)
        until(lambda: self.process.poll() is not None or octets in Path("/proc/net/udp").read_text(), "SIPp listens")
        if self.process.poll() is not None:
            raise AssertionError(f"SIPp ended with {self.process.returncode}: {self.output.read_text(errors='replace')[-500:]}")

    def said(self, text):
        return self.messages.exists() and self.messages.read_text(errors="replace").count(text)

    def stop(self):
        """Deaf, but its port stays taken: nobody says that it is gone."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.folder.cleanup()


class ProviderStorm(SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.carrier_port = free_port(address(61))
        cls.pair_port = free_port(address(60))
        cls.dns = Dnsmasq([f"host-record=one.test,{address(62)}", f"host-record=two.test,{address(63)}"])
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
        self.phone = Phone(self.server.sip_address, address(11), "p1", "secret-of-p1")
        self.addCleanup(self.phone.close)
        self.phone.register()
        self.addCleanup(self.phone.register, 0)
        self.no_lines()

    def no_lines(self):
        for old in self.server.api("GET", "/api/lines?per_page=100")["items"]:
            self.server.api("DELETE", f"/api/lines/{old['id']}")
        until(lambda: not self.status(), "the old lines are gone")

    def provider(self, host, port=None, **more):
        one = Provider(address(host), port or free_port(address(host)), **more)
        self.addCleanup(one.close)
        return one

    def line(self, name, provider, position=1, **more):
        self.server.api("POST", "/api/lines", {
            "name": name, "host": f"{provider.host}:{provider.port}", "transport": "udp", "username": "acct1",
            "password": PASSWORD, "qualify_s": 0, "main_number": "0211555101", "position": position, **more})

    def status(self):
        return {one["line"]: one for one in self.server.api("GET", "/api/lines/status")["items"]}

    def wait_state(self, name, state, seconds=20):
        return until(lambda: self.status().get(name, {}).get("state") == state and self.status()[name],
                     f"line {name} is {state}", seconds)

    def talk(self, dialled="0555999", by=None, seconds=PATIENCE_SECONDS):
        """A whole call; returns how long it took to be answered."""
        began, since = time.monotonic(), harness.now()
        call = self.phone.invite(dialled)
        answer = call.established(seconds)
        waited = time.monotonic() - began
        rtp = call.phone.rtp
        talks(rtp, sdp_target(answer.body), rtp, b"echo" * 40)
        call.hang_up()
        record = self.server.wait_records(1, since)[0]
        self.assertEqual((record["result"], record["called_phone"]), ("answered", by or record["called_phone"]))
        return waited

    def test_registration_with_proof_and_early_media(self):
        """LIN-2: SIPp verifies our answer to its challenge; what the provider plays before the answer is heard."""
        provider = self.provider(62)
        self.line("main", provider)
        self.wait_state("main", "registered")
        call = self.phone.invite("0555999")
        early = call.expect(183, seconds=PATIENCE_SECONDS)
        rtp = call.phone.rtp
        talks(rtp, sdp_target(early.body), rtp, b"soon" * 40)
        call.established()
        call.hang_up()
        self.server.wait_idle()
        # It grants six seconds: the line comes again in time, with a new proof each time.
        until(lambda: provider.said("SIP/2.0 200 OK") >= 5 and provider.said("REGISTER sip:") >= 6, "the line refreshes", 20)
        self.assertEqual(self.status()["main"]["state"], "registered")
        self.assertFalse(provider.said("SIP/2.0 403"))

    def test_overload_redirection_and_breakage_take_the_next_line(self):
        """LIN-2, RTG-3: 503 with Retry-After and 500 lead to the next line at once; a 302 is an end and leads nowhere."""
        second = self.provider(63)
        for name, answer in BUSY_LINE.items():
            with self.subTest(name):
                self.no_lines()
                first = self.provider(62, answer=answer)
                self.line("first", first)
                self.line("second", second, position=2)
                self.wait_state("first", "registered")
                self.wait_state("second", "registered")
                self.assertLess(self.talk(by="second"), 5)
                self.assertEqual(first.said(f"SIP/2.0 {name}"), 1)
                first.close()
                first = self.provider(62, port=first.port)
                until(lambda: first.said("REGISTER sip:"), "the line registers at what came back", 20)
                self.wait_state("first", "registered")
                self.talk(by="first")
        self.no_lines()
        self.line("first", self.provider(62, answer=MOVED))
        self.line("second", second, position=2)
        self.wait_state("first", "registered")
        self.wait_state("second", "registered")
        before = second.said("INVITE sip:")
        call = self.phone.invite("0555999")
        self.assertGreaterEqual(call.expect((302, 404, 480), method="INVITE").status, 300)
        self.assertEqual(second.said("INVITE sip:"), before)

    def test_a_silent_provider_costs_seconds_not_half_a_minute(self):
        """LIN-2: a provider that is dead between two registrations; the next line is asked while the caller still waits."""
        first, second = self.provider(62, expires_s=300), self.provider(63, expires_s=300)
        self.line("first", first)
        self.line("second", second, position=2)
        self.wait_state("first", "registered")
        self.wait_state("second", "registered")
        first.stop()
        self.addCleanup(first.go_on)
        waited = self.talk(by="second")
        self.assertGreater(waited, 4, "the first line got its chance")

    def test_a_provider_that_comes_and_goes(self):
        """LIN-2: three times away and back: each time the line is out of order, calls go by the other, and it comes back."""
        port, second = free_port(address(62)), self.provider(63, expires_s=300)
        first = self.provider(62, port=port)
        self.line("first", first, expires_s=60)
        self.line("second", second, position=2)
        self.wait_state("first", "registered")
        self.wait_state("second", "registered")
        for _ in range(2):
            first.close()
            self.talk(by="second")
            first = self.provider(62, port=port)
            self.wait_state("first", "registered", 60)
            until(lambda: first.said("200 OK"), "it has registered at what came back", 60)
            self.talk(by="first")

    def test_odd_numbers_of_the_called(self):
        """LIN-4: whatever form the provider's number of ours has, and wherever it stands, the right user rings."""
        carrier = Phone(self.server.sip_address, address(64), "carrier")
        self.addCleanup(carrier.close)
        self.server.api("POST", "/api/lines", {"name": "ip", "host": f"{carrier.host}:{carrier.port}", "auth": "address",
                                               "username": "acct1", "register": False, "qualify_s": 0,
                                               "main_number": "0211555102"})
        self.wait_state("ip", "address")
        for user_part, header in (("+49211555101", None), ("0049211555101", None), ("49211555101", None), ("0211555101", None),
                                  ("211555101", None), ("555101", None), ("+49-211-555-101", None), ("0211%20555101", None),
                                  ("acct1", "<sip:+49211555101@prov.test>"), ("acct1", "<tel:+49-211-555-101>"),
                                  ("acct1", '"Zentrale" <sip:0211555101;phone-context=+49@prov.test;user=phone>'),
                                  ("acct1", "<sip:+49%32%31%31555101@prov.test>;x=1")):
            with self.subTest(user_part=user_part, header=header):
                call = carrier.invite(user_part, extra=[("P-Called-Party-ID", header)] if header else [])
                there = self.phone.answer_invite()
                there.reply(486)
                there.expect("ACK")
                call.failed_with(486)

    def test_a_call_survives_the_loss_of_a_registrar(self):
        """LIN-2: two registrars behind one name: when one of them dies the call through the other goes on, and the line works."""
        self.dns.close()
        pair = []
        for host in (65, 66):
            pair.append(Kamailio(PROVIDER, address(host), algorithm="MD5", realm="prov.test", password=PASSWORD, max_expires=60,
                                 min_expires=10, carrier_host=address(61), carrier_port=self.carrier_port))
            self.addCleanup(pair[-1].close)
        carrier = Phone(pair[0].sip_address, address(61), "carrier", port=self.carrier_port)
        self.addCleanup(carrier.close)
        proxies = ", ".join(f"{one.host}:{one.port}" for one in pair)
        self.line("main", pair[0], transport="udp", qualify_s=2, expires_s=60, proxy=proxies)
        self.assertIn(pair[0].host, self.wait_state("main", "registered")["server"])
        call = self.phone.invite("0555999")
        there = carrier.answer_invite()
        there.ring()
        there.pick_up()
        answer = call.established()
        os.killpg(pair[0].process.pid, signal.SIGKILL)
        pair[0].process.wait()
        until(lambda: pair[1].host in (self.status()["main"]["server"] or "") and
              self.status()["main"]["state"] == "registered", "it moves on", 40)
        talks(self.phone.rtp, sdp_target(answer.body), there.phone.rtp, b"p" * 160)
        self.assertEqual(len(self.server.calls()), 1, "nobody has been cut off")
        self.server.api("POST", f"/api/calls/{self.server.calls()[0]['call_id']}/hangup")
        call.is_hung_up()


if __name__ == "__main__":
    harness.main()
