/*
 * WebSocket frames of a server (RFC 6455, 5): bytes in, messages and control frames out.
 * Pure: no sockets, no SIP. What a client sends must be masked, whole in its parts and
 * within limits; everything else ends the connection with the status code RFC 6455, 7.4.1
 * has for it.
 *
 * Owns a buffer only while a message is being gathered.
 */
#ifndef NET_WS_FRAME_H
#define NET_WS_FRAME_H

#include "base/buf.h"

enum {
	WS_MESSAGE_MAX_BYTES = 65535,
	WS_CONTROL_MAX_BYTES = 125, /* RFC 6455, 5.5 */
	WS_HEAD_MAX_BYTES = 14,
};

enum ws_opcode {
	WS_CONTINUATION = 0,
	WS_TEXT = 1,
	WS_BINARY = 2,
	WS_CLOSE = 8,
	WS_PING = 9,
	WS_PONG = 10,
};

/* RFC 6455, 7.4.1 */
enum ws_status {
	WS_NORMAL = 1000,
	WS_GOING_AWAY = 1001,
	WS_PROTOCOL_ERROR = 1002,
	WS_BAD_DATA = 1007,
	WS_TOO_BIG = 1009,
};

struct ws_reader {
	uint8_t head[WS_HEAD_MAX_BYTES];
	uint8_t head_n;
	bool in_payload;
	uint8_t opcode; /* of the present frame */
	bool fin;
	uint8_t mask[4];
	uint64_t left;	 /* payload bytes still to come */
	uint64_t done;	 /* payload bytes of the frame seen: the phase of the mask */
	uint8_t message; /* opcode of the message being gathered, 0 = none */
	bool given;	 /* the last call returned buf */
	char *buf;	 /* payload of the message so far, unmasked */
	size_t n, cap;
	uint8_t control_n;
	char control[WS_CONTROL_MAX_BYTES];
};

struct ws_event {
	enum ws_opcode opcode; /* WS_TEXT, WS_BINARY: a whole message; or a control frame */
	struct slice payload;  /* good until the next call */
};

void ws_reader_init(struct ws_reader *r);
void ws_reader_fini(struct ws_reader *r);
/**
 * Eats from the front of in. ERR_OK: one event. ERR_INCOMPLETE: all eaten, more is needed.
 * The stream cannot be read on after: ERR_MALFORMED (1002), ERR_INVALID (1007: text that is
 * no UTF-8), ERR_TOO_BIG (1009), ERR_NOMEM.
 */
ERR_MUST_CHECK enum err ws_read(struct ws_reader *r, struct slice *in, struct ws_event *ev);
/** Status code for the close frame after an error of ws_read. */
enum ws_status ws_status_of(enum err e);
/** The status a close frame carries; 1005 when it has none (7.1.5). */
uint16_t ws_close_status(struct slice payload);
/** Head of an unfragmented, unmasked frame with n bytes of payload. */
void ws_write_head(struct buf *b, enum ws_opcode opcode, size_t n);
/** True if s is UTF-8 (RFC 3629: no surrogates, no long forms). */
bool ws_is_utf8(struct slice s);

#endif
