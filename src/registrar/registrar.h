/*
 * registrar/ - where each phone can be reached: the location service and registrar of RFC
 * 3261, 10. Bindings come from REGISTER, from what was kept before a restart, and
 * from the directory (phones with a static address); they go by removal, expiry, or when
 * their phone is gone. Each is asked from time to time whether it is there (OPTIONS).
 * Whether a request may register at all is decided by auth.h first.
 *
 * Phones behind proxies (Path, RFC 3327), with several ways to us (outbound, RFC 5626), in
 * browsers (RFC 7118) and with addresses of their own that route from anywhere (GRUU, RFC
 * 5627) are understood.
 *
 * Owns the bindings. Signalling thread (or a simulation): no I/O, no clock; requests and
 * timers come in, responses and events go out. Reads the directory snapshot; knows no
 * calls, no sockets, no SQL.
 */
#ifndef REGISTRAR_REGISTRAR_H
#define REGISTRAR_REGISTRAR_H

#include "directory/directory.h"
#include "model/live.h"
#include "sip/core.h"

struct registrar;

enum {
	/* What registrar_ops.keep is given at most. */
	REG_KEPT_MAX_BYTES = 3072,
	/* Of what is kept; another one cannot be read. */
	REG_KEPT_FORMAT = 1,
};

struct registrar_ops {
	/** Keeps value over restart and crash, before it returns and so before the phone is told:
	 *  in place of what *handle names (0: nothing yet). *handle becomes the new name; when
	 *  there is no room it stays, and the phone has to register again after a restart. */
	void (*keep)(void *ctx, uint32_t *handle, struct slice value);
	void (*forget)(void *ctx, uint32_t handle);
	/** A binding was made, ended (removed), or changed in what people see of it. */
	void (*on_registration)(void *ctx, const struct live_registration *r, bool removed);
	/** A phone came, moved, or went: it has so many bindings now, and can be reached over so
	 *  many. What is asked of the registrar meanwhile is as it is now. May be NULL. */
	void (*on_phone)(void *ctx, int64_t phone_id, size_t contacts, size_t reachable);
	/** The local address a request to remote will leave from. ERR_NOT_FOUND. */
	enum err (*local_for)(
	    void *ctx, enum sip_transport transport, const struct addr *remote, struct addr *local);
	/** Milliseconds since 1970. */
	int64_t (*wall_ms)(void *ctx);
};

struct registrar_params {
	struct sip_core *core; /* borrowed, like all here; for OPTIONS */
	struct timers *timers;
	struct rng *rng;
	const struct registrar_ops *ops;
	void *ctx;
	const struct directory *dir;
};

struct registrar_counts {
	uint64_t registered, removed, queries; /* accepted requests */
	uint64_t refused;
	uint64_t expired;
	uint64_t flows_lost; /* connections that took a binding along */
	uint64_t options_sent, options_lost;
	size_t bindings, unreachable; /* now */
};

/** One way to reach a phone. uri, route and instance are good until control returns to the
 *  loop. */
struct reg_contact {
	struct slice uri; /* Request-URI */
	struct sip_flow flow;
	struct slice route;    /* Route header lines with CR LF (Path), or empty */
	struct slice instance; /* +sip.instance, with < and >, or empty */
	uint32_t reg_id;       /* which flow of the device (RFC 5626, 4.2); 0 = it has only one */
	uint16_t q_permille;
	bool reachable;
};

/** Static contacts of dir are there at once. ERR_NOMEM. */
ERR_MUST_CHECK enum err registrar_new(struct registrar **out, const struct registrar_params *p);
/** No ops are called any more. Before sip_core_free. */
void registrar_free(struct registrar *r);
/** Takes the new snapshot: bindings of phones that are gone or disabled end, static ones
 *  follow their phone, qualify intervals too. The old snapshot is not used any more. */
void registrar_set_directory(struct registrar *r, const struct directory *dir);
/** Before the loop runs, for each value that was kept, in the order in which they were put: a
 *  later one of the same contact wins. What is not wanted any more is forgotten. True: a
 *  phone is registered again; *source is where it registered from. */
bool registrar_restore(
    struct registrar *r, uint32_t handle, struct slice value, struct addr *source);

/** Answers a REGISTER of this phone (as auth_check found it). */
void registrar_on_register(struct registrar *r, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone);
/** A connection died. What was registered over it ends when it was one of several flows (RFC
 *  5626); otherwise it cannot be reached, unless its contact address can be called. */
void registrar_on_closed(struct registrar *r, const struct sip_flow *flow);

/** The phone's contacts: reachable before unreachable, then by falling q, then the newest
 *  first; of each device only its best flow (RFC 5626, 7). Writes at most max, returns how
 *  many. */
size_t registrar_contacts(
    const struct registrar *r, int64_t phone_id, struct reg_contact *out, size_t max);
/** The same with all flows of each device. */
size_t registrar_flows(
    const struct registrar *r, int64_t phone_id, struct reg_contact *out, size_t max);
/** Does this flow come from where the phone is registered (or has its static address)? with_port:
 * from that port, too; over a connection: over that one. */
bool registrar_is_at(
    const struct registrar *r, int64_t phone_id, const struct sip_flow *flow, bool with_port);
/** Is this Request-URI a GRUU (RFC 5627, 3.2: it has a gr parameter)? */
bool registrar_is_gruu(const struct sip_uri *uri);
/** Finds the phone and the contacts of the one device that a GRUU means, best flow first.
 *  ERR_NOT_FOUND: not one of ours (404). With *n 0 it is ours, but the device is not
 *  registered (480). */
ERR_MUST_CHECK enum err registrar_find_gruu(const struct registrar *r, const struct sip_uri *uri,
    int64_t *phone_id, struct reg_contact *out, size_t max, size_t *n);

/** All bindings, in no order. */
void registrar_each(const struct registrar *r,
    void (*each)(void *ctx, const struct live_registration *reg), void *ctx);
/** The bindings of one phone, newest first. */
void registrar_each_of(const struct registrar *r, int64_t phone_id,
    void (*each)(void *ctx, const struct live_registration *reg), void *ctx);
const struct registrar_counts *registrar_get_counts(const struct registrar *r);

#endif
