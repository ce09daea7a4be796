#include "daemon/voicemail.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/hmap.h"
#include "base/log.h"
#include "loop/loop.h"
#include "media/service.h"
#include "sound/sound_out.h"
#include "store/announcement.h"
#include "store/mailbox.h"
#include "store/sound_files.h"
#include "store/voicemail.h"

/* A user for whom something waits, as signalling knows it. */
struct told {
	struct hnode by_user;
	struct voicemail_waiting waits;
	uint64_t round; /* in which it was counted last */
};

enum { CHANGED_MAX = 32 }; /* messages; of more, all users are counted again */

struct voicemail {
	struct voicemail_params p;
	int64_t changed[CHANGED_MAX];
	size_t n_changed;
	struct hmap told;
	uint64_t round;
	bool stale, failed;
};

/* ---- the start ---- */

static enum err
mend_file(const char *path, uint64_t *length_ms)
{
	struct stat st;
	enum err e = sound_out_mend(path);

	if (e == ERR_OK && stat(path, &st) != 0)
		e = err_from_errno(errno);
	if (e == ERR_OK)
		*length_ms = (uint64_t)(st.st_size - SOUND_OUT_HEADER_BYTES) /
			     (MEDIA_WIDE_HZ / 1000 * sizeof(int16_t));
	return e;
}

enum err
voicemail_prepare(struct store *s, const char *data_dir)
{
	enum err e = store_voicemail_folders(data_dir);

	return e == ERR_OK ? store_voicemail_mend(s, data_dir, mend_file) : e;
}

enum err
voicemail_new(struct voicemail **out, const struct voicemail_params *p)
{
	struct voicemail *v = calloc(1, sizeof *v);

	if (!v)
		return ERR_NOMEM;
	v->p = *p;
	v->stale = true;
	hmap_init(&v->told);
	*out = v;
	return ERR_OK;
}

static void
forget(struct voicemail *v, struct told *t)
{
	hmap_remove(&v->told, &t->by_user);
	free(t);
}

void
voicemail_free(struct voicemail *v)
{
	struct hnode *n;

	if (!v)
		return;
	while ((n = hmap_each(&v->told, NULL)))
		forget(v, container_of(n, struct told, by_user));
	hmap_fini(&v->told);
	free(v);
}

/* ---- messages ---- */

/* Takes the answer. */
static void
answer(struct voicemail *v, struct voicemail_answer *a)
{
	struct to_signalling msg = {.kind = TO_SIGNALLING_MESSAGES, .answer = a};

	if (!a || mailbox_post(v->p.to_signalling, &msg) != ERR_OK) {
		log_warn(STORE, "a telephone is not told what became of its messages");
		free(a);
	}
}

static void
answer_with(struct voicemail *v, uint64_t id, enum err result)
{
	struct voicemail_answer *a = calloc(1, sizeof *a);

	if (a)
		*a = (struct voicemail_answer){.id = id, .result = result};
	answer(v, a);
}

void
voicemail_begin(struct voicemail *v, const struct voicemail_began *b)
{
	enum err e = store_voicemail_begin(v->p.store, b);

	if (e != ERR_OK && e != ERR_LIMIT && e != ERR_NOT_FOUND)
		log_error(STORE, "no message can be taken: %s", err_text(e));
	answer_with(v, b->id, e);
}

void
voicemail_end(struct voicemail *v, const struct voicemail_ended *ended)
{
	enum err e = store_voicemail_end(v->p.store, v->p.data_dir, ended);

	if (e != ERR_OK && e != ERR_NOT_FOUND)
		log_error(STORE, "a message is not listed before the next start: %s", err_text(e));
	if (ended->fault != ERR_OK && !v->failed) {
		const char *args[NOTICE_ARGS_MAX] = {err_text(ended->fault)};

		notify_say(v->p.notify, NOTICE_RECORDING_FAILED, args, (int64_t)loop_wall_ms());
	}
	v->failed = ended->fault != ERR_OK; /* the next one is told when one went well between */
}

static enum err
forward(struct voicemail *v, const struct voicemail_ask *ask)
{
	json_t *box = NULL, *user = NULL;
	char by[LIVE_NAME_BYTES] = "";
	enum err e = store_find(v->p.store, &model_mailbox, "code", ask->code, &box);

	if (e != ERR_OK)
		return e;
	if (ask->user && store_get(v->p.store, &model_user, ask->user, &user) == ERR_OK)
		snprintf(by, sizeof by, "%s %s", row_text(user, "first_name"),
		    row_text(user, "last_name"));
	e = store_voicemail_forward(v->p.store, v->p.data_dir, ask->mailbox, ask->message,
	    json_integer_value(json_object_get(box, "id")), by);
	json_decref(user);
	json_decref(box);
	return e;
}

/* One item, without id when it is an announcement. */
static enum err
find(struct voicemail *v, const struct voicemail_ask *ask, struct voicemail_answer **out)
{
	struct voicemail_item item = {.id = ask->message};
	struct store_announcement announcement;
	struct store_message message;
	struct voicemail_answer *a;
	enum err e;

	if (ask->message) {
		e = store_message_get(v->p.store, ask->message, &message);
		if (e == ERR_OK)
			e = store_mailbox_open_to(v->p.store, message.mailbox, ask->user);
		if (e != ERR_OK)
			return e;
		item.mailbox = message.mailbox;
		item.state = message.state;
		memcpy(item.file, message.file, sizeof item.file);
	} else {
		e = store_announcement_get(v->p.store, ask->announcement, &announcement);
		if (e != ERR_OK || !announcement.file[0])
			return e == ERR_OK ? ERR_NOT_FOUND : e;
		memcpy(item.file, announcement.file, sizeof item.file);
	}
	a = calloc(1, sizeof *a + sizeof item);
	if (!a)
		return ERR_NOMEM;
	*a = (struct voicemail_answer){.id = ask->id, .n = 1};
	a->item[0] = item;
	*out = a;
	return ERR_OK;
}

/* Who thinks it over for long may come too late: what no row names is swept. */
static enum err
make_sure_of(const struct voicemail *v, const char *file)
{
	char path[PATH_MAX];

	if (!sound_file_is_there(v->p.data_dir, ANNOUNCEMENT_FOLDER, file) ||
	    !sound_file_path(path, v->p.data_dir, ANNOUNCEMENT_FOLDER, file))
		return ERR_NOT_FOUND;
	return sound_folder_sync(path);
}

/* What somebody has spoken at a telephone; the log of changes says who. */
static enum err
keep_spoken(struct voicemail *v, const struct voicemail_ask *ask)
{
	struct store_announcement a = {
	    .changed_at = (int64_t)loop_wall_ms(), .length_ms = ask->length_ms};
	json_t *user = NULL;
	enum err e = make_sure_of(v, ask->file);

	if (e != ERR_OK)
		return e;
	memcpy(a.file, ask->file, sizeof a.file);
	if (!ask->user || store_get(v->p.store, &model_user, ask->user, &user) != ERR_OK)
		user = NULL;
	store_set_writer(user ? row_text(user, "login") : "", "");
	e = ask->wish == VOICEMAIL_GREET
		? store_voicemail_greet(v->p.store, ask)
		: store_announcement_set(v->p.store, ask->announcement, &a);
	store_set_writer("", "");
	json_decref(user);
	return e;
}

void
voicemail_obey(struct voicemail *v, const struct voicemail_ask *ask)
{
	struct voicemail_answer *list = NULL;
	enum err e = ERR_INVALID;

	switch (ask->wish) {
	case VOICEMAIL_LIST:
		e = store_voicemail_list(v->p.store, ask->id, ask->mailbox, &list);
		break;
	case VOICEMAIL_MARK:
		e = store_voicemail_mark(v->p.store, ask->mailbox, ask->message, ask->state);
		break;
	case VOICEMAIL_FORWARD: e = forward(v, ask); break;
	case VOICEMAIL_FIND: e = find(v, ask, &list); break;
	case VOICEMAIL_GREET:
	case VOICEMAIL_SPOKEN: e = keep_spoken(v, ask); break;
	}
	if (e != ERR_OK && e != ERR_LIMIT && e != ERR_NOT_FOUND)
		log_error(STORE, "what was asked of a mailbox cannot be done: %s", err_text(e));
	if (list)
		answer(v, list);
	else
		answer_with(v, ask->id, e);
}

/* ---- lamps ---- */

static bool
tell(struct voicemail *v, const struct voicemail_waiting *w)
{
	struct to_signalling msg = {.kind = TO_SIGNALLING_WAITING, .waiting = *w};

	return mailbox_post(v->p.to_signalling, &msg) == ERR_OK;
}

static struct told *
told_of(struct voicemail *v, int64_t user)
{
	struct hnode *n = hmap_first(&v->told, (uint64_t)user);
	struct told *t = n ? container_of(n, struct told, by_user) : calloc(1, sizeof *t);

	if (n || !t)
		return t;
	t->waits.user = user;
	if (hmap_put(&v->told, &t->by_user, (uint64_t)user) == ERR_OK)
		return t;
	free(t);
	return NULL;
}

static void
count(void *ctx, int64_t user, uint32_t unheard, uint32_t heard)
{
	struct voicemail *v = ctx;
	struct voicemail_waiting now = {user, unheard, heard};
	struct told *t = told_of(v, user);

	if (!t) {
		v->stale = true;
		return;
	}
	t->round = v->round;
	if (t->waits.unheard == unheard && t->waits.heard == heard)
		return;
	if (tell(v, &now))
		t->waits = now;
	else
		v->stale = true;
}

/* For whom nothing was counted nothing waits any more. */
static void
clear_others(struct voicemail *v)
{
	struct hnode *n = hmap_each(&v->told, NULL);

	while (n) {
		struct told *t = container_of(n, struct told, by_user);

		n = hmap_each(&v->told, n);
		if (t->round == v->round)
			continue;
		if (tell(v, &(struct voicemail_waiting){.user = t->waits.user}))
			forget(v, t);
		else
			v->stale = true;
	}
}

void
voicemail_stale(struct voicemail *v, int64_t message)
{
	if (message && v->n_changed < CHANGED_MAX)
		v->changed[v->n_changed++] = message;
	else
		v->stale = true;
}

/* Those whose mailboxes the changed messages are in. */
static void
count_changed(struct voicemail *v)
{
	for (size_t i = 0; i < v->n_changed && !v->stale; i++)
		if (store_voicemail_counts_after(v->p.store, v->changed[i], count, v) != ERR_OK)
			v->stale = true;
	v->n_changed = 0;
}

void
voicemail_tell_waiting(struct voicemail *v)
{
	enum err e;

	count_changed(v);
	if (!v->stale)
		return;
	v->stale = false;
	v->round++;
	e = store_voicemail_counts(v->p.store, count, v);
	if (e == ERR_OK)
		clear_others(v);
	else
		log_error(STORE, "message lamps stay as they are: %s", err_text(e));
}
