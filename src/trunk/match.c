/* Which line is an incoming request from, and whom does it call? */
#include "trunk/trunk_int.h"

/* Calls for a registered block name the number, not our Contact: its servers are known. */
static bool
permitted(const struct line *l, const struct addr *source)
{
	bool by_server = l->conf.auth_by_address || (l->conf.registers && l->conf.register_block);

	if (!l->conf.enabled || l->stale)
		return false;
	if (addr_nets_have(l->conf.permit, source))
		return true;
	return by_server && line_has_hop(l, source) && !addr_nets_have(l->conf.deny, source);
}

static bool
has_token(const struct line *l, const struct sip_msg *req, const struct addr *source)
{
	return l->conf.registers && l->maybe_bound && !l->stale &&
	       slice_eq(req->uri.user, slice_cstr(l->token)) &&
	       (!addr_nets_have(l->conf.deny, source) || addr_nets_have(l->conf.permit, source));
}

/* Several lines may lead to one provider: the one that is named, else the one whose number is
 * called, else the first. */
static int
fit(const struct line *l, const struct sip_msg *req, const struct dir_number *number)
{
	if (l->conf.username.n && (slice_eq(req->uri.user, l->conf.username) ||
				      slice_eq(req->to.uri.user, l->conf.username)))
		return 3;
	if (number && number->line && number->line->id == l->id)
		return 2;
	return 1;
}

static struct line *
find(const struct trunk *t, const struct sip_msg *req, const struct addr *source)
{
	struct line *best = NULL;
	int best_fit = 0;

	LIST_FOR_EACH (it, &t->lines) {
		struct line *l = container_of(it, struct line, link);

		if (has_token(l, req, source))
			return l;
	}
	LIST_FOR_EACH (it, &t->lines) {
		struct line *l = container_of(it, struct line, link);

		const struct dir_number *number;

		if (!permitted(l, source))
			continue;
		number = number_find(t->p.dir, &l->conf, req->uri.user);
		if (fit(l, req, number) > best_fit) {
			best = l;
			best_fit = fit(l, req, number);
		}
	}
	return best;
}

/* ---- the number called ---- */

/* RFC 7315, 4.2: a name-addr. */
static bool
called_party_id(const struct sip_msg *req, struct slice *out)
{
	const struct sip_hdr *h = sip_msg_hdr_named(req, SLICE("P-Called-Party-ID"));
	struct sip_name_addr a;

	if (!h || sip_name_addr_parse(&a, h->value) != ERR_OK || a.uri.user.n == 0)
		return false;
	*out = a.uri.user;
	return true;
}

/* The account or our token says nothing of the number that was called. */
static bool
names_account(const struct line *l, struct slice user)
{
	return user.n == 0 || slice_eq(user, slice_cstr(l->token)) ||
	       (l->conf.username.n && slice_eq(user, l->conf.username));
}

static struct slice
called_auto(const struct line *l, const struct sip_msg *req)
{
	struct slice user = req->uri.user, other;

	if (!names_account(l, user))
		return user;
	if (called_party_id(req, &other) && !names_account(l, other))
		return other;
	if (!names_account(l, req->to.uri.user))
		return req->to.uri.user;
	return l->conf.main_number.n ? l->conf.main_number : l->conf.username;
}

static struct slice
called(const struct line *l, const struct sip_msg *req)
{
	struct slice user;

	switch (l->conf.called_in) {
	case DIR_CALLED_REQUEST_URI: return req->uri.user;
	case DIR_CALLED_TO: return req->to.uri.user;
	case DIR_CALLED_PARTY_ID:
		if (called_party_id(req, &user))
			return user;
		break;
	case DIR_CALLED_AUTO: break;
	}
	return called_auto(l, req);
}

/* RFC 3261, 19.1.6: with user=phone the user part is a telephone number with parameters of its own
 * ("0211555101;phone-context=+49"). */
static struct slice
without_parameters(struct slice user)
{
	return slice_take_until(&user, ';');
}

bool
trunk_match(struct trunk *t, const struct sip_msg *req, const struct sip_flow *flow,
    struct trunk_incoming *out)
{
	const struct line *l = find(t, req, &flow->remote);
	const struct dir_line *conf = l ? dir_line_by_id(t->p.dir, l->id) : NULL;

	if (!conf || !conf->enabled)
		return false;
	*out = (struct trunk_incoming){.line = conf, .called = without_parameters(called(l, req))};
	return true;
}

bool
trunk_knows_address(const struct trunk *t, const struct addr *a)
{
	LIST_FOR_EACH (it, &t->lines) {
		const struct line *l = container_of(it, struct line, link);

		if (l->conf.enabled && (line_has_hop(l, a) || addr_nets_have(l->conf.permit, a)))
			return true;
	}
	return false;
}
