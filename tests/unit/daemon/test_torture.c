/*
 * The torture messages of RFC 4475 and RFC 5118 against the whole switchboard: not how they parse
 * (tests/unit/sip/test_msg.c) but what a telephone system does with them. All come from phones
 * that are known by their address, so that no log-in stands before the answer.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/log.h"
#include "board.h"
#include "fixture.h"
#include "rfc4475.h"
#include "rfc5118.h"

static const char config[] =
    "{'settings':{'domain':'strowger','screening':false},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'watson','auth':'address','host':'192.0.2.77','qualify_s':0},"
    "{'name':'user','auth':'address','host':'192.0.2.77','qualify_s':0},"
    "{'name':'j.user','secret':'Secret-j-Secret-1','qualify_s':0},"
    "{'name':'six','auth':'address','host':'2001:db8::9:255','qualify_s':0}],"
    "'users':[{'login':'1001','first_name':'A','last_name':'B','phones':['watson'],"
    "'numbers':['101']}]}";

enum { NOTHING = 0, NOT_400 = 1 };

/* What must come back; a header that the answer must have, with a part of its value. */
static const struct expected {
	const char *name;
	uint16_t status;
	const char *header, *part;
} expected[] = {
    {"3.1.1.1 wsinv", 481, NULL, NULL}, /* it has a To tag: a dialog we do not know */
    {"3.1.1.2 intmeth", 501, "Allow", "INVITE"},
    {"3.1.1.3 esc01", 404, NULL, NULL},
    {"3.1.1.4 escnull", 403, NULL, NULL}, /* not that phone's address */
    {"3.1.1.5 esc02", 501, NULL, NULL},	  /* RE%47IST%45R is not REGISTER */
    {"3.1.1.6 lwsdisp", 200, NULL, NULL},
    {"3.1.1.7 longreq", 404, NULL, NULL},
    {"3.1.1.8 dblreq", 401, NULL, NULL}, /* the first; the second is no message of its own */
    {"3.1.1.9 semiuri", 200, NULL, NULL},
    {"3.1.1.10 transports", 200, NULL, NULL},
    {"3.1.1.11 mpart01", NOT_400, NULL, NULL},	/* well formed, though nobody here is kumiko */
    {"3.1.1.12 unreason", NOTHING, NULL, NULL}, /* responses to nothing we asked */
    {"3.1.1.13 noreason", NOTHING, NULL, NULL},
    {"3.1.2.1 badinv01", 400, NULL, NULL},
    {"3.1.2.2 clerr", 400, NULL, NULL},
    {"3.1.2.3 ncl", 400, NULL, NULL},
    {"3.1.2.4 scalar02", 400, NULL, NULL},
    {"3.1.2.5 scalarlg", NOTHING, NULL, NULL},
    {"3.1.2.6 quotbal", 400, NULL, NULL},
    {"3.1.2.7 ltgtruri", 400, NULL, NULL},
    {"3.1.2.8 lwsruri", 400, NULL, NULL},
    {"3.1.2.9 lwsstart", 400, NULL, NULL},
    {"3.1.2.10 trws", 400, NULL, NULL},
    {"3.1.2.11 escruri", 400, NULL, NULL}, /* or the headers may be ignored */
    {"3.1.2.12 baddate", 404, NULL, NULL}, /* may ignore a Date it does not need */
    {"3.1.2.13 regbadct", 400, NULL, NULL},
    {"3.1.2.14 badaspec", 400, NULL, NULL}, /* or the blanks may be ignored */
    {"3.1.2.15 baddn", 400, NULL, NULL},
    {"3.1.2.16 badvers", 505, NULL, NULL},
    {"3.1.2.17 mismatch01", 400, NULL, NULL},
    {"3.1.2.18 mismatch02", 400, NULL, NULL},
    {"3.1.2.19 bigcode", NOTHING, NULL, NULL},
    {"3.2.1 badbranch", 200, NULL, NULL},
    {"3.3.1 insuf", 400, NULL, NULL},
    {"3.3.2 unkscm", 416, NULL, NULL},
    {"3.3.3 novelsc", 416, NULL, NULL},
    {"3.3.4 unksm2", 400, NULL, NULL},
    {"3.3.5 bext01", 420, "Unsupported", "nothingSupportsThis"},
    {"3.3.6 invut", 415, "Accept", "application/sdp"},
    {"3.3.7 regaut01", 401, "WWW-Authenticate", "Digest"},
    {"3.3.8 multi01", 400, NULL, NULL},
    {"3.3.9 mcl01", 400, NULL, NULL},
    {"3.3.10 bcast", NOTHING, NULL, NULL},
    {"3.3.11 zeromf", 200, NULL, NULL}, /* we are the end of its way */
    /* the parameter belongs to the header: the contact is bound without it */
    {"3.3.12 cparam01", 200, "Contact", "<sip:+19725552222@gw1.example.net>;expires="},
    /* it belongs to the URI */
    {"3.3.13 cparam02", 200, "Contact", "<sip:+19725552222@gw1.example.net;unknownparam>;"},
    {"3.3.14 regescrt", 200, "Contact", "<sip:user@example.com?Route=%3Csip:sip.example.com%3E>;"},
    {"3.3.15 sdp01", 406, NULL, NULL},
    {"3.4.1 inv2543", 400, NULL, NULL}, /* without Contact we could not hang up */
    /* RFC 5118 */
    {"4.1 ipv6-good", 200, "Contact", "<sip:caller@[2001:db8::1]>;"},
    {"4.2 ipv6-bad", 400, NULL, NULL},
    {"4.3 port-ambiguous", 200, NULL, NULL},
    {"4.4 port-unambiguous", 200, NULL, NULL},
    {"4.5 via-received-param-with-delim", 481, NULL, NULL},
    {"4.5 via-received-param-no-delim", 200, "Via", ";received="},
    {"4.6 ipv6-in-sdp", 404, NULL, NULL},
    {"4.7 mult-ip-in-header", 481, "Via", "[2001:db8::9:1]:6050"},
    {"4.8 mult-ip-in-sdp", 404, NULL, NULL},
    {"4.9 ipv4-mapped-ipv6", 404, NULL, NULL},
    {"4.10 ipv6-bug-abnf-3-colons", 200, NULL, NULL},
    {"4.10 ipv6-correct-abnf-2-colons", 200, NULL, NULL},
};

static unsigned wrong;
static struct fixture office;
static struct board board;
static struct {
	char text[65536];
	struct sip_msg msg;
	uint16_t status;
} sent;

static void
on_sent(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	unsigned status;

	assert_true(bytes.n < sizeof sent.text);
	memcpy(sent.text, bytes.p, bytes.n);
	sent.text[bytes.n] = '\0';
	/* The answer to what is malformed repeats it, so it may not parse either. */
	(void)!sip_msg_parse(&sent.msg, slice_make(sent.text, bytes.n), NULL);
	if (sscanf(sent.text, "SIP/2.0 %u ", &status) == 1 && status >= 200)
		sent.status = (uint16_t)status;
}

static void
on_broken(void *ctx, const char *what)
{
	fail_msg("%s: %s", (const char *)ctx, what);
}

static bool
has_header(const struct expected *e)
{
	for (size_t i = 0; e->header && i < sent.msg.n_hdrs; i++) {
		const struct sip_hdr *h = &sent.msg.hdr[i];

		if (slice_eq_nocase(h->name, slice_cstr(e->header)) &&
		    memmem(h->value.p, h->value.n, e->part, strlen(e->part)))
			return true;
	}
	return !e->header;
}

static void
meets(const struct torture *t, const char *source)
{
	struct sip_flow flow = {.transport = SIP_UDP};
	const struct expected *e = expected;
	bool met;

	while (strcmp(e->name, t->name) != 0)
		if (++e == expected + sizeof expected / sizeof expected[0])
			fail_msg("nothing is expected of %s", t->name);
	assert_int_equal(addr_parse(slice_cstr(source), 5060, &flow.remote), ERR_OK);
	assert_int_equal(addr_parse(SLICE("10.0.0.1:5060"), 5060, &flow.local), ERR_OK);
	memset(&sent, 0, offsetof(__typeof__(sent), msg));
	sent.status = 0;
	board = (struct board){.on_sent = on_sent, .on_broken = on_broken, .ctx = (void *)t->name};
	assert_int_equal(board_open(&board, office.directory, 1), ERR_OK);
	board_feed(&board, &flow, slice_make(t->text, t->n));
	board_pass_ms(&board, 100);
	met = e->status == NOT_400 ? sent.status > 400 : sent.status == e->status;
	if (!met || !has_header(e)) {
		print_error("%s: answered with %u, expected %u and %s %s\n%.*s\n", t->name,
		    sent.status, e->status, e->header ? e->header : "", e->part ? e->part : "",
		    sent.status ? (int)sent.msg.raw.n : 0, sent.msg.raw.p);
		wrong++;
	}
	board_check_empty(&board);
	board_close(&board);
}

static void
rfc4475_is_answered(void **state)
{
	for (size_t i = 0; i < sizeof torture / sizeof torture[0]; i++)
		meets(&torture[i], "192.0.2.77:5060");
	assert_int_equal(wrong, 0);
}

static void
rfc5118_is_answered(void **state)
{
	for (size_t i = 0; i < sizeof torture6 / sizeof torture6[0]; i++)
		meets(&torture6[i], "192.0.2.77:5060");
	assert_int_equal(wrong, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rfc4475_is_answered),
	    cmocka_unit_test(rfc5118_is_answered),
	};
	int failed;

	log_set_level(LOG_FATAL);
	fixture_open(&office, config);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	fixture_close(&office);
	return failed;
}
