#!/usr/bin/env python3
"""A disk that is full while somebody speaks: what was said is kept, the former stays, somebody is told (VMB-2, VMB-3, SRV-12)."""
import os
import subprocess
import time
import unittest
from pathlib import Path

import harness
from baresip import tone_share
from harness import Server, address, address_phone, free_port, until, user
from person import Person
from sipphone import Phone
from smtpd import Smtpd
from voice import SPEAKS_HZ, Voice, read_wav, teach, wav_of

ANNA, BERND = (address(host) for host in (11, 12))
PORTS = {host: free_port(host) for host in (ANNA, BERND)}
PROMPTS = ("beep", "not-available", "leave-message", "recording-failed", "record-greeting", "not-possible", "sent-menu",
           "box-full", "no-new-messages", "voicemail-menu")
FORMER_HZ = 2900
DISK_MB, SPARED_MB = 64, 16
ALONE = ["unshare", "--user", "--map-root-user", "--mount"]


class OnSmallDisk(Server):
    """Its data are on a file system of their own, which only it sees: a mount namespace, no root needed. A process of
    ours keeps that while the daemon restarts."""

    def __init__(self):
        super().__init__()
        self.inside = self.folder / "data"
        self.inside.mkdir()
        script = f'mount -t tmpfs -o size={DISK_MB}m data "{self.inside}" && echo ready && exec cat'
        self.keeper = subprocess.Popen([*ALONE, "sh", "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.keeper.stdout.readline() == b"ready\n"
        self.data = Path(f"/proc/{self.keeper.pid}/root{self.inside}")  # as it is seen from here

    def command(self, *more):
        enter = ["nsenter", "--target", str(self.keeper.pid), "--user", "--mount", "--preserve-credentials", "--"]
        return enter + [str(self.inside) if word == str(self.data) else word for word in super().command(*more)]

    def close(self):
        try:
            super().close()
        finally:
            self.keeper.communicate()

    def fill(self):
        """All that is free, but for less than what a recording leaves to the others."""
        disk = os.statvfs(self.data)
        with (self.data / "filler").open("wb") as file:
            file.write(bytes(disk.f_bavail * disk.f_frsize - (SPARED_MB // 2 << 20)))

    def empty(self):
        (self.data / "filler").unlink(missing_ok=True)


@unittest.skipIf(subprocess.run([*ALONE, "true"], capture_output=True).returncode, "no mount namespaces for this user")
class DiskFull(harness.SystemTest):
    CONFIG = {
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND])],
        "users": [{**user(101, "anna"), "password": "secret-1", "rights": ["voice"]}, user(102, "bernd"),
                  {"login": "2000", "first_name": "Ada", "last_name": "Admin", "admin": True, "password": "boss-pass",
                   "email": "ada@firm.test", "language": "en"}],
    }

    @classmethod
    def setUpClass(cls):
        cls.server = OnSmallDisk()
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.server.load(cls.CONFIG)
        cls.tones = {**teach(cls.server, PROMPTS), "former": FORMER_HZ}
        api = cls.server.api
        ids = {one["login"]: one["id"] for one in api("GET", "/api/users")["items"]}
        cls.box = api("POST", "/api/mailboxes", {"name": "Anna", "silence_s": 4})
        api("POST", "/api/mailbox-access", {"mailbox": cls.box["id"], "user": ids["1101"]})
        number = next(one["id"] for one in api("GET", "/api/numbers")["items"] if one["number"] == "101")
        api("POST", "/api/redirections", {"number": number, "trigger": "always", "kind": "mailbox", "mailbox": cls.box["id"]})
        cls.person = Person(cls.server, "1101", "secret-1")

    def setUp(self):
        self.anna, self.bernd = self.phone("anna", ANNA), self.phone("bernd", BERND)
        self.addCleanup(self.server.empty)
        self.began = harness.now()

    def phone(self, name, host):
        phone = Phone(self.server.sip_address, host, name, port=PORTS[host])
        self.addCleanup(phone.close)
        return phone

    def told(self):
        """Notices that something could not be recorded, of this test."""
        return [one for one in self.server.api("GET", "/api/notices")["items"]
                if one["code"] == "recording_failed" and one["created_at"] >= self.began]

    def messages(self):
        return [row for row in self.server.api("GET", "/api/voicemails?per_page=100")["items"]
                if row["received_at"] >= self.began and row["state"] != "recording"]

    def leave(self):
        """Bernd is at the beep's end and begins to speak."""
        bernd = Voice(self.bernd, 101, self.tones)
        bernd.hears("leave-message")
        bernd.hears("beep")
        bernd.speak(0.5, 0)
        bernd.speak(2.5)
        return bernd

    def a_message_is_taken(self):
        """What fails after that is told anew."""
        self.leave().hang_up()
        until(self.messages, "the message is listed")
        self.began = harness.now()

    def speak_until(self, voice, prompt):
        """He speaks on until he hears that."""
        heard = len(voice.blocks)
        for _ in range(500):
            voice.step(SPEAKS_HZ)
            if sum(voice.frequency(block) == voice.tones[prompt] for block in voice.blocks[heard:]) >= 5:
                return
        self.fail(f"{voice.phone.name} does not hear {prompt}")

    def test_vmb_2_who_speaks_while_the_disk_fills_up_hears_it_and_what_he_said_is_a_message(self):
        smtpd = Smtpd(address(50), free_port(address(50)))
        self.addCleanup(smtpd.close)
        self.server.api("PATCH", "/api/mail-server", {
            "delivery": "server", "host": smtpd.host, "port": smtpd.port, "auth": "none", "security": "none",
            "sender": "pbx@firm.test"})
        self.a_message_is_taken()
        bernd = self.leave()
        self.server.fill()
        bernd.next = time.monotonic()
        self.speak_until(bernd, "recording-failed")
        bernd.is_hung_up()
        row = until(lambda: (rows := self.messages()) and rows[0], "the message is listed")
        self.assertEqual((row["state"], row["number"]), ("new", "102"))
        self.assertGreater(row["length_ms"], 2500)
        notice = until(self.told, "the administrator is told")[0]
        self.assertIn("could not be recorded to its end", notice["text"])
        status, _, sound = self.person.raw(f"/api/me/voicemails/{row['id']}/audio")
        self.assertEqual(status, 200)
        samples, rate = read_wav(sound)
        self.assertAlmostEqual(1000 * len(samples) / rate, row["length_ms"], delta=5)
        self.assertGreater(tone_share(samples[rate:2 * rate], SPEAKS_HZ, rate), 0.9)
        mail = until(lambda: [one for one in smtpd.mails() if "ada@firm.test" in str(one["To"])], "and by mail", 30)[0]
        self.assertIn("could not be recorded to its end", mail.get_body(("plain",)).get_content())

    def test_vmb_2_who_calls_when_the_disk_is_full_hears_that_nothing_can_be_recorded(self):
        """And who calls when there is room again leaves a message."""
        self.server.fill()
        bernd = Voice(self.bernd, 101, self.tones)
        bernd.hears("leave-message")
        bernd.hears("beep")
        bernd.hears("recording-failed")
        bernd.is_hung_up()
        self.assertEqual(self.messages(), [])
        self.server.empty()
        self.a_message_is_taken()

    def announcement(self):
        row = self.person.api("POST", "/api/me/announcements", {"name": f"Closed {time.monotonic()}"})
        status, row = self.person.request("PUT", f"/api/me/announcements/{row['id']}/audio", wav_of(FORMER_HZ, 2),
                                          {"Content-Type": "audio/wav"})
        self.assertEqual(status, 200, row)
        return row

    def says_the_former(self, row):
        samples, rate = read_wav(self.person.raw(f"/api/me/announcements/{row['id']}/audio")[2])
        return tone_share(samples[rate // 2:3 * rate // 2], FORMER_HZ, rate) > 0.9

    def test_vmb_3_an_announcement_that_finds_no_room_leaves_the_former(self):
        self.a_message_is_taken()
        row = self.announcement()
        call_id = self.person.api("POST", f"/api/me/announcements/{row['id']}/record", {})["call_id"]
        voice = Voice.rung(self.anna, self.tones)
        voice.hears("record-greeting")
        voice.hears("beep")
        voice.speak(0.5, 0)
        voice.speak(2)
        self.server.fill()
        voice.next = time.monotonic()
        self.speak_until(voice, "not-possible")
        stages = [call["spoken"] for call in self.person.api("GET", "/api/me/calls")["items"] if call["call_id"] == call_id]
        self.assertEqual(stages, ["failed"])
        voice.next = time.monotonic()
        voice.is_hung_up()
        self.assertTrue(self.says_the_former(row))
        self.assertEqual(self.person.api("GET", "/api/me/announcements?search=" + row["name"].replace(" ", "+"))["items"], [row])
        until(self.told, "the administrator is told")

    def test_vmb_3_a_greeting_that_finds_no_room_leaves_the_former(self):
        self.a_message_is_taken()
        row = self.announcement()
        self.server.api("PATCH", f"/api/mailboxes/{self.box['id']}", {"greeting": row["id"]})
        self.addCleanup(self.server.api, "PATCH", f"/api/mailboxes/{self.box['id']}", {"greeting": None})
        voice = Voice(self.anna, "*9" + self.box["code"], self.tones)
        voice.hears("voicemail-menu", 30)
        voice.press("3")
        voice.hears("record-greeting")
        voice.hears("beep")
        voice.speak(0.5, 0)
        voice.speak(1)
        self.server.fill()
        voice.next = time.monotonic()
        self.speak_until(voice, "not-possible")
        voice.is_hung_up()
        self.assertEqual(self.server.api("GET", f"/api/mailboxes/{self.box['id']}")["greeting"], row["id"])
        self.server.empty()
        bernd = Voice(self.bernd, 101, self.tones)
        bernd.hears("former")
        bernd.hang_up()
        until(self.told, "the administrator is told")


if __name__ == "__main__":
    harness.main()
