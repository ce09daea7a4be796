#!/usr/bin/env python3
"""Who is in a conference, and from where: softphones with wide and narrow codecs, and people behind a line (CNF-1, CNF-3)."""
import time

import baresip
import harness
from baresip import Baresip, tone_share
from harness import SystemTest, address, address_phone, free_port, password_phone, until, user
from meeting import MeetingTest
from sipphone import Phone
from voice import Voice, teach

WIDE_HZ, ALIAS_HZ = 5000, 3000  # where the first would be heard at 8,000 samples a second, were it not taken out
CODECS = {"wide": "opus", "broad": "G722", "narrow": "PCMA"}
HZ = {"wide": WIDE_HZ, "broad": 440, "narrow": 1200}
SECONDS = 6


class Softphones(SystemTest):
    CONFIG = {
        "phones": [password_phone(name) for name in CODECS],
        "users": [user(101 + n, name) for n, name in enumerate(CODECS)],
        "conference-rooms": [{"name": "Open", "entry": "none"}],
        "numbers": [{"number": "281", "conference_room": "Open"}],
    }

    def test_cnf_3_wide_band_sound_arrives_at_wide_band_members_and_nothing_of_it_at_narrow_ones(self):
        phones = {name: Baresip(self.server, name, f"secret-of-{name}", HZ[name], codecs=codec) for name, codec in CODECS.items()}
        for phone in phones.values():
            self.addCleanup(phone.close)
            phone.connect()
        self.server.wait_registered(*CODECS)
        for phone in phones.values():
            phone.command("dial", "281")
            phone.wait_event("CALL_ESTABLISHED")
        full = {name: phone.recorded() for name, phone in phones.items()}
        enough = {name: full[name] + SECONDS * 2 * rate * channels
                  for name, codec in CODECS.items() for _, _, rate, channels in [baresip.CODECS[codec]]}
        until(lambda: all(phone.recorded() > enough[name] for name, phone in phones.items()), "all have heard enough", SECONDS + 20)
        for phone in phones.values():
            phone.command("hangup")
            phone.wait_event("CALL_CLOSED")
        heard = {name: self.last_second(phone) for name, phone in phones.items()}
        for name in ("wide", "broad"):
            other = "broad" if name == "wide" else "wide"
            self.assertGreater(self.share(heard, name, HZ["narrow"]), 0.2, name)
            self.assertGreater(self.share(heard, name, HZ[other]), 0.2, name)
        self.assertGreater(self.share(heard, "narrow", HZ["broad"]), 0.9)
        self.assertLess(self.share(heard, "narrow", ALIAS_HZ), 0.002)
        for name in CODECS:
            self.assertLess(self.share(heard, name, HZ[name]), 0.002, f"{name} hears himself")

    @staticmethod
    def last_second(phone):
        """Of what all said; who hung up first is not heard in the last half second."""
        samples, rate = phone.heard()
        return samples[-3 * rate // 2:-rate // 2], rate

    @staticmethod
    def share(heard, name, hertz):
        samples, rate = heard[name]
        return tone_share(samples, hertz, rate)


PROVIDER = address(52)
PROMPTS = ("conference-pin", "conference-first", "conference-one-other", "accept-call", "conference-someone-joined")
OUTSIDE = "+491711111111"


class Line(MeetingTest):
    @classmethod
    def setUpClass(cls):
        cls.port = free_port(PROVIDER)
        super().setUpClass()
        cls.tones = teach(cls.server, PROMPTS)

    @classmethod
    def config(cls):
        return {
            "settings": {"country_code": "49", "area_code": "211", "outside_prefix": "0"},
            "phones": cls.PHONES,
            "users": cls.USERS,
            "conference-rooms": [{"name": "Way in", "dial_in": True}],
            "lines": [{"name": "city", "host": f"{PROVIDER}:{cls.port}", "main_number": "0211551", "auth": "address",
                       "register": False, "qualify_s": 0, "no_screening": True}],
            "numbers": [{"number": "289", "conference_room": "Way in"},
                        {"number": "0211555289", "kind": "external", "conference_room": "Way in", "line": "city"}],
        }

    def outside(self):
        phone = Phone(self.server.sip_address, PROVIDER, "bernd", port=self.port)  # by whose tone he is known
        self.addCleanup(phone.close)
        return phone

    def plan(self, *participants, begins_s=-60):
        """One of Anna's; her own row is the first."""
        owner = next(row["id"] for row in self.server.api("GET", "/api/users")["items"] if row["login"] == "1101")
        starts = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + begins_s))
        conference = self.server.api("POST", "/api/conferences", {
            "name": "Plan", "user": owner, "starts_at": starts, "time_zone": "Europe/Berlin"})
        self.addCleanup(self.server.api, "DELETE", f"/api/conferences/{conference['id']}")
        return [self.server.api("POST", "/api/conference-participants", {"conference": conference["id"], **one})
                for one in ({"user": owner}, *participants)]

    def anna(self, row):
        voice = self.comes("anna", 289)
        voice.hears("conference-pin")
        voice.press(row["pin"] + "#")
        return voice

    def test_cnf_1_who_calls_from_outside_dials_his_pin_and_is_heard(self):
        rows = self.plan({"name": "Max"})
        anna = self.anna(rows[0])
        anna.hears("conference-first")
        max_ = Voice(self.outside(), "0211555289", self.tones)
        max_.hears("conference-pin")
        max_.press(rows[1]["pin"] + "#")
        max_.hears("conference-one-other")
        both = [anna, max_]
        self.hears_all(both, both, {"anna": {"bernd"}, "bernd": {"anna"}})
        max_.hang_up()
        anna.hang_up()

    def test_cnf_1_who_is_called_outside_confirms_and_is_in(self):
        """A machine that answers, and presses nothing, is not heard."""
        phone = self.outside()
        rows = self.plan({"name": "Max", "number": "00171" + OUTSIDE[6:], "call_on_start": True}, begins_s=-60)
        max_ = Voice.answers(phone, self.tones, seconds=20)
        self.assertIn(OUTSIDE, max_.call.invite.start)
        anna = self.anna(rows[0])
        max_.hears("accept-call")
        self.assertEqual(self.together([anna, max_], [max_])["anna"], set())
        max_.press("1")
        both = [anna, max_]
        self.hears_all(both, both, {"anna": {"bernd"}, "bernd": {"anna"}})
        max_.hang_up()
        anna.hang_up()


if __name__ == "__main__":
    harness.main()
