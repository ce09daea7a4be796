#!/usr/bin/env python3
"""A call becomes a fax in real time (T.38 over UDPTL) and a call again: what the two sides send passes as it is."""
import unittest
from contextlib import closing

import harness
from harness import SystemTest, address, password_phone, user
from sipphone import Phone, Rtp, sdp, sdp_target, talks

CALLER, CALLED = address(11), address(12)
VOICE, PACKETS = b"\xd5" * 160, [b"\x00\x00\x01\xff\x00", b"\x80\x08 not RTP", b"\x16\xfe\xfd no DTLS", b"\xff" * 200]


def fax(host, port):
    return (f"v=0\r\no=- 1 9 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\nm=image {port} udptl t38\r\n"
            "a=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\na=T38FaxRateManagement:transferredTCF\r\n"
            "a=T38FaxUdpEC:t38UDPRedundancy\r\n").encode()


def fax_target(body):
    return sdp_target(body.replace(b"m=image", b"m=audio"))


class Fax(SystemTest):
    CONFIG = {
        "phones": [password_phone("p1"), password_phone("p2")],
        "users": [user(101, "p1"), user(102, "p2")],
    }

    def change(self, asks, other, offer, answer):
        """A re-INVITE of one side: the offer as the other got it, and the answer as it came back."""
        asks.request("INVITE", offer)
        asked = other.expect("INVITE")
        other.reply(200, asked, answer)
        other.expect("ACK")
        answered = asks.established()
        return asked.body, answered.body

    def test_fax_in_the_middle_of_a_call(self):
        server = self.server.sip_address
        with Phone(server, CALLER, "p1", "secret-of-p1") as caller, Phone(server, CALLED, "p2", "secret-of-p2") as called, \
                closing(Rtp(CALLER)) as caller_fax, closing(Rtp(CALLED)) as called_fax:
            caller.register()
            called.register()
            dialog = caller.invite("102")
            answered = called.answer_invite()
            answered.reply(200, body=sdp(CALLED, called.open_rtp().port))
            answer = dialog.established()
            answered.expect("ACK")
            talks(caller.rtp, sdp_target(answer.body), called.rtp, VOICE)

            to_caller, to_called = self.change(answered, dialog, fax(CALLED, called_fax.port), fax(CALLER, caller_fax.port))
            for body in (to_caller, to_called):
                self.assertIn(b"a=T38FaxUdpEC:t38UDPRedundancy", body)
            for packet in PACKETS:
                for sender, target, receiver in ((caller_fax, fax_target(to_caller), called_fax),
                                                 (called_fax, fax_target(to_called), caller_fax)):
                    sender.sock.sendto(packet, target)
                    self.assertEqual(receiver.receive(5), packet)

            to_called, to_caller = self.change(dialog, answered, sdp(CALLER, caller.rtp.port, version=3), sdp(CALLED, called.rtp.port, version=3))
            talks(caller.rtp, sdp_target(to_caller), called.rtp, VOICE)
            talks(called.rtp, sdp_target(to_called), caller.rtp, VOICE)
            dialog.request("BYE")
            answered.is_hung_up()
            dialog.expect(200, method="BYE")
        record = self.server.wait_records(1)[-1]
        self.assertEqual((record["result"], record["ended_by"]), ("answered", "caller"))


if __name__ == "__main__":
    harness.main()
