#include "daemon/trace_filter.h"

#include <stdlib.h>

#include "base/hmap.h"

enum { KNOWN = 1 << 14, BURST_S = 3 };

/* A budget: tokens are thousandths of a message or a call. */
struct bucket {
	uint64_t tokens, filled_ms;
	uint32_t per_s;
};

struct watch {
	char target[TRACE_TARGET_BYTES]; /* "" = free */
	struct addr ip;			 /* family 0: the target is a name */
	uint64_t until_ms;
};

struct trace_filter {
	uint32_t known[KNOWN]; /* calls we trace, by part of their hash; newer ones win */
	struct bucket calls;   /* that may begin */
	struct bucket going_on, watched;
	struct watch watch[TRACE_WATCHES_MAX];
	struct trace_filter_counts counts;
};

static void
bucket_init(struct bucket *b, uint32_t per_s)
{
	b->per_s = per_s;
	b->tokens = (uint64_t)per_s * BURST_S * 1000;
}

struct trace_filter *
trace_filter_new(void)
{
	struct trace_filter *f = calloc(1, sizeof *f);

	if (!f)
		return NULL;
	bucket_init(&f->calls, TRACE_CALLS_PER_S);
	bucket_init(&f->going_on, TRACE_CALL_MESSAGES_PER_S);
	bucket_init(&f->watched, TRACE_WATCHED_MESSAGES_PER_S);
	return f;
}

void
trace_filter_free(struct trace_filter *f)
{
	free(f);
}

static bool
bucket_take(struct bucket *b, uint64_t now_ms)
{
	uint64_t full = (uint64_t)b->per_s * BURST_S * 1000;

	if (now_ms > b->filled_ms) {
		uint64_t passed = now_ms - b->filled_ms;

		b->tokens += passed > BURST_S * 1000 ? full : passed * b->per_s;
		if (b->tokens > full)
			b->tokens = full;
		b->filled_ms = now_ms;
	}
	if (b->tokens < 1000)
		return false;
	b->tokens -= 1000;
	return true;
}

/* ---- watches ---- */

static struct watch *
find_watch(struct trace_filter *f, struct slice target)
{
	for (size_t i = 0; i < TRACE_WATCHES_MAX; i++)
		if (slice_eq(slice_cstr(f->watch[i].target), target))
			return &f->watch[i];
	return NULL;
}

static void
end_watch(struct trace_filter *f, struct watch *w)
{
	*w = (struct watch){0};
	f->counts.watches--;
}

static void
end_old_watches(struct trace_filter *f, uint64_t now_ms)
{
	for (size_t i = 0; i < TRACE_WATCHES_MAX; i++)
		if (f->watch[i].target[0] && f->watch[i].until_ms <= now_ms)
			end_watch(f, &f->watch[i]);
}

enum err
trace_filter_watch(struct trace_filter *f, struct slice target, uint64_t now_ms, uint64_t until_ms)
{
	struct watch fresh = {.until_ms = until_ms}, *w;

	if (!target.n || slice_copy_cstr(target, fresh.target, sizeof fresh.target) != ERR_OK)
		return ERR_INVALID;
	if (addr_parse_ip(target, 0, &fresh.ip) != ERR_OK)
		fresh.ip.family = 0;
	end_old_watches(f, now_ms);
	w = find_watch(f, target);
	if (until_ms <= now_ms) {
		if (!w)
			return ERR_NOT_FOUND;
		end_watch(f, w);
		return ERR_OK;
	}
	if (!w) {
		w = find_watch(f, SLICE(""));
		if (!w)
			return ERR_LIMIT;
		f->counts.watches++;
	}
	*w = fresh;
	return ERR_OK;
}

enum err
trace_filter_extend(struct trace_filter *f, struct slice target, uint64_t now_ms, uint64_t until_ms)
{
	const struct watch *w = target.n ? find_watch(f, target) : NULL;

	return w && w->until_ms > until_ms ? ERR_OK
					   : trace_filter_watch(f, target, now_ms, until_ms);
}

/* User part of the Request-URI. */
static struct slice
asked_user(const struct trace_facts *facts)
{
	struct slice rest = facts->start_line, uri;

	slice_take_until(&rest, ' ');
	uri = slice_take_until(&rest, ' ');
	slice_take_until(&uri, ':');
	return slice_find(uri, '@') < uri.n ? slice_take_until(&uri, '@') : SLICE("");
}

static bool
names(const struct trace_facts *facts, struct slice user)
{
	return slice_eq_nocase(facts->from_user, user) || slice_eq_nocase(facts->to_user, user) ||
	       (facts->request && slice_eq_nocase(asked_user(facts), user));
}

static bool
is_watched(struct trace_filter *f, uint64_t now_ms, const struct sip_flow *flow, struct slice bytes)
{
	struct trace_facts facts;

	if (f->counts.watches == 0)
		return false;
	end_old_watches(f, now_ms);
	trace_facts_of(bytes, &facts);
	for (size_t i = 0; i < TRACE_WATCHES_MAX; i++) {
		const struct watch *w = &f->watch[i];

		if (!w->target[0])
			continue;
		if (w->ip.family ? addr_eq_ip(&w->ip, &flow->remote)
				 : names(&facts, slice_cstr(w->target)))
			return true;
	}
	return false;
}

/* ---- messages ---- */

static enum trace_kind
kind_of(struct slice method)
{
	static const struct {
		struct slice method;
		enum trace_kind kind;
	} kinds[] = {{{"REGISTER", 8}, TRACE_REGISTER}, {{"OPTIONS", 7}, TRACE_OPTIONS},
	    {{"SUBSCRIBE", 9}, TRACE_SUBSCRIBE}, {{"NOTIFY", 6}, TRACE_SUBSCRIBE},
	    {{"PUBLISH", 7}, TRACE_PUBLISH}, {{"MESSAGE", 7}, TRACE_MESSAGE}};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (slice_eq(method, kinds[i].method))
			return kinds[i].kind;
	return TRACE_CALL;
}

bool
trace_filter_take(struct trace_filter *f, uint64_t now_ms, const struct sip_flow *flow,
    struct slice bytes, struct slice key, enum trace_kind *kind)
{
	uint64_t hash = hash_bytes(key);
	uint32_t *slot = &f->known[hash % KNOWN], mark = (uint32_t)(hash >> 32) | 1;
	enum trace_kind k = kind_of(trace_method_of(bytes));
	bool known = *slot == mark, ok = false;

	if (known && k != TRACE_MESSAGE)
		k = TRACE_CALL; /* NOTIFY of a REFER, OPTIONS inside a call */
	if (k == TRACE_CALL)
		ok = bucket_take(known ? &f->going_on : &f->calls, now_ms);
	if (!ok) {
		if (is_watched(f, now_ms, flow, bytes))
			ok = bucket_take(&f->watched, now_ms);
		else if (k != TRACE_CALL && k != TRACE_MESSAGE)
			return false; /* nobody wanted it: nothing is lost */
	}
	if (!ok && k == TRACE_MESSAGE)
		ok = bucket_take(&f->calls, now_ms);
	if (ok && k == TRACE_CALL)
		*slot = mark;
	f->counts.taken += ok;
	f->counts.shed += !ok;
	*kind = k;
	return ok;
}

bool
trace_filter_knows(const struct trace_filter *f, struct slice key)
{
	uint64_t hash = hash_bytes(key);

	return f->known[hash % KNOWN] == ((uint32_t)(hash >> 32) | 1);
}

struct trace_filter_counts
trace_filter_get_counts(const struct trace_filter *f)
{
	return f->counts;
}
