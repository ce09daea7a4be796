#!/usr/bin/env python3
"""A group that hears what is said to it, by itself: who hears whom, and what a hundred members cost (GRP-2, broadcast)."""
import os
import time

import harness
from harness import address, address_phone, free_port, until, user
from sipphone import sdp_target
from talking import TalkTest

ANNA, BERND, CARLA, DORA, EMIL = (address(host) for host in (11, 12, 13, 14, 15))
CROWD = [address(host) for host in range(20, 120)]
PORTS = {host: free_port(host) for host in (ANNA, BERND, CARLA, DORA, EMIL, *CROWD)}
TONE = bytes((0x2A, 0x25, 0x2A, 0xD5, 0xAA, 0xA5, 0xAA, 0xD5)) * 20  # 1 kHz, loud, PCMA
TICK_S = 0.02


def is_loud(packet):
    return packet[1] & 0x7F == 8 and max((sample ^ 0x55) & 0x7F for sample in packet[12:]) > 0x50


class Broadcast(TalkTest):
    PORTS = PORTS
    CONFIG = {
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]),
                   address_phone("carla", CARLA, PORTS[CARLA]), address_phone("dora", DORA, PORTS[DORA]),
                   address_phone("emil", EMIL, PORTS[EMIL])]
        + [address_phone(f"crowd{n}", host, PORTS[host]) for n, host in enumerate(CROWD)],
        "users": [user(101, "anna"), user(102, "bernd"), user(103, "carla"), user(104, "dora"), {**user(105, "emil"), "dnd": True}]
        + [user(120 + n, f"crowd{n}") for n in range(len(CROWD))],
        "groups": [{"name": "House", "strategy": "broadcast"}, {"name": "Crowd", "strategy": "broadcast"}],
        "group-members": [{"group": "House", "user": f"110{n}"} for n in (2, 3, 4, 5)]
        + [{"group": "Crowd", "user": str(1120 + n)} for n in range(len(CROWD))],
        "numbers": [{"number": "291", "group": "House"}, {"number": "292", "group": "Crowd"}],
    }

    def setUp(self):
        self.anna, self.bernd, self.carla, self.dora = (self.phone(name, host) for name, host in (
            ("anna", ANNA), ("bernd", BERND), ("carla", CARLA), ("dora", DORA)))
        self.began = harness.now()

    @staticmethod
    def answers(phone):
        """The phone does what its header asks."""
        dialog = phone.answer_invite()
        assert "answer-after=0" in dialog.invite.get("Call-Info"), dialog.invite
        dialog.pick_up()
        dialog.voice = sdp_target(dialog.invite.body)
        return dialog

    def announce(self, number):
        call = self.anna.invite(number)
        call.voice = sdp_target(call.established().body)
        return call

    @staticmethod
    def speak(dialog, hearers, deaf, seconds=1):
        """dialog speaks for so long; who of the others heard something loud, in one list."""
        heard = set()
        for other in hearers + deaf:
            other.phone.rtp.drain()
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (hearers and heard.issuperset(hearers)):
            for silent in hearers + deaf:  # voices of both sides pass only when both send
                if silent is not dialog:
                    silent.phone.rtp.send(silent.voice)
            dialog.phone.rtp.send(dialog.voice, TONE)
            time.sleep(TICK_S)
            for other in hearers + deaf:
                while packet := other.phone.rtp.receive(0):
                    if is_loud(packet):
                        heard.add(other)
        return heard

    def test_grp_2_members_hear_the_caller_and_nobody_hears_them(self):
        call = self.announce(291)
        members = [self.answers(phone) for phone in (self.bernd, self.carla, self.dora)]
        until(lambda: self.speak(call, [], [call], 0.2) == set(), "the tone that tells of the first one is over")
        self.assertEqual(self.speak(call, members, [], 5), set(members))
        bernd, *others = members
        self.assertEqual(self.speak(bernd, [], [call, *others], 1), set())
        bernd.hang_up()  # the others hear on
        self.assertEqual(self.speak(call, others, [], 5), set(others))
        call.hang_up()
        for member in others:
            member.is_hung_up()
        record, = self.server.wait_records(1, self.began)
        self.assertEqual((record["called_number"], record["called_name"], record["result"]), ("291", "House", "answered"))
        self.assertIn("3 of 3 members who were called heard it", [reason["text"] for reason in record["explanation"]])

    def test_grp_2_the_caller_hears_a_tone_when_the_first_one_hears_him(self):
        call = self.announce(291)
        until(lambda: self.speak(call, [], [call], 0.1) == set(), "nothing is heard while nobody is there")
        bernd = self.answers(self.bernd)
        until(lambda: call in self.speak(bernd, [], [call], 0.1), "a tone")
        for busy in (self.carla.answer_invite(), self.dora.answer_invite()):
            busy.reply(486)
            busy.expect("ACK")
        call.hang_up()
        bernd.is_hung_up()

    def test_grp_2_who_wants_no_disturbance_or_talks_is_left_out(self):
        emil = self.phone("emil", EMIL)
        one, other = self.call(self.dora, 120, self.phone("crowd0", CROWD[0]))
        self.server.wait_idle()
        call = self.announce(291)
        bernd, carla = self.answers(self.bernd), self.answers(self.carla)
        emil.expect_nothing(0.3)
        self.dora.expect_nothing(0.3)
        self.assert_talking(one, other)
        call.hang_up()
        bernd.is_hung_up()
        carla.is_hung_up()
        one.hang_up()
        other.is_hung_up()
        texts = [reason["text"] for record in self.server.wait_records(2, self.began) for reason in record["explanation"]]
        self.assertIn("Test User105 does not want to be disturbed", texts)
        self.assertIn("Test User104 does not hear it: he is in a call", texts)

    def test_grp_2_a_phone_that_rings_instead_is_given_up(self):
        call = self.announce(291)
        bernd, carla = self.answers(self.bernd), self.carla.answer_invite()
        carla.ring()
        dora = self.dora.answer_invite()
        dora.reply(486)
        dora.expect("ACK")
        carla.reply(200, carla.expect("CANCEL", seconds=8))
        carla.reply(487, carla.invite)
        carla.expect("ACK")
        self.assertEqual(self.speak(call, [bernd], [], 5), {bernd})
        call.hang_up()
        bernd.is_hung_up()

    def test_grp_2_a_hundred_members_hear_it(self):
        phones = [self.phone(f"crowd{n}", host) for n, host in enumerate(CROWD)]
        ticks = os.sysconf("SC_CLK_TCK")

        def used_s():
            with open(f"/proc/{self.server.process.pid}/stat", encoding="ascii") as stat:
                fields = stat.read().rsplit(")", 1)[1].split()
            return (int(fields[11]) + int(fields[12])) / ticks

        before, begun = used_s(), time.monotonic()
        call = self.announce(292)
        members = [self.answers(phone) for phone in phones]
        set_up_s, all_there_s = used_s() - before, time.monotonic() - begun
        self.assertEqual(self.speak(call, members, [], 10), set(members))
        before, begun = used_s(), time.monotonic()
        time.sleep(1)
        speaking = (used_s() - before) / (time.monotonic() - begun)
        print(f"100 members: all there after {all_there_s:.2f} s, {1000 * set_up_s:.0f} ms of CPU to call them, {100 * speaking:.0f} % of a core while they hear")
        call.hang_up()
        for member in members:
            member.is_hung_up()
        record, = self.server.wait_records(1, self.began)
        self.assertIn("100 of 100 members who were called heard it", [reason["text"] for reason in record["explanation"]])


if __name__ == "__main__":
    harness.main()
