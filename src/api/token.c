/*
 * API tokens: made by a user in a session, shown once. "stw_" lets people and scanners of source
 * code recognise one.
 */
#include <stdio.h>

#include "api/api_int.h"
#include "api/secret_int.h"
#include "loop/loop.h"

enum { TOKEN_RANDOM_BYTES = 32, TOKEN_TEXT_BYTES = 4 + 2 * TOKEN_RANDOM_BYTES + 1 };

static bool
make_text(char out[TOKEN_TEXT_BYTES])
{
	unsigned char bytes[TOKEN_RANDOM_BYTES];
	struct buf b;

	if (!secret_random(bytes, sizeof bytes))
		return false;
	buf_init(&b, out, TOKEN_TEXT_BYTES - 1);
	buf_lit(&b, "stw_");
	buf_hex(&b, bytes, sizeof bytes);
	out[b.n] = '\0';
	explicit_bzero(bytes, sizeof bytes);
	return true;
}

/* What the input asks for; false with a refusal in the reply. Rights beyond the user's own are
 * refused: later they might come to life unseen. */
static bool
read_input(struct request *rq, const json_t *in, struct store_token *t, struct model_errors *errors)
{
	const json_t *end = json_object_get(in, "expires_at"),
		     *names = json_object_get(in, "rights");
	struct slice name = slice_trim(slice_cstr(json_string_value(json_object_get(in, "name"))));
	uint32_t known = 0;

	t->rights = rights_of_list(names);
	for (uint32_t bits = t->rights; bits; bits &= bits - 1)
		known++;
	t->name = json_string_value(json_object_get(in, "name"));
	if (!name.n || model_utf8_count(name) > 60)
		model_error_add(
		    errors, "required", "name", "A name of at most 60 characters is needed.");
	if (!json_is_array(names))
		model_error_add(errors, "wrong_type", "rights", "Rights must be a list of texts.");
	else if (known != json_array_size(names))
		model_error_add(errors, "bad_choice", "rights", "A right is not known or doubled.");
	else if (t->rights & ~rq->caller.rights)
		model_error_add(
		    errors, "bad_choice", "rights", "You cannot give rights that you do not have.");
	if (end && !json_is_null(end) &&
	    (model_time_parse(slice_cstr(json_string_value(end)), &t->expires_at) != ERR_OK ||
		t->expires_at <= t->created_at))
		model_error_add(
		    errors, "bad_time", "expires_at", "The end must be a time to come.");
	return errors->count == 0;
}

static void
create(struct request *rq, struct store_token *t)
{
	char text[TOKEN_TEXT_BYTES];
	json_t *row = NULL;
	enum err e = make_text(text) ? ERR_OK : ERR_IO;

	if (e == ERR_OK) {
		secret_sha256(text, strlen(text), t->token_hash);
		e = store_token_create(rq->api->store, t, &row);
	}
	if (e == ERR_OK) {
		json_object_set_new(row, "token", json_string(text));
		reply_json(rq, 201, row);
	} else if (e == ERR_LIMIT) {
		reply_error(
		    rq, 409, "too_many", NULL, "There are too many tokens. Delete some first.");
	} else {
		reply_err(rq, e, NULL);
	}
	explicit_bzero(text, sizeof text);
}

void
handle_token_create(struct request *rq)
{
	struct store_token t = {.user = rq->caller.user_id, .created_at = (int64_t)loop_wall_ms()};
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false);

	if (!in)
		return;
	if (read_input(rq, in, &t, &errors))
		create(rq, &t);
	else
		reply_err(rq, ERR_INVALID, &errors);
	json_decref(in);
}
