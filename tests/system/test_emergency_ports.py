#!/usr/bin/env python3
"""LIN-6: emergency calls get through although every port of voice is taken, those that are kept for them as well."""
import harness
from harness import SystemTest, address, free_port, password_phone, until, user
from sipphone import Phone

HOST = address(55)
PORTS_OF_A_STREAM = 4
STREAMS = 8  # a quarter is kept for emergency calls
KEPT = 2


class EmergencyPorts(SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.port = free_port(HOST)
        super().setUpClass()

    @classmethod
    def config(cls):
        return {
            "settings": {"country_code": "49", "area_code": "211", "outside_prefix": "0",
                         "rtp_port_max": cls.server.rtp_min + STREAMS * PORTS_OF_A_STREAM - 1},
            "phones": [password_phone("p1"), password_phone("p2")],
            "users": [user(101, "p1"), user(102, "p2")],
            "lines": [{"name": "one", "host": f"{HOST}:{cls.port}", "auth": "address", "register": False, "qualify_s": 0}],
        }

    def setUp(self):
        self.provider = self.open(Phone(self.server.sip_address, HOST, "one", port=self.port))
        self.phone = {name: self.open(Phone(self.server.sip_address, address(70 + n), name, f"secret-of-{name}"))
                      for n, name in enumerate(("p1", "p2"))}
        for phone in self.phone.values():
            phone.register()

    def open(self, phone):
        self.addCleanup(phone.close)
        return phone

    def talk(self, phone, number):
        call = self.phone[phone].invite(number)
        there = self.provider.answer_invite()
        there.pick_up()
        call.established()
        return call, there

    def live(self, number, count):
        """Answered calls to that number, if there are so many."""
        calls = [one for one in self.server.calls() if one["called"]["number"] == number and one["state"] == "answered"]
        return calls if len(calls) == count else []

    def test_more_emergency_calls_than_ports_are_kept(self):
        """Those that come when the kept ones are gone wait for what the youngest other calls give back."""
        began = harness.now()
        talks = [self.talk("p1", f"0022199{n}") for n in range(STREAMS - KEPT)]
        self.phone["p1"].invite("00221999").failed_with(503)
        urgent = [self.phone["p2"].invite("112") for _ in range(KEPT + 2)]
        answered = []
        for _ in urgent:
            there = self.provider.answer_invite(seconds=harness.patience() * 6)
            self.assertIn("sip:112@", there.invite.start)
            there.pick_up()
            answered.append(there)
        for call in urgent:
            call.established()
        until(lambda: self.live("112", len(urgent)), "all emergency calls are answered")
        self.assertTrue(self.live("+49221990", 1), "the oldest call goes on")
        for one in self.server.calls():
            self.server.request("POST", f"/api/calls/{one['call_id']}/hangup")  # or has ended by itself
        for dialog in (*urgent, *answered, *(side for pair in talks for side in pair)):
            dialog.is_hung_up()
        records = self.server.wait_records(len(talks) + 1 + len(urgent), began)
        ended = [one["called_number"] for one in records if "ports_for_emergency" in [reason["code"] for reason in one["explanation"]]]
        self.assertGreaterEqual(len(ended), 2)
        self.assertEqual(sorted(ended), [f"+4922199{n}" for n in range(STREAMS - KEPT - len(ended), STREAMS - KEPT)],
                         "the youngest ones have ended")


if __name__ == "__main__":
    harness.main()
