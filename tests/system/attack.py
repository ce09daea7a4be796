"""Attackers: many source addresses, thousands of requests a second, from a process of their own.

    attack.py KIND HOST PORT RATE SECONDS ADDRESSES

sends from 127.1.0.1 and up, prints how many requests it sent and how many answers came, as JSON.
"""
import json
import random
import select
import socket
import string
import sys
import time


def word(size=10):
    return "".join(random.choices(string.ascii_lowercase + string.digits, k=size))


def message(method, user, host, port, me, agent="", more="", from_user=None):
    uri = f"sip:{user}@{host}:{port}" if method != "REGISTER" else f"sip:{host}:{port}"
    name = from_user or user
    body = ""
    return (f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {me[0]}:{me[1]};branch=z9hG4bK{word()};rport\r\nMax-Forwards: 70\r\n"
            f"From: <sip:{name}@{host}>;tag={word()}\r\nTo: <sip:{user}@{host}>\r\nCall-ID: {word(16)}\r\nCSeq: 1 {method}\r\n"
            f"Contact: <sip:{name}@{me[0]}:{me[1]}>\r\n{f'User-Agent: {agent}{chr(13)}{chr(10)}' if agent else ''}{more}"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def credentials(user, host, nonce="0123456789abcdef"):
    return (f'Authorization: Digest username="{user}", realm="strowger", nonce="{nonce}", uri="sip:{host}", '
            f'algorithm=MD5, response="{random.getrandbits(128):032x}"\r\n')


# What each kind of attacker sends next, given a running number.
KINDS = {
    # REGISTER, OPTIONS and INVITE with one extension after the other, as svwar does it
    "scan": lambda n, host, port, me: message(("REGISTER", "OPTIONS", "INVITE")[n % 3], str(100 + n % 900), host, port, me),
    "agent": lambda n, host, port, me: message("OPTIONS", "100", host, port, me, agent="friendly-scanner"),
    # the password of one phone
    "crack": lambda n, host, port, me: message("REGISTER", "cleo", host, port, me, more=credentials("cleo", host)),
    "flood": lambda n, host, port, me: message("INVITE", "102", host, port, me, from_user="anna"),
    # requests that pretend to belong to a call
    "dialogs": lambda n, host, port, me: message("BYE", "102", host, port, me).replace(b"To: <", b"To: <sip:x@x>;tag=1\r\nX: <"),
}


def run(kind, host, port, rate, seconds, addresses):
    socks = []
    for n in range(addresses):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((f"127.1.{n // 250}.{n % 250 + 1}", 0))
        sock.setblocking(False)
        socks.append(sock)
    names = [sock.getsockname() for sock in socks]
    sent = answers = 0
    start = time.monotonic()
    while (now := time.monotonic() - start) < seconds:
        due = int(now * rate)
        while sent < due:
            index = sent % addresses
            try:
                socks[index].sendto(KINDS[kind](sent // addresses, host, port, names[index]), (host, port))
            except (BlockingIOError, PermissionError):
                pass
            sent += 1
        time.sleep(0.001)
    deadline = time.monotonic() + 0.3
    poll = select.poll()
    by_fd = {sock.fileno(): sock for sock in socks}
    for fd in by_fd:
        poll.register(fd, select.POLLIN)
    while time.monotonic() < deadline:
        for fd, _ in poll.poll(50):
            try:
                by_fd[fd].recv(65536)
                answers += 1
            except BlockingIOError:
                pass
    return {"sent": sent, "answers": answers, "rate": sent / (time.monotonic() - start)}


if __name__ == "__main__":
    print(json.dumps(run(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:7]))))
