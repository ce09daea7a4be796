/* What everybody may see and change of their own (USE-4), each by its right. */
#include "api/api_int.h"

/* Fields of the user that people change themselves, and the right that takes. */
static const struct {
	const char *field;
	enum right right;
} own_fields[] = {
    {"first_name", RIGHT_SETTING},
    {"last_name", RIGHT_SETTING},
    {"email", RIGHT_SETTING},
    {"language", RIGHT_SETTING},
    {"dnd", RIGHT_REDIRECT},
    {"call_waiting", RIGHT_REDIRECT},
};

void
handle_me(struct request *rq)
{
	reply_json(rq, 200, json_incref(rq->caller.user));
}

void
handle_me_rights(struct request *rq)
{
	reply_json(rq, 200, json_pack("{s:o}", "rights", rights_json(rq->caller.rights)));
}

static bool
may_change(struct request *rq, const json_t *in)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)in, name, value)
	{
		size_t i = 0, n = sizeof own_fields / sizeof own_fields[0];

		while (i < n && strcmp(own_fields[i].field, name) != 0)
			i++;
		if (i == n) {
			reply_error(rq, 422, "not_own", NULL,
			    "Only first_name, last_name, email, language, dnd and call_waiting "
			    "can be changed here.");
			return false;
		}
		if (!session_may(rq, own_fields[i].right))
			return false;
	}
	return true;
}

void
handle_me_patch(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false), *row = NULL;
	enum err e;

	if (!in)
		return;
	if (may_change(rq, in)) {
		e = store_patch(rq->api->store, &model_user, rq->caller.user_id, in, &row, &errors);
		if (e == ERR_OK)
			reply_json(rq, 200, row);
		else
			reply_err(rq, e, &errors);
	}
	json_decref(in);
}

bool
me_password_ok(struct request *rq, const char *login, const char *password, json_t **user)
{
	if (login_password(rq, login, password, user)) {
		limits_forgive(rq->api->limits, &rq->peer, slice_cstr(login), api_mono_ms());
		return true;
	}
	/* 401 would send the page to its log-in. */
	if (rq->reply.status == 401)
		reply_error(
		    rq, 422, "wrong_password", "old_password", "This is not your password.");
	return false;
}

/* All sessions end with the old password; who changed it gets a new one. */
static void
change_password(struct request *rq, const char *password)
{
	struct model_errors errors = {0};
	json_t *in = json_pack("{s:s}", "password", password), *row = NULL;
	enum err e =
	    in ? store_patch(rq->api->store, &model_user, rq->caller.user_id, in, &row, &errors)
	       : ERR_NOMEM;

	if (e == ERR_OK)
		session_open(rq, row, 200);
	else
		reply_err(rq, e, &errors);
	json_decref(in);
}

void
handle_me_password(struct request *rq)
{
	json_t *in = request_json(rq, false), *user = NULL;
	const char *old = json_string_value(json_object_get(in, "old_password"));
	const char *password = json_string_value(json_object_get(in, "password"));
	const char *login = json_string_value(json_object_get(rq->caller.user, "login"));

	if (!in)
		return;
	if (!old || !password)
		reply_error(rq, 422, "required", old ? "password" : "old_password",
		    "Please enter the old and the new password.");
	else if (me_password_ok(rq, login, old, &user))
		change_password(rq, password);
	json_decref(user);
	json_decref(in);
}

void
handle_end_other_sessions(struct request *rq)
{
	enum err e = store_sessions_end(rq->api->store, rq->caller.user_id, rq->caller.session_id);

	if (e == ERR_OK)
		reply_text(rq, 204, NULL, NULL, 0);
	else
		reply_err(rq, e, NULL);
}
