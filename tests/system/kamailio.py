"""A real Kamailio, with a configuration of the test's own: as a proxy in front of phones, or as a provider.

It runs in the foreground with few children and little memory, keeps everything in memory, and writes to `log`.
"""
import os
import signal
import subprocess
import tempfile
from pathlib import Path

from harness import address, free_port, until

MODULES = ("/usr/lib/x86_64-linux-gnu/kamailio/modules/", "/usr/lib/aarch64-linux-gnu/kamailio/modules/")

HEAD = """#!KAMAILIO
debug=1
log_stderror=yes
children=2
tcp_children=2
tcp_rd_buf_size=65536
disable_core_dump=yes
auto_aliases=no
dns=no
rev_dns=no
"""

# Phones speak to it, it speaks to the telephone system, and puts itself on the way of calls and registrations.
EDGE = """
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "path.so"
modparam("rr", "enable_double_rr", 0)
modparam("path", "use_received", 1)

request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
    if (has_totag()) {{
        if (loose_route() || !is_method("ACK") || t_check_trans()) t_relay();
        exit;
    }}
    t_check_trans();
    if (is_method("INVITE|SUBSCRIBE")) record_route();
    if (src_ip == {pbx_host} && src_port == {pbx_port}) {{
        loose_route();
    }} else {{
        if (is_method("REGISTER")) add_path_received();
        $du = "sip:{pbx_host}:{pbx_port};transport={transport}";
    }}
    t_relay();
}}
"""

# A provider: accounts register with a password, what they dial goes to the carrier, and what the carrier calls goes to
# the account's Contact. All accounts have the same password.
PROVIDER = """
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("usrloc", "db_mode", 0)
modparam("registrar", "max_expires", {max_expires})
modparam("registrar", "min_expires", {min_expires})
modparam("auth", "algorithm", "{algorithm}")
modparam("auth", "qop", "auth")
modparam("rr", "enable_double_rr", 0)

request_route {{
    if (!mf_process_maxfwd_header("10")) {{ sl_send_reply("483", "Too Many Hops"); exit; }}
    if (is_method("CANCEL")) {{ if (t_check_trans()) t_relay(); exit; }}
    if (has_totag()) {{
        if (loose_route() || !is_method("ACK") || t_check_trans()) t_relay();
        exit;
    }}
    t_check_trans();
    if (is_method("OPTIONS")) {{ sl_send_reply("200", "OK"); exit; }}
    if (is_method("REGISTER")) {{
        if (!pv_www_authenticate("{realm}", "{password}", "0")) {{ www_challenge("{realm}", "1"); exit; }}
        save("location");
        exit;
    }}
    if (src_ip == {carrier_host}) {{
        if (!lookup("location")) {{ sl_send_reply("404", "Not Found"); exit; }}
        record_route();
        t_relay();
        exit;
    }}
    if (!pv_proxy_authenticate("{realm}", "{password}", "0")) {{ proxy_challenge("{realm}", "1"); exit; }}
    consume_credentials();
    record_route();
    $du = "sip:{carrier_host}:{carrier_port}";
    t_relay();
}}
"""


class Kamailio:
    def __init__(self, config, host=None, **values):
        self.folder = tempfile.TemporaryDirectory(prefix="strowger-kamailio-")
        folder = Path(self.folder.name)
        self.host = host or address(30)
        self.port = free_port(self.host)
        modules = next(path for path in MODULES if Path(path).is_dir())
        (folder / "kamailio.cfg").write_text(
            HEAD + f'listen=udp:{self.host}:{self.port}\nlisten=tcp:{self.host}:{self.port}\nmpath="{modules}"\n' +
            config.format(host=self.host, port=self.port, **values))
        self.log = folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["kamailio", "-DD", "-f", str(folder / "kamailio.cfg"), "-Y", str(folder), "-P", str(folder / "pid"),
                 "-m", "32", "-M", "4"], stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        until(self._listens, f"kamailio listens: {self.log_text()}", 20)

    def _listens(self):
        if self.process.poll() is not None:
            raise AssertionError(f"kamailio ended with {self.process.returncode}:\n{self.log_text()}")
        wanted = "%08X:%04X" % (int.from_bytes(bytes(map(int, self.host.split("."))), "little"), self.port)
        return any(wanted in line for line in Path("/proc/net/tcp").read_text().splitlines() if " 0A " in line)

    @property
    def sip_address(self):
        return self.host, self.port

    def log_text(self):
        return self.log.read_text(errors="replace")

    def close(self):
        """Now and then its children do not hear of the end; then all of them are killed, so that nobody stays behind."""
        self.process.terminate()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.folder.cleanup()
