"""Somebody who is logged in to the page of a server: their requests carry their session."""
import http.client
import json


class Person:
    def __init__(self, server, login, password):
        self.server = server
        connection = http.client.HTTPConnection(server.host, server.http_port, timeout=30)
        connection.request("POST", "/api/session", json.dumps({"login": login, "password": password}).encode(),
                           {"Content-Type": "application/json"})
        answer = connection.getresponse()
        session = json.loads(answer.read())
        connection.close()
        if answer.status != 200:
            raise AssertionError(f"{login} cannot log in: {session}")
        self.headers = {"Cookie": answer.getheader("Set-Cookie").split(";")[0], "X-CSRF-Token": session["csrf"]}

    def request(self, method, path, body=None, headers=None):
        return self.server.web_request(method, path, body, {**self.headers, **(headers or {})})

    def api(self, method, path, body=None):
        status, answer = self.request(method, path, body)
        if status >= 400:
            raise AssertionError(f"{method} {path}: {status} {answer}")
        return answer

    def raw(self, path, headers=None):
        """Status, headers and the bytes of the body."""
        connection = http.client.HTTPConnection(self.server.host, self.server.http_port, timeout=30)
        try:
            connection.request("GET", path, headers={**self.headers, **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()
