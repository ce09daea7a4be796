/*
 * Private to net/: the lowest layer of a connection, bytes over TCP (uv_tcp). Bytes to send
 * are gathered in `pending` and written when the loop iteration ends; what the kernel does not
 * take moves to `in_flight` and belongs to libuv until written.
 */
#ifndef NET_TCP_H
#define NET_TCP_H

#include <uv.h>

#include "base/addr.h"
#include "net/out_buf.h"

struct tcp;

struct tcp_ops {
	/** The answer to tcp_connect: 0 or a code of libuv. */
	void (*on_connected)(struct tcp *s, int status);
	void (*on_bytes)(struct tcp *s, struct slice bytes);
	/** EOF or an error: nothing more will come. */
	void (*on_end)(struct tcp *s);
	/** After tcp_close: the memory may go. */
	void (*on_freed)(struct tcp *s);
};

struct tcp {
	uv_tcp_t tcp;
	uv_connect_t connect;
	uv_write_t write;
	const struct tcp_ops *ops;
	char *read_buf; /* borrowed, for all streams in turn */
	size_t read_bytes;
	struct out_buf pending, in_flight;
	bool open, writing, reading, closing;
};

void tcp_init(
    struct tcp *s, uv_loop_t *loop, const struct tcp_ops *ops, char *read_buf, size_t read_bytes);
/** Takes the connection that waits at a listener. */
ERR_MUST_CHECK enum err tcp_accept(struct tcp *s, uv_stream_t *listener);
/** local with port 0, or family 0: the kernel chooses. */
ERR_MUST_CHECK enum err tcp_connect(
    struct tcp *s, const struct addr *local, const struct addr *remote);
/** Sets the socket's options and begins to read. */
void tcp_start(struct tcp *s);
void tcp_pause(struct tcp *s);
void tcp_resume(struct tcp *s);
ERR_MUST_CHECK enum err tcp_local(const struct tcp *s, struct addr *out);
ERR_MUST_CHECK enum err tcp_remote(const struct tcp *s, struct addr *out);
/** How its packets are marked from now on (loop/mark.h). */
void tcp_mark(struct tcp *s, uint32_t dscp);
/** Bytes that have not left yet. */
size_t tcp_unsent(const struct tcp *s);
/** Writes what is pending, as far as it goes. ERR_CLOSED: the connection is broken. */
ERR_MUST_CHECK enum err tcp_flush(struct tcp *s);
/** One attempt to write what is pending before tcp_close. */
void tcp_last_words(struct tcp *s);
void tcp_close(struct tcp *s);

#endif
