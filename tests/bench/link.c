#include "link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { STREAM_BYTES = 65536, EVENTS = 64 };

struct stream {
	int fd; /* the connection, or the listener that waits for it */
	bool listening;
	SSL *ssl;
	char *in;
	size_t n;
};

struct links {
	enum link_kind kind;
	int n, epoll;
	int udp;
	struct sockaddr_in server;
	SSL_CTX *tls;
	struct stream *stream;
};

/* ---- TLS ---- */

static SSL_CTX *
tls_new(void)
{
	SSL_CTX *tls = SSL_CTX_new(TLS_method());
	EVP_PKEY *key = EVP_EC_gen("P-256");
	X509 *cert = X509_new();

	if (!tls || !key || !cert)
		load_die("link: no memory for TLS");
	X509_set_version(cert, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
	X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(cert), 86400);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_ASC,
	    (const unsigned char *)"bench", -1, -1, 0);
	X509_set_issuer_name(cert, X509_get_subject_name(cert));
	X509_set_pubkey(cert, key);
	if (!X509_sign(cert, key, EVP_sha256()) || SSL_CTX_use_certificate(tls, cert) != 1 ||
	    SSL_CTX_use_PrivateKey(tls, key) != 1)
		load_die("link: cannot make a certificate");
	X509_free(cert);
	EVP_PKEY_free(key);
	return tls;
}

static void
watch(struct links *l, int fd, int link)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u32 = (uint32_t)link};

	if (epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) != 0)
		load_die("link: epoll: %s", strerror(errno));
}

/* The handshake waits; from then on nothing does. */
static void
begin(struct links *l, int link, int fd, bool accepted)
{
	struct stream *s = &l->stream[link];
	int yes = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
	*s = (struct stream){.fd = fd, .ssl = SSL_new(l->tls), .in = malloc(STREAM_BYTES)};
	if (!s->ssl || !s->in || SSL_set_fd(s->ssl, fd) != 1 ||
	    (accepted ? SSL_accept(s->ssl) : SSL_connect(s->ssl)) != 1)
		load_die("link: no TLS with the server");
	SSL_set_mode(s->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	fcntl(fd, F_SETFL, O_NONBLOCK);
	watch(l, fd, link);
}

static void
open_one(struct links *l, int link, struct sockaddr_in local, bool is_client)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	local.sin_port = is_client ? 0 : htons((uint16_t)(ntohs(local.sin_port) + link));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	if (fd < 0 || bind(fd, (struct sockaddr *)&local, sizeof local) != 0 ||
	    (is_client ? connect(fd, (struct sockaddr *)&l->server, sizeof l->server)
		       : listen(fd, 1)) != 0)
		load_die("link: cannot use %s:%u: %s", inet_ntoa(local.sin_addr),
		    ntohs(local.sin_port), strerror(errno));
	if (is_client) {
		begin(l, link, fd, false);
		return;
	}
	l->stream[link] = (struct stream){.fd = fd, .listening = true};
	watch(l, fd, link);
}

/* Gives up whole messages; keeps the beginning of the next. */
static void
cut(struct stream *s, int link, void (*on_message)(void *ctx, int link, const char *message),
    void *ctx)
{
	static char message[STREAM_BYTES + 1];
	size_t at = 0;

	while (at < s->n) {
		char *end;
		size_t head, whole;

		while (at < s->n && (s->in[at] == '\r' || s->in[at] == '\n'))
			at++;
		end = memmem(s->in + at, s->n - at, "\r\n\r\n", 4);
		if (!end)
			break;
		head = (size_t)(end + 4 - (s->in + at));
		memcpy(message, s->in + at, head);
		message[head] = '\0';
		whole = head + strtoul(load_header(message, "Content-Length").p, NULL, 10);
		if (whole > s->n - at)
			break;
		memcpy(message, s->in + at, whole);
		message[whole] = '\0';
		at += whole;
		on_message(ctx, link, message);
	}
	s->n -= at;
	memmove(s->in, s->in + at, s->n);
}

static void
read_stream(struct links *l, int link, void (*on_message)(void *ctx, int link, const char *message),
    void *ctx)
{
	struct stream *s = &l->stream[link];
	int got;

	if (s->listening) {
		int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			return;
		close(s->fd);
		begin(l, link, fd, true);
		return;
	}
	while ((got = SSL_read(s->ssl, s->in + s->n, (int)(STREAM_BYTES - s->n))) > 0) {
		s->n += (size_t)got;
		cut(s, link, on_message, ctx);
	}
	if (SSL_get_error(s->ssl, got) != SSL_ERROR_WANT_READ)
		load_die("link: the server closed a connection");
}

/* ---- both kinds ---- */

struct links *
links_open(enum link_kind kind, int n, const struct sockaddr_in *local,
    const struct sockaddr_in *server, bool connect)
{
	struct links *l = calloc(1, sizeof *l);

	if (!l)
		load_die("link: no memory");
	*l = (struct links){.kind = kind, .n = kind == LINK_UDP ? 1 : n, .server = *server};
	if (kind == LINK_UDP) {
		l->udp = load_udp_open(local);
		return l;
	}
	l->tls = tls_new();
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	l->stream = calloc((size_t)n, sizeof *l->stream);
	if (l->epoll < 0 || !l->stream)
		load_die("link: no memory");
	for (int i = 0; i < n; i++)
		open_one(l, i, *local, connect);
	return l;
}

int
links_count(const struct links *l)
{
	return l->n;
}

void
links_send(struct links *l, int link, const char *text, int n)
{
	SSL *ssl;

	if (l->kind == LINK_UDP) {
		if (sendto(l->udp, text, (size_t)n, 0, (const struct sockaddr *)&l->server,
			sizeof l->server) < 0)
			perror("link: sendto");
		return;
	}
	ssl = l->stream[link].ssl;
	for (int sent = 0; sent < n;) {
		int w = SSL_write(ssl, text + sent, n - sent);
		struct pollfd room = {.fd = l->stream[link].fd, .events = POLLOUT};

		if (w > 0)
			sent += w;
		else if (SSL_get_error(ssl, w) == SSL_ERROR_WANT_WRITE)
			poll(&room, 1, 1000);
		else
			load_die("link: the server closed a connection");
	}
}

void
links_receive(
    struct links *l, void (*on_message)(void *ctx, int link, const char *message), void *ctx)
{
	static char message[STREAM_BYTES + 1];
	struct epoll_event ev[EVENTS];
	ssize_t got;
	int n;

	if (l->kind == LINK_UDP) {
		while ((got = recv(l->udp, message, STREAM_BYTES, 0)) > 0) {
			message[got] = '\0';
			on_message(ctx, 0, message);
		}
		return;
	}
	while ((n = epoll_wait(l->epoll, ev, EVENTS, 0)) > 0)
		for (int i = 0; i < n; i++)
			read_stream(l, (int)ev[i].data.u32, on_message, ctx);
}

int
links_poll_fd(const struct links *l)
{
	return l->kind == LINK_UDP ? l->udp : l->epoll;
}

const char *
links_via(const struct links *l)
{
	return l->kind == LINK_UDP ? "UDP" : "TLS";
}

const char *
links_uri_param(const struct links *l)
{
	return l->kind == LINK_UDP ? "" : ";transport=tls";
}
