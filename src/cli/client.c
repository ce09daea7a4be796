/*
 * A small HTTP/1.1 client over AF_UNIX: one request a connection, the answer is read to
 * the end of the connection and then taken apart (Content-Length or chunked).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/cli_int.h"

enum { ANSWER_BYTES_MAX = 256 << 20, TIMEOUT_S = 600 };

void
answer_free(struct answer *a)
{
	free(a->text);
	json_decref(a->json);
	*a = (struct answer){0};
}

void
client_escape(struct buf *b, struct slice s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    strchr("-._~", c))
			buf_char(b, (char)c);
		else
			buf_printf(b, "%%%02X", c);
	}
}

/* --- the answer ------------------------------------------------------------------------- */

static struct slice
take_line(struct slice *s)
{
	return slice_trim(slice_take_until(s, '\n'));
}

static enum err
read_chunks(struct slice s, char *out, size_t *n)
{
	*n = 0;
	for (;;) {
		struct slice line = take_line(&s);
		char text[20];
		char *end;
		unsigned long size;

		if (slice_copy_cstr(slice_take_until(&line, ';'), text, sizeof text) != ERR_OK)
			return ERR_MALFORMED;
		size = strtoul(text, &end, 16);
		if (end == text || *end)
			return text[0] ? ERR_MALFORMED : ERR_INCOMPLETE;
		if (size == 0)
			return ERR_OK;
		if (size > s.n || s.n - size < 2)
			return ERR_INCOMPLETE;
		memcpy(out + *n, s.p, size);
		*n += size;
		s = slice_from(s, size);
		if (take_line(&s).n)
			return ERR_MALFORMED;
	}
}

struct head {
	int status;
	bool chunked;
	uint64_t length; /* UINT64_MAX: to the end */
};

static enum err
read_head(struct slice *s, struct head *h)
{
	struct slice line = take_line(s), version = slice_take_until(&line, ' ');
	uint32_t status;

	*h = (struct head){.length = UINT64_MAX};
	if (!slice_starts(version, SLICE("HTTP/1.")) ||
	    slice_to_u32(slice_take_until(&line, ' '), 599, &status) != ERR_OK || status < 100)
		return ERR_MALFORMED;
	h->status = (int)status;
	while ((line = take_line(s)).n) {
		struct slice name = slice_take_until(&line, ':'), value = slice_trim(line);

		if (slice_eq_nocase(name, SLICE("Transfer-Encoding")))
			h->chunked = slice_eq_nocase(value, SLICE("chunked"));
		else if (slice_eq_nocase(name, SLICE("Content-Length")) &&
			 slice_to_u64(value, ANSWER_BYTES_MAX, &h->length) != ERR_OK)
			return ERR_MALFORMED;
	}
	return ERR_OK;
}

enum err
client_parse(struct slice all, struct answer *out)
{
	struct answer a = {0};
	struct head h;
	enum err e;

	do { /* interim answers come before the real one */
		e = all.n ? read_head(&all, &h) : ERR_INCOMPLETE;
		if (e != ERR_OK)
			return e;
	} while (h.status < 200);
	if (!h.chunked && h.length != UINT64_MAX && h.length > all.n)
		return ERR_INCOMPLETE;
	a.text = malloc(all.n + 1);
	if (!a.text)
		return ERR_NOMEM;
	a.status = h.status;
	if (h.chunked) {
		e = read_chunks(all, a.text, &a.text_n);
	} else {
		a.text_n = h.length < all.n ? (size_t)h.length : all.n;
		if (a.text_n)
			memcpy(a.text, all.p, a.text_n);
	}
	if (e != ERR_OK) {
		free(a.text);
		return e;
	}
	a.text[a.text_n] = '\0';
	a.json = json_loadb(a.text, a.text_n, 0, NULL);
	*out = a;
	return ERR_OK;
}

/* --- the connection ------------------------------------------------------------------------ */

static enum err
from_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
	case ENOTDIR:
	case ECONNREFUSED:
	case ECONNRESET:
	case EPIPE: return ERR_CLOSED;
	case EACCES:
	case EPERM: return ERR_DENIED;
	case EAGAIN: return ERR_TIMEOUT;
	default: return ERR_IO;
	}
}

static enum err
dial(const char *path, int *out)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct timeval timeout = {.tv_sec = TIMEOUT_S};
	int fd;

	if (slice_copy_cstr(slice_cstr(path), un.sun_path, sizeof un.sun_path) != ERR_OK)
		return ERR_TOO_BIG;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return ERR_IO;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
	if (connect(fd, (struct sockaddr *)&un, sizeof un) != 0) {
		enum err e = from_errno(errno);

		close(fd);
		return e;
	}
	*out = fd;
	return ERR_OK;
}

static enum err
send_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			return from_errno(errno);
		p += sent;
		n -= (size_t)sent;
	}
	return ERR_OK;
}

static enum err
receive_all(int fd, char **out, size_t *out_n)
{
	size_t n = 0, cap = 65536;
	char *p = malloc(cap), *bigger;
	ssize_t got = 1;

	while (p && got != 0) {
		if (n == cap) {
			cap *= 2;
			bigger = cap <= ANSWER_BYTES_MAX ? realloc(p, cap) : NULL;
			if (!bigger)
				free(p);
			p = bigger;
			continue;
		}
		got = recv(fd, p + n, cap - n, 0);
		if (got < 0 && errno == EINTR) {
			got = 1;
			continue;
		}
		if (got < 0) {
			enum err e = from_errno(errno);

			if (e == ERR_CLOSED && n > 0)
				break; /* a reset behind the answer; it tells itself whether it is
					  whole */
			free(p);
			return e;
		}
		n += (size_t)got;
	}
	if (!p)
		return ERR_NOMEM;
	*out = p;
	*out_n = n;
	return ERR_OK;
}

static enum err
exchange(int fd, const char *method, const char *target, const char *body, struct answer *out)
{
	size_t n = body ? strlen(body) : 0, got_n = 0;
	char *head, *got = NULL;
	enum err e;

	if (asprintf(&head,
		"%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%sContent-Length: "
		"%zu\r\n\r\n",
		method, target, body ? "Content-Type: application/json\r\n" : "", n) < 0)
		return ERR_NOMEM;
	e = send_all(fd, head, strlen(head));
	free(head);
	if (e == ERR_OK && n)
		e = send_all(fd, body, n);
	/* Refused in the middle of sending: the reason may already have come. */
	if (e != ERR_OK && e != ERR_CLOSED)
		return e;
	e = receive_all(fd, &got, &got_n);
	if (e != ERR_OK)
		return e;
	e = client_parse(slice_make(got, got_n), out);
	free(got);
	return e == ERR_INCOMPLETE ? ERR_CLOSED : e;
}

enum err
client_request(const char *socket_path, const char *method, const char *target, const json_t *body,
    struct answer *out)
{
	char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
	enum err e;
	int fd = -1;

	if (body && !text)
		return ERR_NOMEM;
	e = dial(socket_path, &fd);
	if (e == ERR_OK) {
		e = exchange(fd, method, target, text, out);
		close(fd);
	}
	free(text);
	return e;
}
