/* sip/locate: RFC 3263, 4; RFC 2782; RFC 7984. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sip/locate.h"

/* A zone as lines: "NAPTR name order pref flags service replacement", "SRV name prio weight
 * port target", "A name ip", "AAAA name ip", "FAIL kind name". */
struct zone {
	const char *const *line;
	unsigned asked;
	char questions[2048];
	struct {
		uint32_t token;
		enum sip_query kind;
		char name[256];
	} waiting[64];
	size_t n_waiting;
	bool now; /* answers from inside the question */
	struct sip_locate *l;
	/* result */
	unsigned done;
	enum err result;
	struct sip_hops hops;
};

static const char *const kinds[] = {"NAPTR", "SRV", "A", "AAAA"};

static void
answer(struct zone *z, uint32_t token, enum sip_query kind, const char *name)
{
	struct sip_dns_answer a = {.result = ERR_NOT_FOUND, .ttl_s = 300};
	static char text[16][3][128];
	static struct sip_dns_naptr naptr[16];
	static struct sip_dns_srv srv[16];
	static struct addr addr[16];

	a.naptr = naptr;
	a.srv = srv;
	a.addr = addr;
	for (const char *const *line = z->line; *line && a.n < 16; line++) {
		char k[16], n[128], f[3][128];
		unsigned v[3];
		size_t i = a.n;

		if (sscanf(*line, "%15s %127s", k, n) != 2 || strcmp(n, name) != 0)
			continue;
		if (strcmp(k, "FAIL") == 0) {
			a.result = ERR_TIMEOUT;
			break;
		}
		if (strcmp(k, kinds[kind]) != 0)
			continue;
		if (kind == SIP_QUERY_NAPTR) {
			assert_int_equal(sscanf(*line, "%*s %*s %u %u %127s %127s %127s", &v[0],
					     &v[1], f[0], f[1], f[2]),
			    5);
			memcpy(text[i], f, sizeof f);
			naptr[i] = (struct sip_dns_naptr){(uint16_t)v[0], (uint16_t)v[1],
			    slice_cstr(text[i][0]), slice_cstr(text[i][1]), slice_cstr(text[i][2])};
		} else if (kind == SIP_QUERY_SRV) {
			assert_int_equal(
			    sscanf(*line, "%*s %*s %u %u %u %127s", &v[0], &v[1], &v[2], f[0]), 4);
			memcpy(text[i], f, sizeof f);
			srv[i] = (struct sip_dns_srv){
			    (uint16_t)v[0], (uint16_t)v[1], (uint16_t)v[2], slice_cstr(text[i][0])};
			a.ttl_s = 60;
		} else {
			assert_int_equal(sscanf(*line, "%*s %*s %127s", f[0]), 1);
			assert_int_equal(addr_parse_ip(slice_cstr(f[0]), 0, &addr[i]), ERR_OK);
		}
		a.n++;
		a.result = ERR_OK;
	}
	sip_locate_on_answer(z->l, token, &a);
}

static void
on_query(void *ctx, uint32_t token, enum sip_query kind, const char *name)
{
	struct zone *z = ctx;
	size_t n = strlen(z->questions);

	z->asked++;
	snprintf(
	    z->questions + n, sizeof z->questions - n, "%s%s %s", n ? "," : "", kinds[kind], name);
	if (z->now) {
		answer(z, token, kind, name);
		return;
	}
	assert_true(z->n_waiting < 64);
	z->waiting[z->n_waiting].token = token;
	z->waiting[z->n_waiting].kind = kind;
	snprintf(z->waiting[z->n_waiting++].name, 256, "%s", name);
}

static void
on_done(void *ctx, enum err result, const struct sip_hops *hops)
{
	struct zone *z = ctx;

	z->done++;
	z->result = result;
	z->hops = *hops;
}

struct want {
	bool no_ipv6, no_udp, no_tls;
};

/* Runs a search, answers at once or in reverse order; gives the hops as text. */
static const char *
locate(struct zone *z, const char *uri, struct want w, struct rng *rng, bool now)
{
	static char text[2048];
	struct sip_locate *l = test_malloc(sizeof *l);
	struct sip_target target;
	struct sip_uri u;
	struct buf b;
	enum err e;

	assert_int_equal(sip_uri_parse(&u, slice_cstr(uri)), ERR_OK);
	e = sip_target_from_uri(&target, &u);
	z->l = l;
	z->now = now;
	z->done = z->asked = 0;
	z->n_waiting = 0;
	z->questions[0] = '\0';
	if (e == ERR_OK)
		sip_locate_start(l, &target,
		    &(struct sip_locate_params){.query = on_query,
			.done = on_done,
			.ctx = z,
			.rng = rng,
			.ipv4 = true,
			.ipv6 = !w.no_ipv6,
			.udp = !w.no_udp,
			.tcp = true,
			.tls = !w.no_tls});
	else
		z->result = e, z->done = 1;
	while (z->n_waiting) { /* the last question is answered first */
		size_t i = --z->n_waiting;

		answer(z, z->waiting[i].token, z->waiting[i].kind, z->waiting[i].name);
	}
	assert_int_equal(z->done, 1);
	test_free(l);
	buf_init(&b, text, sizeof text - 1);
	if (z->result != ERR_OK)
		buf_cstr(&b, err_name(z->result));
	for (size_t i = 0; z->result == ERR_OK && i < z->hops.n; i++) {
		buf_cstr(&b, i ? " " : "");
		buf_put(&b, sip_transport_name(z->hops.hop[i].transport));
		buf_char(&b, '/');
		addr_write(&b, &z->hops.hop[i].addr);
	}
	text[b.n] = '\0';
	return text;
}

static const char *const example[] = {
    /* RFC 3263, 4.1 */
    "NAPTR example.com 50 50 s SIPS+D2T _sips._tcp.example.com",
    "NAPTR example.com 90 50 s SIP+D2T _sip._tcp.example.com",
    "NAPTR example.com 100 50 s SIP+D2U _sip._udp.example.com",
    "NAPTR example.com 1 1 s E2U+sip _wrong.example.com",
    "NAPTR example.com 1 1 u SIP+D2U _wrong.example.com",
    "SRV _sips._tcp.example.com 0 1 5061 server1.example.com",
    "SRV _sip._tcp.example.com 0 1 5060 server1.example.com",
    "SRV _sip._tcp.example.com 1 2 5070 server2.example.com",
    "SRV _sip._udp.example.com 10 1 5060 server1.example.com",
    "SRV _sip._udp.example.com 5 1 5080 server2.example.com",
    "A server1.example.com 192.0.2.1",
    "A server2.example.com 192.0.2.2",
    "AAAA server2.example.com 2001:db8::2",
    "A example.com 192.0.2.99",
    /* equal orders: by preference */
    "NAPTR equal.example 10 20 s SIP+D2U _sip._udp.example.com",
    "NAPTR equal.example 10 10 s SIP+D2T _sip._tcp.example.com",
    "NAPTR equal.example 10 10 s SIP+D2T _sip._tcp.other.example",
    "SRV _sip._tcp.other.example 0 0 5060 server3.example.com",
    "A server3.example.com 192.0.2.3",
    /* without NAPTR */
    "SRV _sip._udp.plain.example 0 0 5062 server1.example.com",
    "SRV _sips._tcp.plain.example 0 0 5063 server2.example.com",
    /* without SRV */
    "A bare.example 192.0.2.7",
    "AAAA bare.example 2001:db8::7",
    /* decidedly no service, RFC 2782 */
    "SRV _sip._udp.none.example 0 0 0 .",
    "A none.example 192.0.2.8",
    /* broken: no address for the target; the domain itself is no way out */
    "SRV _sip._udp.lost.example 0 0 5060 nowhere.example",
    "A lost.example 192.0.2.9",
    /* the resolver fails */
    "FAIL dead.example",
    "FAIL naptrless.example",
    "SRV _sip._udp.naptrless.example 0 0 5060 server1.example.com",
    /* one address of two names */
    "SRV _sip._udp.twice.example 0 0 5060 server1.example.com",
    "SRV _sip._udp.twice.example 1 0 5060 alias.example.com",
    "A alias.example.com 192.0.2.1",
    NULL,
};

static void
hops_follow_rfc3263(void **state)
{
	static const struct {
		const char *uri, *hops;
		struct want want;
	} cases[] = {
	    /* 4.1: numeric, port, transport */
	    {"sip:192.0.2.1", "UDP/192.0.2.1:5060", {0}},
	    {"sip:192.0.2.1:5070", "UDP/192.0.2.1:5070", {0}},
	    {"sips:192.0.2.1", "TLS/192.0.2.1:5061", {0}},
	    {"sip:a@[2001:db8::1]:5070;transport=tcp", "TCP/[2001:db8::1]:5070", {0}},
	    {"sip:[2001:db8::1]", "invalid", {.no_ipv6 = true}},
	    {"sip:192.0.2.1;transport=tls", "TLS/192.0.2.1:5061", {0}},
	    {"sips:192.0.2.1;transport=tcp", "TLS/192.0.2.1:5061", {0}},
	    {"sips:192.0.2.1;transport=udp", "invalid", {0}},
	    {"sip:192.0.2.1;transport=sctp", "unsupported", {0}},
	    {"sip:192.0.2.1;transport=tls", "invalid", {.no_tls = true}},
	    {"sips:192.0.2.1;transport=ws", "WSS/192.0.2.1:443", {0}},
	    {"tel:+49301234", "unsupported", {0}},
	    {"sip:a@example.com;maddr=192.0.2.77", "UDP/192.0.2.77:5060", {0}},
	    {"sip:example.com:5090", "UDP/192.0.2.99:5090", {0}},
	    {"sips:example.com:5090", "TLS/192.0.2.99:5090", {0}},
	    {"sip:example.com:5090;transport=tcp", "TCP/192.0.2.99:5090", {0}},
	    /* 4.1: NAPTR; the lowest order we can use counts */
	    {"sip:example.com", "TLS/192.0.2.1:5061", {0}},
	    {"sip:example.com", "TCP/192.0.2.1:5060 TCP/[2001:db8::2]:5070 TCP/192.0.2.2:5070",
		{.no_tls = true}},
	    {"sips:example.com", "TLS/192.0.2.1:5061", {0}},
	    {"sip:equal.example",
		"TCP/192.0.2.1:5060 TCP/192.0.2.2:5070 TCP/192.0.2.3:5060 UDP/192.0.2.2:5080 "
		"UDP/192.0.2.1:5060",
		{.no_ipv6 = true}},
	    /* 4.2: transport given: SRV of this one */
	    {"sip:example.com;transport=udp",
		"UDP/[2001:db8::2]:5080 UDP/192.0.2.2:5080 UDP/192.0.2.1:5060", {0}},
	    {"sips:example.com;transport=tcp", "TLS/192.0.2.1:5061", {0}},
	    {"sip:bare.example;transport=tcp", "TCP/[2001:db8::7]:5060 TCP/192.0.2.7:5060", {0}},
	    {"sip:bare.example;transport=ws", "WS/192.0.2.7:80", {.no_ipv6 = true}},
	    /* 4.1: no NAPTR: SRV of all we have; none: the host itself */
	    {"sip:plain.example", "UDP/192.0.2.1:5062 TLS/192.0.2.2:5063", {.no_ipv6 = true}},
	    {"sip:plain.example", "TLS/192.0.2.2:5063", {.no_ipv6 = true, .no_udp = true}},
	    {"sip:bare.example", "UDP/[2001:db8::7]:5060 UDP/192.0.2.7:5060", {0}},
	    {"sips:bare.example", "TLS/192.0.2.7:5061", {.no_ipv6 = true}},
	    {"sip:none.example", "not_found", {0}},
	    {"sip:lost.example", "not_found", {0}},
	    {"sip:nobody.example", "not_found", {0}},
	    {"sip:dead.example", "timeout", {0}},
	    {"sip:naptrless.example", "UDP/192.0.2.1:5060", {0}},
	    {"sip:twice.example", "UDP/192.0.2.1:5060", {0}},
	};
	struct zone z = {.line = example};
	struct rng rng;

	for (size_t i = 0; i < 2 * (sizeof cases / sizeof cases[0]); i++) {
		const char *got;

		rng_init_seed(&rng, 1);
		got = locate(&z, cases[i / 2].uri, cases[i / 2].want, &rng, i & 1);
		if (strcmp(got, cases[i / 2].hops) != 0)
			fail_msg("%s: %s, not %s (%s)", cases[i / 2].uri, got, cases[i / 2].hops,
			    z.questions);
	}
}

static void
questions_are_no_more_than_needed(void **state)
{
	static const struct {
		const char *uri, *questions;
	} cases[] = {
	    {"sip:192.0.2.1", ""},
	    {"sip:example.com:5090", "A example.com"},
	    {"sip:bare.example;transport=tcp", "SRV _sip._tcp.bare.example,A bare.example"},
	    {"sip:example.com",
		"NAPTR example.com,SRV _sips._tcp.example.com,A server1.example.com"},
	    {"sips:bare.example", "NAPTR bare.example,SRV _sips._tcp.bare.example,A bare.example"},
	};
	struct zone z = {.line = example};
	struct rng rng;

	rng_init_seed(&rng, 1);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		locate(&z, cases[i].uri, (struct want){.no_ipv6 = true}, &rng, false);
		assert_string_equal(z.questions, cases[i].questions);
	}
}

static void
names_and_ttl_come_along(void **state)
{
	struct zone z = {.line = example};
	struct rng rng;

	rng_init_seed(&rng, 1);
	/* RFC 5922, 4: the certificate is for the domain, not for what SRV names */
	locate(&z, "sips:example.com", (struct want){0}, &rng, false);
	assert_string_equal(z.hops.hop[0].name, "example.com");
	assert_int_equal(z.hops.ttl_s, 60); /* the shortest */
	locate(&z, "sips:example.com;maddr=192.0.2.5", (struct want){0}, &rng, false);
	assert_string_equal(z.hops.hop[0].name, "example.com");
	locate(&z, "sip:192.0.2.1", (struct want){0}, &rng, false);
	assert_string_equal(z.hops.hop[0].name, "");
	assert_true(z.hops.ttl_s == UINT32_MAX);
}

/* RFC 2782: three of one priority, weights 60, 30 and 10, and one of 0. */
static void
weights_are_obeyed(void **state)
{
	static const char *const zone[] = {"SRV _sip._udp.w.example 1 60 5060 a.example",
	    "SRV _sip._udp.w.example 1 30 5060 b.example",
	    "SRV _sip._udp.w.example 1 10 5060 c.example",
	    "SRV _sip._udp.w.example 1 0 5060 d.example",
	    "SRV _sip._udp.w.example 9 1000 5060 e.example", "A a.example 192.0.2.1",
	    "A b.example 192.0.2.2", "A c.example 192.0.2.3", "A d.example 192.0.2.4",
	    "A e.example 192.0.2.5", NULL};
	struct zone z = {.line = zone};
	unsigned first[6] = {0};
	struct rng rng;

	rng_init_seed(&rng, 7);
	for (int i = 0; i < 4000; i++) {
		locate(
		    &z, "sip:w.example;transport=udp", (struct want){.no_ipv6 = true}, &rng, true);
		assert_int_equal(z.hops.n, 5);
		first[z.hops.hop[0].addr.ip[3]]++;
		assert_int_equal(z.hops.hop[4].addr.ip[3], 5); /* priority comes first */
	}
	assert_in_range(first[1], 2200, 2600);
	assert_in_range(first[2], 1050, 1350);
	assert_in_range(first[3], 300, 500);
	assert_in_range(first[4], 5, 120);
}

/* Hundreds of records, repeated and foreign tokens: bounded, and nothing is asked twice. */
static void
hostile_answers_are_bounded(void **state)
{
	static struct sip_dns_srv srv[200];
	static struct addr addr[200];
	static char names[200][64];
	struct zone z = {.line = (const char *const[]){NULL}};
	struct sip_locate *l = test_malloc(sizeof *l);
	struct sip_target t = {.has_transport = true, .transport = SIP_UDP};
	struct sip_dns_answer a = {.ttl_s = 1, .srv = srv, .addr = addr, .n = 200};
	struct rng rng;

	rng_init_seed(&rng, 1);
	strcpy(t.host, "many.example");
	for (unsigned i = 0; i < 200; i++) {
		snprintf(names[i], sizeof names[i], "h%u.example", i);
		srv[i] = (struct sip_dns_srv){1, 65535, 5060, slice_cstr(names[i])};
		addr[i] = (struct addr){.family = 4, .ip = {10, 0, 0, (uint8_t)i}};
	}
	z.l = l;
	sip_locate_start(l, &t,
	    &(struct sip_locate_params){.query = on_query,
		.done = on_done,
		.ctx = &z,
		.rng = &rng,
		.ipv4 = true,
		.udp = true});
	assert_int_equal(z.n_waiting, 1);
	sip_locate_on_answer(l, 0xdeadbeef, &a);
	sip_locate_on_answer(l, z.waiting[0].token + 0x100, &a);
	assert_int_equal(z.n_waiting, 1);
	sip_locate_on_answer(l, z.waiting[0].token, &a);
	sip_locate_on_answer(l, z.waiting[0].token, &a);
	assert_int_equal(z.n_waiting, 1 + SIP_LOCATE_HOSTS_MAX);
	for (size_t i = 1; i < z.n_waiting; i++) {
		assert_int_equal(z.done, 0);
		sip_locate_on_answer(l, z.waiting[i].token, &a);
		sip_locate_on_answer(l, z.waiting[i].token, &a);
	}
	assert_int_equal(z.done, 1);
	assert_int_equal(z.hops.n, SIP_LOCATE_ADDRS_MAX); /* all hosts the same */
	test_free(l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(hops_follow_rfc3263),
	    cmocka_unit_test(questions_are_no_more_than_needed),
	    cmocka_unit_test(names_and_ttl_come_along),
	    cmocka_unit_test(weights_are_obeyed),
	    cmocka_unit_test(hostile_answers_are_bounded),
	};

	return cmocka_run_group_tests_name("sip locate", tests, NULL, NULL);
}
