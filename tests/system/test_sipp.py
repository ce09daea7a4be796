#!/usr/bin/env python3
"""Calls between SIPp phones: a foreign SIP implementation checks every message of ours that it understands."""
import harness
from harness import SystemTest, address, address_phone, free_port, password_phone, user
from sipp import Sipp

CALLER, OTHER_CALLER, CALLED, SECOND = address(11), address(14), address(12), address(13)
PORTS = {host: free_port(host) for host in (CALLER, OTHER_CALLER, CALLED, SECOND)}

CALL = """
    send INVITE
    recv 100?
    recv 180?
    recv 200
    send ACK
    pause 50
    send BYE
    recv 200
"""
ANSWER = """
    recv INVITE
    send 180
    send 200 sdp
    recv ACK
    recv BYE
    send 200
"""


class SippCalls(SystemTest):
    CONFIG = {
        "phones": [address_phone("caller", CALLER, PORTS[CALLER]), address_phone("desk", CALLED, PORTS[CALLED]),
                   address_phone("second", SECOND, PORTS[SECOND]), password_phone("secure"),
                   address_phone("tcp-desk", OTHER_CALLER, PORTS[OTHER_CALLER], transport="tcp")],
        "users": [user(101, "caller"), user(102, "desk"), user(103, "desk", "second", ring_s=5), user(104, "secure"),
                  user(105), user(106, "tcp-desk")],
    }

    def phone(self, script, host, **more):
        sipp = Sipp(self.server, script, host, PORTS[host], **more)
        self.addCleanup(sipp.close)
        return sipp

    def play(self, caller, number, *called):
        """`called`: pairs of address and script. Every SIPp must see exactly its script."""
        began = harness.now()
        phones = [self.phone(script, host, name="called") for host, script in called]
        self.phone(caller, CALLER, name="caller", number=number).finish()
        for phone in phones:
            phone.finish()
        return self.server.wait_records(1, began)[0]

    def play_failing(self, status, answer, passed_on=None):
        record = self.play(f"""
            send INVITE
            recv 100?
            recv 180?
            recv {passed_on or status}
            send ACK
        """, 102, (CALLED, f"recv INVITE\nsend {answer}\nrecv ACK"))
        return record["result"]

    def test_call(self):
        record = self.play(CALL, 102, (CALLED, ANSWER))
        self.assertEqual((record["result"], record["ended_by"]), ("answered", "caller"))
        self.assertEqual((record["caller_number"], record["called_number"]), ("101", "102"))

    def test_called_side_hangs_up(self):
        record = self.play("send INVITE\nrecv 100?\nrecv 180?\nrecv 200\nsend ACK\nrecv BYE\nsend 200", 102, (CALLED, """
            recv INVITE
            send 200 sdp
            recv ACK
            pause 50
            send BYE
            recv 200
        """))
        self.assertEqual((record["result"], record["ended_by"]), ("answered", "called"))

    def test_parallel_ringing_cancels_the_other_phone(self):
        record = self.play(CALL, 103, (CALLED, "recv INVITE\nsend 180\nrecv CANCEL\nsend 200\n"), (SECOND, """
            recv INVITE
            send 180
            pause 200
            send 200 sdp
            recv ACK
            recv BYE
            send 200
        """))
        self.assertEqual(record["called_phone"], "second")

    def test_busy(self):
        self.assertEqual(self.play_failing(486, "486"), "busy")

    def test_rejected(self):
        self.assertEqual(self.play_failing(603, "603"), "rejected")

    def test_unknown_number(self):
        record = self.play("send INVITE\nrecv 100?\nrecv 404\nsend ACK", 199)
        self.assertEqual(record["result"], "not_found")

    def test_user_without_a_phone(self):
        record = self.play("send INVITE\nrecv 100?\nrecv 480\nsend ACK", 105)
        self.assertEqual(record["result"], "unavailable")

    def test_caller_cancels(self):
        record = self.play("""
            send INVITE
            recv 100?
            recv 180
            send CANCEL
            recv 200
            recv 487
            send ACK
        """, 102, (CALLED, "recv INVITE\nsend 180\nrecv CANCEL\nsend 200"))
        self.assertEqual(record["result"], "cancelled")

    def test_early_media(self):
        record = self.play("""
            send INVITE
            recv 100?
            recv 183
            recv 200
            send ACK
            pause 50
            send BYE
            recv 200
        """, 102, (CALLED, """
            recv INVITE
            send 183 sdp
            pause 200
            send 200 sdp
            recv ACK
            recv BYE
            send 200
        """))
        self.assertEqual(record["result"], "answered")

    def test_reliable_early_media(self):
        """RFC 3262 on both legs: the phone's 183 gets our PRACK, ours gets the caller's."""
        record = self.play("""
            send INVITE 100rel
            recv 100?
            recv 183
            send PRACK
            recv 200
            recv 200
            send ACK
            pause 50
            send BYE
            recv 200
        """, 102, (CALLED, """
            recv INVITE
            send 183 reliable
            recv PRACK
            send 200
            pause 200
            send 200 late
            recv ACK
            recv BYE
            send 200
        """))
        self.assertEqual(record["result"], "answered")

    def test_update_in_a_call(self):
        """RFC 3311: an offer in an UPDATE reaches the other side as one."""
        record = self.play("""
            send INVITE
            recv 100?
            recv 180?
            recv 200
            send ACK
            pause 50
            send UPDATE hold
            recv 200
            pause 50
            send BYE
            recv 200
        """, 102, (CALLED, """
            recv INVITE
            send 180
            send 200 sdp
            recv ACK
            recv UPDATE
            send 200 sdp
            recv BYE
            send 200
        """))
        self.assertEqual(record["result"], "answered")

    def test_hold_and_resume_by_the_caller(self):
        self.play("""
            send INVITE
            recv 100?
            recv 180?
            recv 200
            send ACK
            pause 50
            send INVITE hold
            recv 100?
            recv 200
            send ACK
            pause 50
            send INVITE
            recv 100?
            recv 200
            send ACK
            pause 50
            send BYE
            recv 200
        """, 102, (CALLED, """
            recv INVITE
            send 200 sdp
            recv ACK
            recv INVITE
            send 200 sdp
            recv ACK
            recv INVITE
            send 200 sdp
            recv ACK
            recv BYE
            send 200
        """))

    def test_hold_by_the_called(self):
        self.play("""
            send INVITE
            recv 100?
            recv 180?
            recv 200
            send ACK
            recv INVITE
            send 200 sdp
            recv ACK
            recv BYE
            send 200
        """, 102, (CALLED, """
            recv INVITE
            send 200 sdp
            recv ACK
            pause 50
            send INVITE hold
            recv 100?
            recv 200
            send ACK
            pause 50
            send BYE
            recv 200
        """))

    def test_digest_of_another_implementation(self):
        """SIPp computes REGISTER and INVITE proofs by itself."""
        self.phone("send REGISTER\nauth 401\nsend REGISTER\nrecv 200", OTHER_CALLER, name="secure",
                   secret="secret-of-secure", number="x").finish()
        harness.until(lambda: "secure" in [one["phone"] for one in self.server.registrations()], "the binding")
        called = self.phone(ANSWER, CALLED)
        self.phone("send INVITE\nauth 401\n" + CALL.strip(), OTHER_CALLER, name="secure",
                   secret="secret-of-secure", number=102).finish()
        called.finish()

    def test_wrong_password(self):
        def refused():
            return self.server.metrics().get('strowger_auth_total{result="wrong_password"}', 0)

        before = refused()
        self.phone("send REGISTER\nauth 401\nsend REGISTER\nrecv 401", OTHER_CALLER, name="secure", secret="wrong",
                   number="x").finish()
        harness.until(lambda: refused() > before, "a wrong password is counted in /metrics")

    def test_tcp_caller(self):
        called = self.phone(ANSWER, CALLED)
        sipp = Sipp(self.server, CALL, OTHER_CALLER, name="tcp-desk", number=102, transport="t1")
        self.addCleanup(sipp.close)
        sipp.finish()
        called.finish()

    def test_many_calls_at_once(self):
        """200 calls, 50 a second, 10 alive at any time: none lost, one record each, nothing left over."""
        began, total = harness.now(), 200
        called = self.phone(ANSWER, CALLED, calls=total)
        caller = self.phone(CALL.replace("pause 50", "pause 200"), CALLER, name="caller", number=102, calls=total,
                            options=("-r", "50"))
        caller.finish()
        called.finish()
        records = self.server.wait_records(total, began, 20)
        self.assertEqual({record["result"] for record in records}, {"answered"})


if __name__ == "__main__":
    harness.main()
