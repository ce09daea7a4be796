#!/usr/bin/env python3
"""How fast the pages are in a big house: what each asks the API for, with many users, phones, numbers and call records.

scale.py BUILD [USERS] [RECORDS]: fills a database beside a daemon of its own (100,000 users with a phone and a number each, and
5,000,000 records, unless told otherwise), asks each thing several times by the local socket, and prints a table of milliseconds.
Everything beyond GOAL_MS is marked.
"""
import http.client
import json
import pathlib
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

DAY_MS = 86_400_000
GOAL_MS = 100
ROUNDS = 7
FIRST = ["Anna", "Bernd", "Clara", "Dieter", "Eva", "Frank", "Gül", "Heinz", "Ines", "Jörg", "Katja", "Lars", "Mia", "Nils", "Olga", "Paul"]
LAST = ["Müller", "Schmidt", "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz", "Hoffmann", "Koch", "Richter", "Klein", "Wolf", "Özer",
        "Neumann", "Zimmermann", "Hartmann", "Krüger", "Lange", "Werner", "Ångström", "Quandt", "Yıldız", "Xaver", "Ulrich", "Petersen"]


class Local(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=600)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


class Daemon:
    def __init__(self, build, data):
        self.path = f"{data}/strowger.sock"
        self.process = subprocess.Popen([f"{build}/src/daemon/strowgerd", "--data", data, "--bind", "127.0.0.1", "--sip-port", "0", "--sips-port", "off",
                                         "--wss-port", "off", "--ws-port", "off", "--http-port", "0", "--fastpath", "off", "--log", "warn"],
                                        stdout=subprocess.DEVNULL)
        self.connection = Local(self.path)
        begun = time.monotonic()
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() - begun > 120:
                raise SystemExit("strowgerd does not answer")
            time.sleep(0.1)
        self.start_s = time.monotonic() - begun

    def answers(self):
        try:
            return self.ask("/api/health")["status"] == "ok"
        except OSError:
            self.connection.close()
            return False

    def ask(self, target):
        self.connection.request("GET", target)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{target}: {answer.status} {text[:200]}")
        return json.loads(text)

    def stream(self, target):
        """Bytes, seconds, and by how many MB the memory grew at most."""
        connection = Local(self.path)
        begun, size, before = time.monotonic(), 0, self.resident_mb()
        most = before
        connection.request("GET", target)
        answer = connection.getresponse()
        while piece := answer.read(1 << 20):
            size += len(piece)
            most = max(most, self.resident_mb())
        connection.close()
        return size, time.monotonic() - begun, most - before

    def resident_mb(self):
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * 4096 / 1e6

    def stop(self):
        self.process.terminate()
        self.process.wait()


def fill_people(db, users):
    """A phone and a number each; the last 1,000 phones and numbers are nobody's."""
    digits = len(str(users)) + 1
    base = 10 ** (digits - 1)
    db.execute("DELETE FROM \"range\"")
    db.execute("INSERT INTO \"range\" (first, last) VALUES (?, ?)", (str(base), str(10 ** digits - 1)))
    db.executemany("INSERT INTO user (id, login, first_name, last_name, email) VALUES (?,?,?,?,?)",
                   ((i, str(base + i), FIRST[i % 16], f"{LAST[i * 7 % 26]} {i}", f"user{i}@example.invalid") for i in range(1, users + 1)))
    db.executemany("INSERT INTO phone (id, name, secret) VALUES (?,?,?)", ((i, f"phone-{i}", "x" * 24) for i in range(1, users + 1)))
    owned = max(users - 1000, users // 2)
    db.executemany("INSERT INTO user_phone (user, phone, position) VALUES (?,?,0)", ((i, i) for i in range(1, owned + 1)))
    db.executemany("INSERT INTO number (id, number, user) VALUES (?,?,?)",
                   ((i, str(base + i), i if i <= owned else None) for i in range(1, users + 1)))
    db.execute("INSERT INTO \"group\" (id, name, group_id) VALUES (1, 'Everybody', '1')")
    db.executemany("INSERT INTO group_member (\"group\", user, position) VALUES (1, ?, ?)", ((i, i) for i in range(1, min(users, 500) + 1)))


def fill_records(db, count, users):
    """Of a year; a tenth of the users makes most of the calls, with the same numbers outside again and again."""
    base = 10 ** len(str(users))

    def outside(i):
        return f"+49{(30, 211, 171, 221)[i % 4]}{i * 7919 % 300_007 + 4_000_000}"

    def inside(user):
        return str(base + user), f"{FIRST[user % 16]} {LAST[user * 7 % 26]} {user}"

    first = int(time.time() * 1000) - 365 * DAY_MS
    step = 365 * DAY_MS // max(count, 1)
    busy = max(users // 10, 1)
    reasons = ('["number_of_user\\u001f102\\u001fBernd Beispiel","phone_rings\\u001fdesk"]',
               '["from_line\\u001fprovider","number_of_user\\u001f102\\u001fBernd Beispiel","phone_rings\\u001fdesk"]',
               '["number_outside\\u001f+493012345678","line_used\\u001fprovider"]')

    def row(i):
        caller, called = i * 7919 % busy + 1, i * 104729 % users + 1
        begun = first + i * step
        return (f"{i * 0x9e3779b97f4a7c15 % (1 << 64):016x}@192.0.2.1", begun, begun + 2000, begun + 5000, begun + 65000,
                *((outside(i), "", None) if i % 3 == 1 else (*inside(caller), caller)),
                *((outside(i), "", None) if i % 3 == 2 else (*inside(called), called)),
                "answered" if i % 5 else "busy", 60, reasons[i % 3])

    db.executemany("INSERT INTO call_record (call_id, started_at, ringing_at, answered_at, ended_at, caller_number, caller_name,"
                   " caller_user, called_number, called_name, called_user, result, duration_s, explanation)"
                   " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", map(row, range(count)))


def fill(data, users, records):
    db = sqlite3.connect(f"{data}/strowger.db")
    db.execute("PRAGMA synchronous = OFF")
    for entity in ("user", "phone", "number", "call_record"):
        db.execute(f"DROP INDEX IF EXISTS {entity}_covering")  # some hold what only the daemon can work out; it makes them anew
    begun = time.monotonic()
    fill_people(db, users)
    fill_records(db, records, users)
    db.commit()
    db.close()
    return time.monotonic() - begun


def wait_indexed(data):
    """Whose calls they are and which words they have is written down in the background, a piece at a time."""
    db = sqlite3.connect(f"file:{data}/strowger.db?mode=ro", uri=True)
    begun = time.monotonic()
    while db.execute("SELECT (SELECT max(id) FROM call_record) > last + 4096 FROM call_word_range").fetchone()[0]:
        time.sleep(1)
    db.close()
    return time.monotonic() - begun


def questions(users, records):
    """What the pages ask: name, target."""
    def pages(path, total):
        return [(f"{path}", f"/api/{path}"), (f"{path}, last page", f"/api/{path}?page={max(total // 50, 1)}")]

    since = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 30 * 86400))
    asked = pages("users", users) + [
        ("users, search", "/api/users?search=anna%20fischer"), ("users, search of a number", f"/api/users?search={users // 2}"),
        ("users, letter", "/api/users?letter=F"), ("users by login", "/api/users?sort=login"), ("users by e-mail, down", "/api/users?sort=email&order=desc"),
        ("users by numbers", "/api/users?sort=numbers"), ("users by phones", "/api/users?sort=phone_names"), ("administrators", "/api/users?admin=true"),
        ("one user", f"/api/users/{users // 2}"), ("people to call", "/api/users?search=weber&per_page=20")]
    asked += pages("phones", users) + [
        ("phones, search", "/api/phones?search=phone-77"), ("phones by users", "/api/phones?sort=user_names"), ("phones by type", "/api/phones?sort=type_name"),
        ("one phone", f"/api/phones/{users // 2}")]
    asked += pages("numbers", users) + [
        ("numbers, search", "/api/numbers?search=77"), ("free numbers", "/api/numbers?held=false"), ("numbers of a user", f"/api/numbers?user={users // 2}"),
        ("numbers by user", "/api/numbers?sort=user_name"), ("external numbers", "/api/numbers?kind=external"), ("one number", f"/api/numbers/{users // 2}")]
    asked += [("groups", "/api/groups"), ("members of a group", "/api/group-members?group=1&per_page=1000"), ("changes", "/api/changes"),
              ("sessions", "/api/sessions"), ("notices", "/api/notices"), ("status", "/api/status")]
    asked += [("records", "/api/call-records"), ("records, page 200", "/api/call-records?page=200"),
              ("records of 30 days", f"/api/call-records?from={since}"), ("records, outgoing", "/api/call-records?direction=out"),
              ("records, busy", "/api/call-records?result=busy"), ("records of a busy user", "/api/call-records?user=7"),
              ("records of a quiet user", f"/api/call-records?user={users - 1}"), ("records of nobody", "/api/call-records?user=987654321"),
              ("records of a user, 30 days", f"/api/call-records?user=7&from={since}"), ("records of a user, incoming", "/api/call-records?user=7&direction=in"),
              ("records of a group", "/api/call-records?group=1"), ("records, search, 30 days", f"/api/call-records?from={since}&search=anna"),
              ("records, search of a word that none has", "/api/call-records?search=nobody"), ("records, search of a number outside", "/api/call-records?search=2114001"),
              ("records, search of two words", "/api/call-records?search=quandt%2099"), ("records, search of a frequent word", "/api/call-records?search=anna"),
              ("records, search of a Call-ID", "/api/call-records?search=9e3779b97f4a7c15"),
              ("one record", f"/api/call-records/{records // 2}")]
    return asked


def measure(daemon, users, records):
    slow = []
    print("| what | ms, median | most | total |\n|---|---:|---:|---:|")
    for name, target in questions(users, records):
        times, answer = [], {}
        for _ in range(ROUNDS):
            begun = time.monotonic()
            answer = daemon.ask(target)
            times.append((time.monotonic() - begun) * 1000)
        times.sort()
        mark = " **" if times[ROUNDS // 2] > GOAL_MS else ""
        slow += [name] if mark else []
        print(f"| {name} | {times[ROUNDS // 2]:.1f}{mark} | {times[-1]:.1f} | {answer.get('total', '')} |", flush=True)
    for target in ("/api/call-records.csv", "/api/users.csv", "/api/export"):
        size, seconds, grown = daemon.stream(target)
        print(f"| {target} | {size / 1e6:.0f} MB in {seconds:.1f} s | | memory +{grown:.0f} MB |", flush=True)
    return slow


def main():
    build = sys.argv[1]
    users = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    records = int(sys.argv[3]) if len(sys.argv) > 3 else 5_000_000
    with tempfile.TemporaryDirectory(prefix="strowger-scale-") as data:
        Daemon(build, data).stop()
        print(f"{users} users, {records} records, filled in {fill(data, users, records):.0f} s", flush=True)
        daemon = Daemon(build, data)
        print(f"start {daemon.start_s:.1f} s, {daemon.resident_mb():.0f} MB", flush=True)
        print(f"calls put in order by their users and words in {wait_indexed(data):.0f} s", flush=True)
        daemon.connection.close()  # the daemon has not waited for us
        slow = measure(daemon, users, records)
        print(f"memory at the end {daemon.resident_mb():.0f} MB; beyond {GOAL_MS} ms: {', '.join(slow) or 'nothing'}")
        daemon.stop()


if __name__ == "__main__":
    main()
