"""Conversations of scripted phones: who hears whom, by what their packets say."""
from harness import SystemTest
from sipphone import Phone, sdp, sdp_target, talks


class TalkTest(SystemTest):
    PORTS = {}  # of the phones' hosts

    def phone(self, name, host):
        phone = Phone(self.server.sip_address, host, name, port=self.PORTS[host])
        self.addCleanup(phone.close)
        return phone

    @staticmethod
    def call(caller, number, called):
        """Both dialogs of an answered call; each knows where its phone's voice goes."""
        out = caller.invite(number)
        into = called.answer_invite()
        into.ring()
        into.pick_up()
        into.voice = sdp_target(into.invite.body)
        out.voice = sdp_target(out.established().body)
        return out, into

    @staticmethod
    def is_told(dialog, version=2):
        """A re-INVITE says who and what is at the other end now."""
        invite = dialog.expect("INVITE")
        dialog.reply(200, invite, sdp(dialog.phone.host, dialog.phone.open_rtp().port, version=version))
        ack = dialog.expect("ACK")
        dialog.voice = sdp_target(invite.body or ack.body)

    @staticmethod
    def assert_talking(one, other):
        for speaker, listener in ((one, other), (other, one)):
            words = f"from {speaker.phone.name}".encode()
            talks(speaker.phone.rtp, speaker.voice, listener.phone.rtp, words + b"." * (160 - len(words)))
