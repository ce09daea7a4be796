/* call/bridge: the media engine hears which address our SDP names, for voice has to come from
 * there; a NAT's or another host's is not this machine's, so the one of signalling goes along. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static const char office[] =
    "{'settings':{'domain':'test','media_address':'%s'},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1'},{'name':'b1','secret':"
    "'Secret-b1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],'numbers':"
    "['101']},{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':"
    "['102']}]}";

static void
assert_ip(const struct addr *a, const char *wanted)
{
	char text[ADDR_TEXT_MAX];
	struct buf b;

	buf_init(&b, text, sizeof text);
	addr_write_ip(&b, a);
	assert_true(slice_eq(buf_slice(&b), slice_cstr(wanted)));
	assert_int_equal(a->port, 0);
}

static void
assert_sdp_names(const char *message, const char *ip)
{
	char line[64];

	snprintf(line, sizeof line, "\r\nc=IN IP4 %s\r\n", ip);
	assert_non_null(strstr(message, line));
}

static void
voice_comes_from_the_address_of_the_sdp(void **state)
{
	static const struct {
		const char *setting, *sdp;
	} cases[] = {{"", "10.0.0.1"}, {"192.0.2.9", "192.0.2.9"}};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		static struct office o;
		char config[1024];
		struct talk t;

		snprintf(config, sizeof config, office, cases[i].setting);
		office_open_with(&o, config, NULL);
		t = talk_connect(office_phone(&o, "b1"), "101", office_phone(&o, "a1"), 4000);
		assert_sdp_names(t.invite, cases[i].sdp);
		assert_sdp_names(t.ok, cases[i].sdp);
		for (int side = 0; side < MEDIA_SIDES; side++) {
			const struct media_peer *peer = &o.stream[0].peer[side];

			assert_ip(&peer->local[0], cases[i].sdp);
			assert_ip(&peer->local[1], "10.0.0.1");
		}
		talk_end(&t);
		office_close(&o);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(voice_comes_from_the_address_of_the_sdp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
