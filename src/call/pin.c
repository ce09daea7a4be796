#include "call/pin.h"

#include <stdlib.h>

#include "base/log.h"

/* One for each phone that was wrong within the last hour; never more than there are phones. */
struct pin_tries {
	struct pin_tries *next;
	int64_t phone;
	uint32_t wrong;
	uint64_t last_ms;
};

static struct pin_tries *
find(const struct call_switch *sw, int64_t phone)
{
	struct pin_tries *t = sw->pins;

	while (t && t->phone != phone)
		t = t->next;
	return t;
}

static bool
is_over(const struct call_switch *sw, const struct pin_tries *t)
{
	return timers_now_ms(sw->p.timers) - t->last_ms >= PIN_LOCK_MS;
}

bool
pin_is_locked(const struct call_switch *sw, int64_t phone)
{
	const struct pin_tries *t = find(sw, phone);

	return t && t->wrong >= PIN_TRIES && !is_over(sw, t);
}

/* And those whose hour is over. */
static void
forget(struct call_switch *sw, int64_t phone)
{
	for (struct pin_tries **at = &sw->pins; *at;) {
		struct pin_tries *t = *at;

		if (t->phone == phone || is_over(sw, t)) {
			*at = t->next;
			free(t);
		} else {
			at = &t->next;
		}
	}
}

static struct pin_tries *
add(struct call_switch *sw, int64_t phone)
{
	struct pin_tries *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	*t = (struct pin_tries){.next = sw->pins, .phone = phone};
	sw->pins = t;
	return t;
}

static void
tell(struct call_switch *sw, const struct dir_phone *phone, uint32_t wrong)
{
	struct pin_locked v = {.at = sw->p.ops->wall_ms(sw->p.ctx), .wrong = wrong};

	slice_clip_cstr(phone->name, v.phone, sizeof v.phone);
	if (sw->p.ops->on_pin_locked)
		sw->p.ops->on_pin_locked(sw->p.ctx, &v);
}

void
call_pin_locked(struct call_switch *sw, int64_t phone, int64_t at_ms)
{
	struct pin_tries *t = find(sw, phone);
	int64_t age_ms = sw->p.ops->wall_ms(sw->p.ctx) - at_ms;

	if (!t && !(t = add(sw, phone)))
		return;
	t->wrong = PIN_TRIES;
	t->last_ms = timers_now_ms(sw->p.timers) - (uint64_t)(age_ms > 0 ? age_ms : 0);
}

void
pin_counts(struct call_switch *sw, const struct dir_phone *phone, enum routing_pin what)
{
	struct pin_tries *t = find(sw, phone->id);

	if (what == ROUTING_PIN_RIGHT || (t && is_over(sw, t))) {
		forget(sw, phone->id);
		t = NULL;
	}
	if (what != ROUTING_PIN_WRONG)
		return;
	if (!t && !(t = add(sw, phone->id)))
		return;
	t->wrong++;
	t->last_ms = timers_now_ms(sw->p.timers);
	log_warn(SECURITY, "phone %.*s dialled a wrong PIN, %u of %u%s", SLICE_FMT(phone->name),
	    t->wrong, (unsigned)PIN_TRIES,
	    t->wrong >= PIN_TRIES ? ": it may use none for an hour" : "");
	if (t->wrong == PIN_TRIES)
		tell(sw, phone, t->wrong);
}

void
pin_free(struct call_switch *sw)
{
	while (sw->pins) {
		struct pin_tries *t = sw->pins;

		sw->pins = t->next;
		free(t);
	}
}
