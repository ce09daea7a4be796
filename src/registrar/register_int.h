/*
 * Private to registrar/: one REGISTER while it is worked on.
 *
 *	register.c         the steps in order, and what they change
 *	register_read.c    what the phone wants
 *	register_answer.c  what it is told
 */
#ifndef REGISTRAR_REGISTER_INT_H
#define REGISTRAR_REGISTER_INT_H

#include "registrar/registrar_int.h"

enum { WANTED_MAX = 16 /* contacts in one request */ };

struct wanted {
	struct slice contact;
	struct sip_uri uri;
	struct slice instance; /* with < and > */
	uint32_t expires_s, reg_id;
	uint16_t q_permille;
	struct binding *binding; /* the one it means, NULL: a new one */
};

struct request {
	struct registrar *r;
	struct sip_server *tsx;
	const struct sip_msg *msg;
	const struct dir_phone *dp;
	const struct sip_flow *flow;
	struct reg_phone *phone;   /* NULL: no bindings yet */
	bool star, outbound, gruu; /* gruu: it wants such addresses */
	/* Path */
	size_t n_hops;
	struct sip_uri first_hop, last_hop; /* as we see them: next to us, next to the phone */
	struct slice route;		    /* in route_text */
	/* big: written when used */
	size_t n;
	struct wanted wanted[WANTED_MAX];
	char route_text[PATH_MAX_BYTES];
};

/** sip: or sips: */
bool register_is_sip(const struct sip_uri *uri);

/** These return the status to refuse with, 0 if all is right. */
uint16_t request_read_contacts(struct request *q);
uint16_t path_read(struct request *q);
uint16_t outbound_check(struct request *q);

uint32_t outbound_read_reg_id(const struct request *q, struct slice instance, struct slice params);
/** Header lines of the 200. */
void outbound_write(struct buf *out, const struct request *q);
/** Sends the 200. */
void request_answer(struct request *q);

#endif
