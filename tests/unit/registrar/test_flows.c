/* Ways to a phone: Path (RFC 3327), several flows (RFC 5626), browsers (RFC 7118), NAT rules, and
 * addresses of devices (RFC 5627). */
#include "fixture.h"

#include <stdio.h>

static struct reg_contact out[8];

static void
assert_slice(struct slice got, const char *expected)
{
	if (!slice_eq(got, slice_cstr(expected)))
		fail_msg("got '%.*s', expected '%s'", SLICE_FMT(got), expected);
}

static void
come_over(enum sip_transport transport, const char *remote, uint32_t conn_gen)
{
	f.flow.transport = transport;
	f.flow.remote = at(remote);
	f.flow.conn_gen = conn_gen;
	f.flow.conn_slot = conn_gen;
}

/* ---- Path ---- */

static void
path_becomes_the_route(void **state)
{
	assert_int_equal(
	    register_with("Contact: <sip:a@192.168.1.5>\r\nSupported: path\r\n"
			  "Path: <sip:10.0.0.5:5070;lr;x=y>, \"P\" <sip:p2.example.com;lr>\r\n"
			  "Path: <sip:p1.example.com;lr>;v=1\r\n"),
	    200);
	assert_int_equal(contacts(out), 1);
	assert_slice(out[0].route, "Route: <sip:10.0.0.5:5070;lr;x=y>\r\n"
				   "Route: \"P\" <sip:p2.example.com;lr>\r\n"
				   "Route: <sip:p1.example.com;lr>;v=1\r\n");
	assert_slice(out[0].uri, "sip:a@192.168.1.5");
	assert_int_equal(out[0].flow.remote.port, 5070);
	/* 5.3: the phone is told the way. */
	assert_slice(sip_msg_value(&f.msg, SIP_HDR_PATH),
	    "<sip:10.0.0.5:5070;lr;x=y>, \"P\" <sip:p2.example.com;lr>");
	/* OPTIONS goes the same way, also after a restart. */
	fixture_restart();
	f.dir.phone[0].qualify_s = 10;
	fixture_restore();
	assert_int_equal(contacts(out), 1);
	assert_int_equal(out[0].flow.remote.port, 5070);
	pass_ms(10000);
	assert_true(f.n_requests > 0);
	assert_slice(sip_msg_value(&f.msg, SIP_HDR_ROUTE), "<sip:10.0.0.5:5070;lr;x=y>");
	assert_slice(f.msg.uri_text, "sip:a@192.168.1.5");
	/* A REGISTER without Path ends the detour. */
	register_with("Contact: <sip:a@192.168.1.5>\r\n");
	assert_int_equal(contacts(out), 1);
	assert_int_equal(out[0].route.n, 0);
	assert_int_equal(out[0].flow.remote.port, 5060);
}

static void
a_bad_path_is_refused(void **state)
{
	char long_path[1400];

	snprintf(long_path, sizeof long_path,
	    "Contact: <sip:a@192.168.1.5>\r\nPath: <sip:%0400d.example.com;lr>, "
	    "<sip:%0400d.example.com;lr>, <sip:%0400d.example.com;lr>\r\n",
	    1, 2, 3);
	assert_int_equal(register_with(long_path), 400);
	assert_int_equal(
	    register_with("Contact: <sip:a@192.168.1.5>\r\nPath: sip:p1.example.com;lr\r\n"), 400);
	assert_int_equal(
	    register_with("Contact: <sip:a@192.168.1.5>\r\nPath: <tel:+4930;lr>\r\n"), 400);
	assert_int_equal(
	    register_with("Contact: <sip:a@192.168.1.5>\r\nPath: <sip:a>, <sip:b>, <sip:c>, "
			  "<sip:d>, <sip:e>, <sip:f>, <sip:g>, <sip:h>, <sip:i>\r\n"),
	    400);
	assert_int_equal(contacts(out), 0);
}

/* ---- NAT rules of the phone and the first hop: target.c ---- */

static void
rules_decide_where_requests_go(void **state)
{
	static const struct {
		enum dir_nat nat;
		const char *contact, *path;
		enum sip_transport transport, to_transport;
		const char *to; /* the REGISTER comes from 203.0.113.7:31337 */
	} cases[] = {
	    {DIR_NAT_AUTO, "192.168.1.5", NULL, SIP_UDP, SIP_UDP, "203.0.113.7:31337"},
	    {DIR_NAT_AUTO, "203.0.113.7:5070", NULL, SIP_UDP, SIP_UDP, "203.0.113.7:5070"},
	    {DIR_NAT_ALWAYS, "203.0.113.7:5070", NULL, SIP_UDP, SIP_UDP, "203.0.113.7:31337"},
	    {DIR_NAT_NEVER, "192.168.1.5", NULL, SIP_UDP, SIP_UDP, "192.168.1.5:5060"},
	    {DIR_NAT_NEVER, "192.168.1.5;transport=tcp", NULL, SIP_UDP, SIP_TCP,
		"192.168.1.5:5060"},
	    {DIR_NAT_NEVER, "phone.example", NULL, SIP_UDP, SIP_UDP, "203.0.113.7:31337"},
	    {DIR_NAT_NEVER, "255.255.255.255", NULL, SIP_UDP, SIP_UDP, "203.0.113.7:31337"},
	    {DIR_NAT_NEVER, "192.168.1.5", NULL, SIP_TLS, SIP_TLS, "203.0.113.7:31337"},
	    {DIR_NAT_ALWAYS, "192.168.1.5", NULL, SIP_WSS, SIP_WSS, "203.0.113.7:31337"},
	    /* the first hop instead of the contact */
	    {DIR_NAT_AUTO, "192.168.1.5", "203.0.113.7", SIP_UDP, SIP_UDP, "203.0.113.7:5060"},
	    {DIR_NAT_AUTO, "203.0.113.7:5070", "proxy.example", SIP_UDP, SIP_UDP,
		"203.0.113.7:31337"},
	    {DIR_NAT_AUTO, "192.168.1.5", "203.0.113.7;transport=tcp", SIP_UDP, SIP_TCP,
		"203.0.113.7:5060"},
	    /* elsewhere: only in a local network, or when the administrator says so */
	    {DIR_NAT_AUTO, "192.168.1.5", "198.51.100.1", SIP_UDP, SIP_UDP, "203.0.113.7:31337"},
	    {DIR_NAT_AUTO, "192.168.1.5", "10.1.2.3", SIP_UDP, SIP_UDP, "10.1.2.3:5060"},
	    {DIR_NAT_NEVER, "192.168.1.5", "198.51.100.1", SIP_UDP, SIP_UDP, "198.51.100.1:5060"},
	    {DIR_NAT_ALWAYS, "192.168.1.5", "10.1.2.3", SIP_UDP, SIP_UDP, "203.0.113.7:31337"},
	    {DIR_NAT_NEVER, "192.168.1.5", "198.51.100.1", SIP_TCP, SIP_TCP, "203.0.113.7:31337"},
	};
	struct addr_net local;

	assert_int_equal(addr_net_parse(SLICE("10.0.0.0/8"), &local), ERR_OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct addr to = at(cases[i].to);
		char headers[200], path[80] = "";

		fixture_setup(NULL);
		f.dir.phone[0].nat = cases[i].nat;
		f.dir.local_networks = (struct addr_nets){&local, 1};
		come_over(cases[i].transport, "203.0.113.7:31337",
		    sip_transport_reliable(cases[i].transport) ? 5 : 0);
		if (cases[i].path)
			snprintf(path, sizeof path, "Path: <sip:%s;lr>\r\n", cases[i].path);
		snprintf(
		    headers, sizeof headers, "Contact: <sip:a@%s>\r\n%s", cases[i].contact, path);
		assert_int_equal(register_with(headers), 200);
		assert_int_equal(contacts(out), 1);
		if (out[0].flow.transport != cases[i].to_transport ||
		    !addr_eq(&out[0].flow.remote, &to)) {
			char text[ADDR_TEXT_MAX];

			fail_msg("case %zu: to %s", i, addr_text(&out[0].flow.remote, text));
		}
		fixture_teardown(NULL);
	}
}

/* ---- outbound ---- */

#define INSTANCE "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\""
#define FLOW(uri, id)                                                                              \
	"Supported: path, outbound\r\nContact: <" uri ">;" INSTANCE ";reg-id=" id "\r\n"

static void
a_phone_may_have_several_flows(void **state)
{
	come_over(SIP_TLS, "203.0.113.7:4001", 1);
	assert_int_equal(register_with(FLOW("sip:a@192.168.1.5;transport=tls;ob", "1")), 200);
	assert_slice(sip_msg_value(&f.msg, SIP_HDR_REQUIRE), "outbound");
	assert_slice(sip_msg_hdr_named(&f.msg, SLICE("Flow-Timer"))->value, "120");
	assert_slice(
	    contact(0), "<sip:a@192.168.1.5;transport=tls;ob>;expires=3600;" INSTANCE ";reg-id=1");
	/* The same contact by another way is another binding. */
	come_over(SIP_TLS, "203.0.113.7:4002", 2);
	assert_int_equal(register_with(FLOW("sip:a@192.168.1.5;transport=tls;ob", "2")), 200);
	assert_int_equal(registrar_get_counts(f.reg)->bindings, 2);
	assert_int_equal(f.phone_contacts, 2);
	/* 7: but it is one device, so one contact is called, the newest. */
	assert_int_equal(contacts(out), 1);
	assert_int_equal(out[0].flow.conn_gen, 2);
	/* One connection dies: only its flow ends. */
	come_over(SIP_TLS, "203.0.113.7:4002", 2);
	registrar_on_closed(f.reg, &f.flow);
	assert_int_equal(registrar_get_counts(f.reg)->flows_lost, 1);
	assert_int_equal(f.n_gone, 0); /* people still see the contact */
	assert_int_equal(contacts(out), 1);
	assert_int_equal(out[0].flow.conn_gen, 1);
	assert_true(out[0].reachable);
	/* It comes back from elsewhere with the same number: one takes the place of the other. */
	come_over(SIP_TLS, "198.51.100.9:700", 3);
	assert_int_equal(register_with(FLOW("sip:a@10.9.9.9;transport=tls;ob", "1")), 200);
	assert_int_equal(registrar_get_counts(f.reg)->bindings, 1);
	assert_int_equal(contacts(out), 1);
	assert_int_equal(out[0].flow.conn_gen, 3);
	come_over(SIP_TLS, "203.0.113.7:4001", 1);
	registrar_on_closed(f.reg, &f.flow); /* the old one: nothing hangs on it */
	assert_int_equal(contacts(out), 1);
	come_over(SIP_TLS, "198.51.100.9:700", 3);
	registrar_on_closed(f.reg, &f.flow);
	assert_int_equal(contacts(out), 0);
	assert_int_equal(f.phone_contacts, 0);
}

static void
flows_are_counted_as_one_device(void **state)
{
	char headers[300];

	f.dir.phone[0].max_contacts = 1;
	for (int id = 1; id <= 6; id++) {
		come_over(SIP_TCP, "203.0.113.7:4001", (uint32_t)id);
		f.flow.remote.port = (uint16_t)(4000 + id);
		snprintf(headers, sizeof headers,
		    "Supported: outbound\r\nContact: <sip:a@192.168.1.5>;" INSTANCE
		    ";reg-id=%d\r\n",
		    id);
		assert_int_equal(register_with(headers), 200);
	}
	assert_int_equal(registrar_get_counts(f.reg)->bindings, 4);
	assert_int_equal(contacts(out), 1); /* RFC 5626, 7: one at a time */
	assert_int_equal(registrar_flows(f.reg, f.dir.phone[0].id, out, 8), 4); /* to choose from */
	assert_int_not_equal(out[0].reg_id, out[1].reg_id);
	assert_true(slice_eq(out[0].instance, out[1].instance));
	/* Another device takes the place of all of them. */
	assert_int_equal(register_with("Supported: outbound\r\nContact: <sip:b@192.168.1.6>"
				       ";+sip.instance=\"<urn:uuid:2>\";reg-id=1\r\n"),
	    200);
	assert_int_equal(registrar_get_counts(f.reg)->bindings, 1);
}

static void
one_flow_may_be_removed(void **state)
{
	come_over(SIP_TCP, "203.0.113.7:4001", 1);
	register_with(FLOW("sip:a@192.168.1.5", "1"));
	come_over(SIP_TCP, "203.0.113.7:4002", 2);
	register_with(FLOW("sip:a@192.168.1.5", "2"));
	assert_int_equal(
	    register_with("Supported: outbound\r\nContact: <sip:a@192.168.1.5>;" INSTANCE
			  ";reg-id=1;expires=0\r\n"),
	    200);
	assert_int_equal(registrar_get_counts(f.reg)->bindings, 1);
	assert_int_equal(contacts(out), 1);
	assert_int_equal(out[0].flow.conn_gen, 2);
	assert_int_equal(register_with("Contact: *\r\nExpires: 0\r\n"), 200);
	assert_int_equal(registrar_get_counts(f.reg)->bindings, 0);
}

/* A phone that was set up anew without outbound has the same contact: it must not ring twice. */
static void
who_gives_up_outbound_has_no_flow_left(void **state)
{
	register_with(FLOW("sip:a@10.0.0.5", "1"));
	assert_int_equal(register_with("Contact: <sip:a@10.0.0.5>\r\n"), 200);
	assert_int_equal(registrar_get_counts(f.reg)->bindings, 1);
	assert_slice(contact(0), "<sip:a@10.0.0.5>;expires=3600");
	register_with(FLOW("sip:a@10.0.0.5", "1"));
	assert_int_equal(registrar_get_counts(f.reg)->bindings, 1);
}

/* 6: who gets outbound, who is refused, who is an ordinary contact. */
static void
outbound_needs_the_first_hop(void **state)
{
#define HOP "Via: SIP/2.0/TCP 192.168.1.5;branch=z9hG4bKphone\r\n"
	static const struct {
		const char *vias, *headers;
		uint16_t status;
		bool outbound;
		const char *flow_timer;
	} cases[] = {
	    {"", FLOW("sip:a@192.168.1.5", "1"), 200, true, "120"},
	    {"", "Contact: <sip:a@192.168.1.5>;" INSTANCE ";reg-id=1\r\n", 200, false, NULL},
	    {"", "Supported: outbound\r\nContact: <sip:a@192.168.1.5>;reg-id=1\r\n", 200, false,
		NULL},
	    {"", "Supported: outbound\r\nContact: <sip:a@192.168.1.5>;" INSTANCE "\r\n", 200, false,
		NULL},
	    {"", FLOW("sip:a@192.168.1.5", "0"), 200, false, NULL},
	    {"", FLOW("sip:a@192.168.1.5", "2147483648"), 200, false, NULL},
	    {"", FLOW("sip:a@192.168.1.5", "one"), 200, false, NULL},
	    {HOP, FLOW("sip:a@192.168.1.5", "1"), 439, false, NULL},
	    {HOP, "Path: <sip:203.0.113.7;lr>\r\n" FLOW("sip:a@192.168.1.5", "1"), 439, false,
		NULL},
	    {HOP, "Path: <sip:203.0.113.7;lr;ob>\r\n" FLOW("sip:a@192.168.1.5", "1"), 200, true,
		NULL},
	    {HOP,
		"Path: <sip:203.0.113.7;lr>, <sip:edge.example;lr;ob>\r\n" FLOW(
		    "sip:a@192.168.1.5", "1"),
		200, true, NULL},
	    {HOP,
		"Path: <sip:203.0.113.7;lr;ob>, <sip:edge.example;lr>\r\n" FLOW(
		    "sip:a@192.168.1.5", "1"),
		439, false, NULL},
	    {"",
		FLOW("sip:a@192.168.1.5", "1") "Contact: <sip:a@192.168.1.5>;" INSTANCE
					       ";reg-id=2\r\n",
		400, false, NULL},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct sip_hdr *timer;

		fixture_setup(NULL);
		come_over(SIP_TCP, "203.0.113.7:4001", 1);
		f.more_vias = cases[i].vias;
		if (register_with(cases[i].headers) != cases[i].status)
			fail_msg("case %zu: %u", i, f.msg.status);
		assert_slice(
		    sip_msg_value(&f.msg, SIP_HDR_REQUIRE), cases[i].outbound ? "outbound" : "");
		timer = sip_msg_hdr_named(&f.msg, SLICE("Flow-Timer"));
		assert_int_equal(timer != NULL, cases[i].flow_timer != NULL);
		if (timer)
			assert_slice(timer->value, cases[i].flow_timer);
		fixture_teardown(NULL);
	}
}

/* RFC 7118, 5: a browser names a host that does not exist; only its connection leads there. */
static void
browsers_are_reached_over_their_connection(void **state)
{
	come_over(SIP_WSS, "203.0.113.7:50000", 9);
	assert_int_equal(
	    register_with("Contact: <sip:p7@df7jal23ls0d.invalid;transport=ws>\r\n"), 200);
	assert_int_equal(contacts(out), 1);
	assert_int_equal(out[0].flow.transport, SIP_WSS);
	assert_int_equal(out[0].flow.conn_gen, 9);
	assert_string_equal(f.live.transport, "WSS");
	registrar_on_closed(f.reg, &f.flow);
	assert_int_equal(contacts(out), 1);
	assert_false(out[0].reachable);
}

/* ---- GRUU ---- */

static struct slice
gruu_of(struct slice contact_value, const char *name, char *copy, size_t cap)
{
	struct sip_name_addr na;
	struct slice value;

	assert_int_equal(sip_name_addr_parse(&na, contact_value), ERR_OK);
	if (!sip_param_find(na.params, slice_cstr(name), &value))
		return SLICE("");
	assert_int_equal(slice_copy_cstr(value, copy, cap), ERR_OK);
	return slice_cstr(copy);
}

static enum err
find(struct slice gruu, size_t *n)
{
	struct sip_uri uri;
	int64_t phone_id = 0;
	enum err e;

	assert_int_equal(sip_uri_parse(&uri, gruu), ERR_OK);
	assert_true(registrar_is_gruu(&uri));
	*n = 99;
	e = registrar_find_gruu(f.reg, &uri, &phone_id, out, 8, n);
	if (e == ERR_OK)
		assert_int_equal(phone_id, 7);
	return e;
}

#define GRUU(user, uuid)                                                                           \
	"Supported: gruu\r\nContact: <sip:" user "@10.0.0.5>;+sip.instance=\"<urn:uuid:" uuid      \
	">\"\r\n"

/* RFC 5627, 5.3, 5.4 and 3.1. */
static void
a_device_gets_addresses_of_its_own(void **state)
{
	char pub[200], temp[2][200], other[200];
	size_t n;

	assert_int_equal(register_as("sip:101@strowger", NULL, 0, GRUU("b", "B")), 200);
	gruu_of(contact(0), "pub-gruu", other, sizeof other);
	assert_int_equal(register_as("sip:101@strowger", NULL, 0, GRUU("a", "A")), 200);
	assert_slice(
	    gruu_of(contact(0), "pub-gruu", pub, sizeof pub), "sip:101@strowger;gr=urn:uuid:A");
	assert_int_not_equal(gruu_of(contact(0), "temp-gruu", temp[0], sizeof temp[0]).n, 0);
	assert_int_equal(register_as("sip:101@strowger", NULL, 0, GRUU("a", "A")), 200);
	assert_int_not_equal(gruu_of(contact(0), "temp-gruu", temp[1], sizeof temp[1]).n, 0);
	assert_string_not_equal(temp[0], temp[1]);
	assert_null(strstr(temp[0], "101")); /* it says nothing */
	for (int i = 0; i < 4; i++) {
		assert_int_equal(find(slice_cstr(i < 2	  ? temp[i]
						 : i == 2 ? pub
							  : other),
				     &n),
		    ERR_OK);
		assert_int_equal(n, 1);
		assert_slice(out[0].uri, i < 3 ? "sip:a@10.0.0.5" : "sip:b@10.0.0.5");
	}
	/* They outlive a restart. */
	fixture_restart();
	fixture_restore();
	assert_int_equal(find(slice_cstr(temp[0]), &n), ERR_OK);
	assert_int_equal(n, 1);
	assert_slice(out[0].uri, "sip:a@10.0.0.5");
	/* 3.1.2.2: with a new Call-ID the temporary ones are void, the public one stays. */
	assert_int_equal(register_as("sip:101@strowger", "new", 0, GRUU("a", "A")), 200);
	assert_int_equal(find(slice_cstr(temp[0]), &n), ERR_OK);
	assert_int_equal(n, 0);
	assert_int_equal(find(slice_cstr(pub), &n), ERR_OK);
	assert_int_equal(n, 1);
	/* The device leaves: it is ours, but not there. */
	assert_int_equal(
	    register_as("sip:101@strowger", "new", 0, "Contact: *\r\nExpires: 0\r\n"), 200);
	assert_int_equal(find(slice_cstr(pub), &n), ERR_OK);
	assert_int_equal(n, 0);
}

static void
only_who_asks_gets_a_gruu(void **state)
{
	static const struct {
		const char *headers;
		bool given;
	} cases[] = {
	    {GRUU("a", "A"), true},
	    {"Require: gruu\r\nContact: <sip:a@10.0.0.5>;+sip.instance=\"<urn:x:A>\"\r\n", true},
	    {"Contact: <sip:a@10.0.0.5>;+sip.instance=\"<urn:uuid:A>\"\r\n", false},
	    {"Supported: gruu\r\nContact: <sip:a@10.0.0.5>\r\n", false},
	    {"Supported: gruu\r\nContact: <sip:a@10.0.0.5>;+sip.instance=\"urn:uuid:A\"\r\n",
		false},
	    {"Supported: gruu\r\nContact: <sip:a@10.0.0.5>;+sip.instance=\"<a b>\"\r\n", false},
	};
	char text[200];

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		fixture_setup(NULL);
		assert_int_equal(register_with(cases[i].headers), 200);
		assert_int_equal(
		    gruu_of(contact(0), "pub-gruu", text, sizeof text).n != 0, cases[i].given);
		assert_int_equal(
		    gruu_of(contact(0), "temp-gruu", text, sizeof text).n != 0, cases[i].given);
		fixture_teardown(NULL);
	}
}

static void
made_up_gruus_lead_nowhere(void **state)
{
	static const char *const made_up[] = {"sip:tgruu.00@strowger;gr",
	    "sip:tgruu.0123456789012345678901234567890123456789012345678901@strowger;gr",
	    "sip:tgruu.@strowger;gr", "sip:101@strowger;gr", "sip:999@strowger;gr=urn:uuid:A"};
	char temp[200];
	size_t n;

	register_with(GRUU("a", "A"));
	gruu_of(contact(0), "temp-gruu", temp, sizeof temp);
	for (size_t i = 0; i < sizeof made_up / sizeof made_up[0]; i++)
		assert_int_equal(find(slice_cstr(made_up[i]), &n), ERR_NOT_FOUND);
	/* One character of a real one changed. */
	for (char *p = temp + 10; *p && *p != '@'; p++) {
		char was = *p;

		*p = was == '0' ? '1' : '0';
		assert_int_equal(find(slice_cstr(temp), &n), ERR_NOT_FOUND);
		*p = was;
	}
	assert_int_equal(find(slice_cstr(temp), &n), ERR_OK);
	assert_int_equal(find(SLICE("sip:p7@strowger;gr=urn:uuid:B"), &n), ERR_OK);
	assert_int_equal(n, 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(path_becomes_the_route),
	    TEST(a_bad_path_is_refused),
	    cmocka_unit_test(rules_decide_where_requests_go),
	    TEST(a_phone_may_have_several_flows),
	    TEST(flows_are_counted_as_one_device),
	    TEST(one_flow_may_be_removed),
	    TEST(who_gives_up_outbound_has_no_flow_left),
	    cmocka_unit_test(outbound_needs_the_first_hop),
	    TEST(browsers_are_reached_over_their_connection),
	    TEST(a_device_gets_addresses_of_its_own),
	    cmocka_unit_test(only_who_asks_gets_a_gruu),
	    TEST(made_up_gruus_lead_nowhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
