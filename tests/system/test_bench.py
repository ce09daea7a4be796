#!/usr/bin/env python3
"""`make bench` works: its generators place calls, talk and register, and nothing fails or gets lost on the way."""
import subprocess
import sys
import unittest

import harness


class Bench(unittest.TestCase):
    def test_smoke(self):
        bench = harness.ROOT / "tests/bench/bench"
        result = subprocess.run([sys.executable, str(bench), "--smoke", "--build", str(harness.build_root)],
                                capture_output=True, text=True, timeout=100)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)


if __name__ == "__main__":
    harness.main()
