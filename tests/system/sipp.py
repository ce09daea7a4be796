"""SIPp as a phone: scenarios written as a few lines, turned into SIPp's XML.

    send INVITE | send INVITE hold   an INVITE with SDP (the second: a=sendonly); later ones are re-INVITEs
    send ACK | BYE | CANCEL | REGISTER | OPTIONS
    send 180 | send 183 sdp | send 200 sdp | send 486 …   an answer to the request received last
    send INVITE 100rel                    reliable answers are wanted; send PRACK acknowledges the last one
    send 183 reliable | send 200 late     by a called phone: with RSeq and SDP; to the INVITE, after other requests
    send UPDATE                           with SDP
    recv 180 | recv INVITE | recv 100? …   what must come; with ? it may
    auth 401                              a challenge, answered by the next request sent
    pause 300                             milliseconds
"""
import socket
import subprocess
import tempfile
from pathlib import Path

from harness import free_port, until

WAIT_SECONDS = 60

SDP = """v=0
o=- 1 {version} IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 0
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a={direction}
"""

CONTACT = "Contact: <sip:[name]@[local_ip]:[local_port];transport=[transport]>\nUser-Agent: SIPp"
SERVER = "[remote_ip]:[remote_port]"


class Script:
    """Compiles the lines. A script whose first step is `recv INVITE` is a called phone."""

    def __init__(self, text, name="phone", secret=""):
        # SIPp does not look for keywords inside [authentication …]: name and secret stand there in full.
        self.proof = f"[authentication username={name} password={secret}]"
        self.lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
        self.called = self.lines[0] == "recv INVITE"
        self.cseq = 0
        self.challenged = False
        self.sdp_version = 0
        self.rseq = 100
        self.reliable = any("PRACK" in line for line in self.lines)
        self.method = ""
        self.steps = []

    def xml(self):
        for line in self.lines:
            verb, *words = line.split()
            getattr(self, "do_" + verb)(*words)
        return ('<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="test">\n' + "\n".join(self.steps) +
                "\n</scenario>\n")

    def do_pause(self, milliseconds):
        self.steps.append(f'<pause milliseconds="{milliseconds}"/>')

    def do_auth(self, status):
        self.steps.append(f'<recv response="{status}" auth="true"/>')
        self.challenged = True
        if self.method == "INVITE":
            self.send(self.in_transaction("ACK"))

    def do_recv(self, what):
        optional = ' optional="true"' if what.endswith("?") else ""
        what = what.rstrip("?")
        if what.isdigit():
            rrs = ' rrs="true"' if what.startswith(("18", "2")) and self.method in ("INVITE", "") else ""
            action = ""
            if self.reliable and what.startswith("18") and not self.called:
                action = '<action><ereg regexp="[0-9]+" search_in="hdr" header="RSeq:" assign_to="rseq"/></action>'
            self.steps.append(f'<recv response="{what}"{rrs}{optional}>{action}</recv>')
        elif what == "INVITE" and not self.steps:
            self.steps.append(
                f'<recv request="{what}" rrs="true"><action>'
                '<ereg regexp="[^\\r\\n]*" search_in="hdr" header="From:" assign_to="caller"/>'
                '<ereg regexp="[^\\r\\n]*" search_in="hdr" header="To:" assign_to="me"/>'
                '<ereg regexp="[^\\r\\n]*" search_in="hdr" header="Via:" assign_to="via"/>'
                '<ereg regexp="[^\\r\\n]*" search_in="hdr" header="CSeq:" assign_to="number"/>'
                '</action></recv><Reference variables="caller,me,via,number"/>')
        else:
            self.steps.append(f'<recv request="{what}"{optional}/>')

    def do_send(self, what, body=""):
        if what.isdigit():
            self.send_answer(what, body)
        else:
            self.send_request(what, body)

    def sdp(self, kind):
        if kind not in ("sdp", "hold", "100rel", "reliable", "late"):
            return ""
        self.sdp_version += 1
        direction = "sendonly" if kind == "hold" else "sendrecv"
        return SDP.format(version=self.sdp_version, direction=direction)

    def send(self, head, body="", retransmit=False):
        if body:
            head += "\nContent-Type: application/sdp"
        text = f"{head}\nContent-Length: [len]\n\n{body}"
        attribute = ' retrans="500"' if retransmit else ""
        self.steps.append(f"<send{attribute}><![CDATA[\n{text}\n]]></send>")

    def send_answer(self, status, body):
        if body == "late":
            self.send(f"SIP/2.0 {status} Test\nVia:[$via]\n[last_From:]\nTo:[$me];tag=[pid]c[call_number]\n"
                      f"[last_Call-ID:]\nCSeq:[$number]\n{CONTACT}{self.can()}", self.sdp(body), retransmit=True)
            return
        extra = ""
        if body == "reliable":
            self.rseq += 1
            extra = f"\nRequire: 100rel\nRSeq: {self.rseq}"
        self.send(f"SIP/2.0 {status} Test\n[last_Via:]\n[last_From:]\n[last_To:]{self.answer_tag()}\n"
                  f"[last_Call-ID:]\n[last_CSeq:]\n{CONTACT}{self.can()}{extra}", self.sdp(body),
                  retransmit=self.called and status >= "200" and self.last_received() == "INVITE")

    def can(self):
        updates = any("UPDATE" in line for line in self.lines)
        return "\nAllow: INVITE, ACK, BYE, CANCEL, PRACK, UPDATE" if updates else ""

    def last_received(self):
        return next((line.split()[1] for line in reversed(self.lines[:len(self.steps) + 1])
                     if line.startswith("recv") and not line.split()[1][:1].isdigit()), "")

    def answer_tag(self):
        # In-dialog requests bring our tag with them.
        return ";tag=[pid]c[call_number]" if self.called and self.in_first_transaction() else ""

    def in_first_transaction(self):
        received = [step for step in self.steps if 'recv request="' in step and "ACK" not in step]
        return len(received) <= 1

    def in_transaction(self, method):
        """ACK for a failure, and CANCEL: they repeat the INVITE's branch and number."""
        return (f"{method} sip:[service]@{SERVER} SIP/2.0\n"
                f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=z9hG4bK-[pid]-[call_number]-{self.cseq}\n"
                f"From: <sip:[name]@{SERVER}>;tag=[pid]a[call_number]\n"
                f"To: <sip:[service]@{SERVER}>{'[peer_tag_param]' if method == 'ACK' else ''}\n"
                f"Call-ID: [call_id]\nCSeq: {self.cseq} {method}\nMax-Forwards: 70")

    def send_request(self, method, kind):
        fresh = self.cseq == 0
        out_of_dialog = not self.called and (fresh or (self.challenged and method == self.method))
        previous = next((step for step in reversed(self.steps) if step.startswith("<recv")), "")
        if method == "CANCEL" or (method == "ACK" and any(f'response="{n}' in previous for n in "3456")):
            self.send(self.in_transaction(method))
            return
        if method != "ACK":
            self.cseq += 1
            self.method = method
        if method == "INVITE":
            self.invite_cseq = self.cseq
        if out_of_dialog:
            place = SERVER if method == "REGISTER" else f"[service]@{SERVER}"
            who = "[name]" if method == "REGISTER" else "[service]"
            line = f"{method} sip:{place} SIP/2.0"
            ends = f"From: <sip:[name]@{SERVER}>;tag=[pid]a[call_number]\nTo: <sip:{who}@{SERVER}>"
        elif self.called:
            line = f"{method} [next_url] SIP/2.0"
            ends = "From:[$me];tag=[pid]c[call_number]\nTo:[$caller]\n[routes]"
        else:
            line = f"{method} [next_url] SIP/2.0"
            ends = (f"From: <sip:[name]@{SERVER}>;tag=[pid]a[call_number]\n"
                    f"To: <sip:[service]@{SERVER}>[peer_tag_param]\n[routes]")
        suffix = "a" if method == "ACK" else ""
        head = (f"{line}\nVia: SIP/2.0/[transport] [local_ip]:[local_port]"
                f";branch=z9hG4bK-[pid]-[call_number]-{self.cseq}{suffix}\n{ends}\n"
                f"Call-ID: [call_id]\nCSeq: {self.invite_cseq if method == 'ACK' else self.cseq} {method}\n"
                f"{CONTACT}{self.can()}\nMax-Forwards: 70")
        if kind == "100rel":
            head += "\nSupported: 100rel"
        if method == "PRACK":
            head += f"\nRAck: [$rseq] {self.invite_cseq} INVITE"
        if self.challenged:
            head += "\n" + self.proof
            self.challenged = False
        if method == "REGISTER":
            head += "\nExpires: 300"
        body = self.sdp(kind or "sdp") if method in ("INVITE", "UPDATE") else ""
        self.send(head.replace("\n\n", "\n"), body, retransmit=method != "ACK")


class Sipp:
    """One running SIPp. `finish` waits for it and fails with its complaints if a call did not go as written."""

    def __init__(self, server, script, host, port=None, name="phone", secret="", number="", calls=1, transport="u1",
                 options=()):
        self.folder = tempfile.TemporaryDirectory(prefix="strowger-sipp-")
        folder = Path(self.folder.name)
        scenario = folder / "scenario.xml"
        scenario.write_text(Script(script, name, secret).xml())
        self.host, self.port = host, port or free_port(host)
        self.errors, self.messages = folder / "errors", folder / "messages"
        self.output = folder / "output"
        media = free_port(host, 2)  # sound, and a picture two above
        self.process = subprocess.Popen(
            ["sipp", f"{server.host}:{server.sip_port}", "-sf", str(scenario), "-i", host, "-p", str(self.port),
             "-mi", host, "-mp", str(media), "-m", str(calls), "-s", str(number), "-key", "name", name,
             "-t", transport, "-nostdin", "-timeout", f"{WAIT_SECONDS}s", "-timeout_error",
             "-trace_err", "-error_file", str(self.errors), "-trace_msg", "-message_file", str(self.messages),
             *options],
            stdout=self.output.open("w"), stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        if transport == "u1":
            until(self.is_listening, f"SIPp listens on {host}:{self.port}")

    def is_listening(self):
        if self.process.poll() is not None:
            raise AssertionError(f"SIPp ended with {self.process.returncode}: {self.complaints()}")
        octets = socket.inet_aton(self.host)[::-1].hex().upper()
        return f" {octets}:{self.port:04X} " in Path("/proc/net/udp").read_text()

    def complaints(self):
        texts = [path.read_text(errors="replace")[-6000:] for path in (self.errors, self.messages, self.output)
                 if path.exists()]
        return "\n".join(texts)

    def finish(self):
        try:
            status = self.process.wait(WAIT_SECONDS + 10)
            if status != 0:
                raise AssertionError(f"SIPp ended with {status}:\n{self.complaints()}")
        finally:
            self.close()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()
