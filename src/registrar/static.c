/* Contacts that nobody registers: phones with an address in the directory. */
#include "registrar/registrar_int.h"
#include "sip/write.h"

/* Its address, else where it is to be tried while it is not registered (find.c: what it registers
 * goes before). */
static const struct addr *
address_of(const struct dir_phone *dp)
{
	return dp->address.family ? &dp->address : &dp->default_address;
}

static struct slice
static_uri(const struct dir_phone *dp, char *out, size_t cap)
{
	struct buf b;

	buf_init(&b, out, cap);
	buf_lit(&b, "sip:");
	buf_put(&b, dp->name);
	buf_char(&b, '@');
	addr_write(&b, address_of(dp));
	sip_write_transport_param(&b, dp->transport);
	return buf_slice(&b);
}

static struct binding *
static_find(const struct reg_phone *p)
{
	LIST_FOR_EACH (node, &p->bindings)
		if (container_of(node, struct binding, node)->is_static)
			return container_of(node, struct binding, node);
	return NULL;
}

static void
fill(struct binding *b, const struct dir_phone *dp)
{
	struct registrar *r = b->phone->registrar;

	b->is_static = true;
	b->q_permille = 1000;
	b->registered_at = r->p.ops->wall_ms(r->p.ctx);
	b->source = *address_of(dp);
	b->flow.transport = dp->transport;
	b->flow.remote = *address_of(dp);
	if (r->p.ops->local_for(r->p.ctx, b->flow.transport, &b->flow.remote, &b->flow.local) !=
	    ERR_OK)
		b->flow.local = (struct addr){0}; /* the kernel will know, later */
}

static void
static_make(struct registrar *r, const struct dir_phone *dp, struct slice uri)
{
	struct reg_phone *p = phone_get_or_make(r, dp);
	struct binding *b = p ? binding_make(p) : NULL;
	struct slice text[TEXT_N] = {[TEXT_CONTACT] = uri};
	bool changed;

	if (b && binding_set_texts(b, text, &changed)) {
		fill(b, dp);
		binding_begin_static(b);
		return;
	}
	if (b)
		binding_free(b);
	if (p)
		phone_drop_if_empty(p);
}

void
static_follow(struct registrar *r, const struct dir_phone *dp)
{
	struct reg_phone *p = phone_find(r, dp->id);
	struct binding *b = p ? static_find(p) : NULL;
	bool wanted = dp->enabled && address_of(dp)->family != 0;
	char text[SIP_URI_MAX_BYTES];
	struct slice uri = {0};

	if (wanted)
		uri = static_uri(dp, text, sizeof text);
	if (b && (!wanted || !slice_eq(uri, binding_text(b, TEXT_CONTACT)))) {
		binding_remove(b);
		phone_drop_if_empty(p);
		b = NULL;
	}
	if (wanted && !b)
		static_make(r, dp, uri);
}
