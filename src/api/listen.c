/*
 * Listening sockets, opened by ourselves (not by the HTTP library) so that what goes
 * wrong can be said in words before anything has started.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "api/api_int.h"

enum { BACKLOG = 512 };

static enum err
tcp_failed(int fd, const struct addr *at, char *why, size_t why_bytes)
{
	int errnum = errno;
	char text[ADDR_TEXT_MAX];

	if (fd >= 0)
		close(fd);
	addr_text(at, text);
	if (errnum == EADDRINUSE)
		snprintf(why, why_bytes,
		    "the web address %s is in use by another program; stop that one or choose "
		    "another "
		    "port with --http-port",
		    text);
	else if (errnum == EACCES)
		snprintf(why, why_bytes,
		    "not permitted to listen on the web address %s; ports below 1024 need root, "
		    "choose "
		    "another with --http-port",
		    text);
	else if (errnum == EADDRNOTAVAIL)
		snprintf(why, why_bytes,
		    "this machine has no address for the web page like %s; choose another with "
		    "--bind",
		    text);
	else
		snprintf(why, why_bytes, "cannot listen on the web address %s: %s", text,
		    strerror(errnum));
	return errnum == EADDRINUSE ? ERR_IN_USE : err_from_errno(errnum);
}

enum err
listen_tcp(
    const char *address, uint16_t port, int *out, uint16_t *bound, char *why, size_t why_bytes)
{
	struct addr at;
	struct sockaddr_storage ss;
	socklen_t len;
	int on = 1, off = 0, fd;

	if (addr_parse_ip(slice_cstr(address), port, &at) != ERR_OK) {
		snprintf(why, why_bytes, "the web address \"%s\" is not an IP address", address);
		return ERR_INVALID;
	}
	len = addr_to_sockaddr(&at, &ss);
	fd = socket(ss.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return tcp_failed(fd, &at, why, why_bytes);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (ss.ss_family == AF_INET6) /* "::" is for both families */
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	if (bind(fd, (struct sockaddr *)&ss, len) != 0 || listen(fd, BACKLOG) != 0)
		return tcp_failed(fd, &at, why, why_bytes);
	len = sizeof ss;
	if (getsockname(fd, (struct sockaddr *)&ss, &len) != 0 ||
	    addr_from_sockaddr((struct sockaddr *)&ss, &at) != ERR_OK)
		return tcp_failed(fd, &at, why, why_bytes);
	*bound = at.port;
	*out = fd;
	return ERR_OK;
}

/* A socket file without a listener is left over by a crash and may be replaced. */
static bool
somebody_listens(const struct sockaddr_un *un)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool yes = fd >= 0 && connect(fd, (const struct sockaddr *)un, sizeof *un) == 0;

	if (fd >= 0)
		close(fd);
	return yes;
}

enum err
listen_unix(const char *path, int *out, char *why, size_t why_bytes)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	struct stat st;
	mode_t mask;
	int fd, failed, errnum;

	if (slice_copy_cstr(slice_cstr(path), un.sun_path, sizeof un.sun_path) != ERR_OK) {
		snprintf(why, why_bytes,
		    "the path of the command line's socket is longer than %zu characters: %s; use "
		    "a "
		    "shorter data directory",
		    sizeof un.sun_path - 1, path);
		return ERR_TOO_BIG;
	}
	if (lstat(path, &st) == 0) {
		if (!S_ISSOCK(st.st_mode) || somebody_listens(&un)) {
			snprintf(
			    why, why_bytes, "%s is in use; is another strowgerd running?", path);
			return ERR_IN_USE;
		}
		unlink(path);
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	mask = umask(0177); /* born with mode 0600: no moment in which others may connect */
	failed =
	    fd < 0 || bind(fd, (struct sockaddr *)&un, sizeof un) != 0 || listen(fd, BACKLOG) != 0;
	errnum = errno;
	umask(mask);
	if (failed) {
		if (fd >= 0)
			close(fd);
		snprintf(why, why_bytes, "cannot listen on %s: %s", path, strerror(errnum));
		return err_from_errno(errnum);
	}
	*out = fd;
	return ERR_OK;
}
