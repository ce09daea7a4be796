#include "security/notify.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "model/notices.h"
#include "store/licence.h"

enum {
	TOGETHER_MS = 10 * 60 * 1000,
	DAY_MS = 24 * 3600 * 1000,
	LOOK_MS = 3600 * 1000, /* for the day of the next password check */
	NAMES_BYTES = 300,
};

struct notify {
	struct store *store;
	int64_t told_at_ms; /* of a blocked address */
	uint32_t waiting;   /* more of them since then */
	struct guard_report last;
	int64_t looked_at_ms, checked_at_ms;
	int64_t licence_at_ms; /* when its end was looked at */
};

enum err
notify_new(struct notify **out, struct store *store)
{
	struct notify *n = calloc(1, sizeof *n);

	if (!n)
		return ERR_NOMEM;
	n->store = store;
	*out = n;
	return ERR_OK;
}

void
notify_free(struct notify *n)
{
	free(n);
}

void
notify_say(
    struct notify *n, enum notice notice, const char *const args[NOTICE_ARGS_MAX], int64_t now_ms)
{
	char email[256], language[8];

	if (store_notice_add(n->store, notice, args, now_ms) != ERR_OK)
		log_warn(SECURITY, "a notice cannot be written");
	if (store_first_admin(n->store, email, language) == ERR_OK &&
	    store_mail_notice(n->store, email, language, notice, args, now_ms) != ERR_OK)
		log_warn(SECURITY, "a notice cannot be mailed");
}

/* ---- blocked addresses ---- */

static bool
wanted(struct notify *n)
{
	struct settings settings;

	return store_settings(n->store, &settings) == ERR_OK && settings.screening_notify;
}

static void
say_blocked(struct notify *n, int64_t now_ms)
{
	char address[ADDR_NET_TEXT_MAX], count[16];
	const char *reason = guard_reason_text(n->last.reason);
	bool one = n->waiting == 1;

	if (n->waiting == 0)
		return;
	addr_net_text(&n->last.net, address);
	snprintf(count, sizeof count, "%u", n->waiting);
	n->waiting = 0;
	n->told_at_ms = now_ms;
	if (!wanted(n))
		return;
	if (one)
		notify_say(n, NOTICE_ADDRESS_BLOCKED,
		    (const char *const[NOTICE_ARGS_MAX]){
			address, reason, n->last.user_agent[0] ? n->last.user_agent : "-"},
		    now_ms);
	else
		notify_say(n, NOTICE_ADDRESSES_BLOCKED,
		    (const char *const[NOTICE_ARGS_MAX]){count, address, reason}, now_ms);
}

void
notify_on_report(struct notify *n, const struct guard_report *r)
{
	if (!r->is_new || r->unblocked)
		return;
	n->waiting++;
	n->last = *r;
	if (r->at_ms - n->told_at_ms >= TOGETHER_MS)
		say_blocked(n, r->at_ms);
}

/* ---- emergency calls ---- */

void
notify_emergency(struct notify *n, const struct live_emergency *e)
{
	char who[sizeof e->caller.name + sizeof e->caller.number + 8];
	char called[sizeof e->name + sizeof e->number + 8];
	char from[sizeof e->caller.phone + sizeof e->where + 8];

	snprintf(who, sizeof who, "%s (%s)", e->caller.name, e->caller.number);
	snprintf(called, sizeof called, "%s (%s)", e->number, e->name);
	snprintf(from, sizeof from, *e->where ? "%s (%s)" : "%s%s", e->caller.phone, e->where);
	notify_say(n, e->refused ? NOTICE_EMERGENCY_REFUSED : NOTICE_EMERGENCY,
	    (const char *const[NOTICE_ARGS_MAX]){who, called, from}, e->at);
}

/* ---- toll fraud ---- */

void
notify_spent(struct notify *n, const struct live_spent *s)
{
	char minutes[16], cost[MONEY_TEXT_MAX + CURRENCY_BYTES] = "-";
	struct buf b;

	snprintf(minutes, sizeof minutes, "%u", s->minutes);
	if (s->charge_micro) {
		buf_init(&b, cost, sizeof cost - 1);
		money_put(&b, s->charge_micro, '.');
		buf_printf(&b, " %s", s->currency);
		cost[b.n] = '\0';
	}
	notify_say(n, NOTICE_LINE_SPENT,
	    (const char *const[NOTICE_ARGS_MAX]){s->line, minutes, cost}, s->at);
}

/* ---- wrong PINs ---- */

void
notify_pin_locked(struct notify *n, const struct pin_locked *l)
{
	char wrong[16];

	snprintf(wrong, sizeof wrong, "%u", l->wrong);
	notify_say(n, NOTICE_PIN_LOCKED,
	    (const char *const[NOTICE_ARGS_MAX]){l->phone, wrong, NULL}, l->at);
}

/* ---- weak passwords ---- */

struct weak {
	uint32_t count;
	struct buf names;
};

static void
on_weak(void *ctx, const char *phone, const char *weakness)
{
	struct weak *w = ctx;

	w->count++;
	if (w->names.n + strlen(phone) + 8 > w->names.cap)
		return; /* the count says how many there are */
	if (w->names.n)
		buf_lit(&w->names, ", ");
	buf_cstr(&w->names, phone);
}

static void
check_passwords(struct notify *n, int64_t now_ms)
{
	char names[NAMES_BYTES], count[16];
	struct weak w = {0};

	n->checked_at_ms = now_ms;
	buf_init(&w.names, names, sizeof names - 1);
	if (store_weak_secrets(n->store, on_weak, &w) != ERR_OK) {
		log_warn(SECURITY, "SIP passwords could not be checked");
		return;
	}
	names[w.names.n] = '\0';
	log_info(SECURITY, "SIP passwords checked: %u do not follow the guideline", w.count);
	if (w.count == 0)
		return;
	snprintf(count, sizeof count, "%u", w.count);
	notify_say(n, NOTICE_WEAK_PASSWORDS,
	    (const char *const[NOTICE_ARGS_MAX]){count, names, NULL}, now_ms);
}

/* The last notice says when: so a restart does not begin anew. */
static void
look_for_weak_passwords(struct notify *n, int64_t now_ms)
{
	struct settings settings;
	int64_t last = 0;

	if (n->looked_at_ms && now_ms - n->looked_at_ms < LOOK_MS)
		return;
	n->looked_at_ms = now_ms;
	if (store_settings(n->store, &settings) != ERR_OK || settings.password_check_days == 0 ||
	    store_notice_latest(n->store, NOTICE_WEAK_PASSWORDS, &last) != ERR_OK)
		return;
	if (last < n->checked_at_ms)
		last = n->checked_at_ms;
	if (now_ms - last >= (int64_t)settings.password_check_days * DAY_MS)
		check_passwords(n, now_ms);
}

/* ---- the licence ---- */

enum { LICENCE_WARN_DAYS = 30, LICENCE_AGAIN_DAYS = 7 };

/* Once a week from a month before its end on, for as long as it is installed. */
static void
look_for_licence(struct notify *n, int64_t now_ms)
{
	char number[130], until[MODEL_TIME_TEXT];
	int64_t end_ms = 0, last = 0;

	if (n->licence_at_ms && now_ms - n->licence_at_ms < LOOK_MS)
		return;
	n->licence_at_ms = now_ms;
	if (store_licence_end(n->store, number, sizeof number, &end_ms) != ERR_OK || !end_ms ||
	    end_ms - now_ms > LICENCE_WARN_DAYS * (int64_t)DAY_MS ||
	    store_notice_latest(n->store, NOTICE_LICENCE_ENDS, &last) != ERR_OK ||
	    (last && now_ms - last < LICENCE_AGAIN_DAYS * (int64_t)DAY_MS))
		return;
	model_time_write(end_ms, until);
	until[10] = '\0'; /* the day */
	notify_say(n, NOTICE_LICENCE_ENDS,
	    (const char *const[NOTICE_ARGS_MAX]){number, until, NULL}, now_ms);
}

void
notify_tick(struct notify *n, int64_t now_ms)
{
	if (now_ms - n->told_at_ms >= TOGETHER_MS)
		say_blocked(n, now_ms);
	look_for_weak_passwords(n, now_ms);
	look_for_licence(n, now_ms);
}
