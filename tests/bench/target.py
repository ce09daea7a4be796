"""The measured server: its process, and how load is put on it."""
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "system"))

from harness import Server, address, address_phone, free_port, password_phone, until, user  # noqa: E402
from sipphone import Phone  # noqa: E402

USERS = 1000
TLS_LINKS = 20  # connections on each side
ROOMS = 50  # conferences, of ten members each
SETTLE_SECONDS = 1  # the last call records are written a moment after the last call


class Target:
    """Any SIP server on this machine, known by its address and process id."""

    def __init__(self, tools, server, pid, caller, called, number, caller_name, prefix, password,
                 more=()):
        self.more = more
        self.tools, self.server, self.pid = tools, server, pid
        self.caller, self.called, self.number, self.caller_name = caller, called, number, caller_name
        self.prefix, self.password = prefix, password

    def cpu_us(self):
        """CPU time of the process since it began, all its threads, living and dead (clock_getcpuclockid)."""
        return time.clock_gettime((~self.pid << 3) | 2) * 1e6

    def status_kb(self, field="VmRSS"):
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise KeyError(field)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def is_alive(self):
        return Path(f"/proc/{self.pid}/stat").exists()

    def command(self, *options):
        return [str(self.tools / "callgen"), "--server", self.server, "--caller", self.caller, "--called", self.called,
                "--number", self.number, "--from", self.caller_name, *self.more, *map(str, options)]

    def transcoding(self, seconds=100):
        """(codec, codec) -> (µs of ours, µs of the libraries) for a packet of 20 ms."""
        out = subprocess.run([str(self.tools / "bench_transcode"), str(seconds)], stdout=subprocess.PIPE, text=True, check=True).stdout
        return {(one, other): (float(ours), float(library))
                for one, other, ours, library in (line.split() for line in out.splitlines())}

    def keys(self):
        """Of one user with 500 watchers: ms from a change to the last NOTIFY, waiting and working; bytes a subscription."""
        out = subprocess.run([str(self.tools / "bench_notify")], stdout=subprocess.PIPE, text=True, check=True).stdout
        waits, works = re.search(r"^change 500 watchers: waits ([\d.]+) ms, works ([\d.]+) ms", out, re.M).groups()
        return float(waits), float(works), int(re.search(r"^subscriptions +(\d+) bytes", out, re.M)[1])

    def ringing(self):
        """ms of CPU time until all of a group of a hundred ring."""
        out = subprocess.run([str(self.tools / "bench_ring")], stdout=subprocess.PIPE, text=True, check=True).stdout
        return int(re.search(r": (\d+) us", out)[1]) / 1000

    def latency(self, calls, seconds):
        """Way of a packet -> µs: median, 99 %, 99.9 %, longest; and how many were lost."""
        out = subprocess.run([str(self.tools / "bench_latency"), str(calls), str(seconds)], stdout=subprocess.PIPE, text=True,
                             check=True).stdout
        return {way: [int(us) for us in figures] for way, *figures in (line.split() for line in out.splitlines())}

    def mixing(self, seconds=20):
        """("room" or "music", codec) -> (µs of ours, µs of the libraries) for a packet of 20 ms."""
        out = subprocess.run([str(self.tools / "bench_mix"), str(seconds)], stdout=subprocess.PIPE, text=True, check=True).stdout
        return {(what, codec): (float(ours), float(library))
                for what, codec, ours, library in (line.split() for line in out.splitlines())}

    def tapes(self, seconds=10, streams=1000):
        """"record" or "play" -> (µs for a packet of 20 ms, ticks that the disk was late)."""
        out = subprocess.run([str(self.tools / "bench_tapes"), str(seconds), str(streams)], stdout=subprocess.PIPE, text=True,
                             check=True).stdout
        return {what: (float(us), int(late)) for what, us, late in (line.split() for line in out.splitlines())}

    def machine(self):
        return json.loads(subprocess.run([str(self.tools / "machine")], stdout=subprocess.PIPE, text=True, check=True).stdout)

    def calls(self, rate, calls, hold_ms):
        """Runs so many calls; callgen's counts, and the server's CPU time for each in `cpu_us`."""
        before = self.cpu_us()
        result = subprocess.run(self.command("--rate", rate, "--calls", calls, "--hold-ms", hold_ms),
                                stdout=subprocess.PIPE, text=True)
        time.sleep(SETTLE_SECONDS)
        if not result.stdout:
            sys.exit("bench: callgen ended without a result")
        counts = json.loads(result.stdout)
        counts["cpu_us"] = (self.cpu_us() - before) / calls
        return counts

    def talk(self, calls, seconds, rate=500, more=(), arrives="received"):
        """Established calls that talk: RSS and CPU around it, what arrived ("foreign": made by the server itself)."""
        idle_kb = self.status_kb()
        generator = subprocess.Popen(self.command("--rate", rate, "--calls", calls, "--talk", seconds, *more),
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

        def line():
            text = generator.stdout.readline()
            if not text:
                sys.exit("bench: callgen ended early")
            return json.loads(text)

        established = line()
        time.sleep(SETTLE_SECONDS)
        result = {"kb_per_call": (self.status_kb() - idle_kb) / calls, "failed": established["failed"]}
        before = self.cpu_us()
        generator.stdin.write("\n")
        result.update(line())
        result["cpu_us_per_packet"] = (self.cpu_us() - before) / max(result[arrives], 1)
        generator.stdin.write("\n")
        result["end"] = line()
        generator.wait()
        return result

    def meeting(self, members, seconds):
        """The same in conferences of ten."""
        return self.talk(members, seconds, rate=100, more=("--numbers", members // 10), arrives="foreign")

    def watchers(self, **what):
        """Phones that watch numbers, until the `with` ends."""
        return Watchers(self, **what)

    def registers(self, rounds, rate, phones=USERS):
        """CPU time of a full registration, then of refreshes with the known nonce, one figure for each round."""
        host = self.caller.split(":")[0]
        load = subprocess.Popen(
            [str(self.tools / "registerload"), "--server", self.server, "--local", f"{host}:{free_port(host)}",
             "--prefix", self.prefix, "--password", self.password, "--phones", str(phones), "--rounds", str(rounds),
             "--rate", str(rate)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        figures, last = [], {"registered": 0, "challenged": 0, "failed": 0, "resent": 0}
        for index in range(rounds):
            before = self.cpu_us()
            if index:
                load.stdin.write("\n")
            text = load.stdout.readline()
            if not text:
                sys.exit("bench: registerload ended early")
            time.sleep(SETTLE_SECONDS)
            counts = json.loads(text)
            figures.append({"cpu_us": (self.cpu_us() - before) / phones,
                            **{key: counts[key] - last[key] for key in last}})
            last = counts
        load.wait()
        return figures


class Watchers:
    def __init__(self, target, phones, each, first, numbers, rate=500):
        host = target.caller.split(":")[0]
        self.process = subprocess.Popen(
            [str(target.tools / "watchload"), "--server", target.server, "--local", f"{host}:{free_port(host)}",
             "--prefix", target.prefix, "--password", target.password, "--phones", str(phones), "--each", str(each),
             "--first", str(first), "--numbers", str(numbers), "--rate", str(rate)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.first = self._line()

    def _line(self):
        text = self.process.stdout.readline()
        if not text:
            sys.exit("bench: watchload ended early")
        return json.loads(text)

    def counts(self):
        time.sleep(SETTLE_SECONDS)
        self.process.stdin.write("\n")
        return self._line()

    def refresh(self):
        """All of them, each challenged anew."""
        self.process.stdin.write("refresh\n")
        return self._line()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


def is_registered(phone):
    """A phone that was configured this very moment is not known yet."""
    try:
        phone.register(expires=3600)
    except AssertionError:
        return False
    return True


class OwnServer:
    """A strowgerd of our own with a thousand users, as the goals demand; the called phone is registered."""

    LINE_NUMBER = "0555999"  # outside: the line leads to where the called phone is, and it answers

    def __init__(self, build, rtp_range=(10000, 20000), users=USERS):
        """rtp_range None: a few hundred ports that nobody else has."""
        self.build = build.resolve()
        caller, called, tls_called = address(11), address(12), address(13)
        self.caller = f"{caller}:{free_port(caller)}"
        self.called = f"{called}:{free_port(called)}"
        self.tls_port = free_port(tls_called)
        self.tls_called = f"{tls_called}:{self.tls_port}"
        self.process = Server(build=self.build)
        self.process.start()
        port = int(self.caller.split(":")[1])
        phones = [{"name": f"ph{n}", "secret": f"pw-of-phone-{n}", "qualify_s": 0} for n in range(users)]
        users = [{"login": f"8{n:05}", "first_name": "Vorname", "last_name": f"Nachname{n}", "phones": [f"ph{n}"],
                  "numbers": [str(20000 + n)]} for n in range(users)]
        self.process.load({
            "settings": {"password_weak_allowed": True, "country_code": "49", "area_code": "211", "outside_prefix": "0",
                         **(dict(zip(("rtp_port_min", "rtp_port_max"), rtp_range)) if rtp_range else {})},
            "ranges": [{"first": "100", "last": "999"}, {"first": "20000", "last": "99999"}],
            "phones": [address_phone("caller", caller, port), password_phone("called"), password_phone("unwatched"), *phones,
                       *(address_phone(f"tls{n}", tls_called, self.tls_port + n, transport="tls") for n in range(TLS_LINKS))],
            "lines": [{"name": "outside", "host": self.called, "auth": "address", "register": False, "qualify_s": 0,
                       "main_number": "0211555101"}],
            "conference-rooms": [{"name": f"Room {n}", "entry": "none"} for n in range(ROOMS)],
            "numbers": [{"number": str(600 + n), "conference_room": f"Room {n}"} for n in range(ROOMS)],
            "users": [user(101, "caller"), user(102, "called"), user(103, "unwatched"), *users,
                      *(user(500 + n, f"tls{n}") for n in range(TLS_LINKS))],
        })
        # Who asks too often before it is known is kept out.
        until(lambda: self.process.api("GET", "/api/lines/status")["items"], "the configuration has reached the switch", 60)
        self.register_called()

    def register_called(self):
        host, port = self.called.split(":")
        for name in ("called", "unwatched"):
            with Phone(self.process.sip_address, host, name, f"secret-of-{name}", port=int(port)) as phone:
                until(lambda: is_registered(phone), "the called phone is known")

    def target(self, tls=False, number="102"):
        server = "%s:%d" % ((self.process.host, self.process.sips_port) if tls else self.process.sip_address)
        return Target(self.build / "tests/bench", server, self.process.process.pid, self.caller,
                      self.tls_called if tls else self.called, "500" if tls else number, "101", "ph", "pw-of-phone-",
                      ("--tls", str(TLS_LINKS)) if tls else ())

    def settle(self):
        """Until the last transaction is forgotten, so that a run does not pay for the one before."""
        def is_settled():
            found = self.process.metrics()
            return not any(value for name, value in found.items() if name.startswith("strowger_sip_transactions"))
        until(is_settled, "no transaction is left", 60)

    def restart(self):
        self.process.stop()
        self.process.start()

    def start_ms(self):
        """From the start of the process to the first answered OPTIONS."""
        self.process.stop()
        host = self.caller.split(":")[0]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.bind((host, 0))
            probe.settimeout(0.002)
            me = "%s:%d" % probe.getsockname()
            began = time.monotonic()
            with self.process.log.open("a") as log:
                self.process.process = subprocess.Popen(self.process.command(), stdout=log, stderr=log,
                                                        stdin=subprocess.DEVNULL)
            for count in range(5000):
                try:
                    probe.sendto(f"OPTIONS sip:{host} SIP/2.0\r\nVia: SIP/2.0/UDP {me};branch=z9hG4bKo{count};rport\r\n"
                                 f"Max-Forwards: 70\r\nFrom: <sip:b@{host}>;tag=1\r\nTo: <sip:{host}>\r\n"
                                 f"Call-ID: o{count}@bench\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n".encode(),
                                 self.process.sip_address)
                    probe.recv(4096)
                    break
                except OSError:
                    continue
            else:
                sys.exit("bench: the server does not answer OPTIONS")
            elapsed = (time.monotonic() - began) * 1000
        until(self.process.is_healthy, "the server is healthy", 20)
        return elapsed

    def close(self):
        self.process.close()
