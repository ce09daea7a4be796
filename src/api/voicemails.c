/*
 * Messages for who has access to their mailbox, himself or by a group (VMB-4, USE-4): the list,
 * their state, their sound, passing them on; and what people choose of their mailboxes themselves.
 * What is in others' mailboxes is not there. Administrators see that there are messages, in the
 * list of all, but hear only those of mailboxes that are open to them like to anybody else.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "api/api_int.h"
#include "model/play.h"
#include "store/mailbox.h"
#include "store/sound_files.h"
#include "store/voicemail.h"

/* ---- one message ---- */

/* The message that the address names; false with a refusal in the reply. */
static bool
find(struct request *rq, struct store_message *m)
{
	enum err e = store_message_get(rq->api->store, rq->id, m);

	if (e == ERR_OK)
		e = store_mailbox_open_to(rq->api->store, m->mailbox, rq->caller.user_id);
	if (e != ERR_OK)
		reply_err(rq, e, NULL);
	return e == ERR_OK;
}

static void
reply_message(struct request *rq, enum err e)
{
	json_t *row = NULL;

	if (e == ERR_OK)
		e = store_get(rq->api->store, &model_voicemail, rq->id, &row);
	if (e == ERR_OK)
		reply_json(rq, 200, row);
	else
		reply_err(rq, e, NULL);
}

void
handle_own_voicemail(struct request *rq)
{
	struct store_message m;

	if (find(rq, &m))
		reply_message(rq, ERR_OK);
}

void
handle_own_voicemail_patch(struct request *rq)
{
	json_t *in = request_json(rq, false);
	struct store_message m;

	if (in && find(rq, &m))
		reply_message(rq, store_voicemail_mark(rq->api->store, m.mailbox, rq->id,
				      voicemail_state_find(row_text(in, "state"))));
	json_decref(in);
}

/* First it can be taken back; once more, and it is gone. */
void
handle_own_voicemail_delete(struct request *rq)
{
	struct store_message m;
	enum err e;

	if (!find(rq, &m))
		return;
	if (m.state == VOICEMAIL_DELETED)
		e = store_message_remove(rq->api->store, rq->api->params.data_dir, rq->id);
	else
		e = store_voicemail_mark(rq->api->store, m.mailbox, rq->id, VOICEMAIL_DELETED);
	if (e == ERR_OK)
		reply_text(rq, 204, NULL, NULL, 0);
	else
		reply_err(rq, e, NULL);
}

void
handle_own_voicemail_forward(struct request *rq)
{
	json_t *in = request_json(rq, false);
	char by[LIVE_NAME_BYTES];
	struct store_message m;
	enum err e;

	if (in && find(rq, &m)) {
		snprintf(by, sizeof by, "%.46s %.46s", row_text(rq->caller.user, "first_name"),
		    row_text(rq->caller.user, "last_name"));
		e = store_voicemail_forward(rq->api->store, rq->api->params.data_dir, m.mailbox,
		    rq->id, json_integer_value(json_object_get(in, "mailbox")), by);
		if (e == ERR_OK)
			reply_text(rq, 204, NULL, NULL, 0);
		else if (e == ERR_NOT_FOUND)
			reply_error(rq, 422, "no_such_reference", "mailbox",
			    "There is no such mailbox, or no message any more.");
		else if (e == ERR_LIMIT)
			reply_error(rq, 409, "mailbox_full", "mailbox", "That mailbox is full.");
		else
			reply_err(rq, e, NULL);
	}
	json_decref(in);
}

/* "voicemail-2026-11-30-1405-0211555123.wav", by the clock of the server. */
static void
name_file(struct request *rq, const struct store_message *m)
{
	time_t at = (time_t)(m->received_at / 1000);
	char when[32] = "";
	struct tm t;
	struct buf b;

	if (localtime_r(&at, &t))
		strftime(when, sizeof when, "%Y-%m-%d-%H%M", &t);
	buf_init(&b, rq->reply.file_name, sizeof rq->reply.file_name - 1);
	buf_printf(&b, "%s; filename=\"voicemail-%s",
	    request_query_flag(rq, "download") ? "attachment" : "inline", when);
	for (const char *c = m->number; *c; c++)
		if ((*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z'))
			buf_printf(&b, "%s%c", c == m->number ? "-" : "", *c);
	buf_lit(&b, ".wav\"");
	rq->reply.file_name[b.n] = '\0';
	rq->reply.disposition = rq->reply.file_name;
}

void
handle_own_voicemail_audio(struct request *rq)
{
	struct store_message m;
	char path[PATH_MAX];
	const char *data_dir = rq->api->params.data_dir;

	if (!find(rq, &m))
		return;
	if (!data_dir || !sound_file_path(path, data_dir, VOICEMAIL_FOLDER, m.file) ||
	    !audio_reply(rq, path))
		reply_error(rq, 404, "no_sound", NULL, "The sound of this message is gone.");
	else if (rq->reply.status < 400)
		name_file(rq, &m);
}

/* It is heard there, and no new one any more (apps/listen.c). */
void
handle_own_voicemail_play(struct request *rq)
{
	struct store_message m;
	json_t *row = NULL;
	enum err e;

	if (!play_is_asked(rq) || !find(rq, &m))
		return;
	e = store_get(rq->api->store, &model_voicemail, rq->id, &row);
	if (e != ERR_OK)
		reply_err(rq, e, NULL);
	else
		play_at_phone(rq, &(struct play){.kind = PLAY_MESSAGE, .id = rq->id},
		    *row_text(row, "name") ? row_text(row, "name") : row_text(row, "number"));
	json_decref(row);
}

/* ---- mailboxes ---- */

bool
mailbox_is_open(struct request *rq, int64_t mailbox, const char *field)
{
	enum err e = store_mailbox_open_to(rq->api->store, mailbox, rq->caller.user_id);

	if (e == ERR_NOT_FOUND)
		reply_error(rq, 422, "not_your_mailbox", field, "This mailbox is not open to you.");
	else if (e != ERR_OK)
		reply_err(rq, e, NULL);
	return e == ERR_OK;
}

/* What people may choose as an announcement: everybody's, their own, and what is chosen already. */
static bool
may_choose(struct request *rq, const json_t *mailbox, const json_t *in, const char *field)
{
	const json_t *wanted = json_object_get(in, field);
	json_t *row = NULL;
	int64_t user;
	enum err e;

	if (!json_is_integer(wanted) ||
	    json_equal((json_t *)wanted, json_object_get(mailbox, field)))
		return true;
	e = store_get(rq->api->store, &model_announcement, json_integer_value(wanted), &row);
	user = json_integer_value(json_object_get(row, "user"));
	json_decref(row);
	if (e == ERR_OK && (user == 0 || user == rq->caller.user_id))
		return true;
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		reply_err(rq, e, NULL);
	else
		reply_error(rq, 422, "not_your_announcement", field,
		    "There is no such announcement for you.");
	return false;
}

static bool
may_change(struct request *rq, const json_t *in)
{
	static const char *const greetings[] = {"greeting", "greeting_busy", "greeting_away"};
	json_t *row = NULL;
	enum err e = store_mailbox_open_to(rq->api->store, rq->id, rq->caller.user_id);
	bool ok = true;

	if (e == ERR_OK)
		e = store_get(rq->api->store, &model_mailbox, rq->id, &row);
	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		return false;
	}
	for (size_t i = 0; i < sizeof greetings / sizeof greetings[0] && ok; i++)
		ok = may_choose(rq, row, in, greetings[i]);
	json_decref(row);
	return ok;
}

void
handle_own_mailbox_patch(struct request *rq)
{
	json_t *in = request_json(rq, false);

	if (in && may_change(rq, in))
		handle_patch(rq);
	json_decref(in);
}

/* What is spoken becomes an announcement of its own: the one before may be heard elsewhere, too. */
static void
speak_greeting(struct request *rq, enum play_kind kind)
{
	json_t *in = request_json(rq, true), *row = NULL;
	enum err e;

	if (!in)
		return;
	e = store_get(rq->api->store, &model_mailbox, rq->id, &row);
	if (e == ERR_OK)
		play_at_phone(rq,
		    &(struct play){.kind = kind,
			.id = rq->id,
			.greeting = (uint8_t)voicemail_greeting_find(row_text(in, "greeting"))},
		    row_text(row, "name"));
	else
		reply_err(rq, e, NULL);
	json_decref(row);
	json_decref(in);
}

void
handle_mailbox_speak(struct request *rq)
{
	speak_greeting(rq, PLAY_GREET);
}

void
handle_own_mailbox_speak(struct request *rq)
{
	enum err e;

	if (!play_is_asked(rq))
		return;
	e = store_mailbox_open_to(rq->api->store, rq->id, rq->caller.user_id);
	if (e == ERR_OK)
		speak_greeting(rq, PLAY_GREET_OWN);
	else
		reply_err(rq, e, NULL);
}

/* ---- telling ---- */

struct telling {
	struct api *api;
	const char *event;
};

static void
tell_one(void *ctx, int64_t user)
{
	struct telling *t = ctx;

	hub_publish_person(t->api->hub, user, RIGHT_BIT(VOICE), 0, "changed", t->event);
}

/* Whose message it is is known while it is there; of what is gone everybody looks again. */
void
voicemails_on_changed(struct api *api, const char *entity, int64_t id)
{
	const struct model_entity *e = entity ? model_find(entity) : NULL;
	struct store_message m;
	char event[80];

	if ((e != &model_voicemail && e != &model_mailbox && e != &model_mailbox_access) ||
	    !hub_wanted(api->hub))
		return;
	snprintf(event, sizeof event, "{\"entity\":\"%s\",\"id\":%lld}", entity, (long long)id);
	if (e != &model_voicemail || !id || store_message_get(api->store, id, &m) != ERR_OK ||
	    store_mailbox_users(api->store, m.mailbox, tell_one, &(struct telling){api, event}) !=
		ERR_OK)
		hub_publish_right(api->hub, RIGHT_BIT(VOICE), "changed", event);
}
