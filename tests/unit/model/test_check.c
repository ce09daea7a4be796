/* model/check.c: every field both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/model.h"
#include "model/settings.h"

struct field_case {
	const struct model_entity *entity;
	const char *in;	  /* patch, JSON with single quotes for double ones */
	const char *code; /* NULL = accepted */
	const char *field;
};

static json_t *
json_of(const char *text)
{
	char copy[4096];
	json_t *j;

	slice_clip_cstr(slice_cstr(text), copy, sizeof copy);
	for (char *p = copy; *p; p++)
		if (*p == '\'')
			*p = '"';
	j = json_loads(copy, JSON_DECODE_ANY, NULL);
	if (!j)
		fail_msg("bad JSON in test: %s", text);
	return j;
}

static void
run(const struct field_case *cases, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct field_case *c = &cases[i];
		struct model_errors errors = {0};
		json_t *in = json_of(c->in), *out = NULL;
		enum err e = model_check(c->entity, in, MODEL_PATCH, &out, &errors);

		if (!c->code && e != ERR_OK)
			fail_msg("%s refused: %s", c->in, errors.at[0].message);
		if (c->code) {
			if (e != ERR_INVALID)
				fail_msg("%s accepted", c->in);
			assert_null(out);
			assert_int_equal(errors.count, 1);
			assert_string_equal(errors.at[0].code, c->code);
			assert_string_equal(errors.at[0].field, c->field);
			assert_true(strlen(errors.at[0].message) > 10);
		}
		json_decref(out);
		json_decref(in);
	}
}

static void
user_fields_ini_5_usr_1(void **state)
{
	static const struct field_case cases[] = {
	    {&model_user, "{'login':'1000'}", NULL, NULL},
	    {&model_user, "{'login':' 1000 '}", NULL, NULL},
	    {&model_user, "{'login':'100'}", "too_short", "login"},
	    {&model_user, "{'login':'100a'}", "bad_characters", "login"},
	    {&model_user, "{'login':'\u0661\u0661\u0661\u0661'}", "bad_characters", "login"},
	    {&model_user, "{'login':'123456789012345678901'}", "too_long", "login"},
	    {&model_user, "{'login':''}", "required", "login"},
	    {&model_user, "{'login':1000}", "wrong_type", "login"},
	    {&model_user, "{'password':'abc-_.'}", NULL, NULL},
	    {&model_user, "{'password':'#*1234'}", NULL, NULL},
	    {&model_user, "{'password':'\u00e4\u00f6\u00fc\u00c4\u00d6\u00dc'}", NULL, NULL},
	    {&model_user, "{'password':'stra\u00dfe'}", NULL, NULL},
	    /* five characters, ten bytes */
	    {&model_user, "{'password':'\u00e4\u00f6\u00fc\u00e4\u00f6'}", "too_short", "password"},
	    {&model_user, "{'password':'abcde'}", "too_short", "password"},
	    {&model_user, "{'password':'abc de'}", "bad_characters", "password"},
	    {&model_user, "{'password':'abcde!'}", "bad_characters", "password"},
	    {&model_user, "{'password':'abcde\u00d7'}", "bad_characters", "password"},
	    {&model_user, "{'password':'abc\\tdef'}", "bad_characters", "password"},
	    {&model_user, "{'password':''}", "required", "password"},
	    {&model_user, "{'password_hash':'x'}", "unknown_field", "password_hash"},
	    {&model_user, "{'first_name':'Zo\u00eb'}", NULL, NULL},
	    {&model_user, "{'first_name':'  '}", "required", "first_name"},
	    {&model_user, "{'first_name':'a\\nb'}", "bad_characters", "first_name"},
	    {&model_user, "{'last_name':null}", "wrong_type", "last_name"},
	    {&model_user, "{'email':''}", NULL, NULL},
	    {&model_user, "{'email':'a@b'}", NULL, NULL},
	    {&model_user, "{'email':'a@b@c'}", "bad_format", "email"},
	    {&model_user, "{'email':'a'}", "bad_format", "email"},
	    {&model_user, "{'language':'en'}", NULL, NULL},
	    {&model_user, "{'language':'fr'}", "bad_choice", "language"},
	    {&model_user, "{'language':'de|en'}", "bad_choice", "language"},
	    {&model_user, "{'admin':true}", NULL, NULL},
	    {&model_user, "{'admin':1}", "wrong_type", "admin"},
	    {&model_user, "{'dnd':false,'enabled':true}", NULL, NULL},
	    {&model_user, "{'ring_s':300}", NULL, NULL},
	    {&model_user, "{'ring_s':301}", "too_large", "ring_s"},
	    {&model_user, "{'ring_s':-1}", "too_small", "ring_s"},
	    {&model_user, "{'ring_s':1.5}", "wrong_type", "ring_s"},
	    {&model_user, "{'phones':[1,2]}", NULL, NULL},
	    {&model_user, "{'phones':[1,1]}", "doubled", "phones"},
	    {&model_user, "{'phones':['a']}", "wrong_type", "phones"},
	    {&model_user, "{'phones':1}", "wrong_type", "phones"},
	    {&model_user, "{'phones':[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21]}",
		"too_long", "phones"},
	    {&model_user, "{'numbers':['1']}", "read_only", "numbers"},
	    {&model_user, "{'id':1}", "read_only", "id"},
	    {&model_user, "{'nonsense':1}", "unknown_field", "nonsense"},
	};
	run(cases, sizeof cases / sizeof cases[0]);
}

static void
phone_fields_pho_2_pho_3(void **state)
{
	static const struct field_case cases[] = {
	    {&model_phone, "{'name':'desk-1.A_b'}", NULL, NULL},
	    {&model_phone, "{'name':'desk 1'}", "bad_characters", "name"},
	    {&model_phone, "{'name':'desk@1'}", "bad_characters", "name"},
	    {&model_phone, "{'name':'\u00e4'}", "bad_characters", "name"},
	    {&model_phone, "{'name':'a12345678901234567890123456789012'}", "too_long", "name"},
	    {&model_phone, "{'secret':'abc!~x'}", NULL, NULL},
	    {&model_phone, "{'secret':'abc x y'}", "bad_characters", "secret"},
	    {&model_phone, "{'secret':'short'}", "too_short", "secret"},
	    {&model_phone, "{'secret':''}", "required", "secret"},
	    {&model_phone, "{'auth':'address'}", NULL, NULL},
	    {&model_phone, "{'auth':'none'}", "bad_choice", "auth"},
	    {&model_phone, "{'host':'192.0.2.1'}", NULL, NULL},
	    {&model_phone, "{'host':'2001:db8::1'}", NULL, NULL},
	    {&model_phone, "{'host':''}", NULL, NULL},
	    {&model_phone, "{'host':'[::1]'}", "bad_format", "host"},
	    {&model_phone, "{'host':'phone.example'}", "bad_format", "host"},
	    {&model_phone, "{'port':1}", NULL, NULL},
	    {&model_phone, "{'port':0}", "too_small", "port"},
	    {&model_phone, "{'port':65536}", "too_large", "port"},
	    {&model_phone, "{'transport':'sctp'}", "bad_choice", "transport"},
	    {&model_phone, "{'max_contacts':17}", "too_large", "max_contacts"},
	    {&model_phone, "{'qualify_s':0}", NULL, NULL},
	    {&model_phone, "{'codecs':'g722, alaw,h264'}", NULL, NULL},
	    {&model_phone, "{'codecs':''}", NULL, NULL},
	    {&model_phone, "{'codecs':'g722,,alaw'}", "bad_codecs", "codecs"},
	    {&model_phone, "{'codecs':'g722,mp3'}", "bad_codecs", "codecs"},
	    {&model_phone, "{'codecs':'alaw, alaw'}", "bad_codecs", "codecs"},
	    {&model_phone, "{'ha1_md5':'00'}", "unknown_field", "ha1_md5"},
	    {&model_phone, "{'users':[1]}", "read_only", "users"},
	};
	run(cases, sizeof cases / sizeof cases[0]);
}

static void
number_and_range_fields_num_1_lin_1(void **state)
{
	static const struct field_case cases[] = {
	    {&model_number, "{'number':'1'}", NULL, NULL},
	    {&model_number, "{'number':'+4930'}", "bad_characters", "number"},
	    {&model_number, "{'number':'123456789012345678901'}", "too_long", "number"},
	    {&model_number, "{'kind':'external'}", NULL, NULL},
	    {&model_number, "{'kind':'x'}", "bad_choice", "kind"},
	    {&model_number, "{'user':null}", NULL, NULL},
	    {&model_number, "{'user':5}", NULL, NULL},
	    {&model_number, "{'user':0}", "wrong_type", "user"},
	    {&model_number, "{'user':'5'}", "wrong_type", "user"},
	    {&model_range, "{'first':'100','last':'199'}", NULL, NULL},
	    {&model_range, "{'first':''}", "required", "first"},
	    {&model_range, "{'last':'1x'}", "bad_characters", "last"},
	};
	run(cases, sizeof cases / sizeof cases[0]);
}

static void
settings_fields(void **state)
{
	static const struct field_case cases[] = {
	    {&model_settings, "{'company':'M\u00fcller & S\u00f6hne'}", NULL, NULL},
	    {&model_settings, "{'country_code':'+49'}", "bad_characters", "country_code"},
	    {&model_settings, "{'domain':''}", "required", "domain"},
	    {&model_settings, "{'domain':'pbx.example.org'}", NULL, NULL},
	    {&model_settings, "{'domain':'a\\\"b'}", "bad_characters", "domain"},
	    {&model_settings, "{'sip_address':'::'}", NULL, NULL},
	    {&model_settings, "{'sip_address':'any'}", "bad_format", "sip_address"},
	    {&model_settings, "{'sip_port':70000}", "too_large", "sip_port"},
	    {&model_settings, "{'ring_s':4}", "too_small", "ring_s"},
	};
	run(cases, sizeof cases / sizeof cases[0]);
}

static void
rows_are_checked_as_a_whole(void **state)
{
	static const struct field_case cases[] = {
	    {&model_range, "{'first':'100','last':'199'}", NULL, NULL},
	    {&model_range, "{'first':'100','last':'1999'}", "length_differs", "last"},
	    {&model_range, "{'first':'200','last':'199'}", "wrong_order", "last"},
	    {&model_phone, "{'auth':'address','host':'192.0.2.1'}", NULL, NULL},
	    {&model_phone, "{'auth':'address','host':''}", "required", "host"},
	    {&model_settings, "{'rtp_port_min':10000,'rtp_port_max':10002}", "wrong_order",
		"rtp_port_max"},
	    {&model_settings, "{'register_min_s':600,'register_max_s':300}", "wrong_order",
		"register_max_s"},
	    {&model_settings, "{'sip_port':10001}", "overlap", "sip_port"},
	    {&model_settings, "{}", NULL, NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct model_errors errors = {0};
		json_t *row = json_of(cases[i].in);
		enum err e = model_check_row(cases[i].entity, row, &errors);

		assert_int_equal(e, cases[i].code ? ERR_INVALID : ERR_OK);
		if (cases[i].code) {
			assert_string_equal(errors.at[0].code, cases[i].code);
			assert_string_equal(errors.at[0].field, cases[i].field);
		}
		json_decref(row);
	}
}

static void
creating_fills_defaults_and_names_all_faults(void **state)
{
	struct model_errors errors = {0};
	json_t *in = json_of("{'login':'1000','first_name':'A','last_name':' B '}"), *out = NULL;
	json_t *empty = json_object();

	assert_int_equal(model_check(&model_user, in, MODEL_CREATE, &out, &errors), ERR_OK);
	assert_string_equal(json_string_value(json_object_get(out, "last_name")), "B");
	assert_string_equal(json_string_value(json_object_get(out, "language")), "de");
	assert_true(json_is_true(json_object_get(out, "enabled")));
	assert_true(json_is_false(json_object_get(out, "admin")));
	assert_int_equal(json_array_size(json_object_get(out, "phones")), 0);
	assert_null(json_object_get(out, "numbers"));
	json_decref(out);
	json_decref(in);
	out = NULL;
	assert_int_equal(model_check(&model_user, empty, MODEL_CREATE, &out, &errors), ERR_INVALID);
	assert_int_equal(errors.count, 3);
	assert_int_equal(model_check(&model_user, empty, MODEL_PATCH, &out, &errors), ERR_OK);
	json_decref(out);
	json_decref(empty);
}

static void
only_moderate_argon2_hashes_are_taken_over(void **state)
{
	static const struct {
		const char *hash;
		enum err e;
	} cases[] = {
	    {"$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA", ERR_OK},
	    {"", ERR_OK},
	    {"$argon2id$v=19$m=99999999,t=2,p=1$c29tZXNhbHQ$aGFzaA", ERR_INVALID},
	    {"$argon2id$v=19$m=19456,t=900,p=1$c29tZXNhbHQ$aGFzaA", ERR_INVALID},
	    {"$argon2i$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA", ERR_INVALID},
	    {"$argon2id$v=19$m=19456,t=2,p=1", ERR_INVALID},
	    {"$argon2id$v=19$m=19456,t=2,p=1$", ERR_INVALID},
	    {"$argon2id$v=19$m= 19456,t=+2,p=1$c29tZXNhbHQ$aGFzaA", ERR_INVALID},
	    {"$argon2id$v=19$m=19456,t=2,p=1$'; DROP TABLE user", ERR_INVALID},
	    {"plain", ERR_INVALID},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		json_t *in = json_pack("{s:s}", "password_hash", cases[i].hash), *out = NULL;

		assert_int_equal(
		    model_check(&model_user, in, MODEL_PATCH | MODEL_ALLOW_HASH, &out, NULL),
		    cases[i].e);
		json_decref(out);
		json_decref(in);
	}
}

static void
texts_and_times(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
		enum err e;
	} times[] = {
	    {"1970-01-01T00:00:00.000Z", 0, ERR_OK},
	    {"2026-02-28T23:59:59.123Z", 1772323199123, ERR_OK},
	    {"2026-02-28T23:59:59Z", 1772323199000, ERR_OK},
	    {"2026-13-01T00:00:00Z", 0, ERR_MALFORMED},
	    {"2026-01-01 00:00:00Z", 0, ERR_MALFORMED},
	    {"2026-01-01T00:00:00", 0, ERR_MALFORMED},
	    {"", 0, ERR_MALFORMED},
	};
	char text[MODEL_TIME_TEXT];

	for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
		int64_t ms = 0;

		assert_int_equal(model_time_parse(slice_cstr(times[i].text), &ms), times[i].e);
		assert_true(ms == times[i].ms);
	}
	assert_string_equal(model_time_write(1772323199123, text), times[1].text);
	assert_int_equal(model_utf8_count(SLICE("\xc3\xa4x")), 2);
	assert_int_equal(model_utf8_count(SLICE("\xc3")), -1);
	assert_int_equal(model_utf8_count(SLICE("\xc0\x80")), -1);
	assert_int_equal(model_utf8_count(SLICE("\xed\xa0\x80")), -1);
	assert_true(model_chars_ok(SLICE("a-b"), "a-c-"));
	assert_false(model_chars_ok(SLICE("d"), "a-c-"));
	assert_int_equal(model_password_check("geheim", NULL), ERR_OK);
	assert_int_equal(model_password_check("gehe", NULL), ERR_INVALID);
	assert_int_equal(model_password_check("\xff\xff\xff\xff\xff\xff", NULL), ERR_INVALID);
}

static void
settings_struct_has_the_defaults_of_the_table(void **state)
{
	struct settings from_table = {0}, s;
	json_t *empty = json_object(), *row = NULL;

	settings_init(&s);
	assert_int_equal(model_check(&model_settings, empty, MODEL_CREATE, &row, NULL), ERR_OK);
	model_struct_fill(&model_settings, row, &from_table);
	assert_memory_equal(&s, &from_table, sizeof s);
	json_decref(row);
	json_decref(empty);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(user_fields_ini_5_usr_1),
	    cmocka_unit_test(phone_fields_pho_2_pho_3),
	    cmocka_unit_test(number_and_range_fields_num_1_lin_1),
	    cmocka_unit_test(settings_fields),
	    cmocka_unit_test(rows_are_checked_as_a_whole),
	    cmocka_unit_test(creating_fills_defaults_and_names_all_faults),
	    cmocka_unit_test(only_moderate_argon2_hashes_are_taken_over),
	    cmocka_unit_test(texts_and_times),
	    cmocka_unit_test(settings_struct_has_the_defaults_of_the_table),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
