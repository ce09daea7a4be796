/*
 * Building the snapshot: rows become arrays while they are read; the links between them
 * and the indexes are made when all are there and nothing moves any more.
 */
#include "directory/directory.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "directory/directory_int.h"
#include "model/voicemail.h"

enum { NETS_BYTES = 2600 }; /* 500 characters, shortest with masks behind them */

void *
build_grow(void **array, size_t count, size_t *cap, size_t item_bytes)
{
	char *more;

	if (!*array || count == *cap) {
		size_t n = *cap ? 2 * *cap : 64;

		more = realloc(*array, n * item_bytes);
		if (!more)
			return NULL;
		*array = more;
		*cap = n;
	}
	more = (char *)*array + count * item_bytes;
	memset(more, 0, item_bytes);
	return more;
}

bool
build_keep(struct directory *d, const char *text, struct slice *out)
{
	return arena_dup(&d->arena, slice_cstr(text), out) == ERR_OK;
}

/* --- rows ------------------------------------------------------------------------------ */

/* What was not valid is no network: checked when it was entered. */
bool
build_nets(struct directory *d, const char *text, struct addr_nets *out)
{
	struct addr_net *net;
	size_t n = 0;

	if (addr_nets_parse(slice_cstr(text), NULL, 0, &n) != ERR_OK || n == 0)
		return true;
	net = arena_alloc(&d->arena, n * sizeof *net);
	if (!net || addr_nets_parse(slice_cstr(text), net, n, &n) != ERR_OK)
		return false;
	*out = (struct addr_nets){net, n};
	return true;
}

/* "mask" of PHO-5 stands behind each IPv4 address that has none. */
static bool
keep_masked(struct directory *d, const char *text, const char *mask, struct addr_nets *out)
{
	struct slice rest = slice_cstr(text);
	char full[NETS_BYTES];
	struct buf b;

	if (!*mask)
		return build_nets(d, text, out);
	buf_init(&b, full, sizeof full - 1);
	while (slice_trim(rest).n) {
		struct slice one = slice_trim(slice_take_until(&rest, ','));

		buf_put(&b, one);
		if (slice_find(one, '/') == one.n && slice_find(one, ':') == one.n)
			buf_printf(&b, "/%s", mask);
		buf_char(&b, ',');
	}
	full[b.n] = '\0';
	return buf_ok(&b) && build_nets(d, full, out);
}

uint8_t
build_set(const char *json, const char *choices)
{
	struct slice rest = slice_cstr(choices), text = slice_cstr(json);
	uint8_t set = 0;

	for (unsigned bit = 0; rest.n; bit++) {
		struct slice word = slice_take_until(&rest, '|');
		char quoted[32];

		snprintf(quoted, sizeof quoted, "\"%.*s\"", SLICE_FMT(word));
		if (memmem(text.p, text.n, quoted, word.n + 2))
			set |= (uint8_t)(1u << bit);
	}
	return set;
}

int
build_choice(const char *text, const char *const *choices, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(text, choices[i]) == 0)
			return (int)i;
	return 0;
}

static bool
on_settings(void *ctx, const struct settings *settings)
{
	struct builder *b = ctx;

	b->d->settings = *settings;
	return build_nets(b->d, settings->local_networks, &b->d->local_networks);
}

static bool
on_range(void *ctx, const struct store_range_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_range *r = ADD(d->ranges, d->range_count, b->range_cap);

	if (!r || !build_keep(d, row->first, &r->first) || !build_keep(d, row->last, &r->last))
		return false;
	d->range_count++;
	return true;
}

static bool
keep_display_name(struct directory *d, struct dir_user *u)
{
	size_t n = u->first_name.n + 1 + u->last_name.n;
	char *text = arena_alloc(&d->arena, n + 1);

	if (!text)
		return false;
	memcpy(text, u->first_name.p, u->first_name.n);
	text[u->first_name.n] = ' ';
	memcpy(text + u->first_name.n + 1, u->last_name.p, u->last_name.n);
	u->name = slice_trim(slice_make(text, n));
	if (u->name.n == 0)
		u->name = u->login;
	return true;
}

static bool
on_user(void *ctx, const struct store_user_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_user *u = ADD(d->users, d->user_count, b->user_cap);

	if (!u || !build_keep(d, row->login, &u->login) ||
	    !build_keep(d, row->first_name, &u->first_name) ||
	    !build_keep(d, row->last_name, &u->last_name) ||
	    !build_keep(d, row->language, &u->language) ||
	    !build_keep(d, row->dial_pin_hash, &u->dial_pin) ||
	    !build_keep(d, row->display_number, &u->display_number) || !keep_display_name(d, u))
		return false;
	u->id = row->id;
	u->admin = row->admin;
	u->enabled = row->enabled;
	u->dnd = row->dnd;
	u->call_waiting = row->call_waiting;
	u->hide_number = row->hide_number;
	u->dial = build_set(row->dial, MODEL_DIAL_CLASSES);
	u->ring_s = row->ring_s ? row->ring_s : d->settings.ring_s;
	u->music = row->music;
	d->user_count++;
	return true;
}

static void
take_address(const char *phone, const char *ip, uint16_t port, struct addr *out)
{
	if (*ip && addr_parse_ip(slice_cstr(ip), port, out) != ERR_OK)
		log_warn(STORE, "phone %s: %s is no IP address", phone, ip);
}

/* PHO-5. */
static bool
take_options(struct directory *d, struct dir_phone *p, const struct store_phone_row *row)
{
	int insecure = CHOICE(row->insecure, "no", "port", "invite", "both");

	p->kind = (enum dir_kind)CHOICE(row->kind, "friend", "user", "peer");
	p->port_counts = !(insecure & 1);
	p->invites_unasked = insecure & 2;
	p->rtp_timeout_s = row->rtp_timeout_s;
	p->rtp_hold_timeout_s = row->rtp_hold_timeout_s;
	p->trust_rpid = row->trust_rpid;
	p->promisc_redir = row->promisc_redir;
	p->site = row->site;
	take_address(row->name, row->host, row->port, &p->address);
	take_address(row->name, row->default_ip, row->port, &p->default_address);
	return build_keep(d, row->from_user, &p->from_user) &&
	       build_keep(d, row->from_domain, &p->from_domain) &&
	       build_keep(d, row->place, &p->place) &&
	       keep_masked(d, row->permit, row->mask, &p->permit) &&
	       keep_masked(d, row->deny, row->mask, &p->deny);
}

static bool
on_phone(void *ctx, const struct store_phone_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_phone *p = ADD(d->phones, d->phone_count, b->phone_cap);

	if (!p || !build_keep(d, row->name, &p->name) || !build_keep(d, row->type, &p->type) ||
	    !build_keep(d, row->codecs, &p->codecs))
		return false;
	p->id = row->id;
	p->enabled = row->enabled;
	p->auth_by_address = row->auth_by_address;
	p->tls_required = row->tls_required;
	p->digest = (enum dir_digest)CHOICE(row->digest, "auto", "md5", "sha256");
	p->srtp = (enum dir_srtp)CHOICE(row->srtp, "off", "optional", "required", "dtls");
	p->dtmf = (enum dir_dtmf)CHOICE(row->dtmf, "auto", "rfc4733", "inband", "info");
	p->progress_inband = (enum dir_inband)CHOICE(row->progress_inband, "no", "yes", "never");
	p->direct_media = row->direct_media;
	p->t38 = row->t38;
	p->nat = (enum dir_nat)CHOICE(row->nat, "auto", "always", "never");
	if (sip_transport_parse(slice_cstr(row->transport), &p->transport) != ERR_OK)
		p->transport = SIP_UDP;
	if (!take_options(d, p, row))
		return false;
	p->max_contacts = row->max_contacts;
	p->qualify_s = row->qualify_s;
	p->has_secret = strlen(row->ha1_md5) == 32 && strlen(row->ha1_sha256) == 64;
	if (p->has_secret) {
		memcpy(p->ha1_md5, row->ha1_md5, sizeof p->ha1_md5);
		memcpy(p->ha1_sha256, row->ha1_sha256, sizeof p->ha1_sha256);
	}
	d->phone_count++;
	return true;
}

static bool
keep_line_texts(struct directory *d, struct dir_line *l, const struct store_line_row *row)
{
	const char *auth_username = *row->auth_username ? row->auth_username : row->username;

	return build_keep(d, row->name, &l->name) && build_keep(d, row->host, &l->host) &&
	       build_keep(d, row->proxy, &l->proxy) && build_keep(d, row->username, &l->username) &&
	       build_keep(d, auth_username, &l->auth_username) &&
	       build_keep(d, row->password, &l->password) &&
	       build_keep(d, row->from_user, &l->from_user) &&
	       build_keep(d, row->from_domain, &l->from_domain) &&
	       build_keep(d, row->main_number, &l->main_number) &&
	       build_keep(d, row->codecs, &l->codecs) && build_keep(d, row->deposit, &l->deposit) &&
	       build_keep(d, row->country_code, &l->country_code) &&
	       build_keep(d, row->area_code, &l->area_code) &&
	       build_nets(d, row->permit, &l->permit) && build_nets(d, row->deny, &l->deny);
}

/* How calls through it look and what the provider may do with them. */
static void
take_line_options(struct dir_line *l, const struct store_line_row *row)
{
	l->register_block = row->register_block;
	l->user_phone = row->user_phone;
	l->from_account = row->from_account;
	l->local_ringing = row->local_ringing;
	l->allow_redirect = row->allow_redirect;
	l->allow_transfer = row->allow_transfer;
	l->clir = (enum dir_clir)CHOICE(row->clir, "both", "from", "privacy");
	l->session_timer =
	    (enum dir_session_timer)CHOICE(row->session_timer, "ask", "accept", "off");
	l->rtp_timeout_s = row->rtp_timeout_s;
	l->rtp_hold_timeout_s = row->rtp_hold_timeout_s;
	l->session_expires_s = row->session_expires_s;
	l->prefix = *row->line_prefix;
	l->costly_minutes = row->costly_minutes;
	l->costly_charge_micro = row->costly_charge_micro;
	slice_clip_cstr(slice_cstr(*row->currency ? row->currency : CURRENCY_NONE), l->currency,
	    CURRENCY_BYTES);
	l->no_screening = row->no_screening;
	l->location = row->location;
}

static bool
on_line(void *ctx, const struct store_line_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_line *l = ADD(d->lines, d->line_count, b->line_cap);

	if (!l || !keep_line_texts(d, l, row))
		return false;
	l->id = row->id;
	l->enabled = row->enabled;
	l->registers = row->registers;
	l->direct_media = row->direct_media;
	l->t38 = row->t38;
	l->auth_by_address = row->auth_by_address;
	l->transport_fixed =
	    sip_transport_parse(slice_cstr(row->transport), &l->transport) == ERR_OK;
	l->number_format = (enum dir_number_format)CHOICE(
	    row->number_format, "plus", "zeros", "bare", "national", "asis");
	l->srtp = (enum dir_srtp)CHOICE(row->srtp, "off", "optional", "required");
	l->dtmf = (enum dir_dtmf)CHOICE(row->dtmf, "auto", "rfc4733", "inband", "info");
	l->identity = (enum dir_identity)CHOICE(row->identity, "none", "pai", "ppi");
	l->called_in = (enum dir_called_in)CHOICE(
	    row->incoming_from, "auto", "request_uri", "to", "p_called_party");
	l->expires_s = row->expires_s;
	l->qualify_s = row->qualify_s;
	l->max_calls = row->max_calls;
	take_line_options(l, row);
	d->line_count++;
	return true;
}

static bool
on_number(void *ctx, const struct store_number_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_number *n = ADD(d->numbers, d->number_count, b->number_cap);
	struct owners *owner = ADD(b->owners, b->owner_count, b->owner_cap);

	if (!n || !owner || !build_keep(d, row->number, &n->number))
		return false;
	n->id = row->id;
	n->external = row->external;
	n->music = row->music;
	*owner =
	    (struct owners){row->user, row->group, row->mailbox, row->line, row->conference_room};
	d->number_count++;
	b->owner_count++;
	return true;
}

static bool
on_group(void *ctx, const struct store_group_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_group *g = ADD(d->groups, d->group_count, b->group_cap);

	if (!g || !build_keep(d, row->name, &g->name) || !build_keep(d, row->group_id, &g->code) ||
	    !build_keep(d, row->codecs, &g->codecs))
		return false;
	g->id = row->id;
	g->dial = build_set(row->dial, MODEL_DIAL_CLASSES);
	g->ring_s = row->ring_s ? row->ring_s : d->settings.ring_s;
	g->hunt_s = row->hunt_s;
	g->music = row->music;
	g->broadcast = row->broadcast;
	d->group_count++;
	return true;
}

static bool
on_group_member(void *ctx, int64_t group, int64_t user, bool logged_on)
{
	struct builder *b = ctx;
	struct membership *m = ADD(b->memberships, b->membership_count, b->membership_cap);

	if (!m)
		return false;
	*m = (struct membership){group, user, logged_on};
	b->membership_count++;
	return true;
}

static bool
on_user_phone(void *ctx, int64_t user, int64_t phone, int64_t since)
{
	struct builder *b = ctx;
	struct pair *p = ADD(b->pairs, b->pair_count, b->pair_cap);

	if (!p)
		return false;
	*p = (struct pair){user, phone, since};
	b->pair_count++;
	return true;
}

/* One that this program does not know stays where it is. */
static bool
on_prompt(void *ctx, const char *language, const char *name, int64_t version)
{
	struct builder *b = ctx;
	enum prompt_language l;
	enum prompt p;

	if (prompt_language_find(slice_cstr(language), &l) && prompt_find(slice_cstr(name), &p))
		b->d->prompt_version[l][p] = (uint64_t)version;
	return true;
}

static bool
on_redirection(void *ctx, const struct store_redirection_row *row)
{
	struct builder *b = ctx;
	struct redirected *r = b->redirected_count ? &b->redirected[b->redirected_count - 1] : NULL;
	struct slice target;
	char text[sizeof DIR_MAILBOX_SCHEME + VOICEMAIL_CODE_BYTES];

	if (!r || r->number != row->number) {
		r = ADD(b->redirected, b->redirected_count, b->redirected_cap);
		if (!r)
			return false;
		r->number = row->number;
		b->redirected_count++;
	}
	snprintf(text, sizeof text, "%s%s", DIR_MAILBOX_SCHEME, row->mailbox);
	if (!build_keep(b->d, *row->mailbox ? text : row->target, &target))
		return false;
	switch (CHOICE(row->trigger, "always", "busy", "timeout")) {
	case 0: r->to.always = target; break;
	case 1: r->to.busy = target; break;
	default: r->to.timeout = target; r->to.after_s = row->after_s;
	}
	return true;
}

static bool
on_completion(void *ctx, const struct store_completion_row *row)
{
	struct builder *b = ctx;
	struct directory *d = b->d;
	struct dir_completion *c = ADD(d->completions, d->completion_count, b->completion_cap);

	if (!c || !build_keep(d, row->dialled, &c->number))
		return false;
	c->id = row->id;
	c->user = row->user;
	c->target = row->target;
	c->private_call = row->private_call;
	c->no_answer = row->no_answer;
	c->since_ms = row->since_ms;
	d->completion_count++;
	return true;
}

/* --- links ------------------------------------------------------------------------------ */

static void
link_number(const struct directory *d, struct dir_number *n, const struct owners *of)
{
	n->line = dir_line_by_id(d, of->line);
	n->group = dir_group_by_id(d, of->group);
	n->mailbox = dir_mailbox_by_id(d, of->mailbox);
	n->conference_room = dir_conference_room_by_id(d, of->conference_room);
}

/* Numbers come by user, so a user's stand together. */
static enum err
link_numbers(struct builder *b)
{
	struct directory *d = b->d;

	for (size_t i = 0; i < d->number_count; i++)
		link_number(d, &d->numbers[i], &b->owners[i]);
	for (size_t i = 0, n; i < d->number_count; i += n) {
		struct dir_user *u = (struct dir_user *)dir_user_by_id(d, b->owners[i].user);
		const struct dir_number **list;

		for (n = 1; i + n < d->number_count && b->owners[i + n].user == b->owners[i].user;
		     n++)
			;
		if (!u)
			continue;
		list = arena_alloc(&d->arena, n * sizeof *list);
		if (!list)
			return ERR_NOMEM;
		for (size_t k = 0; k < n; k++) {
			list[k] = &d->numbers[i + k];
			d->numbers[i + k].user = u;
			if (u->primary_number.n == 0 && !list[k]->external)
				u->primary_number = list[k]->number;
		}
		if (u->primary_number.n == 0)
			u->primary_number = list[0]->number;
		u->numbers = list;
		u->number_count = n;
	}
	return ERR_OK;
}

static int
by_number(const void *id, const void *r)
{
	const int64_t *x = id;
	const struct redirected *y = r;

	return (*x > y->number) - (*x < y->number);
}

/* Few numbers have any: they look theirs up among those that were read. */
static enum err
link_redirections(struct builder *b)
{
	struct directory *d = b->d;

	for (size_t i = 0; b->redirected_count && i < d->number_count; i++) {
		const struct redirected *r = bsearch(&d->numbers[i].id, b->redirected,
		    b->redirected_count, sizeof *b->redirected, by_number);
		struct dir_redirect *own;

		if (!r)
			continue;
		own = arena_new(&d->arena, struct dir_redirect);
		if (!own)
			return ERR_NOMEM;
		*own = r->to;
		d->numbers[i].redirect = own;
	}
	return ERR_OK;
}

static enum err
link_phones_of_users(struct builder *b)
{
	struct directory *d = b->d;

	for (size_t i = 0, n; i < b->pair_count; i += n) {
		struct dir_user *u = (struct dir_user *)dir_user_by_id(d, b->pairs[i].user);
		const struct dir_phone **list;

		for (n = 1; i + n < b->pair_count && b->pairs[i + n].user == b->pairs[i].user; n++)
			;
		list = arena_alloc(&d->arena, n * sizeof *list);
		if (!u || !list)
			return u ? ERR_NOMEM : ERR_CORRUPT;
		for (size_t k = 0; k < n; k++) {
			list[k] = dir_phone_by_id(d, b->pairs[i + k].phone);
			if (!list[k])
				return ERR_CORRUPT;
		}
		u->phones = list;
		u->phone_count = n;
	}
	return ERR_OK;
}

static int
by_phone(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->phone != y->phone)
		return x->phone < y->phone ? -1 : 1;
	if (x->since != y->since) /* USR-6: its owner comes first */
		return x->since < y->since ? -1 : 1;
	return (x->user > y->user) - (x->user < y->user);
}

/* Sorts the pairs anew; last. */
static enum err
link_users_of_phones(struct builder *b)
{
	struct directory *d = b->d;

	if (b->pair_count)
		qsort(b->pairs, b->pair_count, sizeof *b->pairs, by_phone);
	for (size_t i = 0, n; i < b->pair_count; i += n) {
		struct dir_phone *p = (struct dir_phone *)dir_phone_by_id(d, b->pairs[i].phone);
		const struct dir_user **list;

		for (n = 1; i + n < b->pair_count && b->pairs[i + n].phone == b->pairs[i].phone;
		     n++)
			;
		list = arena_alloc(&d->arena, n * sizeof *list);
		if (!list)
			return ERR_NOMEM;
		for (size_t k = 0; k < n; k++)
			list[k] = dir_user_by_id(d, b->pairs[i + k].user);
		p->users = list;
		p->user_count = n;
	}
	return ERR_OK;
}

static enum err
link_members(struct builder *b)
{
	struct directory *d = b->d;
	const struct membership *m = b->memberships;

	for (size_t i = 0, n; i < b->membership_count; i += n) {
		struct dir_group *g = (struct dir_group *)dir_group_by_id(d, m[i].group);
		struct dir_member *list;

		for (n = 1; i + n < b->membership_count && m[i + n].group == m[i].group; n++)
			;
		list = arena_alloc(&d->arena, n * sizeof *list);
		if (!g || !list)
			return g ? ERR_NOMEM : ERR_CORRUPT;
		for (size_t k = 0; k < n; k++) {
			list[k] = (struct dir_member){
			    dir_user_by_id(d, m[i + k].user), m[i + k].logged_on};
			if (!list[k].user)
				return ERR_CORRUPT;
		}
		g->members = list;
		g->member_count = n;
	}
	return ERR_OK;
}

/* PHO-4: what a group lists is for its members' phones without a list. Groups stand by name, so
 * the first one gives. */
static void
give_codecs(struct directory *d)
{
	for (size_t i = 0; i < d->group_count; i++) {
		const struct dir_group *g = &d->groups[i];

		for (size_t k = 0; g->codecs.n && k < g->member_count; k++) {
			const struct dir_user *u = g->members[k].user;

			for (size_t p = 0; p < u->phone_count; p++)
				if (u->phones[p]->codecs.n == 0)
					((struct dir_phone *)u->phones[p])->codecs = g->codecs;
		}
	}
}

/* RTG-2: what a group lets its members dial besides; the first by name is named for it. */
static void
give_dial(struct directory *d)
{
	for (size_t i = 0; i < d->group_count; i++) {
		const struct dir_group *g = &d->groups[i];

		for (size_t k = 0; g->dial && k < g->member_count; k++) {
			struct dir_user *u = (struct dir_user *)g->members[k].user;

			for (unsigned c = 0; c < DIR_DIAL_CLASSES; c++)
				if (g->dial & 1u << c && !u->dial_group[c])
					u->dial_group[c] = g;
		}
	}
}

/* --- the snapshot ------------------------------------------------------------------------- */

bool
directory_depends_on(const struct model_entity *e)
{
	return !e || e == &model_user || e == &model_phone || e == &model_device_type ||
	       e == &model_number || e == &model_range || e == &model_settings ||
	       e == &model_line || e == &model_provider || e == &model_group ||
	       e == &model_group_member || e == &model_emergency_number || e == &model_time_frame ||
	       e == &model_cor_rule || e == &model_cor_line || e == &model_holiday ||
	       e == &model_site || e == &model_prompt || e == &model_redirection ||
	       e == &model_mailbox || e == &model_mailbox_access || e == &model_announcement ||
	       e == &model_music_loop || e == &model_music_file || e == &model_mobile_twin ||
	       e == &model_call_completion || e == &model_conference_room ||
	       e == &model_conference || e == &model_conference_participant ||
	       e == &model_speed_dial || e == &model_rate;
}

enum err
directory_build(struct store *s, struct directory **out)
{
	static const struct store_directory_sink sink = {on_settings, on_range, on_user, on_phone,
	    on_line, on_group, on_number, on_user_phone, on_group_member, routes_on_emergency,
	    routes_on_emergency_line, routes_on_frame, routes_on_rule, routes_on_way,
	    routes_on_holiday, sites_on_site, sites_on_line, on_prompt, on_redirection,
	    mailboxes_on_mailbox, mailboxes_on_access, conferences_on_room,
	    conferences_on_conference, conferences_on_participant, music_on_loop, music_on_file,
	    twins_on_twin, on_completion, speed_dials_on_row, rates_on_rate};
	struct builder b = {.d = calloc(1, sizeof *b.d)};
	enum err e;

	if (!b.d)
		return ERR_NOMEM;
	arena_init(&b.d->arena, "directory", 4096, SIZE_MAX / 2);
	e = store_directory_read(s, &sink, &b);
	if (e == ERR_OK)
		e = index_all(b.d);
	if (e == ERR_OK)
		e = link_numbers(&b);
	if (e == ERR_OK) {
		conferences_link(&b); /* who has which number is known */
		e = link_redirections(&b);
	}
	if (e == ERR_OK)
		e = link_phones_of_users(&b);
	if (e == ERR_OK)
		e = link_users_of_phones(&b);
	if (e == ERR_OK)
		e = link_members(&b);
	if (e == ERR_OK) {
		give_codecs(b.d);
		give_dial(b.d);
		rates_sort(b.d);
		e = routes_link(&b);
	}
	if (e == ERR_OK)
		e = sites_link(&b);
	if (e == ERR_OK)
		e = mailboxes_link(&b);
	if (e == ERR_OK)
		e = twins_link(&b);
	free(b.owners);
	free(b.memberships);
	free(b.redirected);
	free(b.pairs);
	routes_free_rows(&b);
	free(b.sites.lines);
	free(b.conference_users);
	free(b.participants);
	free(b.mailboxes.access);
	twins_free_rows(&b);
	if (e != ERR_OK) {
		directory_free(b.d);
		return e;
	}
	*out = b.d;
	return ERR_OK;
}

void
directory_free(struct directory *d)
{
	if (!d)
		return;
	index_free_all(d);
	free(d->ranges);
	free(d->users);
	free(d->phones);
	free(d->lines);
	free(d->groups);
	free(d->numbers);
	free(d->emergencies);
	free(d->rules);
	free(d->holidays);
	free(d->sites);
	free(d->mailboxes);
	free(d->conference_rooms);
	free(d->conferences);
	free(d->participants);
	free(d->music);
	free(d->twins);
	free(d->completions);
	free(d->speed_dials);
	free(d->rates);
	arena_fini(&d->arena);
	free(d);
}
