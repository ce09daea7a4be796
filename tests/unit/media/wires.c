#include "wires.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int home = -1;

static int
namespace_here(void)
{
	return open("/proc/thread-self/ns/net", O_RDONLY); /* children may have it, too */
}

static bool run(const char *format, ...) __attribute__((format(printf, 1, 2)));

static bool
run(const char *format, ...)
{
	char command[256];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof command, format, args);
	va_end(args);
	return system(command) == 0; // NOLINT(cert-env33-c): commands of our own
}

bool
wires_enter(char *why, unsigned why_bytes)
{
	if (unshare(CLONE_NEWNET) != 0) {
		snprintf(why, why_bytes, "this machine allows no network namespace (%s)",
		    strerror(errno));
		return false;
	}
	home = namespace_here();
	if (home < 0 || !run("ip link set lo up")) {
		snprintf(why, why_bytes, "the command ip (iproute2) is missing or fails");
		return false;
	}
	return true;
}

static bool
new_host(struct wire *w)
{
	bool fine = unshare(CLONE_NEWNET) == 0;

	w->host = fine ? namespace_here() : -1;
	fine = fine && w->host >= 0 && run("ip link set lo up");
	wires_come_back();
	return fine;
}

static bool
set_checksums(const char *name)
{
	struct ethtool_value off = {.cmd = ETHTOOL_STXCSUM, .data = 0};
	struct ifreq request = {.ifr_data = (char *)&off};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool done;

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	done = ioctl(fd, SIOCETHTOOL, &request) == 0;
	close(fd);
	return done;
}

/* At once: nobody else is there who could have it. */
static bool
give_address(const char *ip, const char *name)
{
	return strchr(ip, ':') ? run("ip addr add %s/64 dev %s nodad", ip, name)
			       : run("ip addr add %s/24 dev %s", ip, name);
}

bool
wires_lay(struct wire *w)
{
	bool fine = new_host(w) &&
		    run("ip link add %s type veth peer name there netns /proc/self/fd/%d", w->name,
			w->host) &&
		    set_checksums(w->name) && run("ip link set %s up", w->name);

	wires_go_to(w);
	fine = fine && set_checksums("there") && run("ip link set there up");
	wires_come_back();
	return fine && wires_give_addresses(w);
}

bool
wires_give_addresses(const struct wire *w)
{
	bool fine = give_address(w->ours, w->name);

	wires_go_to(w);
	fine =
	    fine && give_address(w->theirs, "there") && run("ip route add default via %s", w->ours);
	wires_come_back();
	return fine;
}

bool
wires_add_address(const struct wire *w, const char *ip)
{
	return give_address(ip, w->name);
}

void
wires_cut(struct wire *w)
{
	(void)run("ip link del %s", w->name);
	close(w->host);
}

void
wires_go_to(const struct wire *w)
{
	if (setns(w->host, CLONE_NEWNET) != 0)
		abort();
}

void
wires_come_back(void)
{
	if (setns(home, CLONE_NEWNET) != 0)
		abort();
}

int
wires_home(void)
{
	return home;
}
