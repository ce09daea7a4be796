/* call/music.c on the wire (MOH-1): who is held hears music, in the codec he speaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static const char office_text[] =
    "{'settings':{'domain':'test','hold_music':%s},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1'},"
    "{'name':'b1','secret':'Secret-b1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1'],'numbers':"
    "['101']},{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':"
    "['102']}]}";

static struct office o;
static struct ua *a, *b;
static struct talk t;

static const char *
sdp(const struct ua *u, int port, const char *formats, const char *lines)
{
	char all[128];

	snprintf(all, sizeof all, "RTP/AVP %s", formats);
	return talk_sdp(u, port, all, lines);
}

static void
connect_with(const char *on, const char *formats_a, const char *formats_b)
{
	char config[1024];

	snprintf(config, sizeof config, office_text, on);
	office_open_with(&o, config, NULL);
	a = office_phone(&o, "a1");
	b = office_phone(&o, "b1");
	t = (struct talk){.from = a, .to = b, .from_cseq = 1};
	talk_dial_with(a, "102", "", sdp(a, 4000, formats_a, ""));
	t.invite = ua_expect(b, "INVITE", 100);
	ua_answer(b, t.invite, 200, "", sdp(b, 5000, formats_b, ""));
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	ua_in_dialog(a, t.ok, "ACK", 1, "", "");
	ua_expect(b, "ACK", 100);
}

/* who asks for it, the other one answers; returns what the other was asked and who was answered. */
struct change {
	const char *asked, *answered;
};

static struct change
change(struct ua *who, const char *formats, const char *direction, const char *answer)
{
	struct ua *other = who == a ? b : a;
	int port = who == a ? 4000 : 5000;
	struct change c;

	talk_send(&t, who, "INVITE", "", sdp(who, port, formats, direction));
	c.asked = ua_expect(other, "INVITE", 100);
	ua_answer(other, c.asked, 200, "", sdp(other, port == 4000 ? 5000 : 4000, formats, answer));
	ua_expect(other, "ACK", 100);
	c.answered = ua_expect(who, "SIP/2.0 200", 100);
	ua_in_dialog(who, who == a ? c.answered : t.invite, "ACK",
	    who == a ? t.from_cseq : t.to_cseq, "", "");
	office_run(&o, 10);
	return c;
}

static const struct media_service *
service(enum media_side side)
{
	return &o.stream[0].service[side];
}

static void
who_is_held_hears_music(void **state)
{
	struct change c;

	connect_with("true", "8 0", "8");
	c = change(a, "8", "a=sendonly\n", "a=recvonly\n");
	assert_non_null(strstr(c.asked, "a=sendonly"));
	assert_non_null(strstr(c.answered, "a=recvonly"));
	assert_ptr_equal(service(MEDIA_CALLED)->sound, office_music(&o));
	assert_int_equal(service(MEDIA_CALLED)->out.codec, CODEC_PCMA);
	assert_int_equal(service(MEDIA_CALLED)->out.payload_type, 8);
	assert_null(service(MEDIA_CALLER)->sound);
	change(a, "8", "", "");
	assert_null(service(MEDIA_CALLED)->sound);

	/* and the other way round */
	change(b, "8", "a=sendonly\n", "a=recvonly\n");
	assert_ptr_equal(service(MEDIA_CALLER)->sound, office_music(&o));
	assert_null(service(MEDIA_CALLED)->sound);
	change(b, "8", "", "");
	assert_null(service(MEDIA_CALLER)->sound);
	talk_end(&t);
	office_close(&o);
}

/* Phones that hold with "inactive" want no sound for themselves; the other one gets his music. */
static void
inactive_is_for_who_holds(void **state)
{
	struct change c;

	connect_with("true", "8", "8");
	c = change(a, "8", "a=inactive\n", "a=recvonly\n");
	assert_non_null(strstr(c.asked, "a=sendonly"));
	assert_null(strstr(c.asked, "a=inactive"));
	assert_non_null(strstr(c.answered, "a=inactive"));
	assert_null(strstr(c.answered, "a=recvonly"));
	assert_ptr_equal(service(MEDIA_CALLED)->sound, office_music(&o));
	assert_true(o.stream[0].peer[MEDIA_CALLED].send);
	assert_false(o.stream[0].peer[MEDIA_CALLER].send);
	c = change(a, "8", "", "");
	assert_null(service(MEDIA_CALLED)->sound);
	talk_end(&t);
	office_close(&o);
}

static void
who_holds_both_hear_nothing(void **state)
{
	connect_with("true", "8", "8");
	change(a, "8", "a=sendonly\n", "a=sendonly\n");
	assert_null(service(MEDIA_CALLER)->sound);
	assert_null(service(MEDIA_CALLED)->sound);
	talk_end(&t);
	office_close(&o);
}

static void
it_can_be_switched_off(void **state)
{
	struct change c;

	connect_with("false", "8", "8");
	c = change(a, "8", "a=inactive\n", "a=inactive\n");
	assert_non_null(strstr(c.asked, "a=inactive"));
	assert_null(service(MEDIA_CALLED)->sound);
	talk_end(&t);
	office_close(&o);
}

/* A codec that only the two know passes between them, but we cannot play in it. */
static void
what_we_cannot_speak_stays_silent(void **state)
{
	static const char speex[] = "a=rtpmap:97 speex/8000\n",
			  held[] = "a=rtpmap:97 speex/8000\na=sendonly\n",
			  hears[] = "a=rtpmap:97 speex/8000\na=recvonly\n";
	char config[1024];

	snprintf(config, sizeof config, office_text, "true");
	office_open_with(&o, config, NULL);
	a = office_phone(&o, "a1");
	b = office_phone(&o, "b1");
	t = (struct talk){.from = a, .to = b, .from_cseq = 1};
	talk_dial_with(a, "102", "", sdp(a, 4000, "97", speex));
	t.invite = ua_expect(b, "INVITE", 100);
	ua_answer(b, t.invite, 200, "", sdp(b, 5000, "97", speex));
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	ua_in_dialog(a, t.ok, "ACK", 1, "", "");
	ua_expect(b, "ACK", 100);
	change(a, "97", held, hears);
	assert_null(service(MEDIA_CALLED)->sound);
	talk_end(&t);
	office_close(&o);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_is_held_hears_music),
	    cmocka_unit_test(inactive_is_for_who_holds),
	    cmocka_unit_test(who_holds_both_hear_nothing),
	    cmocka_unit_test(it_can_be_switched_off),
	    cmocka_unit_test(what_we_cannot_speak_stays_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
