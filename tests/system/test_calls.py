#!/usr/bin/env python3
"""Calls message by message: what each side must get, and that voice flows (or does not) when it should."""
import harness
from harness import SystemTest, address, address_phone, free_port, password_phone, user
from sipphone import Phone, sdp, sdp_direction, sdp_target, talks

ANNA, BERND, CARLA, STRANGER = address(11), address(12), address(13), address(14)
PORTS = {host: free_port(host) for host in (ANNA, BERND, CARLA)}


class Calls(SystemTest):
    CONFIG = {
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]),
                   address_phone("carla", CARLA, PORTS[CARLA]), password_phone("dora")],
        "users": [user(101, "anna"), user(102, "bernd", ring_s=3), user(103, "carla"), user(104, "bernd", "carla"),
                  user(105, "dora"), user(106, "bernd", dnd=True)],
    }

    def setUp(self):
        self.anna = self.phone("anna", ANNA)
        self.bernd = self.phone("bernd", BERND)
        self.began = harness.now()

    def phone(self, name, host, password=None, transport="udp", port=None):
        phone = Phone(self.server.sip_address, host, name, password, transport, PORTS[host] if port is None else port)
        self.addCleanup(phone.close)
        return phone

    def call(self):
        """An established call between Anna and Bernd: both dialogs and both answers' SDP."""
        caller = self.anna.invite(102)
        called = self.bernd.answer_invite()
        called.ring()
        caller.expect(180)
        self.sdp_for_called = called.invite.body
        called.pick_up()
        self.sdp_for_caller = caller.established().body
        return caller, called

    def last_record(self):
        return self.server.wait_records(1, self.began)[0]

    def assert_talking(self):
        to_called, to_caller = sdp_target(self.sdp_for_caller), sdp_target(self.sdp_for_called)
        talks(self.anna.rtp, to_called, self.bernd.rtp, b"from anna" + b"." * 151)
        talks(self.bernd.rtp, to_caller, self.anna.rtp, b"from bernd" + b"." * 150)

    def test_voice_flows_both_ways(self):
        caller, called = self.call()
        self.assertEqual(sdp_target(self.sdp_for_caller)[1] % 2, 0)
        self.assert_talking()
        live = self.server.live_call(lambda call: call["state"] == "answered")
        self.assertEqual((live["caller"]["number"], live["called"]["phone"]), ("101", "bernd"))
        caller.hang_up()
        called.is_hung_up()
        record = self.last_record()
        self.assertEqual((record["result"], record["ended_by"]), ("answered", "caller"))
        self.assertGreater(record["packets_to_called"], 0)
        explanation = [
            {"code": "calls_as", "args": ["anna", "Test User101", "101"], "text": "Phone anna calls as Test User101 (101)"},
            {"code": "number_of_user", "args": ["102", "Test User102"], "text": "102 is a number of Test User102"},
            {"code": "phone_rings", "args": ["bernd"], "text": "Phone bernd rings"},
        ]
        self.assertEqual(live["reasons"], explanation)
        self.assertEqual(record["explanation"], explanation)

    def test_a_stranger_cannot_talk_into_a_call(self):
        caller, called = self.call()
        self.assert_talking()
        stranger = self.phone("stranger", STRANGER, port=0).open_rtp()
        self.bernd.rtp.drain()
        for _ in range(5):
            stranger.send(sdp_target(self.sdp_for_caller), b"intruder" * 20)
        talks(self.anna.rtp, sdp_target(self.sdp_for_caller), self.bernd.rtp, b"still anna" + b"." * 150)
        caller.hang_up()
        called.is_hung_up()

    def test_identity_of_the_caller_is_the_users_number(self):
        caller = self.anna.invite(102)
        called = self.bernd.answer_invite()
        self.assertIn("sip:101@", called.invite.get("From"))
        self.assertIn("User101", called.invite.get("From"))
        called.pick_up()
        caller.established()
        called.hang_up()
        caller.is_hung_up()
        self.assertEqual(self.last_record()["ended_by"], "called")

    def test_early_media_is_heard(self):
        caller = self.anna.invite(102)
        called = self.bernd.answer_invite()
        rtp = self.bernd.open_rtp()
        called.reply(183, body=sdp(BERND, rtp.port))
        progress = caller.expect(183)
        self.assertTrue(progress.body, "183 brings SDP")
        talks(rtp, sdp_target(called.invite.body), self.anna.rtp, b"ringback tone" + b"." * 147)
        called.pick_up()
        caller.established()
        caller.hang_up()
        called.is_hung_up()

    def test_hold_and_resume_both_ways(self):
        caller, called = self.call()
        for holder, other in ((caller, called), (called, caller)):
            for direction, mirrored in (("sendonly", "recvonly"), ("sendrecv", "sendrecv")):
                holder.reinvite(direction)
                invite = other.expect("INVITE")
                self.assertEqual(sdp_direction(invite.body), direction)
                other.invite = invite
                other.sdp_version += 1
                other.reply(200, invite, sdp(other.phone.host, other.phone.rtp.port, mirrored, other.sdp_version))
                other.expect("ACK")
                self.assertEqual(sdp_direction(holder.established().body), mirrored)
                state = "held" if direction == "sendonly" else "answered"
                self.server.live_call(lambda call: call["state"] == state)
        self.assert_talking()
        caller.hang_up()
        called.is_hung_up()

    def test_refused_reinvite_leaves_the_call_as_it_was(self):
        caller, called = self.call()
        caller.reinvite("sendonly")
        invite = called.expect("INVITE")
        called.reply(488, invite)
        called.expect("ACK")
        caller.failed_with(488)
        self.assert_talking()
        caller.hang_up()
        called.is_hung_up()

    def test_glare(self):
        """RFC 3261 14.2: an INVITE that meets our own INVITE in progress gets 491, and the call lives on."""
        caller, called = self.call()
        caller.reinvite("sendonly")
        pending = called.expect("INVITE")
        called.reinvite("sendonly")
        called.failed_with(491)
        called.reply(200, pending, sdp(BERND, self.bernd.rtp.port, "recvonly", 3))
        called.expect("ACK")
        caller.established()
        caller.hang_up()
        called.is_hung_up()

    def test_busy_and_other_refusals(self):
        for given, passed_on, result in ((486, 486, "busy"), (600, (486, 600), "busy"), (603, 603, "rejected"),
                                         (480, 480, "unavailable"), (488, 488, "failed"), (500, (480, 500, 503), None)):
            with self.subTest(status=given):
                self.began = harness.now()
                caller = self.anna.invite(102)
                for _ in range(2 if given == 488 else 1):  # 488: it is asked again, with codecs of the system's own
                    called = self.bernd.answer_invite()
                    called.reply(given)
                    called.expect("ACK")
                caller.failed_with(passed_on)
                record = self.last_record()
                if result:
                    self.assertEqual(record["result"], result)

    def test_do_not_disturb(self):
        self.anna.invite(106).failed_with((480, 486))
        self.bernd.expect_nothing(0.2)

    def test_nobody_answers(self):
        """Bernd's ring time is three seconds."""
        caller = self.anna.invite(102)
        called = self.bernd.answer_invite()
        called.ring()
        cancel = called.expect("CANCEL", seconds=8)
        called.reply(200, cancel)
        called.reply(487)
        called.expect("ACK")
        caller.failed_with((480, 408))
        self.assertEqual(self.last_record()["result"], "no_answer")

    def test_all_phones_ring_and_the_first_wins(self):
        carla = self.phone("carla", CARLA)
        caller = self.anna.invite(104)
        first, second = self.bernd.answer_invite(), carla.answer_invite()
        first.ring()
        second.ring()
        caller.expect(180)
        live = self.server.live_call(lambda call: len(call["ringing"]) == 2)
        self.assertEqual(sorted(live["ringing"]), ["bernd", "carla"])
        second.pick_up()
        caller.established()
        cancel = first.expect("CANCEL")
        self.assertIn("200", cancel.get("Reason") or "200", "the phone may show 'answered elsewhere' (RFC 3326)")
        first.reply(200, cancel)
        first.reply(487)
        first.expect("ACK")
        caller.hang_up()
        second.is_hung_up()

    def test_one_busy_phone_does_not_end_the_ringing_of_the_other(self):
        carla = self.phone("carla", CARLA)
        caller = self.anna.invite(104)
        first, second = self.bernd.answer_invite(), carla.answer_invite()
        first.reply(486)
        first.expect("ACK")
        second.ring()
        caller.expect(180)
        second.pick_up()
        caller.established()
        second.hang_up()
        caller.is_hung_up()

    def test_cancel_meets_answer(self):
        """The 200 of the called phone crosses our CANCEL: that phone must get ACK and BYE, not a call to nobody."""
        caller = self.anna.invite(102)
        called = self.bernd.answer_invite()
        called.ring()
        caller.expect(180)
        caller.cancel()
        cancel = called.expect("CANCEL")
        called.reply(200, body=sdp(BERND, self.bernd.open_rtp().port))
        called.reply(481, cancel)
        called.expect("ACK")
        called.is_hung_up()
        caller.expect(200, method="CANCEL")
        caller.failed_with(487)

    def test_caller_cancels(self):
        caller = self.anna.invite(102)
        called = self.bernd.answer_invite()
        called.ring()
        caller.expect(180)
        caller.cancel()
        caller.expect(200, method="CANCEL")
        cancel = called.expect("CANCEL")
        called.reply(200, cancel)
        called.reply(487)
        called.expect("ACK")
        caller.failed_with(487)
        self.assertEqual(self.last_record()["result"], "cancelled")

    def test_unknown_number(self):
        self.anna.invite(999).failed_with(404)
        self.assertEqual(self.last_record()["result"], "not_found")

    def test_offer_in_the_ack(self):
        """INVITE without SDP: our 200 brings the offer, the ACK the answer (RFC 3261 13.2.1)."""
        caller = self.anna.invite(102, body=b"")
        called = self.bernd.answer_invite()
        self.assertFalse(called.invite.body, "a call without offer is passed on without offer")
        called.reply(200, body=sdp(BERND, self.bernd.open_rtp().port))
        answer = caller.expect(200, method="INVITE")
        self.assertTrue(answer.body)
        number, _ = answer.cseq
        caller.request("ACK", sdp(ANNA, self.anna.open_rtp().port), cseq=number)
        ack = called.expect("ACK")
        self.assertTrue(ack.body)
        talks(self.anna.rtp, sdp_target(answer.body), self.bernd.rtp, b"late offer" + b"." * 150)
        caller.hang_up()
        called.is_hung_up()

    def test_unknown_codecs_and_video_pass_through_untouched(self):
        rtp = self.anna.open_rtp()
        offer = sdp(ANNA, rtp.port, codecs="109 8", extra=(
            "a=rtpmap:109 EVS/16000\r\na=fmtp:109 br=5.9-24.4; bw=nb-swb\r\n"
            "m=video 31998 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 profile-level-id=42e01f\r\n"))
        caller = self.anna.invite(102, offer)
        called = self.bernd.answer_invite()
        text = called.invite.body.decode()
        for line in ("a=rtpmap:109 EVS/16000", "a=fmtp:109 br=5.9-24.4; bw=nb-swb", "a=rtpmap:96 H264/90000",
                     "a=fmtp:96 profile-level-id=42e01f", "m=video "):
            self.assertIn(line, text)
        called.reply(486)
        called.expect("ACK")
        caller.failed_with(486)

    def test_info_for_an_unknown_dialog(self):
        call = self.anna.request("BYE", f"sip:102@{self.server.host}:{self.server.sip_port}", to="<sip:102@x>;tag=none")
        self.anna.expect(481, call.get("Call-ID"))

    def test_unknown_method(self):
        call = self.anna.request("DANCE", f"sip:102@{self.server.host}:{self.server.sip_port}")
        answer = self.anna.expect((405, 501), call.get("Call-ID"))
        self.assertIn("INVITE", answer.get("Allow") or "INVITE")

    def test_retransmitted_invite_makes_one_call(self):
        caller = self.anna.invite(102)
        for _ in range(3):
            self.anna.send_raw(caller.invite.raw)
        called = self.bernd.answer_invite()
        self.bernd.expect_nothing(0.3)
        called.reply(486)
        called.expect("ACK")
        caller.failed_with(486)
        self.last_record()

    def test_password_phone_calls_and_is_called(self):
        """PHO-3: the SIP account shown for a manual phone is what the phone needs."""
        identity = next(one for one in self.server.api("GET", "/api/phones?per_page=50")["items"]
                        if one["name"] == "dora")
        account = self.server.api("GET", f"/api/phones/{identity['id']}/sip-account")
        self.assertEqual((account["username"], account["password"]), ("dora", "secret-of-dora"))
        for transport in ("udp", "tcp"):
            with self.subTest(transport=transport):
                dora = self.phone("dora", STRANGER, account["password"], transport, 0)
                dora.register()
                caller = dora.invite(102)
                called = self.bernd.answer_invite()
                called.pick_up()
                caller.established()
                caller.hang_up()
                called.is_hung_up()
                caller = self.anna.invite(105)
                called = dora.answer_invite()
                called.pick_up()
                caller.established()
                called.hang_up()
                caller.is_hung_up()
                dora.register(expires=0)
                dora.close()

    def test_a_stranger_may_not_call(self):
        stranger = self.phone("stranger", STRANGER, "guess", port=0)
        stranger.invite(102).failed_with((401, 403, 407))
        self.bernd.expect_nothing(0.2)


if __name__ == "__main__":
    harness.main()
