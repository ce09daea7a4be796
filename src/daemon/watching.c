#include "daemon/watching.h"

static void
keep(void *ctx, uint32_t *handle, struct slice value)
{
	struct watching *w = ctx;

	if (w->ops->subscription_keep)
		w->ops->subscription_keep(w->ctx, handle, value);
}

static void
forget(void *ctx, uint32_t handle)
{
	struct watching *w = ctx;

	if (w->ops->subscription_forget)
		w->ops->subscription_forget(w->ctx, handle);
}

static void
on_subscription(void *ctx, const struct live_subscription *s, bool removed)
{
	struct watching *w = ctx;

	if (w->ops->on_subscription)
		w->ops->on_subscription(w->ctx, s, removed);
}

static void
on_telephony(void *ctx, const struct live_telephony *t)
{
	struct watching *w = ctx;

	if (w->ops->on_telephony)
		w->ops->on_telephony(w->ctx, t);
}

static size_t
contacts(void *ctx, int64_t phone_id, struct presence_contact *out, size_t max)
{
	struct watching *w = ctx;
	struct reg_contact contact[PRESENCE_CONTACTS_MAX];
	size_t n;

	if (max > PRESENCE_CONTACTS_MAX)
		max = PRESENCE_CONTACTS_MAX;
	n = registrar_contacts(w->registrar, phone_id, contact, max);
	for (size_t i = 0; i < n; i++)
		out[i] = (struct presence_contact){.uri = contact[i].uri,
		    .flow = contact[i].flow,
		    .reachable = contact[i].reachable};
	return n;
}

static enum err
local_for(void *ctx, enum sip_transport t, const struct addr *remote, struct addr *local)
{
	struct watching *w = ctx;

	return w->ops->local_for(w->ctx, t, remote, local);
}

static int64_t
wall_ms(void *ctx)
{
	struct watching *w = ctx;

	return w->ops->wall_ms(w->ctx);
}

static const struct presence_ops presence_ops = {.keep = keep,
    .forget = forget,
    .on_subscription = on_subscription,
    .on_telephony = on_telephony,
    .contacts = contacts,
    .local_for = local_for,
    .wall_ms = wall_ms};

enum err
watching_init(struct watching *w, const struct switchboard_params *p, struct sip_core *core,
    const struct registrar *registrar)
{
	w->registrar = registrar;
	w->ops = p->ops;
	w->ctx = p->ctx;
	return presence_new(&w->presence, &(struct presence_params){.core = core,
					      .timers = p->timers,
					      .rng = p->rng,
					      .ops = &presence_ops,
					      .ctx = w,
					      .dir = p->directory});
}

void
watching_fini(struct watching *w)
{
	presence_free(w->presence);
}
