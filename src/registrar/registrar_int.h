/*
 * Private to registrar/: the structs its files share.
 *
 *	registrar.c  the whole: phones, look-up, snapshot, restore
 *	binding.c    one binding: made, refreshed, expired, reported
 *	conn.c       bindings and the connections they came over
 *	register.c   a REGISTER, from request to response
 *	target.c     where requests to a contact are sent
 *	qualify.c    is it still there?
 *
 * registrar -> phone (only while it has bindings) -> binding. A binding ends in
 * binding_remove only; a phone without bindings is freed by phone_drop_if_empty.
 */
#ifndef REGISTRAR_REGISTRAR_INT_H
#define REGISTRAR_REGISTRAR_INT_H

#include "base/hmap.h"
#include "registrar/registrar.h"

enum { QUALIFY_MISSES_MAX = 2 };

struct reg_phone {
	struct hnode node; /* by id */
	struct registrar *registrar;
	int64_t id;
	char name[LIVE_PHONE_BYTES];
	uint32_t qualify_ms; /* 0 = never */
	struct list bindings;
	size_t n_bindings;
};

struct binding {
	struct list node; /* in its phone, newest first */
	struct reg_phone *phone;
	struct reg_binding data; /* flow: where requests go */
	struct addr source;	 /* where the REGISTER came from */
	struct hnode by_conn;
	bool has_conn; /* is in by_conn */
	bool is_static;
	struct timer expiry;
	uint64_t expires_ms;
	/* qualify */
	struct timer qualify;
	struct sip_client *asking;
	uint64_t asked_ms;
	uint32_t misses, rtt_ms, cseq_out;
	bool reachable;
};

struct registrar {
	struct registrar_params p;
	struct hmap phones;
	struct hmap by_conn; /* bindings over connections, by its remote address */
	struct registrar_counts counts;
};

/* What a contact is to become. */
struct binding_update {
	struct slice contact, call_id, instance, user_agent;
	uint32_t cseq, expires_s;
	uint16_t q_permille;
	struct sip_flow flow; /* the REGISTER's */
};

struct reg_phone *phone_find(const struct registrar *r, int64_t id);
/** NULL: no memory. */
struct reg_phone *phone_get_or_make(struct registrar *r, const struct dir_phone *dp);
void phone_drop_if_empty(struct reg_phone *p);

/** NULL: no memory. In the phone's list, silent, without timers. */
struct binding *binding_make(struct reg_phone *p);
void binding_update(struct binding *b, const struct binding_update *u);
/** Starts the timers; tells and saves. */
void binding_announce(struct binding *b);
/** The contact is about to change: what was saved under the old one goes. */
void binding_moves(struct binding *b);
/** After data and source were filled from what was saved. Tells, does not save. */
void binding_restored(struct binding *b, uint64_t left_ms);
/** Ends, tells, saves and frees it; its phone may be empty then. */
void binding_remove(struct binding *b);
/** The same without a word. */
void binding_free(struct binding *b);
void binding_tell(const struct binding *b, bool removed);
void binding_set_reachable(struct binding *b, bool reachable);
void binding_live(const struct binding *b, struct live_registration *out);
uint32_t binding_expires_s(const struct binding *b);

/** The flow for requests to the contact, given the flow of its REGISTER. */
struct sip_flow target_of(const struct sip_uri *contact, const struct sip_flow *flow);
/** The address a contact names, if it is a number and can be reached from anywhere the
 *  registrar is; port filled in. */
bool target_direct(const struct sip_uri *contact, struct addr *out);

/** Enters the connection of b's flow, leaves it. */
void conn_bind(struct binding *b);
void conn_unbind(struct binding *b);
/** The connection is gone (or from before a restart): the contact is called directly
 *  where that can work, else the phone is unreachable until it registers again. */
void conn_lost(struct binding *b);

/** (Re)starts or stops asking, by the phone's interval; the first time after a random part
 *  of it, so that phones are spread evenly. */
void qualify_start(struct binding *b);
void qualify_stop(struct binding *b);

#endif
