#include "media/ports_int.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"

enum {
	RETRY_MS = 1000,      /* when nothing was left, others may give ports back */
	SPARE_FILES = 512,    /* of the rest of the process */
	SOCKET_BYTES = 65536, /* receive buffer: a second of voice and more */
};

/* The soft limit is often 1024 for the sake of select(2), which we do not use. */
static void
raise_file_limit(uint32_t n_pairs)
{
	rlim_t wanted = (rlim_t)n_pairs * 2 + SPARE_FILES;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
		return;
	limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur < wanted)
		log_warn(MEDIA, "limit of open files is %llu; the RTP port range needs %llu",
		    (unsigned long long)limit.rlim_cur, (unsigned long long)wanted);
}

static socklen_t
bind_address(const struct ports *p, uint16_t port, struct sockaddr_storage *ss)
{
	struct addr a = p->bind;

	a.port = port;
	if (a.family == 0)
		a.family = p->ip6 ? 6 : 4;
	return addr_to_sockaddr(&a, ss);
}

/* Returns the socket or -1 with errno. */
static int
open_socket(const struct ports *p, uint16_t port)
{
	static const int zero, bytes = SOCKET_BYTES;
	struct sockaddr_storage ss;
	socklen_t length = bind_address(p, port, &ss);
	int fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int failed = 0;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
	if (ss.ss_family == AF_INET6)
		failed = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof zero);
	if (failed == 0 && bind(fd, (const struct sockaddr *)&ss, length) == 0)
		return fd;
	failed = errno;
	close(fd);
	errno = failed;
	return -1;
}

/* Learns what the machine can do, with a port of its choice. */
static enum err
probe(struct ports *p)
{
	int fd;

	p->ip6 = p->bind.family != 4;
	p->ip4 = p->bind.family != 6;
	fd = open_socket(p, 0);
	if (fd < 0 && p->bind.family == 0) {
		p->ip6 = false;
		fd = open_socket(p, 0);
	}
	if (fd < 0)
		return err_from_errno(errno);
	close(fd);
	return ERR_OK;
}

enum err
ports_init(struct ports *p, const struct addr *bind, uint16_t port_min, uint16_t port_max)
{
	uint32_t first = (port_min + 1u) & ~1u;
	uint32_t n_pairs = port_max > first ? (port_max - first + 1) / 2 : 0;
	struct ports made = {.bind = *bind, .first = (uint16_t)first, .n_pairs = n_pairs};
	enum err e;

	if (port_min == 0 || n_pairs == 0)
		return ERR_INVALID;
	if (addr_is_any(bind))
		made.bind.family = bind->family == 4 ? 4 : 0;
	e = probe(&made);
	if (e != ERR_OK)
		return e;
	made.taken = calloc(n_pairs, sizeof *made.taken);
	if (!made.taken)
		return ERR_NOMEM;
	raise_file_limit(n_pairs);
	*p = made;
	return ERR_OK;
}

void
ports_fini(struct ports *p)
{
	free(p->taken);
	p->taken = NULL;
}

static bool
open_pair(const struct ports *p, uint16_t port, struct port_pair *out)
{
	struct port_pair pair = {.port = port};
	int failed;

	pair.fd[0] = open_socket(p, port);
	if (pair.fd[0] < 0)
		return false;
	pair.fd[1] = open_socket(p, (uint16_t)(port + 1));
	if (pair.fd[1] < 0) {
		failed = errno;
		close(pair.fd[0]);
		errno = failed;
		return false;
	}
	*out = pair;
	return true;
}

static void
say_full(struct ports *p, int errnum)
{
	if (!p->told_full)
		log_warn(MEDIA, "no RTP ports left in %u-%u (%s)", p->first,
		    p->first + 2 * p->n_pairs - 1, errnum ? strerror(errnum) : "all in use by us");
	p->told_full = true;
}

enum err
ports_open(struct ports *p, uint64_t now_ms, struct port_pair *out)
{
	int last_errno = 0;

	if (now_ms < p->full_until_ms)
		return ERR_LIMIT;
	for (uint32_t tried = 0; tried < p->n_pairs; tried++) {
		uint32_t at = p->next;

		p->next = at + 1 == p->n_pairs ? 0 : at + 1;
		if (p->taken[at])
			continue;
		if (open_pair(p, (uint16_t)(p->first + 2 * at), out)) {
			p->taken[at] = true;
			p->told_full = false;
			return ERR_OK;
		}
		last_errno = errno;
		if (last_errno != EADDRINUSE && last_errno != EACCES)
			break; /* not this port's fault: no files, no memory */
	}
	say_full(p, last_errno);
	p->full_until_ms = now_ms + RETRY_MS;
	return ERR_LIMIT;
}

void
ports_close(struct ports *p, struct port_pair *pair)
{
	close(pair->fd[0]);
	close(pair->fd[1]);
	p->taken[(pair->port - p->first) / 2] = false;
}
