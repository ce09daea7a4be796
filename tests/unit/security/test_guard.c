/* security/guard in virtual time (SEC-3): what is blocked, what never is, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "security/guard.h"

#define HOUR_MS 3600000ull

struct bench {
	struct timers timers;
	uint64_t now;
	struct guard *g;
	struct settings settings;
	int blocks, renewals, unblocks, holds, lifts;
	enum guard_reason reason;
	struct addr_net net;
	char agent[64];
	bool all_known;
};

static void
on_block(void *ctx, const struct guard_block *b)
{
	struct bench *t = ctx;

	*(b->is_new ? &t->blocks : &t->renewals) += 1;
	if (b->is_new) {
		t->reason = b->reason;
		t->net = b->net;
		snprintf(t->agent, sizeof t->agent, "%s", b->user_agent);
	}
}

static void
on_unblock(void *ctx, const struct addr_net *net)
{
	((struct bench *)ctx)->unblocks++;
}

static void
on_hold(void *ctx, const struct addr_net *net, uint32_t seconds)
{
	struct bench *t = ctx;

	*(seconds ? &t->holds : &t->lifts) += 1;
}

static bool
is_known(void *ctx, const struct addr *remote)
{
	return ((struct bench *)ctx)->all_known;
}

static const struct guard_ops ops = {
    .is_known = is_known, .on_block = on_block, .on_unblock = on_unblock, .on_hold = on_hold};

static void
begin(struct bench *t, size_t sources_max)
{
	*t = (struct bench){.now = 1000};
	settings_init(&t->settings);
	timers_init(&t->timers, t->now);
	assert_int_equal(guard_new(&t->g, &(struct guard_params){.timers = &t->timers,
					      .ops = &ops,
					      .ctx = t,
					      .settings = &t->settings,
					      .sources_max = sources_max}),
	    ERR_OK);
}

static void
end(struct bench *t)
{
	guard_free(t->g);
}

static void
pass(struct bench *t, uint64_t ms)
{
	t->now += ms;
	timers_advance(&t->timers, t->now);
}

static struct sip_flow
flow_from(const char *ip)
{
	struct sip_flow f = {.transport = SIP_UDP};

	assert_int_equal(addr_parse_ip(slice_cstr(ip), 5060, &f.remote), ERR_OK);
	assert_int_equal(
	    addr_parse_ip(
		f.remote.family == 4 ? SLICE("192.0.2.1") : SLICE("2001:db8:f::1"), 5060, &f.local),
	    ERR_OK);
	return f;
}

/* A request as it comes off the wire; text lives in buf. */
static void
request(struct sip_msg *m, char buf[1024], const char *method, const char *user, const char *agent,
    const char *more)
{
	int n = snprintf(buf, 1024,
	    "%s sip:%s@pbx SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nFrom: "
	    "<sip:%s@pbx>;tag=a\r\n"
	    "To: <sip:%s@pbx>%s\r\nCall-ID: c\r\nCSeq: 1 %s\r\nUser-Agent: %s\r\n\r\n",
	    method, user, user, user, more, method, agent);

	assert_int_equal(sip_msg_parse(m, slice_make(buf, (size_t)n), NULL), ERR_OK);
}

static enum guard_admission
admit(struct bench *t, const struct sip_flow *f, const char *method, const char *user,
    const char *agent, const char *more)
{
	struct sip_msg m;
	char buf[1024];
	uint32_t after = 0;
	enum guard_admission a;

	request(&m, buf, method, user, agent, more);
	a = guard_admit(t->g, f, &m, &after);
	assert_true(a != GUARD_REFUSE || after >= 5);
	return a;
}

static void
result(
    struct bench *t, const struct sip_flow *f, enum guard_event ev, const char *name, bool exists)
{
	guard_on_result(t->g, f,
	    &(struct guard_result){.event = ev,
		.name = slice_cstr(name),
		.name_exists = exists,
		.user_agent = SLICE("ua")});
}

/* ---- what is blocked ---- */

static const struct attack {
	const char *name;
	enum guard_event event;
	bool exists, same_name;
	uint32_t pause_ms;
	int blocked_after; /* attempts; 0 = never within 200 */
	enum guard_reason reason;
} attacks[] = {
    {"passwords", GUARD_WRONG_PASSWORD, true, true, 100, 10, GUARD_REASON_WRONG_PASSWORD},
    {"unknown names", GUARD_UNKNOWN_NAME, false, false, 100, 10, GUARD_REASON_UNKNOWN_NAMES},
    {"forbidden", GUARD_FORBIDDEN, true, true, 100, 10, GUARD_REASON_FORBIDDEN},
    {"no SIP", GUARD_MALFORMED, false, true, 100, 39, GUARD_REASON_MALFORMED},
    {"web log-in", GUARD_WEB_LOGIN, false, true, 1000, 10, GUARD_REASON_WEB_LOGIN},
    {"numbers without logging in", GUARD_CHALLENGED, false, false, 10, 21, GUARD_REASON_GUESSING},
    /* an office behind one router after a power cut: nobody has logged in yet */
    {"first rounds of real phones", GUARD_CHALLENGED, true, false, 0, 0, 0},
    /* a phone that was deleted goes on asking */
    {"one unknown name again and again", GUARD_CHALLENGED, false, true, 1000, 0, 0},
    /* slower than one in a minute is forgotten in time (ten in ten minutes) */
    {"a typo tried every 61 s", GUARD_WRONG_PASSWORD, true, true, 61000, 0, 0},
};

static int
attempts_until_blocked(struct bench *t, const struct attack *a)
{
	struct sip_flow f = flow_from("203.0.113.5");

	for (int i = 1; i <= 200; i++) {
		char name[32];

		snprintf(name, sizeof name, "%d", a->same_name ? 100 : 100 + i);
		pass(t, a->pause_ms);
		result(t, &f, a->event, name, a->exists);
		if (t->blocks)
			return i;
	}
	return 0;
}

static void
attacks_are_blocked(void **state)
{
	for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
		const struct attack *a = &attacks[i];
		struct sip_flow f = flow_from("203.0.113.5");
		struct bench t;
		int n;

		begin(&t, 0);
		n = attempts_until_blocked(&t, a);
		/* new names may share one of 64 bits with others: a few more are needed */
		if (a->event == GUARD_CHALLENGED && a->blocked_after
			? n < 20 || n > a->blocked_after + 10
			: n != a->blocked_after)
			fail_msg("%s: blocked after %d, expected %d", a->name, n, a->blocked_after);
		if (n && t.reason != a->reason)
			fail_msg("%s: reason %s", a->name, guard_reason_code(t.reason));
		assert_int_equal(guard_on_message(t.g, &f), n == 0);
		end(&t);
	}
}

static const struct {
	const char *agent;
	bool scanner;
} agents[] = {
    {"friendly-scanner", true},
    {"sipcli/v1.8", true},
    {"sipvicious", true},
    {"pplsip", true},
    {"VaxSIPUserAgent/3.1", true},
    {"sundayddr", true},
    {"iWar", true},
    {"sip-scan", true},
    {"Test Agent", true},
    {"Friendly-Scanner 2", true},
    {"", false},
    {"snomD785/10.1.54.13", false},
    {"Yealink SIP-T46S 66.85.0.5", false},
    {"Linphone/5.0 (belle-sip/5.2)", false},
    {"baresip v1.0.0 (x86_64/linux)", false},
    {"Grandstream GXP2170 1.0.11.3", false},
    {"Asterisk PBX 20.6.0", false},
    {"kamailio (5.6.3 (x86_64/linux))", false},
    {"FRITZ!OS", false},
};

static void
scanners_are_blocked_at_once(void **state)
{
	for (size_t i = 0; i < sizeof agents / sizeof agents[0]; i++) {
		struct sip_flow f = flow_from("203.0.113.5");
		struct bench t;

		begin(&t, 0);
		assert_true(guard_on_message(t.g, &f));
		if ((admit(&t, &f, "OPTIONS", "100", agents[i].agent, "") == GUARD_IGNORE) !=
			agents[i].scanner ||
		    t.blocks != agents[i].scanner)
			fail_msg("%s", agents[i].agent);
		if (agents[i].scanner)
			assert_string_equal(t.agent, agents[i].agent);
		end(&t);
	}
}

/* ---- who never is ---- */

static void
known_sources_are_never_blocked(void **state)
{
	struct sip_flow phone = flow_from("198.51.100.7"), here = flow_from("127.0.0.1");
	struct bench t;

	begin(&t, 0);
	result(&t, &phone, GUARD_OK, "anna", true);
	for (int i = 0; i < 500; i++) {
		result(&t, &phone, GUARD_WRONG_PASSWORD, "bernd", true);
		result(&t, &here, GUARD_WRONG_PASSWORD, "bernd", true);
		assert_true(guard_on_message(t.g, &phone));
		assert_true(guard_on_message(t.g, &here));
	}
	assert_int_equal(admit(&t, &phone, "OPTIONS", "1", "friendly-scanner", ""), GUARD_ADMIT);
	assert_int_equal(t.blocks, 0);
	/* 24 hours after its last log-in it is a stranger again */
	pass(&t, 24 * HOUR_MS + 1);
	for (int i = 0; i < 10; i++)
		result(&t, &phone, GUARD_WRONG_PASSWORD, "anna", true);
	assert_int_equal(t.blocks, 1);
	t.all_known = true; /* a static phone is there now */
	guard_set_settings(t.g, &t.settings);
	assert_true(guard_on_message(t.g, &phone));
	assert_int_equal(t.unblocks, 1);
	end(&t);
}

static void
screening_can_be_off(void **state)
{
	struct sip_flow f = flow_from("203.0.113.5");
	struct bench t;

	begin(&t, 0);
	t.settings.screening = false;
	guard_set_settings(t.g, &t.settings);
	for (int i = 0; i < 100; i++)
		result(&t, &f, GUARD_WRONG_PASSWORD, "x", true);
	assert_int_equal(admit(&t, &f, "OPTIONS", "1", "friendly-scanner", ""), GUARD_ADMIT);
	assert_int_equal(t.blocks, 0);
	end(&t);
}

/* ---- for how long ---- */

static void
blocks_end_and_are_renewed(void **state)
{
	struct sip_flow f = flow_from("203.0.113.5");
	struct bench t;

	begin(&t, 0);
	admit(&t, &f, "REGISTER", "1", "sipcli", "");
	assert_int_equal(t.blocks, 1);
	assert_int_equal(t.holds, 1);
	for (int i = 0; i < 100; i++) /* told at most every ten minutes */
		assert_false(guard_on_message(t.g, &f));
	assert_int_equal(t.renewals, 0);
	pass(&t, 20 * HOUR_MS);
	assert_int_equal(t.lifts, 1); /* the kernel lets one through now */
	assert_false(guard_on_message(t.g, &f));
	assert_int_equal(t.renewals, 1);
	assert_int_equal(t.holds, 2);
	pass(&t, 20 * HOUR_MS); /* 40 h after the first, 20 h after the last request */
	assert_false(guard_on_message(t.g, &f));
	pass(&t, 24 * HOUR_MS + 30000);
	assert_int_equal(guard_get_counts(t.g)->blocked, 0);
	assert_true(guard_on_message(t.g, &f));
	assert_int_equal(t.unblocks, 0); /* the list knows when it ends */
	end(&t);
}

static void
blocks_survive_a_restart(void **state)
{
	struct sip_flow f = flow_from("203.0.113.5"), known = flow_from("203.0.113.6");
	struct guard_rule rule = {
	    .action = GUARD_RULE_BLOCK, .automatic = true, .for_ms = 2 * HOUR_MS};
	struct bench t;

	begin(&t, 0);
	rule.net = addr_net_of(&f.remote);
	assert_int_equal(guard_set_rule(t.g, &rule), ERR_OK);
	assert_int_equal(t.blocks, 0); /* nothing new to tell */
	assert_int_equal(t.holds, 1);
	assert_true(guard_on_message(t.g, &known));
	assert_false(guard_on_message(t.g, &f));
	assert_int_equal(guard_get_counts(t.g)->blocked, 1);
	rule.action = GUARD_RULE_NONE; /* an administrator deletes it */
	assert_int_equal(guard_set_rule(t.g, &rule), ERR_OK);
	assert_true(guard_on_message(t.g, &f));
	assert_int_equal(t.lifts, 1);
	end(&t);
}

/* The transports drop until they are told otherwise: also a hold that ends with its block. */
static void
every_hold_is_lifted(void **state)
{
	struct sip_flow f = flow_from("203.0.113.5");
	struct guard_rule rule = {
	    .net = addr_net_of(&f.remote), .action = GUARD_RULE_BLOCK, .automatic = true};
	static const uint64_t left_ms[] = {1, 60 * 1000, 599 * 1000, 601 * 1000};

	for (size_t i = 0; i < sizeof left_ms / sizeof left_ms[0]; i++) {
		struct bench t;

		begin(&t, 0);
		rule.for_ms = left_ms[i];
		assert_int_equal(guard_set_rule(t.g, &rule), ERR_OK);
		assert_int_equal(t.holds, 1);
		for (int step = 0; step < 30; step++)
			pass(&t, 30 * 1000);
		assert_int_equal(guard_get_counts(t.g)->blocked, 0);
		assert_int_equal(t.lifts, 1);
		end(&t);
	}
}

/* ---- rules of people ---- */

static struct addr_net
net_of(const char *text)
{
	struct addr_net net;

	assert_int_equal(addr_net_parse(slice_cstr(text), &net), ERR_OK);
	return net;
}

static void
the_most_exact_rule_counts(void **state)
{
	static const struct {
		const char *ip;
		bool passes;
	} cases[] = {{"10.1.2.3", false}, {"10.1.3.3", true}, {"10.1.3.9", false},
	    {"11.0.0.1", true}, {"2001:db8::1", false}, {"2001:db9::1", true}};
	const struct guard_rule rules[] = {{net_of("10.0.0.0/8"), GUARD_RULE_BLOCK, false, 0},
	    {net_of("10.1.3.0/24"), GUARD_RULE_ALLOW, false, 0},
	    {net_of("10.1.3.9"), GUARD_RULE_BLOCK, false, 0},
	    {net_of("2001:db8::/32"), GUARD_RULE_BLOCK, false, HOUR_MS}};
	struct bench t;

	begin(&t, 0);
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		assert_int_equal(guard_set_rule(t.g, &rules[i]), ERR_OK);
	assert_int_equal(t.holds, 3);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sip_flow f = flow_from(cases[i].ip);

		if (guard_on_message(t.g, &f) != cases[i].passes)
			fail_msg("%s", cases[i].ip);
	}
	pass(&t, HOUR_MS + 30000); /* the last rule ends */
	assert_true(
	    guard_on_message(t.g, &(struct sip_flow){.remote = flow_from("2001:db8::1").remote}));
	end(&t);
}

static void
an_allow_rule_frees_who_was_blocked(void **state)
{
	struct sip_flow f = flow_from("10.1.2.3");
	struct bench t;

	begin(&t, 0);
	admit(&t, &f, "REGISTER", "1", "sipcli", "");
	assert_int_equal(t.blocks, 1);
	assert_int_equal(guard_set_rule(t.g, &(struct guard_rule){net_of("10.0.0.0/8"),
						 GUARD_RULE_ALLOW, false, 0}),
	    ERR_OK);
	assert_int_equal(t.unblocks, 1);
	assert_int_equal(t.lifts, 1);
	assert_int_equal(admit(&t, &f, "REGISTER", "1", "sipcli", ""), GUARD_ADMIT);
	assert_int_equal(t.blocks, 1);
	end(&t);
}

/* ---- rates ---- */

static void
floods_are_refused_dropped_and_blocked(void **state)
{
	struct sip_flow f = flow_from("203.0.113.5");
	const struct guard_counts *c;
	int refused = 0, dropped = 0;
	struct bench t;

	begin(&t, 0);
	c = guard_get_counts(t.g);
	for (int i = 0; i < 5000; i++) { /* 5,000 in a second: 200 are fine, 200 hear 503 */
		if (i % 5 == 0)
			pass(&t, 1);
		if (!guard_on_message(t.g, &f))
			dropped++;
		else if (admit(&t, &f, "INVITE", "100", "x", "") == GUARD_REFUSE)
			refused++;
	}
	assert_in_range(refused, 150, 450);
	assert_in_range(dropped, 4000, 4700);
	assert_int_equal(c->refused_rate, refused);
	assert_int_equal(t.blocks, 0);
	for (int i = 0; i < 5000; i++) { /* more than 30 seconds' worth too many */
		if (i % 5 == 0)
			pass(&t, 1);
		guard_on_message(t.g, &f);
	}
	assert_int_equal(t.blocks, 1);
	assert_int_equal(t.reason, GUARD_REASON_FLOOD);
	/* a phone we know may do this: its limits are those of the switch */
	f = flow_from("198.51.100.7");
	result(&t, &f, GUARD_OK, "anna", true);
	for (int i = 0; i < 5000; i++) {
		assert_true(guard_on_message(t.g, &f));
		assert_int_equal(admit(&t, &f, "INVITE", "100", "x", ""), GUARD_ADMIT);
	}
	end(&t);
}

static void
ipv6_counts_by_64(void **state)
{
	struct bench t;
	struct sip_flow f;

	begin(&t, 0);
	for (int i = 1; i <= 10; i++) {
		char ip[40];

		snprintf(ip, sizeof ip, "2001:db8:1:2::%x", i);
		f = flow_from(ip);
		result(&t, &f, GUARD_WRONG_PASSWORD, "anna", true);
	}
	assert_int_equal(t.blocks, 1);
	assert_int_equal(t.net.bits, 64);
	f = flow_from("2001:db8:1:2:ffff::1");
	assert_false(guard_on_message(t.g, &f));
	f = flow_from("2001:db8:1:3::1");
	assert_true(guard_on_message(t.g, &f));
	end(&t);
}

static void
transactions_of_a_source_are_limited(void **state)
{
	struct sip_flow f = flow_from("203.0.113.5"), phone = flow_from("198.51.100.7");
	struct bench t;

	begin(&t, 0);
	guard_on_load(t.g, &(struct guard_load){.transactions_max = 8000});
	result(&t, &phone, GUARD_OK, "anna", true);
	guard_on_message(t.g, &f);
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(admit(&t, &f, "REGISTER", "1", "x", ""), GUARD_ADMIT);
		guard_on_transaction(t.g, &f.remote, 1);
	}
	assert_int_equal(admit(&t, &f, "REGISTER", "1", "x", ""), GUARD_REFUSE);
	guard_on_transaction(t.g, &f.remote, -1);
	assert_int_equal(admit(&t, &f, "REGISTER", "1", "x", ""), GUARD_ADMIT);
	for (int i = 0; i < 2000; i++)
		guard_on_transaction(t.g, &phone.remote, 1);
	assert_int_equal(admit(&t, &phone, "INVITE", "1", "x", ""), GUARD_REFUSE);
	assert_int_equal(guard_get_counts(t.g)->refused_transactions, 2);
	end(&t);
}

static void
dialogs_of_a_source_are_limited(void **state)
{
	struct sip_flow phone = flow_from("198.51.100.7");
	struct bench t;

	begin(&t, 0);
	result(&t, &phone, GUARD_OK, "anna", true);
	for (int i = 0; i < 5000; i++) {
		assert_int_equal(admit(&t, &phone, "INVITE", "102", "x", ""), GUARD_ADMIT);
		guard_on_dialog(t.g, &phone.remote, 1);
	}
	assert_int_equal(admit(&t, &phone, "INVITE", "102", "x", ""), GUARD_REFUSE);
	assert_int_equal(admit(&t, &phone, "INVITE", "102", "x", ";tag=b"), GUARD_ADMIT);
	assert_int_equal(admit(&t, &phone, "REGISTER", "102", "x", ""), GUARD_ADMIT);
	guard_on_dialog(t.g, &phone.remote, -1);
	assert_int_equal(admit(&t, &phone, "INVITE", "102", "x", ""), GUARD_ADMIT);
	t.all_known = true; /* a provider's line, a proxy: their calls are the system's */
	guard_set_settings(t.g, &t.settings);
	guard_on_dialog(t.g, &phone.remote, 1);
	guard_on_dialog(t.g, &phone.remote, 1);
	assert_int_equal(admit(&t, &phone, "INVITE", "102", "x", ""), GUARD_ADMIT);
	end(&t);
}

/* ---- one name from a thousand addresses ---- */

#define CREDENTIALS(name)                                                                          \
	"\r\nAuthorization: Digest username=\"" name                                               \
	"\", realm=\"r\", nonce=\"n\", uri=\"sip:x\", response=\"0\""

static void
distributed_guessing_slows_the_name_down(void **state)
{
	struct sip_flow home = flow_from("198.51.100.7"), other;
	int tried = 0;
	struct bench t;

	begin(&t, 0);
	result(&t, &home, GUARD_OK, "anna", true);
	for (int i = 0; i < 3000; i++) { /* five minutes, each address three times */
		char ip[40];

		snprintf(ip, sizeof ip, "100.64.%d.%d", i % 1000 / 250, i % 250 + 1);
		other = flow_from(ip);
		pass(&t, 100);
		if (admit(&t, &other, "REGISTER", "anna", "x", CREDENTIALS("anna")) ==
		    GUARD_ADMIT) {
			result(&t, &other, GUARD_WRONG_PASSWORD, "anna", true);
			tried++;
		}
		/* the phone itself is where it always was */
		assert_int_equal(
		    admit(&t, &home, "REGISTER", "anna", "x", CREDENTIALS("anna")), GUARD_ADMIT);
	}
	assert_in_range(tried, 20, 31); /* 20, then one in thirty seconds */
	assert_int_equal(t.blocks, 0);
	/* others are not concerned, nor is it for ever */
	assert_int_equal(
	    admit(&t, &other, "REGISTER", "bernd", "x", CREDENTIALS("bernd")), GUARD_ADMIT);
	pass(&t, 600000);
	assert_int_equal(
	    admit(&t, &other, "REGISTER", "anna", "x", CREDENTIALS("anna")), GUARD_ADMIT);
	end(&t);
}

/* ---- overload ---- */

static void
overload_refuses_strangers_first(void **state)
{
	static const struct {
		const char *name, *method, *user, *to_tag;
		bool known;
		bool passes[3]; /* by level */
	} cases[] = {
	    {"stranger's REGISTER", "REGISTER", "100", "", false, {true, false, false}},
	    {"stranger's INVITE", "INVITE", "100", "", false, {true, false, false}},
	    {"stranger's SUBSCRIBE", "SUBSCRIBE", "100", "", false, {true, false, false}},
	    {"phone's REGISTER", "REGISTER", "100", "", true, {true, true, false}},
	    {"phone's INVITE", "INVITE", "100", "", true, {true, true, false}},
	    {"re-INVITE", "INVITE", "100", ";tag=b", true, {true, true, true}},
	    {"BYE", "BYE", "100", ";tag=b", false, {true, true, true}},
	    {"call for help", "INVITE", "112", "", true, {true, true, true}},
	    {"with the prefix", "INVITE", "0110", "", true, {true, true, true}},
	    {"of a stranger", "INVITE", "+49112", "", false, {true, true, true}},
	    {"no call for help", "REGISTER", "112", "", true, {true, true, false}},
	    {"no call for help", "INVITE", "1120", "", true, {true, true, false}},
	};
	static const struct guard_load loads[3] = {{.transactions_max = 100},
	    {.lag_ms = 600, .transactions_max = 100}, {.lag_ms = 2000, .transactions_max = 100}};
	struct sip_flow stranger = flow_from("203.0.113.5"), phone = flow_from("198.51.100.7");
	struct bench t;

	begin(&t, 0);
	result(&t, &phone, GUARD_OK, "anna", true);
	for (int level = 0; level < 3; level++) {
		for (int i = 0; i < OVERLOAD_SAMPLES; i++)
			guard_on_load(t.g, &loads[level]);
		assert_int_equal(guard_get_counts(t.g)->level, level);
		for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
			if ((admit(&t, cases[i].known ? &phone : &stranger, cases[i].method,
				 cases[i].user, "x", cases[i].to_tag) == GUARD_ADMIT) !=
			    cases[i].passes[level])
				fail_msg("%s at level %d", cases[i].name, level);
	}
	end(&t);
}

/* ---- bounds ---- */

static void
tables_are_bounded_and_kinds_do_not_push_each_other_out(void **state)
{
	struct sip_flow phone = flow_from("198.51.100.7"), attacker = flow_from("203.0.113.5"), f;
	const struct guard_counts *c;
	struct bench t;

	begin(&t, 100);
	c = guard_get_counts(t.g);
	result(&t, &phone, GUARD_OK, "anna", true);
	admit(&t, &attacker, "REGISTER", "1", "sipcli", "");
	for (uint32_t i = 0; i < 100000; i++) { /* forged senders */
		f = attacker;
		f.remote.ip[0] = 100;
		f.remote.ip[1] = (uint8_t)(i >> 16);
		f.remote.ip[2] = (uint8_t)(i >> 8);
		f.remote.ip[3] = (uint8_t)i;
		guard_on_message(t.g, &f);
	}
	c = guard_get_counts(t.g);
	assert_int_equal(c->strangers, 100);
	assert_int_equal(c->known, 1);
	assert_int_equal(c->blocked, 1);
	assert_int_equal(c->forgotten, 100000 - 100);
	assert_false(guard_is_stranger(t.g, &phone));
	assert_false(guard_on_message(t.g, &attacker));
	for (uint32_t i = 0; i < 300; i++) { /* more attackers than there is room for */
		f.remote.ip[2] = (uint8_t)(i >> 8);
		f.remote.ip[3] = (uint8_t)i;
		admit(&t, &f, "REGISTER", "1", "sipcli", "");
	}
	c = guard_get_counts(t.g);
	assert_int_equal(c->blocked, 100);
	assert_int_equal(t.unblocks, 201); /* told, so that the list does not grow either */
	end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(attacks_are_blocked),
	    cmocka_unit_test(scanners_are_blocked_at_once),
	    cmocka_unit_test(known_sources_are_never_blocked),
	    cmocka_unit_test(screening_can_be_off),
	    cmocka_unit_test(blocks_end_and_are_renewed),
	    cmocka_unit_test(blocks_survive_a_restart),
	    cmocka_unit_test(every_hold_is_lifted),
	    cmocka_unit_test(the_most_exact_rule_counts),
	    cmocka_unit_test(an_allow_rule_frees_who_was_blocked),
	    cmocka_unit_test(floods_are_refused_dropped_and_blocked),
	    cmocka_unit_test(ipv6_counts_by_64),
	    cmocka_unit_test(transactions_of_a_source_are_limited),
	    cmocka_unit_test(dialogs_of_a_source_are_limited),
	    cmocka_unit_test(distributed_guessing_slows_the_name_down),
	    cmocka_unit_test(overload_refuses_strangers_first),
	    cmocka_unit_test(tables_are_bounded_and_kinds_do_not_push_each_other_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
