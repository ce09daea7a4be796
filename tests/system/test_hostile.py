#!/usr/bin/env python3
"""Bad input from the network: an error or silence, and the next honest call works as if nothing had been."""
import random
import socket

import harness
from harness import SystemTest, address, address_phone, free_port, user
from sipphone import Phone, Rtp, sdp_target, talks, token

ANNA, BERND, MALLORY = address(11), address(12), address(66)
PORTS = {host: free_port(host) for host in (ANNA, BERND)}


def invite(via="SIP/2.0/UDP {me};branch=z9hG4bK{t}", cseq="1 INVITE", length=None, body=b"", start=None, extra="",
           to="<sip:102@x>", uri="sip:102@x"):
    def make(me):
        head = (f"{start or f'INVITE {uri} SIP/2.0'}\r\nVia: {via}\r\nMax-Forwards: 70\r\nFrom: <sip:m@x>;tag={token()}\r\n"
                f"To: {to}\r\nCall-ID: {token()}\r\nCSeq: {cseq}\r\nContact: <sip:m@{{me}}>\r\n{extra}"
                f"Content-Length: {len(body) if length is None else length}\r\n\r\n")
        return head.replace("{me}", me).replace("{t}", token()).encode() + body
    return make


# Name, message. Each may be answered with an error or not at all, but never with a success.
MESSAGES = [
    ("empty", lambda me: b""),
    ("one zero byte", lambda me: b"\0"),
    ("only line ends", lambda me: b"\r\n" * 2000),
    ("http", lambda me: b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("no version", invite(start="INVITE sip:102@x")),
    ("wrong version", invite(start="INVITE sip:102@x SIP/7.0")),
    ("no uri", invite(start="INVITE  SIP/2.0")),
    ("unknown scheme", invite(uri="gopher:102@x")),
    ("huge number", invite(uri="sip:" + "1" * 5000 + "@x")),
    ("no via", lambda me: invite()(me).replace(b"Via:", b"Viva:")),
    ("no call id", lambda me: invite()(me).replace(b"Call-ID:", b"Fall-ID:")),
    ("no cseq", invite(cseq="")),
    ("cseq of another method", invite(cseq="1 BYE")),
    ("cseq too large", invite(cseq="99999999999999999999 INVITE")),
    ("negative cseq", invite(cseq="-1 INVITE")),
    ("length longer than the body", invite(length=5000)),
    ("negative length", invite(length=-1)),
    ("enormous length", invite(length=99999999999999999999)),
    ("two lengths", invite(extra="Content-Length: 3\r\n")),
    ("header without colon", invite(extra="this is no header\r\n")),
    ("unterminated quote", invite(to='"Bernd <sip:102@x>')),
    ("unterminated bracket", invite(to="<sip:102@x")),
    ("zero bytes in a header", invite(extra="X-Zero: a\0b\r\n")),
    ("ten thousand headers", invite(extra="X: y\r\n" * 10000)),
    ("long header", invite(extra="X-Long: " + "a" * 60000 + "\r\n")),
    ("hundred vias", invite(extra="Via: SIP/2.0/UDP h;branch=z9hG4bKx\r\n" * 100)),
    ("max-forwards nonsense", lambda me: invite()(me).replace(b"Max-Forwards: 70", b"Max-Forwards: -70")),
    ("max-forwards zero", lambda me: invite()(me).replace(b"Max-Forwards: 70", b"Max-Forwards: 0")),
    ("truncated", lambda me: invite()(me)[:90]),
    ("not utf-8", invite(to="<sip:\udcff@x>".encode("utf-8", "surrogateescape").decode("latin-1"))),
    ("response to nothing", lambda me: b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\r\nFrom: <sip:a@x>;tag=1"
        b"\r\nTo: <sip:b@x>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"),
    ("status out of range", lambda me: b"SIP/2.0 99999 OK\r\n\r\n"),
    ("ack to nothing", lambda me: invite(start="ACK sip:102@x SIP/2.0", cseq="1 ACK")(me)),
    ("cancel of nothing", lambda me: invite(start="CANCEL sip:102@x SIP/2.0", cseq="1 CANCEL")(me)),
    ("bye to nothing", lambda me: invite(start="BYE sip:102@x SIP/2.0", cseq="1 BYE")(me)),
    ("random bytes", lambda me: random.Random(1).randbytes(1400)),
]

BAD_SDP = [b"nonsense", b"v=0\r\n", b"v=0\r\nm=audio 99999 RTP/AVP 0\r\n", b"v=0\r\no=-\r\nm=audio\r\n",
           b"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nc=IN IP4 \r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n",
           b"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nc=IN IP4 1.1.1.1\r\nt=0 0\r\n" + b"m=audio 9 RTP/AVP 0\r\n" * 3000,
           b"\xff" * 3000]


class Hostile(SystemTest):
    CONFIG = {
        "settings": {"screening": False},  # all of it must reach the parser; test_attack.py has the rest
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND])],
        "users": [user(101, "anna"), user(102, "bernd")],
    }

    def setUp(self):
        self.anna = Phone(self.server.sip_address, ANNA, "anna", port=PORTS[ANNA])
        self.bernd = Phone(self.server.sip_address, BERND, "bernd", port=PORTS[BERND])
        self.addCleanup(self.anna.close)
        self.addCleanup(self.bernd.close)

    def assert_a_call_works(self):
        caller = self.anna.invite(102)
        called = self.bernd.answer_invite()
        called.pick_up()
        answer = caller.established()
        talks(self.anna.rtp, sdp_target(answer.body), self.bernd.rtp, b"v" * 160)
        caller.hang_up()
        called.is_hung_up()
        self.server.wait_idle()

    @staticmethod
    def statuses(data):
        return [int(part[:3]) for part in data.split(b"SIP/2.0 ")[1:] if part[:3].isdigit()]

    def test_bad_messages_by_udp(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((MALLORY, 0))
            sock.settimeout(0.02)
            me = "%s:%d" % sock.getsockname()
            for name, make in MESSAGES:
                with self.subTest(name):
                    sock.sendto(make(me)[:65000], self.server.sip_address)
                    try:
                        for status in self.statuses(sock.recv(65536)):
                            self.assertGreaterEqual(status, 400)
                    except TimeoutError:
                        pass
        self.assert_a_call_works()

    def test_bad_messages_by_tcp(self):
        for name, make in MESSAGES:
            with self.subTest(name), socket.create_connection(self.server.sip_address, 5) as sock:
                me = "%s:%d" % sock.getsockname()
                sock.settimeout(0.05)
                try:
                    sock.sendall(make(me).replace(b"/UDP", b"/TCP"))
                    for status in self.statuses(sock.recv(65536)):
                        self.assertGreaterEqual(status, 400)
                except (TimeoutError, ConnectionError):
                    pass
        self.assert_a_call_works()

    def test_a_message_in_single_bytes_by_tcp(self):
        with socket.create_connection(self.server.sip_address, 5) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            me = "%s:%d" % sock.getsockname()
            data = invite(start="OPTIONS sip:x SIP/2.0", cseq="1 OPTIONS")(me).replace(b"/UDP", b"/TCP")
            for index in range(len(data)):
                sock.sendall(data[index:index + 1])
            sock.settimeout(5)
            self.assertTrue(self.statuses(sock.recv(65536)))

    def test_a_connection_that_never_stops_talking(self):
        with socket.create_connection(self.server.sip_address, 5) as sock:
            sock.settimeout(5)
            try:
                for _ in range(200):
                    sock.sendall(b"X-More: " + b"a" * 65000 + b"\r\n")
            except OSError:
                pass
            else:
                self.fail("a header section without end must be cut off")
        self.assert_a_call_works()

    def test_many_idle_connections(self):
        held = [socket.create_connection(self.server.sip_address, 5) for _ in range(300)]
        self.assert_a_call_works()
        for sock in held:
            sock.close()

    def test_bad_sdp(self):
        for body in BAD_SDP:
            with self.subTest(body[:40]):
                self.anna.invite(102, body).failed_with((400, 413, 415, 488, 500, 513))
        self.assert_a_call_works()

    def test_bad_sdp_in_the_answer(self):
        caller = self.anna.invite(102)
        called = self.bernd.answer_invite()
        called.reply(200, body=b"v=0\r\nnonsense\r\n")
        called.expect("ACK")
        called.is_hung_up()
        answer = caller.expect((480, 488, 500, 502, 503), method="INVITE")
        caller.ack(answer)
        self.assert_a_call_works()

    def test_rubbish_on_the_media_port(self):
        caller = self.anna.invite(102)
        called = self.bernd.answer_invite()
        called.pick_up()
        answer = caller.established()
        host, port = sdp_target(answer.body)
        mallory = Rtp(MALLORY)
        self.addCleanup(mallory.close)
        noise = random.Random(2)
        for target in ((host, port), (host, port + 1)):
            for size in (0, 1, 3, 11, 12, 13, 200, 1500, 9000):
                mallory.sock.sendto(noise.randbytes(size), target)
                mallory.sock.sendto(b"\x80\xc8" + noise.randbytes(size), target)
        talks(self.anna.rtp, (host, port), self.bernd.rtp, b"w" * 160)
        caller.hang_up()
        called.is_hung_up()

    def test_mutated_messages(self):
        """A few thousand small damages to an honest message; nothing may ring for long, nothing may stay."""
        noise = random.Random(3)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((MALLORY, 0))
            me = "%s:%d" % sock.getsockname()
            for index in range(3000):
                data = bytearray(invite(body=b"v=0\r\no=- 1 1 IN IP4 1.1.1.1\r\ns=-\r\nc=IN IP4 1.1.1.1\r\nt=0 0\r\n"
                                             b"m=audio 4000 RTP/AVP 0\r\n")(me))
                for _ in range(noise.randrange(1, 6)):
                    position = noise.randrange(len(data))
                    kind = noise.randrange(3)
                    if kind == 0:
                        data[position] = noise.randrange(256)
                    elif kind == 1:
                        del data[position:position + noise.randrange(1, 20)]
                    else:
                        data[position:position] = noise.choice((b"\r\n", b";", b"<", b'"', b":", b"\0", b"%", b"@"))
                sock.sendto(bytes(data), self.server.sip_address)
                if index % 100 == 0:
                    harness.until(self.server.is_healthy, "the server lives")
        self.assert_a_call_works()


if __name__ == "__main__":
    harness.main()
