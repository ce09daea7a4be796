#!/usr/bin/env python3
"""Spoken prompts: what comes with the system, files of one's own, and that kill -9 leaves nothing half there (SYS-4, VMB-3)."""
import io
import math
import struct
import wave

import harness
from harness import SystemTest


def tone(seconds, rate=8000, loudness=3000, channels=1):
    """A WAV file with a tone in it."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        for n in range(int(seconds * rate)):
            file.writeframesraw(struct.pack("<h", round(loudness * math.sin(2 * math.pi * 440 * n / rate))) * channels)
    return out.getvalue()


class Prompts(SystemTest):
    CONFIG = {}

    def audio(self, language, name):
        """Samples of what is played now."""
        connection = harness.UnixConnection(self.server.data / "strowger.sock")
        try:
            connection.request("GET", f"/api/prompts/{language}/{name}/audio")
            answer = connection.getresponse()
            body = answer.read()
            self.assertEqual((answer.status, answer.getheader("Content-Type")), (200, "audio/wav"))
        finally:
            connection.close()
        with wave.open(io.BytesIO(body)) as file:
            self.assertEqual((file.getframerate(), file.getnchannels(), file.getsampwidth()), (16000, 1, 2))
            return file.readframes(file.getnframes())

    def put(self, name, body, kind="audio/wav", language="de", more=""):
        return self.server.request("PUT", f"/api/prompts/{language}/{name}{more}", body, {"Content-Type": kind})

    def row(self, name, language="de"):
        items = self.server.api("GET", f"/api/prompts?language={language}")["items"]
        return next(item for item in items if item["name"] == name)

    def files(self):
        return sorted(file.name for file in (self.server.data / "prompts").rglob("*") if file.is_file())

    def test_sys_4_every_prompt_can_be_heard_in_both_languages(self):
        items = self.server.api("GET", "/api/prompts")["items"]
        self.assertEqual({item["language"] for item in items}, {"de", "en"})
        for item in items:
            self.assertGreater(len(self.audio(item["language"], item["name"])), 3200, item["name"])
            self.assertIsNone(item["replaced_at"])

    def test_sys_4_a_file_is_converted_and_played_until_it_is_put_back(self):
        supplied = self.audio("de", "done")
        status, answer = self.put("done", tone(1, 44100, channels=2), more="?file_name=Ansage.wav")
        self.assertEqual(status, 200, answer)
        self.assertEqual((answer["file_name"], answer["language"], answer["text"]), ("Ansage.wav", "de", "Erledigt."))
        self.assertAlmostEqual(answer["length_ms"], 1000, delta=40)
        self.assertEqual(self.row("done"), answer)
        self.assertIsNone(self.row("done", "en")["replaced_at"])
        own = self.audio("de", "done")
        self.assertAlmostEqual(len(own) / 32, 1000, delta=40)
        status, _ = self.put("done", tone(0.5))
        self.assertEqual(status, 200)
        self.assertAlmostEqual(len(self.audio("de", "done")) / 32, 500, delta=40)
        self.assertEqual(self.server.request("DELETE", "/api/prompts/de/done")[0], 204)
        self.assertEqual(self.audio("de", "done"), supplied)
        self.assertEqual(self.server.request("DELETE", "/api/prompts/de/done")[0], 404)

    def test_sys_4_what_cannot_be_played_is_refused_with_the_reason(self):
        silence, before = tone(1, loudness=0), self.files()
        for body, code in ((b"no sound at all", "no_audio"), (b"", "no_audio"), (tone(1)[:30], "no_audio"),
                           (silence, "audio_silent"), (tone(310, 4000), "audio_too_long")):
            status, answer = self.put("done", body)
            self.assertEqual((status, answer["error"]["code"], answer["error"]["field"]), (422, code, "file"))
        self.assertEqual(self.put("done", tone(1), "application/json")[0], 415)
        self.assertEqual(self.put("..%2Fdone", tone(1))[0], 404)
        self.assertEqual(self.put("number-21", tone(1), language="en")[0], 404)  # English does not have it
        self.assertEqual(self.put("done", tone(1), more="?file_name=" + "x" * 300)[0], 400)
        self.assertIsNone(self.row("done")["replaced_at"])
        self.assertEqual(self.files(), before)

    def test_sys_4_what_was_confirmed_survives_a_kill_and_nothing_is_left_over(self):
        self.assertEqual(self.put("goodbye", tone(1))[0], 200)
        self.assertEqual(self.put("goodbye", tone(0.4))[0], 200)
        self.assertEqual(self.put("try-again", tone(1))[0], 200)
        expected = self.audio("de", "goodbye")
        self.server.kill()
        folder = self.server.data / "prompts" / "de"
        (folder / "upload-Zz91aB").write_bytes(tone(1))  # as a kill leaves them
        (folder / "done-4711.wav").write_bytes(tone(1))
        for file in folder.glob("try-again-*"):
            file.unlink()  # the database alone was put back
        self.server.start()
        self.assertEqual(self.audio("de", "goodbye"), expected)
        self.assertIsNone(self.row("try-again")["replaced_at"])
        self.assertEqual([file[:8] for file in self.files()], ["goodbye-"])
        self.server.api("DELETE", "/api/prompts/de/goodbye")


if __name__ == "__main__":
    harness.main()
