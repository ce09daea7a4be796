/*
 * Conferences that run (CNF-2): a mirror of who is in, and what their moderators do. A conference
 * is seen by those who are in it, and controlled by its moderators, those of its plan and those who
 * came as such, and by administrators.
 *
 * The mirror is written on management threads; what has changed is told to open pages by the
 * ticker, so that a large conference in which many talk is told as a whole, and now and then.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/api_int.h"

/* Who is named in the plan, whether or not he is in. */
struct planned {
	int64_t *moderator; /* users, the owner first */
	size_t n;
};

struct running {
	struct list node;
	struct live_conference now;
	struct list members;
	struct planned planned;
	bool dirty;
};

struct member {
	struct list node;
	struct live_conference_member now;
};

struct api_live_conferences {
	pthread_mutex_t lock;
	struct list all; /* running; a few dozen at most */
};

struct api_live_conferences *
live_conferences_new(void)
{
	struct api_live_conferences *all = calloc(1, sizeof *all);

	if (!all)
		return NULL;
	pthread_mutex_init(&all->lock, NULL);
	list_init(&all->all);
	return all;
}

static void
member_free(struct member *m)
{
	list_remove(&m->node);
	free(m);
}

static void
running_free(struct running *r)
{
	while (!list_empty(&r->members))
		member_free(container_of(r->members.next, struct member, node));
	list_remove(&r->node);
	free(r->planned.moderator);
	free(r);
}

void
live_conferences_free(struct api_live_conferences *all)
{
	if (!all)
		return;
	while (!list_empty(&all->all))
		running_free(container_of(all->all.next, struct running, node));
	pthread_mutex_destroy(&all->lock);
	free(all);
}

static struct running *
find(struct api_live_conferences *all, uint64_t id)
{
	LIST_FOR_EACH (n, &all->all) {
		struct running *r = container_of(n, struct running, node);

		if (r->now.id == id)
			return r;
	}
	return NULL;
}

static struct member *
find_member(struct running *r, uint64_t id)
{
	LIST_FOR_EACH (n, &r->members) {
		struct member *m = container_of(n, struct member, node);

		if (m->now.id == id)
			return m;
	}
	return NULL;
}

/* ---- who may ---- */

static bool
is_planned(const struct running *r, int64_t user)
{
	for (size_t i = 0; i < r->planned.n; i++)
		if (r->planned.moderator[i] == user)
			return true;
	return false;
}

/* Is in it: *moderator, as one of them. */
static bool
is_in(const struct running *r, int64_t user, bool *moderator)
{
	bool in = false;

	*moderator = false;
	LIST_FOR_EACH (n, &r->members) {
		const struct member *m = container_of(n, struct member, node);

		if (m->now.user != user || m->now.asked)
			continue;
		in = true;
		*moderator |= m->now.moderator;
	}
	return in;
}

struct may {
	bool see, control;
};

static struct may
may(const struct running *r, int64_t user)
{
	bool moderator, in = user && is_in(r, user, &moderator);
	bool control = user && (is_planned(r, user) || (in && moderator));

	return (struct may){in || control, control};
}

static struct may
caller_may(const struct request *rq, const struct running *r)
{
	if (rq->caller.rights & RIGHT_BIT(ADMIN))
		return (struct may){true, true};
	return may(r, rq->caller.user_id);
}

/* ---- what is said of it ---- */

static json_t *
conference_json(const struct running *r, bool control)
{
	json_t *json = live_conference_json(&r->now), *members = json_array();

	LIST_FOR_EACH (n, &r->members)
		json_array_append_new(members,
		    live_conference_member_json(&container_of(n, struct member, node)->now));
	json_object_set_new(json, "may_control", json_boolean(control));
	json_object_set_new(json, "members", members);
	return json;
}

void
handle_live_conferences(struct request *rq)
{
	struct api_live_conferences *all = rq->api->conferences;
	json_t *items = json_array();

	pthread_mutex_lock(&all->lock);
	LIST_FOR_EACH (n, &all->all) {
		const struct running *r = container_of(n, struct running, node);
		struct may allowed = caller_may(rq, r);

		if (allowed.see && !r->now.over)
			json_array_append_new(items, conference_json(r, allowed.control));
	}
	pthread_mutex_unlock(&all->lock);
	reply_json(rq, 200, json_pack("{s:o}", "items", items));
}

static void
publish_to(struct api *api, int64_t user, const struct running *r, bool control)
{
	hub_publish_json_to(
	    api->hub, (int64_t[2]){user, 0}, "conference", conference_json(r, control));
}

/* ---- what the switch tells ---- */

/* Reads the store. */
static struct planned
read_planned(struct api *api, int64_t conference)
{
	struct planned p = {0};
	json_t *row = NULL, *rows = NULL, *equals, *one;
	struct store_query q = {.all = true};
	int64_t total;
	size_t i;

	if (!conference || store_get(api->store, &model_conference, conference, &row) != ERR_OK)
		return p;
	q.equals = equals =
	    json_pack("{s:I, s:b}", "conference", (json_int_t)conference, "moderator", 1);
	if (store_list(api->store, &model_conference_participant, &q, &rows, &total, NULL) ==
	    ERR_OK)
		p.moderator = calloc(json_array_size(rows) + 1, sizeof *p.moderator);
	if (p.moderator)
		p.moderator[p.n++] = json_integer_value(json_object_get(row, "user"));
	json_array_foreach(rows, i, one)
	{
		int64_t user = json_integer_value(json_object_get(one, "user"));

		if (p.moderator && user)
			p.moderator[p.n++] = user;
	}
	json_decref(equals);
	json_decref(rows);
	json_decref(row);
	return p;
}

static void
touch(struct api *api, struct running *r)
{
	r->dirty = true;
	ticker_wake(api);
}

static struct running *
running_new(struct api *api, int64_t conference)
{
	struct running *r = calloc(1, sizeof *r);

	if (!r)
		return NULL;
	list_init(&r->members);
	r->planned = read_planned(api, conference);
	return r;
}

void
api_on_conference(struct api *api, const struct live_conference *now)
{
	struct api_live_conferences *all = api->conferences;
	struct running *r;

	pthread_mutex_lock(&all->lock);
	r = find(all, now->id);
	pthread_mutex_unlock(&all->lock);
	if (!r && !now->over) /* only this thread makes some */
		r = running_new(api, now->conference);
	if (!r)
		return;
	pthread_mutex_lock(&all->lock);
	if (!r->node.next)
		list_push(&all->all, &r->node);
	r->now = *now;
	touch(api, r);
	pthread_mutex_unlock(&all->lock);
}

/* Who has left and may not see it any more: for him it is over. */
static void
tell_who_left(struct api *api, const struct running *r, int64_t user)
{
	struct running last = {.now = r->now};

	if (!user || may(r, user).see || !hub_has_user(api->hub, (int64_t[2]){user, 0}))
		return;
	last.now.over = true;
	list_init(&last.members);
	publish_to(api, user, &last, false);
}

void
api_on_conference_member(struct api *api, const struct live_conference_member *now)
{
	struct api_live_conferences *all = api->conferences;
	struct running *r;
	struct member *m;

	pthread_mutex_lock(&all->lock);
	r = find(all, now->conference);
	m = r ? find_member(r, now->id) : NULL;
	if (m && now->gone) {
		member_free(m);
		tell_who_left(api, r, now->user);
	} else if (r && !m && !now->gone && (m = calloc(1, sizeof *m)) != NULL) {
		list_push(&r->members, &m->node);
	}
	if (m && !now->gone)
		m->now = *now;
	if (r)
		touch(api, r);
	pthread_mutex_unlock(&all->lock);
}

/* The plan of one that runs: who moderates it may be others now. */
static void
plan_changed(struct api *api, uint64_t id, int64_t conference)
{
	struct planned planned = read_planned(api, conference);
	struct running *r;

	pthread_mutex_lock(&api->conferences->lock);
	r = find(api->conferences, id);
	if (r) {
		free(r->planned.moderator);
		r->planned = planned;
		touch(api, r);
	}
	pthread_mutex_unlock(&api->conferences->lock);
	if (!r)
		free(planned.moderator);
}

/* The first with a plan whose id is above after; 0: none. */
static uint64_t
next_planned(struct api_live_conferences *all, uint64_t after, int64_t *conference)
{
	uint64_t id = 0;

	pthread_mutex_lock(&all->lock);
	LIST_FOR_EACH (n, &all->all) {
		const struct running *r = container_of(n, struct running, node);

		if (r->now.conference && r->now.id > after && (!id || r->now.id < id)) {
			id = r->now.id;
			*conference = r->now.conference;
		}
	}
	pthread_mutex_unlock(&all->lock);
	return id;
}

void
live_conferences_on_changed(struct api *api, const char *entity)
{
	int64_t conference = 0;

	if (entity && strcmp(entity, model_conference.name) != 0 &&
	    strcmp(entity, model_conference_participant.name) != 0)
		return;
	for (uint64_t id = 0; (id = next_planned(api->conferences, id, &conference)) != 0;)
		plan_changed(api, id, conference);
}

/* ---- telling those who look ---- */

static void
tell_user(struct api *api, const struct running *r, int64_t user)
{
	if (user && hub_has_user(api->hub, (int64_t[2]){user, 0}))
		publish_to(api, user, r, may(r, user).control);
}

static void
tell_all(struct api *api, const struct running *r)
{
	bool moderator;

	hub_publish_json(api->hub, "conference", conference_json(r, true));
	for (size_t i = 0; i < r->planned.n; i++)
		tell_user(api, r, r->planned.moderator[i]);
	LIST_FOR_EACH (n, &r->members) {
		const struct member *m = container_of(n, struct member, node);

		if (!is_planned(r, m->now.user) && is_in(r, m->now.user, &moderator))
			tell_user(api, r, m->now.user);
	}
}

void
live_conferences_flush(struct api *api)
{
	struct api_live_conferences *all = api->conferences;

	pthread_mutex_lock(&all->lock);
	LIST_FOR_EACH_SAFE (n, &all->all) {
		struct running *r = container_of(n, struct running, node);

		if (r->dirty && hub_wanted(api->hub))
			tell_all(api, r);
		r->dirty = false;
		if (r->now.over)
			running_free(r);
	}
	pthread_mutex_unlock(&all->lock);
}

/* ---- what is asked of it ---- */

/* The conference of the request, by its own id or that of a member. False with a refusal. */
static bool
find_for(struct request *rq, bool by_member, struct conference_command *cmd)
{
	struct api_live_conferences *all = rq->api->conferences;
	enum conference_outcome none =
	    by_member ? CONFERENCE_OUTCOME_MEMBER_GONE : CONFERENCE_OUTCOME_OVER;
	uint64_t id = (uint64_t)rq->id;
	struct may allowed = {0};

	pthread_mutex_lock(&all->lock);
	LIST_FOR_EACH (n, &all->all) {
		struct running *r = container_of(n, struct running, node);

		if (r->now.over || (by_member ? !find_member(r, id) : r->now.id != id))
			continue;
		allowed = caller_may(rq, r);
		cmd->conference = r->now.id;
		cmd->member = by_member ? id : 0;
		break;
	}
	pthread_mutex_unlock(&all->lock);
	cmd->user = rq->caller.user_id;
	if (allowed.control)
		return true;
	if (allowed.see) {
		reply_error(rq, 403, "not_moderator", NULL, "Only moderators may do that.");
		return false;
	}
	reply_error(
	    rq, 404, conference_outcome_code(none), NULL, "%s", conference_outcome_text(none));
	return false;
}

static int
status_of(enum conference_outcome o)
{
	switch (o) {
	case CONFERENCE_OUTCOME_OVER:
	case CONFERENCE_OUTCOME_MEMBER_GONE: return 404;
	case CONFERENCE_OUTCOME_BUSY: return 503;
	default: return 409;
	}
}

/* False with a refusal in the reply. */
static bool
command(struct request *rq, const struct conference_command *cmd)
{
	const struct api_control_ops *ops = rq->api->ops;
	struct conference_result r = {0};
	enum err e;

	if (!own_pace(rq))
		return false;
	e = ops && ops->conference ? ops->conference(rq->api->ops_ctx, cmd, &r) : ERR_UNSUPPORTED;
	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		return false;
	}
	if (r.outcome == CONFERENCE_OUTCOME_DONE)
		return true;
	refuse_with_reason(rq, status_of(r.outcome), conference_outcome_code(r.outcome),
	    conference_outcome_text(r.outcome), r.reason);
	return false;
}

static void
reply_accepted(struct request *rq)
{
	reply_json(rq, 202, json_pack("{s:I}", "id", (json_int_t)rq->id));
}

/* Does one or the other when the field says so. False with a refusal in the reply. */
static bool
switch_by(struct request *rq, const json_t *in, const char *field, struct conference_command *cmd,
    enum conference_command_kind on, enum conference_command_kind off)
{
	const json_t *value = json_object_get(in, field);

	if (!value)
		return true;
	if (!json_is_boolean(value)) {
		reply_error(rq, 422, "invalid", field, "This is yes or no.");
		return false;
	}
	cmd->kind = json_is_true(value) ? on : off;
	return command(rq, cmd);
}

void
handle_live_conference_patch(struct request *rq)
{
	struct conference_command cmd = {0};
	json_t *in = request_json(rq, false);

	if (in && find_for(rq, false, &cmd) &&
	    switch_by(rq, in, "locked", &cmd, CONFERENCE_LOCK, CONFERENCE_UNLOCK) &&
	    switch_by(rq, in, "recording", &cmd, CONFERENCE_RECORD, CONFERENCE_RECORD_STOP))
		reply_accepted(rq);
	json_decref(in);
}

void
handle_live_conference_end(struct request *rq)
{
	struct conference_command cmd = {.kind = CONFERENCE_END};

	if (find_for(rq, false, &cmd) && command(rq, &cmd))
		reply_accepted(rq);
}

void
handle_live_conference_invite(struct request *rq)
{
	struct conference_command cmd = {.kind = CONFERENCE_INVITE};
	json_t *in = request_json(rq, false);
	const char *number = json_string_value(json_object_get(in, "number"));

	if (in && (!number || !*number ||
		      slice_copy_cstr(slice_cstr(number), cmd.number, sizeof cmd.number) != ERR_OK))
		reply_error(rq, 422, number && *number ? "invalid" : "required", "number",
		    "Please enter a number.");
	else if (in && find_for(rq, false, &cmd)) {
		if (command(rq, &cmd))
			reply_accepted(rq);
	}
	json_decref(in);
}

/* Who is invited goes there himself: his telephones ring. */
void
handle_own_invitation_join(struct request *rq)
{
	struct conference_command cmd = {
	    .kind = CONFERENCE_JOIN, .user = rq->caller.user_id, .participant = rq->id};
	json_t *row = NULL;
	enum err e = store_get(rq->api->store, &model_conference_participant, rq->id, &row);

	if (e == ERR_OK && json_integer_value(json_object_get(row, "user")) != cmd.user)
		e = ERR_NOT_FOUND;
	json_decref(row);
	if (e != ERR_OK)
		reply_err(rq, e, NULL);
	else if (command(rq, &cmd))
		reply_accepted(rq);
}

/* Both levels travel together: what is not said stays as it is. False with a refusal. */
static bool
set_levels(struct request *rq, const json_t *in, struct conference_command *cmd)
{
	const json_t *value[2] = {
	    json_object_get(in, "listening"), json_object_get(in, "speaking")};
	struct running *r;
	struct member *m;
	int64_t level[2] = {0, 0};

	if (!value[0] && !value[1])
		return true;
	pthread_mutex_lock(&rq->api->conferences->lock);
	r = find(rq->api->conferences, cmd->conference);
	m = r ? find_member(r, cmd->member) : NULL;
	if (m) {
		level[0] = m->now.listening;
		level[1] = m->now.speaking;
	}
	pthread_mutex_unlock(&rq->api->conferences->lock);
	for (int i = 0; i < 2; i++) {
		if (!value[i])
			continue;
		level[i] = json_integer_value(value[i]);
		if (json_is_integer(value[i]) && level[i] >= -CONFERENCE_LEVEL_MAX &&
		    level[i] <= CONFERENCE_LEVEL_MAX)
			continue;
		reply_error(rq, 422, "invalid", i ? "speaking" : "listening",
		    "A level is a whole number from -%d to %d.", (int)CONFERENCE_LEVEL_MAX,
		    (int)CONFERENCE_LEVEL_MAX);
		return false;
	}
	cmd->kind = CONFERENCE_LEVELS;
	cmd->listening = (int8_t)level[0];
	cmd->speaking = (int8_t)level[1];
	return command(rq, cmd);
}

void
handle_live_member_patch(struct request *rq)
{
	struct conference_command cmd = {0};
	json_t *in = request_json(rq, false);

	if (in && find_for(rq, true, &cmd) &&
	    switch_by(rq, in, "silenced", &cmd, CONFERENCE_MUTE, CONFERENCE_LET_SPEAK) &&
	    set_levels(rq, in, &cmd))
		reply_accepted(rq);
	json_decref(in);
}

void
handle_live_member_remove(struct request *rq)
{
	struct conference_command cmd = {.kind = CONFERENCE_REMOVE};

	if (find_for(rq, true, &cmd) && command(rq, &cmd))
		reply_accepted(rq);
}
