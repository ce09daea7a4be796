#include "office_desk.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "office.h"
#include "office_check.h"
#include "office_told.h"
#include "store/store.h"
#include "store/voicemail.h"

enum { THINK_MS = 300 };

static const char *const files[] = {"", "-wal", "-shm", ".lock"};

/* ---- the database ---- */

static void
copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
	char bytes[65536];
	size_t n;

	if (!in || !out)
		abort();
	while ((n = fread(bytes, 1, sizeof bytes, in)))
		if (fwrite(bytes, 1, n, out) != n)
			abort();
	fclose(in);
	fclose(out);
}

static void
remove_files(const struct office_desk *d)
{
	char path[128];

	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(path, sizeof path, "%s%s", d->path, files[i]);
		unlink(path);
	}
}

static void
open_store(struct office_desk *d)
{
	char why[256] = "";

	if (store_open(d->path, &d->store, why, sizeof why) != ERR_OK) {
		fprintf(stderr, "%s\n", why);
		abort();
	}
}

static void
follow(struct office *o)
{
	struct directory *old = o->desk.directory;

	if (directory_build(o->desk.store, &o->desk.directory) != ERR_OK)
		abort();
	o->directory = o->desk.directory;
	o->desk.changed_ms = sim_now_ms(o->sim);
	if (o->switchboard)
		switchboard_set_directory(o->switchboard, o->directory);
	directory_free(old);
}

/* ---- the work ---- */

static void
obey(struct office *o, const struct feature_order *order)
{
	struct feature_result r = {.id = order->id, .outcome = store_feature(o->desk.store, order)};

	if (r.outcome == FEATURE_FAILED)
		office_problem(o, "%s could not be done", feature_name(order->feature));
	follow(o);
	if (r.outcome == FEATURE_DONE)
		told_note(o, order);
	else
		o->desk.n_refused++;
	o->desk.n_done += r.outcome == FEATURE_DONE;
	told_compare(o);
	switchboard_on_feature_result(o->switchboard, &r);
}

static void
answer(struct office *o, uint64_t id, enum err result)
{
	switchboard_on_voicemail_answer(
	    o->switchboard, &(struct voicemail_answer){.id = id, .result = result});
}

static void
serve(struct office *o, const struct voicemail_ask *ask)
{
	struct store *s = o->desk.store;
	struct voicemail_answer *list = NULL;
	enum err e = ERR_NOT_FOUND;

	if (ask->wish == VOICEMAIL_LIST)
		e = store_voicemail_list(s, ask->id, ask->mailbox, &list);
	else if (ask->wish == VOICEMAIL_MARK)
		e = store_voicemail_mark(s, ask->mailbox, ask->message, ask->state);
	if (list)
		switchboard_on_voicemail_answer(o->switchboard, list);
	else
		answer(o, ask->id, e);
	free(list);
}

/* A day without a database: it is full, say. Mailboxes are empty, and take what is left there. */
static void
refuse(struct office *o, const struct desk_work *w)
{
	if (w->kind == DESK_ORDER)
		switchboard_on_feature_result(o->switchboard,
		    &(struct feature_result){.id = w->order.id, .outcome = FEATURE_DENIED});
	else if (w->kind == DESK_ASK)
		answer(o, w->ask.id, ERR_OK);
	o->desk.n_refused += w->kind == DESK_ORDER;
	o->desk.n_messages += w->kind == DESK_ENDED && w->ended.keep;
}

static void
do_work(struct office *o, const struct desk_work *w)
{
	struct store *s = o->desk.store;
	enum err e;

	if (!s) {
		refuse(o, w);
		return;
	}
	switch (w->kind) {
	case DESK_ORDER: obey(o, &w->order); break;
	case DESK_BEGAN:
		e = store_voicemail_begin(s, &w->began);
		answer(o, w->began.id, e);
		break;
	case DESK_ENDED:
		e = store_voicemail_end(s, "/nowhere", &w->ended);
		o->desk.n_messages += e == ERR_OK && w->ended.keep;
		break;
	case DESK_ASK: serve(o, &w->ask); break;
	case DESK_COMPLETED:
		if (store_completion_over(s, w->completed.id) != ERR_OK)
			office_problem(o, "a completion that is over cannot be forgotten");
		follow(o);
		told_forget(o, w->completed.id, 0);
		break;
	}
}

static void
on_timer(struct timer *t)
{
	struct office *o = container_of(t, struct office, desk.timer);
	struct desk_work w = o->desk.work[0];

	memmove(o->desk.work, o->desk.work + 1, --o->desk.n_work * sizeof w);
	if (o->desk.n_work)
		timer_start(sim_timers(o->sim), t, 1);
	do_work(o, &w);
}

void
desk_take(struct office *o, const struct desk_work *w)
{
	struct office_desk *d = &o->desk;

	if (d->n_work == DESK_WORK_MAX) {
		office_problem(o, "more is asked of management than people can dial");
		return;
	}
	d->work[d->n_work++] = *w;
	if (!timer_active(&d->timer))
		timer_start(sim_timers(o->sim), &d->timer, 1 + rng_below(&d->rng, THINK_MS));
}

/* ---- life ---- */

void
desk_open(struct office *o, const char *master, uint64_t seed)
{
	struct office_desk *d = &o->desk;

	rng_init_seed(&d->rng, seed ^ 0x6465736bull);
	timer_init(&d->timer, on_timer);
	snprintf(d->path, sizeof d->path, "%s/strowger-sim-%d.db",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp", (int)getpid());
	if (rng_below(&d->rng, o->span->desk_one_in) != 0)
		return;
	remove_files(d);
	copy_file(master, d->path);
	open_store(d);
}

void
desk_crash(struct office *o)
{
	timer_stop(&o->desk.timer);
	o->desk.n_work = 0;
}

void
desk_restart(struct office *o)
{
	if (!o->desk.store)
		return;
	store_close(o->desk.store);
	open_store(&o->desk);
	follow(o);
	told_compare(o);
}

void
desk_end_day(struct office *o)
{
	size_t n;

	if (!o->desk.store)
		return;
	for (int64_t id = 1; id < DESK_USERS_MAX; id++)
		if (dir_user_by_id(o->directory, id) &&
		    store_completion_cancel(o->desk.store, id, &n) != ERR_OK)
			abort();
		else
			told_forget(o, 0, id);
	follow(o);
	told_compare(o);
}

void
desk_close(struct office *o)
{
	timer_stop(&o->desk.timer);
	directory_free(o->desk.directory);
	store_close(o->desk.store);
	if (o->desk.store)
		remove_files(&o->desk);
}
