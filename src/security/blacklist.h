/*
 * security/blacklist - the address rules of the database on one side, the guard on the other.
 *
 * What the guard blocks becomes automatic rules, written together; what people change acts at
 * once; what has ended is removed. Knows which rule has which address, because a rule that was
 * deleted can no longer be asked.
 *
 * Management thread, except blacklist_is_writing. Owns its mirror of the rules; borrows the store.
 */
#ifndef SECURITY_BLACKLIST_H
#define SECURITY_BLACKLIST_H

#include "security/guard.h"
#include "store/store.h"

struct blacklist;

/** What the guard has to say, on its way to management. */
struct guard_report {
	struct addr_net net;
	enum guard_reason reason;
	char user_agent[128];
	int64_t at_ms; /* wall clock */
	uint64_t for_ms;
	bool is_new, unblocked;
};

struct blacklist_params {
	struct store *store;
	/** A rule for the guard. Must not call back. */
	void (*on_rule)(void *ctx, const struct guard_rule *rule);
	void *ctx;
};

ERR_MUST_CHECK enum err blacklist_new(struct blacklist **out, const struct blacklist_params *p);
/** NULL is fine. */
void blacklist_free(struct blacklist *b);
/** Reads all rules and tells those that are new or have changed; also after an import. */
ERR_MUST_CHECK enum err blacklist_load(struct blacklist *b, int64_t now_ms);
/** Remembers a report; blacklist_flush writes them. */
void blacklist_on_report(struct blacklist *b, const struct guard_report *r);
void blacklist_flush(struct blacklist *b, int64_t now_ms);
/** A rule was created, changed or deleted. own: by blacklist_flush or blacklist_expire, so the
 *  guard knows it. */
void blacklist_on_changed(struct blacklist *b, int64_t id, bool own, int64_t now_ms);
/** Now and then: removes rules that have ended. */
void blacklist_expire(struct blacklist *b, int64_t now_ms);
/** Any thread, inside the store's feed: is the change that is being told our own? */
bool blacklist_is_writing(const struct blacklist *b);

#endif
