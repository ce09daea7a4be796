/*
 * What the load generators share: time, UDP sockets, finding things in SIP messages.
 *
 * The generators are measuring tools, not phones: they send fixed messages as fast as asked, look
 * only at what they need, and count everything that did not go as it should. One thread, nothing
 * here keeps state.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOAD_MESSAGE_MAX = 4096 };

struct load_text {
	const char *p;
	int n;
};

uint64_t load_now_ns(void);
/** "127.0.0.1:5060" to an address; ends the program with a sentence when it is none. */
struct sockaddr_in load_address(const char *text);
/** A non-blocking UDP socket bound there, with the largest buffers one may have; ends the program
 * on failure. */
int load_udp_open(const struct sockaddr_in *local);
/** The value of the first header of that name (long form, exact case); n = 0 when there is none. */
struct load_text load_header(const char *message, const char *name);
/** The status of a response, 0 for a request. */
int load_status(const char *message);
/** What stands between two strings within `in`, e.g. between "<" and ">"; n = 0 when they are not
 * there. */
struct load_text load_between(struct load_text in, const char *before, const char *after);
uint32_t load_hash(struct load_text text);
void load_die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

#endif
