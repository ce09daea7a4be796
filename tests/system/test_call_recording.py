#!/usr/bin/env python3
"""Recording a call (KEY *1): both voices are in the file that the page gives back; how it ends, and a crash."""
import harness
import test_in_call_codes as codes
import test_transfers as transfers
from baresip import tone_share
from harness import address_phone, until, user
from person import Person
from talking import TalkTest
from test_in_call_codes import ANNA, BERND, CARLA, NOTES, PORTS, note
from voice import read_wav, teach

PASSWORD = "Wood-pecker-17-anna"


class CallRecording(TalkTest):
    PORTS = PORTS
    CONFIG = {
        "settings": {"language": "en", "record_calls": True},
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]),
                   address_phone("carla", CARLA, PORTS[CARLA])],
        "users": [user(101, "anna", password=PASSWORD), user(102, "bernd"), user(103, "carla", admin=True, password="Wood-pecker-17-carla")],
        "mailboxes": [{"name": "Anna"}],
        "mailbox-access": [{"mailbox": "Anna", "user": "1101"}],
    }
    talk_with_keys = codes.InCallCodes.talk_with_keys
    press = staticmethod(codes.InCallCodes.press)
    speak = codes.InCallCodes.speak
    refer = staticmethod(transfers.Transfers.refer)
    notified = transfers.Transfers.notified

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        teach(cls.server, ("call-recorded", "recording-begins", "recording-ends", "beep"), 0.2)

    def setUp(self):
        self.anna, self.bernd, self.carla = (self.phone(name, host) for name, host in (
            ("anna", ANNA), ("bernd", BERND), ("carla", CARLA)))
        self.notes = {name: [note(hz, 160 * k) for k in range(50)] for name, hz in NOTES.items()}
        self.person = Person(self.server, "1101", PASSWORD)
        for old in self.messages():
            for _ in range(2):  # to the trash, and out of it
                self.person.request("DELETE", f"/api/me/voicemails/{old['id']}")

    def messages(self):
        return self.person.api("GET", "/api/me/voicemails?per_page=100")["items"]

    def live(self):
        return until(lambda: (calls := self.person.api("GET", "/api/me/calls")["items"]) and calls[0], "the call is listed")

    def begin(self, anna, *all_of_them):
        self.press(anna, "*1")
        until(lambda: (self.speak(0.1, *all_of_them), self.live()["recorded"])[1], "the page says that it is recorded")
        self.speak(0.8, *all_of_them)  # what the other one is told

    def recorded(self):
        return until(lambda: (rows := self.messages()) and rows[0], "the recording is a message")

    def shares(self, message, first_s, last_s):
        """How much of what was said then is whose note."""
        status, _, body = self.person.raw(f"/api/me/voicemails/{message['id']}/audio")
        self.assertEqual(status, 200)
        samples, rate = read_wav(body)
        part = samples[int(first_s * rate):int(last_s * rate)]
        self.assertGreater(len(part), rate // 4, f"{len(samples) / rate} s in all")
        return {name: tone_share(part, hz, rate) for name, hz in NOTES.items()}

    def assert_speak(self, message, first_s, last_s, *names):
        shares = self.shares(message, first_s, last_s)
        self.assertEqual({name for name, share in shares.items() if share > 0.2}, set(names), shares)

    def test_key_1_both_voices_are_in_the_message_and_the_same_code_ends_it(self):
        anna, bernd = self.talk_with_keys()
        self.begin(anna, anna, bernd)
        self.speak(2, anna, bernd)
        self.press(anna, "*1")
        self.speak(1, anna, bernd)
        message = self.recorded()
        self.assertEqual((message["kind"], message["number"], message["state"]), ("recording", "102", "new"))
        self.assert_speak(message, 0.7, 1.7, "anna", "bernd")
        self.assertLess(message["length_ms"], 4500)  # what was said behind the code is not in it
        self.assertFalse(self.live()["recorded"])
        heard = self.speak(1, anna, bernd)  # and they still talk
        self.assertGreater(codes.loudness(heard["anna"], NOTES["bernd"]), 800)
        self.assertGreater(codes.loudness(heard["bernd"], NOTES["anna"]), 800)
        anna.hang_up()
        bernd.is_hung_up()

    def test_key_1_it_goes_on_with_whom_the_other_one_transfers_to_until_somebody_hangs_up(self):
        anna, bernd = self.talk_with_keys()
        self.begin(anna, anna, bernd)
        self.speak(1, anna, bernd)
        self.refer(bernd, f"<sip:103@{self.bernd.server_place}>")
        carla = self.carla.answer_invite()
        carla.pick_up()
        carla.voice = codes.sdp_target(carla.invite.body)
        self.notified(bernd, 200)
        bernd.is_hung_up()
        self.is_told(anna)
        self.speak(2, anna, carla)
        anna.hang_up()
        carla.is_hung_up()
        message = self.recorded()
        length_s = message["length_ms"] / 1000
        self.assert_speak(message, 0.5, 1, "anna", "bernd")
        self.assert_speak(message, length_s - 0.9, length_s - 0.3, "anna", "carla")

    def test_key_1_a_crash_loses_a_second_at_most_and_the_message_is_there_again(self):
        anna, bernd = self.talk_with_keys()
        self.begin(anna, anna, bernd)
        self.speak(3, anna, bernd)
        self.server.kill()
        self.server.start()
        self.person = Person(self.server, "1101", PASSWORD)
        message = self.recorded()
        self.assertEqual((message["kind"], message["state"]), ("recording", "new"))
        self.assertGreater(message["length_ms"], 2000)
        self.assert_speak(message, 0.7, 1.7, "anna", "bernd")

    def test_use_4_the_page_begins_and_ends_it_and_says_why_not(self):
        anna, bernd = self.talk_with_keys()
        call = f"/api/me/calls/{self.live()['call_id']}"
        self.assertEqual(self.person.request("POST", f"{call}/record", {})[0], 202)
        until(lambda: (self.speak(0.1, anna, bernd), self.live()["recorded"])[1], "the page says that it is recorded")
        self.speak(1.5, anna, bernd)
        status, answer = self.person.request("POST", f"{call}/record", {})
        self.assertEqual((status, answer["error"]["code"]), (409, "wrong_state"))
        self.assertEqual(self.person.request("POST", f"{call}/end-recording", {})[0], 202)
        self.recorded()
        self.server.api("PATCH", "/api/settings", {"record_calls": False})
        self.addCleanup(self.server.api, "PATCH", "/api/settings", {"record_calls": True})
        status, answer = self.person.request("POST", f"{call}/record", {})
        self.assertEqual((status, answer["error"]["code"]), (409, "recording_not_allowed"))
        anna.hang_up()
        bernd.is_hung_up()

    def test_num_1_a_mailbox_answers_the_number_that_leads_to_it(self):
        api = self.server.api
        box = next(one["id"] for one in api("GET", "/api/mailboxes")["items"])
        number = api("POST", "/api/numbers", {"number": "170", "mailbox": box})
        self.addCleanup(self.server.request, "DELETE", f"/api/numbers/{number['id']}")
        began = harness.now()
        call = self.bernd.invite(170)
        call.established()
        call.hang_up()
        record = self.server.wait_records(1, since=began)[0]
        self.assertEqual((record["called_number"], record["called_name"]), ("170", "Anna"))


if __name__ == "__main__":
    harness.main()
