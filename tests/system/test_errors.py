#!/usr/bin/env python3
"""When it cannot start: one clear line on stderr, exit status not 0, data untouched. And --check, --version."""
import hashlib
import os
import shutil
import socket
import subprocess
import unittest

import harness
from harness import Server, user


def fingerprint(folder):
    """What the data are: not SQLite's index of an empty log, which reading a database already makes, and no lock."""
    if not folder.exists():
        return None
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in folder.rglob("*") if path.is_file() and path.stat().st_size > 0 and
            not path.name.endswith(("-shm", ".lock"))}


class Errors(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(shutil.rmtree, self.server.folder, ignore_errors=True)

    def run_daemon(self, *arguments, prefix=()):
        return subprocess.run([*prefix, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20)

    def assert_refuses(self, *words, command=None, prefix=()):
        """Ends with an error whose one line holds all the words; the data directory stays as it was."""
        before = fingerprint(self.server.data)
        result = self.run_daemon(*(command or self.server.command()), prefix=prefix)
        self.assertNotEqual(result.returncode, 0)
        self.assertGreater(result.returncode, 0, f"died of a signal: {result.stderr}")
        lines = result.stderr.strip().splitlines()
        self.assertEqual(len(lines), 1, result.stderr)
        for word in words:
            self.assertIn(word, lines[0])
        self.assertEqual(fingerprint(self.server.data), before)
        return lines[0]

    def test_unknown_option(self):
        self.assert_refuses("--colour", command=self.server.command("--colour"))

    def test_stray_argument(self):
        self.assert_refuses("stray", command=self.server.command("stray"))

    def test_bad_option_values(self):
        for option, value in (("--sip-port", "65536"), ("--sip-port", "12x"), ("--http-port", "-1"),
                              ("--bind", "no.address"), ("--log", "loud"), ("--user", "nobody-of-that-name")):
            with self.subTest(option=option, value=value):
                self.assert_refuses(option, value, command=[str(self.server.binary), "--data", str(self.server.data),
                                                            option, value])

    def test_option_without_value(self):
        self.assert_refuses("--data", command=[str(self.server.binary), "--data"])

    def test_sip_port_in_use(self):
        self.make_data()
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with self.subTest(kind), socket.socket(socket.AF_INET, kind) as holder:
                holder.bind((self.server.host, self.server.sip_port))
                if kind == socket.SOCK_STREAM:
                    holder.listen()
                self.assert_refuses(str(self.server.sip_port), "in use")

    def test_web_port_in_use(self):
        self.make_data()
        with socket.socket() as holder:
            holder.bind((self.server.host, self.server.http_port))
            holder.listen()
            self.assert_refuses(str(self.server.http_port), "in use")

    def make_data(self):
        """A sound data directory with something in it."""
        if not self.server.data.exists():
            self.server.start()
            self.server.load({"users": [user(101)]})
            self.server.stop()

    def test_second_daemon_on_the_same_data(self):
        self.server.start()
        try:
            other = Server()
            self.addCleanup(shutil.rmtree, other.folder, ignore_errors=True)
            other.data = self.server.data
            result = self.run_daemon(*other.command())
            self.assertGreater(result.returncode, 0)
            self.assertEqual(len(result.stderr.strip().splitlines()), 1, result.stderr)
            self.assertIn(str(self.server.data), result.stderr)
            self.assertTrue(self.server.is_healthy(), "the first one is not disturbed")
        finally:
            self.server.stop()

    def test_data_is_a_file(self):
        self.server.data.write_text("not a directory")
        self.assert_refuses(str(self.server.data))
        self.assertEqual(self.server.data.read_text(), "not a directory")

    def test_unwritable_data_directory(self):
        self.make_data()
        prefix = ()
        if os.getuid() == 0:
            # Root may write anywhere: drop to nobody, who may come in but not write.
            prefix = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
            self.server.folder.chmod(0o755)
        for path in [self.server.data, *self.server.data.iterdir()]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        self.assert_refuses(str(self.server.data), prefix=prefix)

    def test_damaged_database(self):
        self.make_data()
        database = self.server.data / "strowger.db"
        raw = bytearray(database.read_bytes())
        for name, damaged in (("header", b"this is not a database" + bytes(raw[22:])), ("truncated", bytes(raw[:5000])),
                              ("inside", bytes(raw[:4096]) + os.urandom(len(raw) - 4096))):
            with self.subTest(name):
                database.write_bytes(damaged)
                for leftover in ("strowger.db-wal", "strowger.db-shm"):
                    (self.server.data / leftover).unlink(missing_ok=True)
                self.assert_refuses("strowger.db")
                self.assertEqual(database.read_bytes(), damaged)

    def test_check(self):
        self.make_data()
        before = fingerprint(self.server.data)
        result = self.run_daemon(*self.server.command("--check"))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(fingerprint(self.server.data), before)
        (self.server.data / "strowger.db").write_bytes(b"rubbish" * 1000)
        self.assert_refuses("strowger.db", command=self.server.command("--check"))

    def test_check_before_the_first_start_creates_nothing(self):
        result = self.run_daemon(*self.server.command("--check"))
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertFalse(self.server.data.exists())

    def test_version(self):
        result = self.run_daemon(str(self.server.binary), "--version")
        self.assertEqual(result.returncode, 0)
        self.assertRegex(result.stdout, r"\d+\.\d+\.\d+")

    def test_start_says_where_to_go(self):
        self.server.start()
        self.assertIn(f":{self.server.http_port}", self.server.log_text())
        self.server.stop()


if __name__ == "__main__":
    harness.main()
