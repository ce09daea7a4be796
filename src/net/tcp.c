#include "net/tcp.h"

#include "loop/mark.h"

enum { KEEPALIVE_S = 60 };

static void
on_alloc(uv_handle_t *tcp, size_t suggested, uv_buf_t *buf)
{
	struct tcp *s = tcp->data;

	*buf = uv_buf_init(s->read_buf, (unsigned)s->read_bytes);
}

static void
on_read(uv_stream_t *tcp, ssize_t got, const uv_buf_t *buf)
{
	struct tcp *s = tcp->data;

	if (got > 0)
		s->ops->on_bytes(s, slice_make(buf->base, (size_t)got));
	else if (got < 0)
		s->ops->on_end(s);
}

static void
on_closed(uv_handle_t *tcp)
{
	struct tcp *s = tcp->data;

	out_buf_fini(&s->pending);
	out_buf_fini(&s->in_flight);
	s->ops->on_freed(s);
}

void
tcp_init(
    struct tcp *s, uv_loop_t *loop, const struct tcp_ops *ops, char *read_buf, size_t read_bytes)
{
	memset(s, 0, sizeof *s);
	s->ops = ops;
	s->read_buf = read_buf;
	s->read_bytes = read_bytes;
	uv_tcp_init(loop, &s->tcp);
	s->tcp.data = s;
}

enum err
tcp_accept(struct tcp *s, uv_stream_t *listener)
{
	return uv_accept(listener, (uv_stream_t *)&s->tcp) == 0 ? ERR_OK : ERR_IO;
}

void
tcp_mark(struct tcp *s, uint32_t dscp)
{
	uv_os_fd_t fd;

	if (uv_fileno((uv_handle_t *)&s->tcp, &fd) == 0)
		mark_socket(fd, dscp);
}

static void
on_connected(uv_connect_t *connect, int status)
{
	struct tcp *s = connect->data;

	if (!s->closing)
		s->ops->on_connected(s, status);
}

enum err
tcp_connect(struct tcp *s, const struct addr *local, const struct addr *remote)
{
	struct sockaddr_storage ss;

	if (local->family == remote->family && !addr_is_any(local)) {
		addr_to_sockaddr(local, &ss);
		/* A local address that is gone: the kernel chooses another. */
		(void)uv_tcp_bind(&s->tcp, (struct sockaddr *)&ss, 0);
	}
	addr_to_sockaddr(remote, &ss);
	s->connect.data = s;
	return uv_tcp_connect(&s->connect, &s->tcp, (struct sockaddr *)&ss, on_connected) == 0
		   ? ERR_OK
		   : ERR_IO;
}

void
tcp_resume(struct tcp *s)
{
	if (s->open && !s->closing && !s->reading)
		s->reading = uv_read_start((uv_stream_t *)&s->tcp, on_alloc, on_read) == 0;
}

void
tcp_pause(struct tcp *s)
{
	uv_read_stop((uv_stream_t *)&s->tcp);
	s->reading = false;
}

void
tcp_start(struct tcp *s)
{
	s->open = true;
	uv_tcp_nodelay(&s->tcp, 1);
	uv_tcp_keepalive(&s->tcp, 1, KEEPALIVE_S);
	tcp_resume(s);
}

enum err
tcp_local(const struct tcp *s, struct addr *out)
{
	struct sockaddr_storage ss;
	int len = sizeof ss;

	if (uv_tcp_getsockname(&s->tcp, (struct sockaddr *)&ss, &len) != 0)
		return ERR_IO;
	return addr_from_sockaddr((struct sockaddr *)&ss, out);
}

enum err
tcp_remote(const struct tcp *s, struct addr *out)
{
	struct sockaddr_storage ss;
	int len = sizeof ss;

	if (uv_tcp_getpeername(&s->tcp, (struct sockaddr *)&ss, &len) != 0)
		return ERR_IO;
	return addr_from_sockaddr((struct sockaddr *)&ss, out);
}

size_t
tcp_unsent(const struct tcp *s)
{
	return s->pending.n + s->in_flight.n;
}

static void
on_written(uv_write_t *write, int status)
{
	struct tcp *s = write->data;

	s->writing = false;
	out_buf_emptied(&s->in_flight);
	if (s->closing)
		return;
	if (status < 0 || tcp_flush(s) != ERR_OK)
		s->ops->on_end(s);
}

/* The rest goes by a request of libuv's; the buffers change places. */
static enum err
write_rest(struct tcp *s, size_t written)
{
	struct out_buf spare = s->in_flight;
	uv_buf_t rest;

	s->in_flight = s->pending;
	s->pending = spare;
	rest = uv_buf_init(s->in_flight.p + written, (unsigned)(s->in_flight.n - written));
	s->write.data = s;
	s->writing = uv_write(&s->write, (uv_stream_t *)&s->tcp, &rest, 1, on_written) == 0;
	return s->writing ? ERR_OK : ERR_CLOSED;
}

enum err
tcp_flush(struct tcp *s)
{
	uv_buf_t all = uv_buf_init(s->pending.p, (unsigned)s->pending.n);
	int written;

	if (!s->open || s->writing || s->closing || !s->pending.n)
		return ERR_OK;
	written = uv_try_write((uv_stream_t *)&s->tcp, &all, 1);
	if (written == UV_EAGAIN)
		written = 0;
	if (written < 0)
		return ERR_CLOSED;
	if (written < (int)s->pending.n)
		return write_rest(s, (size_t)written);
	out_buf_emptied(&s->pending);
	return ERR_OK;
}

void
tcp_last_words(struct tcp *s)
{
	uv_buf_t all = uv_buf_init(s->pending.p, (unsigned)s->pending.n);

	if (s->open && !s->writing && !s->closing && s->pending.n)
		(void)uv_try_write((uv_stream_t *)&s->tcp, &all, 1);
}

void
tcp_close(struct tcp *s)
{
	if (s->closing)
		return;
	s->closing = true;
	uv_close((uv_handle_t *)&s->tcp, on_closed);
}
