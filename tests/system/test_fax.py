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
        "phones": [password_phone("p1"), password_phone("p2"), password_phone("p3", t38=False)],
        "users": [user(101, "p1"), user(102, "p2"), user(103, "p3")],
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

    def test_who_may_have_none_goes_on_with_fax_as_voice(self):
        """PHO-5: refused on the way, whichever side asks; of voice and fax together the voice passes."""
        server = self.server.sip_address
        with Phone(server, CALLER, "p1", "secret-of-p1") as caller, Phone(server, CALLED, "p3", "secret-of-p3") as called:
            caller.register()
            called.register()
            both = sdp(CALLER, caller.open_rtp().port) + fax(CALLER, caller.rtp.port + 2).partition(b"t=0 0\r\n")[2]
            dialog = caller.invite("103", both)
            answered = called.answer_invite()
            self.assertIn(b"m=image 0 udptl t38", answered.invite.body)
            image = b"m=image 0 udptl t38\r\n"
            answered.reply(200, body=sdp(CALLED, called.open_rtp().port) + image)
            answer = dialog.established()
            self.assertIn(b"m=image 0 udptl", answer.body)
            answered.expect("ACK")
            for asks, port in ((dialog, caller.rtp.port + 2), (answered, called.rtp.port + 2)):
                asks.invite = asks.request("INVITE", fax(CALLER if asks is dialog else CALLED, port))
                asks.failed_with(488)
                talks(caller.rtp, sdp_target(answer.body), called.rtp, VOICE)
            dialog.request("BYE")
            answered.is_hung_up()
            dialog.expect(200, method="BYE")


if __name__ == "__main__":
    harness.main()
