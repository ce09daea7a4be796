#!/usr/bin/env python3
"""Least privilege: started with --user, nothing runs and no file is left as root, and a later start finds its files."""
import os
import pwd
import unittest
from pathlib import Path

import harness
from harness import Server, user

# Started by root the daemon changes to an ordinary account; started by somebody else it stays that one.
ACCOUNT = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


CAP_NET_ADMIN = 1 << 12


class Account(unittest.TestCase):
    def setUp(self):
        self.server = Server("--user", ACCOUNT.pw_name)
        self.addCleanup(self.server.close)
        os.chmod(self.server.folder, 0o711)  # the account must reach its data directory

    def threads(self):
        pid = self.server.process.pid
        return [(task / "status").read_text() for task in Path(f"/proc/{pid}/task").iterdir()]

    def assert_ordinary(self):
        for status in self.threads():
            fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
            self.assertEqual(set(fields["Uid"].split()), {str(ACCOUNT.pw_uid)}, fields["Name"])
            if ACCOUNT.pw_uid != 0:
                for kind in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
                    left = int(fields[kind], 16)
                    if fields["Name"] == "firewall" and kind in ("CapEff", "CapPrm"):
                        self.assertIn(left, (0, CAP_NET_ADMIN), "it may change the kernel's filter, nothing else")
                    else:
                        self.assertEqual(left, 0, f"{fields['Name']} has no capability left")

    def test_every_thread_and_file_is_the_accounts(self):
        self.server.start()
        self.server.load({"users": [user(101)]})
        self.assert_ordinary()
        for path in self.server.data.iterdir():
            if path.suffix != ".sock":
                self.assertEqual(path.stat().st_uid, ACCOUNT.pw_uid, path)
                self.assertEqual(path.stat().st_mode & 0o077, 0, f"{path} is for its owner only")
        self.server.restart()
        self.assert_ordinary()
        self.assertEqual(len(self.server.api("GET", "/api/users")["items"]), 1)
        self.server.api("PATCH", "/api/settings", {"company": "written as the account"})


if __name__ == "__main__":
    harness.main()
