/* call/music.c on the wire (MOH-1): who is held hears music, in the codec he speaks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "store/music.h"
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

/* ---- MOH-1: which loop, and when it is played ---- */

/* %s: what Anna, Ben's number, the group and its number have. */
static const char loops_text[] =
    "{'settings':{'domain':'test'},'ranges':[{'first':'100','last':'199'}],"
    "'music-loops':[{'name':'Jazz','gain_db':-6},{'name':'Rock'},{'name':'Empty'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1'},"
    "{'name':'b1','secret':'Secret-b1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1']%s},"
    "{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1']%s}],"
    "'groups':[{'name':'Sales','group_id':'1'%s}],"
    "'group-members':[{'group':'Sales','user':'1002'}],"
    "'numbers':[{'number':'101','user':'1001'},{'number':'102','user':'1002'%s},"
    "{'number':'120','group':'Sales'%s}]}";

struct given {
	const char *anna, *ben, *group, *number, *group_number;
};

static int64_t
loop_id(const char *name)
{
	struct store_query q = {.search = slice_cstr(name), .page = 1, .per_page = 1};
	struct model_errors errors = {0};
	json_t *rows = NULL;
	int64_t total = 0, id;

	assert_int_equal(
	    store_list(o.fixture.store, &model_music_loop, &q, &rows, &total, &errors), ERR_OK);
	assert_int_equal(total, 1);
	id = json_integer_value(json_object_get(json_array_get(rows, 0), "id"));
	json_decref(rows);
	return id;
}

static void
add_file(const char *loop, const char *file)
{
	struct store_music_file f = {.loop = loop_id(loop), .length_ms = 1000, .uploaded_at = 1};
	json_t *row = NULL;

	snprintf(f.file, sizeof f.file, "%s", file);
	snprintf(f.name, sizeof f.name, "%s", file);
	assert_int_equal(store_music_file_add(o.fixture.store, &f, &row), ERR_OK);
	json_decref(row);
}

static void
configure(const struct given *g)
{
	char config[2048];

	snprintf(config, sizeof config, loops_text, g->anna, g->ben, g->group, g->number,
	    g->group_number);
	fixture_change(&o.fixture, config);
	call_switch_set_directory(o.calls, o.fixture.directory);
}

static void
open_loops(const struct given *g)
{
	char config[2048];

	office_set_folders(&(struct prompt_folders){"/sounds", "/data"});
	snprintf(config, sizeof config, loops_text, "", "", "", "", "");
	office_open_with(&o, config, NULL);
	add_file("Jazz", "jazz1");
	add_file("Jazz", "jazz2");
	add_file("Rock", "rock1");
	configure(g);
	a = office_phone(&o, "a1");
	b = office_phone(&o, "b1");
}

static void
close_loops(void)
{
	talk_end(&t);
	office_close(&o);
	office_set_folders(&(struct prompt_folders){.data = "/data"});
}

static void
call_to(const char *number)
{
	t = (struct talk){.from = a, .to = b, .from_cseq = 1};
	talk_dial_with(a, number, "", sdp(a, 4000, "8", ""));
	t.invite = ua_expect(b, "INVITE", 100);
	ua_answer(b, t.invite, 200, "", sdp(b, 5000, "8", ""));
	t.ok = ua_expect(a, "SIP/2.0 200", 100);
	ua_in_dialog(a, t.ok, "ACK", 1, "", "");
	ua_expect(b, "ACK", 100);
}

static void
the_number_dialled_goes_before_its_holder_and_he_before_who_holds(void **state)
{
	static const char jazz[] = ",'music':'Jazz'", rock[] = ",'music':'Rock'";
	static const struct {
		struct given given;
		const char *dialled;
		bool by_caller; /* who holds; else who was called */
		const char *path;
	} table[] = {
	    {{"", "", "", "", ""}, "102", false, "/sounds/music.wav"},
	    {{"", rock, "", "", ""}, "102", false, "/data/music/rock1.wav"},
	    {{"", rock, "", jazz, ""}, "102", false, "/data/music/jazz1.wav"},
	    {{"", rock, "", "", ""}, "120", false, "/data/music/rock1.wav"},
	    {{"", rock, jazz, "", ""}, "120", false, "/data/music/jazz1.wav"},
	    {{"", "", jazz, "", rock}, "120", false, "/data/music/rock1.wav"},
	    {{rock, jazz, "", jazz, ""}, "102", true, "/data/music/rock1.wav"},
	    {{"", jazz, "", jazz, ""}, "102", true, "/sounds/music.wav"},
	    {{"", ",'music':'Empty'", "", "", ""}, "102", false, "/sounds/music.wav"},
	};

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		enum media_side held = table[i].by_caller ? MEDIA_CALLED : MEDIA_CALLER;

		open_loops(&table[i].given);
		call_to(table[i].dialled);
		assert_int_equal(o.n_made, 0);
		change(table[i].by_caller ? a : b, "8", "a=sendonly\n", "a=recvonly\n");
		assert_string_equal(o.sound_path, table[i].path);
		assert_ptr_equal(service(held)->sound, office_sound(&o));
		assert_true(o.sound.loop && o.sound.shared);
		close_loops();
	}
}

static void
it_is_made_for_the_first_who_hears_it_and_dropped_after_the_last(void **state)
{
	open_loops(&(struct given){"", ",'music':'Jazz'", "", "", ""});
	call_to("102");
	assert_int_equal(o.n_sounds, 0);
	change(b, "8", "a=sendonly\n", "a=recvonly\n");
	assert_int_equal(o.n_sounds, 1);
	assert_int_equal(o.sound.n_paths, 2);
	assert_int_equal(o.sound.gain_db, -6);
	change(b, "8", "", "");
	assert_int_equal(o.n_sounds, 0);
	change(b, "8", "a=sendonly\n", "a=recvonly\n");
	assert_int_equal(o.n_made, 2);
	close_loops();
}

static void
who_listens_is_not_disturbed_by_another_file_but_hears_the_volume(void **state)
{
	struct given jazz = {"", ",'music':'Jazz'", "", "", ""};
	struct model_errors errors = {0};
	json_t *row = NULL, *in = json_pack("{s:i}", "gain_db", -12);
	struct media_sound *before;

	open_loops(&jazz);
	call_to("102");
	change(b, "8", "a=sendonly\n", "a=recvonly\n");
	before = service(MEDIA_CALLER)->sound;
	add_file("Jazz", "jazz3");
	configure(&jazz);
	assert_ptr_equal(service(MEDIA_CALLER)->sound, before);
	change(b, "8", "", "");
	change(b, "8", "a=sendonly\n", "a=recvonly\n");
	assert_int_equal(o.sound.n_paths, 3);
	assert_ptr_not_equal(service(MEDIA_CALLER)->sound, before);

	assert_int_equal(
	    store_patch(o.fixture.store, &model_music_loop, loop_id("Jazz"), in, &row, &errors),
	    ERR_OK);
	json_decref(row);
	json_decref(in);
	directory_free(o.fixture.directory);
	assert_int_equal(directory_build(o.fixture.store, &o.fixture.directory), ERR_OK);
	call_switch_set_directory(o.calls, o.fixture.directory);
	assert_int_equal(o.told_gain_db, -12);
	assert_int_equal(o.n_sounds, 1);
	close_loops();
}

static void
what_cannot_be_played_gives_way_to_the_default_and_that_to_a_tone(void **state)
{
	open_loops(&(struct given){"", ",'music':'Rock'", "", "", ""});
	call_to("102");
	change(b, "8", "a=sendonly\n", "a=recvonly\n");
	assert_string_equal(o.sound_path, "/data/music/rock1.wav");
	office_media_played(&o, 0, MEDIA_CALLER); /* which a loop never is, if anything is there */
	assert_string_equal(o.sound_path, "/sounds/music.wav");
	assert_ptr_equal(service(MEDIA_CALLER)->sound, office_sound(&o));
	assert_int_equal(o.n_sounds, 1);
	office_media_played(&o, 0, MEDIA_CALLER);
	assert_ptr_equal(service(MEDIA_CALLER)->sound, office_music(&o));
	assert_int_equal(o.n_sounds, 0);

	/* it is worth a try when somebody has changed something */
	change(b, "8", "", "");
	configure(&(struct given){"", ",'music':'Rock'", "", "", ""});
	change(b, "8", "a=sendonly\n", "a=recvonly\n");
	assert_string_equal(o.sound_path, "/data/music/rock1.wav");
	close_loops();
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
	    cmocka_unit_test(the_number_dialled_goes_before_its_holder_and_he_before_who_holds),
	    cmocka_unit_test(it_is_made_for_the_first_who_hears_it_and_dropped_after_the_last),
	    cmocka_unit_test(who_listens_is_not_disturbed_by_another_file_but_hears_the_volume),
	    cmocka_unit_test(what_cannot_be_played_gives_way_to_the_default_and_that_to_a_tone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
