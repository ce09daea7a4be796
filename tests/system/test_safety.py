#!/usr/bin/env python3
"""The safety of accounts and licences (SRV-11): forgotten passwords by real mail, second factors that are required,
what the machine's administrator can do when nobody gets in any more."""
import base64
import hashlib
import hmac
import http.client
import json
import re
import sqlite3
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

import harness
from harness import Server, address, free_port, until
from smtpd import Smtpd

LICENCE_TOOL = Path(__file__).resolve().parents[2] / "tools/licence"
JSON = {"Content-Type": "application/json"}
LATE_SECONDS = 20


def totp(secret, step):
    """RFC 6238, as an app does it."""
    mac = hmac.new(base64.b32decode(secret), step.to_bytes(8, "big"), hashlib.sha1).digest()
    return f"{(int.from_bytes(mac[(at := mac[19] & 15):at + 4], 'big') & 0x7fffffff) % 1000000:06}"


class Browser:
    """Somebody at the web port, with cookie and CSRF token."""

    def __init__(self, server, login=None, password=None, **more):
        self.server, self.headers = server, dict(JSON)
        if login:
            status, body, headers = self.ask_for("POST", "/api/session", {"login": login, "password": password, **more})
            assert status == 200, body
            self.session = body
            cookie = next(value for name, value in headers if name.lower() == "set-cookie")
            self.headers.update({"Cookie": cookie.split(";")[0], "X-CSRF-Token": body["csrf"]})

    def ask_for(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.server.host, self.server.http_port, timeout=30)
        connection.request(method, path, json.dumps(body) if body is not None else None,
                           {**self.headers, **(headers or {})})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None, answer.getheaders()

    def ask(self, method, path, body=None, headers=None):
        return self.ask_for(method, path, body, headers)[:2]


def code_of(answer):
    return answer[0], answer[1]["error"]["code"]


class Safety(unittest.TestCase):
    OPTIONS = ()

    def setUp(self):
        self.server = Server(*self.OPTIONS)
        self.addCleanup(self.server.close)
        self.server.start()
        self.boss = self.person("1000", admin=True, email="ada@firm.test")

    def person(self, login, **more):
        return self.server.api("POST", "/api/users", {
            "login": login, "first_name": "Ada", "last_name": "Berg", "password": "geheim-1", "language": "en", **more})

    def cli(self, *arguments, status=0):
        tool = self.server.build / "src/cli/strowger"
        result = subprocess.run([str(tool), "--data", str(self.server.data), *map(str, arguments)], capture_output=True,
                                text=True, timeout=30, stdin=subprocess.DEVNULL)
        self.assertEqual(result.returncode, status, result.stdout + result.stderr)
        return result.stdout if status == 0 else result.stderr

    def set_up_factor(self, browser):
        status, key = browser.ask("POST", "/api/me/second-factor", {})
        self.assertEqual(status, 201, key)
        step = int(time.time()) // 30
        status, codes = browser.ask("POST", "/api/me/second-factor/confirm", {"code": totp(key["secret"], step - 1)})
        self.assertEqual(status, 200, codes)
        return key["secret"], codes["recovery_codes"]


class ForgottenPassword(Safety):
    def setUp(self):
        super().setUp()
        self.smtpd = Smtpd(address(50), free_port(address(50)))
        self.addCleanup(self.smtpd.close)
        self.server.api("PATCH", "/api/mail-server", {
            "delivery": "server", "host": self.smtpd.host, "port": self.smtpd.port, "security": "none",
            "sender": "pbx@firm.test", "web_address": "https://pbx.firm.test/"})

    def link(self, number):
        """Of the mail of that number; token and the whole address."""
        until(lambda: len(self.smtpd.mails()) >= number, f"mail {number}", LATE_SECONDS)
        text = self.smtpd.mails()[number - 1].get_content()
        return re.search(r"(\S+/new-password#([0-9a-f]{64}))\s", text).groups()

    def test_a_new_password_by_mail(self):
        stranger = Browser(self.server)
        old = Browser(self.server, "1000", "geheim-1")
        secret, recovery = self.set_up_factor(old)
        status, body = stranger.ask("POST", "/api/password-reset", {"account": "1000"},
                                    {"Host": "evil.test", "X-Forwarded-Host": "evil.test"})
        self.assertEqual((status, body), (202, {}))
        address_in_mail, token = self.link(1)
        self.assertTrue(address_in_mail.startswith("https://pbx.firm.test/new-password#"), "never what a request says")
        self.assertNotIn(token, self.server.log_text())
        with sqlite3.connect(f"file:{self.server.data}/strowger.db?mode=ro", uri=True) as db:
            self.assertEqual(db.execute("SELECT token_hash FROM password_reset").fetchall(),
                             [(hashlib.sha256(token.encode()).hexdigest(),)], "only the hash is kept")
        self.assertEqual(old.ask("GET", "/api/me")[0], 200, "nothing has happened yet")
        # it survives a crash, works once, and logs out everybody
        self.server.kill()
        self.server.start()
        self.assertEqual(code_of(stranger.ask("POST", "/api/password-reset/use", {"token": token, "password": "ab"})),
                         (422, "too_short"))
        self.assertEqual(stranger.ask("POST", "/api/password-reset/use", {"token": token, "password": "geheim-neu"})[0], 204)
        self.assertEqual(code_of(stranger.ask("POST", "/api/password-reset/use",
                                              {"token": token, "password": "geheim-x"})), (422, "reset_ended"))
        self.assertEqual(old.ask("GET", "/api/me")[0], 401)
        log_in = {"login": "1000", "password": "geheim-neu"}
        self.assertEqual(code_of(stranger.ask("POST", "/api/session", log_in)), (401, "code_needed"))
        self.assertEqual(stranger.ask("POST", "/api/session", {**log_in, "code": recovery[0]})[0], 200)
        until(lambda: len(self.smtpd.mails()) == 2, "a mail that the password has changed", LATE_SECONDS)
        self.assertNotIn("geheim-neu", self.smtpd.mails()[1].get_content())
        newest = self.server.api("GET", "/api/changes?entity=user&per_page=1")["items"][0]
        self.assertEqual((newest["writer"], newest["fields"]), ("Ada Berg (1000)", ["password"]))

    def test_strangers_learn_nothing(self):
        self.person("2000", email="both@firm.test")
        self.person("2001", email="BOTH@firm.test")
        self.person("2002")
        self.person("2003", email="off@firm.test", enabled=False)
        until(lambda: len(self.smtpd.mails()) == 3, "the mails about new accounts", LATE_SECONDS)
        stranger = Browser(self.server)
        answers = [stranger.ask("POST", "/api/password-reset", {"account": account})
                   for account in ("9999", "nobody@firm.test", "2002", "2003", "off@firm.test", "both@firm.test")]
        self.assertEqual(answers, [(202, {})] * 6)
        until(lambda: len(self.smtpd.mails()) == 5, "a mail to each of the two with this address", LATE_SECONDS)
        self.assertEqual({mail["X-Envelope"].split()[1] for mail in self.smtpd.mails()[3:]},
                         {"both@firm.test", "BOTH@firm.test"})
        # a link does not outlive another change of the password
        _, token = self.link(4)
        for user in self.server.api("GET", "/api/users?search=both")["items"]:
            self.server.api("PATCH", f"/api/users/{user['id']}", {"password": "geheim-33"})
        self.assertEqual(code_of(stranger.ask("POST", "/api/password-reset/use",
                                              {"token": token, "password": "geheim-x"})), (422, "reset_ended"))

    def test_one_account_gets_three_links_and_no_more(self):
        stranger = Browser(self.server)
        for account in ("1000", "ada@firm.test", "ADA@firm.test", "Ada@Firm.test"):
            self.assertEqual(stranger.ask("POST", "/api/password-reset", {"account": account})[0], 202)
        until(lambda: "is mailed no link" in self.server.log_text(), "the fourth is not mailed", LATE_SECONDS)
        until(lambda: len(self.smtpd.mails()) == 3, "three mails", LATE_SECONDS)
        self.assertEqual(len(self.server.api("GET", "/api/mails")["items"]), 3)

    def test_without_mail_it_is_not_offered(self):
        stranger = Browser(self.server)
        self.assertEqual(stranger.ask("GET", "/api/password-reset"), (200, {"offered": True}))
        self.server.api("PATCH", "/api/mail-server", {"web_address": ""})
        self.assertEqual(stranger.ask("GET", "/api/password-reset"), (200, {"offered": False}))
        self.assertEqual(code_of(stranger.ask("POST", "/api/password-reset", {"account": "1000"})),
                         (409, "reset_not_offered"))


class RequiredFactor(Safety):
    def test_nobody_is_locked_out_for_good(self):
        self.server.api("PATCH", "/api/settings", {"second_factor": "administrators"})
        browser = Browser(self.server, "1000", "geheim-1")
        self.assertTrue(browser.session["second_factor_needed"])
        self.assertEqual(code_of(browser.ask("GET", "/api/users")), (403, "second_factor_needed"))
        self.set_up_factor(browser)
        self.assertEqual(browser.ask("GET", "/api/users")[0], 200)
        # the telephone with the app is gone, the recovery codes too
        stranger = Browser(self.server)
        self.assertEqual(code_of(stranger.ask("POST", "/api/session", {"login": "1000", "password": "geheim-1"})),
                         (401, "code_needed"))
        self.assertEqual(self.cli("second-factor", "1000"), "on\n")
        self.cli("second-factor", "1000", "off")
        self.assertEqual(self.cli("second-factor", "1000"), "off\n")
        browser = Browser(self.server, "1000", "geheim-1")
        self.assertTrue(browser.session["second_factor_needed"])
        self.set_up_factor(browser)
        fields = [one["fields"] for one in self.server.api("GET", "/api/changes?entity=user")["items"]]
        self.assertEqual(fields.count(["second_factor"]), 3, "on, off, on")

    def test_others_are_asked_when_the_settings_say_so(self):
        self.person("2000")
        self.server.api("PATCH", "/api/settings", {"second_factor": "administrators"})
        clara = Browser(self.server, "2000", "geheim-1")
        self.assertFalse(clara.session["second_factor_needed"])
        self.assertEqual(clara.ask("GET", "/api/me")[0], 200)
        self.server.api("PATCH", "/api/settings", {"second_factor": "everybody"})
        self.assertEqual(code_of(clara.ask("GET", "/api/me")), (403, "second_factor_needed"), "at once")


class Licences(Safety):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name)
        self.tool("key", self.path / "key.pem")
        self.OPTIONS = ("--licence-key", str(self.path / "key.pem.public"))
        super().setUp()

    def tool(self, *arguments):
        return subprocess.run([LICENCE_TOOL, *map(str, arguments)], check=True, capture_output=True, text=True).stdout

    def licence(self, *arguments, key="key.pem"):
        path = self.path / "licence"
        path.write_text(self.tool("sign", self.path / key, "--number", "L-1", "--customer", "Müller GmbH", *arguments))
        return path

    def test_seats(self):
        self.assertIsNone(self.server.api("GET", "/api/licence")["users"])
        self.cli("licence", "set", f"text=@{self.licence('--users', 2, '--until', '2999-12-31')}")
        licence = self.server.api("GET", "/api/licence")
        self.assertEqual((licence["number"], licence["customer"], licence["users"], licence["users_used"], licence["lines"]),
                         ("L-1", "Müller GmbH", 2, 1, None))
        self.assertEqual(licence["valid_until"], "2999-12-31T23:59:59.000Z")
        self.assertNotIn("text", licence)
        self.person("2000")
        status, answer = self.server.request("POST", "/api/users", {"login": "2001", "first_name": "A", "last_name": "B"})
        self.assertEqual((status, answer["error"]["code"], answer["error"]["message"]),
                         (409, "no_seat", "All 2 seats of the licence for users are taken."))
        # a table: two who exist, one too many; a configuration
        status, _ = self.server.request("POST", "/api/user-import", b"login,firstname,lastname\n1000,Ada,Berg\n2002,C,D\n",
                                        headers={"Content-Type": "text/csv"})
        self.assertEqual(status, 202)
        until(lambda: self.server.api("GET", "/api/user-import")["state"] == "ready", "the table is checked")
        self.assertEqual(self.server.api("GET", "/api/user-import")["invalid"], 1)
        row, = self.server.api("GET", "/api/user-import/rows?invalid=1")["items"]
        self.assertEqual(row["errors"][0]["code"], "no_seat")
        status, answer = self.server.request(
            "POST", "/api/import?keep_others=1", {"users": [{"login": "2003", "first_name": "A", "last_name": "B"}]})
        self.assertIn("no_seat", str(answer))
        self.server.kill()
        self.server.start()
        self.assertEqual(self.server.api("GET", "/api/licence")["users"], 2)
        self.assertEqual(self.server.api("GET", "/api/changes?entity=licence")["items"][0]["fields"], ["text"])
        self.cli("licence", "set", "text=")
        self.person("2001")

    def test_the_end_is_announced_and_stops_nothing(self):
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))
        self.cli("licence", "set", f"text=@{self.licence('--users', 2, '--until', soon)}")
        self.server.restart()  # it is looked at once an hour, and at the start
        notice = until(lambda: next((one for one in self.server.api("GET", "/api/notices")["items"]
                                     if one["code"] == "licence_ends"), None), "a notice", LATE_SECONDS)
        self.assertEqual(notice["args"][:2], ["L-1", soon[:10]])
        self.person("2000")

    def test_what_is_not_taken(self):
        self.tool("key", self.path / "other.pem")
        good = self.licence("--users", 2).read_text()
        head, body, signature = good.strip().split(".")
        forged = base64.urlsafe_b64encode(base64.urlsafe_b64decode(body + "==").replace(b"2", b"9")).decode().rstrip("=")
        for text, code in ((self.licence("--users", 2, key="other.pem").read_text(), "licence_foreign"),
                           (f"{head}.{forged}.{signature}", "licence_forged"), (good[:-20], "licence_malformed"),
                           (good[:30], "licence_malformed"),
                           (self.licence("--until", "2020-01-01").read_text(), "licence_expired")):
            status, answer = self.server.request("PATCH", "/api/licence", {"text": text})
            self.assertEqual((status, answer["error"]["code"], answer["error"]["field"]), (422, code, "text"))
        self.assertEqual(self.server.api("GET", "/api/licence")["number"], "")
        self.assertIn("end is missing", self.cli("licence", "set", f"text={good[:-20]}", status=1))


if __name__ == "__main__":
    harness.main()
