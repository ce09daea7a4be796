#!/usr/bin/env python3
"""What real softphones do with calls: parking, transfers, keys in a call, recordings and messages; by their tones it is known who hears whom."""
import harness
from baresip import tone_share
from harness import until
from softphones import TONES, SoftphoneTest
from voice import read_wav


class Calls(SoftphoneTest):
    SETTINGS = {"orbit_s": 10, "record_calls": True}
    MORE_PHONES = {"emil": ("other",)}
    MORE = {
        "mailboxes": [{"name": "Anna"}],
        "mailbox-access": [{"mailbox": "Anna", "user": "1101"}],
    }

    # Parking (KEY)

    def waits(self, phone, shows):
        """She has no call any more, and who waits hears the music."""
        self.is_free(self.anna)
        shows("on")
        self.hear({phone: {"music"}})

    def holds(self, phone):
        phone.hold()
        self.server.live_call(lambda call: call["state"] == "held")

    def test_key_park_and_fetch_by_code(self):
        _, shows = self.key("carla", type="orbit", orbit="12")
        self.call(self.dora, self.anna)
        self.holds(self.anna)
        self.hear({self.dora: {"music"}})
        self.anna.dial("*0812")
        self.waits(self.dora, shows)
        self.carla.dial("*0812")
        self.talks(self.carla)
        self.hear({self.dora: {self.carla}, self.carla: {self.dora}})
        shows("off")
        self.end(self.carla, self.dora)
        self.assertIn("taken_over", [code for record in self.record(2) for code in self.reasons(record)])

    def test_key_park_and_fetch_by_key(self):
        press, shows = self.key("anna", type="orbit", orbit="44")
        self.call(self.anna, self.bernd)
        press()
        self.waits(self.bernd, shows)
        press()
        self.answers(self.anna)
        self.hear({self.anna: {self.bernd}, self.bernd: {self.anna}})
        shows("off")
        self.end(self.bernd, self.anna)

    def test_key_park_and_fetch_on_the_page(self):
        _, shows = self.key("anna", type="orbit", orbit="45")
        self.call(self.dora, self.anna)
        call = self.page("anna").api("GET", "/api/me/calls")["items"][0]["call_id"]
        self.page("anna").api("POST", f"/api/me/calls/{call}/park", {"orbit": "45"})
        self.waits(self.dora, shows)
        self.page("carla").api("POST", "/api/me/orbits/fetch", {"orbit": "45"})
        self.answers(self.carla)
        self.hear({self.carla: {self.dora}, self.dora: {self.carla}})
        self.end(self.dora, self.carla)

    def test_key_park_by_transfer_and_who_parked_is_rung_again(self):
        _, shows = self.key("anna", type="orbit", orbit="01")
        self.call(self.anna, self.bernd)
        self.transfers(self.anna, "*0801")
        self.waits(self.bernd, shows)
        self.answers(self.anna, "*0801: Bernd Office")
        self.hear({self.anna: {self.bernd}, self.bernd: {self.anna}})
        shows("off")
        self.end(self.anna, self.bernd)

    # Transfers

    def transfers(self, phone, number):
        phone.command("transfer", f"sip:{number}@{self.server.host}:{self.server.sip_port}")

    def test_a_blind_transfer_to_a_phone_of_another_make(self):
        self.call(self.anna, self.bernd)
        self.transfers(self.bernd, 104)
        self.answers(self.dora, "101")
        self.is_free(self.bernd)
        self.hear({self.anna: {self.dora}, self.dora: {self.anna}})
        self.end(self.anna, self.dora)
        self.assertEqual(self.record()[0]["called_number"], "104")

    def test_an_attended_transfer(self):
        self.call(self.dora, self.anna)
        self.holds(self.dora)
        first = max(self.dora.calls(), key=int)
        self.dora.dial(102)
        self.answers(self.bernd, "104")
        self.hear({self.dora: {self.bernd}, self.bernd: {self.dora}})
        self.dora.say(f"transfer {first} --to-call {max(self.dora.calls(), key=int)}")
        self.hear({self.bernd: {self.anna}})  # baresip 1.0 records nothing any more when it has been held
        self.is_free(self.dora)
        self.end(self.bernd, self.anna)
        self.assertEqual({record["result"] for record in self.record(2)}, {"answered"})

    # Keys in a call (KEY)

    def asks(self, who, waits, target):
        """By code; then the two speak, and who waits hears music."""
        who.press("*2")
        self.hear({waits: {"music"}})
        who.press(f"{target[0]}#")
        self.answers(target[1])
        self.hear({who: {target[1]}, target[1]: {who}, waits: {"music"}})

    def test_key_asking_somebody_and_coming_back_and_connecting(self):
        self.call(self.anna, self.bernd)
        self.asks(self.anna, self.bernd, (103, self.carla))
        self.anna.press("*2")
        self.is_free(self.carla)
        self.hear({self.anna: {self.bernd}, self.bernd: {self.anna}})
        self.asks(self.anna, self.bernd, (104, self.dora))
        self.anna.hang_up()
        self.is_free(self.anna)
        self.hear({self.dora: {self.bernd}, self.bernd: {self.dora}})
        self.end(self.dora, self.bernd)
        self.record(3)

    def test_key_three_talk(self):
        """The keys are those of linphone."""
        self.call(self.bernd, self.dora)
        self.asks(self.dora, self.bernd, (103, self.carla))
        self.dora.press("*3")
        self.hear({self.dora: {self.bernd, self.carla}, self.bernd: {self.dora, self.carla}, self.carla: {self.dora, self.bernd}})
        self.end(self.dora)
        self.hear({self.bernd: {self.carla}, self.carla: {self.bernd}})
        self.end(self.carla, self.bernd)

    # Recordings and messages

    def message(self, begin, end):
        """Something begins that becomes a message, and ends when there are two seconds of it. Whose tones are in it at its end."""
        page, begun = self.page("anna"), set((self.server.data / "voicemail").glob("*.wav"))
        begin()
        until(lambda: any(path.stat().st_size > 2 * 2 * 16000 for path in set((self.server.data / "voicemail").glob("*.wav")) - begun),
              "two seconds are recorded", 30)
        known = {row["id"] for row in page.api("GET", "/api/me/voicemails")["items"] if row["state"] != "recording"}
        end()
        row = until(lambda: [row for row in page.api("GET", "/api/me/voicemails")["items"]
                             if row["id"] not in known and row["state"] == "new"], "the message is there")[0]
        status, _, body = page.raw(f"/api/me/voicemails/{row['id']}/audio")
        self.assertEqual(status, 200)
        samples, rate = read_wav(body)
        part = samples[-rate:-rate // 4]
        return row, {name for name, hertz in TONES.items() if tone_share(part, hertz, rate) > 0.2}

    def test_key_recording(self):
        """By code and on the page; they talk on."""
        self.call(self.anna, self.bernd)
        page = self.page("anna")
        call = f"/api/me/calls/{page.api('GET', '/api/me/calls')['items'][0]['call_id']}"
        for begin, end in ((lambda: self.anna.press("*1"),) * 2,
                           (lambda: page.api("POST", f"{call}/record", {}), lambda: page.api("POST", f"{call}/end-recording", {}))):
            row, voices = self.message(begin, end)
            self.assertEqual((row["kind"], row["number"], voices), ("recording", "102", {"anna", "bernd"}))
        self.hear({self.anna: {self.bernd}, self.bernd: {self.anna}})
        self.end(self.anna, self.bernd)

    def test_vmb_4_a_message_is_left_and_heard(self):
        page = self.page("anna")
        made = page.api("POST", "/api/me/redirections", {
            "number": page.api("GET", "/api/me/numbers")["items"][0]["id"], "trigger": "always", "kind": "mailbox",
            "mailbox": page.api("GET", "/api/me/mailboxes")["items"][0]["id"]})
        self.addCleanup(page.api, "DELETE", f"/api/me/redirections/{made['id']}")
        for row in page.api("GET", "/api/me/voicemails")["items"]:
            page.api("DELETE", f"/api/me/voicemails/{row['id']}")
        row, voices = self.message(lambda: self.dora.dial(101), self.dora.hang_up)
        self.assertEqual((row["kind"], row["number"], voices), ("message", "104", {"dora"}))
        self.is_quiet(self.anna)
        self.is_free(self.dora)
        self.anna.dial("*9")
        self.talks(self.anna)
        self.anna.press("1")
        self.hear({self.anna: {self.dora}})
        self.anna.press("3")
        until(lambda: page.api("GET", f"/api/me/voicemails/{row['id']}")["state"] == "deleted", "it is deleted")
        self.end(self.anna)

    # Call2Go (KEY)

    def test_key_the_call_is_taken_along(self):
        """By code, and on the page back again."""
        self.anna.dial(105)
        self.is_rung(self.other, "101")
        self.answers(self.emil, "101")
        self.is_free(self.other)
        self.hear({self.anna: {self.emil}, self.emil: {self.anna}})
        self.emil.press("**")
        self.answers(self.other)
        self.is_free(self.emil)
        self.hear({self.anna: {self.other}, self.other: {self.anna}})
        page = self.page("emil")
        page.api("POST", f"/api/me/calls/{page.api('GET', '/api/me/calls')['items'][0]['call_id']}/to-go", {})
        self.answers(self.emil)
        self.is_free(self.other)
        self.hear({self.anna: {self.emil}, self.emil: {self.anna}})
        self.end(self.anna, self.emil)
        self.assertEqual(self.record()[0]["called_phone"], "emil")


if __name__ == "__main__":
    harness.main()
