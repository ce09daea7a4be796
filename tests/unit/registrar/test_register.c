/* RFC 3261, 10: what a REGISTER does to the bindings. */
#include "fixture.h"

#include <stdio.h>

static struct reg_contact out[8];

static void
assert_slice(struct slice got, const char *expected)
{
	if (!slice_eq(got, slice_cstr(expected)))
		fail_msg("got '%.*s', expected '%s'", SLICE_FMT(got), expected);
}

/* RFC 3261, 10.2.1.1, 10.3 step 7, 20.19 and 20.23. */
static void
expiry_is_taken_clamped_or_refused(void **state)
{
	static const struct {
		const char *headers;
		uint16_t status;
		const char *contact; /* in the response */
	} cases[] = {
	    {"Contact: <sip:p7@10.0.0.5>\r\nExpires: 300\r\n", 200,
		"<sip:p7@10.0.0.5>;expires=300"},
	    {"Contact: <sip:p7@10.0.0.5>;expires=120\r\nExpires: 300\r\n", 200,
		"<sip:p7@10.0.0.5>;expires=120"},
	    {"m: sip:p7@10.0.0.5;expires=120\r\n", 200, "<sip:p7@10.0.0.5>;expires=120"},
	    {"Contact: <sip:p7@10.0.0.5>\r\n", 200, "<sip:p7@10.0.0.5>;expires=3600"},
	    {"Contact: <sip:p7@10.0.0.5>;expires=60\r\n", 200, "<sip:p7@10.0.0.5>;expires=60"},
	    {"Contact: <sip:p7@10.0.0.5>;expires=59\r\n", 423, ""},
	    {"Contact: <sip:p7@10.0.0.5>\r\nExpires: 1\r\n", 423, ""},
	    {"Contact: <sip:p7@10.0.0.5>;expires=86400\r\n", 200, "<sip:p7@10.0.0.5>;expires=3600"},
	    {"Contact: <sip:p7@10.0.0.5>;expires=99999999999999999999\r\n", 200,
		"<sip:p7@10.0.0.5>;expires=3600"},
	    {"Contact: <sip:p7@10.0.0.5>;expires=soon\r\n", 200, "<sip:p7@10.0.0.5>;expires=3600"},
	    {"Contact: <sip:p7@10.0.0.5>;expires=0\r\n", 200, ""},
	    {"Contact: <sip:p7@10.0.0.5>\r\nExpires: 0\r\n", 200, ""},
	    {"Contact: \"Me\" <sip:p7@10.0.0.5;transport=udp>;q=0.25\r\n", 200,
		"<sip:p7@10.0.0.5;transport=udp>;expires=3600;q=0.250"},
	    {"Contact: <sip:p7@10.0.0.5>;q=0\r\n", 200, "<sip:p7@10.0.0.5>;expires=3600;q=0.000"},
	    {"Contact: <sip:p7@10.0.0.5>;q=nonsense\r\n", 200, "<sip:p7@10.0.0.5>;expires=3600"},
	    {"Contact: <tel:+4930>\r\n", 400, ""},
	    {"Contact: <sip:p7@10.0.0.5\r\n", 400, ""},
	    {"Require: gruu, outbound, path\r\nContact: <sip:p7@10.0.0.5>\r\n", 200,
		"<sip:p7@10.0.0.5>;expires=3600"},
	    {"Require: pref, gruu\r\nContact: <sip:p7@10.0.0.5>\r\n", 420, ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		fixture_setup(NULL);
		assert_int_equal(register_with(cases[i].headers), cases[i].status);
		assert_slice(contact(0), cases[i].contact);
		assert_int_equal(contacts(out), cases[i].contact[0] ? 1 : 0);
		assert_int_equal(registrar_get_counts(f.reg)->bindings, contacts(out));
		if (cases[i].status == 423)
			assert_slice(sip_msg_value(&f.msg, SIP_HDR_MIN_EXPIRES), "60");
		if (cases[i].status == 420)
			assert_slice(sip_msg_value(&f.msg, SIP_HDR_UNSUPPORTED), "pref");
		fixture_teardown(NULL);
	}
}

/* 10.2.2 and 10.3 step 6: "*" stands alone, with Expires: 0. */
static void
a_star_removes_everything_or_is_refused(void **state)
{
	static const struct {
		const char *headers;
		uint16_t status;
		size_t left;
	} cases[] = {
	    {"Contact: *\r\nExpires: 0\r\n", 200, 0},
	    {"Contact: *\r\n", 400, 2},
	    {"Contact: *\r\nExpires: 60\r\n", 400, 2},
	    {"Contact: *\r\nContact: <sip:p7@10.0.0.5>\r\nExpires: 0\r\n", 400, 2},
	    {"Contact: *, *\r\nExpires: 0\r\n", 400, 2},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		fixture_setup(NULL);
		assert_int_equal(
		    register_with("Contact: <sip:a@10.0.0.5>, <sip:b@10.0.0.5>\r\n"), 200);
		assert_int_equal(register_with(cases[i].headers), cases[i].status);
		assert_int_equal(contacts(out), cases[i].left);
		assert_int_equal(f.n_gone, 2 - cases[i].left);
		assert_int_equal(f.n_forgotten, 2 - cases[i].left);
		fixture_teardown(NULL);
	}
}

static void
a_query_lists_and_changes_nothing(void **state)
{
	assert_int_equal(register_with(""), 200);
	assert_slice(contact(0), "");
	register_with("Contact: <sip:a@10.0.0.5>;expires=600\r\n");
	pass_ms(100500);
	assert_int_equal(register_with(""), 200);
	assert_slice(contact(0), "<sip:a@10.0.0.5>;expires=500");
	assert_slice(contact(1), "");
	assert_int_equal(registrar_get_counts(f.reg)->queries, 2);
	/* 20.17: 1,700,000,100.5 s after 1970. */
	assert_slice(sip_msg_value(&f.msg, SIP_HDR_DATE), "Tue, 14 Nov 2023 22:15:00 GMT");
}

/* 10.3 step 7: requests of one Call-ID take effect in the order of their CSeq. */
static void
late_requests_change_nothing(void **state)
{
	static const char refresh[] = "Contact: <sip:a@10.0.0.5>;expires=600\r\n";
	static const char end[] = "Contact: <sip:a@10.0.0.5>;expires=0\r\n";
	static const struct {
		const char *call_id;
		uint32_t cseq;
		const char *headers;
		uint16_t status;
		size_t left;
	} cases[] = {
	    {"c1", 9, end, 500, 1}, {"c1", 10, end, 500, 1}, {"c1", 10, refresh, 500, 1},
	    {"c1", 9, "Contact: *\r\nExpires: 0\r\n", 500, 1}, {"c1", 11, end, 200, 0},
	    {"c1", 11, refresh, 200, 1}, {"c2", 1, end, 200, 0}, /* the phone was restarted */
	    {"c2", 1, "Contact: *\r\nExpires: 0\r\n", 200, 0},
	    {"c1", 9, "", 200, 1}, /* a query has no order */
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		fixture_setup(NULL);
		assert_int_equal(register_as("sip:p7@strowger", "c1", 10, refresh), 200);
		assert_int_equal(register_as("sip:p7@strowger", cases[i].call_id, cases[i].cseq,
				     cases[i].headers),
		    cases[i].status);
		assert_int_equal(contacts(out), cases[i].left);
		fixture_teardown(NULL);
	}
}

static void
a_request_takes_effect_as_a_whole(void **state)
{
	register_as("sip:p7@strowger", "c1", 5, "Contact: <sip:a@10.0.0.5>\r\n");
	assert_int_equal(
	    register_with("Contact: <sip:b@10.0.0.5>, <sip:c@10.0.0.5>;expires=5\r\n"), 423);
	assert_int_equal(register_as("sip:p7@strowger", "c1", 5,
			     "Contact: <sip:b@10.0.0.5>, <sip:a@10.0.0.5>\r\n"),
	    500);
	assert_int_equal(contacts(out), 1);
	assert_slice(out[0].uri, "sip:a@10.0.0.5");
	assert_int_equal(f.n_kept, 1);
}

/* 19.1.4 decides what is the same contact. */
static void
the_same_contact_is_one_binding(void **state)
{
	register_with("Contact: <sip:a@phone.EXAMPLE;transport=UDP>\r\n");
	register_with("Contact: <sip:a@PHONE.example;transport=udp>\r\n");
	assert_int_equal(contacts(out), 1);
	register_with("Contact: <sip:A@phone.example;transport=udp>\r\n");
	assert_int_equal(contacts(out), 2);
	register_with("Contact: <sip:x@10.0.0.5>;q=0.1, <sip:x@10.0.0.5>;q=0.9\r\n");
	assert_int_equal(contacts(out), 3);
}

static void
contacts_come_in_order(void **state)
{
	register_with("Contact: <sip:low@10.0.0.5>;q=0.1, <sip:high@10.0.0.5>;q=0.9\r\n");
	register_with("Contact: <sip:mid@10.0.0.5>;q=0.5\r\n");
	register_with("Contact: <sip:mid2@10.0.0.5>;q=0.5\r\n");
	assert_int_equal(contacts(out), 4);
	assert_slice(out[0].uri, "sip:high@10.0.0.5");
	assert_slice(out[1].uri, "sip:mid2@10.0.0.5"); /* the newest of equals first */
	assert_slice(out[2].uri, "sip:mid@10.0.0.5");
	assert_slice(out[3].uri, "sip:low@10.0.0.5");
	assert_int_equal(registrar_contacts(f.reg, 7, out, 2), 2); /* the best two */
	assert_slice(out[1].uri, "sip:mid2@10.0.0.5");
	assert_int_equal(registrar_contacts(f.reg, 8, out, 2), 0);
}

static void
the_oldest_make_room(void **state)
{
	char headers[100];

	f.dir.phone[0].max_contacts = 2;
	for (int i = 1; i <= 4; i++) {
		snprintf(headers, sizeof headers, "Contact: <sip:p7@10.0.0.5:%d>\r\n", 6000 + i);
		assert_int_equal(register_with(headers), 200);
	}
	assert_int_equal(contacts(out), 2);
	assert_slice(out[0].uri, "sip:p7@10.0.0.5:6004");
	assert_slice(out[1].uri, "sip:p7@10.0.0.5:6003");
	assert_int_equal(f.n_forgotten, 2);
	assert_int_equal(
	    register_with("Contact: <sip:a@10.0.0.5>, <sip:b@10.0.0.5>, <sip:c@10.0.0.5>\r\n"),
	    403);
}

static void
a_phone_registers_itself_only(void **state)
{
	static const struct {
		const char *aor;
		uint16_t status;
	} cases[] = {
	    {"sip:p7@strowger", 200},
	    {"sip:p%37@10.0.0.1", 200},
	    {"sip:101@strowger", 200}, /* a number of its user */
	    {"sip:102@strowger", 403},
	    {"sip:P7@strowger", 403},
	    {"sip:strowger", 403},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(
		    register_as(cases[i].aor, NULL, 0, "Contact: <sip:a@10.0.0.5>\r\n"),
		    cases[i].status);
}

static void
bindings_end_in_time(void **state)
{
	register_with("Contact: <sip:a@10.0.0.5>;expires=60\r\n");
	pass_ms(59999);
	assert_int_equal(contacts(out), 1);
	pass_ms(1);
	assert_int_equal(contacts(out), 0);
	assert_int_equal(f.n_forgotten, 1);
	assert_int_equal(f.n_gone, 1);
	assert_int_equal(registrar_get_counts(f.reg)->expired, 1);
	/* A refresh moves the end. */
	register_with("Contact: <sip:a@10.0.0.5>;expires=60\r\n");
	pass_ms(50000);
	register_with("Contact: <sip:a@10.0.0.5>;expires=60\r\n");
	pass_ms(50000);
	assert_int_equal(contacts(out), 1);
}

static void
changes_are_told_and_saved(void **state)
{
	f.flow.remote = at("192.0.2.9:4711");
	register_with("Contact: <sip:a@192.168.1.5>;expires=600;q=0.5\r\nUser-Agent: Fon 1\r\n");
	assert_int_equal(f.n_kept, 1);
	assert_int_equal(f.live.expires_at - f.live.registered_at, 600000);
	assert_int_equal(f.live.registered_at, WALL_S_AT_START * 1000ull);
	assert_string_equal(f.live.phone, "p7");
	assert_string_equal(f.live.contact, "sip:a@192.168.1.5");
	assert_string_equal(f.live.source, "192.0.2.9:4711");
	assert_string_equal(f.live.transport, "UDP");
	assert_string_equal(f.live.user_agent, "Fon 1");
	assert_true(f.live.reachable);
	assert_int_equal(f.n_live, 1);
	register_with("Contact: <sip:a@192.168.1.5>;expires=0\r\n");
	assert_int_equal(f.n_gone, 1);
	assert_int_equal(f.n_forgotten, 1);
}

/* The same device from the same address, without flows: it changed its port or its user part. */
static void
a_device_that_moved_is_not_two(void **state)
{
	register_with("Contact: <sip:a@10.0.0.5:1>;+sip.instance=\"<urn:uuid:1>\"\r\n");
	register_with("Contact: <sip:a@10.0.0.5:2>;+sip.instance=\"<urn:uuid:1>\"\r\n");
	assert_int_equal(contacts(out), 1);
	assert_slice(out[0].uri, "sip:a@10.0.0.5:2");
	assert_int_equal(f.n_gone, 1); /* what was listed under the old contact */
	/* The old one named as well, in either order. */
	register_with("Contact: <sip:a@10.0.0.5:3>;+sip.instance=\"<urn:uuid:1>\", "
		      "<sip:a@10.0.0.5:2>;+sip.instance=\"<urn:uuid:1>\";expires=0\r\n");
	assert_int_equal(contacts(out), 1);
	assert_slice(out[0].uri, "sip:a@10.0.0.5:3");
	register_with("Contact: <sip:a@10.0.0.5:3>;+sip.instance=\"<urn:uuid:1>\";expires=0, "
		      "<sip:a@10.0.0.5:4>;+sip.instance=\"<urn:uuid:1>\"\r\n");
	assert_int_equal(contacts(out), 1);
	assert_slice(out[0].uri, "sip:a@10.0.0.5:4");
	register_with("Contact: <sip:a@10.0.0.5:5>;+sip.instance=\"<urn:uuid:2>\"\r\n");
	assert_int_equal(contacts(out), 2);
}

/* A plain refresh wakes nobody; who looks is told of the new end when the old one comes. */
static void
a_plain_refresh_is_kept_but_not_told(void **state)
{
	static const char same[] = "Contact: <sip:a@10.0.0.5>;expires=600\r\n";
	int64_t begin;

	register_with(same);
	begin = f.live.registered_at;
	assert_int_equal(f.n_live, 1);
	pass_ms(300000);
	register_with(same);
	assert_int_equal(f.n_live, 1);
	assert_int_equal(f.n_kept, 2);
	assert_int_equal(f.n_phone_told, 1);
	assert_slice(contact(0), "<sip:a@10.0.0.5>;expires=600");
	pass_ms(300000); /* the first end */
	assert_int_equal(f.n_live, 2);
	assert_int_equal(f.live.expires_at, (WALL_S_AT_START + 900) * 1000ll);
	assert_int_equal(f.live.registered_at, begin);
	pass_ms(299999);
	assert_int_equal(contacts(out), 1);
	pass_ms(1);
	assert_int_equal(contacts(out), 0);
	/* A shorter time, another source and another device are differences. */
	register_with(same);
	register_with("Contact: <sip:a@10.0.0.5>;expires=60\r\n");
	f.flow.remote.port = 7000;
	register_with("Contact: <sip:a@10.0.0.5>;expires=60\r\n");
	register_with("Contact: <sip:a@10.0.0.5>;expires=60\r\nUser-Agent: New\r\n");
	assert_int_equal(f.n_live, 6);
}

/* 20,000 phones after a power cut: accepted at once, and back spread over minutes. */
static void
a_storm_is_spread(void **state)
{
	uint32_t shortest = 3600, longest = 0, full = 0, expires_s;
	char headers[100], aor[] = "sip:p7@strowger";

	f.dir.phone[0].max_contacts = 1;
	for (int i = 0; i < 2000; i++) {
		snprintf(headers, sizeof headers, "Contact: <sip:p7@10.0.0.5:%d>\r\n", 2000 + i);
		assert_int_equal(register_as(aor, NULL, 0, headers), 200);
		assert_int_equal(
		    sscanf(strstr(contact(0).p, "expires="), "expires=%u", &expires_s), 1);
		assert_in_range(expires_s, 3240, 3600);
		full += expires_s == 3600;
		if (expires_s < shortest)
			shortest = expires_s;
		if (i > 100 && expires_s > longest)
			longest = expires_s;
	}
	assert_in_range(full, 20, 60); /* the first ones, and chance */
	assert_in_range(shortest, 3240, 3250);
	assert_in_range(longest, 3590, 3600);
	/* The shortest time stays what it is; and in quiet times everyone gets his wish. */
	register_with("Contact: <sip:p7@10.0.0.5>;expires=60\r\n");
	assert_slice(contact(0), "<sip:p7@10.0.0.5>;expires=60");
	pass_ms(3000);
	register_with("Contact: <sip:p7@10.0.0.5>;expires=3000\r\n");
	assert_slice(contact(0), "<sip:p7@10.0.0.5>;expires=3000");
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(expiry_is_taken_clamped_or_refused),
	    cmocka_unit_test(a_star_removes_everything_or_is_refused),
	    TEST(a_query_lists_and_changes_nothing),
	    cmocka_unit_test(late_requests_change_nothing),
	    TEST(a_request_takes_effect_as_a_whole),
	    TEST(the_same_contact_is_one_binding),
	    TEST(contacts_come_in_order),
	    TEST(the_oldest_make_room),
	    TEST(a_phone_registers_itself_only),
	    TEST(bindings_end_in_time),
	    TEST(changes_are_told_and_saved),
	    TEST(a_device_that_moved_is_not_two),
	    TEST(a_plain_refresh_is_kept_but_not_told),
	    TEST(a_storm_is_spread),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
