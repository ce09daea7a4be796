#!/usr/bin/env python3
"""Music on hold: loops of one's own, who hears which, how loud, from where on; and what a crash leaves (MOH-1)."""
import audioop
import io
import math
import struct
import time
import wave

import harness
from baresip import tone_share
from harness import address, address_phone, free_port, until, user
from sipphone import sdp, sdp_target
from talking import TalkTest

ANNA, BERND, CARLA, DORA = (address(host) for host in (11, 12, 13, 14))
PORTS = {host: free_port(host) for host in (ANNA, BERND, CARLA, DORA)}
RATE = 8000
JAZZ, ROCK, OTHER = 500, 900, 1300
SLOT_MS = 200


def wav(frequency_at, seconds):
    """A WAV file of 16 kHz; frequency_at tells hertz by seconds."""
    out = io.BytesIO()
    phase, samples = 0.0, []
    for n in range(int(seconds * 16000)):
        phase += 2 * math.pi * frequency_at(n / 16000) / 16000
        samples.append(round(8000 * math.sin(phase)))
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return out.getvalue()


def tone(hertz):
    return wav(lambda at: hertz, 3)


def loudness_db(samples):
    return 10 * math.log10(sum(sample * sample for sample in samples) / len(samples) + 1)


class Music(TalkTest):
    PORTS = PORTS
    CONFIG = {
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]),
                   address_phone("carla", CARLA, PORTS[CARLA]), address_phone("dora", DORA, PORTS[DORA])],
        "users": [{**user(101, "anna"), "password": "secret-1", "admin": True}, user(102, "bernd"), user(103, "carla"),
                  user(104, "dora")],
    }

    def setUp(self):
        self.anna, self.bernd, self.carla, self.dora = (self.phone(name, host) for name, host in (
            ("anna", ANNA), ("bernd", BERND), ("carla", CARLA), ("dora", DORA)))

    def tearDown(self):
        for loop in self.server.api("GET", "/api/music-loops")["items"]:
            if not loop["builtin"]:
                self.server.api("DELETE", f"/api/music-loops/{loop['id']}")
        super().tearDown()

    def loop(self, name, *files, **more):
        loop = self.server.api("POST", "/api/music-loops", {"name": name, **more})["id"]
        for file in files:
            self.upload(loop, file)
        return loop

    def upload(self, loop, file, name="piece.wav", expect=201):
        status, answer = self.server.request("POST", f"/api/music-loops/{loop}/files?file_name={name}", file,
                                             {"Content-Type": "audio/wav"})
        self.assertEqual(status, expect, answer)
        return answer

    def assign(self, who, loop):
        path = "/api/users" if len(who) == 4 else "/api/numbers"
        field = "login" if len(who) == 4 else "number"
        row = next(row for row in self.server.api("GET", path)["items"] if row[field] == who)
        self.server.api("PATCH", f"{path}/{row['id']}", {"music": loop})

    def change(self, dialog, other, offer, answer):
        self.version = getattr(self, "version", 1) + 1
        dialog.reinvite(offer)
        invite = other.expect("INVITE")
        other.reply(200, invite, sdp(other.phone.host, other.phone.rtp.port, answer, self.version))
        other.expect("ACK")
        dialog.established()

    def hold(self, dialog, other):
        self.change(dialog, other, "sendonly", "recvonly")

    def resume(self, dialog, other):
        self.change(dialog, other, "sendrecv", "sendrecv")

    def hold_again(self, dialog, other):
        """What has changed meanwhile is heard from now on, as far as the switch knows it."""
        self.resume(dialog, other)
        self.hold(dialog, other)

    def held(self, caller, number, called):
        """The caller waits, because the called one holds."""
        out, into = self.call(caller, number, called)
        caller.rtp.send(out.voice)
        self.hold(into, out)
        return out, into

    @staticmethod
    def hear(*dialogs, ms=600):
        """What each of them hears from now on, at the same time."""
        for dialog in dialogs:
            dialog.phone.rtp.drain()
            dialog.phone.rtp.send(dialog.voice)
        heard = {dialog: b"" for dialog in dialogs}
        end = time.monotonic() + 10
        while any(len(sound) < ms * 8 for sound in heard.values()):
            assert time.monotonic() < end, "no sound comes"
            for dialog in dialogs:
                packet = dialog.phone.rtp.receive(0.01)
                if packet and packet[1] & 0x7f == 8:
                    heard[dialog] += packet[12:]
        sounds = [audioop.alaw2lin(heard[dialog][:ms * 8], 2) for dialog in dialogs]
        return [struct.unpack(f"<{len(sound) // 2}h", sound) for sound in sounds]

    def assert_hears(self, dialog, hertz):
        """That tone, when the last packets of what was heard before are through."""
        until(lambda: tone_share(self.hear(dialog)[0], hertz, RATE) > 0.95, f"{dialog.phone.name} hears {hertz} Hz")

    def until_held_hears(self, caller, number, called, hertz):
        """What was stored reaches the switch a moment later; then whoever calls anew hears it."""
        def hears():
            out, into = self.held(caller, number, called)
            try:
                return tone_share(self.hear(out)[0][1600:], hertz, RATE) > 0.9
            finally:
                self.end(out, into)

        until(hears, f"who calls {number} hears {hertz} Hz")

    def end(self, out, into):
        out.hang_up()
        into.is_hung_up()

    def test_moh_1_who_is_held_by_another_one_hears_another_loop(self):
        self.assign("1102", self.loop("Jazz", tone(JAZZ)))
        self.assign("1104", self.loop("Rock", tone(ROCK)))
        self.until_held_hears(self.carla, 104, self.dora, ROCK)
        anna, bernd = self.held(self.anna, 102, self.bernd)
        carla, dora = self.held(self.carla, 104, self.dora)
        self.assert_hears(anna, JAZZ)
        self.assert_hears(carla, ROCK)
        self.end(anna, bernd)
        self.end(carla, dora)
        self.assign("102", self.server.api("GET", "/api/music-loops?search=Rock")["items"][0]["id"])
        self.until_held_hears(self.anna, 102, self.bernd, ROCK)  # the number goes before its user

    def test_moh_1_who_comes_later_hears_what_the_others_hear(self):
        mark = self.loop("Mark", tone(JAZZ), is_default=True)
        loop = self.loop("Steps", wav(lambda at: 400 + 40 * int(at * 1000 / SLOT_MS), 10))
        self.assign("1102", loop)
        self.assign("1104", loop)
        self.until_held_hears(self.anna, 103, self.carla, JAZZ)  # so all of it has arrived
        self.server.api("DELETE", f"/api/music-loops/{mark}")

        def slot(samples):
            shares = [tone_share(samples, 400 + 40 * n, RATE) for n in range(10_000 // SLOT_MS)]
            return shares.index(max(shares))

        anna, bernd = self.held(self.anna, 102, self.bernd)
        until(lambda: slot(self.hear(anna, ms=100)[0]) > 10, "two seconds of it")
        carla, dora = self.held(self.carla, 104, self.dora)
        self.hear(carla)
        first, second = (slot(samples) for samples in self.hear(anna, carla, ms=100))
        self.assertGreater(first, 10)
        self.assertLessEqual(abs(first - second), 1, "both are at the same place")
        self.end(anna, bernd)
        self.end(carla, dora)

    def test_moh_1_a_volume_is_heard_at_once_and_the_file_stays_as_it_was(self):
        loop = self.loop("Jazz", tone(JAZZ))
        self.assign("1102", loop)
        file = self.server.api("GET", f"/api/music-files?loop={loop}")["items"][0]
        stored = self.raw(f"/api/music-files/{file['id']}/audio")
        self.until_held_hears(self.anna, 102, self.bernd, JAZZ)
        anna, bernd = self.held(self.anna, 102, self.bernd)
        self.assert_hears(anna, JAZZ)
        before = loudness_db(self.hear(anna)[0])
        self.server.api("PATCH", f"/api/music-loops/{loop}", {"gain_db": -12})
        until(lambda: abs(before - loudness_db(self.hear(anna)[0]) - 12) < 1, "it is 12 dB softer")
        self.server.api("PATCH", f"/api/music-files/{file['id']}", {"gain_db": 6})

        def is_louder():
            self.hold_again(bernd, anna)
            return abs(before - loudness_db(self.hear(anna)[0][1600:]) - 6) < 1

        until(is_louder, "the file itself is 6 dB louder")
        self.assertEqual(self.raw(f"/api/music-files/{file['id']}/audio"), stored)
        self.end(anna, bernd)

    def test_moh_1_who_listens_is_not_disturbed_when_the_loop_gets_another_file(self):
        loop = self.loop("Jazz", tone(JAZZ))
        self.assign("1102", loop)
        self.until_held_hears(self.anna, 102, self.bernd, JAZZ)
        anna, bernd = self.held(self.anna, 102, self.bernd)
        self.assert_hears(anna, JAZZ)
        file = self.server.api("GET", f"/api/music-files?loop={loop}")["items"][0]
        self.upload(loop, tone(OTHER))
        self.assertEqual(self.server.request("DELETE", f"/api/music-files/{file['id']}")[0], 204)
        self.assign("1104", loop)
        self.until_held_hears(self.carla, 104, self.dora, OTHER)
        self.assertGreater(tone_share(self.hear(anna)[0], JAZZ, RATE), 0.95, "Anna hears what she heard")
        self.hold_again(bernd, anna)
        self.assert_hears(anna, OTHER)
        self.end(anna, bernd)

    def test_moh_1_files_are_in_an_order_and_a_loop_has_sixteen_at_most(self):
        loop = self.loop("Many")
        rows = [self.upload(loop, tone(JAZZ), f"piece-{n}.wav") for n in range(3)]
        self.assertEqual([row["position"] for row in rows], [1, 2, 3])
        self.assertEqual(rows[0]["name"], "piece-0")
        self.server.api("PATCH", f"/api/music-files/{rows[2]['id']}", {"position": 1})
        self.assertEqual([row["name"] for row in self.server.api("GET", f"/api/music-files?loop={loop}")["items"]],
                         ["piece-2", "piece-0", "piece-1"])
        for n in range(3, 16):
            self.upload(loop, tone(JAZZ), f"piece-{n}.wav")
        self.assertEqual(self.upload(loop, tone(JAZZ), expect=409)["error"]["code"], "loop_full")
        self.assertEqual(self.upload(loop, b"no sound", expect=409)["error"]["code"], "loop_full")
        other = self.loop("Other")
        self.assertEqual(self.upload(other, b"no sound", expect=422)["error"]["code"], "no_audio")
        status, _ = self.server.request("POST", f"/api/music-loops/{other}/files", b"{}", {"Content-Type": "text/plain"})
        self.assertEqual(status, 415)
        self.assertEqual(self.server.request("POST", "/api/music-files", {"name": "x"})[0], 405)

    def test_moh_1_the_supplied_loop_stays_and_another_one_can_be_the_default(self):
        supplied = next(loop for loop in self.server.api("GET", "/api/music-loops")["items"] if loop["builtin"])
        path = f"/api/music-loops/{supplied['id']}"
        self.assertEqual(self.server.request("DELETE", path)[0], 409)
        self.assertEqual(self.server.request("PATCH", path, {"name": "Mine"})[0], 409)
        one, two = self.loop("One", tone(JAZZ), is_default=True), self.loop("Two", tone(ROCK), is_default=True)
        self.assertEqual([loop["id"] for loop in self.server.api("GET", "/api/music-loops")["items"] if loop["is_default"]], [two])
        self.until_held_hears(self.anna, 102, self.bernd, ROCK)
        self.server.api("PATCH", f"/api/music-loops/{one}", {"is_default": True})
        self.until_held_hears(self.anna, 102, self.bernd, JAZZ)

    def test_moh_1_after_kill_9_the_loop_is_there_and_a_lost_file_gives_way_to_the_default(self):
        self.assign("1102", self.loop("Jazz", tone(JAZZ)))
        self.loop("Rock", tone(ROCK), is_default=True)
        (self.server.data / "music" / "upload-left").write_bytes(b"half")
        self.server.kill()
        self.server.start()
        self.assertFalse((self.server.data / "music" / "upload-left").exists())
        anna, bernd = self.held(self.anna, 102, self.bernd)
        self.assert_hears(anna, JAZZ)
        self.end(anna, bernd)
        row = next(row for row in self.server.api("GET", "/api/music-loops")["items"] if row["name"] == "Jazz")
        file = self.server.api("GET", f"/api/music-files?loop={row['id']}")["items"][0]
        jazz = [path for path in (self.server.data / "music").iterdir()
                if path.read_bytes() == self.raw(f"/api/music-files/{file['id']}/audio")]
        jazz[0].unlink()
        anna, bernd = self.held(self.anna, 102, self.bernd)
        self.assert_hears(anna, ROCK)
        self.end(anna, bernd)

    def raw(self, path):
        connection = harness.UnixConnection(self.server.data / "strowger.sock")
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            self.assertEqual(answer.status, 200)
            return answer.read()
        finally:
            connection.close()

    def test_moh_1_an_administrator_listens_at_a_phone_and_hears_the_volume_change(self):
        loop = self.loop("Jazz", tone(JAZZ))
        self.assign("1102", loop)
        self.until_held_hears(self.carla, 102, self.bernd, JAZZ)
        connection = harness.http.client.HTTPConnection(self.server.host, self.server.http_port, timeout=30)
        connection.request("POST", "/api/session", harness.json.dumps({"login": "1101", "password": "secret-1"}).encode(),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        session = harness.json.loads(answer.read())
        connection.close()
        self.assertEqual(answer.status, 200, session)
        headers = {"Cookie": answer.getheader("Set-Cookie").split(";")[0], "X-CSRF-Token": session["csrf"]}
        status, answer = self.server.web_request("POST", f"/api/music-loops/{loop}/play", {}, headers)
        self.assertEqual(status, 202, answer)
        into = self.anna.answer_invite()
        self.assertIn("Jazz", into.invite.get("From"))
        into.ring()
        into.pick_up()
        self.is_told(into)
        self.assert_hears(into, JAZZ)
        before = loudness_db(self.hear(into)[0])
        self.server.api("PATCH", f"/api/music-loops/{loop}", {"gain_db": -6})
        until(lambda: abs(before - loudness_db(self.hear(into)[0]) - 6) < 1, "it is softer at once")
        into.hang_up()
        self.server.wait_idle()
        status, answer = self.server.web_request("POST", "/api/music-loops/4711/play", {}, headers)
        self.assertEqual(status, 404, answer)


if __name__ == "__main__":
    harness.main()
