/*
 * Private to registrar/: the structs its files share.
 *
 *	registrar.c  the whole: phones, snapshot, listing
 *	find.c       which contacts a phone has, the best first
 *	static.c     contacts from the directory
 *	kept.c       bindings as bytes, and back after a restart
 *	binding.c    one binding: made, refreshed, expired, reported
 *	texts.c      its texts, in one block
 *	conn.c       bindings and the connections they came over
 *	register*.c  a REGISTER, from request to response (register_int.h)
 *	path.c       the proxies on the way (RFC 3327)
 *	outbound.c   one device, several flows (RFC 5626)
 *	gruu.c       addresses of devices (RFC 5627)
 *	pace.c       many at once
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

enum {
	QUALIFY_MISSES_MAX = 2,
	PATH_MAX_BYTES = 1024, /* as Route lines */
	INSTANCE_MAX_BYTES = 127,
	USER_AGENT_MAX_BYTES = 127,
	GRUU_KEY_BYTES = 32,
};

struct reg_phone {
	struct hnode node; /* by id */
	struct registrar *registrar;
	int64_t id;
	struct list bindings;
	uint32_t qualify_ms; /* 0 = never */
	uint16_t n_bindings, n_reachable;
	char name[LIVE_PHONE_BYTES];
};

/* The texts of a binding. */
enum text {
	TEXT_CONTACT, /* URI */
	TEXT_CALL_ID,
	TEXT_INSTANCE, /* with < and > */
	TEXT_USER_AGENT,
	TEXT_ROUTE, /* Route header lines */
	TEXT_N
};

/* In one block of memory, each beginning where the one before ends. */
struct texts {
	uint16_t end[TEXT_N];
	char bytes[];
};

struct binding {
	struct list node; /* in its phone, newest first */
	struct reg_phone *phone;
	struct texts *texts; /* NULL: only just made */
	struct hnode by_conn;
	struct timer expiry; /* may be due before expires_ms: see binding.c */
	struct timer qualify;
	struct sip_client *asking;
	uint64_t expires_ms, asked_ms;	   /* loop's time */
	int64_t registered_at, expires_at; /* ms since 1970; registered_at: since when */
	struct sip_flow flow;		   /* where requests go */
	struct addr source;		   /* where the REGISTER came from */
	uint32_t handle;		   /* of what is kept; 0 = nothing */
	uint32_t cseq, cseq_out;
	uint32_t reg_id; /* RFC 5626; 0 = no flow of several */
	uint32_t rtt_ms;
	uint16_t q_permille;
	uint8_t misses;
	bool has_conn; /* is in by_conn */
	bool is_static, reachable;
};

/* How many registered in this second and in the one before: pace.c. */
struct reg_pace {
	uint64_t second;
	uint32_t now, before;
};

struct registrar {
	struct registrar_params p;
	struct hmap phones;
	struct hmap by_conn; /* bindings over connections, by its remote address */
	struct reg_pace pace;
	unsigned char gruu_key[GRUU_KEY_BYTES];
	bool has_gruu_key;
	uint32_t gruu_handle; /* of what is kept */
	struct registrar_counts counts;
};

/* What a contact is to become. */
struct binding_update {
	struct slice text[TEXT_N];
	uint32_t cseq, expires_s, reg_id;
	uint16_t q_permille;
	struct sip_flow flow; /* where requests go */
	struct addr source;
};

struct reg_phone *phone_find(const struct registrar *r, int64_t id);
/** NULL: no memory. */
struct reg_phone *phone_get_or_make(struct registrar *r, const struct dir_phone *dp);
void phone_drop_if_empty(struct reg_phone *p);
/** Tells ops.on_phone. */
void phone_tell(const struct reg_phone *p);

/** Makes the phone's static contact what the directory says. */
void static_follow(struct registrar *r, const struct dir_phone *dp);

struct slice binding_text(const struct binding *b, enum text which);
/** Takes these texts. False: no memory, the old ones stay. *changed: some are others now. */
ERR_MUST_CHECK bool binding_set_texts(
    struct binding *b, const struct slice text[TEXT_N], bool *changed);

/** NULL: no memory. In the phone's list, silent, without texts and timers. */
struct binding *binding_make(struct reg_phone *p);
/** Takes what a REGISTER says, keeps it and tells whoever sees a difference. False: no memory,
 *  nothing has changed. */
ERR_MUST_CHECK bool binding_update(struct binding *b, const struct binding_update *u);
/** A new static one is complete. */
void binding_begin_static(struct binding *b);
/** After everything was filled from what was kept. Tells, does not keep again. */
void binding_restored(struct binding *b, uint64_t left_ms);
/** Ends, tells, forgets and frees it; its phone may be empty then. */
void binding_remove(struct binding *b);
/** The same without a word. */
void binding_free(struct binding *b);
void binding_tell(const struct binding *b, bool removed);
void binding_set_reachable(struct binding *b, bool reachable);
void binding_live(const struct binding *b, struct live_registration *out);
uint32_t binding_expires_s(const struct binding *b);
/** Neither static nor only just made. */
bool binding_is_registered(const struct binding *b);

enum { FOUND_MAX = 80 };

/* Bindings of a phone, the best first. */
struct found {
	struct binding *binding[FOUND_MAX];
	size_t n;
};

/** All that may be used: registered ones, or else the static one. */
void find_begin(struct found *f, const struct registrar *r, int64_t phone_id);
void find_drop(struct found *f, size_t at);
size_t find_write(const struct found *f, struct reg_contact *out, size_t max);
/** The contact as requests name it. */
struct slice find_request_uri(const struct binding *b);

/** Hands the binding to ops.keep. */
void kept_write(struct binding *b);
/** The same for the key of temporary GRUUs. */
void kept_write_key(struct registrar *r);

/** The flow for requests to this contact, given the flow of its REGISTER and the first hop of
 *  its Path (NULL: none). */
struct sip_flow target_of(const struct registrar *r, const struct dir_phone *dp,
    const struct sip_uri *contact, const struct sip_uri *hop, const struct sip_flow *flow);
/** The address a URI names, if it is a number and can be reached from anywhere the
 *  registrar is; port filled in. */
bool target_direct(const struct sip_uri *contact, struct addr *out);

/** Enters the connection of b's flow, leaves it. */
void conn_bind(struct binding *b);
void conn_unbind(struct binding *b);
/** The connection is gone (or from before a restart): the contact is called directly
 *  where that can work, else the phone is unreachable until it registers again. */
void conn_lost(struct binding *b);

/** A URN between < and > (RFC 5626, 4.1), as it may be written into answers. */
bool register_is_instance(struct slice s);
/** Route header lines as path_read makes them, and nothing else; empty is fine. */
bool path_is_route(struct slice s);

/** pub-gruu and temp-gruu as Contact parameters, when b has an instance that fits. */
void gruu_write_params(struct buf *out, struct binding *b, const struct sip_uri *aor);

/** The time granted for a wish of expires_s: a little less while many register at once, so
 *  that they do not all come back at once. */
uint32_t pace_grant_s(struct registrar *r, uint32_t expires_s);

/** (Re)starts or stops asking, by the phone's interval; the first time after a random part
 *  of it, so that phones are spread evenly. */
void qualify_start(struct binding *b);
void qualify_stop(struct binding *b);

#endif
