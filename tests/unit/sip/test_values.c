/* sip/: names of headers and methods, lists, parameters, name-addr, Via. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sip/flow.h"
#include "sip/msg.h"

static void
every_header_is_found(void **state)
{
	static const struct {
		const char *name;
		char compact;
	} known[] = {
#define X(id, name, compact) [SIP_HDR_##id] = {name, compact},
	    SIP_HEADERS(X)
#undef X
	};

	for (int id = 1; id < SIP_HDR_N; id++) {
		struct slice name = slice_cstr(known[id].name);
		char other[32];

		assert_int_equal(sip_hdr_find(name), id);
		assert_true(slice_eq(sip_hdr_name((enum sip_hdr_id)id), name));
		for (size_t i = 0; i < name.n; i++)
			other[i] = (char)(name.p[i] >= 'A' ? name.p[i] ^ 0x20 : name.p[i]);
		assert_int_equal(sip_hdr_find(slice_make(other, name.n)), id);
		other[name.n - 1] = '_';
		assert_int_equal(sip_hdr_find(slice_make(other, name.n)), SIP_HDR_OTHER);
		if (known[id].compact)
			assert_int_equal(sip_hdr_find(slice_make(&known[id].compact, 1)), id);
	}
	for (char c = 'a'; c <= 'z'; c++) {
		enum sip_hdr_id id = sip_hdr_find(slice_make(&c, 1));

		assert_true(id == SIP_HDR_OTHER || known[id].compact == c);
	}
	assert_int_equal(sip_hdr_find(SLICE("")), SIP_HDR_OTHER);
	assert_int_equal(sip_hdr_find(SLICE("1")), SIP_HDR_OTHER);
	assert_int_equal(sip_hdr_find(SLICE("Call\rID")), SIP_HDR_OTHER);
	assert_int_equal(sip_hdr_find(SLICE("Bip")), SIP_HDR_OTHER);
	assert_int_equal(sip_hdr_find(SLICE("A-Header-Far-Too-Long-To-Be-Known")), SIP_HDR_OTHER);
}

static void
methods_are_case_sensitive(void **state)
{
	for (int m = 1; m < SIP_METHOD_N; m++)
		assert_int_equal(sip_method_find(sip_method_name((enum sip_method)m)), m);
	assert_int_equal(sip_method_find(SLICE("invite")), SIP_METHOD_OTHER);
	assert_int_equal(sip_method_find(SLICE("")), SIP_METHOD_OTHER);
	assert_int_equal(sip_method_name(SIP_METHOD_OTHER).n, 0);
}

static void
reasons_and_transports(void **state)
{
	enum sip_transport t;

	assert_true(slice_eq(sip_reason(100), SLICE("Trying")));
	assert_true(slice_eq(sip_reason(486), SLICE("Busy Here")));
	assert_true(slice_eq(sip_reason(607), SLICE("Unwanted")));
	assert_true(slice_eq(sip_reason(299), SLICE("Success")));
	assert_true(slice_eq(sip_reason(65535), SLICE("Unknown")));
	assert_int_equal(sip_transport_parse(SLICE("tcp"), &t), ERR_OK);
	assert_int_equal(t, SIP_TCP);
	assert_true(sip_transport_reliable(t));
	assert_false(sip_transport_reliable(SIP_UDP));
	assert_true(slice_eq(sip_transport_name(SIP_WSS), SLICE("WSS")));
	assert_int_equal(sip_transport_parse(SLICE("sctp"), &t), ERR_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_header_is_found),
	    cmocka_unit_test(methods_are_case_sensitive),
	    cmocka_unit_test(reasons_and_transports),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
