#!/usr/bin/env python3
"""The command line tool: what it shows, import and export with dry run, idempotence, its errors."""
import json
import subprocess

import harness
from harness import SystemTest, address, address_phone, free_port, password_phone, user
from sipphone import Phone

ANNA, BERND = address(11), address(12)
PORTS = {host: free_port(host) for host in (ANNA, BERND)}

CONFIG = {
    "phones": [address_phone("anna", ANNA, PORTS[ANNA]), password_phone("bernd")],
    "users": [{**user(101, "anna"), "first_name": "Anna", "last_name": "Müller"}, user(102, "bernd")],
}


class Cli(SystemTest):
    def run_cli(self, *arguments, status=0):
        tool = self.server.build / "src/cli/strowger"
        result = subprocess.run([str(tool), "--data", str(self.server.data), *arguments], capture_output=True, text=True,
                                timeout=30, stdin=subprocess.DEVNULL)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result.stdout if status == 0 else result.stderr

    def write(self, name, config):
        path = self.server.folder / name
        path.write_text(json.dumps(config) if not isinstance(config, str) else config)
        return str(path)

    def test_1_import_is_declarative_and_idempotent(self):
        exported = self.server.folder / "first.json"
        self.run_cli("export", str(exported))
        config = json.loads(exported.read_text())
        config["settings"].update(rtp_port_min=self.server.rtp_min, rtp_port_max=self.server.rtp_min + 498,
                                  password_weak_allowed=True)
        config.update(CONFIG)
        path = self.write("company.json", config)
        text = self.run_cli("import", "--dry-run", path)
        self.assertRegex(text, r"\d")
        self.assertEqual(self.server.api("GET", "/api/phones")["total"], 0, "a dry run changes nothing")
        self.run_cli("import", path)
        self.assertEqual(self.server.api("GET", "/api/phones")["total"], 2)
        before = self.server.api("GET", "/api/export")
        self.run_cli("import", path)
        self.assertEqual(self.server.api("GET", "/api/export"), before)
        again = self.server.folder / "again.json"
        self.run_cli("export", str(again))
        self.assertEqual(json.loads(again.read_text()), before)
        if self.server.api("GET", "/api/status").get("restart_needed"):
            self.server.restart()

    def test_2_lists(self):
        self.assertIn("Müller", self.run_cli("users"))
        self.assertIn("anna", self.run_cli("phones"))
        self.assertIn("101", self.run_cli("numbers"))
        self.assertRegex(self.run_cli("status"), r"\d+\.\d+")

    def test_3_live_call_and_trace(self):
        anna = Phone(self.server.sip_address, ANNA, "anna", port=PORTS[ANNA])
        bernd = Phone(self.server.sip_address, BERND, "bernd", "secret-of-bernd")
        self.addCleanup(anna.close)
        self.addCleanup(bernd.close)
        bernd.register()
        self.assertIn("bernd", self.run_cli("phones"))
        caller = anna.invite(102)
        called = bernd.answer_invite()
        called.pick_up()
        caller.established()
        call = harness.until(self.server.calls, "the live call")[0]
        text = self.run_cli("calls")
        self.assertIn("101", text)
        self.assertIn("102", text)
        caller.hang_up()
        called.is_hung_up()
        trace = harness.until(lambda: "BYE" in self.run_cli("trace", call["call_id"]) and
                              self.run_cli("trace", call["call_id"]), "the trace of the call")
        for word in ("INVITE", "200", "ACK", "BYE"):
            self.assertIn(word, trace)
        self.assertNotIn("secret-of-bernd", trace)
        record = harness.until(self.server.records, "the call record")[0]
        self.assertIn("Phone anna calls as Anna Müller (101), 102 is a number of", self.run_cli("records", "show", str(record["id"])))

    def test_4_errors(self):
        for words, arguments in ((("unknown", "dance"), ("dance",)),
                                 (("nowhere.json",), ("import", "/tmp/nowhere.json")),
                                 (("line",), ("import", self.write("broken.json", '{"users": [')))):
            with self.subTest(arguments=arguments):
                text = self.run_cli(*arguments, status=1) if arguments[0] != "dance" else self.fails(*arguments)
                for word in words:
                    self.assertIn(word, text)

    def fails(self, *arguments):
        tool = self.server.build / "src/cli/strowger"
        result = subprocess.run([str(tool), "--data", str(self.server.data), *arguments], capture_output=True, text=True,
                                timeout=30)
        self.assertNotEqual(result.returncode, 0)
        return result.stderr

    def test_5_a_bad_import_changes_nothing(self):
        before = self.server.api("GET", "/api/export")
        bad = json.loads(json.dumps(before))
        bad["users"].append({"login": "7777", "first_name": "Gut", "last_name": "Gut"})
        bad["users"].append({"login": "x", "first_name": "Schlecht", "last_name": "Schlecht"})
        text = self.fails("import", self.write("bad.json", bad))
        self.assertIn("login", text)
        self.assertEqual(self.server.api("GET", "/api/export"), before)

    def test_6_no_daemon(self):
        self.server.stop()
        text = self.fails("status")
        self.assertIn("strowger.sock", text)
        self.assertEqual(len(text.strip().splitlines()), 1)
        self.server.start()


if __name__ == "__main__":
    harness.main()
