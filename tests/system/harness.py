"""What every system test stands on: a real strowgerd on addresses and ports of its own, with a data directory of its own.

Each test program owns a piece of 127.0.0.0/8 (127.A.B.1 is the server, 127.A.B.11 and up are phones), so that programs
may run side by side. Nothing here waits for a fixed time: `until` polls what is needed, with a deadline.
"""
import argparse
import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from datetime import datetime, timezone
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SANITIZER_WORDS = ("AddressSanitizer", "LeakSanitizer", "ThreadSanitizer", "runtime error:", "UndefinedBehavior")
START_SECONDS = 20
STOP_SECONDS = 20

build_root = ROOT / "build"
_subnet = f"127.{20 + os.getpid() // 250 % 200}.{1 + os.getpid() % 250}"


def main():
    """Entry of each test program: --build DIR, then unittest's own arguments."""
    global build_root
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--build", type=Path, default=build_root)
    options, rest = parser.parse_known_args()
    build_root = options.build.resolve()
    unittest.main(module="__main__", argv=[sys.argv[0], *rest], verbosity=2)


def patience():
    """How much slower than the real thing this build is allowed to be."""
    return 10 if b"__asan_init" in (build_root / "src/daemon/strowgerd").read_bytes() else 1


def address(host):
    return f"{_subnet}.{host}"


def now():
    """As the API writes times: UTC to the millisecond; such texts can be compared. What has happened before is earlier: a
    millisecond begins."""
    def read():
        return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    before = read()
    while (later := read()) == before:
        pass
    return later


_given_ports = set()
SIPP_CONTROL = range(8888, 8960)  # every SIPp takes one of these on all addresses, whatever it is for


def is_free(host, port):
    if (host, port) in _given_ports or port in SIPP_CONTROL:
        return False
    try:
        for one in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(socket.AF_INET, one) as probe:
                probe.bind((host, port))
    except OSError:
        return False
    return True


def free_port(host, count=1):
    """A port free for UDP and TCP on that address, even; below every range for voice. Never given twice. With `count`,
    as many even ports in a row: the first is returned."""
    while True:
        first = random.randrange(2100, 9900, 2)
        ports = range(first, first + 2 * count, 2)
        if all(is_free(host, port) for port in ports):
            _given_ports.update((host, port) for port in ports)
            return first


def free_port_everywhere():
    """For a program that listens on all addresses, whatever it is told: no port that free_port gives to others, who may bind it
    long after they were told it."""
    while True:
        port = random.randrange(1100, 2100, 2)
        if is_free("0.0.0.0", port):
            _given_ports.add(("0.0.0.0", port))
            return port


def free_rtp_range():
    """The first of 500 ports that nobody has: other daemons may run on this machine, with the default range or another.
    From 26000 on are the ports of unit tests (tests/unit/media/relay_fixture.c)."""
    used = {int(line.split()[1].split(":")[1], 16) for name in ("udp", "udp6")
            for line in Path("/proc/net", name).read_text().splitlines()[1:]}
    starts = [start for start in range(20500, 26000, 500) if not used.intersection(range(start, start + 500))]
    return random.choice(starts or range(20500, 26000, 500))


def until(condition, what, seconds=10):
    """Polls `condition` until it returns something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}; last answer {str(result)[:500]}")
        time.sleep(0.01)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self.path))


class ApiError(Exception):
    def __init__(self, status, body):
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.code = body.get("error", {}).get("code") if isinstance(body, dict) else None


class Server:
    """One strowgerd. Keeps its data directory over restarts until `close`."""

    def __init__(self, *options, build=None):
        self.build = build or build_root
        self.folder = Path(tempfile.mkdtemp(prefix="strowger-test-"))
        self.data = self.folder / "data"
        self.host = address(1)
        self.sip_port = free_port(self.host)
        self.sips_port, self.ws_port, self.wss_port = (free_port(self.host) for _ in range(3))
        self.http_port = free_port(self.host)
        self.rtp_min = free_rtp_range()
        self.options = list(options)
        self.process = None
        self.log = self.folder / "log"

    @property
    def binary(self):
        return self.build / "src/daemon/strowgerd"

    @property
    def sip_address(self):
        return self.host, self.sip_port

    def port_of(self, transport):
        return {"tls": self.sips_port, "ws": self.ws_port, "wss": self.wss_port}.get(transport, self.sip_port)

    def command(self, *more):
        return [str(self.binary), "--data", str(self.data), "--bind", self.host, "--sip-port", str(self.sip_port),
                "--sips-port", str(self.sips_port), "--ws-port", str(self.ws_port), "--wss-port", str(self.wss_port),
                "--http-port", str(self.http_port), "--web", str(ROOT / "web/dist"),
                "--sounds", str(self.build / "packaging/sounds"), *self.options, *more]

    def start(self):
        with self.log.open("a") as log:
            self.process = subprocess.Popen(self.command(), stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until(self.is_healthy, f"strowgerd answers; log: {self.log_text()[-2000:]}", START_SECONDS)
        return self

    def is_healthy(self):
        if self.process.poll() is not None:
            raise AssertionError(f"strowgerd ended with {self.process.returncode}:\n{self.log_text()}")
        try:
            return self.api("GET", "/api/health")["status"] == "ok"
        except (OSError, http.client.HTTPException):
            return False

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def stop(self):
        """SIGTERM; the daemon must end by itself, with 0, and no sanitizer may have anything to say."""
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            status = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise AssertionError(f"strowgerd did not stop within {STOP_SECONDS} s:\n{self.log_text()[-4000:]}")
        self.assert_clean_log()
        if status != 0:
            raise AssertionError(f"strowgerd ended with {status}:\n{self.log_text()[-4000:]}")

    def assert_clean_log(self):
        text = self.log_text()
        for word in SANITIZER_WORDS:
            if word in text:
                raise AssertionError(f"sanitizer finding:\n{text[max(text.find(word) - 200, 0):][:6000]}")

    def kill(self):
        """kill -9: what a power cut does to the process."""
        self.process.kill()
        self.process.wait()
        self.process = None
        self.assert_clean_log()

    def restart(self):
        self.stop()
        return self.start()

    def close(self):
        try:
            self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    # What an administrator on this machine can do, through the local socket.

    def api(self, method, path, body=None):
        status, answer = self.request(method, path, body)
        if status >= 400:
            raise ApiError(status, answer)
        return answer

    def request(self, method, path, body=None, headers=None):
        connection = UnixConnection(self.data / "strowger.sock")
        return self._exchange(connection, method, path, body, headers or {})

    def web_request(self, method, path, body=None, headers=None):
        """The same by the web port, without the administrator's privilege."""
        connection = http.client.HTTPConnection(self.host, self.http_port, timeout=30)
        return self._exchange(connection, method, path, body, headers or {})

    @staticmethod
    def _exchange(connection, method, path, body, headers):
        try:
            raw = None
            if body is not None:
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                headers = {"Content-Type": "application/json", **headers}
            connection.request(method, path, raw, headers)
            response = connection.getresponse()
            text = response.read()
            is_json = "json" in response.getheader("Content-Type", "")
            return response.status, (json.loads(text) if is_json and text else text.decode(errors="replace"))
        finally:
            connection.close()

    def load(self, config):
        """Imports a configuration; settings that need a restart get it."""
        settings = {"rtp_port_min": self.rtp_min, "rtp_port_max": self.rtp_min + 498,
                    "password_weak_allowed": True,  # these here are made to be read
                    **config.get("settings", {})}
        answer = self.api("POST", "/api/import", {**config, "settings": settings})
        if answer.get("errors"):
            raise AssertionError(f"import refused: {answer['errors']}")
        if self.api("GET", "/api/status").get("restart_needed"):
            self.restart()
        return answer

    def metrics(self):
        """Prometheus text as {name or name{labels}: value}."""
        values = {}
        for line in self.api("GET", "/metrics").splitlines():
            if line and not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                values[name] = float(value)
        return values

    def calls(self):
        answer = self.api("GET", "/api/calls")
        return answer["items"] if isinstance(answer, dict) else answer

    def registrations(self):
        answer = self.api("GET", "/api/registrations")
        return answer["items"] if isinstance(answer, dict) else answer

    def wait_registered(self, *names, seconds=20):
        """Phones with a fixed address are listed, too, but do not register."""
        until(lambda: {one["phone"] for one in self.registrations() if one["expires_at"]} == set(names),
              f"{', '.join(names)} are registered, and nobody else", seconds)

    def records(self):
        return self.api("GET", "/api/call-records?per_page=500&sort=started_at&order=asc")["items"]

    def wait_records(self, number, since="", seconds=10):
        """The records of calls begun at that time or later, once there are `number` of them and no call is left."""
        def fresh():
            return [record for record in self.records() if record["started_at"] >= since]

        until(lambda: not self.calls() and len(fresh()) >= number, f"{number} call records", seconds)
        records = fresh()
        if len(records) != number:
            raise AssertionError(f"expected {number} call records, got {len(records)}: {str(records)[:2000]}")
        return records

    def wait_idle(self, seconds=10):
        """No live call any more. What is left over is hung up, so that the next test begins clean, and complained about."""
        try:
            until(lambda: not self.calls(), "no live call", seconds)
        except AssertionError:
            left = self.calls()
            for call in left:
                self.request("POST", f"/api/calls/{call['call_id']}/hangup")
            raise AssertionError(f"live calls are left: {str(left)[:2000]}") from None

    def live_call(self, fits=lambda call: True, seconds=30):
        """The one live call, once it fits; what the API shows may be some 20 ms behind."""
        return until(lambda: [call for call in self.calls() if fits(call)], "a live call that fits", seconds)[0]


class SystemTest(unittest.TestCase):
    """A server for the whole class, started with `CONFIG`; each test begins and ends without live calls."""

    CONFIG = None
    OPTIONS = ()

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.OPTIONS)
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        config = cls.config()
        if config:
            cls.server.load(config)

    @classmethod
    def config(cls):
        return cls.CONFIG

    def tearDown(self):
        if self.server.process is not None:
            self.server.wait_idle()
            self.server.assert_clean_log()
            if self.server.process.poll() is not None:
                self.fail(f"strowgerd died:\n{self.server.log_text()[-4000:]}")


def user(number, *phones, **more):
    """A user in import form, whose login, number and name follow from one number."""
    return {"login": f"1{number}", "first_name": "Test", "last_name": f"User{number}", "phones": list(phones),
            "numbers": [str(number)], **more}


def password_phone(name, **more):
    return {"name": name, "auth": "password", "secret": f"secret-of-{name}", "qualify_s": 0, **more}


def address_phone(name, host, port, **more):
    """A phone that does not register: known by its address."""
    return {"name": name, "auth": "address", "host": host, "port": port, "qualify_s": 0, **more}
