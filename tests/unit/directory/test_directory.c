/* directory/: what is found, by what, and how fast it is built. */
#include "../store/fixture.h"
#include "directory/directory.h"

static void
load(struct store *s, const char *text)
{
	struct store_import_params params = {0};
	json_t *file = json_of(text), *report = NULL;

	if (store_import(s, file, &params, &report) != ERR_OK)
		fail_msg("%s", json_dumps(report, 0));
	json_decref(report);
	json_decref(file);
}

static struct directory *
build(struct store *s)
{
	struct directory *d = NULL;

	assert_int_equal(directory_build(s, &d), ERR_OK);
	return d;
}

static bool
is(struct slice s, const char *text)
{
	return slice_eq(s, slice_cstr(text));
}

static const char company[] =
    "{'settings':{'domain':'pbx.example','ring_s':25},"
    "'ranges':[{'first':'100','last':'199'},{'first':'20','last':'29'}],"
    "'phones':[{'name':'desk','secret':'geheim'},{'name':'soft','secret':'geheim'},"
    "  {'name':'door','auth':'address','host':'192.0.2.9','port':5062,'transport':'tcp'},"
    "  {'name':'off','enabled':false}],"
    "'users':[{'login':'1000','first_name':'Anna','last_name':'A','phones':['soft','desk'],"
    "  'numbers':['4930','150','20']},"
    "  {'login':'1001','first_name':'Bert','last_name':'B','phones':['desk'],'ring_s':7,"
    "  'numbers':['4931'],'dnd':true}],"
    "'numbers':[{'number':'4930','kind':'external'},{'number':'4931','kind':'external'},"
    "  {'number':'101'}]}";

static void
everything_is_found_by_its_keys(void **state)
{
	struct fixture *f = *state;
	struct directory *d;
	const struct dir_user *anna, *bert;
	const struct dir_phone *desk;
	size_t count;

	load(f->store, company);
	d = build(f->store);
	assert_string_equal(dir_settings(d)->domain, "pbx.example");
	anna = dir_user_by_number(d, SLICE("150"));
	assert_non_null(anna);
	assert_ptr_equal(anna, dir_user_by_id(d, anna->id));
	assert_true(is(anna->name, "Anna A"));
	assert_int_equal(anna->ring_s, 25);
	assert_int_equal(anna->phone_count, 2);
	assert_true(is(anna->phones[0]->name, "soft"));
	assert_true(is(anna->phones[1]->name, "desk"));
	assert_int_equal(anna->number_count, 3);
	assert_true(is(anna->numbers[0]->number, "20"));
	assert_true(is(anna->primary_number, "20"));
	bert = dir_user_by_number(d, SLICE("4931"));
	assert_true(is(bert->primary_number, "4931")); /* has no internal one */
	assert_int_equal(bert->ring_s, 7);
	assert_true(bert->dnd);
	desk = dir_phone_by_name(d, SLICE("desk"));
	assert_ptr_equal(desk, dir_phone_by_id(d, desk->id));
	assert_int_equal(desk->user_count, 2);
	assert_ptr_equal(desk->users[0], anna);
	assert_ptr_equal(desk->users[1], bert);
	assert_null(dir_number_find(d, SLICE("101"))->user);
	assert_true(dir_number_find(d, SLICE("4930"))->external);
	assert_false(dir_phone_by_name(d, SLICE("off"))->enabled);
	assert_null(dir_phone_by_name(d, SLICE("DESK")));
	assert_null(dir_phone_by_name(d, SLICE("")));
	assert_null(dir_number_find(d, SLICE("15")));
	assert_null(dir_user_by_number(d, SLICE("101")));
	assert_null(dir_user_by_id(d, 0));
	assert_null(dir_phone_by_id(d, -1));
	dir_phones(d, &count);
	assert_int_equal(count, 4);
	dir_users(d, &count);
	assert_int_equal(count, 2);
	dir_ranges(d, &count);
	assert_int_equal(count, 2);
	directory_free(d);
}

static void
give_phone(struct store *s, const char *login, const char *phone)
{
	struct model_errors errors = {0};
	json_t *u = NULL, *p = NULL, *changed = NULL, *in;

	assert_int_equal(store_find(s, &model_user, "login", login, &u), ERR_OK);
	assert_int_equal(store_find(s, &model_phone, "name", phone, &p), ERR_OK);
	in = json_pack("{s:[O]}", "phones", json_object_get(p, "id"));
	assert_int_equal(store_patch(s, &model_user, json_integer_value(json_object_get(u, "id")),
			     in, &changed, &errors),
	    ERR_OK);
	json_decref(in);
	json_decref(changed);
	json_decref(p);
	json_decref(u);
}

static void
who_had_a_phone_first_owns_it_usr_6(void **state)
{
	struct fixture *f = *state;
	struct directory *d;
	const struct dir_phone *desk;

	load(f->store, "{'phones':[{'name':'desk'}],'users':[{'login':'1000','first_name':'Anna',"
		       "'last_name':'A'},{'login':'1001','first_name':'Bert','last_name':'B',"
		       "'phones':['desk']}]}");
	give_phone(f->store, "1000", "desk");
	d = build(f->store);
	desk = dir_phone_by_name(d, SLICE("desk"));
	assert_int_equal(desk->user_count, 2);
	assert_true(is(desk->users[0]->name, "Bert B"));
	assert_true(is(desk->users[1]->name, "Anna A"));
	directory_free(d);
}

static void
groups_are_found_by_their_numbers_grp_1(void **state)
{
	struct fixture *f = *state;
	const struct dir_number *n;
	struct directory *d;

	load(f->store,
	    "{'phones':[{'name':'own','codecs':'alaw'},{'name':'none'},{'name':'other'}],"
	    "'users':[{'login':'1000','first_name':'Anna','last_name':'A','phones':['own','none']},"
	    "  {'login':'1001','first_name':'Bert','last_name':'B','phones':['other']}],"
	    "'groups':[{'name':'z','codecs':'gsm'},{'name':'Ä','codecs':'g722'},"
	    "  {'name':'b','codecs':'ulaw','ring_s':9}],"
	    "'group-members':[{'group':'b','user':'1001','logged_on':false},"
	    "  "
	    "{'group':'b','user':'1000'},{'group':'z','user':'1001'},{'group':'Ä','user':'1000'}],"
	    "'numbers':[{'number':'201','group':'b'},{'number':'202'}]}");
	d = build(f->store);
	n = dir_number_find(d, SLICE("201"));
	assert_null(n->user);
	assert_non_null(n->group);
	assert_ptr_equal(n->group, dir_group_by_id(d, n->group->id));
	assert_true(is(n->group->name, "b"));
	assert_int_equal(n->group->ring_s, 9);
	assert_int_equal(n->group->member_count, 2);
	assert_true(is(n->group->members[0].user->login, "1001")); /* in order */
	assert_false(n->group->members[0].logged_on);
	assert_true(n->group->members[1].logged_on);
	assert_ptr_equal(
	    dir_group_member(n->group, n->group->members[1].user->id), &n->group->members[1]);
	assert_null(dir_group_member(n->group, 0));
	assert_null(dir_number_find(d, SLICE("202"))->group);
	assert_null(dir_group_by_id(d, 0));
	/* PHO-4: its own, else of the first group by name: Ä, b, z */
	assert_true(is(dir_phone_by_name(d, SLICE("own"))->codecs, "alaw"));
	assert_true(is(dir_phone_by_name(d, SLICE("none"))->codecs, "g722"));
	assert_true(is(dir_phone_by_name(d, SLICE("other"))->codecs, "ulaw"));
	directory_free(d);
}

static void
internal_ranges_lin_1(void **state)
{
	struct fixture *f = *state;
	struct directory *d;
	static const struct {
		const char *digits;
		bool internal;
	} cases[] = {{"100", true}, {"199", true}, {"200", false}, {"99", false}, {"20", true},
	    {"29", true}, {"1000", false}, {"", false}};

	load(f->store, company);
	d = build(f->store);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(
		    dir_is_internal(d, slice_cstr(cases[i].digits)), cases[i].internal);
	directory_free(d);
}

/* printf %s Mufasa:http-auth.example.org:Circle.of.Life | md5sum, sha256sum */
static const char mufasa_md5[] = "272054c1107cf227c22eb883ac5605cd";
static const char mufasa_sha256[] =
    "fee348da31be2bda82ff225cc83f6523f99e4f55c563779936db9d7480f848e1";

static void
digests_follow_name_secret_and_domain_rfc_7616(void **state)
{
	struct fixture *f = *state;
	struct directory *d;
	const struct dir_phone *p;
	int64_t id;

	/* user, realm and password of RFC 7616, 3.9.1 */
	load(f->store, "{'settings':{'domain':'testrealm.example'},"
		       "'phones':[{'name':'Mufasa','secret':'Circle.of.Life'}]}");
	assert_int_equal(
	    patch(f->store, &model_settings, 1, "{'domain':'http-auth.example.org'}", NULL),
	    ERR_OK);
	d = build(f->store);
	p = dir_phone_by_name(d, SLICE("Mufasa"));
	id = p->id;
	assert_true(p->has_secret);
	assert_string_equal(p->ha1_md5, mufasa_md5);
	assert_string_equal(p->ha1_sha256, mufasa_sha256);
	directory_free(d);
	assert_int_equal(patch(f->store, &model_phone, id, "{'name':'mufasa'}", NULL), ERR_OK);
	d = build(f->store);
	p = dir_phone_by_name(d, SLICE("mufasa"));
	assert_string_not_equal(p->ha1_md5, mufasa_md5);
	directory_free(d);
	assert_int_equal(patch(f->store, &model_phone, id, "{'name':'Mufasa'}", NULL), ERR_OK);
	d = build(f->store);
	assert_string_equal(dir_phone_by_name(d, SLICE("Mufasa"))->ha1_md5, mufasa_md5);
	directory_free(d);
}

static const char *
from(const struct directory *d, const char *address, const char *user, char text[40])
{
	struct addr a;
	const struct dir_phone *p;

	assert_int_equal(addr_parse(slice_cstr(address), 5060, &a), ERR_OK);
	p = dir_phone_by_source(d, &a, slice_cstr(user));
	slice_clip_cstr(p ? p->name : SLICE("nobody"), text, 40);
	return text;
}

static void
phones_are_known_by_their_address(void **state)
{
	struct fixture *f = *state;
	struct directory *d;
	static const struct {
		const char *address, *user, *phone;
	} cases[] = {
	    {"192.0.2.9:5062", "", "a1"},
	    {"192.0.2.9:5063", "", "a2"},
	    {"192.0.2.9:40000", "", "a1"},
	    {"192.0.2.9:5062", "a2", "a2"},   /* its name counts more than the port */
	    {"192.0.2.9:40000", "150", "a3"}, /* the number of its user */
	    {"192.0.2.9:5062", "other", "a1"},
	    {"192.0.2.9:5062", "pass", "a1"}, /* one with a password is not trusted by address */
	    {"192.0.2.10:5060", "a1", "nobody"},
	    {"[2001:db8::1]:5060", "", "six"},
	    {"192.0.2.11:5060", "", "nobody"}, /* disabled */
	    {"192.0.2.11:5060", "off", "nobody"},
	};
	char text[40];

	load(f->store,
	    "{'phones':[{'name':'pass','host':'192.0.2.9'},"
	    "{'name':'a1','auth':'address','host':'192.0.2.9','port':5062},"
	    "{'name':'a2','auth':'address','host':'192.0.2.9','port':5063},"
	    "{'name':'a3','auth':'address','host':'192.0.2.9','port':5063},"
	    "{'name':'six','auth':'address','host':'2001:db8::1'},"
	    "{'name':'off','auth':'address','host':'192.0.2.11','enabled':false}],"
	    "'users':[{'login':'1000','first_name':'A','last_name':'B','phones':['pass','a3'],"
	    "'numbers':['150']}]}");
	d = build(f->store);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_string_equal(from(d, cases[i].address, cases[i].user, text), cases[i].phone);
	directory_free(d);
}

/* All behind one address, as in a bench: the worst case of that look-up. */
static void
ten_thousand_users_load_in_well_under_a_second(void **state)
{
	struct fixture *f = *state;
	enum { N = 10000 };
	json_t *file = company_of(N, "{'auth':'address','host':'127.0.0.1'}"), *report = NULL;
	struct store_import_params params = {0};
	struct directory *d;
	int64_t start, built, looked_up;
	char text[40], digits[16];

	for (int i = 0; i < N; i++)
		json_object_set_new(json_array_get(json_object_get(file, "phones"), (size_t)i),
		    "port", json_integer(10000 + i % 20000));
	assert_int_equal(store_import(f->store, file, &params, &report), ERR_OK);
	json_decref(report);
	json_decref(file);
	start = now_us();
	d = build(f->store);
	built = now_us();
	for (int i = 0; i < N; i++) {
		snprintf(digits, sizeof digits, "%d", 10000 + i);
		snprintf(text, sizeof text, "p%d", i);
		assert_true(is(dir_user_by_number(d, slice_cstr(digits))->phones[0]->name, text));
		assert_ptr_equal(dir_phone_by_name(d, slice_cstr(text))->users[0],
		    dir_user_by_number(d, slice_cstr(digits)));
	}
	looked_up = now_us();
	print_message("%d users: built in %lld ms, %d look-ups in %lld us\n", N,
	    (long long)(built - start) / 1000, 4 * N, (long long)(looked_up - built));
	assert_string_equal(from(d, "127.0.0.1:10007", "p9000", text), "p9000");
	assert_string_equal(from(d, "127.0.0.1:10007", "", text), "p7");
	assert_string_equal(from(d, "127.0.0.1:1", "", text), "p0");
	directory_free(d);
}

/* PHO-5: what a phone leaves open its type says; 0 and empty are things to say. */
static void
a_phone_is_as_its_type_where_it_says_nothing(void **state)
{
	struct fixture *f = *state;
	const struct dir_phone *p;
	struct directory *d;
	struct addr a;

	load(f->store,
	    "{'device-types':[{'name':'mine','nat':'always','codecs':'g722','qualify_s':7,"
	    "'direct_media':true,'t38':false,'kind':'user','insecure':'invite','from_user':'pbx',"
	    "'permit':'192.0.2.0, 2001:db8::/32','mask':'255.255.255.0',"
	    "'default_ip':'192.0.2.9','port':5070,'rtp_timeout_s':30}],"
	    "'phones':[{'name':'open','type':'mine'},"
	    "{'name':'own','type':'mine','nat':'never','codecs':'','qualify_s':0,"
	    "'direct_media':false,'t38':true,'kind':'friend','insecure':'port','permit':'',"
	    "'default_ip':''},{'name':'none'}]}");
	d = build(f->store);
	p = dir_phone_by_name(d, SLICE("open"));
	assert_true(is(p->type, "mine"));
	assert_int_equal(p->nat, DIR_NAT_ALWAYS);
	assert_true(is(p->codecs, "g722"));
	assert_int_equal(p->qualify_s, 7);
	assert_true(p->direct_media && !p->t38);
	assert_int_equal(p->kind, DIR_USER);
	assert_true(p->invites_unasked && p->port_counts);
	assert_true(is(p->from_user, "pbx"));
	assert_int_equal(p->rtp_timeout_s, 30);
	assert_int_equal(p->default_address.port, 5070);
	assert_int_equal(p->permit.n, 2);
	assert_int_equal(addr_parse(SLICE("192.0.2.77"), 0, &a), ERR_OK);
	assert_true(addr_nets_have(p->permit, &a));
	p = dir_phone_by_name(d, SLICE("own"));
	assert_int_equal(p->nat, DIR_NAT_NEVER);
	assert_int_equal(p->codecs.n, 0);
	assert_int_equal(p->qualify_s, 0);
	assert_false(p->direct_media || p->invites_unasked || p->port_counts);
	assert_true(p->t38);
	assert_int_equal(p->kind, DIR_FRIEND);
	assert_int_equal(p->permit.n, 0);
	assert_int_equal(p->default_address.family, 0);
	p = dir_phone_by_name(d, SLICE("none"));
	assert_true(is(p->type, "generic"));
	assert_int_equal(p->qualify_s, 60);
	assert_int_equal(p->max_contacts, 4);
	assert_int_equal(p->srtp, DIR_SRTP_OPTIONAL);
	directory_free(d);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(everything_is_found_by_its_keys),
	    TEST(who_had_a_phone_first_owns_it_usr_6),
	    TEST(groups_are_found_by_their_numbers_grp_1),
	    TEST(internal_ranges_lin_1),
	    TEST(digests_follow_name_secret_and_domain_rfc_7616),
	    TEST(phones_are_known_by_their_address),
	    TEST(a_phone_is_as_its_type_where_it_says_nothing),
	    TEST(ten_thousand_users_load_in_well_under_a_second),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
