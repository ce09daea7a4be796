#!/usr/bin/env python3
"""Logs, a full disk and call records as a file against the real daemon (SRV-10, SRV-12, STA-1)."""
import csv
import io
import json
import subprocess
import tarfile
from urllib.parse import quote

import harness
from harness import SystemTest, UnixConnection, address, address_phone, free_port, password_phone, until, user
from sipphone import Phone

ANNA, BERND = address(11), address(12)
PORTS = {host: free_port(host) for host in (ANNA, BERND)}
SECRETS = ("Geheim-Telefon-4711-abcDEF", "geheim-konto-0815", "Geheim-Leitung-9988")


class Logs(SystemTest):
    @classmethod
    def config(cls):
        return {
            "ranges": [{"first": "100", "last": "999"}],
            "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]),
                       password_phone("carla", secret=SECRETS[0])],
            "users": [user(101, "anna"), user(102, "bernd", last_name="=cmd|' /C calc'!A0"),
                      user(103, "carla", password=SECRETS[1])],
            "lines": [{"name": "provider", "host": "192.0.2.1", "username": "me", "password": SECRETS[2], "enabled": False}],
        }

    def lines(self, query=""):
        return self.server.api("GET", f"/api/logs/lines?limit=1000{query}")["items"]

    def set_level(self, component, level):
        self.server.api("PATCH", "/api/logs", {"levels": {component: level}})

    def bundle(self, query=""):
        connection = UnixConnection(self.server.data / "strowger.sock")
        self.addCleanup(connection.close)
        connection.request("GET", f"/api/logs/file{query}")
        answer = connection.getresponse()
        with tarfile.open(fileobj=io.BytesIO(answer.read())) as tar:
            return {member.name: tar.extractfile(member).read() for member in tar}

    def test_a_level_acts_at_once_and_stays_after_a_restart(self):
        """SRV-10"""
        self.set_level("api", "debug")
        self.server.api("GET", "/api/users?search=first")
        until(lambda: self.lines("&search=" + quote("GET /api/users:")), "the request is in the log")
        self.set_level("api", "warn")
        newest = self.lines()[0]["position"]
        self.server.api("GET", "/api/users")
        self.server.restart()
        self.assertEqual([line for line in self.lines(f"&after={newest}") if "/api/users" in line["text"]], [])
        levels = {one["name"]: one["level"] for one in self.server.api("GET", "/api/logs")["components"]}
        self.assertEqual(levels["api"], "warn")
        self.assertEqual(levels["sip"], "info")
        self.set_level("api", "info")

    def test_a_component_that_does_not_exist_is_refused(self):
        """SRV-10"""
        status, answer = self.server.request("PATCH", "/api/logs", {"levels": {"nothing": "debug"}})
        self.assertEqual((status, answer["error"]["field"]), (422, "levels"))
        status, _ = self.server.request("PATCH", "/api/logs", {"levels": {"sip": "loud"}})
        self.assertEqual(status, 422)

    def test_rotation_and_kill_9_leave_only_whole_lines(self):
        """SRV-10"""
        self.server.api("PATCH", "/api/settings", {"log_file_mb": 1, "log_files": 3})
        self.set_level("api", "debug")
        folder = self.server.data / "log"
        path = "/api/users?search=x"

        def rotated():
            for _ in range(100):
                self.server.request("GET", "/api/traces/" + "x" * 1800)  # no such trace, and told with its path
            return list(folder.glob("*.zst"))

        until(rotated, "the first file is full", 120 * harness.patience())
        self.server.api("GET", path)
        self.server.kill()
        self.server.start()
        for line in (folder / "strowger.log").read_text().splitlines():
            self.assertRegex(line, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (fatal|error|warn|info|debug|trace) +\w+ +\S")
        self.assertTrue(self.lines())
        files = self.server.api("GET", "/api/logs")["files"]
        self.assertEqual([one["current"] for one in files], [True] + [False] * (len(files) - 1))
        self.assertLessEqual(len(files), 3)
        seen, before = set(), ""
        while before is not None:
            page = self.server.api("GET", f"/api/logs/lines?limit=500&before={before}")
            positions = {line["position"] for line in page["items"]}
            self.assertFalse(positions & seen, "no line twice")
            seen |= positions
            before = page["before"]
        self.set_level("api", "info")
        self.server.api("PATCH", "/api/settings", {"log_file_mb": 10, "log_files": 5})

    def test_no_secret_is_in_the_log_nor_in_the_support_bundle(self):
        """SRV-10"""
        for one in self.server.api("GET", "/api/logs")["components"]:
            self.set_level(one["name"], "trace")
        self.server.web_request("POST", "/api/session", {"login": "1103", "password": SECRETS[1]})
        self.server.web_request("POST", "/api/session", {"login": "1103", "password": SECRETS[1] + "x"})
        phone = Phone(self.server.sip_address, address(13), "carla", port=free_port(address(13)), password=SECRETS[0])
        self.addCleanup(phone.close)
        phone.register()
        files = self.bundle("?traces=1")
        self.assertLessEqual({"strowger/version.json", "strowger/status.json", "strowger/settings.json", "strowger/metrics.txt",
                              "strowger/log/strowger.log", "strowger/traces.pcapng"}, set(files))
        self.assertIn("version", json.loads(files["strowger/status.json"]))
        for name, content in files.items():
            for secret in SECRETS:
                self.assertNotIn(secret.encode(), content, name)
        for secret in SECRETS:
            self.assertNotIn(secret, self.server.log_text())
        self.assertNotIn("strowger/traces.pcapng", self.bundle(), "traces only when asked for")
        self.server.api("PATCH", "/api/logs", {"levels": {one: "info" for one in ("api", "sip", "net", "call", "media", "store")}})

    def test_the_command_shows_lines_and_changes_levels(self):
        """SRV-10"""
        def strowger(*words):
            command = [str(self.server.build / "src/cli/strowger"), "--socket", str(self.server.data / "strowger.sock"), *words]
            return subprocess.run(command, capture_output=True, text=True, check=True).stdout

        self.assertRegex(strowger("logs", "mail=debug"), r"mail +debug")
        self.assertTrue(strowger("logs", "--limit", "3").splitlines())
        strowger("logs", "mail=info")

    def test_a_full_disk_is_told_once_and_calls_go_on(self):
        """SRV-12: with a limit above what any disk has free."""
        def notices():
            return [one for one in self.server.api("GET", "/api/notices")["items"] if one["code"] == "disk_low"]

        before = len(notices())
        total = until(lambda: self.server.api("GET", "/api/disk"), "the disk is measured", 30)["total_bytes"]
        self.assertEqual(self.server.metrics()["strowger_disk_total_bytes"], total)
        self.server.api("PATCH", "/api/settings", {"disk_free_mb": 1_000_000})
        until(lambda: self.server.api("GET", "/api/status")["disk"]["state"] != "ok", "the disk is low", 30)
        until(lambda: len(notices()) == before + 1, "people are told")
        self.call()
        until(lambda: self.lines("&search=" + quote("free on the disk")), "the log has it")
        self.server.restart()  # is no news
        until(lambda: self.server.api("GET", "/api/disk").get("state", "ok") != "ok", "the disk is still low", 30)
        self.assertEqual(len(notices()), before + 1)
        self.server.api("PATCH", "/api/settings", {"disk_free_mb": 512})
        until(lambda: self.server.api("GET", "/api/disk")["state"] == "ok", "the disk has space again", 30)

    def call(self):
        anna = Phone(self.server.sip_address, ANNA, "anna", port=PORTS[ANNA])
        bernd = Phone(self.server.sip_address, BERND, "bernd", port=PORTS[BERND])
        since = harness.now()
        try:
            caller = anna.invite("102")
            called = bernd.answer_invite()
            called.reply(486)
            called.expect("ACK")
            caller.failed_with(486)
        finally:
            anna.close()
            bernd.close()
        return self.server.wait_records(1, since)[0]

    def csv(self, query="", delimiter=","):
        text = self.server.api("GET", f"/api/call-records.csv{query}")
        return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=delimiter))

    def test_call_records_leave_as_a_file_with_the_filters_of_the_list(self):
        """STA-1"""
        record = self.call()
        users = {one["login"]: one["id"] for one in self.server.api("GET", "/api/users")["items"]}
        rows = {row["call_id"]: row for row in self.csv()}
        row = rows[record["call_id"]]
        self.assertEqual((row["direction"], row["result"], row["caller_number"]), ("internal", "busy", "101"))
        self.assertRegex(row["started_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$")
        self.assertIn(record["call_id"], {one["call_id"] for one in self.csv(f"?user={users['1101']}")})
        self.assertEqual(self.csv(f"?user={users['1103']}"), [])
        self.assertEqual(self.csv("?direction=out"), [])
        self.assertEqual(self.csv("?to=2001-01-01T00:00:00Z"), [])
        group = self.server.api("POST", "/api/groups", {"name": "Export"})["id"]
        self.assertEqual(self.csv(f"?group={group}"), [])
        self.server.api("POST", "/api/group-members", {"group": group, "user": users["1102"]})
        self.assertIn(record["call_id"], {one["call_id"] for one in self.csv(f"?group={group}")})
        self.assertEqual(self.server.api("GET", f"/api/call-records?group={group}&direction=internal")["total"],
                         len(self.csv(f"?group={group}")))

    def test_what_looks_like_a_formula_is_only_text(self):
        """STA-1: a name begins with = here."""
        record = self.call()
        for query, delimiter in (("", ","), ("?format=excel", ";")):
            rows = {row["call_id"]: row for row in self.csv(query, delimiter)}
            for value in rows[record["call_id"]].values():
                self.assertNotRegex(value, r"^[=+\-@\t\r]")


if __name__ == "__main__":
    harness.main()
