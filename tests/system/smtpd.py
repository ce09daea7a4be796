"""A real SMTP server (aiosmtpd) as a process of its own, with moods: it can be strict, slow, rude.

As a program: `/usr/bin/python3 smtpd.py HOST PORT FOLDER [--tls PEM] [--user U --password P]`, because aiosmtpd comes
with Debian's own Python. Mails are files in FOLDER/mails; the mood is read from FOLDER/mood at each mail.
"""
import argparse
import asyncio
import email
import email.policy
import ssl
import subprocess
import tempfile
import time
from pathlib import Path

HOLD_SECONDS = 30


class Handler:
    def __init__(self, folder):
        self.folder = folder
        self.seen = set()
        self.number = 0

    def mood(self):
        return (self.folder / "mood").read_text().strip()

    async def hold(self, mood):
        """Until the mood changes: the client waits for our answer."""
        (self.folder / "holding").touch()
        try:
            for _ in range(HOLD_SECONDS * 50):
                if self.mood() != mood:
                    break
                await asyncio.sleep(0.02)
        finally:  # also when the client is gone
            (self.folder / "holding").unlink(missing_ok=True)

    async def handle_RCPT(self, server, session, envelope, address, options):
        mood = self.mood()
        if mood == "greylist" and address not in self.seen:
            self.seen.add(address)
            return "451 4.7.1 Greylisted, please try again later"
        if mood == "refuse":
            return "550 5.1.1 There is nobody of this name"
        if mood == "hold-rcpt":
            await self.hold(mood)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        mood = self.mood()
        self.number += 1
        (self.folder / "mails" / f"{self.number:04}").write_bytes(
            f"X-Envelope: {envelope.mail_from} {' '.join(envelope.rcpt_tos)} {'tls' if session.ssl else 'clear'}\r\n"
            .encode() + envelope.original_content)
        if mood == "hold-end":
            await self.hold(mood)
        return "250 2.0.0 Taken"


def serve():
    from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
    parser = argparse.ArgumentParser()
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tls")
    parser.add_argument("--implicit", action="store_true")
    parser.add_argument("--user")
    parser.add_argument("--password")
    options = parser.parse_args()
    context = None
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.tls)

    def authenticate(server, session, envelope, mechanism, data):
        good = (isinstance(data, LoginPassword) and data.login == options.user.encode()
                and data.password == options.password.encode())
        return AuthResult(success=good, handled=False)

    async def run():
        loop = asyncio.get_running_loop()
        handler = Handler(options.folder)
        more = {"authenticator": authenticate, "auth_required": True} if options.user else {}
        start_tls = None if options.implicit else context

        def one():
            return SMTP(handler, hostname="mail.test", tls_context=start_tls, require_starttls=bool(start_tls),
                        auth_require_tls=bool(context) and not options.implicit, **more)

        server = await loop.create_server(one, options.host, options.port, ssl=context if options.implicit else None)
        print("ready", flush=True)
        await server.serve_forever()

    asyncio.run(run())


class Smtpd:
    """What a test sees of it. `certificate`: PEM file with key, for STARTTLS (or TLS from the beginning: `implicit`)."""

    def __init__(self, host, port, certificate=None, implicit=False, user=None, password=None):
        self.host, self.port = host, port
        self.folder = tempfile.TemporaryDirectory(prefix="strowger-smtpd-")
        self.path = Path(self.folder.name)
        (self.path / "mails").mkdir()
        self.mood("friendly")
        self.arguments = [host, str(port), str(self.path)]
        if certificate:
            self.arguments += ["--tls", str(certificate), *(["--implicit"] if implicit else [])]
        if user:
            self.arguments += ["--user", user, "--password", password]
        self.process = None
        self.start()

    def start(self):
        self.process = subprocess.Popen(["/usr/bin/python3", __file__, *self.arguments], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL)
        if self.process.stdout.readline() != b"ready\n":
            raise AssertionError(f"the SMTP server ended with {self.process.wait()}")

    def mood(self, word):
        new = self.path / "mood.new"
        new.write_text(word)
        new.rename(self.path / "mood")

    def is_holding(self):
        return (self.path / "holding").exists()

    def mails(self, recipient=None):
        """All that came, in order."""
        found = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                 for path in sorted((self.path / "mails").iterdir())]
        return [mail for mail in found if not recipient or recipient in mail["X-Envelope"].split()]

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
            self.process = None

    def close(self):
        self.stop()
        self.folder.cleanup()


if __name__ == "__main__":
    serve()
