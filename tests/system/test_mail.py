#!/usr/bin/env python3
"""Outgoing mail (SRV-6, USR-3): real SMTP servers take it, refuse it, delay it, and are not there at all."""
import socket
import sqlite3
import ssl
import subprocess
import tempfile
import threading
import unittest
from pathlib import Path

import harness
from dnsmasq import Dnsmasq
from harness import ApiError, SystemTest, address, free_port, until
from smtpd import Smtpd

MX_PORT = 25


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """Signs certificates for the test's mail servers."""

    def __init__(self, folder):
        self.path = Path(folder)
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                "-subj", "/CN=Test authority", "-keyout", self.path / "ca.key", "-out", self.path / "ca.pem")
        self.pem = (self.path / "ca.pem").read_text()

    def certificate(self, ip):
        key, request, signed, names = (self.path / f"{ip}.{end}" for end in ("key", "csr", "crt", "ext"))
        names.write_text(f"subjectAltName=IP:{ip}\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={ip}", "-keyout",
                key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.path / "ca.pem", "-CAkey", self.path / "ca.key",
                "-CAcreateserial", "-days", "2", "-extfile", names, "-out", signed)
        both = self.path / f"{ip}.pem"
        both.write_text(key.read_text() + signed.read_text())
        return both


class PopServer:
    """Answers the log-in of a POP3 client, and remembers who came and what was said in the clear. `certificate`: PEM
    file with key, for STLS (RFC 2595), or TLS from the beginning (`implicit`)."""

    def __init__(self, host, user, password, certificate=None, implicit=False):
        self.user, self.password = user, password
        self.logged_in = 0
        self.in_the_clear = []
        self.implicit = implicit
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(certificate)
        self.socket = socket.create_server((host, 0))
        self.host = f"{host}:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        while True:
            try:
                connection = self.socket.accept()[0]
            except OSError:
                return
            try:
                with self.secured(connection) if self.implicit else connection as stream:
                    self.talk(stream, self.implicit)
            except OSError:
                pass  # the client does not trust us, and goes

    def secured(self, connection):
        return self.context.wrap_socket(connection, server_side=True)

    def talk(self, connection, secret):
        stream = connection.makefile("rwb")

        def say(text):
            stream.write(text + b"\r\n")
            stream.flush()

        user = b""
        if secret == self.implicit:
            say(b"+OK ready")
        for line in stream:
            word, _, rest = line.strip().partition(b" ")
            if not secret:
                self.in_the_clear.append(word)
            if word == b"STLS" and self.context and not secret:
                say(b"+OK")
                with self.secured(connection) as inner:
                    return self.talk(inner, True)
            if word == b"USER":
                user = rest
                say(b"+OK")
            elif word == b"PASS":
                good = (user, rest) == (self.user.encode(), self.password.encode())
                self.logged_in += good
                say(b"+OK" if good else b"-ERR wrong")
            elif word == b"CAPA":
                say(b"+OK\r\nUSER\r\nSTLS\r\n." if self.context and not secret else b"+OK\r\nUSER\r\n.")
            elif word == b"QUIT":
                say(b"+OK")
                return
            else:
                say(b"+OK\r\n.")


class Mail(SystemTest):
    SECRET = "mail-password-1"

    @classmethod
    def setUpClass(cls):
        cls.dns = Dnsmasq([
            f"mx-host=two.test,gone.test,10", f"mx-host=two.test,mx.test,20", "mx-host=none.test,.,0",
            f"host-record=gone.test,{address(51)}", f"host-record=mx.test,{address(52)}",
            f"host-record=alone.test,{address(52)}"])
        cls.addClassCleanup(cls.dns.close)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.authority = Authority(folder.name)
        cls.OPTIONS = ("--dns", cls.dns.servers)
        super().setUpClass()
        cls.logins = iter(range(2000, 3000))

    def setUp(self):
        self.server.api("PATCH", "/api/mail-server",
                        {"delivery": "off", "auth": "none", "security": "none", "sender": "pbx@firm.test",
                         "sender_name": "Zentrale Köln", "web_address": "https://pbx.firm.test"})
        for mail in self.mails():
            self.server.request("DELETE", f"/api/mails/{mail['id']}")

    def smtpd(self, host=50, port=None, **more):
        server = Smtpd(address(host), port or free_port(address(host)), **more)
        self.addCleanup(server.close)
        return server

    def use(self, smtpd, **more):
        self.server.api("PATCH", "/api/mail-server",
                        {"delivery": "server", "host": smtpd.host, "port": smtpd.port, **more})

    def mails(self):
        return self.server.api("GET", "/api/mails?sort=id&order=asc")["items"]

    def person(self, mail, **more):
        return self.server.api("POST", "/api/users",
                               {"login": str(next(self.logins)), "first_name": "Jörg", "last_name": "Müller",
                                "email": mail, "password": "geheim-12", **more})

    def wait_mail(self, recipient, **wanted):
        """The row of that recipient's newest mail, once it looks like that."""
        def fits():
            rows = [row for row in self.mails() if row["recipient"] == recipient]
            return rows and all(rows[-1][name] == value for name, value in wanted.items()) and rows[-1]
        try:
            return until(fits, f"the mail to {recipient} is {wanted}", 30)
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.mails()}") from None

    def column(self, query, *values):
        with sqlite3.connect(f"file:{self.server.data}/strowger.db?mode=ro", uri=True) as db:
            return [row[0] for row in db.execute(query, values)]

    def test_access_data_are_mailed_encrypted(self):
        smtpd = self.smtpd(certificate=self.authority.certificate(address(50)), user="pbx", password=self.SECRET)
        self.use(smtpd, security="starttls", auth="password", username="pbx", password=self.SECRET)
        self.person("jm@two.test")
        row = self.wait_mail("jm@two.test", state="waiting", attempts=1)
        self.assertIn("certificate", row["answer"].lower())
        authority = self.server.api("POST", "/api/certificates",
                                    {"name": "mail authority", "kind": "authority", "certificate": self.authority.pem})
        self.addCleanup(self.server.request, "DELETE", f"/api/certificates/{authority['id']}")
        self.server.api("POST", f"/api/mails/{row['id']}/retry")
        row = self.wait_mail("jm@two.test", state="sent", attempts=2)
        self.assertIn("Taken", row["answer"])
        self.assertEqual([mail["X-Envelope"] for mail in smtpd.mails()], ["pbx@firm.test jm@two.test tls"])
        tls = self.smtpd(54, certificate=self.authority.certificate(address(54)), implicit=True)
        self.use(tls, security="tls", auth="none")
        self.person("tls@two.test")
        self.wait_mail("tls@two.test", state="sent")
        self.assertEqual(len(tls.mails()), 1)
        plain = self.smtpd()  # no STARTTLS there: nothing is sent in the clear
        self.use(plain, security="starttls")
        self.person("clear@two.test")
        self.wait_mail("clear@two.test", state="waiting", attempts=1)
        self.assertEqual(plain.mails(), [])

    def test_what_a_mail_says(self):
        smtpd = self.smtpd()
        self.use(smtpd)
        user = self.person("jm@two.test")
        number = self.server.api("POST", "/api/numbers", {"number": "777", "user": user["id"]})
        self.addCleanup(self.server.request, "DELETE", f"/api/numbers/{number['id']}")
        self.wait_mail("jm@two.test", state="sent")
        mail, = smtpd.mails()
        self.assertEqual(mail["X-Envelope"], "pbx@firm.test jm@two.test clear")
        self.assertEqual(str(mail["From"]), "Zentrale Köln <pbx@firm.test>")
        self.assertEqual(str(mail["To"]), "Jörg Müller <jm@two.test>")
        self.assertEqual(mail["Subject"], "Ihr Zugang zur Telefonanlage")
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        for words in ("Guten Tag Jörg Müller", f"Anmeldung: {user['login']}", "Kennwort: geheim-12",
                      "https://pbx.firm.test"):
            self.assertIn(words, mail.get_content())
        self.assertEqual(self.column("SELECT text FROM mail WHERE recipient = ?", "jm@two.test"), [""],
                         "the password does not stay in the database")
        # A change of the password, in the person's language; with a text of the administrator's own.
        template = next(one for one in self.server.api("GET", "/api/mail-templates")["items"]
                        if (one["kind"], one["language"]) == ("access_changed", "en"))
        self.assertIn("{login}", template["standard_text"])
        self.server.api("PATCH", f"/api/mail-templates/{template['id']}",
                        {"subject": "New: {login}", "text": "Dear {first_name},\nnow it is {password} {unknown}."})
        self.server.api("PATCH", f"/api/users/{user['id']}", {"language": "en"})
        self.server.api("PATCH", f"/api/users/{user['id']}", {"password": "geheim-34"})
        until(lambda: len(smtpd.mails()) == 2, "the second mail")
        mail = smtpd.mails()[1]
        self.assertEqual(mail["Subject"], f"New: {user['login']}")
        self.assertEqual(mail.get_content().splitlines(), ["Dear Jörg,", "now it is geheim-34 {unknown}."])
        self.server.api("PATCH", f"/api/mail-templates/{template['id']}", {"subject": "", "text": ""})
        self.server.api("PATCH", f"/api/users/{user['id']}", {"login": "29999"})
        until(lambda: len(smtpd.mails()) == 3, "the third mail")
        self.assertEqual(smtpd.mails()[2].get_content().splitlines()[4:6], ["Login: 29999", "Password: (unchanged)"])
        self.server.api("PATCH", f"/api/users/{user['id']}", {"first_name": "Georg"})  # nobody's access data
        self.assertEqual(len(self.mails()), 3)

    def test_greylisted_mail_comes_later(self):
        smtpd = self.smtpd()
        smtpd.mood("greylist")
        self.use(smtpd)
        self.person("grey@two.test")
        row = self.wait_mail("grey@two.test", state="waiting", attempts=1)
        self.assertIn("Greylisted", row["answer"])
        self.assertGreater(row["next_at"], harness.now(), "not at once")
        self.server.api("POST", f"/api/mails/{row['id']}/retry")
        self.wait_mail("grey@two.test", state="sent", attempts=2)
        self.assertEqual(len(smtpd.mails()), 1)

    def test_refused_mail_ends_with_a_notice(self):
        smtpd = self.smtpd()
        smtpd.mood("refuse")
        self.use(smtpd)
        self.person("nobody@two.test")
        row = self.wait_mail("nobody@two.test", state="failed")
        self.assertIn("There is nobody of this name", row["answer"])
        until(lambda: [one for one in self.server.api("GET", "/api/notices")["items"]
                       if one["code"] == "mail_failed" and "nobody@two.test" in one["text"]], "a notice about it")
        self.assertEqual(smtpd.mails(), [])

    def test_mail_for_a_dead_server_waits(self):
        smtpd = self.smtpd()
        smtpd.stop()
        self.use(smtpd)
        self.person("late@two.test")
        row = self.wait_mail("late@two.test", state="waiting", attempts=1)
        self.assertTrue(row["answer"])
        self.server.restart()
        smtpd.start()
        self.server.api("POST", f"/api/mails/{row['id']}/retry")
        self.wait_mail("late@two.test", state="sent")
        self.assertEqual(len(smtpd.mails()), 1)

    def test_wrong_password_waits_for_the_administrator(self):
        smtpd = self.smtpd(user="pbx", password=self.SECRET)
        self.use(smtpd, auth="password", username="pbx", password="wrong-1")
        self.person("auth@two.test")
        row = self.wait_mail("auth@two.test", state="waiting", attempts=1)
        self.assertIn("535", row["answer"])
        self.use(smtpd, password=self.SECRET)
        self.server.api("POST", f"/api/mails/{row['id']}/retry")
        self.wait_mail("auth@two.test", state="sent")

    def test_pop_before_smtp(self):
        pop = PopServer(address(53), "box", self.SECRET)
        self.addCleanup(pop.socket.close)
        smtpd = self.smtpd()
        self.use(smtpd, auth="pop", pop_host=pop.host, username="box", password=self.SECRET)
        self.person("pop@two.test")
        self.wait_mail("pop@two.test", state="sent")
        self.assertEqual((pop.logged_in, len(smtpd.mails())), (1, 1))

    def test_pop_before_smtp_is_as_secret_as_smtp(self):
        """The same password goes over both: neither says it in the clear, nor to somebody with any certificate."""
        def pop(host, **more):
            server = PopServer(address(host), "box", self.SECRET, **more)
            self.addCleanup(server.socket.close)
            return server

        certificate = self.authority.certificate(address(55))
        smtpd = self.smtpd(55, certificate=certificate)
        plain, stls, implicit = pop(55), pop(55, certificate=certificate), pop(55, certificate=certificate, implicit=True)
        self.use(smtpd, security="starttls", auth="pop", pop_host=stls.host, username="box", password=self.SECRET)
        self.person("untrusted@two.test")
        row = self.wait_mail("untrusted@two.test", state="waiting", attempts=1)
        self.assertIn("certificate", row["answer"].lower())
        self.assertEqual((stls.logged_in, set(stls.in_the_clear) & {b"USER", b"PASS"}), (0, set()))
        authority = self.server.api("POST", "/api/certificates",
                                    {"name": "pop authority", "kind": "authority", "certificate": self.authority.pem})
        self.addCleanup(self.server.request, "DELETE", f"/api/certificates/{authority['id']}")
        self.server.api("POST", f"/api/mails/{row['id']}/retry")
        self.wait_mail("untrusted@two.test", state="sent", attempts=2)
        self.assertEqual((stls.logged_in, set(stls.in_the_clear) & {b"USER", b"PASS"}), (1, set()))
        self.server.api("PATCH", "/api/mail-server", {"pop_host": plain.host})  # knows no STLS
        self.person("clear@two.test")
        self.wait_mail("clear@two.test", state="waiting", attempts=1)
        self.assertEqual((plain.logged_in, set(plain.in_the_clear) & {b"USER", b"PASS"}), (0, set()))
        tls = self.smtpd(56, certificate=self.authority.certificate(address(56)), implicit=True)
        self.use(tls, security="tls", pop_host=implicit.host)
        self.person("tls-pop@two.test")
        self.wait_mail("tls-pop@two.test", state="sent")
        self.assertEqual((implicit.logged_in, len(tls.mails())), (1, 1))

    def test_direct_delivery_asks_the_next_server(self):
        smtpd = self.smtpd(52, MX_PORT)
        self.server.api("PATCH", "/api/mail-server", {"delivery": "direct"})
        self.person("a@two.test")
        self.wait_mail("a@two.test", state="sent")
        self.person("b@alone.test")  # a domain without MX is its own server
        self.wait_mail("b@alone.test", state="sent")
        self.assertEqual([mail["X-Envelope"].split()[1] for mail in smtpd.mails()], ["a@two.test", "b@alone.test"])
        self.person("c@none.test")
        self.assertIn("no mail server", self.wait_mail("c@none.test", state="failed")["answer"])
        self.person("d@missing.test")
        self.wait_mail("d@missing.test", state="failed")

    def test_the_trial_shows_what_was_spoken(self):
        with self.assertRaises(ApiError) as refused:
            self.server.api("POST", "/api/mail-test", {"to": "me@two.test"})
        self.assertEqual(refused.exception.code, "mail_off")
        smtpd = self.smtpd(user="pbx", password=self.SECRET)
        self.use(smtpd, auth="password", username="pbx", password=self.SECRET)
        with self.assertRaises(ApiError):
            self.server.api("POST", "/api/mail-test", {"to": "no address"})
        trial = self.server.api("POST", "/api/mail-test", {"to": "me@two.test"})
        self.assertTrue(trial["sent"], trial)
        for line in ("< 220", "> EHLO", "> AUTH", "> (masked)", "> MAIL FROM:<pbx@firm.test>", "> RCPT TO:<me@two.test>",
                     "< 250 2.0.0 Taken"):
            self.assertIn(line, trial["dialogue"])
        self.assertNotIn(self.SECRET, trial["dialogue"])
        self.assertEqual(smtpd.mails()[0]["Subject"], "Test des E-Mail-Versands")
        smtpd.stop()
        trial = self.server.api("POST", "/api/mail-test", {"to": "me@two.test"})
        self.assertFalse(trial["sent"])
        self.assertTrue(trial["answer"])
        self.assertEqual(self.mails(), [], "a trial is not queued")

    def test_killed_while_handing_over_nothing_is_sent_twice(self):
        smtpd = self.smtpd()
        smtpd.mood("hold-end")
        self.use(smtpd)
        self.person("twice@two.test")
        until(smtpd.is_holding, "the server has the whole mail and does not answer", 20)
        self.server.kill()
        smtpd.mood("friendly")
        self.server.start()
        row = self.wait_mail("twice@two.test", state="unsure")
        self.person("next@two.test")
        self.wait_mail("next@two.test", state="sent")
        self.assertEqual(len(smtpd.mails("twice@two.test")), 1)
        self.server.api("POST", f"/api/mails/{row['id']}/retry")  # a person may want it again
        self.wait_mail("twice@two.test", state="sent")
        mails = smtpd.mails("twice@two.test")
        self.assertEqual(len(mails), 2)
        self.assertEqual(mails[0]["Message-ID"], mails[1]["Message-ID"])

    def test_killed_before_that_nothing_is_lost(self):
        smtpd = self.smtpd()
        smtpd.mood("hold-rcpt")
        self.use(smtpd)
        self.person("once@two.test")
        until(smtpd.is_holding, "the server does not say whether it takes the recipient", 20)
        self.server.kill()
        smtpd.mood("friendly")
        self.server.start()
        self.wait_mail("once@two.test", state="sent")
        self.assertEqual(len(smtpd.mails("once@two.test")), 1)

    def test_a_slow_server_stops_nobody_else_and_a_waiting_mail_can_be_cancelled(self):
        smtpd = self.smtpd()
        smtpd.mood("hold-rcpt")
        self.use(smtpd)
        self.person("slow@two.test")
        until(smtpd.is_holding, "the server is slow", 20)
        first = self.wait_mail("slow@two.test", state="sending")
        self.person("cancelled@two.test")  # the API goes on
        row = self.wait_mail("cancelled@two.test", state="waiting")
        self.server.api("DELETE", f"/api/mails/{row['id']}")
        self.server.api("DELETE", f"/api/mails/{first['id']}")  # even the one that is on its way
        smtpd.mood("friendly")
        self.person("after@two.test")
        self.wait_mail("after@two.test", state="sent")
        self.assertEqual([mail["X-Envelope"].split()[1] for mail in smtpd.mails()], ["after@two.test"])

    def test_nothing_is_queued_while_mail_is_off(self):
        self.person("off@two.test")
        self.assertEqual(self.mails(), [])

    def test_bad_settings_are_refused(self):
        for values, field in (({"delivery": "server", "host": ""}, "host"), ({"delivery": "direct", "sender": ""}, "sender"),
                              ({"sender": "a@b\r\nBcc: x@y.test"}, "sender"),
                              ({"delivery": "server", "host": "h", "auth": "password", "username": ""}, "username"),
                              ({"delivery": "server", "host": "h", "auth": "pop", "username": "u", "pop_host": ""},
                               "pop_host")):
            status, answer = self.server.request("PATCH", "/api/mail-server", values)
            self.assertEqual((status, answer["error"]["field"]), (422, field), values)
        status, _ = self.server.request("POST", "/api/mails", {"recipient": "x@y.test"})
        self.assertEqual(status, 405)
        self.assertNotIn("password", self.server.api("GET", "/api/mail-server"))


if __name__ == "__main__":
    harness.main()
