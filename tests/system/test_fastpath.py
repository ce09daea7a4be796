#!/usr/bin/env python3
"""Voice in the kernel, with the whole daemon: two phones on networks of their own, calls that the kernel carries, an account
without any right, and a power cut. Runs in network namespaces of its own; a machine that forbids them fails this test."""
import ctypes
import os
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

import harness
from harness import SystemTest, password_phone, until, user
from sipphone import Phone, sdp, sdp_target

IN_NAMESPACE = "STROWGER_TEST_NAMESPACE"
CLONE_NEWNET = 0x40000000
HOSTS = (("10.1.0.1", "10.1.0.2"), ("10.2.0.1", "10.2.0.2"))  # the server's address and the phone's
libc = ctypes.CDLL(None, use_errno=True)


def enter_namespace():
    """The same program again, in a network of its own."""
    if not os.environ.get(IN_NAMESPACE):
        os.execvpe("unshare", ["unshare", "-n", sys.executable, *sys.argv], {**os.environ, IN_NAMESPACE: "1"})
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


class Host:
    """A network namespace at the other end of a wire."""

    def __init__(self, number, ours, theirs):
        self.holder = subprocess.Popen(["unshare", "-n", "sh", "-c", "echo; exec sleep 600"], stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        self.server, self.ip = ours, theirs
        inside = ["nsenter", "-t", str(self.holder.pid), "-n"]
        for command in (
                ["ip", "link", "add", f"wire{number}", "type", "veth", "peer", "name", "there", "netns", str(self.holder.pid)],
                ["ip", "addr", "add", f"{ours}/24", "dev", f"wire{number}"], ["ip", "link", "set", f"wire{number}", "up"],
                [*inside, "ip", "addr", "add", f"{theirs}/24", "dev", "there"], [*inside, "ip", "link", "set", "there", "up"]):
            subprocess.run(command, check=True)

    @contextmanager
    def inside(self):
        """Sockets that are opened here are the host's."""
        with open("/proc/self/ns/net", "rb") as home, open(f"/proc/{self.holder.pid}/ns/net", "rb") as there:
            self.enter(there)
            try:
                yield
            finally:
                self.enter(home)

    @staticmethod
    def enter(namespace):
        if libc.setns(namespace.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns")

    def close(self):
        self.holder.kill()
        self.holder.wait()
        self.holder.stdout.close()


class Fastpath(SystemTest):
    OPTIONS = ("--user", "nobody")
    CONFIG = {
        "phones": [password_phone("p1"), password_phone("p2")],
        "users": [user(101, "p1"), user(102, "p2")],
    }

    @classmethod
    def setUpClass(cls):
        cls.hosts = [Host(number, *host) for number, host in enumerate(HOSTS)]
        for host in cls.hosts:
            cls.addClassCleanup(host.close)
        cls.server = harness.Server(*cls.OPTIONS)
        cls.server.host = "0.0.0.0"
        cls.server.folder.chmod(0o755)  # the account has to come through
        cls.addClassCleanup(cls.server.close)
        cls.server.start()
        cls.server.load(cls.CONFIG)

    @contextmanager
    def call(self):
        with ExitStack() as open_ones:
            phones = []
            for number, host in enumerate(self.hosts, 1):
                with host.inside():
                    phone = open_ones.enter_context(
                        Phone((host.server, self.server.sip_port), host.ip, f"p{number}", f"secret-of-p{number}"))
                    phone.open_rtp()
                phone.register()
                phones.append(phone)
            dialog = phones[0].invite("102")
            answered = phones[1].answer_invite()
            answered.reply(200, body=sdp(phones[1].host, phones[1].rtp.port))
            answer = dialog.established()
            phones[0].to, phones[1].to = sdp_target(answer.body), sdp_target(answered.invite.body)
            yield phones, dialog, answered

    def talk(self, phones, enough, seconds=10):
        """Both speak until that is so; every packet arrives. How many each has sent."""
        sent, deadline = 0, time.monotonic() + seconds
        while not enough():
            self.assertLess(time.monotonic(), deadline, "the kernel has not taken the voice")
            for one, other in (phones, phones[::-1]):
                one.rtp.send(one.to)
                self.assertIsNotNone(other.rtp.receive(5), "a packet is lost")
            sent += 1
            time.sleep(0.02)
        return sent

    def kernel_packets(self):
        return self.metric("strowger_media_kernel_packets_total")

    def metric(self, name):
        """They come a moment after the start."""
        until(lambda: name in self.server.metrics(), "figures of the media")
        return self.server.metrics()[name]

    def capabilities(self):
        threads = f"/proc/{self.server.process.pid}/task"
        for thread in os.listdir(threads):
            with open(f"{threads}/{thread}/status", encoding="ascii") as status:
                fields = dict(line.split(":", 1) for line in status)
            yield fields["Name"].strip(), int(fields["CapEff"], 16)

    def test_a_call_is_carried_by_the_kernel_for_a_daemon_without_rights(self):
        self.assertEqual(self.metric("strowger_media_fastpath"), 1, self.server.log_text())
        for name, rights in self.capabilities():
            if name != "firewall":
                self.assertEqual(rights, 0, name)
        before, since = self.kernel_packets(), harness.now()
        with self.call() as (phones, dialog, answered):
            sent = self.talk(phones, lambda: self.kernel_packets() >= before + 50)
            dialog.hang_up()
            answered.is_hung_up()
        record, = self.server.wait_records(1, since)
        self.assertEqual((record["packets_to_caller"], record["packets_to_called"]), (sent, sent))

    def test_a_power_cut_leaves_nothing_that_disturbs_the_next_start(self):
        before = self.kernel_packets()
        with self.call() as (phones, _, _):
            self.talk(phones, lambda: self.kernel_packets() > before)
            self.server.kill()
            until(lambda: not self.passes(phones), "no voice without the daemon")
        self.server.start()
        with self.call() as (phones, dialog, answered):
            self.talk(phones, lambda: self.kernel_packets() > 0)
            dialog.hang_up()
            answered.is_hung_up()

    @staticmethod
    def passes(phones):
        phones[0].rtp.send(phones[0].to)
        return phones[1].rtp.receive(0.2)


if __name__ == "__main__":
    enter_namespace()
    harness.main()
