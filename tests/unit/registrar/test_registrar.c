/* Where contacts are reached, whether they are there, and what a restart, a closed
 * connection or a new directory does to them. */
#include "fixture.h"

#include <stdio.h>

static struct reg_contact out[8];

/* RFC 3581 and what is behind a NAT: where a request to the contact goes. */
static void
requests_go_where_they_can_arrive(void **state)
{
	static const struct {
		const char *contact, *source;
		enum sip_transport transport, to_transport;
		const char *to;
	} cases[] = {
	    /* Nothing in between: the contact's own port counts. */
	    {"sip:a@10.0.0.5", "10.0.0.5:5060", SIP_UDP, SIP_UDP, "10.0.0.5:5060"},
	    {"sip:a@10.0.0.5:6000", "10.0.0.5:49152", SIP_UDP, SIP_UDP, "10.0.0.5:6000"},
	    {"sip:a@10.0.0.5;transport=tcp", "10.0.0.5:49152", SIP_UDP, SIP_TCP, "10.0.0.5:5060"},
	    {"sip:a@[2001:db8::5]:5070", "[2001:db8::5]:40000", SIP_UDP, SIP_UDP,
		"[2001:db8::5]:5070"},
	    /* A NAT in between: back to where it came from. */
	    {"sip:a@192.168.1.5", "203.0.113.7:31337", SIP_UDP, SIP_UDP, "203.0.113.7:31337"},
	    {"sip:a@192.168.1.5;transport=tcp", "203.0.113.7:31337", SIP_UDP, SIP_UDP,
		"203.0.113.7:31337"},
	    /* Names and nonsense cannot be resolved here: the same. */
	    {"sip:a@phone.example", "10.0.0.5:5062", SIP_UDP, SIP_UDP, "10.0.0.5:5062"},
	    {"sip:a@0.0.0.0", "10.0.0.5:5062", SIP_UDP, SIP_UDP, "10.0.0.5:5062"},
	    {"sip:a@224.0.1.75", "10.0.0.5:5062", SIP_UDP, SIP_UDP, "10.0.0.5:5062"},
	    {"sip:a@uuid.invalid;transport=ws", "10.0.0.5:5062", SIP_UDP, SIP_UDP, "10.0.0.5:5062"},
	    /* A connection is the way back, whatever the contact says. */
	    {"sip:a@10.0.0.5:6000", "10.0.0.5:49152", SIP_TCP, SIP_TCP, "10.0.0.5:49152"},
	    {"sip:a@192.168.1.5:6000", "203.0.113.7:4", SIP_TCP, SIP_TCP, "203.0.113.7:4"},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char headers[200];
		struct addr to = at(cases[i].to);

		fixture_setup(NULL);
		f.flow.transport = cases[i].transport;
		f.flow.remote = at(cases[i].source);
		if (cases[i].transport == SIP_TCP)
			f.flow.conn_gen = 5;
		snprintf(headers, sizeof headers, "Contact: <%s>\r\n", cases[i].contact);
		assert_int_equal(register_with(headers), 200);
		assert_int_equal(contacts(out), 1);
		assert_true(slice_eq(out[0].uri, slice_cstr(cases[i].contact)));
		assert_int_equal(out[0].flow.transport, cases[i].to_transport);
		assert_true(addr_eq(&out[0].flow.remote, &to));
		assert_true(addr_eq(&out[0].flow.local, &f.flow.local));
		assert_int_equal(out[0].flow.conn_gen, f.flow.conn_gen);
		fixture_teardown(NULL);
	}
}

/* ---- OPTIONS ---- */

static void
start_qualified(uint32_t qualify_s)
{
	f.dir.phone[0].qualify_s = qualify_s;
	register_with("Contact: <sip:a@10.0.0.5:6000>\r\n");
}

static void
a_phone_that_answers_is_reachable(void **state)
{
	f.answer_options = true;
	f.answer_ms = 23;
	start_qualified(60);
	pass_ms(60000);
	assert_int_equal(f.n_requests, 1);
	assert_int_equal(f.msg.method, SIP_OPTIONS);
	assert_true(slice_eq(f.msg.uri_text, SLICE("sip:a@10.0.0.5:6000")));
	assert_true(addr_eq(&f.sent_to.remote, &(struct addr){0}) == false);
	assert_int_equal(f.sent_to.remote.port, 6000);
	pass_ms(100);
	assert_int_equal(f.live.rtt_ms, 23);
	assert_true(f.live.reachable);
	pass_ms(60000 * 10);
	assert_in_range(f.n_requests, 10, 11);
	assert_int_equal(registrar_get_counts(f.reg)->options_lost, 0);
	assert_int_equal(registrar_get_counts(f.reg)->options_sent, f.n_requests);
}

static void
two_missed_answers_mean_unreachable(void **state)
{
	register_with("Contact: <sip:b@10.0.0.5:6001>;q=0.1\r\n");
	start_qualified(60);
	registrar_set_directory(f.reg, &f.dir);
	while (registrar_get_counts(f.reg)->options_lost < 2)
		pass_ms(1000);
	assert_true(contacts(out) == 2 && out[0].reachable && out[1].reachable);
	pass_ms(100000);
	assert_int_equal(contacts(out), 2);
	assert_false(out[0].reachable);
	assert_false(out[1].reachable);
	assert_int_equal(registrar_get_counts(f.reg)->unreachable, 2);
	assert_false(f.live.reachable);
	assert_int_equal(f.live.rtt_ms, 0);
	/* It answers again. */
	f.answer_options = true;
	pass_ms(300000);
	assert_int_equal(registrar_get_counts(f.reg)->unreachable, 0);
	assert_int_equal(contacts(out), 2);
	assert_true(out[0].reachable);
}

static void
who_registers_is_there(void **state)
{
	start_qualified(60);
	pass_ms(300000);
	assert_int_equal(registrar_get_counts(f.reg)->unreachable, 1);
	register_with("Contact: <sip:a@10.0.0.5:6000>\r\n");
	assert_int_equal(registrar_get_counts(f.reg)->unreachable, 0);
	assert_true(f.live.reachable);
}

/* The first questions come spread over the interval, not all at once. */
static void
questions_are_spread(void **state)
{
	size_t quarter[4] = {0}, seen = 0;
	char headers[64];

	f.dir.phone[0].max_contacts = 100;
	for (int i = 0; i < 100; i++) {
		snprintf(headers, sizeof headers, "Contact: <sip:a@10.0.0.5:%d>\r\n", 6000 + i);
		assert_int_equal(register_with(headers), 200);
	}
	fixture_restart();
	f.answer_options = true;
	f.dir.phone[0].qualify_s = 60;
	fixture_restore();
	for (size_t q = 0; q < 4; q++) {
		pass_ms(15000);
		quarter[q] = registrar_get_counts(f.reg)->options_sent - seen;
		seen += quarter[q];
		assert_in_range(quarter[q], 10, 45);
	}
	assert_in_range(seen, 97, 103);
}

static void
the_interval_may_change_or_end(void **state)
{
	f.answer_options = true;
	start_qualified(0);
	pass_ms(600000);
	assert_int_equal(f.n_requests, 0);
	f.dir.phone[0].qualify_s = 10;
	registrar_set_directory(f.reg, &f.dir);
	pass_ms(100000);
	assert_in_range(f.n_requests, 9, 10);
	f.dir.phone[0].qualify_s = 0;
	registrar_set_directory(f.reg, &f.dir);
	f.n_requests = 0;
	pass_ms(600000);
	assert_int_equal(f.n_requests, 0);
}

/* ---- connections ---- */

static void
a_closed_connection_ends_what_hangs_on_it(void **state)
{
	struct sip_flow other;

	f.flow.transport = SIP_TCP;
	f.flow.conn_slot = 3;
	f.flow.conn_gen = 5;
	f.flow.remote = at("203.0.113.7:4000");
	register_with("Contact: <sip:nat@192.168.1.5;transport=tcp>\r\n");
	other = f.flow;
	other.conn_gen = 6;
	registrar_on_closed(f.reg, &other); /* an older one */
	assert_int_equal(registrar_get_counts(f.reg)->unreachable, 0);
	registrar_on_closed(f.reg, &f.flow);
	registrar_on_closed(f.reg, &f.flow);
	assert_int_equal(contacts(out), 1);
	assert_false(out[0].reachable);
	assert_int_equal(out[0].flow.conn_gen, 0);
	assert_int_equal(registrar_get_counts(f.reg)->unreachable, 1);
	/* The phone comes back over a new one. */
	f.flow.conn_gen = 9;
	f.flow.remote = at("203.0.113.7:4001");
	register_with("Contact: <sip:nat@192.168.1.5;transport=tcp>\r\n");
	assert_int_equal(contacts(out), 1);
	assert_true(out[0].reachable);
	assert_int_equal(out[0].flow.conn_gen, 9);
}

static void
a_phone_without_nat_is_called_back(void **state)
{
	struct addr listening = at("10.0.0.5:5070");

	f.flow.transport = SIP_TCP;
	f.flow.conn_gen = 5;
	f.flow.remote = at("10.0.0.5:40000");
	register_with("Contact: <sip:a@10.0.0.5:5070;transport=tcp>\r\n");
	registrar_on_closed(f.reg, &f.flow);
	assert_int_equal(contacts(out), 1);
	assert_true(out[0].reachable);
	assert_int_equal(out[0].flow.transport, SIP_TCP);
	assert_true(addr_eq(&out[0].flow.remote, &listening));
}

/* ---- restart ---- */

static void
bindings_survive_a_restart(void **state)
{
	struct addr source = at("203.0.113.7:31337");

	f.flow.remote = source;
	register_as("sip:p7@strowger", "c9", 77,
	    "Contact: <sip:a@192.168.1.5>;expires=600;q=0.7\r\nUser-Agent: Fon\r\n");
	fixture_restart();
	pass_ms(100000);
	fixture_restore();
	assert_int_equal(f.n_kept, 0);
	assert_int_equal(f.n_live, 1);
	assert_int_equal(f.phone_contacts, 1);
	assert_string_equal(f.live.user_agent, "Fon");
	assert_int_equal(f.live.registered_at, WALL_S_AT_START * 1000ll);
	assert_int_equal(contacts(out), 1);
	assert_int_equal(out[0].q_permille, 700);
	assert_true(addr_eq(&out[0].flow.remote, &source));
	assert_int_equal(out[0].flow.local.port, 5060);
	/* Its order goes on. */
	assert_int_equal(
	    register_as("sip:p7@strowger", "c9", 77, "Contact: <sip:a@192.168.1.5>;expires=0\r\n"),
	    500);
	pass_ms(499999);
	assert_int_equal(contacts(out), 1);
	pass_ms(1);
	assert_int_equal(contacts(out), 0);
	assert_int_equal(f.n_forgotten, 1);
}

/* What is not wanted any more is forgotten on the disk too. */
static void
what_cannot_be_restored_is_forgotten(void **state)
{
	enum { EXPIRED, GONE, DISABLED, CUT, GARBAGE, EMPTY, CASES };

	for (int i = 0; i < CASES; i++) {
		struct kept *k;

		fixture_setup(NULL);
		register_with("Contact: <sip:a@192.168.1.5>;expires=600\r\n");
		fixture_restart();
		for (k = f.kept; k->n == 0; k++)
			;
		switch (i) {
		case EXPIRED: pass_ms(600000); break;
		case GONE: f.dir.phone[0].id = 99; break;
		case DISABLED: f.dir.phone[0].enabled = false; break;
		case CUT: k->n -= 3; break;
		case GARBAGE: memset(k->bytes, 0x5a, k->n); break;
		case EMPTY: k->n = 1; break;
		}
		fixture_restore();
		assert_int_equal(registrar_get_counts(f.reg)->bindings, 0);
		assert_int_equal(f.n_forgotten, 1);
		fixture_teardown(NULL);
	}
}

/* kill -9 between the new value and the end of the old one. */
static void
the_later_of_two_values_wins(void **state)
{
	struct kept old;

	register_with("Contact: <sip:a@192.168.1.5>;expires=600\r\nUser-Agent: Old\r\n");
	old = f.kept[f.last_kept - 1];
	register_with("Contact: <sip:a@192.168.1.5>;expires=900\r\nUser-Agent: New\r\n");
	fixture_restart();
	for (size_t i = KEPT_MAX - 1; i > 0; i--)
		f.kept[i] = f.kept[i - 1];
	f.kept[0] = old;
	fixture_restore();
	assert_int_equal(contacts(out), 1);
	assert_string_equal(f.live.user_agent, "New");
	assert_int_equal(f.n_forgotten, 1);
	assert_int_equal(f.kept[0].n, 0);
}

/* A damaged file may hold anything. */
static void
kept_values_may_be_damaged_anywhere(void **state)
{
	static char whole[REG_KEPT_MAX_BYTES];
	size_t n;

	f.flow.transport = SIP_TCP;
	register_with("Contact: <sip:a@192.168.1.5>;+sip.instance=\"<urn:uuid:1>\";reg-id=3\r\n"
		      "Supported: path, outbound\r\nPath: <sip:10.0.0.5;lr;ob>\r\n");
	n = f.kept[f.last_kept - 1].n;
	memcpy(whole, f.kept[f.last_kept - 1].bytes, n);
	for (size_t at_byte = 0; at_byte < n; at_byte++)
		for (int bit = 0; bit < 8; bit++) {
			fixture_teardown(NULL);
			fixture_setup(NULL);
			f.kept[0].n = n;
			memcpy(f.kept[0].bytes, whole, n);
			f.kept[0].bytes[at_byte] = (char)(f.kept[0].bytes[at_byte] ^ 1 << bit);
			fixture_restore();
			assert_in_range(contacts(out), 0, 1);
		}
}

static void
connections_do_not_survive_a_restart(void **state)
{
	static const struct {
		const char *contact, *source;
		enum sip_transport transport;
		bool reachable;
	} cases[] = {
	    {"sip:a@192.168.1.5;transport=tcp", "203.0.113.7:31337", SIP_TCP, false},
	    {"sip:a@203.0.113.7:5062;transport=tcp", "203.0.113.7:31337", SIP_TCP, true},
	    {"sip:a@203.0.113.7:5062;transport=tls", "203.0.113.7:31337", SIP_TLS, false},
	    {"sip:x@df7jal23ls0d.invalid;transport=ws", "203.0.113.7:31337", SIP_WSS, false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char headers[128];

		fixture_setup(NULL);
		f.flow.transport = cases[i].transport;
		f.flow.conn_gen = 5;
		f.flow.remote = at(cases[i].source);
		snprintf(
		    headers, sizeof headers, "Contact: <%s>;expires=600\r\n", cases[i].contact);
		register_with(headers);
		fixture_restart();
		fixture_restore();
		assert_int_equal(contacts(out), 1);
		assert_int_equal(out[0].reachable, cases[i].reachable);
		assert_int_equal(out[0].flow.conn_gen, 0);
		/* The phone connects again. */
		f.flow.transport = cases[i].transport;
		f.flow.conn_gen = 6;
		f.flow.remote = at("203.0.113.7:31400");
		register_with(headers);
		assert_int_equal(contacts(out), 1);
		assert_true(out[0].reachable);
		assert_int_equal(out[0].flow.conn_gen, 6);
		fixture_teardown(NULL);
	}
}

/* ---- the directory ---- */

static void
who_is_gone_or_disabled_has_no_bindings(void **state)
{
	register_with("Contact: <sip:a@10.0.0.5>\r\n");
	registrar_set_directory(f.reg, &f.dir);
	assert_int_equal(contacts(out), 1);
	f.dir.phone[0].enabled = false;
	registrar_set_directory(f.reg, &f.dir);
	assert_int_equal(contacts(out), 0);
	assert_int_equal(f.n_forgotten, 1);
	f.dir.phone[0].enabled = true;
	register_with("Contact: <sip:a@10.0.0.5>\r\n");
	f.dir.phone[0].id = 0;
	registrar_set_directory(f.reg, &f.dir);
	assert_int_equal(registrar_get_counts(f.reg)->bindings, 0);
	assert_int_equal(f.n_gone, 2);
}

static void
static_addresses_are_contacts(void **state)
{
	struct dir_phone *p = &f.dir.phone[1];

	*p = (struct dir_phone){.id = 8,
	    .name = SLICE("gate"),
	    .enabled = true,
	    .max_contacts = 4,
	    .address = at("10.0.0.8:5080")};
	registrar_set_directory(f.reg, &f.dir);
	registrar_set_directory(f.reg, &f.dir);
	assert_int_equal(registrar_contacts(f.reg, 8, out, 8), 1);
	assert_true(slice_eq(out[0].uri, SLICE("sip:gate@10.0.0.8:5080")));
	assert_true(addr_eq(&out[0].flow.remote, &p->address));
	assert_int_equal(out[0].flow.local.port, 5060);
	assert_int_equal(f.n_live, 1);
	assert_int_equal(f.n_kept, 0);
	assert_int_equal(f.live.expires_at, 0);
	pass_ms(100000000);
	assert_int_equal(registrar_contacts(f.reg, 8, out, 8), 1);

	p->address = at("[2001:db8::8]:5080");
	p->transport = SIP_TCP;
	registrar_set_directory(f.reg, &f.dir);
	assert_int_equal(registrar_contacts(f.reg, 8, out, 8), 1);
	assert_true(slice_eq(out[0].uri, SLICE("sip:gate@[2001:db8::8]:5080;transport=tcp")));
	assert_int_equal(out[0].flow.transport, SIP_TCP);

	p->address.family = 0;
	registrar_set_directory(f.reg, &f.dir);
	assert_int_equal(registrar_contacts(f.reg, 8, out, 8), 0);
	assert_int_equal(registrar_get_counts(f.reg)->bindings, 0);
}

static void
a_registration_beats_a_static_address(void **state)
{
	f.dir.phone[0].address = at("10.0.0.99:5060");
	registrar_set_directory(f.reg, &f.dir);
	assert_int_equal(contacts(out), 1);
	register_with("Contact: <sip:a@10.0.0.5>;expires=60\r\n");
	assert_int_equal(contacts(out), 1);
	assert_true(slice_eq(out[0].uri, SLICE("sip:a@10.0.0.5")));
	assert_int_equal(register_with("Contact: *\r\nExpires: 0\r\n"), 200);
	assert_int_equal(contacts(out), 1);
	assert_true(slice_eq(out[0].uri, SLICE("sip:p7@10.0.0.99:5060")));
}

static void
count_each(void *ctx, const struct live_registration *reg)
{
	assert_string_equal(reg->phone, "p7");
	++*(size_t *)ctx;
}

static void
all_are_listed(void **state)
{
	size_t n = 0;

	register_with("Contact: <sip:a@10.0.0.5>, <sip:b@10.0.0.5>\r\n");
	registrar_each(f.reg, count_each, &n);
	assert_int_equal(n, 2);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(requests_go_where_they_can_arrive),
	    TEST(a_phone_that_answers_is_reachable),
	    TEST(two_missed_answers_mean_unreachable),
	    TEST(who_registers_is_there),
	    TEST(questions_are_spread),
	    TEST(the_interval_may_change_or_end),
	    TEST(a_closed_connection_ends_what_hangs_on_it),
	    TEST(a_phone_without_nat_is_called_back),
	    TEST(bindings_survive_a_restart),
	    cmocka_unit_test(what_cannot_be_restored_is_forgotten),
	    TEST(the_later_of_two_values_wins),
	    TEST(kept_values_may_be_damaged_anywhere),
	    cmocka_unit_test(connections_do_not_survive_a_restart),
	    TEST(who_is_gone_or_disabled_has_no_bindings),
	    TEST(static_addresses_are_contacts),
	    TEST(a_registration_beats_a_static_address),
	    TEST(all_are_listed),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
