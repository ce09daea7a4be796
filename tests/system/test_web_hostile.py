#!/usr/bin/env python3
"""The web port against those who mean harm, or are only slow: refused clearly or served, never a second answer for one request,
never somebody else's data, and honest clients are served meanwhile."""
import json
import re
import resource
import socket

import harness
from harness import SystemTest, address, until, user

ADMIN = {"login": "1000", "password": "geheim-1", "first_name": "Ada", "last_name": "Admin"}
STREAMS = 1000
STREAMS_MAX = 1200  # what the server allows; beyond it: 503
LOOPBACKS = [address(host) for host in range(60, 70)]  # no more than 256 connections from each
EVENTS_BEFORE = 5  # so many others may come before the event of a change

# What smuggles a second request past somebody who reads it otherwise: answered once, then the connection is closed.
SECOND = "GET /api/smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
FRAMINGS = [
    ("both lengths", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("both lengths, the other way round", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n"),
    ("two lengths", "Content-Length: 2\r\nContent-Length: 60\r\n\r\n{}"),
    ("the same length twice", "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}"),
    ("a list of lengths", "Content-Length: 2, 2\r\n\r\n{}"),
    ("a signed length", "Content-Length: +2\r\n\r\n{}"),
    ("a negative length", "Content-Length: -1\r\n\r\n{}"),
    ("a hexadecimal length", "Content-Length: 0x2\r\n\r\n{}"),
    ("a length with a blank inside", "Content-Length: 2 0\r\n\r\n{}"),
    ("an endless length", "Content-Length: 99999999999999999999999999\r\n\r\n{}"),
    ("a length of letters", "Content-Length: two\r\n\r\n{}"),
    ("an empty length", "Content-Length: \r\n\r\n"),
    ("an unknown coding", "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    ("two codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
    ("a list of codings", "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    ("a coding in quotes", "Transfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n"),
    ("a blank before the colon", "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
    ("a chunk without size", "Transfer-Encoding: chunked\r\n\r\n\r\n\r\n"),
    ("a negative chunk", "Transfer-Encoding: chunked\r\n\r\n-1\r\n{}\r\n0\r\n\r\n"),
    ("a chunk beyond 64 bits", "Transfer-Encoding: chunked\r\n\r\n10000000000000002\r\n{}\r\n0\r\n\r\n"),
    ("a chunk longer than it says", "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n"),
]

# Never a success, and nothing but an error or the end.
REQUESTS = [
    ("no host", b"GET /api/users HTTP/1.1\r\n\r\n"),
    ("no version", b"GET /api/users\r\n\r\n"),
    ("another protocol", b"INVITE sip:102@x SIP/2.0\r\nVia: SIP/2.0/TCP h;branch=z9hG4bKx\r\n\r\n"),
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("HTTP/9.9", b"GET /api/users HTTP/9.9\r\nHost: x\r\n\r\n"),
    ("a proxy's connect", b"CONNECT 192.0.2.1:25 HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a proxy's get", b"GET http://192.0.2.1/api/users HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("trace", b"TRACE /api/users HTTP/1.1\r\nHost: x\r\nX-Secret: mirror\r\n\r\n"),
    ("small letters", b"get /api/users HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a long method", b"G" * 5000 + b" / HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a header without colon", b"GET /api/users HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n"),
    ("a zero byte in a header", b"GET /api/users HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n"),
    ("a zero byte in the target", b"GET /api/us\0ers HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("a long header", b"GET /api/users HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100000 + b"\r\n\r\n"),
    ("ten thousand headers", b"GET /api/users HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 10000 + b"\r\n"),
    ("a thousand cookies", b"GET /api/users HTTP/1.1\r\nHost: x\r\nCookie: " + b"strowger_session=a; " * 1000 + b"\r\n\r\n"),
    ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 200 + b"\r\n\r\n"),
    ("bytes", bytes(range(256)) * 4 + b"\r\n\r\n"),
]

TRAVERSALS = ["/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2f..%2f..%2fetc%2fpasswd", "//etc/passwd",
              "/assets/../../../../etc/passwd", "/assets/..%5c..%5cetc/passwd", "/....//....//etc/passwd", "/%252e%252e/etc/passwd",
              "/./././../etc/passwd", "/assets/%2e%2e%2fstrowger.db", "/../data/strowger.db", "/%c0%ae%c0%ae/etc/passwd", "/etc/passwd%00.html"]

SQL = ["'", "' OR '1'='1", "\"; DROP TABLE user; --", "1; DELETE FROM user", "x' UNION SELECT password_hash FROM user --", "%", "_", "*", "\\", "NULL"]


def resident_kb(pid):
    with open(f"/proc/{pid}/status") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


class Answer:
    def __init__(self, head, body):
        self.head, self.body = head.decode("latin-1"), body
        self.status = int(self.head.split(" ")[1])

    def header(self, name):
        found = re.search(rf"(?im)^{name}: *(.*?)\r?$", self.head)
        return found.group(1) if found else ""

    @property
    def json(self):
        return json.loads(self.body)


class Wire:
    """A connection on which every byte is one's own."""

    def __init__(self, server, source=None, receive_bytes=0):
        self.sock = socket.socket()
        if receive_bytes:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        if source:
            self.sock.bind((source, 0))
        self.sock.settimeout(20)
        self.sock.connect((server.host, server.http_port))
        self.rest = b""

    def send(self, data):
        try:
            self.sock.sendall(data.encode() if isinstance(data, str) else data)
        except ConnectionError:
            pass  # refused before all of it was there; the answer may still be here
        return self

    def end(self):
        """Nothing more will be sent."""
        try:
            self.sock.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def _more(self):
        try:
            part = self.sock.recv(65536)
        except ConnectionError:
            part = b""
        self.rest += part
        return bool(part)

    def until(self, text):
        while text not in self.rest:
            if not self._more():
                return None
        found, self.rest = self.rest.split(text, 1)
        return found + text

    def answer(self):
        """The next one; None: the connection has ended."""
        head = self.until(b"\r\n\r\n")
        if head is None:
            return None
        found = re.search(rb"(?im)^content-length: *(\d+)", head)
        length = int(found.group(1)) if found else 0
        while len(self.rest) < length and self._more():
            pass
        body, self.rest = self.rest[:length], self.rest[length:]
        return Answer(head, body)

    def answers(self):
        """All until the end."""
        found = []
        while (one := self.answer()) is not None:
            found.append(one)
        return found

    def close(self):
        self.sock.close()


class WebHostile(SystemTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(8192, need[1]), need[1]))
        wire = Wire(cls.server)
        made = wire.send(cls.request("POST", "/api/setup", ADMIN)).answer()
        assert made.status == 201, made.body
        wire.close()
        cls.cookie = made.header("Set-Cookie").split(";")[0]
        cls.csrf = made.json["csrf"]
        made = cls.server.api("POST", "/api/import?keep_others=1", {"users": [user(number) for number in range(200, 499)]})
        assert not made["errors"], made

    @classmethod
    def request(cls, method, path, body=None, headers="", who=None):
        text = "" if body is None else json.dumps(body)
        kind = f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n" if body is not None else ""
        login = f"Cookie: {who[0]}\r\nX-CSRF-Token: {who[1]}\r\n" if who else ""
        return f"{method} {path} HTTP/1.1\r\nHost: x\r\n{login}{headers}{kind}\r\n{text}"

    def admin(self, method, path, body=None, headers=""):
        return self.request(method, path, body, headers, (self.cookie, self.csrf))

    def ask(self, data, source=None):
        wire = Wire(self.server, source)
        answer = wire.send(data).answer()
        wire.close()
        return answer

    def assert_served(self):
        answer = self.ask(self.admin("GET", "/api/users?per_page=1"))
        self.assertEqual(answer.status, 200)
        self.assertEqual(len(answer.json["items"]), 1)

    def test_a_request_is_framed_in_one_way_or_refused(self):
        """SEC: request smuggling."""
        login = f"Cookie: {self.cookie}\r\nX-CSRF-Token: {self.csrf}\r\nContent-Type: application/json\r\n"
        for name, rest in FRAMINGS:
            with self.subTest(name):
                wire = Wire(self.server)
                wire.send(f"POST /api/users HTTP/1.1\r\nHost: x\r\n{login}{rest}{SECOND}")
                wire.end()
                answers = wire.answers()
                wire.close()
                self.assertLessEqual(len(answers), 1, [one.head for one in answers])
                for one in answers:
                    self.assertIn(one.status, (400, 413, 501), one.body)
        self.assert_served()

    def test_what_is_no_request_is_refused(self):
        for name, data in REQUESTS:
            with self.subTest(name):
                wire = Wire(self.server)
                wire.send(data)
                wire.end()
                for one in wire.answers():
                    self.assertIn(one.status, (400, 401, 404, 405, 413, 414, 431, 501, 505), one.body[:300])
                    self.assertNotIn(b"mirror", one.body)
                wire.close()
        self.assert_served()

    def test_pipelined_requests_are_answered_in_their_order(self):
        wire = Wire(self.server)
        pages = list(range(1, 41))
        wire.send("".join(self.admin("GET", f"/api/users?per_page=2&page={page}") for page in pages))
        self.assertEqual([wire.answer().json["page"] for _ in pages], pages)
        wire.send(self.admin("PATCH", "/api/settings", {"company": "Piped"}) + self.admin("GET", "/api/settings")
                  + self.admin("PATCH", "/api/settings", {"company": ""}) + self.admin("GET", "/api/settings"))
        self.assertEqual([wire.answer().json["company"] for _ in range(4)], ["Piped", "Piped", "", ""])
        wire.close()

    def test_a_body_that_nobody_reads_is_no_second_request(self):
        """A GET with a body, and a refused POST: what follows is a request of its own."""
        inner = "GET /api/export HTTP/1.1\r\nHost: x\r\n\r\n"
        wire = Wire(self.server)
        wire.send(self.admin("GET", "/api/users?per_page=1", headers=f"Content-Length: {len(inner)}\r\n") + inner)
        wire.send(f"POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Length: {len(inner)}\r\n\r\n{inner}")
        wire.send("GET /api/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answers = wire.answers()
        wire.close()
        self.assertEqual([one.status for one in answers], [200, 401, 200])
        self.assertEqual(answers[2].json["status"], "ok")

    def test_nothing_gets_into_the_headers(self):
        """Header injection: line ends in everything that is echoed."""
        evil = "x%0d%0aSet-Cookie:%20evil=1%0d%0a%0d%0aHTTP/1.1%20200%20OK"
        for path in (f"/api/users?search={evil}", f"/api/users?sort={evil}", f"/api/{evil}", f"/{evil}", f"/api/traces/{evil}",
                     f"/api/trace-watches/{evil}", f"/api/users?{evil}=1", f"/api/call-records.csv?format={evil}"):
            for method in ("GET", "DELETE"):
                wire = Wire(self.server)
                wire.send(self.admin(method, path, headers="Connection: close\r\n"))
                answers = wire.answers()
                wire.close()
                self.assertEqual(len(answers), 1)
                self.assertNotIn("evil", answers[0].head)

    def test_no_way_out_of_the_page_s_folder(self):
        for path in TRAVERSALS:
            answer = self.ask(self.admin("GET", path))
            self.assertIn(answer.status, (200, 400, 404), path)
            self.assertNotIn(b"root:", answer.body)
            self.assertNotIn(b"SQLite", answer.body)

    def test_sql_is_only_text(self):
        total = self.ask(self.admin("GET", "/api/users")).json["total"]
        for text in SQL:
            quoted = "".join(f"%{byte:02x}" for byte in text.encode())
            for query, fits in ((f"search={quoted}", (200,)), (f"sort={quoted}", (400,)), (f"order={quoted}", (400,)), (f"letter={quoted}", (400,)),
                                (f"login={quoted}", (200,)), (f"ring_s={quoted}", (400,)), (f"{quoted}=1", (400,)), (f"page={quoted}", (400,))):
                answer = self.ask(self.admin("GET", f"/api/users?{query}"))
                self.assertIn(answer.status, fits, f"{query}: {answer.body[:200]}")
                if answer.status == 200:
                    self.assertEqual(answer.json["total"], 0, query)
            answer = self.ask(self.request("POST", "/api/session", {"login": text, "password": text}), LOOPBACKS[SQL.index(text)])
            self.assertEqual(answer.status, 401)
        self.assertEqual(self.ask(self.admin("GET", "/api/users")).json["total"], total)

    def test_other_sites_can_do_nothing(self):
        """CSRF: a cookie alone is not enough, and nobody is told that they may read the answer."""
        foreign = "Origin: http://evil.example\r\nReferer: http://evil.example/x\r\n"
        for headers, token in ((foreign, ""), (foreign, "0" * 64), (foreign + "Sec-Fetch-Site: cross-site\r\n", self.csrf), ("", "")):
            answer = self.ask(self.request("PATCH", "/api/settings", {"company": "Evil"}, headers, (self.cookie, token)))
            self.assertEqual(answer.status, 403, answer.body)
            self.assertEqual(answer.header("Access-Control-Allow-Origin"), "")
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            body = json.dumps(ADMIN)
            answer = self.ask(f"POST /api/session HTTP/1.1\r\nHost: x\r\n{foreign}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n{body}")
            self.assertEqual(answer.status, 415)
            self.assertEqual(answer.header("Set-Cookie"), "")
        asked = self.ask("OPTIONS /api/settings HTTP/1.1\r\nHost: x\r\nAccess-Control-Request-Method: PATCH\r\n" + foreign + "\r\n")
        self.assertEqual(asked.status, 405)
        self.assertEqual(asked.header("Access-Control-Allow-Methods"), "")
        read = self.ask(self.request("GET", "/api/settings", None, foreign, (self.cookie, "")))
        self.assertEqual(read.header("Access-Control-Allow-Origin"), "")
        self.assertEqual(self.ask(self.admin("GET", "/api/settings")).json["company"], "")

    def test_other_encodings_are_refused(self):
        text = json.dumps({"company": "Umläute"}, ensure_ascii=False)
        for name, body, headers in (("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03", "Content-Encoding: gzip\r\n"), ("latin-1", text.encode("latin-1"), ""),
                                    ("utf-16", text.encode("utf-16"), ""), ("utf-7", b'{"company":"+AGEA-"', ""),
                                    ("with a mark", b"\xef\xbb\xbf" + text.encode(), ""), ("utf-8 too long", b'{"company":"\xc0\xa7"}', "")):
            head = self.admin("PATCH", "/api/settings", headers=f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{headers}")
            answer = self.ask(head.encode() + body)
            self.assertEqual(answer.status, 400, name)

    def test_a_thousand_browsers_hear_of_a_change(self):
        """WEB: each stream gets the event, the memory of a stream is small, above the limit is a clear answer."""
        pid = self.server.process.pid
        before = resident_kb(pid)
        streams = [Wire(self.server, LOOPBACKS[n % len(LOOPBACKS)]) for n in range(STREAMS)]
        try:
            for one in streams:
                one.send(self.admin("GET", "/api/events"))
            for one in streams:
                self.assertIn(b"200 OK", one.until(b"\r\n\r\n"))
                self.assertIsNotNone(one.until(b"retry: 3000\n\n"))
            per_stream = (resident_kb(pid) - before) / STREAMS
            print(f"\n{per_stream:.1f} KB for each of {STREAMS} event streams", flush=True)
            self.assertLess(per_stream, 32 if harness.patience() == 1 else 192)  # sanitizers keep what was freed
            changed = self.ask(self.admin("PATCH", "/api/settings", {"company": "Seen by all"}))
            self.assertEqual(changed.status, 200)
            for one in streams:
                seen = one.until(b'"entity":"settings","id":1}')
                self.assertIsNotNone(seen, "a stream ended")
                self.assertLessEqual(seen.count(b"event:"), EVENTS_BEFORE + 1)
            self.above_the_limit(streams)
            self.assert_served()
            self.assertEqual(self.ask(self.admin("PATCH", "/api/settings", {"company": ""})).status, 200)
        finally:
            for one in streams:
                one.close()
        until(lambda: self.server.metrics()["strowger_event_streams"] == 0, "the streams that were left are gone", 60)

    def above_the_limit(self, streams):
        while len(streams) < STREAMS_MAX:
            streams.append(Wire(self.server, LOOPBACKS[len(streams) % len(LOOPBACKS)]))
            streams[-1].send(self.admin("GET", "/api/events"))
            self.assertIsNotNone(streams[-1].until(b"retry: 3000\n\n"), f"stream {len(streams)}")
        beyond = self.ask(self.admin("GET", "/api/events"))
        self.assertEqual(beyond.status, 503)
        self.assertTrue(beyond.header("Retry-After"))
        self.assertEqual(beyond.json["error"]["code"], "busy")

    def test_slow_clients_hold_up_nobody(self):
        """Header, body and reading a byte at a time; honest ones are served in between, and the slow ones at last."""
        big = self.admin("GET", "/api/users?per_page=1000")
        post = self.admin("POST", "/api/users", {"login": "1"})
        heads = [Wire(self.server, LOOPBACKS[1]) for _ in range(40)]
        bodies = [Wire(self.server, LOOPBACKS[2]) for _ in range(40)]
        readers = [Wire(self.server, LOOPBACKS[3], receive_bytes=2048) for _ in range(40)]
        start = post.index("\r\n\r\n") + 4
        for one in bodies:
            one.send(post[:start])
        for one in readers:
            one.send(big)
        for at in range(40):
            for one in heads:
                one.send(big[at])
            for one in bodies:
                one.send(post[start + at:start + at + 1])
            for one in readers:
                one.rest += one.sock.recv(1)
            self.assert_served()
        for one in heads:
            self.assertEqual(len(one.send(big[40:]).answer().json["items"]), 300)
        for one in bodies:
            self.assertEqual(one.send(post[start + 40:]).answer().status, 422)
        for one in readers:
            self.assertEqual(len(one.answer().json["items"]), 300)
        for one in heads + bodies + readers:
            one.close()

    def test_oversized_bodies_are_refused_while_others_are_served(self):
        for length in (20_000, (1 << 20) + 1, 70 << 20, 1 << 40):
            for who, status in (("", 401), (f"Cookie: {self.cookie}\r\nX-CSRF-Token: {self.csrf}\r\n", 413)):
                wire = Wire(self.server)
                wire.send(f"POST /api/{'users' if length > 20_000 else 'session'} HTTP/1.1\r\nHost: x\r\n{who}Content-Type: application/json\r\n"
                          f"Content-Length: {length}\r\n\r\n")
                self.assert_served()
                if length < 2 << 20:
                    wire.send(b" " * length)
                elif length < 1 << 30:
                    wire.close()
                    continue  # it is read and thrown away; nobody waits for it
                answer = wire.answer()
                self.assertIn(answer.status, {status, 413})
                wire.close()


if __name__ == "__main__":
    harness.main()
