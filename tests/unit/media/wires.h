/*
 * Networks of a test's own: the calling thread moves into a network namespace, and each host of
 * the other side has one, with a wire (veth) between them. Gone with the process. The wires
 * compute and check UDP checksums, as real ones do.
 */
#ifndef TESTS_MEDIA_WIRES_H
#define TESTS_MEDIA_WIRES_H

#include <stdbool.h>
#include <stdint.h>

struct wire {
	const char *name;	   /* of our end's interface, at most 12 characters */
	const char *ours, *theirs; /* addresses in one /24, IPv6: /64 */
	int host;		   /* the other namespace */
};

/** False: this machine does not let us (why gets a sentence). */
bool wires_enter(char *why, unsigned why_bytes);
/** A host at the other end. False: something is missing. */
bool wires_lay(struct wire *w);
/** Both ends have these, too, from now on. */
bool wires_give_addresses(const struct wire *w);
/** One more address of our end. */
bool wires_add_address(const struct wire *w, const char *ip);
void wires_cut(struct wire *w);
/** What the calling thread opens from here on is the host's … */
void wires_go_to(const struct wire *w);
/** … until here: ours again. */
void wires_come_back(void);
/** Our own namespace, as the host of a wire is one. */
int wires_home(void);

#endif
