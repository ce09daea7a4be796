#!/usr/bin/env python3
"""PHO-4: softphones without a common codec hear each other; lists of codecs of phones are kept to; nothing is translated
where something is common."""
import unittest

import baresip
import harness
from harness import ApiError, SystemTest, password_phone, until, user

TONES = {"p1": 440, "p2": 700}


class Codecs(SystemTest):
    CONFIG = {
        "phones": [password_phone("p1"), password_phone("p2")],
        "users": [user(101, "p1"), user(102, "p2")],
    }

    def set_codecs(self, phone, codecs):
        one = next(p for p in self.server.api("GET", "/api/phones")["items"] if p["name"] == phone)
        self.server.api("PATCH", f"/api/phones/{one['id']}", {"codecs": codecs})
        self.addCleanup(self.server.request, "PATCH", f"/api/phones/{one['id']}", {"codecs": ""})

    def call(self, of_caller, of_called, seconds=2, share=0.9, enough_known=lambda live: True):
        """A call from p1 to p2, each with one codec; both must hear the other's tone. Returns its record."""
        phones = [baresip.Baresip(self.server, name, f"secret-of-{name}", TONES[name], codecs=codec)
                  for name, codec in (("p1", of_caller), ("p2", of_called))]
        try:
            began = harness.now()
            for phone in phones:
                phone.connect()
            self.server.wait_registered("p1", "p2")
            caller, called = phones
            caller.command("dial", "102")
            caller.wait_event("CALL_ESTABLISHED")
            called.wait_event("CALL_ESTABLISHED")
            enough = {phone: seconds * 2 * rate * channels for phone in phones
                      for _, _, rate, channels in [baresip.CODECS[of_caller if phone is caller else of_called]]}
            until(lambda: all(phone.recorded() > enough[phone] for phone in phones), f"{seconds} seconds of sound",
                  seconds + 20)
            self.server.live_call(enough_known)
            caller.command("hangup")
            caller.wait_event("CALL_CLOSED")
            called.wait_event("CALL_CLOSED")
            self.assert_hears(caller, TONES["p2"], TONES["p1"], share)
            self.assert_hears(called, TONES["p1"], TONES["p2"], share)
        finally:
            for phone in phones:
                phone.close()
        until(lambda: not self.server.registrations(), "bindings are removed")
        return self.server.wait_records(1, began)[0]

    def assert_hears(self, phone, hertz, not_hertz, share):
        samples, rate = phone.heard()
        self.assertGreater(len(samples), rate, f"{phone.name} recorded too little")
        self.assertGreater(baresip.tone_share(samples, hertz, rate), share, f"{phone.name} must hear {hertz} Hz")
        self.assertLess(baresip.tone_share(samples, not_hertz, rate), 0.01, f"{phone.name} hears {not_hertz} Hz")

    def test_without_lists_the_phone_says_what_it_lacks(self):
        """It answers 488, and is asked again with codecs of ours."""
        for of_caller, of_called in (("PCMA", "G722"), ("PCMU", "opus"), ("GSM", "PCMA")):
            with self.subTest(caller=of_caller, called=of_called):
                record = self.call(of_caller, of_called)
                self.assertEqual(record["result"], "answered")
                self.assertEqual(record["codec"], f"{of_caller}/{of_called}")

    def test_with_lists_it_is_known_before(self):
        self.set_codecs("p1", "g722")
        self.set_codecs("p2", "opus,gsm")
        self.assertEqual(self.call("G722", "opus")["codec"], "G722/opus")

    def test_reports_of_ours_tell_the_quality(self):
        """RTCP does not pass a translated call, and still both ends are judged with their delay."""
        record = self.call("PCMA", "G722", enough_known=lambda live: all(
            live[f"heard_by_{side}"]["delay_ms"] is not None for side in ("caller", "called")))
        for side in ("caller", "called"):
            self.assertGreater(record[f"mos_to_{side}_x100"], 400)
            self.assertIsNotNone(record[f"delay_to_{side}_ms"])

    def test_a_list_that_is_none(self):
        with self.assertRaises(ApiError) as caught:
            self.set_codecs("p1", "g722,mp3")
        self.assertEqual(caught.exception.status, 422)
        self.assertEqual(caught.exception.body["error"]["field"], "codecs")
        self.assertIn("Known: opus, g722", caught.exception.body["error"]["message"])
        self.assertEqual({p["codecs"] for p in self.server.api("GET", "/api/phones")["items"]}, {None})


if __name__ == "__main__":
    harness.main()
