/* KEY: star codes. What merely says how a call is made (privately, through a certain line) goes on
 * to its plan; for the rest an app answers. */
#include "directory/conferences.h"
#include "directory/mailboxes.h"
#include "routing/routing_int.h"

enum { APP_RING_MS = 30000 }; /* it answers at once */

static bool
fits(enum feature f, struct slice argument)
{
	switch (feature_takes(f)) {
	case FEATURE_ALONE: return argument.n == 0;
	case FEATURE_NEEDED: return argument.n > 0;
	case FEATURE_MAYBE: break;
	}
	return true;
}

bool
routing_feature(const struct directory *dir, struct slice dialled, enum feature *feature,
    struct slice *argument)
{
	size_t longest = 0;

	if (!dialled.n || (dialled.p[0] != '*' && dialled.p[0] != '#'))
		return false;
	for (int f = 0; f < FEATURES_N; f++) {
		struct slice code = slice_cstr(dir_settings(dir)->code[f]);

		if (feature_place(f) != FEATURE_DIALLED || code.n <= longest ||
		    !slice_starts(dialled, code) || !fits(f, slice_from(dialled, code.n)))
			continue;
		longest = code.n;
		*feature = f;
		*argument = slice_from(dialled, code.n);
	}
	return longest > 0;
}

void
app_named(struct routing_plan *plan, enum routing_app app, struct slice name)
{
	plan->called.name = name;
	plan->target[plan->n_targets++] =
	    (struct routing_target){.kind = ROUTING_APP, .app = app, .phone_name = name};
	plan->action = ROUTING_RING;
	plan->ring_ms = APP_RING_MS;
}

static void
app_answers(struct routing_plan *plan, enum routing_app app)
{
	struct slice name = slice_cstr(feature_label(plan->feature));

	because(plan, REASON_CODE, REASON_ARGS(plan->called.number, name));
	app_named(plan, app, name);
}

void
plan_mailbox(struct routing_plan *plan, const struct directory *dir, struct slice code)
{
	const struct dir_mailbox *m = dir_mailbox_by_code(dir, code);

	plan->called.number = code;
	if (!m) {
		because(plan, REASON_NO_MAILBOX, REASON_ARGS(code));
		refuse(plan, 404, CDR_NOT_FOUND);
		return;
	}
	mailbox_answers(plan, m);
}

void
mailbox_answers(struct routing_plan *plan, const struct dir_mailbox *m)
{
	because(plan, REASON_MAILBOX, REASON_ARGS(m->name));
	plan->argument = m->code;
	app_named(plan, ROUTING_APP_VOICEMAIL, m->name);
}

void
plan_conference_room(struct routing_plan *plan, const struct dir_conference_room *room)
{
	because(plan, REASON_CONFERENCE_ROOM, REASON_ARGS(plan->called.number, room->name));
	plan->argument = room->key;
	app_named(plan, ROUTING_APP_CONFERENCE, room->name);
}

/* Whoever answers here does it for a user. */
static void
plan_app(struct routing_plan *plan, enum routing_app app)
{
	if (plan->caller.user) {
		app_answers(plan, app);
		return;
	}
	because(plan, REASON_CODE_NO_USER, NULL);
	refuse(plan, 403, CDR_FAILED);
}

/* USR-7: at a telephone of ours, whoever's it is. */
static void
plan_login(struct routing_plan *plan, const struct routing_query *q)
{
	if (q->caller_phone)
		app_answers(plan, ROUTING_APP_LOGIN);
	else
		refuse(plan, 403, CDR_FAILED);
}

bool
routing_speed_dial(const struct directory *dir, const struct dir_user *user,
    char dialled[ROUTING_DIALLED_MAX], const struct dir_speed_dial **found)
{
	enum feature feature;
	struct slice place;

	*found = NULL;
	if (routing_feature(dir, slice_cstr(dialled), &feature, &place) &&
	    feature == FEATURE_SPEED_DIAL)
		*found = dir_speed_dial_find(dir, user ? user->id : 0, place);
	return *found && slice_copy_cstr((*found)->number, dialled, ROUTING_DIALLED_MAX) == ERR_OK;
}

void
expand_speed_dial(
    struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	const struct dir_user *by =
	    q->sent_on_by ? q->sent_on_by : dir_user_by_id(dir, plan->caller.user);
	const struct dir_speed_dial *s;

	if ((!q->caller_line || q->sent_on_by) && routing_speed_dial(dir, by, plan->dialled, &s))
		because(plan, REASON_SPEED_DIAL, REASON_ARGS(s->place, s->name, s->number));
}

/* What is stored has taken its place before (expand_speed_dial): there is nothing. */
static void
plan_empty_speed_dial(struct routing_plan *plan)
{
	because(plan, REASON_SPEED_DIAL_EMPTY, REASON_ARGS(plan->argument));
	plan_app(plan, ROUTING_APP_ORDER);
}

static void
plan_private(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	plan->private_call = true;
	plan->called.number = plan->argument;
	because(plan, REASON_PRIVATE_CALL, NULL);
	plan_number(plan, dir, q, plan->argument);
}

/* Whoever rings is answered before a plan is asked for (call/pick_up.c). */
static void
plan_nothing(struct routing_plan *plan)
{
	because(plan, REASON_CODE,
	    REASON_ARGS(plan->called.number, slice_cstr(feature_label(plan->feature))));
	because(plan, REASON_NOTHING_RINGS, NULL);
	refuse(plan, 480, CDR_UNAVAILABLE);
}

/* Somebody comes to wait there; fetching needs no plan (call/orbit.c). */
static void
plan_orbit(struct routing_plan *plan, const struct routing_state *state)
{
	uint32_t orbit;

	if (plan->argument.n != 2 || slice_to_u32(plan->argument, 99, &orbit) != ERR_OK) {
		because(plan, REASON_NO_ORBIT, REASON_ARGS(plan->argument));
		refuse(plan, 404, CDR_NOT_FOUND);
	} else if (state->orbit_taken && state->orbit_taken(state->ctx, orbit)) {
		because(plan, REASON_ORBIT_TAKEN, REASON_ARGS(plan->argument));
		refuse(plan, 486, CDR_BUSY);
	} else {
		plan_app(plan, ROUTING_APP_ORBIT);
	}
}

bool
plan_feature(struct routing_plan *plan, const struct directory *dir, const struct routing_query *q)
{
	if (q->caller_line ||
	    !routing_feature(dir, slice_cstr(plan->dialled), &plan->feature, &plan->argument))
		return false;
	switch (plan->feature) {
	case FEATURE_PRIVATE_CALL: plan_private(plan, dir, q); break;
	case FEATURE_LINE_PREFIX: plan_line_prefix(plan, dir, q, plan->argument); break;
	case FEATURE_SPEED_DIAL: plan_empty_speed_dial(plan); break;
	case FEATURE_PICK_UP: plan_nothing(plan); break;
	case FEATURE_ORBIT: plan_orbit(plan, q->state); break;
	case FEATURE_VOICEMAIL: plan_app(plan, ROUTING_APP_MAILBOX); break;
	case FEATURE_PHONE_LOGIN:
	case FEATURE_PHONE_LOGOUT:
	case FEATURE_PHONE_LOGOUT_ALL: plan_login(plan, q); break;
	case FEATURE_REDIRECT_ALWAYS:
	case FEATURE_REDIRECT_ALWAYS_OFF:
	case FEATURE_REDIRECT_BUSY:
	case FEATURE_REDIRECT_BUSY_OFF:
	case FEATURE_REDIRECT_TIMEOUT:
	case FEATURE_REDIRECT_TIMEOUT_OFF:
	case FEATURE_GROUP_ON:
	case FEATURE_GROUP_OFF:
	case FEATURE_COMPLETION:
	case FEATURE_COMPLETION_OFF:
	case FEATURE_DND_ON:
	case FEATURE_DND_OFF: plan_app(plan, ROUTING_APP_ORDER); break;
	case FEATURE_CONSULT: /* nothing that is dialled */
	case FEATURE_THREE_WAY:
	case FEATURE_RECORD:
	case FEATURE_TO_GO:
	case FEATURES_N: break;
	}
	return true;
}
