#!/usr/bin/env python3
"""Phones behind a proxy: a real Kamailio stands between them and us, adds Path (RFC 3327) and Record-Route."""
import unittest

import harness
from harness import SystemTest, password_phone, user
from kamailio import EDGE, Kamailio
from sipphone import Phone, sdp_target, talks


class Proxy(SystemTest):
    CONFIG = {
        "phones": [password_phone("p1"), password_phone("p2")],
        "users": [user(101, "p1"), user(102, "p2")],
    }

    def phone(self, proxy, name, host, transport="udp"):
        phone = Phone(proxy.sip_address, harness.address(host), name, f"secret-of-{name}", transport=transport)
        self.addCleanup(phone.close)
        return phone

    def check(self, transport):
        began = harness.now()
        proxy = Kamailio(EDGE, pbx_host=self.server.host, pbx_port=self.server.sip_port, transport=transport)
        self.addCleanup(proxy.close)
        anna, ben = self.phone(proxy, "p1", 11, transport), self.phone(proxy, "p2", 12, transport)
        for phone in (anna, ben):
            phone.register()
        call = anna.invite("102")
        called = ben.answer_invite()
        self.assertIn(proxy.host, called.invite.all("Via")[0], "the call comes by the way that the registration went")
        self.assertIn(proxy.host, called.routes[0], "the proxy stays on the way")
        called.ring()
        call.expect(180)
        called.pick_up()
        answer = call.established()
        talks(anna.rtp, sdp_target(answer.body), ben.rtp, b"a" * 160)
        talks(ben.rtp, sdp_target(called.invite.body), anna.rtp, b"b" * 160)
        called.request("BYE")
        call.is_hung_up()
        called.expect(200, method="BYE")
        record = self.server.wait_records(1, began)[-1]
        self.assertEqual((record["result"], record["ended_by"]), ("answered", "called"))

    def test_calls_through_a_proxy(self):
        self.check("udp")

    def test_calls_through_a_proxy_over_tcp(self):
        self.check("tcp")


if __name__ == "__main__":
    harness.main()
