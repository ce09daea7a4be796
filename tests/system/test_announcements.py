#!/usr/bin/env python3
"""Announcements: sounds of one's own and of everybody, and that kill -9 leaves nothing half there (VMB-3, SYS-4)."""
import io
import wave

import harness
from harness import SystemTest
from person import Person
from test_prompts import tone


class Announcements(SystemTest):
    CONFIG = {
        "users": [
            {"login": "1000", "first_name": "Ada", "last_name": "Admin", "password": "boss-pass", "admin": True},
            {"login": "1001", "first_name": "Anna", "last_name": "Berg", "password": "anna-pass"},
            {"login": "1002", "first_name": "Bert", "last_name": "Bach", "password": "bert-pass"},
            {"login": "1003", "first_name": "Carl", "last_name": "Cramer", "password": "carl-pass",
             "rights": ["setting"]},
        ],
    }

    def tearDown(self):
        for box in self.server.api("GET", "/api/mailboxes")["items"]:
            self.server.api("DELETE", f"/api/mailboxes/{box['id']}")
        for row in self.server.api("GET", "/api/announcements")["items"]:
            self.server.api("DELETE", f"/api/announcements/{row['id']}")
        super().tearDown()

    def raw(self, path, headers=None):
        """Status, headers and body of what is heard, as an administrator."""
        connection = harness.UnixConnection(self.server.data / "strowger.sock")
        try:
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def make(self, name, **more):
        return self.server.api("POST", "/api/announcements", {"name": name, **more})["id"]

    def put(self, number, body, path="/api/announcements", kind="audio/wav", more=""):
        return self.server.request("PUT", f"{path}/{number}/audio{more}", body, {"Content-Type": kind})

    def files(self):
        return sorted(file.name for file in (self.server.data / "announcements").rglob("*") if file.is_file())

    def test_vmb_3_an_announcement_is_made_uploaded_renamed_heard_and_deleted(self):
        one = self.make("Welcome")
        self.assertEqual(self.raw(f"/api/announcements/{one}/audio")[0], 404)
        status, answer = self.put(one, tone(1, 44100, channels=2), more="?file_name=hello.wav")
        self.assertEqual(status, 200, answer)
        self.assertEqual((answer["file_name"], answer["name"]), ("hello.wav", "Welcome"))
        self.assertAlmostEqual(answer["length_ms"], 1000, delta=40)
        self.assertIsNotNone(answer["changed_at"])
        status, headers, body = self.raw(f"/api/announcements/{one}/audio")
        self.assertEqual((status, headers["Content-Type"], headers["Accept-Ranges"]), (200, "audio/wav", "bytes"))
        with wave.open(io.BytesIO(body)) as file:
            self.assertEqual((file.getframerate(), file.getnchannels()), (16000, 1))
        row = self.server.api("PATCH", f"/api/announcements/{one}", {"name": "Good day"})
        self.assertEqual((row["name"], row["file_name"]), ("Good day", "hello.wav"))
        self.assertEqual(self.server.request("DELETE", f"/api/announcements/{one}")[0], 204)
        self.assertEqual(self.raw(f"/api/announcements/{one}/audio")[0], 404)

    def test_vmb_3_whoever_seeks_in_a_sound_gets_just_that_part(self):
        one = self.make("Long")
        self.assertEqual(self.put(one, tone(1))[0], 200)
        path = f"/api/announcements/{one}/audio"
        whole = self.raw(path)[2]
        n = len(whole)
        for header, status, first, last in (
                ("bytes=100-199", 206, 100, 199), ("bytes=100-", 206, 100, n - 1), ("bytes=-50", 206, n - 50, n - 1),
                ("bytes=0-999999999", 206, 0, n - 1), (f"bytes=-{n + 10}", 206, 0, n - 1),
                ("bytes=5-4", 200, 0, n - 1), ("bytes=0-1,4-5", 200, 0, n - 1), ("lines=1-2", 200, 0, n - 1),
                ("bytes=-", 200, 0, n - 1), ("bytes=99999999999999999999-", 200, 0, n - 1)):
            got, headers, body = self.raw(path, {"Range": header})
            self.assertEqual(got, status, header)
            self.assertEqual(body, whole[first:last + 1], header)
            self.assertEqual(headers.get("Content-Range"), f"bytes {first}-{last}/{n}" if status == 206 else None, header)
        for header in (f"bytes={n}-", "bytes=-0"):
            got, headers, _ = self.raw(path, {"Range": header})
            self.assertEqual((got, headers["Content-Range"]), (416, f"bytes */{n}"), header)
        self.assertEqual(self.raw(path, {"Range": "bytes=1-2", "If-Range": '"x"'})[0], 200)

    def test_sys_4_what_cannot_be_played_is_refused_with_the_reason(self):
        one = self.make("Nothing")
        before = self.files()
        for body, code in ((b"no sound at all", "no_audio"), (b"", "no_audio"), (tone(1, loudness=0), "audio_silent"),
                           (tone(310, 4000), "audio_too_long")):
            status, answer = self.put(one, body)
            self.assertEqual((status, answer["error"]["code"], answer["error"]["field"]), (422, code, "file"))
        self.assertEqual(self.put(one, tone(1), kind="application/json")[0], 415)
        self.assertEqual(self.put(4711, tone(1))[0], 404)
        self.assertEqual(self.files(), before)

    def test_vmb_3_one_that_callers_hear_is_not_deleted_and_it_is_said_where(self):
        one = self.make("Closed")
        self.server.api("POST", "/api/mailboxes", {"name": "Sales", "greeting_away": one})
        self.server.api("POST", "/api/mailboxes", {"name": "Office", "greeting": one})
        status, answer = self.server.request("DELETE", f"/api/announcements/{one}")
        self.assertEqual((status, answer["error"]["code"]), (409, "announcement_in_use"))
        self.assertIn("Office, Sales", answer["error"]["message"])

    def test_vmb_3_people_change_their_own_hear_everybodys_and_see_none_of_others(self):
        shared = self.make("Everybody's")
        self.assertEqual(self.put(shared, tone(1))[0], 200)
        anna, bert = Person(self.server, "1001", "anna-pass"), Person(self.server, "1002", "bert-pass")
        own = anna.api("POST", "/api/me/announcements", {"name": "Holiday"})
        self.assertEqual(own["user_name"], "Anna Berg")
        self.assertEqual(anna.request("PUT", f"/api/me/announcements/{own['id']}/audio", tone(1),
                                      {"Content-Type": "audio/wav"})[0], 200)
        self.assertEqual({row["name"] for row in anna.api("GET", "/api/me/announcements")["items"]},
                         {"Everybody's", "Holiday"})
        self.assertEqual([row["name"] for row in bert.api("GET", "/api/me/announcements")["items"]], ["Everybody's"])
        for method, path in (("PATCH", ""), ("DELETE", ""), ("GET", "/audio")):
            body = {"name": "Mine"} if method == "PATCH" else None
            self.assertEqual(bert.request(method, f"/api/me/announcements/{own['id']}{path}", body)[0], 404, method)
        self.assertEqual(anna.request("PATCH", f"/api/me/announcements/{shared}", {"name": "Mine"})[0], 403)
        self.assertEqual(anna.request("DELETE", f"/api/me/announcements/{shared}")[0], 403)
        self.assertEqual(anna.request("PATCH", f"/api/me/announcements/{own['id']}", {"user": None})[0], 422)
        # the same name twice: refused for one person, fine for two
        self.assertEqual(anna.request("POST", "/api/me/announcements", {"name": "Holiday"})[0], 409)
        self.assertEqual(bert.request("POST", "/api/me/announcements", {"name": "Holiday"})[0], 201)
        self.assertEqual(self.server.request("POST", "/api/announcements", {"name": "Everybody's"})[0], 409)
        carl = Person(self.server, "1003", "carl-pass")
        self.assertEqual(carl.request("GET", "/api/me/announcements")[0], 403)
        self.assertEqual(anna.request("DELETE", f"/api/me/announcements/{own['id']}")[0], 204)

    def test_vmb_3_a_deleted_one_is_not_brought_back_without_its_sound(self):
        one = self.make("Gone")
        self.server.api("DELETE", f"/api/announcements/{one}")
        change = self.server.api("GET", "/api/changes")["items"][0]
        status, answer = self.server.request("POST", f"/api/changes/{change['id']}/revert")
        self.assertEqual((change["action"], status), ("deleted", 409))
        self.assertIn("not kept", answer["error"]["message"])

    def test_sys_4_what_was_confirmed_survives_a_kill_and_nothing_is_left_over(self):
        one, other = self.make("Stays"), self.make("Loses its file")
        self.assertEqual(self.put(one, tone(1))[0], 200)
        self.assertEqual(self.put(one, tone(0.5))[0], 200)
        kept = set(self.files())
        self.assertEqual(self.put(other, tone(1))[0], 200)
        lost = set(self.files()) - kept
        expected = self.raw(f"/api/announcements/{one}/audio")[2]
        self.server.kill()
        folder = self.server.data / "announcements"
        (folder / "upload-Zz91aB").write_bytes(tone(1))  # as a kill leaves them
        (folder / ("0" * 32 + ".wav")).write_bytes(tone(1))
        for name in lost:
            (folder / name).unlink()  # the database alone was put back
        self.server.start()
        self.assertEqual(self.raw(f"/api/announcements/{one}/audio")[2], expected)
        self.assertEqual(self.raw(f"/api/announcements/{other}/audio")[0], 404)
        self.assertEqual(self.server.api("GET", f"/api/announcements/{other}")["length_ms"], 0)
        self.assertEqual(len(self.files()), 1)


if __name__ == "__main__":
    harness.main()
