"""The transports under sipphone's phone: UDP, TCP, TLS, WebSocket (RFC 6455, RFC 7118), IPv4 and IPv6."""
import base64
import hashlib
import os
import socket
import ssl

STREAMS = ("tcp", "tls", "ws", "wss")
ENCRYPTED = ("tls", "wss")
WEBSOCKETS = ("ws", "wss")
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def family(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def url_host(host):
    return f"[{host}]" if ":" in host else host


def any_certificate():
    """A context that takes whatever certificate the server shows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def connect(transport, server, host, port=0, tls=None, name=None):
    """A socket from host and port to the server, ready for messages. `name` is what SNI asks for."""
    sock = socket.socket(family(host), socket.SOCK_DGRAM if transport == "udp" else socket.SOCK_STREAM)
    sock.bind((host, port))
    if transport == "udp":
        return sock
    sock.settimeout(10)
    sock.connect(server)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if transport in ENCRYPTED:
        sock = (tls or any_certificate()).wrap_socket(sock, server_hostname=name)
    if transport in WEBSOCKETS:
        upgrade(sock, server)
    sock.settimeout(None)
    return sock


def upgrade(sock, server):
    key = base64.b64encode(os.urandom(16))
    sock.sendall(b"GET / HTTP/1.1\r\nHost: " + url_host(server[0]).encode() + b"\r\nUpgrade: websocket\r\n"
                 b"Connection: Upgrade\r\nSec-WebSocket-Key: " + key + b"\r\nSec-WebSocket-Protocol: sip\r\n"
                 b"Sec-WebSocket-Version: 13\r\n\r\n")
    answer = b""
    while not answer.endswith(b"\r\n\r\n"):
        byte = sock.recv(1)
        if not byte:
            raise ConnectionError(f"no WebSocket: {answer!r}")
        answer += byte
    proof = base64.b64encode(hashlib.sha1(key + MAGIC).digest())
    if not answer.startswith(b"HTTP/1.1 101 ") or proof not in answer:
        raise ConnectionError(f"no WebSocket: {answer!r}")


def frame(data, opcode=TEXT, final=True):
    """A frame as clients send it: masked."""
    size = len(data)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    mask = os.urandom(4)
    return bytes([opcode | (0x80 if final else 0)]) + length + mask + bytes(
        byte ^ mask[i & 3] for i, byte in enumerate(data))


def take_frame(stream):
    """(opcode, payload, rest) of the first frame of a server, or None when it is not whole yet."""
    if len(stream) < 2:
        return None
    size, at = stream[1], 2
    if size == 126:
        size, at = int.from_bytes(stream[2:4], "big"), 4
    elif size == 127:
        size, at = int.from_bytes(stream[2:10], "big"), 10
    if len(stream) < at + size or len(stream) < at:
        return None
    return stream[0] & 0x0F, stream[at:at + size], stream[at + size:]
