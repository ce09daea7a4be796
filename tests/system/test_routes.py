#!/usr/bin/env python3
"""Which way a call takes outside (LIN-5, LIN-6, RTG-1 to RTG-3, USR-8): three providers of the test's own at three
addresses, phones of people with different permissions."""
import json
from xml.etree import ElementTree

import harness
from harness import SystemTest, address, free_port, password_phone, until, user
from baresip import tone_share
from sipphone import Phone, from_alaw, sdp_target, talks

RATE = 8000
HOSTS = {"one": address(51), "two": address(52), "three": address(53)}


class Routes(SystemTest):
    mark = 0

    @classmethod
    def setUpClass(cls):
        cls.ports = {name: free_port(host) for name, host in HOSTS.items()}
        super().setUpClass()

    @classmethod
    def config(cls):
        lines = [{"name": name, "host": f"{host}:{cls.ports[name]}", "auth": "address", "register": False, "qualify_s": 0,
                  "main_number": f"021155{n}", "line_prefix": str(n), "position": n}
                 for n, (name, host) in enumerate(HOSTS.items(), 1)]
        return {
            "settings": {"country_code": "49", "area_code": "211", "outside_prefix": "0", "deposit": "103", "ring_s": 5,
                         "routing_priority": "cor"},
            "phones": [password_phone(name) for name in ("p1", "p2", "p3", "nobody")],
            "users": [user(101, "p1"), user(102, "p2", hide_number=True, dial=["local"], dnd=True), user(103, "p3")],
            "lines": [*lines, {"name": "mark", "host": f"{address(54)}:9", "enabled": False, "auth": "address",
                               "register": False, "qualify_s": 0}],
            "numbers": [{"number": "0211555101", "kind": "external", "user": "1101", "line": "one"}],
            "time-frames": [{"name": "24/7", "from": "00:00", "to": "24:00"}],
            "cor-rules": [{"number": "0043"}],
            "cor-lines": [{"rule": "0043", "frame": "24/7", "line": "two", "call_by_call": "01019"},
                          {"rule": "0043", "frame": "24/7", "line": "three"}],
            "emergency-numbers": [{"number": "112", "name": "Rettung", "lines": ["three", "two"]}],
        }

    def setUp(self):
        self.provider = {name: self.open(Phone(self.server.sip_address, host, name, port=self.ports[name]))
                         for name, host in HOSTS.items()}
        self.phone = {name: self.open(Phone(self.server.sip_address, address(60 + n), name, f"secret-of-{name}"))
                      for n, name in enumerate(("p1", "p2", "p3", "nobody"))}
        for phone in self.phone.values():
            phone.register()

    def open(self, phone):
        self.addCleanup(phone.close)
        return phone

    def item(self, collection, **fits):
        return next(one for one in self.server.api("GET", f"/api/{collection}?per_page=200")["items"]
                    if all(one[field] == value for field, value in fits.items()))

    def change(self, collection, fits, **values):
        """For this test."""
        one = self.item(collection, **fits)
        self.server.api("PATCH", f"/api/{collection}/{one['id']}", values)
        self.addCleanup(self.server.request, "PATCH", f"/api/{collection}/{one['id']}",
                        {field: one.get(field, "") for field in values})  # a secret is not told
        self.settle()

    def settle(self):
        """What was changed before holds for calls: so does a mark that was changed after it."""
        Routes.mark += 1
        self.server.api("PATCH", f"/api/lines/{self.item('lines', name='mark')['id']}", {"max_calls": Routes.mark})
        until(lambda: {"line": "mark", "max_calls": Routes.mark}.items()
              <= next(one for one in self.server.api("GET", "/api/lines/status")["items"] if one["line"] == "mark").items(),
              "the change holds")

    def talk(self, phone, dialled, provider):
        """Both ends of a connected call."""
        call = self.phone[phone].invite(dialled)
        there = self.provider[provider].answer_invite()
        there.pick_up()
        call.established()
        return call, there

    def hang_up(self, call, there):
        call.request("BYE")
        there.is_hung_up()
        call.expect(200, method="BYE")

    def test_key_a_speed_dial_goes_out_by_a_line_and_both_are_heard(self):
        """*6: as the number that is stored would, with what its line shows; the record says both."""
        made = self.server.api("POST", "/api/speed-dials", {"place": "05", "number": "00221999", "name": "Cologne"})
        self.addCleanup(self.server.api, "DELETE", f"/api/speed-dials/{made['id']}")
        began = harness.now()
        call = self.phone["p1"].invite("*605")
        there = self.provider["one"].answer_invite()
        self.assertIn("sip:+49221999@", there.invite.start)
        self.assertIn("sip:+49211555101@", there.invite.get("From"))
        there.pick_up()
        there.voice, call.voice = sdp_target(there.invite.body), sdp_target(call.established().body)
        for speaker, listener in ((call, there), (there, call)):
            words = f"from {speaker.phone.name}".encode()
            talks(speaker.phone.rtp, speaker.voice, listener.phone.rtp, words + b"." * (160 - len(words)))
        self.hang_up(call, there)
        record, = self.server.wait_records(1, began)
        self.assertEqual((record["called_number"], record["called_phone"], record["result"]), ("+49221999", "one", "answered"))
        self.assertIn("speed_dial", [reason["code"] for reason in record["explanation"]])

    def notices(self, kind):
        return [one for one in self.server.api("GET", "/api/notices?per_page=200")["items"] if one["code"] == kind]

    def test_cor_with_call_by_call_then_the_next_line_then_any(self):
        """RTG-3."""
        call = self.phone["p1"].invite("00043664123")
        first = self.provider["two"].answer_invite()
        self.assertIn("sip:010190043664123@", first.invite.start)
        first.reply(503)
        first.expect("ACK")
        second = self.provider["three"].answer_invite()
        self.assertIn("sip:+43664123@", second.invite.start)
        second.reply(500)
        second.expect("ACK")
        third = self.provider["one"].answer_invite()
        third.pick_up()
        call.established()
        self.hang_up(call, third)

    def test_shown_numbers(self):
        """USR-8, RTG-1: one's own number on its line, the line's elsewhere, none when it is withheld."""
        self.change("users", {"login": "1102"}, dial=["local", "national"])
        call, there = self.talk("p1", "***10221999", "one")
        self.assertIn("sip:+49211555101@", there.invite.get("From"))
        self.hang_up(call, there)
        self.change("users", {"login": "1101"}, display_number="0211555101")
        call, there = self.talk("p1", "***20221999", "two")
        self.assertIn("anonymous@anonymous.invalid", there.invite.get("From"))
        self.assertEqual(there.invite.get("Privacy"), "id")
        self.hang_up(call, there)
        self.change("lines", {"name": "two"}, no_screening=True)
        call, there = self.talk("p1", "***20221999", "two")
        self.assertIn("sip:+49211555101@", there.invite.get("From"))
        self.hang_up(call, there)
        call, there = self.talk("p2", "***10221999", "one")
        self.assertIn("anonymous@anonymous.invalid", there.invite.get("From"))
        self.hang_up(call, there)

    def test_an_emergency_call_gets_through(self):
        """LIN-6: a full line makes room; no permission, no "do not disturb" and no missing user is in its way."""
        self.change("lines", {"name": "three"}, max_calls=1)
        self.change("lines", {"name": "two"}, max_calls=1)
        began = harness.now()
        older, there_older = self.talk("p1", "***20221998", "two")
        younger, there_younger = self.talk("p3", "***30221999", "three")
        told = len(self.notices("emergency"))
        call = self.phone["p2"].invite("112")
        there_younger.is_hung_up()
        younger.is_hung_up()
        there = self.provider["three"].answer_invite()
        self.assertIn("sip:112@", there.invite.start)
        self.assertIn("sip:+49211553@", there.invite.get("From"), "the number of the line, though p2 withholds hers")
        there.pick_up()
        call.established()
        until(lambda: len(self.notices("emergency")) == told + 1, "the administrator is told")
        self.assertIn("p2", self.notices("emergency")[-1]["text"])
        self.hang_up(call, there)
        self.hang_up(older, there_older)
        records = self.server.wait_records(3, began)
        self.assertIn("ended_for_emergency", [reason["code"] for one in records for reason in one["explanation"]])
        call, there = self.talk("nobody", "0112", "three")
        self.hang_up(call, there)

    def add(self, collection, **values):
        """For this test."""
        one = self.server.api("POST", f"/api/{collection}", values)
        self.addCleanup(self.server.request, "DELETE", f"/api/{collection}/{one['id']}")
        self.settle()
        return one

    def test_where_an_emergency_call_comes_from(self):
        """LIN-6, RFC 6442: the provider that takes it gets the address of the caller's site, the administrator too; one
        that refuses it gets the call without."""
        self.add("sites", name="Werk", street="Domkloster", house_number="4", postal_code="50667", city="Köln", country="DE",
                 networks=f"{address(60)}/32", lines=[self.item("lines", name="one")["id"]])
        self.change("lines", {"name": "one"}, location=True)
        self.change("phones", {"name": "p1"}, place="Pforte & Empfang")
        call, there = self.talk("p1", "112", "one")
        kind, _, boundary = there.invite.get("Content-Type").partition(";boundary=")
        self.assertEqual(kind, "multipart/mixed")
        parts = there.invite.body.split(b"--" + boundary.encode())
        self.assertEqual([len(parts), parts[-1]], [4, b"--\r\n"])
        self.assertTrue(parts[1].startswith(b"\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n"), parts[1])
        head, _, document = parts[2].partition(b"\r\n\r\n")
        self.assertIn(b"Content-Type: application/pidf+xml", head)
        content = head.decode().partition("Content-ID: <")[2].partition(">")[0]
        self.assertEqual(there.invite.get("Geolocation"), f"<cid:{content}>")
        self.assertEqual(there.invite.get("Geolocation-Routing"), "yes")
        space = "{urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr}"
        civic = ElementTree.fromstring(document.strip()).find(f".//{space}civicAddress")
        self.assertEqual([(part.tag.removeprefix(space), part.text) for part in civic],
                         [("country", "DE"), ("A3", "Köln"), ("RD", "Domkloster"), ("HNO", "4"), ("PC", "50667"),
                          ("ROOM", "Pforte & Empfang")])
        until(lambda: any("p1 (Werk: Domkloster 4, 50667 Köln, Pforte & Empfang)" in one["text"]
                          for one in self.notices("emergency")), "the administrator learns where")
        self.hang_up(call, there)
        call = self.phone["p1"].invite("112")
        refused = self.provider["one"].answer_invite()
        refused.reply(415)
        refused.expect("ACK")
        there = self.provider["one"].answer_invite()
        self.assertEqual(there.invite.get("Content-Type"), "application/sdp")
        self.assertIsNone(there.invite.get("Geolocation"))
        there.pick_up()
        call.established()
        self.hang_up(call, there)
        call, there = self.talk("p3", "112", "three")  # from elsewhere, and a line that is not told
        self.assertIsNone(there.invite.get("Geolocation"))
        self.hang_up(call, there)

    def test_what_groups_and_pins_let_people_dial(self):
        """RTG-2: p2 may call the town; his group calls mobile phones, his PIN anybody, and is written down nowhere."""
        number = "00171555123"
        call = self.phone["p2"].invite(number)
        call.failed_with(403)
        group = self.add("groups", name="Vertrieb", dial=["mobile"])
        self.add("group-members", group=group["id"], user=self.item("users", login="1102")["id"])
        call, there = self.talk("p2", number, "one")
        self.hang_up(call, there)
        self.change("users", {"login": "1102"}, dial_pin="86420975")
        self.assertNotIn("dial_pin", self.item("users", login="1102"))
        began = harness.now()
        call = self.phone["p2"].invite("000331234")
        call.failed_with(403)
        call = self.phone["p2"].invite("*586420976*000331234")
        call.failed_with(403)
        call, there = self.talk("p2", "*586420975*000331234", "one")
        self.assertIn("sip:+331234@", there.invite.start)
        self.hang_up(call, there)
        records = json.dumps(self.server.wait_records(3, began))
        self.assertIn("pin_wrong", records)
        self.assertNotIn("86420", records)
        trace = until(lambda: self.server.api("GET", f"/api/traces?call_id={call.call_id}")["items"], "the trace of the call")[0]
        trace = json.dumps(self.server.api("GET", f"/api/traces/{trace['call_id']}"))
        self.assertIn("sip:*5xxxxxxxx*000331234@", trace)
        self.assertNotIn("86420", trace)
        self.server.stop()
        for path in self.server.data.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"8642097", path.read_bytes(), path)
        self.server.start()

    def test_a_restart_gives_nobody_more_pins(self):
        """RTG-2: who has dialled five wrong PINs waits for the hour, whatever happens meanwhile; the administrator knows."""
        self.change("users", {"login": "1103"}, dial_pin="8642097")
        began = harness.now()
        for _ in range(5):
            self.phone["p3"].invite("*512345*000331234").failed_with(403)
        until(lambda: self.notices("pin_locked"), "the administrator is told")
        self.assertEqual(self.notices("pin_locked")[0]["args"], ["p3", "5"])
        self.server.kill()
        self.server.start()
        call = self.phone["p3"].invite("*58642097*000331234")
        call.failed_with(403)
        record = self.server.wait_records(6, began)[-1]
        self.assertIn("pin_locked", [reason["code"] for reason in record["explanation"]])

    def test_what_people_may_dial(self):
        """Permission: p2 may call the town, and no further; nobody pays for a call that is sent on."""
        call = self.phone["p2"].invite("000331234")
        call.failed_with(403)
        call, there = self.talk("p2", "0555999", "one")
        self.hang_up(call, there)

    def test_minutes_of_costly_calls(self):
        """The guard against toll fraud survives a restart. (No other test calls abroad by line three.)"""
        self.change("lines", {"name": "three"}, costly_minutes=2)
        call, there = self.talk("p1", "***30043123", "three")
        self.hang_up(call, there)
        self.server.wait_idle()
        self.server.restart()
        for phone in self.phone.values():
            phone.close()
        for provider in self.provider.values():
            provider.close()
        self.setUp()
        call, there = self.talk("p1", "***30043123", "three")
        until(lambda: self.notices("line_spent"), "the administrator is told")
        self.hang_up(call, there)
        call = self.phone["p1"].invite("***30043123")
        call.failed_with(480)
        call, there = self.talk("p1", "***30221999", "three")
        self.hang_up(call, there)
        self.change("lines", {"name": "three"}, costly_minutes=10)
        call, there = self.talk("p1", "***30043123", "three")
        self.hang_up(call, there)

    def test_what_calls_cost(self):
        """LIN-5: a call is charged by the rates of its line; its record, the file of records and the line's day have
        the amount, also after a crash in the middle of the call."""
        line = self.item("lines", name="one")["id"]
        table = "prefix;name;per_minute;setup;first_s;step_s\n0043;Austria;0,12;0,01;60;60\n"
        status, report = self.server.request("PUT", f"/api/lines/{line}/rates.csv", table.encode(), {"Content-Type": "text/csv"})
        self.assertEqual((status, report["created"]), (200, 1), report)
        self.settle()
        began = harness.now()
        call, there = self.talk("p1", "***10043123", "one")
        self.hang_up(call, there)
        record, = self.server.wait_records(1, began)
        self.assertEqual((record["charge_micro"], record["currency"]), (130000, "EUR"))
        call, there = self.talk("p1", "***10221999", "one")
        self.hang_up(call, there)
        free = next(one for one in self.server.wait_records(2, began) if one["called_number"] != "+43123")
        self.assertEqual((free["charge_micro"], free["currency"]), (0, None))
        self.talk("p1", "***10043123", "one")
        self.server.kill()
        self.server.start()
        cut = next(one for one in self.server.wait_records(3, began) if one["result"] == "interrupted")
        self.assertEqual((cut["charge_micro"], cut["currency"]), (130000, "EUR"))
        table = self.server.api("GET", "/api/call-records.csv?direction=out").splitlines()
        self.assertEqual(table[0].split(",")[-3:], ["currency", "charge", "line"])
        self.assertIn("EUR,0.13,one", [row[-12:] for row in table], table)

    def test_the_deposit(self):
        """LIN-5, RTG-2: an unknown number, somebody who cannot be reached, and one who does not answer."""
        self.server.api("POST", "/api/numbers", {"number": "0211555102", "kind": "external",
                                                 "user": self.item("users", login="1102")["id"]})
        self.settle()
        for number in ("+49211555999", "+49211555102"):
            call = self.provider["one"].invite(number)
            there = self.phone["p3"].answer_invite()
            there.pick_up()
            call.established()
            self.hang_up(call, there)
        call = self.provider["one"].invite("+49211555101")
        ringing = self.phone["p1"].answer_invite()
        ringing.ring()
        call.expect(180)
        cancel = ringing.expect("CANCEL", 15)
        ringing.reply(200, cancel)
        ringing.reply(487)
        ringing.expect("ACK")
        there = self.phone["p3"].answer_invite()
        self.assertIn("reason=no-answer", there.invite.get("Diversion"))
        there.pick_up()
        call.established()
        self.hang_up(call, there)

    def test_who_reaches_nobody_hears_so_before_he_is_refused(self):
        """RTG-2: the special tone in early voice, then the refusal."""
        self.server.api("PATCH", "/api/settings", {"unavailable": "reject"})
        self.addCleanup(self.server.api, "PATCH", "/api/settings", {"unavailable": "deposit"})
        self.change("users", {"login": "1101"}, dnd=True)
        began = harness.now()
        call = self.provider["one"].invite("+49211555101")
        told = call.expect(183)
        self.assertIn(b"m=audio", told.body)
        samples, rtp = [], self.provider["one"].open_rtp()
        while len(samples) < 3 * RATE:
            packet = rtp.receive(2)
            self.assertIsNotNone(packet, "the tone comes")
            samples += from_alaw(packet[12:])
        for hertz in (950, 1400, 1800):
            self.assertGreater(max(tone_share(samples[at:at + RATE // 10], hertz, RATE)
                                   for at in range(0, len(samples) - RATE // 10, RATE // 20)), 0.9, hertz)
        call.failed_with(480)
        self.assertEqual(self.server.wait_records(1, began)[0]["result"], "unavailable")

    def test_a_number_can_be_tested_before_it_is_dialled(self):
        """The very planner: what the test says is what the call does."""
        plan = self.server.api("POST", "/api/routing/test", {
            "direction": "out", "user": self.item("users", login="1101")["id"], "dialled": "00043664123"})
        self.assertEqual([one["name"] for one in plan["targets"]], ["two", "three", "one"])
        call = self.phone["p1"].invite("00043664123")
        there = self.provider["two"].answer_invite()
        self.assertIn(f"sip:{plan['targets'][0]['number']}@", there.invite.start)
        there.pick_up()
        call.established()
        self.hang_up(call, there)


if __name__ == "__main__":
    harness.main()
