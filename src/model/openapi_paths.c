/* OpenAPI 3.0: the paths. Collections follow from the entities; actions are in a table. */
#include <stdio.h>

#include "model/model.h"
#include "model/openapi_int.h"

struct action {
	const char *method, *path, *summary;
	const char *body;     /* schema name, "object" = any, a media type with '/', NULL none */
	const char *status;   /* of success */
	const char *response; /* schema name, "object", a media type with '/', NULL none */
	bool list;	      /* {items: [response]} */
	bool is_public;
	const char *query; /* parameters "a b c" */
};

static const struct action actions[] = {
    {"get", "/api/health", "Is the system alive", NULL, "200", .response = "object",
	.is_public = true},
    {"post", "/api/setup", "Create the first administrator", "object", "201", .response = "login",
	.is_public = true},
    {"post", "/api/session", "Log in", "object", "200", .response = "login", .is_public = true},
    {"get", "/api/session", "Who is logged in", NULL, "200", .response = "login"},
    {"delete", "/api/session", "Log out", NULL, "204", .response = NULL},
    {"get", "/api/me", "Who asks", NULL, "200", .response = "user"},
    {"patch", "/api/me", "Change one's own name, e-mail, language, do not disturb", "user_patch",
	"200", .response = "user"},
    {"get", "/api/me/rights", "What one may now", NULL, "200", .response = "object"},
    {"get", "/api/me/calls", "One's own calls in progress", NULL, "200", .response = "live_call",
	.list = true},
    {"post", "/api/me/calls", "Call a number: one's own phone rings first", "object", "202",
	.response = "object"},
    {"post", "/api/me/calls/{call_id}/answer", "Make a ringing phone answer, or go on at a phone",
	"object", "202", .response = "object"},
    {"post", "/api/me/calls/{call_id}/hold", "Let the other one wait", NULL, "202",
	.response = "object"},
    {"post", "/api/me/calls/{call_id}/resume", "Speak with who waits", NULL, "202",
	.response = "object"},
    {"post", "/api/me/calls/{call_id}/transfer", "Give the call to a number or another own call",
	"object", "202", .response = "object"},
    {"post", "/api/me/calls/{call_id}/hangup", "End or decline one's own call", NULL, "202",
	.response = "object"},
    {"get", "/api/me/people", "Whom one can call by name", NULL, "200", .response = "object",
	.list = true, .query = "search"},
    {"get", "/api/me/phones", "One's own phones, and whether they are registered", NULL, "200",
	.response = "object", .list = true},
    {"get", "/api/me/call-records", "One's own calls that are over", NULL, "200",
	.response = "call_record", .list = true,
	.query = "search sort order page per_page from to"},
    {"post", "/api/me/password", "Change one's own password; other sessions end", "object", "200",
	.response = "login"},
    {"get", "/api/me/sessions", "Where one is logged in", NULL, "200", .response = "session",
	.list = true},
    {"delete", "/api/me/sessions", "Log out everywhere else", NULL, "204", .response = NULL},
    {"delete", "/api/me/sessions/{id}", "End one of one's sessions", NULL, "204", .response = NULL},
    {"get", "/api/me/tokens", "One's own API tokens", NULL, "200", .response = "token",
	.list = true},
    {"post", "/api/me/tokens", "Make an API token: name, rights, expires_at; it is shown once",
	"object", "201", .response = "object"},
    {"delete", "/api/me/tokens/{id}", "Revoke an API token", NULL, "204", .response = NULL},
    {"get", "/api/me/second-factor", "Whether log-ins ask for a second factor", NULL, "200",
	.response = "object"},
    {"post", "/api/me/second-factor", "A new key for one-time codes, to be confirmed", NULL, "201",
	.response = "object"},
    {"post", "/api/me/second-factor/confirm", "Use it from now on; recovery codes are shown once",
	"object", "200", .response = "object"},
    {"delete", "/api/me/second-factor", "Take off the second factor", "object", "204",
	.response = NULL},
    {"get", "/api/users/{id}/security", "Second factor and failed log-ins of a user", NULL, "200",
	.response = "object"},
    {"post", "/api/users/{id}/unlock", "Forget a user's failed log-ins", NULL, "204",
	.response = NULL},
    {"delete", "/api/users/{id}/sessions", "End all sessions of a user", NULL, "204",
	.response = NULL},
    {"delete", "/api/users/{id}/second-factor", "Take off a user's second factor", NULL, "204",
	.response = NULL},
    {"get", "/api/phones/{id}/sip-account", "What to type into the phone", NULL, "200",
	.response = "object"},
    {"post", "/api/phones/{id}/new-secret", "Make a new SIP password", NULL, "200",
	.response = "object"},
    {"get", "/api/groups/{id}/pin", "The group's PIN", NULL, "200", .response = "object"},
    {"get", "/api/calls", "Calls in progress", NULL, "200", .response = "live_call", .list = true},
    {"post", "/api/calls/{call_id}/hangup", "End a call", NULL, "202", .response = "object"},
    {"get", "/api/registrations", "Phones that can be reached", NULL, "200",
	.response = "live_registration", .list = true},
    {"get", "/api/subscriptions", "Who watches whom", NULL, "200", .response = "live_subscription",
	.list = true},
    {"get", "/api/lines/status", "Whether lines to providers work", NULL, "200",
	.response = "live_line", .list = true},
    {"post", "/api/routing/test", "Test a number: what would happen to a call, and why",
	"route_test", "200", .response = "route_plan"},
    {"get", "/api/holidays/public", "Public holidays of a region in a year", NULL, "200",
	.response = "public_holiday", .list = true, .query = "year region"},
    {"get", "/api/status", "State of the system", NULL, "200", .response = "object"},
    {"get", "/api/traces", "Calls whose SIP messages are stored", NULL, "200", .response = "object",
	.query = "search number user call_id from to status kind page per_page"},
    {"get", "/api/traces/{call_id}", "SIP messages of a call", NULL, "200", .response = "object",
	.query = "after"},
    {"get", "/api/traces/{call_id}/pcap", "SIP messages of a call for Wireshark", NULL, "200",
	.response = "application/x-pcapng"},
    {"get", "/api/trace-pcap", "SIP messages of several calls for Wireshark", NULL, "200",
	.response = "application/x-pcapng",
	.query = "call_id search number user from to status kind"},
    {"get", "/api/trace-watches", "Phones of which everything is traced", NULL, "200",
	.response = "object", .list = true},
    {"post", "/api/trace-watches", "Trace everything of a phone for some minutes", "object", "201",
	.response = "object"},
    {"delete", "/api/trace-watches/{target}", "Trace only a phone's calls again", NULL, "204",
	.response = NULL},
    {"get", "/api/call-records.csv", "Call records as a file: all that the filters leave", NULL,
	"200", .response = "text/csv",
	.query = "format search from to user group direction result"},
    {"get", "/api/disk", "Free space where the data are", NULL, "200", .response = "object"},
    {"get", "/api/logs", "Components of the log with their levels, and its files", NULL, "200",
	.response = "object"},
    {"patch", "/api/logs", "Change levels; acts at once", "object", "200", .response = "object"},
    {"get", "/api/logs/lines", "Lines of the log, newest first", NULL, "200", .response = "object",
	.query = "component level search limit before after"},
    {"get", "/api/logs/file", "Logs, status, figures and settings for whoever helps", NULL, "200",
	.response = "application/x-tar", .query = "traces"},
    {"get", "/api/events", "Live events: call, registration, line, changed, log", NULL, "200",
	.response = "text/event-stream"},
    {"get", "/api/openapi.json", "This document", NULL, "200", .response = "object"},
    {"get", "/api/export", "The whole configuration", NULL, "200", .response = "object"},
    {"post", "/api/import", "Bring the configuration to what the file says", "object", "200",
	.response = "import_report", .query = "dry_run keep_others"},
    {"get", "/api/users.csv", "All users as a table, without passwords", NULL, "200",
	.response = "text/csv"},
    {"get", "/api/users-template.csv", "A table of users to fill in", NULL, "200",
	.response = "text/csv"},
    {"post", "/api/user-import", "Check a table of users; nothing changes yet", "text/csv", "202",
	.response = "user_import"},
    {"get", "/api/user-import", "How far the import of users is", NULL, "200",
	.response = "user_import"},
    {"get", "/api/user-import/rows", "What each row would do, or has done", NULL, "200",
	.response = "user_import_row", .list = true, .query = "invalid page per_page"},
    {"post", "/api/user-import/apply", "Import the rows: only_valid, mail", "object", "202",
	.response = "user_import"},
    {"delete", "/api/user-import", "Cancel the import of users, or forget it", NULL, "204",
	.response = NULL},
    {"post", "/api/changes/{id}/revert", "Undo a change", NULL, "200", .response = "object"},
    {"post", "/api/mail-test", "Send a test mail now and show what was spoken", "object", "200",
	.response = "object"},
    {"post", "/api/mails/{id}/retry", "Send a mail as soon as possible", NULL, "202",
	.response = "object"},
    {"get", "/metrics", "Figures for Prometheus", NULL, "200", .response = "text/plain"},
};

static json_t *
schema_of(const char *name)
{
	return strcmp(name, "object") == 0 ? json_pack("{s:s}", "type", "object")
					   : openapi_ref(name, "");
}

static json_t *
content(json_t *schema)
{
	return json_pack("{s:{s:o}}", "application/json", "schema", schema);
}

static json_t *
list_of(json_t *item)
{
	return json_pack("{s:s, s:{s:{s:s, s:o}, s:{s:s}, s:{s:s}, s:{s:s}}, s:[s]}", "type",
	    "object", "properties", "items", "type", "array", "items", item, "total", "type",
	    "integer", "page", "type", "integer", "per_page", "type", "integer", "required",
	    "items");
}

/* Every operation may answer with an error. */
static json_t *
operation(
    const char *summary, const char *status, json_t *response, json_t *body, json_t *parameters)
{
	json_t *ok = json_pack("{s:s}", "description", "done");
	json_t *op;

	if (response)
		json_object_set_new(ok, "content", response);
	op = json_pack("{s:s, s:{s:o, s:{s:s, s:o}}}", "summary", summary, "responses", status, ok,
	    "default", "description", "error", "content", content(openapi_ref("error", "")));
	if (body)
		json_object_set_new(op, "requestBody",
		    json_pack("{s:b, s:o}", "required", 1, "content", content(body)));
	if (parameters && json_array_size(parameters))
		json_object_set(op, "parameters", parameters);
	json_decref(parameters);
	return op;
}

static void
put_parameter(json_t *list, const char *name, const char *in, json_t *schema)
{
	json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:o}", "name", name, "in", in,
					"required", strcmp(in, "path") == 0, "schema", schema));
}

static json_t *
type(const char *name)
{
	return json_pack("{s:s}", "type", name);
}

/* The {names} in a path. */
static json_t *
path_parameters(const char *path)
{
	json_t *list = json_array();
	struct slice rest = slice_cstr(path), name;
	char text[40];

	while (slice_take_until(&rest, '{'), rest.n) {
		name = slice_take_until(&rest, '}');
		slice_clip_cstr(name, text, sizeof text);
		put_parameter(
		    list, text, "path", type(strcmp(text, "id") == 0 ? "integer" : "string"));
	}
	return list;
}

static json_t *
list_parameters(const struct model_entity *e)
{
	json_t *list = json_array(), *fields = json_array();

	for (size_t i = 0; i < e->field_count; i++)
		if (!(e->fields[i].flags & (MODEL_INTERNAL | MODEL_WRITEONLY)))
			json_array_append_new(fields, json_string(e->fields[i].name));
	put_parameter(list, "search", "query", type("string"));
	put_parameter(
	    list, "sort", "query", json_pack("{s:s, s:o}", "type", "string", "enum", fields));
	put_parameter(list, "order", "query",
	    json_pack("{s:s, s:[s,s]}", "type", "string", "enum", "asc", "desc"));
	put_parameter(
	    list, "page", "query", json_pack("{s:s, s:i}", "type", "integer", "minimum", 1));
	put_parameter(list, "per_page", "query",
	    json_pack("{s:s, s:i, s:i}", "type", "integer", "minimum", 1, "maximum", 1000));
	if (e->flags & MODEL_LOG)
		for (int i = 0; i < 2; i++)
			put_parameter(list, i ? "to" : "from", "query",
			    json_pack("{s:s, s:s}", "type", "string", "format", "date-time"));
	if (e == &model_call_record) {
		put_parameter(list, "user", "query", type("integer"));
		put_parameter(list, "group", "query", type("integer"));
		put_parameter(list, "direction", "query",
		    json_pack(
			"{s:s, s:[s,s,s]}", "type", "string", "enum", "in", "out", "internal"));
		put_parameter(list, "result", "query", type("string"));
	}
	if (e->letter)
		put_parameter(list, "letter", "query",
		    json_pack("{s:s, s:s}", "type", "string", "pattern", "^[A-Z#]$"));
	return list;
}

static void
put_operation(json_t *paths, const char *path, const char *method, json_t *op)
{
	json_t *item = json_object_get(paths, path);

	if (!item) {
		item = json_object();
		json_object_set_new(paths, path, item);
	}
	json_object_set_new(item, method, op);
}

/* Writing only what has not been changed since it was read. */
static json_t *
conditional(json_t *op)
{
	json_t *list = json_object_get(op, "parameters");

	if (!list) {
		list = json_array();
		json_object_set_new(op, "parameters", list);
	}
	json_array_append_new(
	    list, json_pack("{s:s, s:s, s:b, s:s, s:{s:s}}", "name", "If-Match", "in", "header",
		      "required", 0, "description",
		      "The ETag that came with the row; absent: whatever is there", "schema",
		      "type", "string"));
	json_object_set_new(json_object_get(op, "responses"), "412",
	    json_pack("{s:s, s:o}", "description",
		"Changed meanwhile; \"present\" is the row as it is now", "content",
		content(openapi_ref("error", ""))));
	return op;
}

static void
put_collection(json_t *paths, const struct model_entity *e)
{
	char path[80], one[96], text[120];

	snprintf(path, sizeof path, "/api/%s", e->path);
	if (e->flags & MODEL_SINGLETON) {
		put_operation(paths, path, "get",
		    operation(e->label, "200", content(openapi_ref(e->name, "")), NULL, NULL));
		put_operation(paths, path, "patch",
		    conditional(operation(e->label, "200", content(openapi_ref(e->name, "")),
			openapi_ref(e->name, "_patch"), NULL)));
		return;
	}
	snprintf(one, sizeof one, "%s/{id}", path);
	snprintf(text, sizeof text, "%s: list", e->label);
	put_operation(paths, path, "get",
	    operation(
		text, "200", content(list_of(openapi_ref(e->name, ""))), NULL, list_parameters(e)));
	snprintf(text, sizeof text, "%s: one", e->label);
	put_operation(paths, one, "get",
	    operation(text, "200", content(openapi_ref(e->name, "")), NULL, path_parameters(one)));
	if (e->flags & MODEL_LOG)
		return;
	snprintf(text, sizeof text, "%s: delete", e->label);
	if (!(e->flags & MODEL_STAYS))
		put_operation(paths, one, "delete",
		    conditional(operation(text, "204", NULL, NULL, path_parameters(one))));
	snprintf(text, sizeof text, "%s: create", e->label);
	if (!(e->flags & MODEL_SYSTEM))
		put_operation(paths, path, "post",
		    operation(text, "201", content(openapi_ref(e->name, "")),
			openapi_ref(e->name, "_create"), NULL));
	snprintf(text, sizeof text, "%s: change", e->label);
	if (e->flags & MODEL_FIXED)
		return;
	put_operation(paths, one, "patch",
	    conditional(operation(text, "200", content(openapi_ref(e->name, "")),
		openapi_ref(e->name, "_patch"), path_parameters(one))));
}

static json_t *
action_response(const struct action *a)
{
	if (!a->response)
		return NULL;
	if (strchr(a->response, '/'))
		return json_pack("{s:{s:{s:s}}}", a->response, "schema", "type", "string");
	if (a->list)
		return content(list_of(schema_of(a->response)));
	return content(schema_of(a->response));
}

static void
put_action(json_t *paths, const struct action *a)
{
	json_t *parameters = path_parameters(a->path);
	struct slice names = slice_cstr(a->query), name;
	json_t *op;
	char text[40];

	while (names.n) {
		name = slice_take_until(&names, ' ');
		slice_clip_cstr(name, text, sizeof text);
		put_parameter(parameters, text, "query", type("string"));
	}
	op = operation(a->summary, a->status, action_response(a),
	    a->body && !strchr(a->body, '/') ? schema_of(a->body) : NULL, parameters);
	if (a->body && strchr(a->body, '/'))
		json_object_set_new(op, "requestBody",
		    json_pack("{s:b, s:{s:{s:{s:s}}}}", "required", 1, "content", a->body, "schema",
			"type", "string"));
	if (a->is_public)
		json_object_set_new(op, "security", json_array());
	put_operation(paths, a->path, a->method, op);
}

json_t *
openapi_paths(void)
{
	json_t *paths = json_object();
	size_t count;
	const struct model_entity *const *all = model_entities(&count);

	for (size_t i = 0; i < count; i++)
		if (!(all[i]->flags & MODEL_HIDDEN))
			put_collection(paths, all[i]);
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
		put_action(paths, &actions[i]);
	return paths;
}
