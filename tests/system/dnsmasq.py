"""A real name server with the test's own records, on an address and a port of its own."""
import subprocess
import tempfile
from pathlib import Path

from harness import address, free_port, until


class Dnsmasq:
    """`records`: options of dnsmasq, like "srv-host=_sip._udp.a.test,b.test,5060,1,0". It knows .test and nothing else."""

    def __init__(self, records, host=None):
        self.folder = tempfile.TemporaryDirectory(prefix="strowger-dnsmasq-")
        self.host = host or address(40)
        self.port = free_port(self.host)
        self.log = Path(self.folder.name) / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
                 "--no-poll", "--pid-file", "--user=", "--group=", f"--listen-address={self.host}", "--bind-interfaces",
                 "--log-facility=-", "--local=/test/", f"--port={self.port}", *(f"--{record}" for record in records)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until(self._started, "dnsmasq starts", 20)

    def _started(self):
        text = self.log.read_text(errors="replace")
        if self.process.poll() is not None:
            raise AssertionError(f"dnsmasq ended with {self.process.returncode}:\n{text}")
        return "started, version" in text

    @property
    def servers(self):
        """For strowgerd --dns."""
        return f"{self.host}:{self.port}"

    def close(self):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()
