#!/usr/bin/env python3
"""What takes its time by definition: lost ACK, lost BYE, session timers, media time-out.

All scenarios run at the same time, each in a thread with phones of its own; the tests then look at how they went.
"""
from concurrent.futures import ThreadPoolExecutor

import harness
from harness import SystemTest, address, address_phone, free_port, user
from sipphone import Phone, sdp_target, talks

SCENARIOS = ("lost_ack", "lost_bye", "refresh_by_us", "refresh_missing", "media_ends", "media_never_came",
             "silent_phone", "session_refused")
RTP_TIMEOUT_S = 8


def pair(index):
    return address(20 + 2 * index), address(21 + 2 * index)


PORTS = {host: free_port(host) for index in range(len(SCENARIOS)) for host in pair(index)}


class Timers(SystemTest):
    @classmethod
    def config(cls):
        phones, users = [], []
        for index in range(len(SCENARIOS)):
            for side, host in enumerate(pair(index)):
                phones.append(address_phone(f"p{index}{side}", host, PORTS[host]))
                users.append(user(200 + 2 * index + side, f"p{index}{side}", ring_s=45))
        return {"settings": {"rtp_timeout_s": RTP_TIMEOUT_S}, "phones": phones, "users": users}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        pool = ThreadPoolExecutor(len(SCENARIOS))
        cls.addClassCleanup(pool.shutdown)
        cls.futures = {name: pool.submit(cls.run_scenario, index, name) for index, name in enumerate(SCENARIOS)}

    def tearDown(self):
        """Other scenarios' calls are still alive; the last look is in test_z_nothing_is_left."""

    @classmethod
    def run_scenario(cls, index, name):
        hosts = pair(index)
        with Phone(cls.server.sip_address, hosts[0], f"p{index}0", port=PORTS[hosts[0]]) as caller, \
                Phone(cls.server.sip_address, hosts[1], f"p{index}1", port=PORTS[hosts[1]]) as called:
            return getattr(cls, name)(caller, called, 200 + 2 * index + 1)

    @staticmethod
    def establish(caller, called, number, extra=()):
        a = caller.invite(number, extra=extra)
        b = called.answer_invite()
        b.pick_up()
        answer = a.established()
        return a, b, answer

    @staticmethod
    def keep_talking(a, b, answer, stop):
        """RTP both ways, ten packets a second are enough to be alive, until `stop` returns something."""
        to_b, to_a = sdp_target(answer.body), sdp_target(b.invite.body)
        while True:
            a.phone.rtp.send(to_b)
            b.phone.rtp.send(to_a)
            result = stop()
            if result:
                return result

    @classmethod
    def lost_ack(cls, caller, called, number):
        """The caller's ACK never comes: our 200 is repeated, after 32 s both sides get BYE (RFC 3261 13.3.1.4)."""
        a = caller.invite(number)
        b = called.answer_invite()
        b.pick_up()
        answer = a.expect(200, method="INVITE")
        bye = cls.keep_talking(a, b, answer, lambda: caller.receive(0.1))
        a.reply(200, bye)
        b.is_hung_up(5)
        return caller.repeats

    @classmethod
    def lost_bye(cls, caller, called, number):
        """The called phone vanishes: our BYE is repeated and given up, the caller is done at once."""
        a, b, _ = cls.establish(caller, called, number)
        a.hang_up()
        b.expect("BYE")
        called.expect_nothing(34)
        return called.repeats

    @classmethod
    def refresh_by_us(cls, caller, called, number):
        """RFC 4028: the caller asks us to refresh; at half time a re-INVITE or UPDATE comes."""
        extra = [("Supported", "timer"), ("Session-Expires", "90;refresher=uas"), ("Min-SE", "90")]
        a, b, answer = cls.establish(caller, called, number, extra)
        refresh = cls.keep_talking(a, b, answer, lambda: a.phone.receive(0.1))
        if refresh.method == "INVITE":
            a.reply(200, refresh, a.invite.body)
            a.expect("ACK")
        else:
            a.reply(200, refresh)
        a.hang_up()
        # The other side may have got a refresh meanwhile.
        while True:
            message = b.phone.receive(5)
            if message.method == "BYE":
                b.reply(200, message)
                break
            b.reply(200, message, b.invite.body if message.method == "INVITE" else b"")
        return answer.get("Session-Expires"), refresh.method

    @classmethod
    def refresh_missing(cls, caller, called, number):
        """The caller promised to refresh and does not: after the session's time both sides get BYE."""
        extra = [("Supported", "timer"), ("Session-Expires", "90;refresher=uac"), ("Min-SE", "90")]
        a, b, answer = cls.establish(caller, called, number, extra)

        def step():
            message = b.phone.receive(0)
            if message and message.method == "INVITE":
                b.reply(200, message, b.invite.body)
            return a.phone.receive(0.1)

        bye = cls.keep_talking(a, b, answer, step)
        a.reply(200, bye)
        b.is_hung_up(5)
        return bye.method

    @classmethod
    def media_ends(cls, caller, called, number):
        """Voice was there and stops without a BYE (a phone lost its power)."""
        a, b, answer = cls.establish(caller, called, number)
        talks(caller.rtp, sdp_target(answer.body), called.rtp, b"y" * 160)
        talks(called.rtp, sdp_target(b.invite.body), caller.rtp, b"z" * 160)
        bye = a.is_hung_up(RTP_TIMEOUT_S + 8)
        b.is_hung_up(5)
        return bye.method

    @classmethod
    def media_never_came(cls, caller, called, number):
        a, b, _ = cls.establish(caller, called, number)
        bye = a.is_hung_up(RTP_TIMEOUT_S + 8)
        b.is_hung_up(5)
        return bye.method

    @classmethod
    def silent_phone(cls, caller, called, number):
        """The called phone does not answer at all: 408 or 480 when its INVITE times out (timer B, 32 s)."""
        a = caller.invite(number)
        called.expect("INVITE")
        return a.failed_with((408, 480), 50).status

    @classmethod
    def session_refused(cls, caller, called, number):
        """RFC 4028 5: a session time under our minimum is refused with 422 and our Min-SE."""
        a = caller.invite(number, extra=[("Supported", "timer"), ("Session-Expires", "20")])
        return a.failed_with(422).get("Min-SE")

    def result(self, name):
        return self.futures[name].result(150)

    def test_lost_ack(self):
        self.assertGreaterEqual(self.result("lost_ack"), 9, "the 200 is repeated for 32 s")

    def test_lost_bye(self):
        self.assertGreaterEqual(self.result("lost_bye"), 9, "the BYE is repeated for 32 s")

    def test_session_is_refreshed(self):
        expires, method = self.result("refresh_by_us")
        self.assertIn("refresher=uas", expires)
        self.assertIn(method, ("INVITE", "UPDATE"))

    def test_session_without_refresh_ends(self):
        self.assertEqual(self.result("refresh_missing"), "BYE")

    def test_media_time_out(self):
        self.assertEqual(self.result("media_ends"), "BYE")
        self.assertEqual(self.result("media_never_came"), "BYE")

    def test_silent_phone(self):
        self.assertIn(self.result("silent_phone"), (408, 480))

    def test_session_interval_too_small(self):
        self.assertEqual(self.result("session_refused"), "90")

    def test_z_nothing_is_left(self):
        for name in SCENARIOS:
            self.result(name)
        # What is refused with 422 comes again with another time: it was no call yet.
        records = self.server.wait_records(len(SCENARIOS) - 1)
        self.assertEqual(sorted({record["ended_by"] for record in records if record["result"] == "answered"}),
                         ["caller", "system"])


if __name__ == "__main__":
    harness.main()
