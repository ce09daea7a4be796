/* What a line is configured to be: its own copy of the directory's entry, and what follows from
 * it. */
#include "trunk/trunk_int.h"

/* Which texts of a dir_line there are, and whether a change of it needs a new registration. */
static const struct {
	size_t offset;
	bool registration;
} texts[] = {
    {offsetof(struct dir_line, name), false},
    {offsetof(struct dir_line, host), true},
    {offsetof(struct dir_line, proxy), true},
    {offsetof(struct dir_line, username), true},
    {offsetof(struct dir_line, auth_username), true},
    {offsetof(struct dir_line, password), true},
    {offsetof(struct dir_line, from_user), false},
    {offsetof(struct dir_line, from_domain), true},
    {offsetof(struct dir_line, main_number), false},
    {offsetof(struct dir_line, deposit), false},
    {offsetof(struct dir_line, country_code), false},
    {offsetof(struct dir_line, area_code), false},
    {offsetof(struct dir_line, codecs), false},
};

enum { TEXTS = sizeof texts / sizeof texts[0] };

static struct slice *
text_of(struct dir_line *l, size_t i)
{
	return (struct slice *)(void *)((char *)l + texts[i].offset);
}

bool
line_differs(const struct line *l, const struct dir_line *conf)
{
	const struct dir_line *a = &l->conf, *b = conf;

	for (size_t i = 0; i < TEXTS; i++)
		if (texts[i].registration && !slice_eq(*text_of((struct dir_line *)(uintptr_t)a, i),
						 *text_of((struct dir_line *)(uintptr_t)b, i)))
			return true;
	return a->enabled != b->enabled || a->registers != b->registers ||
	       a->register_block != b->register_block || a->auth_by_address != b->auth_by_address ||
	       a->transport_fixed != b->transport_fixed ||
	       (a->transport_fixed && a->transport != b->transport) ||
	       a->expires_s != b->expires_s || a->qualify_s != b->qualify_s;
}

static enum err
copy_nets(struct arena *a, const struct addr_nets *from, struct addr_nets *to)
{
	struct addr_net *nets = arena_alloc(a, (from->n + 1) * sizeof *nets);

	if (!nets)
		return ERR_NOMEM;
	if (from->n)
		memcpy(nets, from->net, from->n * sizeof *nets);
	to->net = nets;
	return ERR_OK;
}

static enum err
copy(struct arena *a, const struct dir_line *from, struct dir_line *to)
{
	enum err e = ERR_OK;

	*to = *from;
	for (size_t i = 0; i < TEXTS && e == ERR_OK; i++)
		e = arena_dup(a, *text_of((struct dir_line *)(uintptr_t)from, i), text_of(to, i));
	if (e == ERR_OK)
		e = copy_nets(a, &from->permit, &to->permit);
	return e == ERR_OK ? copy_nets(a, &from->deny, &to->deny) : e;
}

/* "sip.example.com", "sip:10.0.0.1:5080;transport=tcp", "2001:db8::1" */
static enum err
parse_target(const struct dir_line *conf, struct slice text, struct sip_target *out)
{
	char uri_text[2 * SIP_NAME_BYTES];
	struct slice rest = text;
	struct sip_uri uri;
	struct addr a;
	struct buf b;
	enum err e;

	buf_init(&b, uri_text, sizeof uri_text);
	if (addr_parse_ip(text, 0, &a) == ERR_OK) {
		buf_lit(&b, "sip:");
		addr_write_host(&b, &a);
	} else {
		if (!slice_starts_nocase(rest, SLICE("sip:")) &&
		    !slice_starts_nocase(rest, SLICE("sips:")))
			buf_lit(&b, "sip:");
		buf_put(&b, text);
	}
	if (!buf_ok(&b))
		return ERR_TOO_BIG;
	e = sip_uri_parse(&uri, buf_slice(&b));
	if (e == ERR_OK)
		e = sip_target_from_uri(out, &uri);
	if (e == ERR_OK && conf->transport_fixed && !out->has_transport) {
		out->has_transport = true;
		out->transport = conf->transport;
	}
	return e;
}

static enum err
set_targets(struct line *l)
{
	struct slice list = l->conf.proxy.n ? l->conf.proxy : l->conf.host;

	l->n_targets = 0;
	while (list.n && l->n_targets < LINE_TARGETS_MAX) {
		struct slice one = slice_trim(slice_take_until(&list, ','));

		if (one.n == 0)
			continue;
		if (parse_target(&l->conf, one, &l->target[l->n_targets]) != ERR_OK)
			return ERR_INVALID;
		l->n_targets++;
	}
	return l->n_targets ? ERR_OK : ERR_INVALID;
}

static enum err
set_domain(struct line *l)
{
	struct sip_target t;
	char text[SIP_NAME_BYTES + 2];
	struct addr a;
	struct buf b;

	if (l->conf.from_domain.n) {
		l->domain = l->conf.from_domain;
		return ERR_OK;
	}
	if (parse_target(&l->conf, l->conf.host, &t) != ERR_OK)
		return ERR_INVALID;
	buf_init(&b, text, sizeof text);
	if (addr_parse_ip(slice_cstr(t.name), 0, &a) == ERR_OK)
		addr_write_host(&b, &a);
	else
		buf_cstr(&b, t.name);
	return arena_dup(&l->arena, buf_slice(&b), &l->domain);
}

/* Hex of a hash of what makes the account, different for each use: the same after a restart,
 * so that the new registration takes the place of the old one. */
static void
derive(const struct line *l, struct slice use, struct slice secret, char *out, size_t n)
{
	char hash[SIP_DIGEST_HEX_MAX], account[512];
	struct buf b;

	buf_init(&b, account, sizeof account);
	line_write_account(l, &b);
	sip_digest_ha1(SIP_DIGEST_SHA256, use, buf_slice(&b), secret, hash);
	memset(out, '0', n);
	memcpy(out, hash, strnlen(hash, n));
	out[n] = '\0';
}

static void
set_names(struct line *l)
{
	char hex[33];

	/* Nobody can make this up who does not know the password; a provider without password
	 * is known by its address. */
	derive(l, SLICE("strowger line contact"), l->conf.password, l->token, sizeof l->token - 1);
	derive(l, SLICE("strowger line instance"), l->conf.name, hex, 32);
	hex[12] = '8'; /* a UUID of our own making, RFC 9562, 5.8 */
	hex[16] = 'a';
	for (size_t i = 0, at = 0; i < 32; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20)
			l->instance[at++] = '-';
		l->instance[at++] = hex[i];
	}
	l->instance[LINE_INSTANCE_BYTES - 1] = '\0';
}

enum err
line_configure(struct line *l, const struct dir_line *conf)
{
	struct dir_line copied;
	struct arena fresh;
	enum err e;

	arena_init(&fresh, "line", 1024, 64 * 1024);
	e = copy(&fresh, conf, &copied);
	if (e != ERR_OK) {
		arena_fini(&fresh);
		return e;
	}
	arena_fini(&l->arena);
	l->arena = fresh;
	l->conf = copied;
	e = set_domain(l);
	if (e == ERR_OK)
		e = set_targets(l);
	if (e == ERR_OK)
		set_names(l);
	return e;
}

void
line_write_account(const struct line *l, struct buf *b)
{
	buf_lit(b, "sip:");
	if (l->conf.username.n) {
		buf_put(b, l->conf.username);
		buf_char(b, '@');
	}
	buf_put(b, l->domain);
}

void
line_write_host(const struct line *l, struct buf *b)
{
	struct addr a;

	if (addr_parse_ip(l->conf.host, 0, &a) == ERR_OK)
		addr_write_host(b, &a);
	else
		buf_put(b, l->conf.host);
}

void
line_write_registrar(const struct line *l, struct buf *b)
{
	buf_lit(b, "sip:");
	line_write_host(l, b);
}
