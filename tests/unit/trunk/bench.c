#include "bench.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sip/digest.h"
#include "sip/write.h"

static const char password[] = "prov-secret", user[] = "acct1";

static void __attribute__((format(printf, 2, 3))) note(struct bench *b, const char *fmt, ...)
{
	size_t n = strlen(b->events);
	va_list ap;

	va_start(ap, fmt);
	if (n && n < sizeof b->events - 1)
		b->events[n++] = ' ';
	vsnprintf(b->events + n, sizeof b->events - n, fmt, ap);
	va_end(ap);
}

/* ---- providers ---- */

/* "": none; "+md5", "+sha": right; "!": wrong */
static const char *
credentials(const struct provider *p, const struct sip_msg *req)
{
	struct slice value = sip_msg_value(req, SIP_HDR_AUTHORIZATION);
	char ha1[SIP_DIGEST_HEX_MAX];
	struct sip_digest d;

	if (!value.n)
		value = sip_msg_value(req, SIP_HDR_PROXY_AUTHORIZATION);
	if (!value.n)
		return "";
	if (sip_digest_parse(&d, value) != ERR_OK || !slice_eq(d.nonce, slice_cstr(p->nonce)))
		return "!";
	sip_digest_ha1(d.algorithm, slice_cstr(user), d.realm, slice_cstr(password), ha1);
	if (!sip_digest_verify(&d, slice_cstr(ha1), req->method_text))
		return "!";
	return d.algorithm == SIP_DIGEST_MD5 ? "+md5" : "+sha";
}

static void
challenge(struct provider *p, const char *word, struct buf *b)
{
	bool proxy = strncmp(word, "407", 3) == 0;
	const char *header = proxy ? "Proxy-Authenticate: " : "WWW-Authenticate: ";

	snprintf(p->nonce, sizeof p->nonce, "%c%u", p->name, ++p->nonces);
	if (strncmp(word, "401sess", 7) == 0) {
		buf_printf(b, "%sDigest realm=\"r\", nonce=\"%s\", algorithm=MD5-sess\r\n", header,
		    p->nonce);
		return;
	}
	if (strncmp(word, "401s", 4) == 0)
		buf_printf(b,
		    "%sDigest realm=\"r\", nonce=\"%s\", algorithm=SHA-256, qop=\"auth\"\r\n",
		    header, p->nonce);
	buf_printf(b, "%sDigest realm=\"r\", nonce=\"%s\", algorithm=MD5, qop=\"auth\"%s\r\n",
	    header, p->nonce, strncmp(word, "stale", 5) == 0 ? ", stale=true" : "");
}

static unsigned
expires_of(const struct sip_msg *req)
{
	uint32_t s = 0;

	(void)!slice_to_u32(sip_msg_value(req, SIP_HDR_EXPIRES), UINT32_MAX, &s);
	return s;
}

static void
write_answer(struct bench *b, struct provider *p, const struct sip_msg *req, const char *word,
    struct buf *out)
{
	struct sip_flow flow = {.remote = {.family = 4, .port = 5060, .ip = {10, 0, 0, 1}}};
	unsigned status = strncmp(word, "stale", 5) == 0 ? 401 : (unsigned)atoi(word);
	const char *colon = strpbrk(word, ": ");
	unsigned number = colon && *colon == ':' ? (unsigned)atoi(colon + 1) : 0;

	sip_write_response_head(out, req, &flow, (uint16_t)status, SLICE(""), SLICE("prov"));
	if (status == 401 || status == 407)
		challenge(p, word, out);
	if (status == 423)
		buf_printf(out, "Min-Expires: %u\r\n", number);
	if (status == 503 && number)
		buf_printf(out, "Retry-After: %u (tea)\r\n", number);
	if (status == 200 && word[3] == 'h')
		buf_printf(out, "Expires: %u\r\n", number);
	else if (status == 200 && expires_of(req) > 0)
		buf_printf(out, "Contact: <sip:x@old>;expires=9999,%.*s;expires=%u\r\n",
		    (int)slice_find(sip_msg_value(req, SIP_HDR_CONTACT), '>') + 1,
		    sip_msg_value(req, SIP_HDR_CONTACT).p, number);
	if (status == 200 && word[3] == 's')
		buf_printf(out, "Service-Route: <sip:edge.test;lr>, <sip:core.test;lr>\r\n");
	if (status == 200 && word[3] == 'x')
		buf_printf(out, "Service-Route: <sip:edge.test;lr>, <soap:core.test;lr>\r\n");
	sip_write_body(out, SLICE(""), SLICE(""));
}

static void
on_register(struct bench *b, struct provider *p, const struct sip_msg *req)
{
	unsigned expires = expires_of(req);
	const char *word = p->script;
	struct buf out;
	char text[4096];

	snprintf(b->last, sizeof b->last, "%.*s", (int)req->raw.n, req->raw.p);
	b->last_ms = sim_now_ms(b->sim);
	note(b, "%c%u%s", p->name, expires, credentials(p, req));
	if (strchr(word, ' ') && expires)
		p->script = strchr(word, ' ') + 1;
	if (*word == '-')
		return;
	if (!expires) /* taken back: only credentials are asked for */
		word = strncmp(word, "401", 3) == 0 ? word : "200:0";
	buf_init(&out, text, sizeof text);
	write_answer(b, p, req, word, &out);
	assert_true(buf_ok(&out));
	sim_send(b->sim, &p->addr, &(struct addr){.family = 4, .port = 5060, .ip = {10, 0, 0, 1}},
	    buf_slice(&out));
}

static void
on_datagram(void *ctx, const struct addr *from, const struct addr *to, struct slice bytes)
{
	struct bench *b = ctx;
	struct provider *p = NULL;
	struct sip_msg req;
	char text[4096];
	struct buf out;

	for (size_t i = 0; i < PROVIDERS; i++)
		if (addr_eq(&b->provider[i].addr, to))
			p = &b->provider[i];
	assert_non_null(p);
	if (p->deaf)
		return;
	assert_int_equal(sip_msg_parse(&req, bytes, NULL), ERR_OK);
	if (!req.is_request)
		return;
	if (req.method == SIP_REGISTER) {
		on_register(b, p, &req);
		return;
	}
	assert_int_equal(req.method, SIP_OPTIONS);
	note(b, "%co", p->name);
	buf_init(&out, text, sizeof text);
	sip_write_response_head(&out, &req, &(struct sip_flow){.remote = *from},
	    p->options ? p->options : 200, SLICE(""), SLICE("o"));
	sip_write_body(&out, SLICE(""), SLICE(""));
	sim_send(b->sim, to, from, buf_slice(&out));
}

/* ---- what the trunk asks for ---- */

struct answer {
	struct timer timer;
	struct bench *bench;
	uint64_t token;
	char host[SIP_NAME_BYTES];
	struct sip_target target;
};

static void
on_dns(struct timer *t)
{
	struct answer *a = container_of(t, struct answer, timer);
	struct bench *b = a->bench;
	struct sip_hops hops = {.ttl_s = b->dns_ttl_s};
	struct addr numeric;
	bool all = strcmp(a->host, "abc.test") == 0, two = strcmp(a->host, "ab.test") == 0;
	bool six = strcmp(a->host, "six.test") == 0;

	if (six) {
		hops.hop[hops.n++] = (struct sip_hop){.transport = SIP_UDP,
		    .addr = {.family = 6, .port = 5060, .ip = {0x20, 1, 0xd, 0xb8}}};
	}
	if (addr_parse_ip(slice_cstr(a->host), a->target.port ? a->target.port : 5060, &numeric) ==
	    ERR_OK) {
		hops.hop[hops.n++] = (struct sip_hop){.transport = SIP_UDP, .addr = numeric};
		hops.ttl_s = UINT32_MAX;
	}
	for (size_t i = 0; i < PROVIDERS; i++) {
		char own[] = {(char)('a' + i), '.', 't', 'e', 's', 't', 0};

		if (!all && !(two && i < 2) && !(six && i == 0) && strcmp(a->host, own) != 0)
			continue;
		hops.hop[hops.n].transport =
		    a->target.has_transport ? a->target.transport : SIP_UDP;
		hops.hop[hops.n].addr = b->provider[i].addr;
		snprintf(hops.hop[hops.n++].name, SIP_NAME_BYTES, "%s", a->host);
	}
	if (b->trunk)
		trunk_on_located(b->trunk, a->token,
		    b->dns_fails ? ERR_TIMEOUT
		    : hops.n	 ? ERR_OK
				 : ERR_NOT_FOUND,
		    &hops);
	free(a);
}

static enum err
locate(void *ctx, const struct sip_target *target, uint64_t token)
{
	struct bench *b = ctx;
	struct answer *a = calloc(1, sizeof *a);

	assert_non_null(a);
	a->bench = b;
	a->token = token;
	a->target = *target;
	memcpy(a->host, target->host, sizeof a->host);
	timer_init(&a->timer, on_dns);
	timer_start(sim_timers(b->sim), &a->timer, 30);
	b->located++;
	return ERR_OK;
}

static enum err
local_for(void *ctx, enum sip_transport t, const struct addr *remote, struct addr *out)
{
	if (remote->family != 4)
		return ERR_NOT_FOUND;
	*out = (struct addr){.family = 4, .port = 5060, .ip = {10, 0, 0, 1}};
	return ERR_OK;
}

static void
expect_name(void *ctx, const struct addr *remote, struct slice name)
{
	struct bench *b = ctx;

	slice_clip_cstr(name, b->tls_name, sizeof b->tls_name);
}

static void
keep_alive(void *ctx, const struct sip_flow *flow)
{
	note(ctx, "k");
}

static int64_t
wall_ms(void *ctx)
{
	struct bench *b = ctx;

	return 1700000000000 + (int64_t)sim_now_ms(b->sim);
}

static void
on_line(void *ctx, const struct live_line *l, bool removed)
{
	struct bench *b = ctx;

	b->live = *l;
	b->removed += removed;
}

static const struct trunk_ops ops = {.locate = locate,
    .local_for = local_for,
    .expect_name = expect_name,
    .keep_alive = keep_alive,
    .wall_ms = wall_ms,
    .on_line = on_line};

/* ---- core ---- */

static void
core_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	struct bench *b = ctx;

	sim_send(b->sim, &flow->local, &flow->remote, bytes);
}

static void
on_request(void *ctx, struct sip_server *tsx, const struct sip_msg *req)
{
	struct bench *b = ctx;

	b->matched = trunk_match(b->trunk, req, sip_server_flow(tsx), &b->in);
	b->called[0] = '\0';
	if (b->matched)
		slice_clip_cstr(b->in.called, b->called, sizeof b->called);
	sip_server_reject(tsx, b->matched ? 480 : 403, SLICE(""));
}

static void
on_ack(void *ctx, const struct sip_msg *ack, const struct sip_flow *flow)
{
}

static const struct sip_core_ops core_ops = {
    .send = core_send, .on_request = on_request, .on_ack = on_ack};

static void
on_pbx_datagram(void *ctx, const struct addr *from, const struct addr *to, struct slice bytes)
{
	struct bench *b = ctx;

	if (b->core)
		sip_core_on_message(b->core,
		    &(struct sip_flow){.transport = SIP_UDP, .local = *to, .remote = *from}, bytes);
}

/* ---- life ---- */

void
bench_open(struct bench *b, const char *config)
{
	struct addr pbx = {.family = 4, .port = 5060, .ip = {10, 0, 0, 1}};

	memset(b, 0, sizeof *b);
	fixture_open(&b->fixture, config);
	assert_int_equal(
	    sim_new(&b->sim, &(struct sim_params){.start_ms = 1000,
				 .seed = 7,
				 .impairments = {.delay_min_ms = 10, .delay_max_ms = 10}}),
	    ERR_OK);
	assert_int_equal(
	    sip_core_new(&b->core, &(struct sip_core_params){.timers = sim_timers(b->sim),
				       .rng = sim_rng(b->sim),
				       .ops = &core_ops,
				       .ctx = b,
				       .server_name = SLICE("bench")}),
	    ERR_OK);
	b->dns_ttl_s = 300;
	assert_int_equal(sim_endpoint_add(b->sim, &pbx, on_pbx_datagram, b), ERR_OK);
	for (size_t i = 0; i < PROVIDERS; i++) {
		struct provider *p = &b->provider[i];

		p->name = (char)('A' + i);
		p->script = "200:600";
		p->addr =
		    (struct addr){.family = 4, .port = 5060, .ip = {192, 0, 2, (uint8_t)(i + 1)}};
		assert_int_equal(sim_endpoint_add(b->sim, &p->addr, on_datagram, b), ERR_OK);
	}
}

static void
start(struct bench *b)
{
	if (!b->trunk)
		assert_int_equal(trunk_new(&b->trunk, &(struct trunk_params){.core = b->core,
							  .timers = sim_timers(b->sim),
							  .rng = sim_rng(b->sim),
							  .ops = &ops,
							  .ctx = b,
							  .dir = b->fixture.directory}),
		    ERR_OK);
}

void
bench_run(struct bench *b, uint64_t ms)
{
	start(b);
	sim_run_until(b->sim, sim_now_ms(b->sim) + ms);
}

void
bench_change(struct bench *b, const char *config)
{
	struct directory *old = b->fixture.directory;

	start(b);
	b->fixture.directory = NULL; /* the old one stays until the trunk has let it go */
	fixture_change(&b->fixture, config);
	trunk_set_directory(b->trunk, b->fixture.directory);
	directory_free(old);
}

const char *
bench_events(struct bench *b)
{
	static char text[sizeof b->events];

	memcpy(text, b->events, sizeof text);
	b->events[0] = '\0';
	return text;
}

int64_t
bench_line(struct bench *b)
{
	size_t n;
	const struct dir_line *lines = dir_lines(b->fixture.directory, &n);

	assert_true(n > 0);
	return lines[0].id;
}

void
bench_receive(struct bench *b, const char *from, const char *text)
{
	char bytes[4096];
	size_t n = 0;
	struct addr source, pbx = {.family = 4, .port = 5060, .ip = {10, 0, 0, 1}};

	assert_int_equal(addr_parse(slice_cstr(from), 5060, &source), ERR_OK);
	for (; *text; text++) {
		if (*text == '\n')
			bytes[n++] = '\r';
		bytes[n++] = *text;
	}
	b->matched = false;
	sip_core_on_message(b->core,
	    &(struct sip_flow){.transport = SIP_UDP, .local = pbx, .remote = source},
	    slice_make(bytes, n));
}

void
bench_close(struct bench *b)
{
	trunk_free(b->trunk);
	b->trunk = NULL;
	sip_core_free(b->core);
	b->core = NULL;
	sim_run_until(b->sim, sim_now_ms(b->sim) + 100); /* DNS answers still under way */
	sim_free(b->sim);
	fixture_close(&b->fixture);
}
