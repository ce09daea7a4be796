/* URIs put together from their parts are the same URIs; a URI equals itself; name-addr
 * and Via values are read from bare bytes too, which may hold any character. */
#include "fuzz.h"

#include "sip/write.h"

static void
join(struct buf *b, const struct sip_uri *u)
{
	bool ip6 = slice_find(u->host, ':') < u->host.n;

	buf_put(b, u->scheme);
	buf_char(b, ':');
	buf_put(b, u->user);
	if (u->password.n) {
		buf_char(b, ':');
		buf_put(b, u->password);
	}
	if (u->user.n && u->host.n)
		buf_char(b, '@');
	if (ip6)
		buf_char(b, '[');
	buf_put(b, u->host);
	if (ip6)
		buf_char(b, ']');
	if (u->port) {
		buf_char(b, ':');
		buf_u64(b, u->port);
	}
	if (u->params.n) {
		buf_char(b, ';');
		buf_put(b, u->params);
	}
	if (u->headers.n) {
		buf_char(b, '?');
		buf_put(b, u->headers);
	}
}

static void
joined_is_the_same(const struct sip_uri *u)
{
	char mem[SIP_URI_MAX_BYTES + 8], plain[SIP_URI_MAX_BYTES];
	struct sip_uri again;
	struct buf b;
	size_t n = 0;

	buf_init(&b, mem, sizeof mem);
	join(&b, u);
	PROMISE(buf_ok(&b));
	PROMISE(b.n <= SIP_URI_MAX_BYTES);
	PROMISE(sip_uri_parse(&again, buf_slice(&b)) == ERR_OK);
	PROMISE(slice_eq(u->user, again.user) && slice_eq(u->password, again.password));
	PROMISE(slice_eq(u->host, again.host) && u->port == again.port);
	PROMISE(slice_eq(u->params, again.params) && slice_eq(u->headers, again.headers));
	PROMISE(sip_uri_eq(u, &again) && sip_uri_eq(&again, u));
	PROMISE(sip_unescape(u->user, plain, sizeof plain, &n) == ERR_OK && n <= u->user.n);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice all = slice_make(data, size);
	struct sip_name_addr a;
	struct sip_via v;
	struct sip_uri u;
	char text[32];

	if (sip_uri_parse(&u, all) == ERR_OK && (u.host.n || u.user.n))
		joined_is_the_same(&u);
	if (sip_name_addr_parse(&a, all) == ERR_OK) {
		if (a.uri.host.n || a.uri.user.n)
			joined_is_the_same(&a.uri);
		PROMISE(a.tag.n <= SIP_TAG_MAX_BYTES);
	}
	if (sip_via_parse(&v, all) == ERR_OK)
		PROMISE(v.host.n && v.transport.n && v.branch.n <= SIP_BRANCH_MAX_BYTES);
	sip_display_text(all, text, sizeof text);
	PROMISE(slice_cstr(text).n < sizeof text);
	return 0;
}
