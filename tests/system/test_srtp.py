#!/usr/bin/env python3
"""Encrypted voice (SRTP with keys in the description, or made by DTLS): softphones hear each other encrypted, and encrypted on
one side only; phones that must encrypt do."""
import unittest

import baresip
import harness
from harness import ApiError, SystemTest, password_phone, until, user

TONES = {"p1": 440, "p2": 700, "p3": 1100}


class Srtp(SystemTest):
    CONFIG = {
        "phones": [password_phone("p1"), password_phone("p2"), password_phone("p3")],
        "users": [user(101, "p1"), user(102, "p2"), user(103, "p3")],
    }

    def set_srtp(self, phone, policy):
        one = next(p for p in self.server.api("GET", "/api/phones")["items"] if p["name"] == phone)
        self.server.api("PATCH", f"/api/phones/{one['id']}", {"srtp": policy})
        self.addCleanup(self.server.request, "PATCH", f"/api/phones/{one['id']}", {"srtp": "optional"})

    def phones(self, of_caller, of_called, codecs=("PCMA", "PCMA")):
        phones = [baresip.Baresip(self.server, name, f"secret-of-{name}", TONES[name], codecs=codec, encryption=encryption)
                  for name, codec, encryption in zip(("p1", "p2"), codecs, (of_caller, of_called))]
        for phone in phones:
            self.addCleanup(phone.close)
            phone.connect()
        self.server.wait_registered("p1", "p2")
        return phones

    def talk(self, of_caller, of_called, codecs=("PCMA", "PCMA")):
        """Two seconds of a call from p1 to p2, in which both must hear the other's tone. Returns its record."""
        caller, called = self.phones(of_caller, of_called, codecs)
        began = harness.now()
        caller.command("dial", "102")
        caller.wait_event("CALL_ESTABLISHED")
        called.wait_event("CALL_ESTABLISHED")
        enough = {phone: 2 * 2 * rate * channels for phone, codec in zip((caller, called), codecs)
                  for _, _, rate, channels in [baresip.CODECS[codec]]}
        until(lambda: all(phone.recorded() > enough[phone] for phone in (caller, called)), "two seconds of sound", 20)
        caller.command("hangup")
        caller.wait_event("CALL_CLOSED")
        called.wait_event("CALL_CLOSED")
        for phone, other in ((caller, called), (called, caller)):
            samples, rate = phone.heard()
            self.assertGreater(baresip.tone_share(samples, other.hertz, rate), 0.9, f"{phone.name} hears the tone")
        for phone in (caller, called):
            phone.close()
        until(lambda: not self.server.registrations(), "bindings are removed")
        return self.server.wait_records(1, began)[0]

    def test_both_sides_encrypted(self):
        record = self.talk("srtp-mand", "srtp-mand")
        self.assertEqual(record["result"], "answered")
        for side in ("caller", "called"):  # the reports are read, too
            self.assertGreater(record[f"mos_to_{side}_x100"], 400)
        self.assertNotIn("inline:", self.server.log_text())

    def test_one_side_encrypted(self):
        """The called phone knows no encryption, or the caller none: each leg is as its phone can."""
        self.assertEqual(self.talk("srtp-mand", None)["result"], "answered")
        self.set_srtp("p2", "required")
        self.assertEqual(self.talk(None, "srtp-mand")["result"], "answered")

    def test_encrypted_and_translated(self):
        record = self.talk("srtp-mand", None, ("PCMA", "G722"))
        self.assertEqual(record["codec"], "PCMA/G722")

    def test_keys_by_dtls(self):
        """A softphone that makes keys by DTLS, without ICE, calls one that knows keys in the description; and is called."""
        before = self.handshakes()
        self.assertEqual(self.talk("dtls_srtp", "srtp-mand")["result"], "answered")
        self.set_srtp("p2", "dtls")
        self.assertEqual(self.talk(None, "dtls_srtp")["result"], "answered")
        self.assertEqual(self.talk("dtls_srtp", "dtls_srtp")["result"], "answered")
        self.assertEqual(self.handshakes() - before, 4)

    def pick_up(self, of_caller, of_third):
        """p1 calls p2, which rings; p3 takes the call by code. Both must hear the other's tone. Returns the record."""
        phones = {name: baresip.Baresip(self.server, name, f"secret-of-{name}", TONES[name], encryption=encryption, answer=answer)
                  for name, encryption, answer in (("p1", of_caller, "auto"), ("p2", "srtp-mand", "manual"), ("p3", of_third, "auto"))}
        for phone in phones.values():
            self.addCleanup(phone.close)
            phone.connect()
        self.server.wait_registered(*phones)
        began = harness.now()
        caller, rung, third = phones.values()
        caller.command("dial", "102")
        rung.wait_event("CALL_INCOMING")
        caller.wait_event("CALL_RINGING")
        third.command("dial", "*8102")
        caller.wait_event("CALL_ESTABLISHED")
        third.wait_event("CALL_ESTABLISHED")
        rung.wait_event("CALL_CLOSED")
        until(lambda: all(phone.recorded() > 2 * 2 * baresip.RATE for phone in (caller, third)), "two seconds of sound", 20)
        caller.command("hangup")
        caller.wait_event("CALL_CLOSED")
        third.wait_event("CALL_CLOSED")
        for phone, other in ((caller, third), (third, caller)):
            samples, rate = phone.heard()
            self.assertGreater(baresip.tone_share(samples, other.hertz, rate), 0.9, f"{phone.name} hears the tone")
        for phone in phones.values():
            phone.close()
        until(lambda: not self.server.registrations(), "bindings are removed")
        return self.server.wait_records(1, began)[0]

    def test_key_a_call_is_picked_up_by_code_between_phones_that_encrypt(self):
        """Each leg keeps keys of its own, also when the other one is plain."""
        self.set_srtp("p2", "required")
        for of_caller, of_third in (("srtp-mand", "srtp-mand"), ("srtp-mand", None), (None, "srtp-mand")):
            with self.subTest(caller=of_caller, third=of_third):
                record = self.pick_up(of_caller, of_third)
                self.assertEqual((record["result"], record["called_phone"]), ("answered", "p3"))
        self.assertNotIn("inline:", self.server.log_text())

    def handshakes(self):
        return self.server.metrics().get('strowger_media_handshakes_total{result="done"}', 0)

    def test_a_phone_that_must_encrypt_and_does_not(self):
        self.set_srtp("p1", "required")
        caller, _ = self.phones(None, None)
        caller.command("dial", "102")
        caller.wait_event("CALL_CLOSED")
        record = self.server.wait_records(1)[-1]
        self.assertEqual((record["result"], record["sip_status"]), ("failed", 488))

    def test_bad_choices(self):
        with self.assertRaises(ApiError) as caught:
            self.set_srtp("p1", "always")
        self.assertEqual((caught.exception.status, caught.exception.body["error"]["field"]), (422, "srtp"))


if __name__ == "__main__":
    harness.main()
