/* Traced messages: blocks, secrets, facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "model/trace.h"

static struct trace_record
a_record(struct slice bytes)
{
	struct trace_record r = {.at_ms = 1700000000123,
	    .direction = TRACE_OUT,
	    .kind = TRACE_REGISTER,
	    .transport = SIP_TLS,
	    .key = SLICE("0123456789abcdef"),
	    .bytes = bytes};

	assert_int_equal(addr_parse(SLICE("192.0.2.1:5061"), 0, &r.local), ERR_OK);
	assert_int_equal(addr_parse(SLICE("[2001:db8::7]:40000"), 0, &r.remote), ERR_OK);
	return r;
}

static void
what_goes_into_a_block_comes_out(void **state)
{
	struct trace_block *b = trace_block_new(300);
	struct trace_record r = a_record(SLICE("BYE sip:x SIP/2.0\r\n\r\n")), out;
	size_t pos = 0;
	struct slice packed;

	assert_int_equal(trace_block_add(b, &r), ERR_OK);
	r.bytes = SLICE("");
	assert_int_equal(trace_block_add(b, &r), ERR_OK);
	r.bytes = slice_make(b->bytes, 250);
	assert_int_equal(trace_block_add(b, &r), ERR_LIMIT);
	assert_true(trace_next(b->bytes, b->n, &pos, &out, &packed));
	assert_int_equal(out.at_ms, 1700000000123);
	assert_int_equal(out.direction, TRACE_OUT);
	assert_int_equal(out.kind, TRACE_REGISTER);
	assert_int_equal(out.transport, SIP_TLS);
	assert_true(addr_eq(&out.remote, &r.remote) && addr_eq(&out.local, &r.local));
	assert_true(slice_eq(out.key, SLICE("0123456789abcdef")));
	assert_true(slice_eq(out.bytes, SLICE("BYE sip:x SIP/2.0\r\n\r\n")));
	assert_int_equal(packed.n, pos);
	assert_true(trace_next(b->bytes, b->n, &pos, &out, NULL));
	assert_int_equal(out.bytes.n, 0);
	assert_false(trace_next(b->bytes, b->n, &pos, &out, NULL));
	free(b);
}

static void
a_long_message_is_cut_and_says_so(void **state)
{
	static char bytes[TRACE_BYTES_MAX + 1];
	struct trace_block *b = trace_block_new(TRACE_BLOCK_LEAST);
	struct trace_record r = a_record(slice_make(bytes, sizeof bytes)), out;
	size_t pos = 0;

	assert_int_equal(trace_block_add(b, &r), ERR_OK);
	assert_true(trace_next(b->bytes, b->n, &pos, &out, NULL));
	assert_int_equal(out.bytes.n, TRACE_BYTES_MAX);
	assert_true(out.cut);
	free(b);
}

/* Every single damaged byte: no read beyond the end, no endless loop. */
static void
a_damaged_block_ends_early(void **state)
{
	struct trace_block *b = trace_block_new(400);
	struct trace_record r = a_record(SLICE("OPTIONS sip:x SIP/2.0\r\n\r\n")), out;
	char *copy;

	assert_int_equal(trace_block_add(b, &r), ERR_OK);
	assert_int_equal(trace_block_add(b, &r), ERR_OK);
	for (size_t i = 0; i < b->n; i++)
		for (int bit = 0; bit < 8; bit++) {
			size_t pos = 0, n = 0;

			copy = malloc(b->n); /* its end is watched by the sanitizers */
			memcpy(copy, b->bytes, b->n);
			copy[i] = (char)(copy[i] ^ 1 << bit);
			while (trace_next(copy, b->n, &pos, &out, NULL))
				n++;
			assert_true(n <= 3 && pos <= b->n);
			free(copy);
		}
	free(b);
}

static void
secrets_are_crossed_out(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
	    /* RFC 7616, 3.4 */
	    {"Authorization: Digest username=\"a\", response=\"dead\", uri=\"sip:x\"",
		"Authorization: Digest username=\"a\", response=\"xxxx\", uri=\"sip:x\""},
	    {"proxy-authorization:Digest RESPONSE = dead,qop=auth",
		"proxy-authorization:Digest RESPONSE = xxxx,qop=auth"},
	    {"Authorization: Digest response=\"unclosed",
		"Authorization: Digest response=\"xxxxxxxx"},
	    {"Authorization: Digest a=1,\r\n response=\"dead\"", /* folded, RFC 3261, 7.3.1 */
		"Authorization: Digest a=1,\r\n response=\"xxxx\""},
	    {"Authentication-Info: rspauth=\"beef\"", "Authentication-Info: rspauth=\"xxxx\""},
	    {"Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic xxxxxxxxxxxx"},
	    {"Authorization: Bearer abc", "Authorization: Bearer xxx"},
	    /* headers of phones' own, and bodies */
	    {"INVITE sip:*5135790*0221@pbx SIP/2.0", "INVITE sip:*5xxxxxx*0221@pbx SIP/2.0"},
	    {"To: <sips:%2A5135790%2a0221@pbx>", "To: <sips:%2A5xxxxxx%2a0221@pbx>"},
	    {"To: <tel:*5135790>", "To: <tel:*5xxxxxx>"},
	    {"Refer-To: <sip:*51357@pbx>;x=5", "Refer-To: <sip:*5xxxx@pbx>;x=5"},
	    {"Subject: 7*5: *53 :*", "Subject: 7*5: *53 :*"},
	    {"P-Access: password=\"geheim\"", "P-Access: password=\"xxxxxx\""},
	    {"Access-Token: bearer abc", "Access-Token: bearer xxx"},
	    {"Subject: x\r\n\r\npassword=geheim\r\n", "Subject: x\r\n\r\npassword=xxxxxx\r\n"},
	    /* RFC 4568, 9.1; RFC 8839, 5.4; RFC 4566, 5.12; RFC 4567, 3.1 */
	    {"a=crypto:1 AES_CM_128 inline:c2VjcmV0|2^20 inline:bW9y|1",
		"a=crypto:1 AES_CM_128 inline:xxxxxxxx|2^20 inline:xxxx|1"},
	    {"a=ice-pwd:abcdef\r", "a=ice-pwd:xxxxxx\r"},
	    {"a=ice-ufrag:abcd", "a=ice-ufrag:abcd"},
	    {"k=base64:c2VjcmV0", "k=xxxxxxxxxxxxxxx"},
	    {"a=key-mgmt:mikey AQAF", "a=key-mgmt:xxxxxxxxxx"},
	    /* RFC 3261, 19.1.1 */
	    {"REGISTER sip:bob:1234@example.com SIP/2.0",
		"REGISTER sip:bob:xxxx@example.com SIP/2.0"},
	    {"To: <sips:bob:1234@x>;tag=1, <sip:eve:9@y>",
		"To: <sips:bob:xxxx@x>;tag=1, <sip:eve:x@y>"},
	    {"Contact: <sip:bob@192.0.2.1:5060>", "Contact: <sip:bob@192.0.2.1:5060>"},
	    {"Route: <sip:192.0.2.1:5060;lr>,<sip:x@y>",
		"Route: <sip:192.0.2.1:5060;lr>,<sip:x@y>"},
	    {"Subject: a response is due", "Subject: a response is due"},
	    {"a=rtpmap:8 PCMA/8000", "a=rtpmap:8 PCMA/8000"},
	    {"", ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *text = strdup(cases[i].in);

		trace_mask(text, strlen(text));
		assert_string_equal(text, cases[i].out);
		free(text);
	}
}

static void
facts_are_read(void **state)
{
	static const struct {
		const char *text, *method, *call_id, *from, *to, *replaces;
		unsigned status;
		bool in_dialog;
	} cases[] = {
	    {"INVITE sip:102@x SIP/2.0\r\nFrom: \"E\" <sip:101@x>;tag=a\r\nTo: <sip:102@x>\r\n"
	     "Call-ID: c@h\r\nCSeq: 1 INVITE\r\n\r\nFrom: no\r\n",
		"INVITE", "c@h", "101", "102", "", 0, false},
	    /* RFC 3261, 7.3.3: compact forms */
	    {"SIP/2.0 486 Busy Here\r\nf: sip:101@x;tag=a\r\nt: <sip:102:pw@x>;tag=b\r\ni: c\r\n"
	     "CSeq: 7 INVITE\r\n\r\n",
		"INVITE", "c", "101", "102", "", 486, true},
	    {"BYE tel:+49 SIP/2.0\r\nTo: <tel:+4921;phone-context=x>;tag=1\r\nFrom: "
	     "<sip:x>\r\n\r\n",
		"BYE", "", "", "+4921", "", 0, true},
	    /* RFC 3891, 6.1 and RFC 3515, 2.1 */
	    {"INVITE sip:x SIP/2.0\r\nReplaces: 425928@bob;to-tag=1;from-tag=2\r\n\r\n", "INVITE",
		"", "", "", "425928@bob", 0, false},
	    {"REFER sip:x SIP/2.0\r\nRefer-To: "
	     "<sip:1@x?Subject=a&Replaces=id%40h%3Bto-tag%3D1>\r\n\r\n",
		"REFER", "", "", "", "id%40h", 0, false},
	    {"\r\n\r\n", "", "", "", "", "", 0, false},
	    {"SIP/2.0", "", "", "", "", "", 0, false},
	    {"nonsense", "nonsense", "", "", "", "", 0, false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct trace_facts f;

		trace_facts_of(slice_cstr(cases[i].text), &f);
		assert_true(slice_eq(f.method, slice_cstr(cases[i].method)));
		assert_true(slice_eq(f.call_id, slice_cstr(cases[i].call_id)));
		assert_true(slice_eq(f.from_user, slice_cstr(cases[i].from)));
		assert_true(slice_eq(f.to_user, slice_cstr(cases[i].to)));
		assert_true(slice_eq(f.replaces, slice_cstr(cases[i].replaces)));
		assert_int_equal(f.status, cases[i].status);
		assert_int_equal(f.in_dialog, cases[i].in_dialog);
	}
}

static void
a_record_becomes_json(void **state)
{
	static const char text[] = "REGISTER sip:x SIP/2.0\r\nX: \xff\r\n\r\n"; /* and its NUL */
	struct trace_record r = a_record(slice_make(text, sizeof text));
	json_t *j = trace_record_json(&r);

	assert_string_equal(
	    json_string_value(json_object_get(j, "start_line")), "REGISTER sip:x SIP/2.0");
	assert_string_equal(json_string_value(json_object_get(j, "dir")), "out");
	assert_string_equal(json_string_value(json_object_get(j, "transport")), "TLS");
	assert_string_equal(json_string_value(json_object_get(j, "remote")), "[2001:db8::7]:40000");
	assert_string_equal(json_string_value(json_object_get(j, "text")),
	    "REGISTER sip:x SIP/2.0\r\nX: ?\r\n\r\n?");
	json_decref(j);
	r.bytes = SLICE("");
	j = trace_record_json(&r);
	assert_string_equal(json_string_value(json_object_get(j, "text")), "");
	json_decref(j);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_goes_into_a_block_comes_out),
	    cmocka_unit_test(a_long_message_is_cut_and_says_so),
	    cmocka_unit_test(a_damaged_block_ends_early),
	    cmocka_unit_test(secrets_are_crossed_out),
	    cmocka_unit_test(facts_are_read),
	    cmocka_unit_test(a_record_becomes_json),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
