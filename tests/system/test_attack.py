#!/usr/bin/env python3
"""Attacks from one and from a thousand addresses (SEC-3), SIP passwords (SEC-1, SEC-2): what is legitimate works meanwhile.

Runs in a network namespace of its own where that is permitted, so that the kernel's filter may be changed.
"""
import fcntl
import http.client
import json
import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import harness
from attack import message
from harness import SystemTest, address, address_phone, free_port, password_phone, until, user
from sipphone import Phone, sdp_target, talks

ANNA, BERND, CLEO, OTHER = address(11), address(12), address(13), address(14)
PORTS = {host: free_port(host) for host in (ANNA, BERND)}
ATTACKER = "127.1.0.1"  # the first one of attack.py
IN_NAMESPACE = "STROWGER_TEST_NAMESPACE"


def enter_namespace():
    """The same program again, in a network of its own with nothing but a loopback."""
    if os.environ.get(IN_NAMESPACE):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            fcntl.ioctl(sock, 0x8914, struct.pack("16sh14x", b"lo", 1))  # SIOCSIFFLAGS, IFF_UP
        return
    for options in (["-n"], ["-rn"]):
        if subprocess.run(["unshare", *options, "true"], stderr=subprocess.DEVNULL).returncode == 0:
            os.execvpe("unshare", ["unshare", *options, sys.executable, *sys.argv], {**os.environ, IN_NAMESPACE: "1"})


class Attacks(SystemTest):
    CONFIG = {
        "settings": {"domain": "strowger"},
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]),
                   password_phone("cleo"), password_phone("dora")],
        "users": [user(101, "anna"), user(102, "bernd"), user(103, "cleo"), user(104, "dora"),
                  {"login": "1000", "password": "right-1", "first_name": "Ada", "last_name": "Min", "admin": True}],
    }

    def setUp(self):
        self.anna = Phone(self.server.sip_address, ANNA, "anna", port=PORTS[ANNA])
        self.bernd = Phone(self.server.sip_address, BERND, "bernd", port=PORTS[BERND])
        self.addCleanup(self.anna.close)
        self.addCleanup(self.bernd.close)
        for rule in self.rules():
            self.server.api("DELETE", f"/api/address-rules/{rule['id']}")
        self.before = self.server.metrics()

    # What an administrator sees

    def rules(self):
        return self.server.api("GET", "/api/address-rules?per_page=1000")["items"]

    def rule_of(self, host):
        return next((rule for rule in self.rules() if rule["address"] == host), None)

    def grown(self, name):
        return self.server.metrics()[name] - self.before.get(name, 0)

    def cli(self, *arguments, status=0):
        result = subprocess.run([str(self.server.build / "src/cli/strowger"), "--data", str(self.server.data), *arguments],
                                capture_output=True, text=True, timeout=30)
        self.assertEqual(result.returncode, status, result.stderr)
        return result.stdout

    # What happens on the wire

    def attack(self, kind, rate, seconds, addresses):
        host, port = self.server.sip_address
        process = subprocess.Popen([sys.executable, str(Path(__file__).parent / "attack.py"), kind, host, str(port), str(rate),
                                    str(seconds), str(addresses)], stdout=subprocess.PIPE, text=True)
        self.addCleanup(process.wait)
        self.addCleanup(process.stdout.close)
        return process

    def end_of(self, process):
        result = json.loads(process.stdout.read())
        self.assertEqual(process.wait(), 0)
        return result

    def is_answered(self, host=ATTACKER, tries=3):
        """Does an OPTIONS without a number from this address get its 200?"""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind((host, 0))
            sock.settimeout(0.3)
            for _ in range(tries):
                text = message("OPTIONS", "", *self.server.sip_address, sock.getsockname()).replace(b"sip:@", b"sip:")
                try:
                    sock.sendto(text, self.server.sip_address)
                    if sock.recv(65536).startswith(b"SIP/2.0 200"):
                        return True
                except (TimeoutError, PermissionError):
                    continue
        return False

    def assert_a_call_works(self):
        caller = self.anna.invite(102)
        called = self.bernd.answer_invite()
        called.pick_up()
        answer = caller.established()
        talks(self.anna.rtp, sdp_target(answer.body), self.bernd.rtp, b"v" * 160)
        caller.hang_up()
        called.is_hung_up()

    def calls_while(self, process):
        calls = 0
        while process.poll() is None:
            self.assert_a_call_works()
            calls += 1
            time.sleep(0.05)  # the transactions of many more would hide those of the attack
        self.assertGreaterEqual(calls, 3)
        return {**self.end_of(process), "calls": calls}

    def assert_little_is_left(self, result):
        """Each call leaves two transactions for half a minute; the attack none."""
        self.assertLess(self.grown('strowger_sip_transactions{side="server"}'), 4 * result["calls"] + 100)

    # One address

    def test_a_scanner_is_blocked_and_calls_go_on(self):
        result = self.calls_while(self.attack("scan", 5000, 3, 1))
        self.assertGreater(result["rate"], 2000)
        self.assertLess(result["answers"], 400)
        rule = until(lambda: self.rule_of(ATTACKER), "the attacker is in the list")
        self.assertEqual((rule["action"], rule["automatic"], rule["reason"]), ("block", True, "guessing"))
        self.assertIsNotNone(rule["expires_at"])
        self.assertFalse(self.is_answered())
        until(lambda: self.grown('strowger_security_blocks_total{reason="guessing"}') == 1, "it is counted")
        self.assertIn("is blocked for 24 h: it looks for numbers", self.server.log_text())
        self.assertIn(ATTACKER, self.cli("blocked"))

    def test_an_attack_tool_is_blocked_at_once(self):
        result = self.end_of(self.attack("agent", 1000, 1, 1))
        self.assertEqual(result["answers"], 0)
        rule = until(lambda: self.rule_of(ATTACKER), "it is in the list")
        self.assertEqual((rule["reason"], rule["user_agent"]), ("scanner", "friendly-scanner"))
        # the first one of this run was told at once, whichever it was
        self.assertIn("address_blocked", [notice["code"] for notice in self.server.api("GET", "/api/notices")["items"]])

    def test_a_block_survives_restart_and_crash_and_ends_by_hand(self):
        self.end_of(self.attack("agent", 100, 1, 1))
        until(lambda: self.rule_of(ATTACKER), "it is in the list")
        self.server.restart()
        self.assertFalse(self.is_answered())
        self.server.kill()
        self.server.start()
        self.assertFalse(self.is_answered())
        self.assertTrue(self.is_answered("127.1.0.2"), "its neighbour is no attacker")
        self.cli("unblock", ATTACKER)
        until(self.is_answered, "it is answered again")
        self.assertIsNone(self.rule_of(ATTACKER))
        self.assertIn("no rule", subprocess.run(
            [str(self.server.build / "src/cli/strowger"), "--data", str(self.server.data), "unblock", ATTACKER],
            capture_output=True, text=True).stderr)

    def test_an_invite_flood_leaves_nothing_in_memory(self):
        result = self.calls_while(self.attack("flood", 5000, 3, 1))
        self.assertGreater(result["sent"], 5000)
        self.assert_little_is_left(result)
        self.assertEqual(until(lambda: self.rule_of(ATTACKER), "it is blocked")["reason"], "flood")

    def test_forged_requests_in_dialogs_leave_nothing_either(self):
        self.assert_little_is_left(self.calls_while(self.attack("dialogs", 3000, 4, 50)))

    # A thousand addresses

    def test_a_thousand_scanners(self):
        result = self.calls_while(self.attack("scan", 5000, 12, 1000))
        self.assertGreater(result["rate"], 1500)
        until(lambda: self.server.metrics()['strowger_security_sources{kind="blocked"}'] > 100, "they are blocked one by one")
        until(lambda: len(self.rules()) > 100, "and listed")
        self.assert_little_is_left(result)

    def test_a_thousand_guess_one_password(self):
        with Phone(self.server.sip_address, CLEO, "cleo", "secret-of-cleo") as cleo:
            cleo.register()
            process = self.attack("crack", 3000, 3, 1000)
            registered = 0
            while process.poll() is None:
                self.assert_a_call_works()
                cleo.register()
                registered += 1
                time.sleep(0.05)
            self.end_of(process)
            self.assertGreaterEqual(registered, 3, "the phone itself is not locked out")
        until(lambda: self.grown('strowger_security_refused_total{limit="account"}') > 100, "the name is slowed down")
        self.assertLess(self.grown('strowger_auth_total{result="wrong_password"}'), 100)

    # Those who are not meant

    def test_a_phone_with_a_typo_is_not_blocked(self):
        with Phone(self.server.sip_address, OTHER, "dora", "secret-of-dora") as dora:
            dora.register()
            for _ in range(20):
                dora.register(expect=401, password="typo")
            dora.register()
        self.assertIsNone(self.rule_of(OTHER))

    def test_rules_of_people_act_at_once(self):
        self.cli("block", "127.1.0.0/24", "the neighbours")
        until(lambda: not self.is_answered(tries=1), "the network is kept out")
        self.assertTrue(self.is_answered("127.1.1.1"))
        self.cli("allow", ATTACKER)
        until(self.is_answered, "the most exact rule counts")
        self.assertFalse(self.is_answered("127.1.0.2"))
        result = self.end_of(self.attack("agent", 100, 1, 1))
        self.assertGreater(result["answers"], 50, "it may do what it likes")
        self.cli("block", ATTACKER)
        until(lambda: not self.is_answered(tries=1), "changed")
        self.cli("unblock", ATTACKER)
        self.cli("unblock", "127.1.0.0/24")
        until(self.is_answered, "free")

    def test_guessing_at_the_web_page_counts_too(self):
        for n in range(10):
            connection = http.client.HTTPConnection(self.server.host, self.server.http_port, timeout=30,
                                                    source_address=("127.1.2.1", 0))
            connection.request("POST", "/api/session", json.dumps({"login": f"100{n}", "password": "wrong"}),
                               {"Content-Type": "application/json"})
            self.assertEqual(connection.getresponse().status, 401)
            connection.close()
        self.assertEqual(until(lambda: self.rule_of("127.1.2.1"), "it is in the list")["reason"], "web_login")
        self.assertFalse(self.is_answered("127.1.2.1"))

    def test_the_kernel_helps_where_it_may(self):
        self.end_of(self.attack("agent", 100, 1, 1))
        until(lambda: self.rule_of(ATTACKER), "it is in the list")
        allowed = os.environ.get(IN_NAMESPACE) is not None
        until(lambda: self.server.metrics()["strowger_firewall_active"] == allowed, "as the metric says")
        if allowed:
            dropped = self.server.metrics()['strowger_security_dropped_total{why="blocked"}']
            self.assertFalse(self.is_answered())
            self.assertEqual(self.server.metrics()['strowger_security_dropped_total{why="blocked"}'], dropped,
                             "nothing of it reaches us")
            listing = subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True).stdout
            self.assertIn(ATTACKER, listing)
            self.server.stop()
            listing = subprocess.run(["nft", "list", "ruleset"], capture_output=True, text=True).stdout
            self.assertNotIn("strowger", listing, "nothing is left in the kernel")
            self.server.start()

    # Passwords

    def test_weak_sip_passwords(self):
        """SEC-1: refused unless permitted. SEC-2: found, and told."""
        notice = next(notice for notice in self.weak_notices() if "cleo" in notice["args"][1])
        self.assertEqual(notice["args"][0], "2")
        self.assertFalse(notice["seen"])
        self.server.api("PATCH", f"/api/notices/{notice['id']}", {"seen": True})
        self.assertIn("cleo", self.cli("notices"))
        self.server.api("PATCH", "/api/settings", {"password_weak_allowed": False})
        self.addCleanup(self.server.api, "PATCH", "/api/settings", {"password_weak_allowed": True})
        status, answer = self.server.request("POST", "/api/phones", {"name": "emil", "secret": "geheim1"})
        self.assertEqual((status, answer["error"]["code"]), (422, "weak_password"))
        phone = self.server.api("POST", "/api/phones", {"name": "emil"})
        secret = self.server.api("GET", f"/api/phones/{phone['id']}/sip-account")["password"]
        self.assertEqual(len(secret), 16)
        self.server.api("DELETE", f"/api/phones/{phone['id']}")
        for file in (self.server.log_text(), json.dumps(self.server.api("GET", "/api/notices"))):
            self.assertNotIn("secret-of-cleo", file)

    def weak_notices(self):
        def found():
            return [notice for notice in self.server.api("GET", "/api/notices")["items"] if notice["code"] == "weak_passwords"]

        if not found():
            self.server.restart()  # it looks when it starts
        return until(found, "weak passwords have been found")


if __name__ == "__main__":
    enter_namespace()
    harness.main()
