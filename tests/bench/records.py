#!/usr/bin/env python3
"""Call records in millions: how fast the list answers, how fast they leave as CSV and with how much memory.

records.py BUILD [MILLIONS]: makes a database of that many records beside a daemon of its own, and asks it over the local socket.
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
USERS = 500


class Local(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=600)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def start(build, data):
    command = [f"{build}/src/daemon/strowgerd", "--data", data, "--bind", "127.0.0.1", "--sip-port", "0", "--sips-port", "off",
               "--wss-port", "off", "--ws-port", "off", "--http-port", "0", "--fastpath", "off", "--log", "warn"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    path = f"{data}/strowger.sock"
    for _ in range(600):
        try:
            ask(path, "/api/health")
            return process, path
        except OSError:
            time.sleep(0.1)
    raise SystemExit("strowgerd does not answer")


def ask(path, target):
    connection = Local(path)
    connection.request("GET", target)
    answer = connection.getresponse().read()
    connection.close()
    return json.loads(answer)


def fill(data, count):
    db = sqlite3.connect(f"{data}/strowger.db")
    db.execute("PRAGMA synchronous = OFF")
    first = int(time.time() * 1000) - 365 * DAY_MS
    step = 365 * DAY_MS // count
    reasons = ('["number_of_user\\u001f102\\u001fBernd Beispiel","phone_rings\\u001fdesk"]',
               '["from_line\\u001fprovider","number_of_user\\u001f102\\u001fBernd Beispiel","phone_rings\\u001fdesk"]',
               '["number_outside\\u001f+493012345678","line_used\\u001fprovider"]')
    rows = ((f"{i:016x}@192.0.2.1", first + i * step, first + i * step + 2000, first + i * step + 5000, first + i * step + 65000,
             "101", "Anna Berg", None if i % 3 == 1 else i % USERS + 1, "102", "Bernd Beispiel",
             None if i % 3 == 2 else i * 7 % USERS + 1, "answered" if i % 5 else "busy", 60, reasons[i % 3]) for i in range(count))
    begun = time.monotonic()
    db.executemany("INSERT INTO call_record (call_id, started_at, ringing_at, answered_at, ended_at, caller_number, caller_name,"
                   " caller_user, called_number, called_name, called_user, result, duration_s, explanation)"
                   " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)
    db.commit()
    print(f"{count} records stored, {(time.monotonic() - begun) * 1e6 / count:.1f} us each by this script")
    db.close()


def resident_mb(pid):
    return int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6


def export(path, pid, target):
    connection = Local(path)
    begun, size, most = time.monotonic(), 0, resident_mb(pid)
    before = most
    connection.request("GET", target)
    answer = connection.getresponse()
    while piece := answer.read(1 << 20):
        size += len(piece)
        most = max(most, resident_mb(pid))
    seconds = time.monotonic() - begun
    print(f"{target}: {size / 1e6:.0f} MB in {seconds:.1f} s, memory {before:.0f} MB before, at most {most:.0f} MB")
    connection.close()


def measure(build, data):
    process, path = start(build, data)
    since = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() - 30 * 86400))
    for query in ("", "?page=200", "?user=7", "?user=7&direction=in", "?user=100000", "?direction=out", "?result=busy",
                  f"?from={since}", f"?from={since}&user=7", f"?from={since}&user=7&result=busy", f"?from={since}&search=Anna"):
        times = []
        for _ in range(5):
            begun = time.monotonic()
            answer = ask(path, f"/api/call-records{query}")
            times.append((time.monotonic() - begun) * 1000)
        print(f"list {query or 'all'}: {min(times):.1f} to {max(times):.1f} ms, total {answer['total']}")
    export(path, process.pid, "/api/call-records.csv")
    process.terminate()
    process.wait()


def main():
    build, count = sys.argv[1], int(float(sys.argv[2] if len(sys.argv) > 2 else 5) * 1e6)
    with tempfile.TemporaryDirectory(prefix="strowger-records-") as data:
        process, _ = start(build, data)
        process.terminate()
        process.wait()
        fill(data, count)
        measure(build, data)


if __name__ == "__main__":
    main()
