#include "security/guard.h"

#include <stdlib.h>

#include "security/guard_int.h"
#include "sip/digest.h"

enum {
	/* Of one stranger; what it only hears 401 for makes no transaction. */
	STRANGER_TRANSACTIONS = 1000,
	STRANGER_DIALOGS = 100, /* it begins none, but may be called */
	KNOWN_DIALOGS = 5000,	/* a quarter of all */
	/* A known one may have a quarter of the table: a phone gone mad leaves room. */
	KNOWN_SHARE = 4,
	FLOOD_SECONDS = 30, /* so many seconds' worth of requests too many: blocked */
	RETRY_MIN_S = 5,
	RETRY_SPREAD_S = 16,
	ACCOUNT_RETRY_S = 30,
	TARGET_BITS = 64,
};

static const struct {
	const char *code, *text;
} reasons[] = {
#define X(id, code, text) {code, text},
    GUARD_REASONS(X)
#undef X
};

const char *
guard_reason_code(enum guard_reason r)
{
	return (size_t)r < GUARD_REASONS_N ? reasons[r].code : "unknown";
}

const char *
guard_reason_text(enum guard_reason r)
{
	return (size_t)r < GUARD_REASONS_N ? reasons[r].text : "was blocked";
}

/* ---- life ---- */

enum err
guard_new(struct guard **out, const struct guard_params *p)
{
	struct guard *g = calloc(1, sizeof *g);

	if (!g)
		return ERR_NOMEM;
	g->p = *p;
	g->kind_max = p->sources_max ? p->sources_max : SOURCES_DEFAULT;
	g->epoch = 1;
	hmap_init(&g->sources);
	hmap_init(&g->accounts);
	list_init(&g->homeless);
	list_init(&g->at_home);
	for (int k = 0; k < SOURCE_KINDS; k++)
		list_init(&g->kind[k]);
	guard_set_settings(g, p->settings);
	timer_init(&g->sweep, guard_sweep);
	*out = g;
	return ERR_OK;
}

void
guard_free(struct guard *g)
{
	if (!g)
		return;
	timer_stop(&g->sweep);
	sources_free(g);
	accounts_free(g);
	free(g->rules);
	free(g);
}

void
guard_set_settings(struct guard *g, const struct settings *s)
{
	g->settings = *s;
	g->p.settings = NULL;
	g->epoch++; /* phones and lines may have come and gone as well */
}

const struct guard_counts *
guard_get_counts(const struct guard *g)
{
	struct guard *w = (struct guard *)g;

	w->counts.strangers = g->kind_count[STRANGER];
	w->counts.known = g->kind_count[KNOWN];
	w->counts.blocked = g->kind_count[BLOCKED];
	w->counts.level = g->overload.level;
	return &g->counts;
}

/* ---- a message's way ---- */

/* This machine talks to itself: nobody to be kept out. */
static bool
is_here(const struct sip_flow *flow)
{
	static const uint8_t v4[16] = {127, 0, 0, 1}, v6[16] = {[15] = 1};

	return addr_eq_ip(&flow->remote, &flow->local) ||
	       memcmp(flow->remote.ip, flow->remote.family == 4 ? v4 : v6, 16) == 0;
}

static bool
is_free(const struct source *s)
{
	return s->exempt || s->kind == KNOWN;
}

/* Refills and takes one; false: there was none left. */
static bool
take_token(struct guard *g, struct source *s, uint64_t now)
{
	int64_t rate = g->settings.source_requests_per_s, full = rate * 1000;
	uint64_t passed = now - s->tokens_at_ms;

	s->tokens += passed > 2000 ? 2 * full : (int64_t)passed * rate;
	if (s->tokens > full)
		s->tokens = full;
	s->tokens_at_ms = now;
	if (s->tokens - 1000 < -full)
		return false;
	s->tokens -= 1000;
	return true;
}

static void
count_excess(struct guard *g, struct source *s)
{
	uint32_t limit = g->settings.source_requests_per_s * FLOOD_SECONDS;

	if (++s->excess < limit)
		return;
	s->excess = 0;
	source_block(g, s, GUARD_REASON_FLOOD, (struct slice){0});
}

bool
guard_on_message(struct guard *g, const struct sip_flow *flow)
{
	uint64_t now = guard_now(g);
	struct source *s;

	if (is_here(flow) || !(s = source_of(g, &flow->remote)))
		return true;
	if (s->refused_by_rule || (s->kind == BLOCKED && source_still_blocked(g, s))) {
		g->counts.dropped_blocked++;
		return false;
	}
	if (is_free(s) || take_token(g, s, now)) {
		if (s->tokens > 0)
			s->excess = 0;
		return true;
	}
	g->counts.dropped_flood++;
	count_excess(g, s);
	return false;
}

bool
guard_is_emergency(const struct settings *s, struct slice digits)
{
	static const char *const numbers[] = {"110", "112"};
	struct slice prefix = slice_cstr(s->outside_prefix);
	const struct slice heads[] = {SLICE(""), prefix, SLICE("+49"), SLICE("0049")};

	for (size_t h = 0; h < sizeof heads / sizeof heads[0]; h++)
		for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
			if (slice_starts(digits, heads[h]) &&
			    slice_eq(slice_from(digits, heads[h].n), slice_cstr(numbers[i])))
				return true;
	return false;
}

/* What belongs to a call, and calls for help. */
static bool
is_never_shed(struct guard *g, const struct sip_msg *req)
{
	if (req->to.tag.n || req->method == SIP_BYE)
		return true;
	if (req->method != SIP_INVITE)
		return false;
	return g->p.ops->is_emergency ? g->p.ops->is_emergency(g->p.ctx, req->uri.user)
				      : guard_is_emergency(&g->settings, req->uri.user);
}

/* Spread, so that those who were refused together do not come back together. */
static uint32_t
retry_after_s(const struct sip_msg *req)
{
	return RETRY_MIN_S + (uint32_t)(hash_bytes(req->call_id) % RETRY_SPREAD_S);
}

/* s NULL: this machine. */
static bool
shed(struct guard *g, const struct source *s, const struct sip_msg *req)
{
	bool this_level = g->overload.level == OVERLOAD_NEW ||
			  (g->overload.level == OVERLOAD_STRANGERS && s && !is_free(s));

	return this_level && !is_never_shed(g, req);
}

static size_t
transactions_limit(const struct guard *g, const struct source *s)
{
	if (s->kind != KNOWN)
		return STRANGER_TRANSACTIONS;
	return g->transactions_max ? g->transactions_max / KNOWN_SHARE : SIZE_MAX;
}

static bool
may_try_name(struct guard *g, const struct source *s, const struct sip_msg *req)
{
	const struct sip_hdr *h = sip_msg_hdr(req, SIP_HDR_AUTHORIZATION);
	struct sip_digest d;

	return !h || sip_digest_parse(&d, h->value) != ERR_OK || account_may_try(g, s, d.username);
}

static enum guard_admission
refuse(uint64_t *count, uint32_t after_s, uint32_t *retry_after)
{
	++*count;
	*retry_after = after_s;
	return GUARD_REFUSE;
}

enum guard_admission
guard_admit(
    struct guard *g, const struct sip_flow *flow, const struct sip_msg *req, uint32_t *retry_after)
{
	struct source *s = is_here(flow) ? NULL : source_of(g, &flow->remote);
	struct slice agent = sip_msg_value(req, SIP_HDR_USER_AGENT);

	if (s && !is_free(s) && g->settings.screening && agent_is_scanner(agent)) {
		source_block(g, s, GUARD_REASON_SCANNER, agent);
		return GUARD_IGNORE;
	}
	if (shed(g, s, req))
		return refuse(&g->counts.refused_overload, retry_after_s(req), retry_after);
	if (!s || s->exempt)
		return GUARD_ADMIT;
	if (s->kind == STRANGER && s->tokens < 0)
		return refuse(&g->counts.refused_rate, retry_after_s(req), retry_after);
	if (req->method == SIP_INVITE && req->to.tag.n == 0 &&
	    s->dialogs >= (s->kind == KNOWN ? KNOWN_DIALOGS : STRANGER_DIALOGS))
		return refuse(&g->counts.refused_dialogs, retry_after_s(req), retry_after);
	if (s->transactions >= transactions_limit(g, s))
		return refuse(&g->counts.refused_transactions, retry_after_s(req), retry_after);
	if (!may_try_name(g, s, req))
		return refuse(&g->counts.refused_account, ACCOUNT_RETRY_S, retry_after);
	return GUARD_ADMIT;
}

bool
guard_is_stranger(struct guard *g, const struct sip_flow *flow)
{
	struct source *s = is_here(flow) ? NULL : source_of(g, &flow->remote);

	return s && !is_free(s);
}

/* A source that had to make room meanwhile begins anew. */
static void
count(uint32_t *value, int change)
{
	if (change > 0)
		++*value;
	else if (*value)
		--*value;
}

void
guard_on_transaction(struct guard *g, const struct addr *remote, int change)
{
	struct addr_net net = source_net(remote);
	struct source *s = source_find(g, &net);

	if (s)
		count(&s->transactions, change);
}

void
guard_on_dialog(struct guard *g, const struct addr *remote, int change)
{
	struct addr_net net = source_net(remote);
	struct source *s = source_find(g, &net);

	if (s)
		count(&s->dialogs, change);
}

void
guard_on_load(struct guard *g, const struct guard_load *load)
{
	enum overload_level before = g->overload.level, now;

	g->transactions_max = load->transactions_max;
	now = overload_update(&g->overload, load, guard_now(g));
	if (now == before)
		return;
	if (now == OVERLOAD_NONE)
		log_info(SECURITY, "the load is normal again");
	else
		log_warn(SECURITY,
		    "overload: %s are refused (%u ms late, queue %u permille, %zu transactions)",
		    now == OVERLOAD_NEW ? "new calls and registrations" : "strangers", load->lag_ms,
		    load->queue_permille, load->transactions);
}

/* ---- what authentication found ---- */

/* thousandths of a failure */
static const struct {
	uint16_t weight;
	uint8_t reason;
} events[] = {
    [GUARD_CHALLENGED] = {POINT / 2, GUARD_REASON_GUESSING},
    [GUARD_WRONG_PASSWORD] = {POINT, GUARD_REASON_WRONG_PASSWORD},
    [GUARD_UNKNOWN_NAME] = {POINT, GUARD_REASON_UNKNOWN_NAMES},
    [GUARD_FORBIDDEN] = {POINT, GUARD_REASON_FORBIDDEN},
    [GUARD_MALFORMED] = {POINT / 4, GUARD_REASON_MALFORMED},
    [GUARD_WEB_LOGIN] = {POINT, GUARD_REASON_WEB_LOGIN},
};

/* Is this number a new one of this source? Forgotten when it was quiet for ten minutes. */
static bool
is_new_target(struct guard *g, struct source *s, struct slice name)
{
	uint64_t bit = 1ull << hash_bytes(name) % TARGET_BITS, now = guard_now(g);
	bool is_new;

	if (now - s->targets_at_ms > WINDOW_MS)
		s->targets = 0;
	s->targets_at_ms = now;
	is_new = !(s->targets & bit);
	if (__builtin_popcountll(s->targets) > TARGET_BITS * 3 / 4)
		s->targets = 0; /* almost full: begin a new one */
	s->targets |= bit;
	return is_new;
}

static void
add_points(struct guard *g, struct source *s, const struct guard_result *r)
{
	uint32_t whole = g->settings.screening_failures * POINT;

	leaky_add(&s->points, &s->points_at_ms, events[r->event].weight, whole, guard_now(g));
	if (s->points + POINT / 2 > whole) /* what leaked away meanwhile makes no difference */
		source_block(g, s, (enum guard_reason)events[r->event].reason, r->user_agent);
}

static void
trust(struct guard *g, struct source *s)
{
	s->known_until_ms = guard_now(g) + KNOWN_MS;
	s->points = s->excess = 0;
	if (s->kind == STRANGER)
		source_set_kind(g, s, KNOWN);
}

void
guard_trust(struct guard *g, const struct addr *remote)
{
	struct source *s = source_of(g, remote);

	if (s)
		trust(g, s);
}

void
guard_on_result(struct guard *g, const struct sip_flow *flow, const struct guard_result *r)
{
	struct source *s = is_here(flow) ? NULL : source_of(g, &flow->remote);

	if (!s)
		return;
	if (r->event == GUARD_OK) {
		trust(g, s);
		account_logged_in(g, s, r->name);
		return;
	}
	if (s->exempt)
		return;
	if (r->event == GUARD_WRONG_PASSWORD || r->event == GUARD_UNKNOWN_NAME)
		account_failed(g, s, r->name);
	/* The first round of an honest phone: costs nothing, even of a thousand behind a router. */
	if (r->event == GUARD_CHALLENGED && (r->name_exists || !is_new_target(g, s, r->name)))
		return;
	add_points(g, s, r);
}
