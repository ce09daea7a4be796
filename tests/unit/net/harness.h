/*
 * A net on a real loop, whose user echoes every message, and plain blocking sockets as
 * its peers. Things are waited for, with a deadline that only a failing test meets.
 */
#ifndef TESTS_UNIT_NET_HARNESS_H
#define TESTS_UNIT_NET_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/net.h"

struct harness {
	struct loop *loop;
	struct net *net;
	bool echo; /* default true */
	size_t messages, closed, externals;
	struct sip_flow last, last_closed; /* flows of the last message, the last end */
	struct addr external;		   /* the last one that STUN told */
	char text[65536];		   /* the last message */
	size_t text_n;
};

extern struct harness h;

/** Loopback of this family with port 0. */
struct addr loopback(int family);
void harness_start(const struct net_config *config);
/** cmocka teardown. */
int harness_stop(void **state);
struct addr listen_at(enum sip_transport transport, struct addr at);

/** Runs the loop until done() says so. */
void run_until(bool (*done)(void));
/** Runs the loop until there were so many messages or ends of connections. */
void run_until_messages(size_t n);
void run_until_closed(size_t n);
/** Runs the loop until everything queued was given to the kernel. */
void run_once(void);

/** A blocking socket (type SOCK_DGRAM or SOCK_STREAM) connected to `to`. */
int peer_connect(int type, const struct addr *to);
/** A listening socket of the peer, in `at`. */
int peer_listen(struct addr *at);
void peer_send(int fd, struct slice bytes);
/** Reads exactly expected; fails the test otherwise, also after 5 s. */
void peer_expect(int fd, struct slice expected);
/** Expects the end of the connection. */
void peer_expect_eof(int fd);

#endif
