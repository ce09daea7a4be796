#!/usr/bin/env python3
"""The power comes back: 20,000 phones register at once. Calls made meanwhile succeed, and all phones are there
afterwards, also after a kill -9."""
import json
import subprocess
import unittest

import harness
from harness import Server, address, address_phone, free_port, password_phone, until, user
from sipphone import Phone

CALLS_MAX = 400  # their records fit into one page of the list
ANNA, BERND, OTHERS = address(11), address(12), address(13)


class Storm(unittest.TestCase):
    PHONES = 20000

    def setUp(self):
        self.server = Server().start()
        self.addCleanup(self.server.close)
        port = free_port(ANNA)
        self.server.load({
            "phones": [address_phone("anna", ANNA, port), password_phone("bernd"),
                       *({"name": f"ph{n}", "secret": f"pw-of-phone-{n}", "qualify_s": 0} for n in range(self.PHONES))],
            "users": [user(101, "anna"), user(102, "bernd")],
        })
        self.anna = Phone(self.server.sip_address, ANNA, "anna", port=port)
        self.bernd = Phone(self.server.sip_address, BERND, "bernd", "secret-of-bernd")
        self.addCleanup(self.anna.close)
        self.addCleanup(self.bernd.close)

    def registered(self):
        """Bindings; the one of anna, who has a fixed address, is always there."""
        return int(self.server.metrics().get("strowger_registrations", 0))

    def call(self):
        caller = self.anna.invite(102)
        called = self.bernd.answer_invite()
        called.pick_up()
        caller.established()
        caller.hang_up()
        called.is_hung_up()

    def test_everybody_registers_at_once(self):
        patience = harness.patience()
        self.bernd.register(expires=3600)
        host, port = self.server.sip_address
        storm = subprocess.Popen(
            [str(harness.build_root / "tests/bench/registerload"), "--server", f"{host}:{port}",
             "--local", f"{OTHERS}:{free_port(OTHERS)}", "--prefix", "ph", "--password", "pw-of-phone-",
             "--phones", str(self.PHONES), "--rounds", "1", "--rate", str(20000 // patience)],
            stdout=subprocess.PIPE, text=True)
        calls = 0
        while storm.poll() is None and calls < CALLS_MAX:
            self.call()
            calls += 1
        counts = json.loads(storm.stdout.read())
        storm.wait()
        storm.stdout.close()
        self.assertEqual((counts["registered"], counts["failed"]), (self.PHONES, 0), counts)
        self.assertGreater(calls, 2)
        until(lambda: self.registered() == self.PHONES + 2, "all phones are registered", 20 * patience)
        self.server.kill()
        self.server.start()
        until(lambda: self.registered() == self.PHONES + 2, "all phones are still registered", 20 * patience)
        self.call()
        self.assertEqual({record["result"] for record in self.server.wait_records(calls + 1, seconds=20 * patience)},
                         {"answered"})


if __name__ == "__main__":
    harness.main()
