#!/usr/bin/env python3
"""Who watches whom: lamps of other people's lines, message lamps, presence (RFC 6665, 4235, 3842, 3856, 3903, 3680)."""
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import harness
from baresip import Baresip
from harness import SystemTest, address, password_phone, until, user
from sipphone import Phone, digest_answer, token

WATCHER, CALLER, CALLED = address(11), address(12), address(13)
DIALOG_INFO = "{urn:ietf:params:xml:ns:dialog-info}"
PIDF_BODY = ('<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:102@x"><tuple id="t">'
             "<status><basic>open</basic></status><note>back at three</note></tuple></presence>")


class Subscription:
    """A subscription of a phone; NOTIFYs are answered with 200 unless `answer` says otherwise."""

    def __init__(self, phone, number, event, expires=600, extra=(), expect=200):
        self.phone, self.event = phone, event
        self.uri = f"sip:{number}@{phone.server[0]}:{phone.server[1]}"
        self.call_id, self.tag, self.to, self.cseq = token(16), token(), f"<{self.uri}>", 0
        self.target = self.uri
        self.answer = self.ask(expires, extra, expect)

    def ask(self, expires, extra=(), expect=200):
        headers = [("Event", self.event), ("Expires", str(expires)), *extra]
        answer = self._send(headers)
        if answer.status == 401:
            proof = digest_answer(answer.get("WWW-Authenticate"), "SUBSCRIBE", self.target, self.phone.name,
                                  self.phone.password)
            answer = self._send([*headers, ("Authorization", proof)])
        if answer.status != expect:
            raise AssertionError(f"SUBSCRIBE: expected {expect}, got {answer}\n{answer.raw.decode()}")
        if answer.status == 200:
            self.to, self.target = answer.get("To"), answer.contact_uri
        return answer

    def _send(self, headers):
        self.cseq += 1
        self.phone.request("SUBSCRIBE", self.target, self.to, self.call_id, self.cseq, self.tag, headers)
        return self.phone.expect((200, 202, 400, 401, 403, 404, 406, 423, 481, 489, 503), self.call_id,
                                 method="SUBSCRIBE")

    def notified(self, seconds=5, status=200):
        """The next NOTIFY."""
        message = self.phone.expect("NOTIFY", self.call_id, seconds)
        self.phone.reply(message, status)
        assert message.get("Event").split(";")[0] == self.event.split(";")[0], message.raw
        return message

    def until(self, fits, what):
        """NOTIFYs until one fits."""
        for _ in range(20):
            message = self.notified()
            if fits(message):
                return message
        raise AssertionError(f"no NOTIFY with {what}")


def lamps(message):
    """[(id, state, direction)] of a dialog-info document."""
    root = ElementTree.fromstring(message.body)
    assert root.tag == DIALOG_INFO + "dialog-info" and root.get("state") == "full", message.body
    return [(one.get("id"), one.findtext(DIALOG_INFO + "state"), one.get("direction")) for one in root]


def version(message):
    return int(ElementTree.fromstring(message.body).get("version"))


def in_state(state):
    return lambda message: any(one[1] == state for one in lamps(message))


class Watching(SystemTest):
    CONFIG = {
        "phones": [password_phone(f"p{n}") for n in range(1, 5)],
        "users": [user(100 + n, f"p{n}") for n in range(1, 5)],
    }

    def phone(self, name, host, transport="udp"):
        phone = Phone(self.server.sip_address, host, name, f"secret-of-{name}", transport)
        self.addCleanup(phone.close)
        return phone

    def subscriptions(self):
        return self.server.api("GET", "/api/subscriptions")["items"]

    def wait_none(self):
        until(lambda: not self.subscriptions(), "no subscription is left")

    def baresip(self, name, hertz, **more):
        one = Baresip(self.server, name, f"secret-of-{name}", hertz, **more)
        self.addCleanup(one.close)
        one.wait_registered()
        return one

    def watch(self, number="102", event="dialog", transport="udp", **more):
        phone = self.phone("p1", WATCHER, transport)
        phone.register()
        watch = Subscription(phone, number, event, **more)
        watch.first = watch.notified()
        return watch

    def test_the_lamp_follows_a_real_call(self):
        """RFC 4235: early, confirmed, terminated, while two baresips talk."""
        watch = self.watch()
        self.assertEqual([one[1] for one in lamps(watch.first)], ["terminated"])
        self.baresip("p2", 440, sip_host=CALLED, answer="manual")
        caller = self.baresip("p3", 880, sip_host=CALLER)
        called = self.server
        caller.command("dial", f"sip:102@{self.server.host}:{self.server.sip_port}")
        ringing = watch.until(in_state("early"), "early")
        self.assertEqual(lamps(ringing)[0][2], "recipient")
        remote = ElementTree.fromstring(ringing.body)[0].find(DIALOG_INFO + "remote")
        self.assertIn("103", remote.findtext(DIALOG_INFO + "identity"))
        self.assertEqual(remote.find(DIALOG_INFO + "identity").get("display"), "Test User103")
        self.assertEqual(ringing.get("Subscription-State").split(";")[0], "active")
        call = called.live_call()
        self.server.request("POST", f"/api/calls/{call['call_id']}/hangup")
        ended = watch.until(in_state("terminated"), "terminated")
        self.assertGreater(version(ended), version(ringing))
        watch.ask(0)
        last = watch.notified()
        self.assertEqual(last.get("Subscription-State"), "terminated;reason=timeout")
        self.wait_none()

    def test_answered_and_held_by_hand(self):
        """Each state once, in order; both sides of the call have a lamp."""
        called_lamp, caller_lamp = self.watch(), self.watch("103")
        called, caller = self.phone("p2", CALLED), self.phone("p3", CALLER)
        called.register()
        caller.register()
        outgoing = caller.invite("102")
        incoming = called.answer_invite()
        incoming.ring()
        called_lamp.until(in_state("early"), "early")
        self.assertEqual(lamps(caller_lamp.until(in_state("early"), "early"))[0][2], "initiator")
        incoming.pick_up()
        outgoing.established()
        called_lamp.until(in_state("confirmed"), "confirmed")
        caller_lamp.until(in_state("confirmed"), "confirmed")
        outgoing.hang_up()
        incoming.is_hung_up()
        called_lamp.until(in_state("terminated"), "terminated")
        caller_lamp.until(in_state("terminated"), "terminated")
        called_lamp.ask(0)
        caller_lamp.ask(0)
        self.wait_none()

    def test_pick_up_with_replaces(self):
        """RFC 3891, 4235: the ids in the NOTIFY name the ringing call to the one who takes it."""
        watch = self.watch()
        called, caller = self.phone("p2", CALLED), self.phone("p3", CALLER)
        called.register()
        caller.register()
        outgoing = caller.invite("102")
        incoming = called.answer_invite()
        incoming.ring()
        one = ElementTree.fromstring(watch.until(in_state("early"), "early").body)[0]
        replaces = (f"{one.get('call-id')};to-tag={one.get('remote-tag')};from-tag={one.get('local-tag')};early-only")
        taken = watch.phone.invite("102", extra=[("Replaces", replaces)])
        taken.established()
        outgoing.established()
        incoming.expect("CANCEL")
        watch.until(in_state("terminated"), "terminated")
        outgoing.hang_up()
        taken.is_hung_up()
        watch.ask(0)

    def test_the_message_lamp(self):
        """RFC 3842: one's own box; nobody else's."""
        watch = self.watch("101", "message-summary")
        self.assertEqual(watch.first.get("Content-Type"), "application/simple-message-summary")
        self.assertIn(b"Messages-Waiting: no\r\n", watch.first.body)
        self.assertIn(b"Voice-Message: 0/0 (0/0)\r\n", watch.first.body)
        Subscription(watch.phone, "102", "message-summary", expect=403)
        watch.ask(0)

    def test_publish(self):
        """RFC 3903: publish, refresh, modify, remove; watchers see it."""
        watch = self.watch("104", "presence")
        self.assertIn(b"<basic>closed</basic>", watch.first.body)
        phone = self.phone("p4", CALLED)
        etag = self.publish(phone, body=PIDF_BODY)
        told = watch.until(lambda message: b"<basic>open</basic>" in message.body, "open")
        self.assertIn(b"<note>back at three</note>", told.body)
        fresh = self.publish(phone, [("SIP-If-Match", etag)])
        self.assertNotEqual(fresh, etag)
        self.publish(phone, [("SIP-If-Match", etag)], status=412)
        self.publish(phone, [("SIP-If-Match", fresh)], expires=0)
        watch.until(lambda message: b"<basic>closed</basic>" in message.body, "closed")
        self.publish(phone, body=PIDF_BODY, number="101", status=403)
        watch.ask(0)

    def publish(self, phone, extra=(), body="", expires=300, number="104", status=200):
        uri = f"sip:{number}@{self.server.host}:{self.server.sip_port}"
        call_id, tag, proof = token(16), token(), []
        for cseq in (1, 2):
            headers = [("Event", "presence"), ("Expires", str(expires)), *extra, *proof]
            data = phone.build(f"PUBLISH {uri} SIP/2.0", [
                ("Via", phone.via()), ("Max-Forwards", "70"), ("From", f"<{phone.uri}>;tag={tag}"), ("To", f"<{uri}>"),
                ("Call-ID", call_id), ("CSeq", f"{cseq} PUBLISH"), *headers], body.encode())
            phone.send_raw(data.replace(b"application/sdp", b"application/pidf+xml"))
            answer = phone.expect((200, 401, 400, 403, 404, 412, 415, 423, 489), call_id)
            if answer.status != 401:
                break
            proof = [("Authorization", digest_answer(answer.get("WWW-Authenticate"), "PUBLISH", uri, phone.name,
                                                     phone.password))]
        self.assertEqual(answer.status, status, answer.raw)
        return answer.get("SIP-ETag")

    def test_own_registrations_and_do_not_disturb(self):
        """RFC 3680; and the directory's part of presence."""
        watch = self.watch("p1", "reg")
        self.assertIn(b'state="active"', watch.first.body)
        self.assertIn(watch.phone.contact[1:-1].encode(), watch.first.body)
        presence = Subscription(watch.phone, "102", "presence")
        presence.notified()
        person = next(one for one in self.server.api("GET", "/api/users")["items"] if one["login"] == "1102")
        self.server.api("PATCH", f"/api/users/{person['id']}", {"dnd": True})
        presence.until(lambda message: b"<rpid:busy/>" in message.body, "busy")
        self.server.api("PATCH", f"/api/users/{person['id']}", {"dnd": False})
        presence.until(lambda message: b"<rpid:busy/>" not in message.body, "not busy")
        watch.ask(0)
        presence.ask(0)

    def test_what_cannot_be_watched(self):
        """RFC 6665 4.2.1: 404, 489 with Allow-Events, 406, 423; nobody subscribes without a password."""
        phone = self.phone("p1", WATCHER)
        Subscription(phone, "999", "dialog", expect=404)
        refused = Subscription(phone, "102", "conference", expect=489).answer
        self.assertIn("dialog", refused.get("Allow-Events"))
        Subscription(phone, "102", "dialog", extra=[("Accept", "text/html")], expect=406)
        self.assertEqual(Subscription(phone, "102", "dialog", 30, expect=423).answer.get("Min-Expires"), "60")
        stranger = self.phone("p1", WATCHER)
        stranger.password = "wrong"
        uri = f"sip:102@{self.server.host}:{self.server.sip_port}"
        stranger.request("SUBSCRIBE", uri, extra=[("Event", "dialog"), ("Expires", "600")])
        stranger.expect(401)
        self.assertFalse(self.subscriptions())

    def test_the_number_goes_to_somebody_else(self):
        """RFC 6665 4.1.3: deactivated means subscribe anew; noresource means there is nothing any more."""
        watch, lost = self.watch("104"), self.watch("104")
        people = {one["login"]: one["id"] for one in self.server.api("GET", "/api/users")["items"]}
        number = next(one for one in self.server.api("GET", "/api/numbers?per_page=100")["items"] if one["number"] == "104")
        path = f"/api/numbers/{number['id']}"
        self.server.api("PATCH", path, {"user": people["1103"]})
        self.assertEqual(watch.notified().get("Subscription-State"), "terminated;reason=deactivated")
        lost.notified()
        again = Subscription(watch.phone, "104", "dialog")
        again.notified()
        self.server.api("PATCH", path, {"user": None})
        self.assertEqual(again.notified().get("Subscription-State"), "terminated;reason=noresource")
        self.server.api("PATCH", path, {"user": people["1104"]})
        self.wait_none()

    def test_481_ends_it(self):
        """RFC 6665 4.2.2: a phone that knows nothing of it any more is not told again."""
        phone = self.phone("p1", WATCHER)
        watch = Subscription(phone, "102", "dialog")
        until(lambda: self.subscriptions(), "it is listed")
        watch.notified(status=481)
        self.wait_none()

    def test_over_tcp(self):
        """NOTIFYs come over the connection the SUBSCRIBE came over."""
        watch = self.watch(transport="tcp")
        self.assertIn(";transport=tcp", watch.first.get("Contact").lower())
        self.assertEqual(until(self.subscriptions, "it is listed")[0]["transport"], "TCP")
        watch.ask(0)

    def test_who_watches_whom(self):
        watch = self.watch()
        item = until(self.subscriptions, "it is listed")[0]
        self.assertEqual((item["phone"], item["event"]), ("p1", "dialog"))
        self.assertIn("102", item["resource"])
        listed = subprocess.run([str(harness.build_root / "src/cli/strowger"), "--data", str(self.server.data),
                                 "subscriptions"], capture_output=True, text=True, check=True).stdout
        self.assertRegex(listed, r"p1 +dialog +sip:102@")
        metrics = until(lambda: self.server.metrics().get('strowger_subscriptions{event="dialog"}') and
                        self.server.metrics(), "the metrics show it")
        self.assertGreaterEqual(metrics['strowger_notifies_total{event="dialog"}'], 1)
        watch.ask(0)
        self.wait_none()

    def test_a_killed_daemon_leaves_no_lamp_burning(self):
        """kill -9 while a call is up: after the restart the lamp goes out by itself, in the same dialog."""
        watch = self.watch()
        called, caller = self.phone("p2", CALLED), self.phone("p3", CALLER)
        called.register()
        caller.register()
        outgoing = caller.invite("102")
        called.answer_invite().pick_up()
        outgoing.established()
        lit = watch.until(in_state("confirmed"), "confirmed")
        self.server.kill()
        self.server.start()
        dark = watch.notified(10)
        self.assertEqual([one[1] for one in lamps(dark)], ["terminated"])
        self.assertEqual(dark.get("From"), lit.get("From"))
        self.assertGreater(dark.cseq[0], lit.cseq[0])
        self.assertGreater(version(dark), version(lit))
        self.assertEqual(len(self.subscriptions()), 1)
        watch.ask(600)
        watch.notified()
        outgoing = caller.invite("102")
        incoming = called.answer_invite()
        incoming.ring()
        watch.until(in_state("early"), "early")
        outgoing.cancel()
        outgoing.failed_with(487)
        incoming.expect("CANCEL")
        watch.until(in_state("terminated"), "terminated")
        watch.ask(0)

    def test_baresip_watches(self):
        """A real softphone's presence. (Its message lamp, the module mwi of 1.0.0, now and then subscribes without end.)"""
        watcher = self.baresip("p1", 440, sip_host=WATCHER, applications=("contact", "presence"),
                               contacts=f'"Two" <sip:104@{self.server.host}:{self.server.sip_port}>;presence=p2p\n')
        until(lambda: {one["event"] for one in self.subscriptions()} == {"presence"}, "baresip has subscribed", 20)
        self.baresip("p4", 880, sip_host=CALLED)
        until(lambda: re.search(r"104.*Online", watcher.log_text(), re.I), "baresip sees that 104 is there", 20)


if __name__ == "__main__":
    harness.main()
