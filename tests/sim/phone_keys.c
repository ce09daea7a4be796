/* What people press while they talk: codes in a call, numbers to ask, keys of a mailbox. */
#include "phone_int.h"

enum { KEY_MS = 300, LATE_KEY_MS = 4000 };

static void
press(struct timer *t)
{
	struct phone_call *c = container_of(t, struct phone_call, finger);
	struct phone *p = c->phone;
	struct addr from = p->p.address;
	char key = *c->keys;

	if (c->state != PC_UP || c->bye_wanted)
		return;
	from.port = c->port;
	if (!c->by_info)
		p->p.ops->on_key(p->p.ctx, &from, key);
	else if (pc_send_key(c, key) != ERR_OK)
		phone_broken(p, "INFO could not be sent");
	if (*++c->keys)
		pc_start(c, t, press, phone_chance(p, 4) ? LATE_KEY_MS : KEY_MS);
}

static void
begin(struct phone_call *c, const char *keys)
{
	c->keys = keys;
	c->by_info = phone_chance(c->phone, 60);
	pc_start(c, &c->finger, press, KEY_MS);
}

void
pc_decide(struct phone_call *c)
{
	static const char *const wishes[] = {"1", "1", "1", "2", NULL, "31"};
	const char *keys = wishes[phone_draw(c->phone, sizeof wishes / sizeof wishes[0])];

	if (keys)
		begin(c, keys);
}

void
pc_press_keys(struct phone_call *c)
{
	static const char *const sequences[] = {"*2102#", "*2103#", "*2151", "*2104#", "*2#", "*2",
	    "*3", "*3", "**", "**", "*2*0800#", "*2199#", "1", "1", "#", "13#", "2#", "12", "*24"};
	struct phone *p = c->phone;

	if (timer_active(&c->finger) || p->p.outside)
		return;
	c->gives = true;
	p->p.ops->on_moves(p->p.ctx, c->dialog.call_id);
	begin(c, sequences[phone_draw(p, sizeof sequences / sizeof sequences[0])]);
}
