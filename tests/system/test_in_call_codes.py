#!/usr/bin/env python3
"""Codes that are pressed while two talk: asking somebody else, connecting, talking by three (KEY)."""
import array
import math
import time

import harness
from harness import address, address_phone, free_port, until, user
from sipphone import sdp, sdp_target
from talking import TalkTest

ANNA, BERND, CARLA = (address(host) for host in (11, 12, 13))
PORTS = {host: free_port(host) for host in (ANNA, BERND, CARLA)}
NOTES = {"anna": 500, "bernd": 800, "carla": 1250}  # Hz
EVENTS = 101
WITH_KEYS = {"codecs": f"8 {EVENTS}", "extra": f"a=rtpmap:{EVENTS} telephone-event/8000\r\n"}


def a_law(sample):
    """G.711, one sample of 13 bits."""
    sign, value = (0x80, sample) if sample >= 0 else (0, -sample - 1)
    value = min(value >> 3, 4095)
    exponent = max(value.bit_length() - 5, 0)
    mantissa = value >> (exponent if exponent else 1) & 0x0f if exponent > 0 else value >> 1 & 0x0f
    return ((sign | exponent << 4 | mantissa) ^ 0x55) & 0xff


def linear(byte):
    byte ^= 0x55
    exponent, value = byte >> 4 & 7, (byte & 0x0f) << 4 | 8
    if exponent:
        value = (value | 0x100) << exponent - 1
    return value if byte & 0x80 else -value


LINEAR = [linear(byte) for byte in range(256)]


def note(hz, at):
    """20 ms of it."""
    return bytes(a_law(int(6000 * math.sin(2 * math.pi * hz * (at + i) / 8000))) for i in range(160))


def loudness(pcm, hz):
    """Amplitude of a note."""
    re = sum(s * math.cos(2 * math.pi * hz * i / 8000) for i, s in enumerate(pcm))
    im = sum(s * math.sin(2 * math.pi * hz * i / 8000) for i, s in enumerate(pcm))
    return 2 * math.hypot(re, im) / max(len(pcm), 1)


class InCallCodes(TalkTest):
    PORTS = PORTS
    CONFIG = {
        "settings": {"language": "en"},
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]),
                   address_phone("carla", CARLA, PORTS[CARLA])],
        "users": [user(101, "anna"), user(102, "bernd"), user(103, "carla")],
    }

    def setUp(self):
        self.anna, self.bernd, self.carla = (self.phone(name, host) for name, host in (
            ("anna", ANNA), ("bernd", BERND), ("carla", CARLA)))
        self.began = harness.now()
        self.stamps = {}  # by name: of the keys that were heard there
        self.notes = {name: [note(hz, 160 * k) for k in range(50)] for name, hz in NOTES.items()}

    def talk_with_keys(self):
        """Anna calls Bernd; both have packets of keys."""
        out = self.anna.invite(102, body=sdp(ANNA, self.anna.open_rtp().port, **WITH_KEYS))
        into = self.bernd.answer_invite()
        into.reply(200, body=sdp(BERND, self.bernd.open_rtp().port, **WITH_KEYS))
        into.expect("ACK")
        into.voice = sdp_target(into.invite.body)
        out.voice = sdp_target(out.established().body)
        return out, into

    @staticmethod
    def press(dialog, keys):
        """Each key as three packets, and the pause between two."""
        for key in keys:
            event = "0123456789*#".index(key)
            rtp = dialog.phone.rtp
            stamp = ((rtp.sequence + 1) * 160).to_bytes(4, "big")
            for end in (0, 0x80, 0x80):
                rtp.sequence = (rtp.sequence + 1) & 0xFFFF
                rtp.sock.sendto(bytes([0x80, EVENTS]) + rtp.sequence.to_bytes(2, "big") + stamp
                                + rtp.ssrc.to_bytes(4, "big") + bytes([event, 10 | end, 3, 0x20]), dialog.voice)
            time.sleep(0.1)  # as a finger does

    def speak(self, seconds, *dialogs):
        """All say their note for a while. Returns what each has heard at last, by name."""
        heard = {dialog.phone.name: [] for dialog in dialogs}
        for dialog in dialogs:
            dialog.phone.rtp.drain()
        begun = time.monotonic()
        for k in range(int(seconds * 50)):
            for dialog in dialogs:
                dialog.phone.rtp.send(dialog.voice, self.notes[dialog.phone.name][k % 50])
            until_s = begun + 0.02 * (k + 1)
            for dialog in dialogs:
                while packet := dialog.phone.rtp.receive(max(0.001, (until_s - time.monotonic()) / len(dialogs))):
                    if packet[1] & 0x7f == 8:
                        heard[dialog.phone.name].append(packet[12:])
                    if time.monotonic() > until_s:
                        break
        return {name: array.array("h", (LINEAR[byte] for byte in b"".join(packets[-25:])))
                for name, packets in heard.items()}

    def assert_hear(self, expected, *dialogs):
        """expected: by name, whose notes are heard there and nobody else's."""
        def fits():
            heard = self.speak(1, *dialogs)
            self.last = {name: {who: round(loudness(pcm, hz)) for who, hz in NOTES.items()} for name, pcm in heard.items()}
            return all({who for who, level in self.last[name].items() if level > 800} == set(whom)
                       for name, whom in expected.items())
        try:
            until(fits, "the right voices", 15)
        except AssertionError as error:
            raise AssertionError(f"{error}: wanted {expected}, loudness {self.last}") from None

    def ask_carla(self, anna):
        self.press(anna, "*2")
        self.press(anna, "103#")
        carla = self.carla.answer_invite()
        self.assertIn('"Test User101" <sip:101@', carla.invite.get("From"))
        carla.ring()
        return carla

    def answer(self, carla):
        carla.pick_up()
        carla.voice = sdp_target(carla.invite.body)

    def are_connected(self, comes, stays):
        """Who was asked moves into the call of who waited; each learns who the other one is."""
        invite = comes.expect("INVITE")
        self.assertIn("Test User102", invite.get("P-Asserted-Identity"))
        comes.reply(200, invite, sdp(comes.phone.host, comes.phone.open_rtp().port, version=2))
        told = stays.expect("INVITE")
        self.assertIn("Test User103", told.get("P-Asserted-Identity"))
        stays.reply(200, told, sdp(stays.phone.host, stays.phone.open_rtp().port, version=2))
        stays.expect("ACK")
        comes.voice, stays.voice = sdp_target(comes.expect("ACK").body), sdp_target(told.body)
        self.assert_talking(comes, stays)

    def test_key_who_asks_by_code_talks_with_the_target_while_the_other_one_hears_music(self):
        anna, bernd = self.talk_with_keys()
        self.assert_hear({"anna": ["bernd"], "bernd": ["anna"]}, anna, bernd)
        carla = self.ask_carla(anna)
        self.answer(carla)
        self.assert_hear({"anna": ["carla"], "carla": ["anna"], "bernd": []}, anna, bernd, carla)
        bernd.phone.rtp.drain()
        until(lambda: (packet := bernd.phone.rtp.receive(0.05)) and len(set(packet[12:])) > 8, "music")
        self.press(anna, "*2")
        carla.is_hung_up()
        self.assert_hear({"anna": ["bernd"], "bernd": ["anna"]}, anna, bernd)
        anna.hang_up()
        bernd.is_hung_up()
        records = self.server.wait_records(2, self.began)
        self.assertEqual({(r["caller_number"], r["called_number"], r["result"]) for r in records},
                         {("101", "102", "answered"), ("101", "103", "answered")})

    def test_key_who_hangs_up_connects_the_two(self):
        anna, bernd = self.talk_with_keys()
        carla = self.ask_carla(anna)
        self.answer(carla)
        self.assert_hear({"anna": ["carla"], "carla": ["anna"]}, anna, bernd, carla)
        anna.hang_up()
        self.are_connected(carla, bernd)
        bernd.hang_up()
        carla.is_hung_up()
        self.server.wait_records(2, self.began)

    def test_key_who_hangs_up_while_it_rings_leaves_the_other_one_with_music_until_it_is_answered(self):
        anna, bernd = self.talk_with_keys()
        carla = self.ask_carla(anna)
        anna.hang_up()
        bernd.phone.rtp.drain()
        until(lambda: (packet := bernd.phone.rtp.receive(0.05)) and len(set(packet[12:])) > 8, "music")
        self.answer(carla)
        self.are_connected(carla, bernd)
        carla.hang_up()
        bernd.is_hung_up()

    def test_key_a_target_that_is_busy_is_said_and_both_talk_again(self):
        anna, bernd = self.talk_with_keys()
        carla = self.ask_carla(anna)
        carla.reply(486)
        carla.expect("ACK")
        anna.phone.rtp.drain()
        until(lambda: (packet := anna.phone.rtp.receive(0.05)) and len(set(packet[12:])) > 8, "words")
        self.assert_hear({"anna": ["bernd"], "bernd": ["anna"]}, anna, bernd)
        anna.hang_up()
        bernd.is_hung_up()

    def test_key_three_talk_and_whoever_leaves_the_others_talk_on(self):
        anna, bernd = self.talk_with_keys()
        carla = self.ask_carla(anna)
        self.answer(carla)
        self.assert_hear({"anna": ["carla"], "carla": ["anna"], "bernd": []}, anna, bernd, carla)
        self.press(anna, "*3")
        self.assert_hear({"anna": ["bernd", "carla"], "bernd": ["anna", "carla"], "carla": ["anna", "bernd"]},
                         anna, bernd, carla)
        anna.hang_up()
        self.are_connected(carla, bernd)
        bernd.hang_up()
        carla.is_hung_up()

    def answer_with_keys(self, carla):
        carla.reply(200, body=sdp(CARLA, self.carla.open_rtp().port, **WITH_KEYS))
        carla.expect("ACK")
        carla.voice = sdp_target(carla.invite.body)

    def keys_heard(self, dialog, n):
        """Keys as packets, each once, until n have come."""
        keys = []
        stamps = self.stamps.setdefault(dialog.phone.name, set())

        def hear():
            packet = dialog.phone.rtp.receive(0.05)
            if packet and packet[1] & 0x7f == EVENTS and packet[4:8] not in stamps:
                stamps.add(packet[4:8])
                keys.append("0123456789*#"[packet[12]])
            return len(keys) >= n
        until(hear, f"{n} keys at {dialog.phone.name}")
        return "".join(keys)

    @staticmethod
    def press_by_info(dialog, keys):
        for key in keys:
            dialog.request("INFO", f"Signal={key}\r\nDuration=160\r\n".encode(), [("Content-Type", "application/dtmf-relay")])
            dialog.expect(200, method="INFO")

    def test_key_digits_reach_whom_one_asks_as_packets_and_by_info(self):
        """And nobody else: who waits hears his music."""
        anna, bernd = self.talk_with_keys()
        carla = self.ask_carla(anna)
        self.answer_with_keys(carla)
        self.assert_hear({"anna": ["carla"], "carla": ["anna"], "bernd": []}, anna, bernd, carla)
        for rtp in (bernd.phone.rtp, carla.phone.rtp):
            rtp.drain()
        self.press(anna, "407#")
        self.assertEqual(self.keys_heard(carla, 4), "407#")
        self.press_by_info(anna, "58")
        self.assertEqual(self.keys_heard(carla, 2), "58")
        self.press(carla, "9")
        self.assertEqual(self.keys_heard(anna, 1), "9")
        music = [bernd.phone.rtp.receive(1) for _ in range(100)]  # of two seconds
        self.assertNotIn(EVENTS, {packet[1] & 0x7f for packet in music}, "keys pressed for who waits")
        self.assert_hear({"anna": ["carla"], "carla": ["anna"], "bernd": []}, anna, bernd, carla)
        self.press(anna, "*2")
        carla.is_hung_up()
        self.assert_hear({"anna": ["bernd"], "bernd": ["anna"]}, anna, bernd)
        anna.hang_up()
        bernd.is_hung_up()

    def test_key_digits_are_tones_where_whom_one_asks_has_no_packets_of_keys(self):
        anna, bernd = self.talk_with_keys()
        carla = self.ask_carla(anna)
        self.answer(carla)
        self.assert_hear({"anna": ["carla"], "carla": ["anna"]}, anna, carla)
        carla.phone.rtp.drain()
        self.press(anna, "5")

        def is_five(packet):
            pcm = [LINEAR[byte] for byte in packet[12:]]
            return loudness(pcm, 770) > 2000 and loudness(pcm, 1336) > 2000

        heard = []  # until the key is over

        def is_over():
            if packet := carla.phone.rtp.receive(0.05):
                heard.append(is_five(packet))
            return True in heard and heard[-3:] == [False] * 3
        until(is_over, "the tones of 5, and their end")
        key = heard[heard.index(True):len(heard) - 3]
        self.assertGreaterEqual(len(key), 4)  # 80 ms
        self.assertNotIn(False, key, "something besides is said in between")
        self.assert_hear({"anna": ["carla"], "carla": ["anna"]}, anna, carla)
        anna.hang_up()
        self.are_connected(carla, bernd)
        bernd.hang_up()
        carla.is_hung_up()

    def test_key_in_a_three_way_both_others_get_the_digits(self):
        anna, bernd = self.talk_with_keys()
        carla = self.ask_carla(anna)
        self.answer_with_keys(carla)
        self.press(anna, "*3")
        three = {"anna": anna, "bernd": bernd, "carla": carla}
        self.assert_hear({name: [other for other in three if other != name] for name in three}, anna, bernd, carla)
        for key, (name, dialog) in zip("678", three.items()):
            others = [other for other in three.values() if other is not dialog]
            for other in others:
                other.phone.rtp.drain()
            self.press(dialog, key)
            for other in others:
                self.assertEqual(self.keys_heard(other, 1), key, f"{name} presses {key}")
        for dialog in (bernd, carla):
            dialog.phone.rtp.drain()
        self.press_by_info(anna, "1")
        self.assertEqual((self.keys_heard(bernd, 1), self.keys_heard(carla, 1)), ("1", "1"))
        anna.hang_up()
        self.are_connected(carla, bernd)
        bernd.hang_up()
        carla.is_hung_up()

    def test_key_an_answering_machine_hears_keys_that_are_no_code(self):
        anna, bernd = self.talk_with_keys()
        self.assert_hear({"bernd": ["anna"]}, anna, bernd)
        bernd.phone.rtp.drain()
        self.press(anna, "5#*7")
        got = []
        while packet := bernd.phone.rtp.receive(0.5):
            if packet[1] & 0x7f == EVENTS and packet[12] not in got:
                got.append(packet[12])
        self.assertEqual(got, [5, 11, 10, 7])
        anna.hang_up()
        bernd.is_hung_up()


if __name__ == "__main__":
    harness.main()
