#!/usr/bin/env python3
"""USR-10, USR-11: function keys: lamps of functions at phones, and what a key on the page does to calls, heard at real phones."""
import baresip
import harness
from harness import SystemTest, address, password_phone, until, user
from sipphone import Phone
from test_presence import Subscription, in_state, lamps

WATCHER, STRANGER = address(21), address(22)
TONES = {"p1": 440, "p2": 700, "p3": 1000}
CONFIG = {
    "phones": [password_phone(name) for name in TONES],
    "users": [user(101, "p1", password="secret-1"), user(102, "p2"), user(103, "p3")],
    "groups": [{"name": "Sales", "group_id": "7"}],
    "group-members": [{"group": "Sales", "user": "1101"}],
}


class Lamps(SystemTest):
    CONFIG = CONFIG

    def row(self, collection, **equals):
        query = "&".join(f"{name}={value}" for name, value in equals.items())
        return self.server.api("GET", f"/api/{collection}?{query}")["items"][0]

    def scripted(self, name, host):
        phone = Phone(self.server.sip_address, host, name, f"secret-of-{name}", "udp")
        self.addCleanup(phone.close)
        phone.register()
        return phone

    def set_dnd(self, login, on):
        self.server.api("PATCH", f"/api/users/{self.row('users', login=login)['id']}", {"dnd": on})

    def log_on(self, on):
        member = self.row("group-members", user=self.row("users", login="1101")["id"])
        self.server.api("PATCH", f"/api/group-members/{member['id']}", {"logged_on": on})

    def test_usr_10_the_lamp_of_do_not_disturb_follows_the_user_and_nobody_else(self):
        watch = Subscription(self.scripted("p1", WATCHER), "*09", "dialog")
        self.assertEqual(lamps(watch.notified()), [("lamp", "terminated", None)])
        self.addCleanup(self.set_dnd, "1101", False)
        self.addCleanup(self.set_dnd, "1102", False)
        self.set_dnd("1102", True)
        self.set_dnd("1101", True)
        self.assertEqual(lamps(watch.notified()), [("lamp", "confirmed", None)])  # the next one: nothing was told before
        self.set_dnd("1101", False)
        watch.until(in_state("terminated"), "terminated")

    def test_usr_10_the_lamp_of_a_group_is_lit_while_one_is_logged_on(self):
        watch = Subscription(self.scripted("p1", WATCHER), "*327", "dialog")
        self.assertEqual(lamps(watch.notified()), [("lamp", "confirmed", None)])
        self.addCleanup(self.log_on, True)
        self.log_on(False)
        watch.until(in_state("terminated"), "terminated")
        self.log_on(True)
        watch.until(in_state("confirmed"), "confirmed")

    def test_usr_10_only_who_is_a_member_watches_a_group(self):
        phone = self.scripted("p2", STRANGER)
        Subscription(phone, "*327", "dialog", expect=403)
        Subscription(phone, "*328", "dialog", expect=404)
        Subscription(phone, "*4711", "dialog", expect=404)

    def test_usr_10_a_lamp_is_right_after_kill_9(self):
        phone = self.scripted("p1", WATCHER)
        watch = Subscription(phone, "*09", "dialog")
        watch.notified()
        self.addCleanup(self.set_dnd, "1101", False)
        self.server.kill()
        self.server.start()
        watch.until(in_state("terminated"), "terminated, in the same dialog")
        self.set_dnd("1101", True)
        watch.until(in_state("confirmed"), "confirmed")


class Pressed(SystemTest):
    """User 101 at the web page, with an API token that may press keys."""

    CONFIG = CONFIG

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.server.api("GET", "/api/health").get("setup_needed"):
            cls.server.api("POST", "/api/setup", {"login": "9000", "password": "secret-9", "first_name": "Ada",
                                                  "last_name": "Admin"})
        cls.token = cls.make_token()

    @classmethod
    def make_token(cls):
        connection = harness.http.client.HTTPConnection(cls.server.host, cls.server.http_port, timeout=30)
        connection.request("POST", "/api/session", harness.json.dumps({"login": "1101", "password": "secret-1"}).encode(),
                           {"Content-Type": "application/json"})
        response = connection.getresponse()
        cookie, session = response.getheader("Set-Cookie"), harness.json.loads(response.read())
        connection.close()
        assert response.status == 200, session
        status, answer = cls.server.web_request("POST", "/api/me/tokens", {"name": "test", "rights": ["fkey", "redirect"]},
                                                {"Cookie": cookie.split(";")[0], "X-CSRF-Token": session["csrf"]})
        assert status == 201, answer
        return answer["token"]

    def setUp(self):
        self.began = harness.now()
        self.phones = [baresip.Baresip(self.server, name, f"secret-of-{name}", hertz, answer="manual" if name == "p2" else "auto")
                       for name, hertz in TONES.items()]
        for phone in self.phones:
            self.addCleanup(phone.close)
            phone.connect()
        self.server.wait_registered(*TONES)

    def ask(self, method, path, body=None, expect=200):
        status, answer = self.server.web_request(method, f"/api/me/keys{path}", body, {"Authorization": f"Bearer {self.token}"})
        self.assertEqual(status, expect, answer)
        return answer

    def key(self, **values):
        row = self.ask("POST", "", values, 201)
        self.addCleanup(self.ask, "DELETE", f"/{row['id']}", None, 204)
        return row["id"]

    def state(self, key):
        return next(row["state"] for row in self.ask("GET", "")["items"] if row["id"] == key)

    def share(self, phone, hertz):
        samples, rate = phone.heard()
        return baresip.tone_share(samples[-rate:], hertz, rate)

    def test_usr_11_a_lit_key_takes_over_the_call_and_the_voices_are_at_the_right_ears(self):
        own, rung, caller = self.phones
        ben = self.server.api("GET", "/api/users?login=1102")["items"][0]["id"]
        key = self.key(type="blf", target_user=ben)
        self.assertEqual(self.state(key), "free")
        caller.command("dial", f"sip:102@{self.server.host}:{self.server.sip_port}")
        rung.wait_event("CALL_INCOMING")
        until(lambda: self.state(key) == "ringing", "the key shows that it rings", 10)
        answer = self.ask("POST", f"/{key}/press", {})
        self.assertEqual(answer["action"], "picked_up")
        own.wait_event("CALL_ESTABLISHED")
        rung.wait_event("CALL_CLOSED")
        caller.wait_event("CALL_ESTABLISHED")
        until(lambda: self.state(key) == "free", "the key shows that it rings no more", 10)
        self.more_sound(own, caller)
        call = self.server.live_call()
        self.assertEqual((call["called"]["phone"], call["caller"]["phone"]), ("p1", "p3"))
        self.server.request("POST", f"/api/calls/{call['call_id']}/hangup")
        own.wait_event("CALL_CLOSED")
        caller.wait_event("CALL_CLOSED")
        self.assertGreater(self.share(own, TONES["p3"]), 0.9, "who picked up hears the caller")
        self.assertGreater(self.share(caller, TONES["p1"]), 0.9, "the caller hears who picked up")
        record = self.server.wait_records(1, self.began)[-1]
        self.assertEqual((record["called_number"], record["called_phone"]), ("102", "p1"))
        self.assertIn("web_picked_up", {reason["code"] for reason in record["explanation"]})

    def more_sound(self, *phones, seconds=3):
        before = {phone: phone.recorded() for phone in phones}
        until(lambda: all(phone.recorded() - before[phone] > seconds * baresip.RATE * 2 for phone in phones),
              f"{seconds} more seconds of sound", 30)

    def test_usr_11_a_key_of_one_who_is_free_calls_him(self):
        own, rung, _ = self.phones
        ben = self.server.api("GET", "/api/users?login=1102")["items"][0]["id"]
        key = self.key(type="blf", target_user=ben)
        self.assertEqual(self.ask("POST", f"/{key}/press", {})["action"], "called")
        rung.wait_event("CALL_INCOMING")
        rung.command("accept")
        own.wait_event("CALL_ESTABLISHED")
        until(lambda: self.state(key) == "busy", "the key shows that he speaks", 10)
        self.server.request("POST", f"/api/calls/{self.server.live_call()['call_id']}/hangup")
        until(lambda: self.state(key) == "free", "the key shows that he is free", 10)

    def test_usr_10_a_press_switches_functions(self):
        group = self.server.api("GET", "/api/groups?name=Sales")["items"][0]["id"]
        dnd, log_on = self.key(type="dnd"), self.key(type="group", groups=[group])
        self.assertEqual((self.state(dnd), self.state(log_on)), ("off", "on"))
        for dnd_then, log_on_then in (("on", "off"), ("off", "on")):
            self.assertEqual(self.ask("POST", f"/{dnd}/press", {})["action"], dnd_then)
            self.assertEqual(self.ask("POST", f"/{log_on}/press", {})["action"], log_on_then)
            self.assertEqual((self.state(dnd), self.state(log_on)), (dnd_then, log_on_then))


if __name__ == "__main__":
    harness.main()
