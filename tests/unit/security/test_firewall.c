/*
 * security/firewall in a network namespace of its own: what is blocked is dropped by the kernel,
 * and nothing is left afterwards. Without the right to make one, the other half is tested: we are
 * refused, and say so.
 */
#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include <nftables/libnftables.h>

#include "security/firewall.h"

enum { PORT = 5999, OTHER_PORT = 6001 };

static bool own_namespace;

static bool
enter_namespace(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	bool up;
	int fd;

	/* Who is not root may be root of a namespace of users. */
	if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		return false;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	up = ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
	close(fd);
	return up;
}

static int
udp(const char *ip, uint16_t port)
{
	struct sockaddr_storage ss;
	struct addr a;
	socklen_t len;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	assert_int_equal(addr_parse_ip(slice_cstr(ip), port, &a), ERR_OK);
	len = addr_to_sockaddr(&a, &ss);
	assert_int_equal(bind(fd, (struct sockaddr *)&ss, len), 0);
	return fd;
}

static void
say(const char *from, uint16_t port, char what)
{
	struct sockaddr_storage ss;
	struct addr to;
	socklen_t len;
	int fd = udp(from, 0);

	assert_int_equal(addr_parse_ip(SLICE("127.0.0.1"), port, &to), ERR_OK);
	len = addr_to_sockaddr(&to, &ss);
	assert_int_equal(sendto(fd, &what, 1, 0, (struct sockaddr *)&ss, len), 1);
	close(fd);
}

/* The loopback keeps the order: when 'x' of a free address is there and 'b' is not, it was dropped.
 */
static bool
passes(int server, uint16_t port, const char *from)
{
	char c;

	say(from, port, 'b');
	say("127.0.0.99", port, 'x');
	assert_int_equal(recv(server, &c, 1, 0), 1);
	if (c == 'x')
		return false;
	assert_int_equal(recv(server, &c, 1, 0), 1);
	return true;
}

static void
wait_commands(const struct firewall *f, uint64_t n)
{
	for (int i = 0; i < 5000 && firewall_count(f).commands < n && !firewall_count(f).refused;
	     i++)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void
block(struct firewall *f, const char *text, uint32_t seconds)
{
	uint64_t before = firewall_count(f).commands;
	bool first = before == 0; /* the table comes first */
	struct addr_net net;

	assert_int_equal(addr_net_parse(slice_cstr(text), &net), ERR_OK);
	firewall_block(f, &net, seconds);
	wait_commands(f, before + (first ? 2 : 1));
	/* counted before it is carried out: the next one begins when this has ended */
	before = firewall_count(f).commands;
	assert_int_equal(addr_net_parse(SLICE("192.0.2.200"), &net), ERR_OK);
	firewall_block(f, &net, 600);
	wait_commands(f, before + 1);
}

static void
the_kernel_drops_what_is_blocked(void **state)
{
	static const struct {
		const char *block;
		uint32_t seconds;
		const char *from;
		bool passes;
	} steps[] = {
	    {"127.0.0.5", 600, "127.0.0.5", false},
	    {"127.0.0.5", 600, "127.0.0.6", true},
	    {"127.0.0.5", 700, "127.0.0.5", false}, /* renewed */
	    {"127.1.0.0/16", FIREWALL_FOR_EVER, "127.1.2.3", false},
	    {"127.1.2.0/24", FIREWALL_FOR_EVER, "127.1.2.3", false}, /* overlaps */
	    {"127.1.0.0/16", 0, "127.1.3.3", true},
	    {"127.1.2.0/24", 0, "127.1.2.3", true},
	    {"2001:db8:1:2::/64", 600, "127.0.0.5", false},
	    {"2001:db8::/32", FIREWALL_FOR_EVER, "127.0.0.6", true},
	    {"127.0.0.7", FIREWALL_FOR_EVER, "127.0.0.7", false},
	    {"127.0.0.7", 0, "127.0.0.7", true},
	    {"127.0.0.5", 0, "127.0.0.5", true},
	    {"127.0.0.8", 0, "127.0.0.8", true}, /* was never blocked */
	    {"127.0.0.5", 600, "127.0.0.5", false},
	};
	const struct firewall_params p = {.ports = {PORT}};
	struct firewall *f;
	int server, other;

	if (!own_namespace)
		return; /* then the next test says something */
	server = udp("127.0.0.1", PORT);
	other = udp("127.0.0.1", OTHER_PORT);
	assert_int_equal(firewall_start(&f, &p), ERR_OK);
	assert_true(passes(server, PORT, "127.0.0.5"));
	assert_int_equal(firewall_count(f).commands, 0); /* nothing is touched without need */
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		block(f, steps[i].block, steps[i].seconds);
		if (passes(server, PORT, steps[i].from) != steps[i].passes)
			fail_msg("step %zu: %s", i, steps[i].block);
		assert_true(passes(other, OTHER_PORT, steps[i].from)); /* not our business */
	}
	assert_int_equal(firewall_count(f).failed, 0);
	assert_true(firewall_count(f).active);
	firewall_stop(f);
	assert_true(passes(server, PORT, "127.0.0.5")); /* nothing is left */
	close(server);
	close(other);
}

/* Without the capability, wherever we are. */
static void
without_permission_nothing_is_lost_but_speed(void **state)
{
	const struct firewall_params p = {.ports = {PORT}};
	struct addr_net net;
	struct firewall *f;

	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[2] = {0};

	assert_int_equal(syscall(SYS_capset, &h, d), 0); /* the new thread takes this over */
	assert_int_equal(firewall_start(&f, &p), ERR_OK);
	assert_int_equal(addr_net_parse(SLICE("127.0.0.5"), &net), ERR_OK);
	firewall_block(f, &net, 600);
	for (int i = 0; i < 5000 && !firewall_count(f).refused; i++)
		nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	assert_true(firewall_count(f).refused);
	assert_false(firewall_count(f).active);
	firewall_block(f, &net, 600); /* harmless */
	firewall_stop(f);
	firewall_stop(NULL);
	firewall_block(NULL, &net, 1);
	assert_true(firewall_count(NULL).refused);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_kernel_drops_what_is_blocked),
	    cmocka_unit_test(without_permission_nothing_is_lost_but_speed),
	};

	own_namespace = enter_namespace();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
