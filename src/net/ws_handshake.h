/*
 * The opening handshake of a WebSocket server for SIP (RFC 6455, 4.2; RFC 7118, 4.1): a
 * request of HTTP/1.1 in, the answer out. Pure: text in, text out.
 *
 * The subprotocol must be "sip". The path, the host and the origin are not looked at: who
 * may speak SIP is decided by SIP's own authentication, no cookie counts here.
 */
#ifndef NET_WS_HANDSHAKE_H
#define NET_WS_HANDSHAKE_H

#include "base/buf.h"

enum {
	WS_REQUEST_MAX_BYTES = 8192,
	WS_ANSWER_MAX_BYTES = 512,
};

/** Bytes of the request up to and with its empty line; 0: not there yet. */
size_t ws_request_bytes(struct slice s);
/**
 * Writes the answer to a request (whole, from ws_request_bytes): 101, or an error that says
 * what is wrong, after which the connection is to be closed. ERR_OK: 101.
 * ERR_MALFORMED (400), ERR_UNSUPPORTED (not a WebSocket, another version: 426), ERR_DENIED
 * (another subprotocol, or a method that is not GET: 400, 405). out: WS_ANSWER_MAX_BYTES.
 */
ERR_MUST_CHECK enum err ws_answer(struct slice request, struct buf *out);

#endif
