#!/usr/bin/env python3
"""KEY, USR-10: who could not reach somebody is called back: asked for by code, by function key and on the page; what was confirmed outlives kill -9."""
import harness
from harness import SystemTest, address, address_phone, free_port, until, user
from sipphone import Phone
from test_presence import Subscription, in_state

ANNA, BERND, CARLA = (address(host) for host in (31, 32, 33))
PORTS = {host: free_port(host) for host in (ANNA, BERND, CARLA)}


class CallCompletion(SystemTest):
    CONFIG = {
        "phones": [address_phone("anna", ANNA, PORTS[ANNA]), address_phone("bernd", BERND, PORTS[BERND]), address_phone("carla", CARLA, PORTS[CARLA])],
        "users": [user(101, "anna"), user(102, "bernd", password="secret-2"), user(103, "carla")],
        "groups": [{"name": "Sales", "group_id": "7"}],
        "group-members": [{"group": "Sales", "user": "1101"}],
        "numbers": [{"number": "201", "group": "Sales"}],
    }

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.server.api("GET", "/api/health").get("setup_needed"):
            cls.server.api("POST", "/api/setup", {"login": "9000", "password": "secret-9", "first_name": "Ada", "last_name": "Admin"})
        connection = harness.http.client.HTTPConnection(cls.server.host, cls.server.http_port, timeout=30)
        connection.request("POST", "/api/session", harness.json.dumps({"login": "1102", "password": "secret-2"}).encode(), {"Content-Type": "application/json"})
        response = connection.getresponse()
        cookie, session = response.getheader("Set-Cookie"), harness.json.loads(response.read())
        connection.close()
        status, answer = cls.server.web_request("POST", "/api/me/tokens", {"name": "test", "rights": ["fkey"]},
                                                {"Cookie": cookie.split(";")[0], "X-CSRF-Token": session["csrf"]})
        assert status == 201, answer
        cls.token = answer["token"]

    def setUp(self):
        self.anna, self.bernd, self.carla = (self.phone(*one) for one in (("anna", ANNA), ("bernd", BERND), ("carla", CARLA)))
        self.addCleanup(self.cancel_all)

    def phone(self, name, host):
        phone = Phone(self.server.sip_address, host, name, None, "udp", PORTS[host])
        self.addCleanup(phone.close)
        return phone

    def cancel_all(self):
        for row in self.rows():
            self.server.api("DELETE", f"/api/call-completions/{row['id']}")

    def rows(self):
        return self.server.api("GET", "/api/call-completions")["items"]

    def as_bernd(self, method, path, body=None, expect=200):
        status, answer = self.server.web_request(method, f"/api/me/{path}", body, {"Authorization": f"Bearer {self.token}"})
        self.assertEqual(status, expect, answer)
        return answer

    def dial(self, phone, code):
        call = phone.invite(code)
        call.established()
        call.is_hung_up(20)

    @staticmethod
    def connect(caller, number, called):
        call = caller.invite(number)
        rung = called.answer_invite()
        rung.pick_up()
        call.established()
        return call, rung

    @staticmethod
    def end(call, other):
        call.request("BYE")
        other.is_hung_up()
        call.expect(200, method="BYE")

    def finds_busy(self):
        """Bernd calls Anna, who speaks with Carla and refuses."""
        call = self.bernd.invite(101)
        rung = self.anna.answer_invite()
        rung.reply(486)
        rung.expect("ACK")
        call.failed_with(486)

    def is_called_back(self):
        """Bernd's phone rings, he picks up, and Anna is called in his name."""
        recall = self.bernd.answer_invite(15)
        self.assertIn("101@", recall.invite.get("From"))
        self.assertIn("Rückruf: ", recall.invite.get("From"))
        recall.pick_up()
        called = self.anna.answer_invite()
        self.assertIn("102@", called.invite.get("From"))
        called.pick_up()
        until(lambda: self.server.calls() and self.server.calls()[0]["state"] == "answered", "they speak")
        return recall, called

    def test_key_by_code_when_the_other_one_has_hung_up_and_after_kill_9(self):
        call, other = self.connect(self.carla, 101, self.anna)
        watch = Subscription(self.bernd, "*07", "dialog")
        self.finds_busy()
        watch.until(in_state("early"), "flashes: it may be asked for")
        self.dial(self.bernd, "*07")
        self.dial(self.bernd, "*07")
        self.assertEqual([(row["number"], row["why"]) for row in self.rows()], [("101", "busy")])
        watch.until(in_state("confirmed"), "lit")
        self.end(call, other)
        self.server.kill()
        self.server.start()
        self.assertEqual([row["number"] for row in self.rows()], ["101"])
        recall, called = self.is_called_back()
        self.end(called, recall)
        until(lambda: not self.rows(), "the request is over")

    def test_usr_10_by_function_key_and_the_key_takes_it_back(self):
        key = self.as_bernd("POST", "keys", {"type": "call_completion"}, 201)
        self.addCleanup(self.as_bernd, "DELETE", f"keys/{key['id']}", None, 204)
        press, state = f"keys/{key['id']}/press", lambda: self.as_bernd("GET", "keys")["items"][0]["state"]
        self.as_bernd("POST", press, {}, 409)
        call, other = self.connect(self.carla, 101, self.anna)
        self.finds_busy()
        until(lambda: state() == "possible", "possible")
        self.assertEqual(self.as_bernd("POST", press, {})["action"], "on")
        until(lambda: state() == "on", "on")
        self.assertEqual(len(self.rows()), 1)
        self.assertEqual(self.as_bernd("POST", press, {})["action"], "off")
        until(lambda: state() == "off", "off")
        self.assertEqual(self.rows(), [])
        self.end(call, other)
        self.bernd.expect_nothing(5, but=("NOTIFY",))

    def test_key_on_the_page_with_the_list_of_ones_own(self):
        row = self.as_bernd("POST", "call-completions", {"number": "101", "no_answer": True}, 201)
        self.assertEqual((row["number"], row["target_name"] is not None, row["why"]), ("101", True, "no_answer"))
        self.assertNotIn("dialled", row)
        self.assertEqual([one["id"] for one in self.as_bernd("GET", "call-completions")["items"]], [row["id"]])
        self.as_bernd("DELETE", f"call-completions/{row['id']}", None, 204)
        self.assertEqual(self.rows(), [])
        for number, code in (("201", "not_for_completion"), ("112", "not_for_completion"), ("102", "not_for_completion"), ("777", "no_such_number")):
            self.assertEqual(self.as_bernd("POST", "call-completions", {"number": number}, 422)["error"]["code"], code)
        self.as_bernd("POST", "call-completions", {"number": "101", "no_answer": True}, 201)
        call, other = self.connect(self.anna, 103, self.carla)  # she is back
        self.end(call, other)
        recall = self.bernd.answer_invite(15)
        recall.reply(603)
        recall.expect("ACK")
        self.assertEqual(len(self.rows()), 1)  # he is called once more
        self.dial(self.bernd, "*070")
        self.assertEqual(self.rows(), [])

    def test_key_who_is_deleted_is_waited_for_no_longer(self):
        self.server.api("POST", "/api/users", {"login": "1109", "first_name": "Otto", "last_name": "Ohm"})
        otto = self.server.api("GET", "/api/users?login=1109")["items"][0]["id"]
        self.server.api("POST", "/api/numbers", {"number": "109", "user": otto})
        self.as_bernd("POST", "call-completions", {"number": "109"}, 201)
        self.server.api("DELETE", f"/api/users/{otto}")
        self.assertEqual(self.rows(), [])


if __name__ == "__main__":
    harness.main()
