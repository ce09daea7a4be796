/*
 * Values of headers beyond those of fuzz_sip_msg, fuzz_sip_uri and fuzz_digest: lists and
 * parameters written again are the same lists and parameters; numbers, addresses and networks that
 * can be read can be written; where a URI leads has a name that ends.
 */
#include "fuzz.h"

#include "base/addr_net.h"
#include "sip/locate.h"
#include "sip/parse_int.h"
#include "sip/rel100.h"

enum { VALUE_MAX_BYTES = 4096, ITEMS_MAX = 512, NETS_MAX = 64 };

static char text[4 * VALUE_MAX_BYTES];

static bool
inside(struct slice part, struct slice whole)
{
	return part.n == 0 || (part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static size_t
values_of(struct slice list, struct slice out[ITEMS_MAX])
{
	size_t n = 0;

	while (list.n && n < ITEMS_MAX) {
		struct slice before = list, value = sip_value_take(&list);

		PROMISE(list.n < before.n && inside(value, before));
		if (value.n)
			out[n++] = value;
	}
	return n;
}

/* What is never closed may only be the last one: nothing is put behind it. */
static void
list_is_the_same(struct slice list)
{
	static struct slice value[ITEMS_MAX], again[ITEMS_MAX];
	size_t n = values_of(list, value);
	struct buf b;

	if (n == ITEMS_MAX)
		return;
	buf_init(&b, text, sizeof text);
	for (size_t i = 0; i < n; i++) {
		buf_put(&b, value[i]);
		if (i + 1 < n)
			buf_lit(&b, ", ");
	}
	PROMISE(buf_ok(&b));
	PROMISE(values_of(buf_slice(&b), again) == n);
	for (size_t i = 0; i < n; i++)
		PROMISE(slice_eq(value[i], again[i]));
}

static enum sip_param_step
params_of(struct slice params, struct sip_param out[ITEMS_MAX], size_t *n)
{
	enum sip_param_step step = SIP_PARAM_FOUND;
	struct slice rest = params;

	*n = 0;
	while (*n < ITEMS_MAX && (step = sip_param_take(&rest, &out[*n])) == SIP_PARAM_FOUND) {
		PROMISE(inside(out[*n].text, params) && inside(out[*n].name, out[*n].text));
		PROMISE(inside(out[*n].value, out[*n].text) && out[*n].name.n);
		++*n;
	}
	return step;
}

static void
params_are_the_same(struct slice params)
{
	static struct sip_param param[ITEMS_MAX], again[ITEMS_MAX];
	size_t n, n_again;
	struct buf b;

	if (params_of(params, param, &n) != SIP_PARAM_END || n == 0)
		return;
	buf_init(&b, text, sizeof text);
	for (size_t i = 0; i < n; i++) {
		buf_char(&b, ';');
		buf_put(&b, param[i].text);
	}
	PROMISE(buf_ok(&b));
	PROMISE(params_of(buf_slice(&b), again, &n_again) == SIP_PARAM_END && n_again == n);
	for (size_t i = 0; i < n; i++) {
		PROMISE(slice_eq(param[i].name, again[i].name));
		PROMISE(slice_eq(param[i].value, again[i].value));
		PROMISE(sip_param_find(params, param[i].name, NULL));
	}
}

static void
numbers(struct slice s)
{
	struct sip_rack rack, again;
	uint32_t n, number;
	struct buf b;

	number = sip_leading_number(s);
	if (slice_to_u32(s, UINT32_MAX, &n) == ERR_OK)
		PROMISE(number == n);
	if (sip_rseq_parse(s, &n) == ERR_OK)
		PROMISE(n > 0 && number == n);
	if (sip_rack_parse(&rack, s) != ERR_OK || rack.method == SIP_METHOD_OTHER)
		return;
	PROMISE(rack.rseq > 0);
	buf_init(&b, text, sizeof text);
	buf_printf(&b, "%u %u %.*s", rack.rseq, rack.cseq, SLICE_FMT(sip_method_name(rack.method)));
	PROMISE(sip_rack_parse(&again, buf_slice(&b)) == ERR_OK);
	PROMISE(rack.rseq == again.rseq && rack.cseq == again.cseq && rack.method == again.method);
}

static void
addresses(struct slice s)
{
	char written[ADDR_TEXT_MAX], net_text[ADDR_NET_TEXT_MAX];
	struct addr_net net[NETS_MAX], net_again;
	struct addr a, again;
	size_t n = 0;

	if (addr_parse(s, 5060, &a) == ERR_OK && !a.scope) {
		PROMISE(a.family == 4 || a.family == 6);
		PROMISE(addr_parse(slice_cstr(addr_text(&a, written)), 0, &again) == ERR_OK);
		PROMISE(addr_eq(&a, &again));
	}
	if (addr_nets_parse(s, net, NETS_MAX, &n) != ERR_OK)
		return;
	PROMISE(n <= NETS_MAX);
	for (size_t i = 0; i < n; i++) {
		struct slice one = slice_cstr(addr_net_text(&net[i], net_text));

		PROMISE(addr_net_parse(one, &net_again) == ERR_OK);
		PROMISE(addr_net_eq(&net[i], &net_again) && addr_net_has(&net[i], &net[i].addr));
	}
}

static void
targets(struct slice s)
{
	struct sip_target t;
	struct sip_uri u;

	if (sip_uri_parse(&u, s) != ERR_OK || sip_target_from_uri(&t, &u) != ERR_OK)
		return;
	PROMISE(t.host[0] && memchr(t.host, 0, sizeof t.host));
	PROMISE(t.name[0] && memchr(t.name, 0, sizeof t.name));
	PROMISE(!t.secure || !t.has_transport || sip_transport_secure(t.transport));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice s = slice_make(data, size);

	if (size > VALUE_MAX_BYTES)
		return 0;
	list_is_the_same(s);
	params_are_the_same(s);
	numbers(s);
	addresses(s);
	targets(s);
	return 0;
}
