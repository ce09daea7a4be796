#!/usr/bin/env python3
"""USR-2: 10,000 users from a table, a kill in the middle of it, and the same users on another system."""
import time

import harness
from harness import SystemTest, user

USERS = 10_000
RANGES = [{"first": "100", "last": "999"}, {"first": "10000", "last": "99999"}]
HEAD = "login,firstname,lastname,external,internal,mail,password,fax_perm,voice_perm\n"


def table(rows, passwords=0):
    return HEAD + "".join(
        f"5{number},Vorname,\"Nachname, {number}\",49{number},{number},u{number}@example.org,"
        f"{'geheim-1' if number - 20000 < passwords else ''},{number % 2},\n" for number in range(20000, 20000 + rows))


class UserImport(SystemTest):
    @classmethod
    def config(cls):
        return {"ranges": RANGES, "users": [user(101)]}

    def total(self):
        return self.server.api("GET", "/api/users?per_page=1")["total"]

    def state(self):
        return self.server.api("GET", "/api/user-import")

    def send(self, text):
        status, answer = self.server.request("POST", "/api/user-import", text.encode(), headers={"Content-Type": "text/csv"})
        self.assertEqual(status, 202, answer)

    def reach(self, *states, seconds=120):
        """Waits until the import is in one of these states; returns its report."""
        until = time.monotonic() + seconds
        while (report := self.state())["state"] not in states:
            self.assertLess(time.monotonic(), until, report)
            time.sleep(0.02)
        return report

    def check(self, text):
        self.send(text)
        return self.reach("ready", "failed")

    def apply(self, **how):
        self.server.api("POST", "/api/user-import/apply", how)

    def export(self):
        status, text = self.server.request("GET", "/api/users.csv")
        self.assertEqual(status, 200)
        return text

    def test_1_a_kill_in_the_middle_leaves_all_or_nothing(self):
        before = self.total()
        for wanted in (0.05, 0.4, 0.8):
            report = self.check(table(USERS))
            self.assertEqual((report["create"], report["invalid"]), (USERS, 0), report)
            self.apply()
            while (report := self.state())["state"] != "done" and not (
                    report["state"] == "writing" and report["done"] >= wanted * USERS):
                pass
            self.server.kill()
            self.server.start()
            self.assertIn(self.total(), (before, before + USERS))
            self.assertEqual(self.server.request("GET", "/api/user-import")[0], 404)
            if self.total() > before:
                break

    def test_2_ten_thousand_rows_in_seconds(self):
        began = time.monotonic()
        report = self.check(table(USERS))
        checked = time.monotonic()
        self.assertEqual(report["invalid"], 0, report)
        self.apply()
        report = self.reach("done", "failed")
        print(f"{USERS} rows: checked in {checked - began:.2f} s, imported in {time.monotonic() - checked:.2f} s")
        self.assertEqual(report["state"], "done", report)
        self.assertEqual(self.total(), USERS + 1)
        self.assertLess(time.monotonic() - began, 20 * harness.patience())
        again = self.check(table(USERS))
        self.assertEqual((again["unchanged"], again["create"], again["update"]), (USERS, 0, 0), again)

    def test_3_what_one_system_exports_another_one_imports(self):
        began = time.monotonic()
        exported = self.export()
        print(f"exported in {time.monotonic() - began:.2f} s, {len(exported)} bytes")
        report = self.check(exported)
        self.assertEqual((report["unchanged"], report["rows"]), (USERS + 1, USERS + 1), report)
        self.server.api("POST", "/api/import", {"users": [], "numbers": []})
        self.assertEqual(self.total(), 0)
        report = self.check(exported)
        self.assertEqual(report["create"], USERS + 1, report)
        self.apply()
        self.assertEqual(self.reach("done", "failed")["state"], "done")
        self.assertEqual(self.export(), exported)

    def test_4_passwords_are_hashed_with_progress_and_can_be_cancelled(self):
        before = self.total()
        text = table(600, passwords=600).replace(",\n", ",1\n")
        self.check(text)
        self.apply()
        began = time.monotonic()
        while not 0 < (report := self.state())["done"] < report["total"]:
            self.assertLess(time.monotonic() - began, 30, report)
        self.assertEqual((report["state"], report["total"]), ("hashing", 600))
        self.server.api("DELETE", "/api/user-import")
        self.reach("cancelled")
        self.assertEqual(self.total(), before)
        self.check(table(100, passwords=100))
        began = time.monotonic()
        self.apply()
        self.assertEqual(self.reach("done", "failed")["state"], "done")
        print(f"100 passwords: {time.monotonic() - began:.2f} s")

    def test_5_what_is_no_table_is_refused(self):
        for body, kind, code in ((b"login,colour\n", "text/csv", "unknown_column"), (b"", "text/csv", "no_header"),
                                 (b"login\n1000\n", "text/plain", "not_csv")):
            status, answer = self.server.request("POST", "/api/user-import", body, headers={"Content-Type": kind})
            self.assertEqual(answer["error"]["code"], code, answer)


if __name__ == "__main__":
    harness.main()
