#!/usr/bin/env python3
"""Traces of calls: stored over a kill -9, found again, opened by tshark; phones watched on demand."""
import json
import subprocess
import unittest

import harness
from harness import Server, address, address_phone, free_port, password_phone, until, user
from sipphone import Phone, sdp

ANNA, BERND, CLARA = address(11), address(12), address(13)
PORTS = {host: free_port(host) for host in (ANNA, BERND, CLARA)}

CONFIG = {
    "phones": [address_phone("anna", ANNA, PORTS[ANNA]), password_phone("bernd"), password_phone("clara")],
    "users": [user(101, "anna"), user(102, "bernd"), user(103, "clara")],
}
KEYS = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0LWtleS1vZi1hbm5h\r\na=ice-pwd:secret-ice-of-anna\r\n"


class Traces(unittest.TestCase):
    def setUp(self):
        self.server = Server().start()
        self.addCleanup(self.server.close)
        self.server.load(CONFIG)
        self.anna = Phone(self.server.sip_address, ANNA, "anna", port=PORTS[ANNA])
        self.bernd = Phone(self.server.sip_address, BERND, "bernd", "secret-of-bernd", transport="tcp")
        self.addCleanup(self.anna.close)
        self.addCleanup(self.bernd.close)

    def run_cli(self, *arguments):
        tool = self.server.build / "src/cli/strowger"
        result = subprocess.run([str(tool), "--data", str(self.server.data), *arguments], capture_output=True, text=True,
                                timeout=30, stdin=subprocess.DEVNULL)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        return result.stdout

    def call(self):
        """One answered call from anna to bernd; returns its trace."""
        caller = self.anna.invite(102, sdp(ANNA, self.anna.open_rtp().port, extra=KEYS))
        called = self.bernd.answer_invite()
        called.pick_up()
        caller.established()
        caller.hang_up()
        called.is_hung_up()
        return until(lambda: self.whole("call_id=" + caller.call_id), "the trace of the call")

    def whole(self, query):
        items = self.server.api("GET", "/api/traces?" + query)["items"]
        return items[0] if items and items[0]["messages"] >= 10 else None

    def tshark(self, path, *options):
        # Every port of this test may be the SIP port of one of the sides.
        rules = [rule for port in (self.server.sip_port, PORTS[ANNA], self.bernd.port)
                 for rule in ("-d", f"udp.port=={port},sip")]
        result = subprocess.run(["tshark", "-n", "-r", str(path), *rules, *options], capture_output=True, text=True, timeout=60)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_1_tshark_reads_what_was_traced(self):
        self.bernd.register()
        first, second = self.call(), self.call()
        self.assertEqual((first["caller"], first["called"], first["status"]), ("101", "102", 200))
        path = self.server.folder / "calls.pcapng"
        self.run_cli("trace", "pcap", str(path), first["call_id"], second["call_id"])
        packets = json.loads(self.tshark(path, "-T", "json", "-e", "sip.Method", "-e", "sip.Status-Code", "-e", "sip.Call-ID",
                                         "-e", "frame.comment", "-e", "udp.checksum.status", "-e", "ip.checksum.status",
                                         "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"))
        layers = [packet["_source"]["layers"] for packet in packets]
        self.assertEqual(len(layers), first["messages"] + second["messages"])
        for layer in layers:
            self.assertTrue("sip.Method" in layer or "sip.Status-Code" in layer, layer)
            self.assertEqual((layer["udp.checksum.status"], layer["ip.checksum.status"]), (["1"], ["1"]), layer)
        methods = [layer["sip.Method"][0] for layer in layers if "sip.Method" in layer]
        self.assertEqual(methods.count("INVITE"), 4)
        self.assertEqual(methods.count("BYE"), 4)
        comments = {comment for layer in layers for comment in layer.get("frame.comment", [])}
        self.assertEqual(comments, {"came over TCP", "went over TCP"})
        self.assertNotIn(b"c2VjcmV0", path.read_bytes())
        self.assertNotIn(b"secret-ice", path.read_bytes())

    def test_2_secrets_are_nowhere_in_the_file(self):
        self.bernd.register()
        trace = self.call()
        text = json.dumps(self.server.api("GET", f"/api/traces/{trace['call_id']}"))
        self.assertIn("a=crypto", text)
        self.assertNotIn("c2VjcmV0", text)
        self.server.stop()
        stored = b"".join(path.read_bytes() for path in self.server.data.glob("traces.db*"))
        self.assertNotIn(b"secret-ice", stored)
        self.server.start()

    def test_3_kill_9_keeps_what_was_there(self):
        self.bernd.register()
        trace = self.call()
        self.server.kill()
        self.server.start()
        self.assertEqual(self.server.api("GET", f"/api/traces/{trace['call_id']}")["count"], trace["messages"])
        self.assertEqual(self.server.api("GET", "/api/traces?number=102&status=ok")["total"], 1)
        self.assertEqual(self.server.api("GET", "/api/traces?status=failed")["total"], 0)

    def test_4_a_running_call_is_followed(self):
        self.bernd.register()
        caller = self.anna.invite(102)
        called = self.bernd.answer_invite()
        called.pick_up()
        caller.established()
        trace = until(lambda: self.server.api("GET", "/api/traces")["items"], "the trace")[0]
        self.assertTrue(trace["live"])
        path = f"/api/traces/{trace['call_id']}"
        before = until(lambda: self.server.api("GET", path)["count"], "messages")
        caller.hang_up()
        called.is_hung_up()
        new = until(lambda: self.server.api("GET", f"{path}?after={before}")["messages"], "new messages")
        self.assertTrue(any("BYE" in message["start_line"] for message in new), new)
        self.assertFalse(until(lambda: not self.server.api("GET", path)["live"] and [False], "the end")[0])

    def test_5_registrations_only_while_watched(self):
        self.bernd.register()
        self.assertEqual(self.server.api("GET", "/api/traces")["total"], 0)
        self.assertIn("bernd", self.run_cli("trace", "phone", "102", "for", "5", "minutes"))
        clara = Phone(self.server.sip_address, CLARA, "clara", "secret-of-clara")
        self.addCleanup(clara.close)
        until(lambda: self.register_is_traced(), "the watched phone is traced")
        clara.register()
        items = until(lambda: [item for item in self.server.api("GET", "/api/traces?kind=register")["items"]
                               if item["status"] == 200], "its registration is complete")
        self.assertEqual({item["called"] for item in items}, {"bernd"})
        self.run_cli("trace", "phone", "bernd", "off")

    def register_is_traced(self):
        self.bernd.register()
        return self.server.api("GET", "/api/traces?kind=register&status=ok")["total"]


if __name__ == "__main__":
    harness.main()
