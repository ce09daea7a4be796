#!/usr/bin/env python3
"""Every transport, IPv4 and IPv6: register and call over UDP, TCP, TLS, WebSocket and secure WebSocket; certificates that
change while a call is up; who is not let in (RFC 3261 18 and 26, RFC 7118, RFC 5626 3.5.1)."""
import itertools
import random
import socket
import ssl
import subprocess
import tempfile
import unittest
from pathlib import Path

import harness
import wire
from harness import ApiError, Server, SystemTest, address, password_phone, until, user
from sipphone import Message, Phone, sdp, sdp_target, talks

CALLER, CALLED = address(11), address(12)
TRANSPORTS = ("udp", "tcp", "tls", "ws", "wss")


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """A certification authority of the test, in a folder of its own."""

    def __init__(self, name="Test Authority"):
        self.folder = tempfile.TemporaryDirectory(prefix="strowger-ca-")
        self.path = Path(self.folder.name)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                f"/CN={name}", "-keyout", self.path / "ca.key", "-out", self.path / "ca.pem")

    @property
    def pem(self):
        return (self.path / "ca.pem").read_text()

    def issue(self, name, alternatives, days=60):
        """Paths of a new certificate and its key."""
        cert, key, request = (self.path / f"{name}.{end}" for end in ("pem", "key", "csr"))
        extensions = self.path / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternatives}\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.path / "ca.pem", "-CAkey", self.path / "ca.key",
                "-CAcreateserial", "-days", days, "-extfile", extensions, "-out", cert)
        return cert, key

    def context(self):
        return ssl.create_default_context(cafile=str(self.path / "ca.pem"))

    def vouches_for(self, server, name):
        """The server shows a certificate of this authority for the name."""
        try:
            with wire.connect("tls", server, server[0], tls=self.context(), name=name):
                return True
        except ssl.SSLCertVerificationError:
            return False


def own(name, cert, key):
    return {"name": name, "kind": "own", "certificate": cert.read_text(), "key": key.read_text()}


def call(test, server, caller, called):
    """A call from one to the other with audio both ways, ended by the caller."""
    dialog = caller.invite("102")
    try:
        answered = called.answer_invite()
    except AssertionError as failure:
        raise AssertionError(f"{failure}; the caller got {caller.receive(1)}, {caller.receive(1)}") from None
    answered.ring()
    dialog.expect(180)
    answered.pick_up()
    answer = dialog.established()
    talks(caller.rtp, sdp_target(answer.body), called.rtp, b"\xd5" * 160)
    talks(called.rtp, sdp_target(answered.invite.body), caller.rtp, b"\x55" * 160)
    dialog.request("BYE")
    dialog.expect(200, method="BYE")
    answered.reply(200, called.expect("BYE", answered.call_id))
    server.wait_idle()


class Transports(SystemTest):
    # Over WebSocket a phone is taken for a browser, which encrypts, unless it is set to never do so.
    CONFIG = {"phones": [password_phone("anna", srtp="off"), password_phone("bernd", srtp="off")],
              "users": [user(101, "anna"), user(102, "bernd")]}

    def phone(self, name, transport, **more):
        host = CALLER if name == "anna" else CALLED
        phone = Phone((self.server.host, self.server.port_of(transport)), host, name, f"secret-of-{name}", transport, **more)
        self.addCleanup(phone.close)
        phone.register()
        return phone

    def shown(self):
        return {(item["phone"], item["transport"].lower()) for item in self.server.registrations()}

    def test_a_call_between_all_transports(self):
        for one, other in itertools.product(TRANSPORTS, repeat=2):
            with self.subTest(caller=one, called=other):
                anna, bernd = self.phone("anna", one), self.phone("bernd", other)
                call(self, self.server, anna, bernd)
                until(lambda: {("anna", one), ("bernd", other)} <= self.shown(), "both are shown with their transport")
                for phone in (anna, bernd):
                    phone.register(expires=0)
                    phone.close()

    def test_all_listeners_are_shown(self):
        shown = {(item["transport"], item["address"]) for item in self.server.api("GET", "/api/status")["listening"]
                 if item["service"] == "sip"}
        self.assertEqual(shown, {(name, f"{self.server.host}:{self.server.port_of(name)}") for name in TRANSPORTS})

    def test_a_phone_is_told_the_port_of_its_transport(self):
        phone = self.server.api("GET", "/api/phones?search=anna")["items"][0]["id"]
        self.addCleanup(self.server.api, "PATCH", f"/api/phones/{phone}", {"transport": "udp"})
        self.server.api("PATCH", f"/api/phones/{phone}", {"transport": "tls"})
        account = self.server.api("GET", f"/api/phones/{phone}/sip-account")
        self.assertEqual(account["port"], self.server.sips_port)
        self.assertTrue(account["uri"].endswith(f":{self.server.sips_port};transport=tls"))

    def test_keep_alives_are_answered(self):
        """RFC 5626 3.5.1: CR LF CR LF gets CR LF on every stream."""
        for transport in wire.STREAMS:
            with self.subTest(transport):
                phone = self.phone("anna", transport)
                phone.send_raw(b"\r\n\r\n")
                phone.sock.settimeout(5)
                expected = b"\x81\x02\r\n" if transport in wire.WEBSOCKETS else b"\r\n"
                self.assertEqual(phone.sock.recv(100), expected)

    def test_stun_beside_sip(self):
        """RFC 5626 4.4.2: a Binding request on the SIP port tells the phone its address."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((CALLER, 0))
            sock.settimeout(5)
            sock.sendto(bytes.fromhex("000100002112a442") + b"abcdefghijkl", self.server.sip_address)
            answer = sock.recv(1000)
            self.assertEqual(answer[:2] + answer[4:20], bytes.fromhex("01012112a442") + b"abcdefghijkl")
            port = sock.getsockname()[1] ^ 0x2112
            self.assertIn(bytes.fromhex("0020000800 01".replace(" ", "")) + port.to_bytes(2, "big"), answer)

    def large_sdp(self, phone):
        """Too large for a datagram once it is in an INVITE (RFC 3261 18.1.1: 1,300 bytes)."""
        return sdp(phone.host, phone.open_rtp().port, extra="".join(f"a=x-{number}:{'y' * 60}\r\n" for number in range(20)))

    def switched(self, to):
        return self.server.metrics().get(f'strowger_sip_switched_total{{to="{to}"}}', 0)

    def test_a_large_invite_goes_by_tcp(self):
        anna, bernd = self.phone("anna", "tcp"), self.phone("bernd", "udp")
        with socket.create_server((bernd.host, bernd.port)) as listener:
            listener.settimeout(5)
            dialog = anna.invite("102", self.large_sdp(anna))
            stream, _ = listener.accept()
            with stream:
                stream.settimeout(5)
                text = b""
                while b"y\r\n" not in text or len(text) < 1300:
                    text += stream.recv(65536)
                invite = Message(text)
                self.assertTrue(invite.get("Via").startswith("SIP/2.0/TCP "))
                lines = [f"{name}: {invite.get(name)}" for name in ("Via", "From", "To", "Call-ID", "CSeq")]
                stream.sendall("\r\n".join(["SIP/2.0 486 Busy", *lines, "Content-Length: 0", "", ""]).encode())
                dialog.failed_with(486)
                while b"ACK sip:" not in text:
                    text += stream.recv(65536)
        bernd.expect_nothing(0.2)

    def test_a_large_invite_to_a_phone_without_tcp(self):
        """Refused, it comes by UDP at once, and the call is made."""
        before = self.switched("udp")
        anna, bernd = self.phone("anna", "tls"), self.phone("bernd", "udp")
        dialog = anna.invite("102", self.large_sdp(anna))
        answered = bernd.answer_invite(seconds=1)
        self.assertTrue(answered.invite.get("Via").startswith("SIP/2.0/UDP "))
        answered.pick_up()
        dialog.established()
        dialog.request("BYE")
        dialog.expect(200, method="BYE")
        answered.reply(200, bernd.expect("BYE", answered.call_id))
        until(lambda: self.switched("udp") > before, "the fall-back is counted")

    def test_metrics_count_each_transport(self):
        def handshakes():
            return self.server.metrics().get('strowger_net_tls_handshakes_total{transport="wss"}', 0)

        before = handshakes()
        self.phone("anna", "wss")
        until(lambda: handshakes() > before, "the handshake is counted")

    def test_what_is_no_tls_is_closed(self):
        for port in (self.server.sips_port, self.server.wss_port):
            with socket.create_connection((self.server.host, port), source_address=(CALLER, 0)) as sock:
                sock.sendall(b"OPTIONS sip:x SIP/2.0\r\n\r\n")
                sock.settimeout(5)
                while sock.recv(1000):  # an alert, then the end
                    pass

    def test_a_broken_websocket_is_closed(self):
        phone = self.phone("anna", "ws")
        phone.sock.sendall(b"\x81\x05Hello")  # not masked: RFC 6455 5.1
        phone.sock.settimeout(5)
        self.assertEqual(phone.sock.recv(100), b"\x88\x02\x03\xea")  # 1002
        self.assertEqual(phone.sock.recv(100), b"")


class Certificates(SystemTest):
    CONFIG = Transports.CONFIG

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.authority = Authority()
        cls.addClassCleanup(cls.authority.folder.cleanup)

    def shown(self, sni=None):
        """The names in the certificate that a phone is shown now."""
        sock = wire.connect("tls", (self.server.host, self.server.sips_port), CALLER, tls=None, name=sni)
        with sock:
            der = sock.getpeercert(binary_form=True)
        text = subprocess.run(["openssl", "x509", "-inform", "der", "-noout", "-ext", "subjectAltName"], input=der,
                              capture_output=True, check=True).stdout.decode()
        return text

    def add(self, body):
        made = self.server.api("POST", "/api/certificates", body)
        self.addCleanup(self.server.request, "DELETE", f"/api/certificates/{made['id']}")
        return made

    def test_the_first_start_makes_one(self):
        certificate = self.server.api("GET", "/api/certificates")["items"][0]
        self.assertTrue(certificate["automatic"])
        self.assertIn(self.server.host, certificate["hosts"].split(", "))
        self.assertNotIn("key", certificate)
        until(lambda: f"IP Address:{self.server.host}" in self.shown(), "those of other tests are gone, it is shown")

    def test_bad_ones_are_refused_in_words(self):
        cert, key = self.authority.issue("good", "DNS:good.example")
        _, other_key = self.authority.issue("other", "DNS:other.example")
        for body, field in ((dict(own("x", cert, key), certificate="hello"), "certificate"),
                            (dict(own("x", cert, other_key)), "key"),
                            ({"name": "x", "kind": "own", "certificate": cert.read_text()}, "key"),
                            ({"name": "x", "kind": "authority", "certificate": cert.read_text()}, "certificate")):
            with self.subTest(field=field), self.assertRaises(ApiError) as caught:
                self.server.api("POST", "/api/certificates", body)
            self.assertEqual(caught.exception.status, 422)
            self.assertEqual(caught.exception.body["error"]["field"], field)
            self.assertNotIn("PRIVATE KEY", str(caught.exception.body))

    def test_a_new_certificate_during_a_call(self):
        """Everybody who connects sees it at once; the call over TLS goes on and is hung up in order."""
        server = (self.server.host, self.server.sips_port)
        anna = Phone(server, CALLER, "anna", "secret-of-anna", "tls")
        bernd = Phone(server, CALLED, "bernd", "secret-of-bernd", "tls")
        self.addCleanup(anna.close)
        self.addCleanup(bernd.close)
        anna.register()
        bernd.register()
        dialog = anna.invite("102")
        answered = bernd.answer_invite()
        answered.pick_up()
        dialog.established()
        made = self.add(own("bought", *self.authority.issue("pbx", f"DNS:pbx.example,IP:{self.server.host}")))
        self.assertEqual(made["hosts"], f"pbx.example, {self.server.host}")
        until(lambda: "DNS:pbx.example" in self.shown(), "the new certificate is shown")
        context = self.authority.context()
        wire.connect("tls", server, CALLER, tls=context, name="pbx.example").close()
        self.assertEqual(len(self.server.calls()), 1)
        dialog.reinvite("sendonly")
        answered.invite = bernd.expect("INVITE", answered.call_id)
        answered.pick_up()
        dialog.established()
        dialog.request("BYE")
        dialog.expect(200, method="BYE")
        answered.reply(200, bernd.expect("BYE", answered.call_id))
        self.server.wait_idle()
        self.assertNotIn("PRIVATE KEY", self.server.log_text())

    def test_the_command_line_adds_one_from_files(self):
        cert, key = self.authority.issue("cli", "DNS:cli.example")

        def strowger(*arguments):
            return subprocess.run([self.server.build / "src/cli/strowger", "--data", self.server.data, "certificates",
                                   *arguments], check=True, capture_output=True, text=True).stdout

        strowger("add", "name=cli", f"certificate=@{cert}", f"key=@{key}")
        self.addCleanup(strowger, "delete", "@cli")
        self.assertIn("cli.example", strowger("list"))
        self.assertNotIn("PRIVATE", strowger("show", "@cli"))

    def test_an_end_is_announced(self):
        for days, word in ((20, "warn"), (5, "error")):
            self.add(own(f"short{days}", *self.authority.issue(f"short{days}", "DNS:short.example", days)))
            until(lambda: [line for line in self.server.log_text().splitlines()
                           if f" {word} " in line and f"'short{days}' ends in {days - 1} days" in line], f"{days} days", 5)

    def test_names_choose_among_certificates(self):
        self.add(own("first", *self.authority.issue("one", "DNS:one.example")))
        self.add(own("second", *self.authority.issue("two", "DNS:*.two.example")))
        until(lambda: "one.example" in self.shown("one.example"), "the first is shown")
        until(lambda: "two.example" in self.shown("berlin.two.example"), "the second is shown")
        self.assertIn("one.example", self.shown("unknown.example"))

    def test_phones_must_show_a_certificate(self):
        """tls_client_certificate: required lets in whom a trusted authority knows, and nobody else."""
        self.add({"name": "authority", "kind": "authority", "certificate": self.authority.pem})
        self.addCleanup(self.server.api, "PATCH", "/api/settings", {"tls_client_certificate": "none"})
        self.server.api("PATCH", "/api/settings", {"tls_client_certificate": "required"})
        server = (self.server.host, self.server.sips_port)

        def gets_in(context):
            """TLS 1.3 tells a client after its handshake only: so ask for an answer."""
            try:
                with wire.connect("tls", server, CALLER, tls=context) as sock:
                    sock.settimeout(5)
                    sock.sendall(b"\r\n\r\n")
                    return sock.recv(10) == b"\r\n"
            except (ssl.SSLError, ConnectionError):
                return False

        until(lambda: not gets_in(wire.any_certificate()), "a phone without certificate stays out")
        known, stranger, somebody = wire.any_certificate(), wire.any_certificate(), Authority("Somebody Else")
        known.load_cert_chain(*self.authority.issue("phone", "DNS:phone"))
        stranger.load_cert_chain(*somebody.issue("phone", "DNS:phone"))
        self.assertTrue(gets_in(known))
        self.assertFalse(gets_in(stranger))

    def test_old_versions_are_refused(self):
        self.addCleanup(self.server.api, "PATCH", "/api/settings", {"tls_min_version": "1.2"})
        self.server.api("PATCH", "/api/settings", {"tls_min_version": "1.3"})

        def version(highest):
            context = wire.any_certificate()
            context.maximum_version = highest
            try:
                with wire.connect("tls", (self.server.host, self.server.sips_port), CALLER, tls=context) as sock:
                    return sock.version()
            except (ssl.SSLError, ConnectionError):
                return None

        until(lambda: version(ssl.TLSVersion.TLSv1_2) is None, "TLS 1.2 is refused")
        self.assertEqual(version(ssl.TLSVersion.TLSv1_3), "TLSv1.3")


class DualStackServer(Server):
    """On all addresses of both families."""

    def __init__(self, *options):
        super().__init__(*options)
        self.host = "::"
        self.sip_port, self.sips_port, self.ws_port, self.wss_port, self.http_port = (self.free() for _ in range(5))

    @staticmethod
    def free():
        while True:
            port = random.randrange(2100, 9900, 2)
            try:
                for host in ("0.0.0.0", "::"):
                    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                        with socket.socket(wire.family(host), kind) as probe:
                            if host == "::":
                                probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                            probe.bind((host, port))
                return port
            except OSError:
                continue


class DualStack(SystemTest):
    CONFIG = Transports.CONFIG

    @classmethod
    def setUpClass(cls):
        cls.server = DualStackServer()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.server.load(cls.config())

    def test_calls_within_and_between_families(self):
        hosts = {"v4": (address(1), address(11)), "v6": ("::1", "::1")}
        for transport in TRANSPORTS:
            for one, other in (("v6", "v6"), ("v4", "v6"), ("v6", "v4")):
                with self.subTest(transport=transport, caller=one, called=other):
                    anna, bernd = (Phone((hosts[way][0], self.server.port_of(transport)), hosts[way][1], name,
                                         f"secret-of-{name}", transport) for way, name in ((one, "anna"), (other, "bernd")))
                    with anna, bernd:
                        anna.register()
                        bernd.register()
                        call(self, self.server, anna, bernd)
                        anna.register(expires=0)
                        bernd.register(expires=0)

    def test_both_families_are_shown(self):
        shown = {item["address"] for item in self.server.api("GET", "/api/status")["listening"]
                 if item["service"] == "sip"}
        for transport in TRANSPORTS:
            port = self.server.port_of(transport)
            self.assertLessEqual({f"0.0.0.0:{port}", f"[::]:{port}"}, shown)


class External(SystemTest):
    def test_a_stun_server_tells_our_address(self):
        """Found by its name, asked through the SIP port; a lost question is repeated (RFC 8489 6.2.1)."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stun:
            stun.bind(("127.0.0.1", 0))
            stun.settimeout(10)
            self.addCleanup(self.server.api, "PATCH", "/api/settings", {"stun_server": ""})
            self.server.api("PATCH", "/api/settings", {"stun_server": f"localhost:{stun.getsockname()[1]}"})
            first, source = stun.recvfrom(1000)
            self.assertEqual(source, self.server.sip_address)
            question, source = stun.recvfrom(1000)
            self.assertEqual(question, first)
            mapped = bytes(a ^ b for a, b in zip(bytes([198, 51, 100, 7]), bytes.fromhex("2112a442")))
            attribute = bytes.fromhex("002000080001") + (6000 ^ 0x2112).to_bytes(2, "big") + mapped
            stun.sendto(bytes.fromhex("0101000c") + question[4:20] + attribute, source)
            until(lambda: "sees us at 198.51.100.7:6000" in self.server.log_text(), "the address is known")


class Options(unittest.TestCase):
    def test_transports_can_be_off(self):
        server = Server("--sips-port", "off", "--ws-port", "off", "--wss-port", "0")
        self.addCleanup(server.close)
        server.start()
        shown = [item["transport"] for item in server.api("GET", "/api/status")["listening"] if item["service"] == "sip"]
        self.assertEqual(shown, ["udp", "tcp", "wss"])


if __name__ == "__main__":
    harness.main()
