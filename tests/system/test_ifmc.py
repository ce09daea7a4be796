#!/usr/bin/env python3
"""Mobile phones that ring with those of their users (USR-9), and calls that go on at another phone (KEY `**`): phones of an
office, and a provider of the test's own that has the mobile phones."""
import harness
from harness import ApiError, SystemTest, address, free_port, password_phone, until, user
from sipphone import Phone, sdp, sdp_target, talks

PROVIDER = address(51)
EVENTS = "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n"
MOBILE, OTHER, ABROAD = "+491711111111", "+491722222222", "+436641234567"


def voice(phone):
    words = f"from {phone.name}".encode()
    return words + b"." * (160 - len(words))


class Ifmc(SystemTest):
    @classmethod
    def setUpClass(cls):
        cls.port = free_port(PROVIDER)
        super().setUpClass()

    @classmethod
    def config(cls):
        return {
            "settings": {"country_code": "49", "area_code": "211", "outside_prefix": "0", "ring_s": 40},
            "phones": [password_phone(name) for name in ("p1", "p2", "p3")],
            "users": [user(101, "p1", password="secret-1"), user(102, "p2"), user(103, "p3"), user(104), user(105)],
            "groups": [{"name": "Sales"}],
            "group-members": [{"group": "Sales", "user": "1101"}, {"group": "Sales", "user": "1104"}],
            "lines": [{"name": "city", "host": f"{PROVIDER}:{cls.port}", "main_number": "0211551", "auth": "address",
                       "register": False, "qualify_s": 0, "no_screening": True}],
            "numbers": [{"number": "201", "group": "Sales"},
                        {"number": "0211555102", "kind": "external", "user": "1102", "line": "city"}],
            "mobile-twins": [{"user": "1101", "number": MOBILE, "delay_s": 1},
                             {"user": "1104", "number": OTHER, "confirm": False, "group_calls": True},
                             {"user": "1105", "number": ABROAD, "confirm": False}],
        }

    def setUp(self):
        self.mobile = self.open(Phone(self.server.sip_address, PROVIDER, "city", port=self.port))
        self.p1, self.p2, self.p3 = (
            self.open(Phone(self.server.sip_address, address(60 + n), name, f"secret-of-{name}"))
            for n, name in enumerate(("p1", "p2", "p3")))
        for phone in (self.p1, self.p2, self.p3):
            phone.register()
        self.started = harness.now()

    def open(self, phone):
        self.addCleanup(phone.close)
        return phone

    def invite(self, phone, number):
        return phone.invite(number, sdp(phone.host, phone.open_rtp().port, codecs="8 101", extra=EVENTS))

    def pick_up_mobile(self, seconds=5):
        """It is answered; by whom or what nobody knows yet."""
        there = self.mobile.answer_invite(seconds)
        there.ring()
        there.reply(200, body=sdp(PROVIDER, self.mobile.open_rtp().port, codecs="8 101", extra=EVENTS))
        there.expect("ACK")
        there.voice = sdp_target(there.invite.body)
        return there

    def hears_announcement(self, there):
        """Sound comes that nobody at a phone makes, and goes on."""
        rtp = self.mobile.open_rtp()
        for _ in range(3):
            rtp.drain()
            rtp.send(there.voice)
            until(lambda: (packet := rtp.receive(0.05)) and len(set(packet[12:])) > 8, "the announcement")

    def press(self, there, key):
        """RFC 4733."""
        for n in range(1, 7):
            last = n > 3
            self.mobile.rtp.send(there.voice, bytes([key, 0x8A if last else 0x0A]) + (160 * min(n, 4)).to_bytes(2, "big"),
                                 payload_type=101)

    def stops(self, ringing, seconds=8):
        cancel = ringing.expect("CANCEL", seconds)
        ringing.reply(200, cancel)
        ringing.reply(487, ringing.invite)
        ringing.expect("ACK")
        return cancel

    def assert_talking(self, call, there):
        for speaker, listener in ((call, there), (there, call)):
            talks(speaker.phone.rtp, speaker.voice, listener.phone.rtp, voice(speaker.phone))

    def record(self):
        rows = until(lambda: [row for row in self.server.api("GET", "/api/call-records")["items"]
                              if row["started_at"] >= self.started], "the call record")
        return rows[0]

    def hang_up(self, call, there):
        call.request("BYE")
        there.is_hung_up()
        call.expect(200, method="BYE")

    def test_usr_9_the_call_is_taken_at_the_mobile_phone_by_key(self):
        """Nobody hears anybody before the key, everybody after it."""
        call = self.invite(self.p2, 101)
        desk = self.p1.answer_invite()
        desk.ring()
        call.expect(180)
        there = self.pick_up_mobile()
        self.assertIn(f"sip:{MOBILE}@", there.invite.start)
        self.assertIn("211555102@", there.invite.get("From"), "who calls is shown")
        self.hears_announcement(there)
        self.mobile.rtp.drain()
        self.p2.rtp.drain()
        call.voice = there.voice[0], there.voice[1] - 2
        for _ in range(10):
            self.mobile.rtp.send(there.voice, voice(self.mobile))
            self.assertIsNone(self.p2.rtp.receive(0.02), "the caller hears the mobile phone before it has the call")
        self.press(there, 1)
        self.assertIn("completed elsewhere", self.stops(desk).get("Reason"))
        call.voice = sdp_target(call.established().body)
        self.assert_talking(call, there)
        self.hang_up(call, there)
        row = self.record()
        self.assertEqual((row["called_number"], row["called_phone"], row["result"]), ("101", f"FMC/{MOBILE}", "answered"))

    def test_usr_9_lin_5_what_a_mobile_phone_costs_is_charged_and_counted_after_a_crash_too(self):
        """The record names the line; the line's day has the minutes of the number that was called there."""
        line = next(one for one in self.server.api("GET", "/api/lines")["items"] if one["name"] == "city")["id"]
        status, report = self.server.request(
            "PUT", f"/api/lines/{line}/rates.csv", b"prefix;name;per_minute;setup;first_s;step_s\n0043;A;0,12;0,01;60;60\n",
            {"Content-Type": "text/csv"})
        self.assertEqual((status, report["created"]), (200, 1), report)
        call = self.invite(self.p2, 105)
        self.pick_up_mobile()
        call.established()
        self.server.kill()
        self.server.start()
        cut, = self.server.wait_records(1, self.started)
        self.assertEqual((cut["called_number"], cut["called_phone"], cut["line"]), ("105", f"FMC/{ABROAD}", "city"))
        self.assertEqual((cut["result"], cut["charge_micro"], cut["currency"]), ("interrupted", 130000, "EUR"))
        # the minute that the crash cut is one of the day's: none is left
        self.server.api("PATCH", f"/api/lines/{line}", {"costly_minutes": 1})
        self.addCleanup(self.server.api, "PATCH", f"/api/lines/{line}", {"costly_minutes": 0})
        self.server.restart()
        self.p2.register()
        call = self.invite(self.p2, 105)
        call.failed_with(480)

    def test_usr_9_a_mailbox_never_takes_the_call(self):
        """It talks and presses nothing: after 15 s it is let go, and the phone on the desk still rings."""
        call = self.invite(self.p2, 101)
        desk = self.p1.answer_invite()
        desk.ring()
        there = self.pick_up_mobile()
        there.is_hung_up(20)
        desk.pick_up()
        desk.voice = sdp_target(desk.invite.body)
        call.voice = sdp_target(call.established().body)
        self.assert_talking(call, desk)
        self.hang_up(call, desk)
        self.assertEqual(self.record()["called_phone"], "p1")

    def test_usr_9_key_2_gives_the_call_back_and_the_desk_is_first(self):
        call = self.invite(self.p2, 101)
        desk = self.p1.answer_invite()
        desk.ring()
        there = self.pick_up_mobile()
        self.hears_announcement(there)
        there.request("INFO", b"Signal=2\r\nDuration=100\r\n", [("Content-Type", "application/dtmf-relay")])
        there.is_hung_up()
        desk.pick_up()
        call.established()
        self.hang_up(call, desk)

    def test_usr_9_without_confirmation_and_without_another_phone(self):
        """From outside, with the caller's own number where the line lets us; she is reachable."""
        call = self.mobile.invite("+49211555102", extra=(("P-Asserted-Identity", "<sip:+4940777@isp>"),))
        desk = self.p2.answer_invite()
        desk.pick_up()
        call.established()
        self.hang_up(call, desk)
        call = self.invite(self.p2, 104)
        there = self.pick_up_mobile()
        self.assertIn(f"sip:{OTHER}@", there.invite.start)
        call.voice = sdp_target(call.established().body)
        self.assert_talking(call, there)
        self.hang_up(call, there)

    def test_usr_9_for_calls_to_groups_only_those_that_are_meant_to(self):
        call = self.invite(self.p2, 201)
        desk = self.p1.answer_invite()
        desk.ring()
        there = self.pick_up_mobile()
        self.assertIn(f"sip:{OTHER}@", there.invite.start)
        self.stops(desk)
        call.established()
        self.hang_up(call, there)

    def test_usr_9_who_calls_from_a_known_mobile_phone_is_shown_as_its_user(self):
        call = self.mobile.invite("+49211555102", extra=(("P-Asserted-Identity", f"<sip:{MOBILE}@isp>"),))
        desk = self.p2.answer_invite()
        self.assertIn("sip:101@", desk.invite.get("From"))
        desk.pick_up()
        call.established()
        self.hang_up(call, desk)

    def test_usr_9_a_number_belongs_to_one_user_and_is_international(self):
        for body, code in (({"user": 1, "number": MOBILE}, "not_unique"), ({"user": 1, "number": "01711111111"}, "not_international"),
                           ({"user": 1, "number": "+4917133", "times": "mon 18:00-08:00"}, "bad_times")):
            with self.assertRaises(ApiError) as refused:
                self.server.api("POST", "/api/mobile-twins", body)
            self.assertEqual(refused.exception.code, code)

    def test_key_a_call_goes_on_at_the_mobile_phone_and_back(self):
        """Talk goes on until somebody picks up there; the far party keeps its call."""
        token = self.make_token()
        call = self.invite(self.p2, 101)
        desk = self.p1.answer_invite()
        desk.pick_up()
        desk.voice = sdp_target(desk.invite.body)
        call.voice = sdp_target(call.established().body)
        self.assert_talking(call, desk)
        self.take_along(token)
        ringing = self.mobile.answer_invite()
        ringing.ring()
        self.assert_talking(call, desk)
        ringing.reply(200, body=sdp(PROVIDER, self.mobile.open_rtp().port, codecs="8 101", extra=EVENTS))
        ringing.expect("ACK")
        ringing.voice = sdp_target(ringing.invite.body)
        self.hears_announcement(ringing)
        self.press(ringing, 1)
        desk.is_hung_up()
        self.follow(call)
        self.assert_talking(call, ringing)
        self.take_along(token)
        desk = self.p1.answer_invite()
        desk.pick_up()
        desk.voice = sdp_target(desk.invite.body)
        ringing.is_hung_up()
        self.follow(call)
        self.assert_talking(call, desk)
        self.hang_up(call, desk)

    def make_token(self):
        """User 101 at the web page, with an API token."""
        self.server.api("POST", "/api/setup", {"login": "9000", "password": "secret-9", "first_name": "Ada", "last_name": "Admin"})
        connection = harness.http.client.HTTPConnection(self.server.host, self.server.http_port, timeout=30)
        self.addCleanup(connection.close)
        connection.request("POST", "/api/session", harness.json.dumps({"login": "1101", "password": "secret-1"}).encode(),
                           {"Content-Type": "application/json"})
        response = connection.getresponse()
        cookie, session = response.getheader("Set-Cookie"), harness.json.loads(response.read())
        self.assertEqual(response.status, 200, session)
        status, answer = self.server.web_request("POST", "/api/me/tokens", {"name": "test", "rights": ["callman"]},
                                                 {"Cookie": cookie.split(";")[0], "X-CSRF-Token": session["csrf"]})
        self.assertEqual(status, 201, answer)
        return answer["token"]

    def take_along(self, token):
        head = {"Authorization": f"Bearer {token}"}
        call = until(lambda: self.server.web_request("GET", "/api/me/calls", None, head)[1]["items"], "the call")[0]
        status, answer = self.server.web_request("POST", f"/api/me/calls/{call['call_id']}/to-go", {}, head)
        self.assertEqual(status, 202, answer)

    def follow(self, dialog):
        """A re-INVITE may say who is at the other end now."""
        invite = dialog.expect("INVITE")
        dialog.reply(200, invite, sdp(dialog.phone.host, dialog.phone.rtp.port, version=2, codecs="8 101", extra=EVENTS))
        ack = dialog.expect("ACK")
        if invite.body or ack.body:
            dialog.voice = sdp_target(invite.body or ack.body)


if __name__ == "__main__":
    harness.main()
