#include "call/pin.h"

#include <stdlib.h>

#include "base/log.h"

/* No phone has such an id. */
#define PIN_OF_USERS ((int64_t)1 << 48)

/* One for each phone, user or line that was wrong within the last hour; never more than there are.
 */
struct pin_tries {
	struct pin_tries *next;
	int64_t id; /* pin_dialler's */
	uint32_t wrong;
	uint64_t last_ms;
};

static unsigned
tries_of(int64_t id)
{
	return id < 0 ? PIN_TRIES_OUTSIDE : PIN_TRIES;
}

struct pin_dialler
pin_dialler_of_phone(const struct dir_phone *phone)
{
	return (struct pin_dialler){phone->id, phone->name};
}

struct pin_dialler
pin_dialler_of_user(const struct dir_user *user)
{
	return (struct pin_dialler){.id = PIN_OF_USERS + user->id, .name = user->name};
}

bool
pin_dialler_of(const struct leg *l, struct pin_dialler *out)
{
	const struct dir_phone *phone;
	const struct dir_line *line;

	leg_whose(l, &phone, &line);
	if (phone)
		*out = pin_dialler_of_phone(phone);
	else if (line)
		*out = (struct pin_dialler){-line->id, line->name};
	return phone || line;
}

static struct pin_tries *
find(const struct call_switch *sw, int64_t id)
{
	struct pin_tries *t = sw->pins;

	while (t && t->id != id)
		t = t->next;
	return t;
}

static bool
is_over(const struct call_switch *sw, const struct pin_tries *t)
{
	return timers_now_ms(sw->p.timers) - t->last_ms >= PIN_LOCK_MS;
}

bool
pin_is_locked(const struct call_switch *sw, int64_t id)
{
	const struct pin_tries *t = find(sw, id);

	return t && t->wrong >= tries_of(id) && !is_over(sw, t);
}

/* And those whose hour is over. */
static void
forget(struct call_switch *sw, int64_t id)
{
	for (struct pin_tries **at = &sw->pins; *at;) {
		struct pin_tries *t = *at;

		if (t->id == id || is_over(sw, t)) {
			*at = t->next;
			free(t);
		} else {
			at = &t->next;
		}
	}
}

static struct pin_tries *
add(struct call_switch *sw, int64_t id)
{
	struct pin_tries *t = calloc(1, sizeof *t);

	if (!t)
		return NULL;
	*t = (struct pin_tries){.next = sw->pins, .id = id};
	sw->pins = t;
	return t;
}

static void
tell(struct call_switch *sw, struct slice phone, uint32_t wrong)
{
	struct pin_locked v = {.at = sw->p.ops->wall_ms(sw->p.ctx), .wrong = wrong};

	slice_clip_cstr(phone, v.phone, sizeof v.phone);
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
pin_counts(struct call_switch *sw, const struct pin_dialler *who, enum routing_pin what)
{
	struct pin_tries *t = find(sw, who->id);

	/* what one caller knows says nothing of the next one on the same line */
	if ((what == ROUTING_PIN_RIGHT && who->id > 0) || (t && is_over(sw, t))) {
		forget(sw, who->id);
		t = NULL;
	}
	if (what != ROUTING_PIN_WRONG)
		return;
	if (!t && !(t = add(sw, who->id)))
		return;
	t->wrong++;
	t->last_ms = timers_now_ms(sw->p.timers);
	log_warn(SECURITY, "a wrong PIN was dialled at %.*s, %u of %u%s", SLICE_FMT(who->name),
	    t->wrong, tries_of(who->id),
	    t->wrong >= tries_of(who->id) ? ": it may use none for an hour" : "");
	if (t->wrong == PIN_TRIES && who->id > 0)
		tell(sw, who->name, t->wrong);
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
