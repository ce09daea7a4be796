"""A SIP phone made of one socket, for tests that need every message under their own hand.

Nothing happens by itself except answers to OPTIONS: no retransmission, no ACK. Retransmissions of the server are
dropped, but counted in `Phone.repeats`.
"""
import hashlib
import random
import re
import select
import socket
import time

import wire

WAIT_SECONDS = 6


def token(size=10):
    return "".join(random.choice("abcdefghijkmnpqrstuvwxyz23456789") for _ in range(size))


class Message:
    """A parsed SIP message: start line, headers in order, body."""

    def __init__(self, raw):
        self.raw = raw
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = re.sub(r"\r\n[ \t]+", " ", head.decode("utf-8", "replace")).split("\r\n")
        self.start = lines[0]
        self.headers = []
        for line in lines[1:]:
            name, _, value = line.partition(":")
            self.headers.append((name.strip(), value.strip()))
        self.status = int(self.start.split()[1]) if self.start.startswith("SIP/2.0 ") else None
        self.method = None if self.status else self.start.split()[0]

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def get(self, name):
        values = self.all(name)
        return values[0] if values else None

    @property
    def cseq(self):
        number, method = self.get("CSeq").split()
        return int(number), method

    def tag(self, name):
        match = re.search(r";tag=([^;>]+)", self.get(name))
        return match.group(1) if match else None

    @property
    def contact_uri(self):
        match = re.search(r"<([^>]+)>", self.get("Contact") or "")
        return match.group(1) if match else self.get("Contact")

    def __repr__(self):
        return f"<{self.start}>"


def sdp(host, port, direction="sendrecv", version=1, codecs="8 0", extra=""):
    net = "IP6" if ":" in host else "IP4"
    return (f"v=0\r\no=- 1 {version} IN {net} {host}\r\ns=-\r\nc=IN {net} {host}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {codecs}\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
            f"a={direction}\r\n{extra}").encode()


def sdp_target(body):
    """Where the first stream of an SDP wants its packets."""
    text = body.decode()
    port = int(re.search(r"^m=audio (\d+)", text, re.M).group(1))
    hosts = re.findall(r"^c=IN IP[46] (\S+)", text, re.M)
    return hosts[-1], port


def sdp_direction(body):
    match = re.search(r"^a=(sendrecv|sendonly|recvonly|inactive)\r?$", body.decode(), re.M)
    return match.group(1) if match else "sendrecv"


def digest_answer(challenge, method, uri, user, password, count=1):
    """The Authorization value for a WWW-Authenticate or Proxy-Authenticate value (RFC 7616)."""
    fields = {key.lower(): quoted or plain for key, quoted, plain in
              re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]+))', challenge)}
    algorithm = fields.get("algorithm", "MD5")
    digest = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]

    def h(text):
        return digest(text.encode()).hexdigest()

    ha1 = h(f"{user}:{fields['realm']}:{password}")
    ha2 = h(f"{method}:{uri}")
    answer = (f'Digest username="{user}", realm="{fields["realm"]}", nonce="{fields["nonce"]}", uri="{uri}", '
              f'algorithm={algorithm}')
    if "qop" in fields:
        cnonce, nc = token(), f"{count:08x}"
        response = h(f"{ha1}:{fields['nonce']}:{nc}:{cnonce}:auth:{ha2}")
        answer += f', qop=auth, nc={nc}, cnonce="{cnonce}"'
    else:
        response = h(f"{ha1}:{fields['nonce']}:{ha2}")
    if "opaque" in fields:
        answer += f', opaque="{fields["opaque"]}"'
    return answer + f', response="{response}"'


class Phone:
    def __init__(self, server, host, name, password=None, transport="udp", port=0, tls=None, sni=None):
        self.server, self.name, self.password, self.transport = server, name, password, transport
        self.sock = wire.connect(transport, server, host, port, tls, sni)
        self.host, self.port = self.sock.getsockname()[:2]
        self.stream = b""
        self.contact_value = None  # instead of its address
        self.seen = set()
        self.repeats = 0
        self.inbox = []
        self.rtp = None

    def close(self):
        self.sock.close()
        if self.rtp:
            self.rtp.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # Bytes

    def send_raw(self, data):
        if self.transport == "udp":
            self.sock.sendto(data, self.server)
        else:
            self.sock.sendall(wire.frame(data) if self.transport in wire.WEBSOCKETS else data)

    def _take_websocket_message(self):
        while True:
            found = wire.take_frame(self.stream)
            if not found:
                return None
            opcode, payload, self.stream = found
            if opcode == wire.PING:
                self.sock.sendall(wire.frame(payload, wire.PONG))
            elif opcode == wire.CLOSE:
                raise ConnectionError("the server closed the WebSocket")
            elif opcode != wire.PONG and payload.strip():
                return payload

    def _take_stream_message(self):
        if self.transport in wire.WEBSOCKETS:
            return self._take_websocket_message()
        self.stream = self.stream.lstrip(b"\r\n")
        end = self.stream.find(b"\r\n\r\n")
        if end < 0:
            return None
        match = re.search(rb"\r\n(?:Content-Length|l)[ \t]*:[ \t]*(\d+)", self.stream[:end], re.I)
        total = end + 4 + (int(match.group(1)) if match else 0)
        if len(self.stream) < total:
            return None
        data, self.stream = self.stream[:total], self.stream[total:]
        return data

    def _read(self, seconds):
        """One message off the wire, or None."""
        deadline = time.monotonic() + seconds
        while True:
            if self.transport in wire.STREAMS:
                data = self._take_stream_message()
                if data:
                    return Message(data)
            left = deadline - time.monotonic()
            decrypted = self.transport in wire.ENCRYPTED and self.sock.pending()
            if not decrypted and (left <= 0 or not select.select([self.sock], [], [], left)[0]):
                return None
            data = self.sock.recv(65536)
            if self.transport in wire.STREAMS:
                if not data:
                    raise ConnectionError("the server closed the connection")
                self.stream += data
            elif data.strip():
                return Message(data)

    def receive(self, seconds):
        """One new message, or None. OPTIONS are answered, repetitions dropped."""
        deadline = time.monotonic() + seconds
        while True:
            message = self._read(max(deadline - time.monotonic(), 0))
            if message is None:
                return None
            if message.method == "OPTIONS" and not message.tag("To"):
                self.reply(message, 200)
            elif message.raw in self.seen:
                self.repeats += 1
            else:
                self.seen.add(message.raw)
                return message

    def expect(self, what, call_id=None, seconds=WAIT_SECONDS, method=None):
        """Waits for a method ("INVITE") or a final or provisional status (200, or a tuple of them).

        100 is skipped unless asked for. Anything else that comes first is kept for later calls of expect; a final
        answer of the same call when another status was asked for fails at once.
        """
        wanted = what if isinstance(what, tuple) else (what,)

        def fits(message):
            if call_id and message.get("Call-ID") != call_id:
                return False
            if method and message.status and message.cseq[1] != method:
                return False
            return message.status in wanted or message.method in wanted

        for index, message in enumerate(self.inbox):
            if fits(message):
                return self.inbox.pop(index)
        deadline = time.monotonic() + seconds
        while True:
            message = self.receive(max(deadline - time.monotonic(), 0))
            if message is None:
                raise AssertionError(f"{self.name}: no {what} within {seconds} s; not asked for: {self.inbox}")
            if fits(message):
                return message
            if message.status != 100:
                self.inbox.append(message)
                final = message.status and message.status >= 200 and isinstance(wanted[0], int)
                if final and (not method or message.cseq[1] == method) and (
                        not call_id or call_id == message.get("Call-ID")):
                    raise AssertionError(f"{self.name}: expected {what}, got {message}\n{message.raw.decode()}")

    def expect_nothing(self, seconds, but=()):
        """Fails when something new comes within that time."""
        message = self.receive(seconds)
        if message is not None and message.method not in but:
            raise AssertionError(f"{self.name}: expected silence, got {message}")

    # Messages

    @property
    def uri(self):
        return f"sip:{self.name}@{self.server_place}"

    @property
    def server_place(self):
        return f"{wire.url_host(self.server[0])}:{self.server[1]}"

    @property
    def place(self):
        """Where it says that it is; a browser does not know (RFC 7118, 4)."""
        return f"{self.name}.invalid" if self.transport in wire.WEBSOCKETS else f"{wire.url_host(self.host)}:{self.port}"

    @property
    def contact(self):
        if self.contact_value:
            return self.contact_value
        tail = "" if self.transport == "udp" else f";transport={self.transport.replace('wss', 'ws')}"
        return f"<sip:{self.name}@{self.place}{tail}>"

    def via(self, branch=None):
        return f"SIP/2.0/{self.transport.upper()} {self.place};branch={branch or 'z9hG4bK' + token()};rport"

    def build(self, start, headers, body=b""):
        lines = [start] + [f"{name}: {value}" for name, value in headers]
        if body and not any(name == "Content-Type" for name, _ in headers):
            lines.append("Content-Type: application/sdp")
        lines.append(f"Content-Length: {len(body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + body

    def request(self, method, uri, to=None, call_id=None, cseq=1, from_tag=None, extra=(), body=b"", branch=None):
        data = self.build(f"{method} {uri} SIP/2.0", [
            ("Via", self.via(branch)), ("Max-Forwards", "70"),
            ("From", f"<{self.uri}>;tag={from_tag or token()}"), ("To", to or f"<{uri}>"),
            ("Call-ID", call_id or token(16)), ("CSeq", f"{cseq} {method}"), ("Contact", self.contact),
            ("User-Agent", "test"), *extra], body)
        self.send_raw(data)
        return Message(data)

    def reply(self, request, status, body=b"", reason="Test", to_tag=None, extra=()):
        to = request.get("To")
        if to_tag and ";tag=" not in to:
            to += f";tag={to_tag}"
        headers = [("Via", value) for value in request.all("Via")]
        headers += [("Record-Route", value) for value in request.all("Record-Route")]
        headers += [("From", request.get("From")), ("To", to), ("Call-ID", request.get("Call-ID")),
                    ("CSeq", request.get("CSeq")), ("Contact", self.contact), *extra]
        data = self.build(f"SIP/2.0 {status} {reason}", headers, body)
        self.send_raw(data)
        return data

    def register(self, expires=300, expect=200, password=None, call_id=None, contact=None, more=()):
        """REGISTER with digest; returns the last answer, whose status must be `expect`. `more`: header lines."""
        uri = f"sip:{self.server_place}"
        call_id, tag = call_id or token(16), token()
        to = f"<{self.uri}>"
        extra = [("Expires", str(expires))]
        if contact is not None:
            extra = [("Expires", str(expires))] if contact else []
        extra += more
        self.request("REGISTER", uri, to, call_id, 1, tag, extra)
        answer = self.expect((200, 401, 403, 404, 400, 420, 423, 429, 439, 503), call_id)
        if answer.status == 401:
            value = digest_answer(answer.get("WWW-Authenticate"), "REGISTER", uri, self.name,
                                  password or self.password)
            self.request("REGISTER", uri, to, call_id, 2, tag, [*extra, ("Authorization", value)])
            answer = self.expect((200, 401, 403, 404, 400, 420, 423, 429, 439, 503), call_id)
        if answer.status != expect:
            raise AssertionError(f"{self.name}: REGISTER: expected {expect}, got {answer}")
        return answer

    def open_rtp(self):
        if not self.rtp:
            self.rtp = Rtp(self.host)
        return self.rtp

    def invite(self, number, body=None, extra=()):
        """Sends an INVITE, answering a challenge, and returns the caller's dialog."""
        if body is None:
            body = sdp(self.host, self.open_rtp().port)
        return Dialog.start(self, f"sip:{number}@{self.server_place}", body, extra)

    def answer_invite(self, seconds=WAIT_SECONDS):
        """Waits for an INVITE and returns the called side's dialog."""
        return Dialog.accept(self, self.expect("INVITE", seconds=seconds))


class Dialog:
    """One side of a call. `invite` is the INVITE that began it."""

    def __init__(self, phone):
        self.phone = phone
        self.call_id = self.local_tag = self.remote_tag = self.target = None
        self.local = self.remote = None
        self.cseq = 1
        self.routes = []
        self.sdp_version = 1

    @classmethod
    def start(cls, phone, uri, body, extra):
        self = cls(phone)
        self.call_id, self.local_tag, self.target = token(16), token(), uri
        self.local, self.remote = f"<{phone.uri}>;tag={self.local_tag}", f"<{uri}>"
        self.invite = phone.request("INVITE", uri, self.remote, self.call_id, 1, self.local_tag, extra, body)
        if phone.password:
            challenge = phone.expect((401, 407), self.call_id)
            self.ack(challenge)
            name = "Authorization" if challenge.status == 401 else "Proxy-Authorization"
            value = challenge.get("WWW-Authenticate") or challenge.get("Proxy-Authenticate")
            self.cseq = 2
            proof = (name, digest_answer(value, "INVITE", uri, phone.name, phone.password))
            self.invite = phone.request("INVITE", uri, self.remote, self.call_id, 2, self.local_tag,
                                        [*extra, proof], body)
        return self

    @classmethod
    def accept(cls, phone, invite):
        self = cls(phone)
        self.invite = invite
        self.call_id, self.local_tag, self.remote_tag = invite.get("Call-ID"), token(), invite.tag("From")
        self.local, self.remote = invite.get("To") + f";tag={self.local_tag}", invite.get("From")
        self.target, self.routes = invite.contact_uri, invite.all("Record-Route")
        return self

    def expect(self, what, seconds=WAIT_SECONDS, method=None):
        message = self.phone.expect(what, self.call_id, seconds, method)
        if message.status and 100 < message.status < 300 and message.cseq[1] == "INVITE":
            self.remote, self.remote_tag = message.get("To"), message.tag("To")
            if message.get("Contact"):
                self.target = message.contact_uri
            self.routes = list(reversed(message.all("Record-Route")))
        return message

    def reply(self, status, request=None, body=b"", extra=(), reason="Test"):
        return self.phone.reply(request or self.invite, status, body, reason, self.local_tag, extra)

    def ring(self):
        self.reply(180)

    def pick_up(self):
        """200 with SDP, and the ACK for it."""
        self.reply(200, body=sdp(self.phone.host, self.phone.open_rtp().port))
        return self.expect("ACK")

    def request(self, method, body=b"", extra=(), cseq=None):
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        headers = [("Via", self.phone.via()), ("Max-Forwards", "70"), ("From", self.local), ("To", self.remote),
                   ("Call-ID", self.call_id), ("CSeq", f"{cseq} {method}"), ("Contact", self.phone.contact),
                   *[("Route", route) for route in self.routes], *extra]
        data = self.phone.build(f"{method} {self.target} SIP/2.0", headers, body)
        self.phone.send_raw(data)
        return Message(data)

    def ack(self, answer):
        """For a 2xx a request of its own; for a failure the same transaction as the INVITE (RFC 3261 17.1.1.3)."""
        number, _ = answer.cseq
        if answer.status < 300:
            self.request("ACK", cseq=number)
            return
        self.phone.send_raw(self.phone.build(f"ACK {self.invite.start.split()[1]} SIP/2.0", [
            ("Via", self.invite.get("Via")), ("Max-Forwards", "70"), ("From", self.invite.get("From")),
            ("To", answer.get("To")), ("Call-ID", self.call_id), ("CSeq", f"{number} ACK")]))

    def cancel(self):
        number, _ = self.invite.cseq
        self.phone.send_raw(self.phone.build(f"CANCEL {self.invite.start.split()[1]} SIP/2.0", [
            ("Via", self.invite.get("Via")), ("Max-Forwards", "70"), ("From", self.invite.get("From")),
            ("To", self.invite.get("To")), ("Call-ID", self.call_id), ("CSeq", f"{number} CANCEL")]))

    def failed_with(self, status, seconds=WAIT_SECONDS):
        """The INVITE gets this final failure, and we acknowledge it."""
        answer = self.expect(status, seconds, "INVITE")
        self.ack(answer)
        return answer

    def established(self, seconds=WAIT_SECONDS):
        """The INVITE gets 200, and we acknowledge it."""
        answer = self.expect(200, seconds, "INVITE")
        self.ack(answer)
        return answer

    def reinvite(self, direction="sendrecv"):
        self.sdp_version += 1
        self.invite = self.request("INVITE", sdp(self.phone.host, self.phone.open_rtp().port, direction,
                                                 self.sdp_version))
        return self.invite

    def hang_up(self):
        self.request("BYE")
        return self.expect(200, method="BYE")

    def is_hung_up(self, seconds=WAIT_SECONDS):
        """The other side's BYE comes and is answered."""
        bye = self.expect("BYE", seconds)
        self.reply(200, bye)
        return bye


def from_alaw(payload):
    """G.711 A-law (ITU-T G.711, table 1a) as linear samples."""
    samples = []
    for byte in payload:
        byte ^= 0x55
        exponent, mantissa = byte >> 4 & 7, byte & 15
        size = mantissa * 2 + 1 if exponent == 0 else (mantissa * 2 + 33) << (exponent - 1)
        samples.append(size if byte & 0x80 else -size)
    return samples


class Rtp:
    """A socket for RTP on a phone's address, with an RTCP neighbour it ignores."""

    def __init__(self, host):
        self.sock = socket.socket(wire.family(host), socket.SOCK_DGRAM)
        while True:
            port = random.randrange(32000, 32700, 2)
            try:
                self.sock.bind((host, port))
                break
            except OSError:
                continue
        self.port = port
        self.sequence, self.ssrc = random.randrange(1000), random.randrange(1 << 32)

    def close(self):
        self.sock.close()

    def send(self, target, payload=b"\xd5" * 160, payload_type=8):
        self.sequence = (self.sequence + 1) & 0xFFFF
        header = bytes([0x80, payload_type]) + self.sequence.to_bytes(2, "big") + (
            self.sequence * 160).to_bytes(4, "big") + self.ssrc.to_bytes(4, "big")
        self.sock.sendto(header + payload, target)

    def receive(self, seconds):
        if not select.select([self.sock], [], [], seconds)[0]:
            return None
        return self.sock.recv(2048)

    def drain(self):
        while self.receive(0):
            pass


def talks(sender, target, receiver, payload, seconds=WAIT_SECONDS):
    """Sends packets of that payload until the receiver's socket gets one; the first may be used up by latching."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        sender.send(target, payload)
        packet = receiver.receive(0.02)
        if packet and packet[12:] == payload:
            return packet
    raise AssertionError(f"no RTP arrived within {seconds} s")
