#!/usr/bin/env python3
"""USE-4: calls made and changed by the interface alone, at real softphones; what each has recorded says whom it heard."""
import baresip
import harness
from harness import SystemTest, password_phone, until, user

TONES = {"p1": 440, "p2": 700, "p3": 1000}


class Callman(SystemTest):
    CONFIG = {
        "phones": [password_phone(name) for name in TONES],
        "users": [user(101, "p1", password="secret-1"), user(102, "p2", password="secret-2"), user(103, "p3")],
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.server.api("GET", "/api/health").get("setup_needed"):
            cls.server.api("POST", "/api/setup", {"login": "9000", "password": "secret-9", "first_name": "Ada",
                                                  "last_name": "Admin"})

    def setUp(self):
        self.began = harness.now()
        self.phones = [baresip.Baresip(self.server, name, f"secret-of-{name}", hertz, answer="manual" if name == "p2" else "auto")
                       for name, hertz in TONES.items()]
        for phone in self.phones:
            self.addCleanup(phone.close)
            phone.connect()
        self.server.wait_registered(*TONES)

    def act(self, login, path, body=None, expect=202):
        """As that person, with a token of the API."""
        headers = {"Authorization": "Bearer " + self.token(login)}
        status, answer = self.server.web_request("POST", f"/api/me/calls{path}", {} if body is None else body, headers)
        self.assertEqual(status, expect, answer)
        return answer

    def token(self, login):
        tokens = self.__dict__.setdefault("tokens", {})
        if login not in tokens:
            connection = harness.http.client.HTTPConnection(self.server.host, self.server.http_port, timeout=30)
            connection.request("POST", "/api/session", harness.json.dumps(
                {"login": login, "password": f"secret-{login[-1]}"}).encode(), {"Content-Type": "application/json"})
            response = connection.getresponse()
            cookie, session = response.getheader("Set-Cookie"), harness.json.loads(response.read())
            connection.close()
            self.assertEqual(response.status, 200, session)
            status, answer = self.server.web_request(
                "POST", "/api/me/tokens", {"name": "test", "rights": ["callman"]},
                {"Cookie": cookie.split(";")[0], "X-CSRF-Token": session["csrf"]})
            self.assertEqual(status, 201, answer)
            tokens[login] = answer["token"]
        return tokens[login]

    def live(self, state):
        return until(lambda: [call for call in self.server.calls() if call["state"] == state], f"a call is {state}", 20)[0]

    def more_sound(self, *phones, seconds=3):
        before = {phone: phone.recorded() for phone in phones}
        until(lambda: all(phone.recorded() - before[phone] > seconds * baresip.RATE * 2 for phone in phones),
              f"{seconds} more seconds of sound", 30)

    def share(self, phone, hertz):
        samples, rate = phone.heard()
        return baresip.tone_share(samples[-rate:], hertz, rate)

    def dial(self, ringing_s=2):
        first, second, _ = self.phones
        answer = self.act("1101", "", {"number": "102"})
        first.wait_event("CALL_ESTABLISHED")
        second.wait_event("CALL_INCOMING")
        self.assertEqual(self.live("ringing")["answered_at"], None)
        # Recordings are named by the second: the one of a new stream must not fall upon the first.
        until(lambda: first.recorded() > ringing_s * baresip.RATE * 2, "the ringing tone", 20)
        second.command("accept")
        second.wait_event("CALL_ESTABLISHED")
        call = self.live("answered")
        self.assertEqual(call["call_id"], answer["call_id"])
        self.assertEqual((call["caller"]["number"], call["called"]["number"]), ("101", "102"))
        return call["call_id"]

    def test_who_dials_from_the_page_talks_as_if_dialled_at_the_phone(self):
        first, second, _ = self.phones
        call = self.dial(ringing_s=6)  # it sounds for one second in five
        self.more_sound(first, second)
        self.act("1101", f"/{call}/hangup")
        first.wait_event("CALL_CLOSED")
        second.wait_event("CALL_CLOSED")
        self.assertGreater(self.share(first, TONES["p2"]), 0.9, "the caller hears the called one")
        self.assertGreater(self.share(second, TONES["p1"]), 0.9, "the called one hears the caller")
        rings, rate = baresip.read_wav(sorted(first.recordings.glob("*-dec.wav"))[0])
        halves = [rings[at:at + rate // 2] for at in range(0, 5 * rate, rate // 4)]
        self.assertGreater(max(baresip.tone_share(half, 425, rate) for half in halves), 0.9, "it is heard that it rings")
        record = self.server.wait_records(1, self.began)[-1]
        self.assertEqual((record["result"], record["ended_by"]), ("answered", "caller"))
        self.assertEqual((record["caller_number"], record["caller_phone"], record["called_number"]), ("101", "p1", "102"))
        self.assertIn("web_dialled", {reason["code"] for reason in record["explanation"]})
        self.act("1101", f"/{call}/hangup", expect=404)

    def test_who_is_held_hears_music_until_the_talk_goes_on(self):
        first, second, _ = self.phones
        call = self.dial()
        self.more_sound(first, second, seconds=1)
        self.act("1102", f"/{call}/hold")
        self.live("held")
        before = second.recorded()
        self.more_sound(first)
        self.assertLess(second.recorded() - before, baresip.RATE, "who holds hears nothing")
        self.act("1102", f"/{call}/hangup")
        first.wait_event("CALL_CLOSED")
        samples, rate = first.heard()
        tail = samples[-rate:]
        self.assertLess(baresip.tone_share(tail, TONES["p2"], rate), 0.05, "the other one is not heard")
        self.assertGreater(max(abs(sample) for sample in tail), 500, "it is music, not silence")

    def test_after_a_hold_both_hear_each_other_again(self):
        first, second, _ = self.phones
        call = self.dial()
        self.more_sound(first, second, seconds=1)
        self.act("1101", f"/{call}/hold")
        self.live("held")
        self.more_sound(second, seconds=1)
        self.act("1101", f"/{call}/resume")
        self.live("answered")
        self.more_sound(first, second)
        self.act("1101", f"/{call}/hangup")
        first.wait_event("CALL_CLOSED")
        second.wait_event("CALL_CLOSED")
        self.assertGreater(self.share(first, TONES["p2"]), 0.9)
        self.assertGreater(self.share(second, TONES["p1"]), 0.9)

    def test_a_call_is_given_away(self):
        first, second, third = self.phones
        call = self.dial()
        self.more_sound(first, second, seconds=2)  # as above
        self.act("1102", f"/{call}/transfer", {"number": "199"}, expect=409)
        self.act("1102", f"/{call}/transfer", {"number": "103"})
        third.wait_event("CALL_ESTABLISHED")
        second.wait_event("CALL_CLOSED")
        self.more_sound(first, third)
        self.act("1102", f"/{call}/hangup", expect=403)
        self.act("1101", f"/{call}/hangup")
        first.wait_event("CALL_CLOSED")
        third.wait_event("CALL_CLOSED")
        self.assertGreater(self.share(first, TONES["p3"]), 0.9, "the caller hears the new one")
        self.assertGreater(self.share(third, TONES["p1"]), 0.9, "and the other way round")


if __name__ == "__main__":
    harness.main()
