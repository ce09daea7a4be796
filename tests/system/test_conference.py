#!/usr/bin/env python3
"""Conferences at the telephone: who hears whom, PINs, waiting, the lock, keys, names, and what is left of a crash (CNF-3, CNF-4)."""
import os
import time

import harness
from baresip import tone_share
from harness import address, address_phone, free_port, until, user
from meeting import HZ, PEOPLE, PROMPTS, MeetingTest
from sipphone import sdp_target
from talking import TalkTest
from voice import RATE, Voice, teach


ROOMS, EACH = 50, 6


class Conference(MeetingTest):
    CONFIG = {
        "phones": MeetingTest.PHONES,
        "users": MeetingTest.USERS,
        "conference-rooms": [
            {"name": "Open", "entry": "none", "max_members": 3},
            {"name": "Board", "pin": "1111", "moderator_pin": "2222", "wait_for_moderator": True, "end_with_moderator": True,
             "entry": "none"},
            {"name": "Named", "entry": "name"},
            {"name": "Lecture", "moderator_pin": "3333", "mute_on_entry": True, "entry": "none"},
        ],
        "numbers": [{"number": "281", "conference_room": "Open"}, {"number": "282", "conference_room": "Board"},
                    {"number": "283", "conference_room": "Named"}, {"number": "284", "conference_room": "Lecture"}],
    }

    def test_cnf_3_three_hear_each_other_and_nobody_himself(self):
        anna = self.comes("anna", 281)
        anna.hears("conference-first")
        bernd = self.comes("bernd", 281)
        bernd.hears("conference-one-other")
        carla = self.comes("carla", 281)
        voices = [anna, bernd, carla]
        self.hears_all(voices, voices, {"anna": {"bernd", "carla"}, "bernd": {"anna", "carla"}, "carla": {"anna", "bernd"}})
        dora = self.comes("dora", 281)
        dora.hears("conference-full")
        dora.is_hung_up()
        carla.hang_up()
        self.hears_all([anna, bernd], [anna, bernd], {"anna": {"bernd"}, "bernd": {"anna"}})
        anna.hang_up()
        bernd.hang_up()
        records = self.server.wait_records(4, self.began)
        self.assertEqual({(record["called_number"], record["called_name"], record["result"]) for record in records},
                         {("281", "Open", "answered")})

    def test_cnf_4_who_mutes_himself_is_not_heard(self):
        anna, bernd = self.comes("anna", 281), self.comes("bernd", 281)
        both = [anna, bernd]
        self.hears_all(both, both, {"anna": {"bernd"}, "bernd": {"anna"}})
        anna.press("*1")
        anna.hears("conference-muted")
        self.hears_all(both, both, {"anna": {"bernd"}, "bernd": set()})
        anna.press("*1")
        anna.hears("conference-unmuted")
        self.hears_all(both, both, {"anna": {"bernd"}, "bernd": {"anna"}})
        anna.press("*")
        anna.hears("conference-menu")
        anna.press("3")
        anna.hears("not-permitted")
        anna.hang_up()
        bernd.hang_up()

    def test_cnf_4_the_others_become_quieter_and_louder_for_oneself(self):
        anna, bernd = self.comes("anna", 281), self.comes("bernd", 281)
        both = [anna, bernd]
        self.hears_all(both, [bernd], {"anna": {"bernd"}, "bernd": set()})

        def loudness():
            self.together(both, [bernd], 0.5)
            return max(max(block) for block in anna.blocks[-10:])

        for speaking in ([bernd], [], [bernd]):  # until the room has found how loud he is
            self.together(both, speaking, 2)
        before = loudness()
        anna.press("*4444")
        anna.hears("conference-hearing")
        anna.press("8")
        until(lambda: loudness() < before * 0.4, "Anna hears Bernd by 12 dB less")
        anna.press("*66668")
        until(lambda: loudness() > before * 0.8, "Anna hears Bernd as before")
        anna.hang_up()
        bernd.hang_up()

    def test_cnf_3_others_wait_with_music_until_a_moderator_comes_and_all_ends_with_him(self):
        anna, bernd = self.comes("anna", 282), self.comes("bernd", 282)
        for voice in (anna, bernd):
            voice.hears("conference-pin")
            voice.press("1111#")
            voice.hears("conference-wait")
        both = [anna, bernd]
        until(lambda: self.together(both, []) and max(max(block) for block in anna.blocks[-25:]) > 500, "music")
        self.assertNotIn("bernd", self.together(both, both)["anna"])
        carla = self.comes("carla", 282)
        carla.hears("conference-pin")
        carla.press("2222#")
        anna.hears("conference-welcome")
        voices = [anna, bernd, carla]
        self.hears_all(voices, voices, {"anna": {"bernd", "carla"}, "bernd": {"anna", "carla"}, "carla": {"anna", "bernd"}})
        carla.press("*3")
        carla.hears("conference-locked")
        dora = self.comes("dora", 282)
        dora.hears("conference-pin")
        dora.press("1111#")
        dora.hears("conference-is-locked")
        dora.is_hung_up()
        carla.hang_up()
        anna.hears("conference-ends")
        anna.is_hung_up()
        bernd.is_hung_up()

    def test_cnf_3_a_wrong_pin_is_asked_for_three_times(self):
        anna = self.comes("anna", 282)
        anna.hears("conference-pin")
        for _ in range(3):
            anna.press("9999#")
            anna.hears("wrong-pin")
        anna.is_hung_up()

    def test_cnf_3_who_comes_says_his_name_and_the_others_hear_it(self):
        anna = self.comes("anna", 283)
        anna.hears("conference-say-name")
        anna.speak(1.5)
        anna.press("#")
        anna.hears("conference-first")
        bernd = self.comes("bernd", 283)
        bernd.hears("conference-say-name")
        for _ in range(75):  # the tone is over, and he speaks
            bernd.step(HZ["anna"])
        bernd.press("#")
        anna.hears_speech(HZ["anna"])
        anna.hears("conference-joined")
        bernd.hang_up()
        anna.hears_speech(HZ["anna"])
        anna.hears("conference-left")
        anna.hang_up()

    def test_cnf_4_who_only_listens_asks_to_speak(self):
        dora = self.comes("dora", 284)
        dora.press("3333#")
        dora.hears("conference-first")
        anna = self.comes("anna", 284)
        anna.press("#")
        anna.hears("conference-muted")
        both = [anna, dora]
        self.hears_all(both, both, {"anna": {"dora"}, "dora": set()})
        anna.press("*2")
        anna.hears("conference-hand-raised")
        anna.hang_up()
        dora.hang_up()

    def test_cnf_3_a_call_is_transferred_into_a_conference(self):
        anna = self.comes("anna", 281)
        anna.hears("conference-first")
        bernd, carla = self.phone("bernd", PEOPLE["bernd"]), self.phone("carla", PEOPLE["carla"])
        out, into = self.call(carla, 102, bernd)
        into.request("REFER", extra=[("Refer-To", f"<sip:281@{bernd.server_place}>")])
        into.expect(202, method="REFER")
        self.is_told(out)
        into.is_hung_up()
        self.wait_in(281, 2)
        out.hang_up()
        anna.hang_up()

    def test_cnf_3_an_attended_transfer_leads_into_the_conference(self):
        """Bernd is in it himself, and sends Carla there, too."""
        anna = self.comes("anna", 281)
        anna.hears("conference-first")
        bernd, carla = self.phone("bernd", PEOPLE["bernd"]), self.phone("carla", PEOPLE["carla"])
        out, held = self.call(carla, 102, bernd)
        inside = bernd.invite(281)
        inside.established()
        replaces = f"{inside.call_id}%3Bto-tag%3D{inside.remote_tag}%3Bfrom-tag%3D{inside.local_tag}"
        held.request("REFER", extra=[("Refer-To", f"<sip:281@{bernd.server_place}?Replaces={replaces}>")])
        held.expect(202, method="REFER")
        self.is_told(out)
        held.is_hung_up()
        inside.hang_up()  # as phones do
        self.wait_in(281, 2)
        out.hang_up()
        anna.hang_up()

    def wait_in(self, number, count):
        until(lambda: len([call for call in self.server.calls() if call["called"]["number"] == str(number)]) == count,
              f"{count} are in the conference")

    def test_cnf_3_nothing_is_left_of_a_conference_after_a_crash(self):
        anna = self.comes("anna", 281)
        anna.hears("conference-first")
        self.server.kill()
        self.server.restart()
        self.assertEqual(self.server.calls(), [])
        bernd = self.comes("bernd", 281)
        bernd.hears("conference-first")
        bernd.hang_up()


class Planned(MeetingTest):
    """The way in to planned conferences, and those who are called when one begins (CNF-1)."""
    CONFIG = {
        "phones": MeetingTest.PHONES,
        "users": MeetingTest.USERS,
        "conference-rooms": [{"name": "Way in", "dial_in": True}],
        "numbers": [{"number": "289", "conference_room": "Way in"}],
    }

    def plan(self, begins_s, *participants):
        """A conference of Anna's that begins so many seconds from now. Its participants, who are users."""
        ids = {row["login"]: row["id"] for row in self.server.api("GET", "/api/users")["items"]}
        at = time.time() + begins_s
        starts = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
        conference = self.server.api("POST", "/api/conferences", {
            "name": "Plan", "user": ids["1101"], "starts_at": starts, "time_zone": "Europe/Berlin", "wait_for_moderator": True})
        self.addCleanup(self.server.api, "DELETE", f"/api/conferences/{conference['id']}")
        rows = [self.server.api("POST", "/api/conference-participants", {
            "conference": conference["id"], "user": ids[login], **more}) for login, more in participants]
        return rows

    def comes(self, name, pin):
        voice = Voice(self.phone(name, PEOPLE[name]), 289, self.tones)
        voice.hears("conference-pin")
        voice.press(pin + "#")
        return voice

    def test_cnf_1_the_pin_of_a_participant_opens_his_conference(self):
        pins = [row["pin"] for row in self.plan(-60, ("1101", {"moderator": True}), ("1102", {}))]
        bernd = self.comes("bernd", pins[1])
        bernd.hears("conference-wait")
        anna = self.comes("anna", pins[0])
        bernd.hears("conference-welcome")
        carla = self.comes("carla", "000000" if "000000" not in pins else "000001")
        carla.hears("wrong-pin")
        carla.hang_up()
        anna.hang_up()
        bernd.hang_up()

    def test_cnf_1_before_its_time_there_is_no_conference(self):
        (row,) = self.plan(7200, ("1102", {}))
        bernd = self.comes("bernd", row["pin"])
        bernd.hears("conference-unknown")
        bernd.is_hung_up()

    def test_cnf_1_who_shall_be_called_is_called_when_it_begins(self):
        bernd, carla = self.phone("bernd", PEOPLE["bernd"]), self.phone("carla", PEOPLE["carla"])
        self.plan(6, ("1102", {"call_on_start": True, "moderator": True}), ("1103", {"call_on_start": True}), ("1104", {}))
        dialogs = []
        for phone in (bernd, carla):
            dialog = phone.answer_invite(seconds=20)
            self.assertIn("sip:101@", dialog.invite.get("From"))
            dialog.pick_up()
            dialog.voice = sdp_target(dialog.invite.body)
            dialogs.append(dialog)
        until(lambda: len(self.server.calls()) == 2, "both are in")
        for dialog in dialogs:
            dialog.hang_up()


class Crowd(TalkTest):
    """What many members cost (CNF-3); figures are printed."""
    HOSTS = [address(host) for host in range(20, 120)]
    PORTS = {host: free_port(host) for host in HOSTS}
    CONFIG = {
        "settings": {"rtp_port_min": 21000, "rtp_port_max": 25998},  # four for each call
        "ranges": [{"first": "100", "last": "499"}],
        "conference-rooms": [{"name": "Crowd", "entry": "none", "max_members": 200}]
        + [{"name": f"Room {n}", "entry": "none"} for n in range(ROOMS)],
        "numbers": [{"number": "399", "conference_room": "Crowd"}]
        + [{"number": str(400 + n), "conference_room": f"Room {n}"} for n in range(ROOMS)],
    }
    CONFIG["phones"] = [address_phone(f"crowd{n}", host, port) for n, (host, port) in enumerate(PORTS.items())]
    CONFIG["users"] = [user(120 + n, f"crowd{n}") for n in range(len(HOSTS))]
    SILENCE, TONE = b"\xd5" * 160, bytes((0x2A, 0x25, 0x2A, 0xD5, 0xAA, 0xA5, 0xAA, 0xD5)) * 20

    def used_s(self):
        with open(f"/proc/{self.server.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def enter(self, phone, number):
        call = phone.invite(number)
        call.voice = sdp_target(call.established().body)
        phone.rtp.send(call.voice, self.SILENCE)
        return call

    def measure(self, what, calls, speakers, seconds=4):
        """The speakers speak for so long. What the system uses meanwhile."""
        before, begun = self.used_s(), time.monotonic()
        for step in range(round(seconds * 50)):
            for call in speakers:
                call.phone.rtp.send(call.voice, self.TONE)
            time.sleep(max(begun + (step + 1) / 50 - time.monotonic(), 0))
        share = (self.used_s() - before) / (time.monotonic() - begun)
        print(f"{what}: {len(calls)} members, {len(speakers)} speak: {100 * share:.0f} % of a core")

    @staticmethod
    def loud(rtp):
        """Something loud is among what has come."""
        found = False
        while packet := rtp.receive(0):
            found |= packet[1] & 0x7F == 8 and max((sample ^ 0x55) & 0x7F for sample in packet[12:]) > 0x50
        return found

    def test_cnf_3_a_hundred_members_in_one_room_hear_who_speaks(self):
        phones = [self.phone(f"crowd{n}", host) for n, host in enumerate(self.HOSTS)]
        begun = time.monotonic()
        calls = [self.enter(phone, 399) for phone in phones]
        print(f"100 members are in after {time.monotonic() - begun:.1f} s")
        self.measure("one room", calls, [])
        for phone in phones:
            phone.rtp.drain()
        self.measure("one room", calls, calls[:3])
        deaf = [call.phone.name for call in calls[3:] if not self.loud(call.phone.rtp)]
        self.assertEqual(deaf, [])
        for call in calls:
            call.hang_up()

    def test_cnf_3_fifty_rooms_of_six(self):
        phones = [self.phone(f"crowd{n}", host) for n, host in enumerate(self.HOSTS)]
        calls = [self.enter(phones[n % len(phones)], 400 + n // EACH) for n in range(ROOMS * EACH)]
        self.measure("fifty rooms", calls, [])
        self.measure("fifty rooms", calls, calls[::EACH])
        for call in calls:
            call.hang_up()


if __name__ == "__main__":
    harness.main()
