/* Actions on outgoing mail: a trial whose dialogue people can read, another attempt. */
#include <stdlib.h>

#include "api/api_int.h"
#include "loop/loop.h"
#include "mail/mail.h"

static bool
is_address(const char *to)
{
	json_t *in = json_pack("{s:s}", "sender", to), *out = NULL;
	bool ok =
	    in && *to && model_check(&model_mail_server, in, MODEL_PATCH, &out, NULL) == ERR_OK;

	json_decref(out);
	json_decref(in);
	return ok;
}

void
handle_mail_test(struct request *rq)
{
	json_t *in = request_json(rq, false);
	const char *to = json_string_value(json_object_get(in, "to"));
	struct mail_trial *trial;
	struct settings settings;
	enum err e;

	if (!in)
		return;
	if (!to || !is_address(to)) {
		json_decref(in);
		reply_error(
		    rq, 422, "bad_format", "to", "Enter the e-mail address of a recipient.");
		return;
	}
	trial = malloc(sizeof *trial);
	e = trial ? store_settings(rq->api->store, &settings) : ERR_NOMEM;
	if (e == ERR_OK)
		e = mail_try(
		    rq->api->store, rq->api->params.dns_servers, to, settings.language, trial);
	if (e == ERR_OK)
		reply_json(rq, 200,
		    json_pack("{s:b, s:s, s:s}", "sent", trial->sent, "answer", trial->answer,
			"dialogue", trial->dialogue));
	else if (e == ERR_INVALID)
		reply_error(
		    rq, 409, "mail_off", NULL, "Choose a way of delivery first, and save it.");
	else
		reply_err(rq, e, NULL);
	free(trial);
	json_decref(in);
}

void
handle_mail_retry(struct request *rq)
{
	enum err e = store_mail_retry(rq->api->store, rq->id, (int64_t)loop_wall_ms());
	json_t *mail = NULL;

	if (e == ERR_OK)
		reply_json(rq, 202, json_pack("{s:I}", "id", (json_int_t)rq->id));
	else if (e == ERR_NOT_FOUND &&
		 store_get(rq->api->store, &model_mail, rq->id, &mail) == ERR_OK)
		reply_error(
		    rq, 409, "not_waiting", NULL, "This mail is sent already, or on its way.");
	else
		reply_err(rq, e, NULL);
	json_decref(mail);
}
