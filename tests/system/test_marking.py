#!/usr/bin/env python3
"""Packets leave with the marks that the settings say (DiffServ, RFC 4594): signalling over UDP and TCP, voice, video. Seen
on the loopback interface, as a router would see them."""
import re
import socket
import unittest
from contextlib import closing

import harness
from harness import SystemTest, address, password_phone, user
from sipphone import Phone, Rtp, sdp, sdp_target, talks

CALLER, CALLED = address(11), address(12)
ETHERTYPE_IP4, UDP, TCP = 0x0800, 17, 6
VOICE, PICTURE = b"\xd5voice" * 26, b"picture" * 40


def with_video(host, voice, video):
    return sdp(host, voice.port, extra=f"m=video {video.port} RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n")


def video_target(body):
    return sdp_target(body)[0], int(re.search(rb"^m=video (\d+)", body, re.M).group(1))


class Wire:
    """What the server sends, with its DSCP."""

    def __init__(self, source):
        self.source = socket.inet_aton(source)
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETHERTYPE_IP4))
        self.socket.bind(("lo", ETHERTYPE_IP4))
        self.socket.settimeout(5)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def marks(self, protocol, holding):
        """DSCP of the first packet from the server whose payload holds these bytes."""
        while True:
            packet = self.socket.recv(65536)
            header = (packet[0] & 15) * 4
            if packet[12:16] == self.source and packet[9] == protocol and holding in packet[header:]:
                return packet[1] >> 2


class Marking(SystemTest):
    CONFIG = {
        "phones": [password_phone("p1"), password_phone("p2")],
        "users": [user(101, "p1"), user(102, "p2")],
    }

    def test_signalling_voice_and_video(self):
        for marks in ({"sip_dscp": 24, "audio_dscp": 46, "video_dscp": 34}, {"sip_dscp": 40, "audio_dscp": 0, "video_dscp": 10}):
            self.server.api("PATCH", "/api/settings", marks)
            if self.server.api("GET", "/api/status")["restart_needed"]:
                self.server.restart()
            with self.subTest(**marks):
                self.see(marks)

    def see(self, marks):
        server = self.server.sip_address
        with Wire(server[0]) as wire, Phone(server, CALLER, "p1", "secret-of-p1") as caller, \
                Phone(server, CALLED, "p2", "secret-of-p2", transport="tcp") as called, \
                closing(Rtp(CALLER)) as sees, closing(Rtp(CALLED)) as shows:
            caller.register()
            self.assertEqual(wire.marks(UDP, b"SIP/2.0 200"), marks["sip_dscp"])
            called.register()
            self.assertEqual(wire.marks(TCP, b"SIP/2.0 200"), marks["sip_dscp"])
            dialog = caller.invite("102", body=with_video(CALLER, caller.open_rtp(), sees))
            answered = called.answer_invite()
            answered.reply(200, body=with_video(CALLED, called.open_rtp(), shows))
            answer = dialog.established()
            talks(caller.rtp, sdp_target(answer.body), called.rtp, VOICE)
            self.assertEqual(wire.marks(UDP, VOICE), marks["audio_dscp"])
            talks(shows, video_target(answered.invite.body), sees, PICTURE)
            self.assertEqual(wire.marks(UDP, PICTURE), marks["video_dscp"])
            dialog.request("BYE")
            answered.is_hung_up()
            dialog.expect(200, method="BYE")


if __name__ == "__main__":
    harness.main()
