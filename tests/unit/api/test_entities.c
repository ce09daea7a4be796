/* REST over all entities, their errors; actions, import and export, OpenAPI. */
#include <stdio.h>
#include <string.h>

#include "fixture.h"

static int
admin_setup(void **state)
{
	fx_setup(state);
	fx_first_admin(*state);
	return 0;
}

static json_int_t
integer(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static const char *
text(const json_t *object, const char *name)
{
	const char *t = json_string_value(json_object_get(object, name));

	return t ? t : "(none)";
}

/* USR-1, PHO-2, NUM-1, LIN-1: create, read, change, list, delete, by the same code. */
static void
test_crud(void **state)
{
	static const struct {
		const char *path, *create, *patch, *field, *value;
	} cases[] = {
	    {"users", "{\"login\":\"2001\",\"first_name\":\"Emma\",\"last_name\":\"Nutt\"}",
		"{\"last_name\":\"N\xc3\xbctt\"}", "last_name", "N\xc3\xbctt"},
	    {"phones", "{\"name\":\"desk\"}", "{\"name\":\"desk-2\"}", "name", "desk-2"},
	    {"numbers", "{\"number\":\"200\"}", "{\"number\":\"201\"}", "number", "201"},
	    {"ranges", "{\"first\":\"4000\",\"last\":\"4099\"}", "{\"last\":\"4199\"}", "last",
		"4199"},
	};
	struct fx *fx = *state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char one[64], all[64];
		json_t *row, *list;
		json_int_t id, before;

		snprintf(all, sizeof all, "/api/%s", cases[i].path);
		list = fx_json(fx, "GET", all, NULL);
		before = integer(list, "total");
		json_decref(list);
		row = fx_json(fx, "POST", all, cases[i].create);
		id = integer(row, "id");
		assert_true(id > 0);
		json_decref(row);
		snprintf(one, sizeof one, "/api/%s/%lld", cases[i].path, (long long)id);
		row = fx_json(fx, "PATCH", one, cases[i].patch);
		assert_string_equal(text(row, cases[i].field), cases[i].value);
		json_decref(row);
		row = fx_json(fx, "GET", one, NULL);
		assert_string_equal(text(row, cases[i].field), cases[i].value);
		json_decref(row);
		list = fx_json(fx, "GET", all, NULL);
		assert_int_equal(integer(list, "total"), before + 1);
		assert_int_equal(integer(list, "page"), 1);
		assert_int_equal(integer(list, "per_page"), 50);
		json_decref(list);
		fx_expect(fx, "DELETE", one, NULL, 204, NULL, NULL);
		fx_expect(fx, "GET", one, NULL, 404, "not_found", NULL);
		fx_expect(fx, "PATCH", one, cases[i].patch, 404, "not_found", NULL);
		fx_expect(fx, "DELETE", one, NULL, 404, "not_found", NULL);
	}
}

static void
test_refused(void **state)
{
	static const struct {
		const char *method, *path, *body;
		int status;
		const char *code, *field;
	} cases[] = {
	    {"POST", "/api/users", "{\"first_name\":\"A\",\"last_name\":\"B\"}", 422, NULL,
		"login"},
	    {"POST", "/api/users", "{\"login\":\"1000\",\"first_name\":\"A\",\"last_name\":\"B\"}",
		409, "not_unique", "login"},
	    {"POST", "/api/users", "{\"login\":\"2000\",\"first_name\":\"\",\"last_name\":\"B\"}",
		422, NULL, "first_name"},
	    {"POST", "/api/users", "{\"login\":\"2000\",\"colour\":\"red\"}", 422, NULL, NULL},
	    {"POST", "/api/users",
		"{\"login\":\"2000\",\"first_name\":\"A\",\"last_name\":\"B\",\"phones\":[99]}",
		422, NULL, "phones"},
	    {"POST", "/api/phones", "{\"name\":\"no blanks\"}", 422, NULL, "name"},
	    {"POST", "/api/phones", "{\"name\":\"x\",\"auth\":\"address\"}", 422, NULL, "host"},
	    {"POST", "/api/numbers", "{\"number\":\"100\"}", 409, "not_unique", "number"},
	    {"POST", "/api/numbers", "{\"number\":\"77777\"}", 422, NULL, "number"}, /* LIN-1 */
	    {"POST", "/api/numbers", "{\"number\":\"1a\"}", 422, NULL, "number"},
	    {"POST", "/api/ranges", "{\"first\":\"900\",\"last\":\"950\"}", 0, NULL, NULL},
	    {"POST", "/api/ranges", "{\"first\":\"2000\",\"last\":\"999\"}", 422, NULL, "last"},
	    {"PATCH", "/api/users/1", "{\"admin\":false}", 409, NULL, NULL},
	    {"DELETE", "/api/users/1", NULL, 409, NULL, NULL},
	    {"PATCH", "/api/users/1", "{\"admin\":\"yes\"}", 422, NULL, "admin"},
	    {"PATCH", "/api/settings", "{\"sip_port\":70000}", 422, NULL, "sip_port"},
	    {"PATCH", "/api/settings", "{\"language\":\"fr\"}", 422, NULL, "language"},
	    {"POST", "/api/settings", "{}", 405, "method_not_allowed", NULL},
	    {"POST", "/api/call-records", "{}", 405, "method_not_allowed", NULL},
	    {"DELETE", "/api/call-records/1", NULL, 405, "method_not_allowed", NULL},
	    {"PUT", "/api/users/1", "{}", 405, "method_not_allowed", NULL},
	    {"GET", "/api/nonsense", NULL, 404, "not_found", NULL},
	    {"GET", "/api/second-factors", NULL, 404, "not_found", NULL},
	    {"GET", "/api/bindings", NULL, 404, "not_found", NULL},
	    {"GET", "/api/users/abc", NULL, 404, "not_found", NULL},
	    {"GET", "/api/users/99999999999999999999", NULL, 404, "not_found", NULL},
	    {"GET", "/api/users/1/2/3/4/5/6/7/8", NULL, 404, "not_found", NULL},
	    {"GET", "/api/users?page=0", NULL, 400, "bad_parameter", NULL},
	    {"GET", "/api/users?per_page=5000", NULL, 400, "bad_parameter", NULL},
	    {"GET", "/api/users?order=up", NULL, 400, "bad_parameter", NULL},
	    {"GET", "/api/users?sort=password", NULL, 400, "bad_parameter", NULL},
	    {"GET", "/api/users?letter=AB", NULL, 400, "bad_parameter", NULL},
	    {"GET", "/api/users?colour=red", NULL, 400, "unknown_parameter", NULL},
	    {"GET", "/api/users?from=2026-01-01T00:00:00Z", NULL, 400, "unknown_parameter", NULL},
	    {"GET", "/api/call-records?from=yesterday", NULL, 400, "bad_parameter", NULL},
	    {"GET", "/api/phones?secret=x", NULL, 400, "unknown_parameter", NULL},
	    {"GET", "/api/users?search=%zz", NULL, 400, "malformed_uri", NULL},
	    {"GET", "/api/users?search=%00", NULL, 400, "malformed_uri", NULL},
	    {"GET", "/api/users?search=%ff", NULL, 400, "malformed_uri", NULL},
	    {"POST", "/api/users", "", 400, NULL, NULL},
	    {"POST", "/api/users", "{\"login\":\"2000\"", 400, "malformed_json", NULL},
	    {"POST", "/api/users", "{\"login\":\"2000\",\"login\":\"2001\"}", 400, "malformed_json",
		NULL},
	    {"POST", "/api/users", "\"text\"", 400, "malformed_json", NULL},
	    {"POST", "/api/users", "{\"login\":\"\xff\"}", 400, "malformed_json", NULL},
	    {"POST", "/api/users", "{\"ring_s\":99999999999999999999999}", 400, "malformed_json",
		NULL},
	    {"GET", "/api/phones/99/sip-account", NULL, 404, "not_found", NULL},
	    {"POST", "/api/phones/99/new-secret", NULL, 404, "not_found", NULL},
	    {"POST", "/api/calls/none/hangup", NULL, 404, "not_found", NULL},
	    {"GET", "/api/traces/none", NULL, 404, "not_found", NULL},
	};
	struct fx *fx = *state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (cases[i].status)
			fx_expect(fx, cases[i].method, cases[i].path, cases[i].body,
			    cases[i].status, cases[i].code, cases[i].field);
}

static void
test_deep_json(void **state)
{
	struct fx *fx = *state;
	char *body = malloc(20001);

	memset(body, '[', 20000);
	body[20000] = '\0';
	fx_expect(fx, "POST", "/api/users", body, 400, "malformed_json", NULL);
	free(body);
}

static void
test_list(void **state)
{
	struct fx *fx = *state;
	json_t *page;
	char body[160];

	for (int i = 0; i < 30; i++) {
		snprintf(body, sizeof body,
		    "{\"login\":\"%d\",\"first_name\":\"F%d\",\"last_name\":\"%cname\"}", 3000 + i,
		    i, 'A' + i % 3);
		json_decref(fx_json(fx, "POST", "/api/users", body));
	}
	page = fx_json(
	    fx, "GET", "/api/users?search=bname&sort=login&order=desc&per_page=4&page=2", NULL);
	assert_int_equal(integer(page, "total"), 10);
	assert_int_equal(json_array_size(json_object_get(page, "items")), 4);
	assert_string_equal(
	    text(json_array_get(json_object_get(page, "items"), 0), "login"), "3016");
	json_decref(page);
	page = fx_json(fx, "GET", "/api/users?letter=c", NULL);
	assert_int_equal(integer(page, "total"), 10);
	json_decref(page);
	page = fx_json(fx, "GET", "/api/users?login=3005", NULL);
	assert_int_equal(integer(page, "total"), 1);
	json_decref(page);
	page = fx_json(fx, "GET", "/api/numbers?user=1&kind=internal", NULL);
	assert_int_equal(integer(page, "total"), 1);
	json_decref(page);
}

/* Call records are read only; the list is by time, newest first unless told otherwise. */
static void
test_call_records(void **state)
{
	struct fx *fx = *state;
	struct cdr records[3] = {0};
	json_t *page;

	for (int i = 0; i < 3; i++) {
		snprintf(records[i].call_id, sizeof records[i].call_id, "call-%d", i);
		records[i].started_at = 1700000000000 + (i + 1) % 3 * 1000;
		records[i].result = i ? CDR_INTERRUPTED : CDR_ANSWERED;
	}
	assert_int_equal(store_cdr_insert(fx->store, records, 3), ERR_OK);
	page = fx_json(fx, "GET", "/api/call-records?sort=started_at&order=asc", NULL);
	assert_string_equal(
	    text(json_array_get(json_object_get(page, "items"), 0), "call_id"), "call-2");
	assert_string_equal(
	    text(json_array_get(json_object_get(page, "items"), 2), "call_id"), "call-1");
	json_decref(page);
	page = fx_json(fx, "GET", "/api/call-records", NULL);
	assert_string_equal(
	    text(json_array_get(json_object_get(page, "items"), 0), "call_id"), "call-1");
	json_decref(page);
	page = fx_json(fx, "GET", "/api/call-records?result=answered", NULL);
	assert_int_equal(integer(page, "total"), 1);
	json_decref(page);
	fx_expect(fx, "PATCH", "/api/call-records/1", "{}", 405, "method_not_allowed", NULL);
}

static void
test_settings_and_restart(void **state)
{
	struct fx *fx = *state;
	json_t *json = fx_json(fx, "GET", "/api/status", NULL);

	assert_true(json_is_false(json_object_get(json, "restart_needed")));
	assert_string_equal(text(json, "version"), "0.0.test");
	assert_int_equal(integer(json_object_get(json, "counts"), "user"), 1);
	json_decref(json);
	json = fx_json(fx, "PATCH", "/api/settings", "{\"company\":\"Bell\"}");
	assert_string_equal(text(json, "company"), "Bell");
	json_decref(json);
	json_decref(fx_json(fx, "PATCH", "/api/settings", "{\"sip_port\":5080}"));
	json = fx_json(fx, "GET", "/api/status", NULL);
	assert_true(json_is_true(json_object_get(json, "restart_needed")));
	assert_string_equal(
	    json_string_value(json_array_get(json_object_get(json, "restart_fields"), 0)),
	    "sip_port");
	json_decref(json);
}

/* PHO-3: the SIP data to type into a phone. */
static void
test_pho_3_sip_account(void **state)
{
	struct fx *fx = *state;
	json_t *json =
	    fx_json(fx, "POST", "/api/phones", "{\"name\":\"desk\",\"transport\":\"tcp\"}");
	char path[80], before[80];

	assert_null(json_object_get(json, "secret")); /* not in ordinary answers */
	snprintf(path, sizeof path, "/api/phones/%lld/sip-account", (long long)integer(json, "id"));
	json_decref(json);
	json = fx_json(fx, "GET", path, NULL);
	assert_string_equal(text(json, "server"), "127.0.0.1");
	assert_int_equal(integer(json, "port"), 5070);
	assert_string_equal(text(json, "username"), "desk");
	assert_string_equal(text(json, "domain"), "strowger");
	assert_string_equal(text(json, "uri"), "sip:desk@127.0.0.1:5070;transport=tcp");
	assert_true(strlen(text(json, "password")) >= 16);
	snprintf(before, sizeof before, "%s", text(json, "password"));
	json_decref(json);
	*strrchr(path, '/') = '\0';
	strcat(path, "/new-secret");
	json = fx_json(fx, "POST", path, NULL);
	assert_string_not_equal(text(json, "password"), before);
	json_decref(json);
}

#define COMPANY                                                                                    \
	"{\"ranges\":[{\"first\":\"100\",\"last\":\"999\"}],"                                      \
	"\"phones\":[{\"name\":\"p1\",\"secret\":\"secret-of-p1\"},{\"name\":\"p2\"}],"            \
	"\"users\":[{\"login\":\"1000\",\"first_name\":\"A\",\"last_name\":\"B\",\"admin\":true,"  \
	"\"password\":\"secret-1\",\"phones\":[\"p1\",\"p2\"],\"numbers\":[\"100\",\"101\"]}]}"

static void
test_import_export(void **state)
{
	struct fx *fx = *state;
	json_t *report, *file, *again;
	char *dump;

	report = fx_json(fx, "POST", "/api/import?dry_run=1", COMPANY);
	assert_true(integer(report, "created") >= 2);
	json_decref(report);
	report = fx_json(fx, "GET", "/api/phones", NULL);
	assert_int_equal(integer(report, "total"), 0); /* a dry run changes nothing */
	json_decref(report);
	report = fx_json(fx, "POST", "/api/import", COMPANY);
	assert_int_equal(json_array_size(json_object_get(report, "errors")), 0);
	json_decref(report);
	file = fx_json(fx, "GET", "/api/export", NULL);
	assert_int_equal(json_array_size(json_object_get(file, "phones")), 2);
	dump = json_dumps(file, 0);
	report = fx_json(fx, "POST", "/api/import", dump); /* idempotent */
	assert_int_equal(integer(report, "created"), 0);
	assert_int_equal(integer(report, "updated"), 0);
	assert_int_equal(integer(report, "deleted"), 0);
	again = fx_json(fx, "GET", "/api/export", NULL);
	assert_true(json_equal(file, again));
	free(dump);
	json_decref(report);
	json_decref(file);
	json_decref(again);
	fx_expect(fx, "POST", "/api/import", "{\"phones\":[{\"name\":\"no blanks\"}]}", 422,
	    "import_refused", "name");
	fx_expect(fx, "POST", "/api/import", "{\"users\":[]}", 422, "import_refused", NULL);
}

/* --- OpenAPI against the table of routes: neither may drift -------------------------------- */

struct compare {
	json_t *paths;
	int routes;
};

static void
in_document(void *ctx, const char *method, const char *path)
{
	struct compare *c = ctx;
	char lower[16];
	size_t n = strlen(method);

	for (size_t i = 0; i <= n; i++)
		lower[i] = (char)(method[i] | (method[i] ? 0x20 : 0));
	if (!json_object_get(json_object_get(c->paths, path), lower))
		fail_msg("%s %s is a route but not in the OpenAPI document", method, path);
	c->routes++;
}

static void
check_refs(const json_t *v, const json_t *components)
{
	const char *key, *ref = json_string_value(json_object_get(v, "$ref"));
	json_t *one;
	size_t i;

	if (ref &&
	    !json_object_get(
		json_object_get(components, "schemas"), ref + strlen("#/components/schemas/")) &&
	    !json_object_get(
		json_object_get(components, "responses"), ref + strlen("#/components/responses/")))
		fail_msg("%s does not exist", ref);
	json_object_foreach((json_t *)v, key, one) check_refs(one, components);
	if (json_is_array(v))
		json_array_foreach(v, i, one) check_refs(one, components);
}

static void
test_openapi(void **state)
{
	struct fx *fx = *state;
	json_t *doc = fx_json(fx, "GET", "/api/openapi.json", NULL), *methods;
	struct compare c = {.paths = json_object_get(doc, "paths")};
	const char *path;
	int described = 0;

	assert_int_equal(strncmp(text(doc, "openapi"), "3.0", 3), 0);
	assert_string_equal(text(json_object_get(doc, "info"), "version"), "0.0.test");
	api_routes_each(in_document, &c);
	json_object_foreach(c.paths, path, methods) described += (int)json_object_size(methods);
	assert_int_equal(described, c.routes); /* so nothing is described that does not exist */
	check_refs(doc, json_object_get(doc, "components"));
	json_decref(doc);
}

static struct answer_text
with_version(
    struct fx *fx, const char *method, const char *path, const char *version, const char *body)
{
	char headers[400];

	snprintf(headers, sizeof headers,
	    "Cookie: %s\r\nX-CSRF-Token: %s\r\nContent-Type: application/json\r\nIf-Match: %s\r\n",
	    fx->cookie, fx->csrf, version);
	return fx_request(fx_connect(fx), method, path, headers, body);
}

static void
expect_version(struct fx *fx, const char *method, const char *version, const char *body, int status)
{
	struct answer_text a = with_version(fx, method, "/api/ranges/1", version, body);

	if (a.status != status)
		fail_msg("%s with %s: %d %s", method, version, a.status, a.body);
	if (status == 412) {
		json_t *error = json_object_get(a.json, "error");

		assert_string_equal(text(error, "code"), "changed_meanwhile");
		assert_string_equal(text(json_object_get(a.json, "present"), "first"), "100");
		assert_true(fx_header(&a, "ETag")[0] == '"');
	}
	answer_text_free(&a);
}

static void
nobody_overwrites_what_they_have_not_seen(void **state)
{
	struct fx *fx = *state;
	struct answer_text a = fx_call(fx, "GET", "/api/ranges/1", NULL);
	char first[64], second[64];

	snprintf(first, sizeof first, "%s", fx_header(&a, "ETag"));
	assert_int_equal(strlen(first), 34);
	answer_text_free(&a);
	a = with_version(fx, "PATCH", "/api/ranges/1", first, "{\"last\":\"998\"}");
	assert_int_equal(a.status, 200);
	snprintf(second, sizeof second, "%s", fx_header(&a, "ETag"));
	assert_string_not_equal(first, second);
	answer_text_free(&a);
	expect_version(fx, "PATCH", first, "{\"last\":\"997\"}", 412);
	expect_version(fx, "DELETE", first, NULL, 412);
	expect_version(fx, "PATCH", "W/\"x\"", "{\"last\":\"997\"}", 412);
	expect_version(fx, "PATCH",
	    "\"a version that is much longer than any that we have given away\"",
	    "{\"last\":\"997\"}", 412);
	expect_version(fx, "PATCH", "*", "{\"last\":\"996\"}", 200);
	fx_expect(fx, "PATCH", "/api/ranges/1", "{\"last\":\"995\"}", 200, NULL, NULL);
}

static void
usr_1_what_was_deleted_comes_back_by_the_change_that_the_answer_names(void **state)
{
	struct fx *fx = *state;
	json_t *row = fx_json(fx, "POST", "/api/users",
	    "{\"login\":\"2001\",\"first_name\":\"Emma\",\"last_name\":\"Nutt\"}");
	struct answer_text a;
	char path[64];

	snprintf(path, sizeof path, "/api/users/%lld", (long long)integer(row, "id"));
	json_decref(row);
	a = fx_call(fx, "DELETE", path, NULL);
	snprintf(path, sizeof path, "/api/changes/%.20s/revert", fx_header(&a, "Strowger-Change"));
	answer_text_free(&a);
	row = fx_json(fx, "POST", path, NULL);
	json_decref(row);
	row = fx_json(fx, "GET", "/api/users?search=Nutt", NULL);
	assert_int_equal(integer(row, "total"), 1);
	json_decref(row);
	a = fx_call(fx, "GET", "/api/users", NULL);
	assert_string_equal(fx_header(&a, "Strowger-Change"), "");
	answer_text_free(&a);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, admin_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
	    T(test_crud),
	    T(test_refused),
	    T(test_deep_json),
	    T(test_list),
	    T(test_call_records),
	    T(test_settings_and_restart),
	    T(test_pho_3_sip_account),
	    T(test_import_export),
	    T(test_openapi),
	    T(nobody_overwrites_what_they_have_not_seen),
	    T(usr_1_what_was_deleted_comes_back_by_the_change_that_the_answer_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
