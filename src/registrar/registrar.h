/*
 * registrar/ - where each phone can be reached: the location service and registrar of RFC
 * 3261, 10. Bindings come from REGISTER, from what was saved before a restart, and
 * from the directory (phones with a static address); they go by removal, expiry, or when
 * their phone is gone. Each is asked from time to time whether it is there (OPTIONS).
 * Whether a request may register at all is decided by auth.h first.
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

/** A binding as it is kept across restarts; also the key of its removal: phone_id and
 *  contact. Plain value, strings with NUL. */
struct reg_binding {
	int64_t phone_id;
	char contact[SIP_URI_MAX_BYTES + 1];
	char call_id[SIP_CALL_ID_MAX_BYTES + 1];
	uint32_t cseq;
	uint16_t q_permille;
	struct sip_flow flow; /* a connection's handle means nothing after a restart */
	char instance[128];   /* +sip.instance, RFC 5626; "" none */
	char user_agent[128];
	int64_t registered_at, expires_at; /* ms since 1970 */
};

struct registrar_ops {
	/** A binding was made, refreshed or (removed) ended. Static ones are not saved. */
	void (*save)(void *ctx, const struct reg_binding *b, bool removed);
	/** The same, and changes of reachability, for people. */
	void (*on_registration)(void *ctx, const struct live_registration *r, bool removed);
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
	uint64_t options_sent, options_lost;
	size_t bindings, unreachable; /* now */
};

/** One way to reach a phone. uri is good until control returns to the loop. */
struct reg_contact {
	struct slice uri; /* Request-URI */
	struct sip_flow flow;
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
/** Before the loop runs, for each saved binding; nothing is saved again. ERR_NOT_FOUND
 *  (no such phone), ERR_TIMEOUT (expired meanwhile), ERR_LIMIT, ERR_MALFORMED, ERR_NOMEM. */
ERR_MUST_CHECK enum err registrar_restore(struct registrar *r, const struct reg_binding *b);

/** Answers a REGISTER of this phone (as auth_check found it). */
void registrar_on_register(struct registrar *r, struct sip_server *tsx, const struct sip_msg *req,
    const struct dir_phone *phone);
/** A connection died: what was registered over it cannot be reached, unless its contact
 *  address can be called. */
void registrar_on_closed(struct registrar *r, const struct sip_flow *flow);

/** The phone's contacts: reachable before unreachable, then by falling q, then the newest
 *  first. Writes at most max, returns how many. */
size_t registrar_contacts(
    const struct registrar *r, int64_t phone_id, struct reg_contact *out, size_t max);
/** All bindings, in no order. */
void registrar_each(const struct registrar *r,
    void (*each)(void *ctx, const struct live_registration *reg), void *ctx);
const struct registrar_counts *registrar_get_counts(const struct registrar *r);

#endif
