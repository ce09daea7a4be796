/* What people change by star codes at their telephones: the same rows, rules and log of changes as
 * by the web page, and no more than they may there. */
#include "base/log.h"
#include "loop/loop.h"
#include "model/rights.h"
#include "store/store_int.h"

struct orders {
	struct store *s;
	const struct feature_order *what;
	json_t *user;	   /* NULL: the phone is nobody's */
	const char *phone; /* its name, or "" */
};

static enum feature_outcome
outcome_of(enum err e, const struct model_errors *errors)
{
	switch (e) {
	case ERR_OK: return FEATURE_DONE;
	case ERR_NOT_FOUND: return FEATURE_UNKNOWN;
	case ERR_INVALID:
	case ERR_CONFLICT:
	case ERR_EXISTS:
		log_info(STORE, "what was dialled cannot be done: %s",
		    errors->count ? errors->at[0].message : err_text(e));
		return FEATURE_UNKNOWN;
	default:
		log_error(STORE, "what was dialled could not be stored: %s", err_text(e));
		return FEATURE_FAILED;
	}
}

/* Takes in. */
static enum feature_outcome
patch(const struct orders *o, const struct model_entity *e, int64_t id, json_t *in)
{
	struct model_errors errors = {0};
	json_t *row = NULL;
	enum err err = in ? store_patch(o->s, e, id, in, &row, &errors) : ERR_NOMEM;

	json_decref(row);
	json_decref(in);
	return outcome_of(err, &errors);
}

static enum feature_outcome
set_dnd(const struct orders *o, bool on)
{
	if (!(rights_of_user(o->user) & RIGHT_BIT(REDIRECT)))
		return FEATURE_DENIED;
	return patch(o, &model_user, o->what->user, json_pack("{s:b}", "dnd", on));
}

/* Those that equal that, which is taken. */
static enum err
find_rows(const struct orders *o, const struct model_entity *e, json_t *equals, json_t **rows)
{
	struct store_query q = {.all = true, .equals = equals};
	int64_t total = 0;
	enum err err = equals ? store_list(o->s, e, &q, rows, &total, NULL) : ERR_NOMEM;

	json_decref(equals);
	return err;
}

/* The only one; *id 0: there is none. */
static enum err
find_row(const struct orders *o, const struct model_entity *e, json_t *equals, int64_t *id)
{
	json_t *rows = NULL;
	enum err err = find_rows(o, e, equals, &rows);

	*id = json_integer_value(json_object_get(json_array_get(rows, 0), "id"));
	json_decref(rows);
	return err;
}

/* The user's place in the group with that ID. */
static enum err
find_member(const struct orders *o, int64_t *id)
{
	json_t *group = NULL;
	enum err e = store_find(o->s, &model_group, "group_id", o->what->argument, &group);

	*id = 0;
	if (e == ERR_OK)
		e = find_row(o, &model_group_member,
		    json_pack("{s:O,s:I}", "group", json_object_get(group, "id"), "user",
			(json_int_t)o->what->user),
		    id);
	json_decref(group);
	return e == ERR_OK && !*id ? ERR_NOT_FOUND : e;
}

static enum feature_outcome
log_on(const struct orders *o, bool on)
{
	struct model_errors none = {0};
	int64_t id;
	enum err e = find_member(o, &id);

	return e == ERR_OK ? patch(o, &model_group_member, id, json_pack("{s:b}", "logged_on", on))
			   : outcome_of(e, &none);
}

static enum feature_outcome
redirect_number(const struct orders *o, json_int_t number, const char *trigger, bool on)
{
	struct model_errors errors = {0};
	json_t *in = NULL, *row = NULL;
	int64_t id;
	enum err e = find_row(o, &model_redirection,
	    json_pack("{s:I,s:s}", "number", number, "trigger", trigger), &id);

	if (e != ERR_OK || (!id && !on))
		return outcome_of(e, &errors);
	in = on ? json_pack(
		      "{s:b,s:s,s:s}", "enabled", 1, "kind", "number", "target", o->what->argument)
		: json_pack("{s:b}", "enabled", 0);
	if (in && !id) {
		json_object_set_new(in, "number", json_integer(number));
		json_object_set_new(in, "trigger", json_string(trigger));
	}
	e = !in	 ? ERR_NOMEM
	    : id ? store_patch(o->s, &model_redirection, id, in, &row, &errors)
		 : store_create(o->s, &model_redirection, in, &row, &errors);
	json_decref(row);
	json_decref(in);
	return outcome_of(e, &errors);
}

/* Of all numbers of the user; those of his groups are not his alone. */
static enum feature_outcome
redirect(const struct orders *o, const char *trigger, bool on)
{
	enum feature_outcome outcome = FEATURE_UNKNOWN;
	struct model_errors none = {0};
	json_t *numbers = NULL, *one;
	size_t i;
	enum err e;

	if (!(rights_of_user(o->user) & RIGHT_BIT(REDIRECT)))
		return FEATURE_DENIED;
	e = find_rows(
	    o, &model_number, json_pack("{s:I}", "user", (json_int_t)o->what->user), &numbers);
	if (e != ERR_OK)
		outcome = outcome_of(e, &none);
	json_array_foreach(numbers, i, one)
	{
		outcome =
		    redirect_number(o, json_integer_value(json_object_get(one, "id")), trigger, on);
		if (outcome != FEATURE_DONE)
			break;
	}
	json_decref(numbers);
	return outcome;
}

/* ---- telephones (USR-7) ---- */

/* A user's phones without that one; behind that one, if he logs in: it is his primary one then. */
static json_t *
phones_of(const json_t *user, int64_t phone, bool in)
{
	json_t *phones = json_array(), *one;
	size_t i;

	if (in)
		json_array_append_new(phones, json_integer(phone));
	json_array_foreach(json_object_get(user, "phones"), i, one)
	{
		if (json_integer_value(one) != phone)
			json_array_append(phones, one);
	}
	return phones;
}

static enum feature_outcome
set_phones(const struct orders *o, const json_t *user, bool in)
{
	return patch(o, &model_user, json_integer_value(json_object_get(user, "id")),
	    json_pack("{s:o}", "phones", phones_of(user, o->what->phone, in)));
}

static enum feature_outcome
log_in_or_out(const struct orders *o, bool in)
{
	struct model_errors none = {0};
	enum feature_outcome outcome;
	json_t *user = NULL;
	enum err e = store_find(o->s, &model_user, "login", o->what->argument, &user);

	if (e != ERR_OK)
		return outcome_of(e, &none);
	store_set_writer(o->what->argument, o->phone);
	if (!o->what->phone || !(rights_of_user(user) & RIGHT_BIT(LOGIN)) ||
	    !json_is_true(json_object_get(user, "enabled")))
		outcome = FEATURE_DENIED;
	else
		outcome = set_phones(o, user, in);
	json_decref(user);
	return outcome;
}

static enum feature_outcome
log_in(const struct orders *o)
{
	return log_in_or_out(o, true);
}

static enum feature_outcome
log_out(const struct orders *o)
{
	return log_in_or_out(o, false);
}

static enum feature_outcome
log_all_out(const struct orders *o)
{
	enum feature_outcome outcome = FEATURE_DONE;
	json_t *phone = NULL, *one;
	size_t i;

	if (store_get(o->s, &model_phone, o->what->phone, &phone) != ERR_OK)
		return FEATURE_UNKNOWN;
	json_array_foreach(json_object_get(phone, "users"), i, one)
	{
		json_t *user = NULL;

		if (store_get(o->s, &model_user, json_integer_value(one), &user) != ERR_OK)
			continue;
		if (outcome == FEATURE_DONE)
			outcome = set_phones(o, user, false);
		json_decref(user);
	}
	json_decref(phone);
	return outcome;
}

/* ---- call completion ---- */

static enum feature_outcome
complete(const struct orders *o)
{
	struct store_completion c = {.user = o->what->user,
	    .number = o->what->argument,
	    .tried = o->what->tried,
	    .since_ms = (int64_t)loop_wall_ms()};
	struct model_errors none = {0};
	json_t *row = NULL;
	enum err e;

	if (!*c.number)
		return FEATURE_UNKNOWN;
	e = store_completion_request(o->s, &c, &row);
	json_decref(row);
	switch (e) {
	case ERR_LIMIT: return FEATURE_FULL;
	case ERR_INVALID:
	case ERR_NOT_FOUND: return FEATURE_REFUSED;
	default: return outcome_of(e, &none);
	}
}

static enum feature_outcome
complete_nothing(const struct orders *o)
{
	struct model_errors none = {0};
	size_t n = 0;
	enum err e = store_completion_cancel(o->s, o->what->user, &n);

	return e == ERR_OK && !n ? FEATURE_UNKNOWN : outcome_of(e, &none);
}

static enum feature_outcome
carry_out(const struct orders *o)
{
	switch (o->what->feature) {
	case FEATURE_DND_ON: return set_dnd(o, true);
	case FEATURE_DND_OFF: return set_dnd(o, false);
	case FEATURE_PHONE_LOGIN: return log_in(o);
	case FEATURE_PHONE_LOGOUT: return log_out(o);
	case FEATURE_PHONE_LOGOUT_ALL: return log_all_out(o);
	case FEATURE_REDIRECT_ALWAYS: return redirect(o, "always", true);
	case FEATURE_REDIRECT_ALWAYS_OFF: return redirect(o, "always", false);
	case FEATURE_REDIRECT_BUSY: return redirect(o, "busy", true);
	case FEATURE_REDIRECT_BUSY_OFF: return redirect(o, "busy", false);
	case FEATURE_REDIRECT_TIMEOUT: return redirect(o, "timeout", true);
	case FEATURE_REDIRECT_TIMEOUT_OFF: return redirect(o, "timeout", false);
	case FEATURE_GROUP_ON: return log_on(o, true);
	case FEATURE_GROUP_OFF: return log_on(o, false);
	case FEATURE_COMPLETION: return complete(o);
	case FEATURE_COMPLETION_OFF: return complete_nothing(o);
	case FEATURE_PRIVATE_CALL: /* these change nothing that is stored */
	case FEATURE_LINE_PREFIX:
	case FEATURE_SPEED_DIAL:
	case FEATURE_PICK_UP:
	case FEATURE_VOICEMAIL:
	case FEATURE_ORBIT:
	case FEATURE_CONSULT:
	case FEATURE_THREE_WAY:
	case FEATURE_RECORD:
	case FEATURE_TO_GO:
	case FEATURES_N: break;
	}
	return FEATURE_FAILED;
}

enum feature_outcome
store_feature(struct store *s, const struct feature_order *order)
{
	struct orders o = {.s = s, .what = order};
	struct model_errors none = {0};
	json_t *phone = NULL;
	enum feature_outcome outcome;
	enum err e = order->user ? store_get(s, &model_user, order->user, &o.user) : ERR_OK;

	if (e != ERR_OK)
		return outcome_of(e, &none);
	if (order->phone && store_get(s, &model_phone, order->phone, &phone) != ERR_OK)
		phone = NULL;
	o.phone = phone ? json_string_value(json_object_get(phone, "name")) : "";
	store_set_writer(
	    o.user ? json_string_value(json_object_get(o.user, "login")) : "", o.phone);
	outcome = carry_out(&o);
	store_set_writer("", "");
	json_decref(phone);
	json_decref(o.user);
	return outcome;
}
