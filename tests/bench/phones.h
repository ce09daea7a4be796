/*
 * What the benchmarks of the relay share: phones that are no more than sockets, and their packets.
 * One thread, nothing here keeps state; whatever fails ends the program.
 */
#ifndef BENCH_PHONES_H
#define BENCH_PHONES_H

#include "base/addr.h"

enum { PHONES_FRAME_US = 20000, PHONES_SIDES = 2 };

struct phone {
	int fd;
	struct addr at;
};

struct phones_count {
	uint64_t sent, received;
};

void phones_die(const char *what) __attribute__((noreturn));
/** A socket at that IPv4 address, with a port of the kernel's choice. */
void phone_open(struct phone *p, const struct addr *at);
/** Packets go there from now on, and come from there. */
void phone_point(const struct phone *p, const struct addr *to);
/** Reads what is there. */
void phone_receive(const struct phone *p, struct phones_count *count);
/** Both sides of a call say one packet, and read what is there. */
void phones_talk(const struct phone two[PHONES_SIDES], uint32_t frame, struct phones_count *count);

#endif
