/* Field tables of conferences that run. */
#include "model/live_conference.h"

#include "model/entities_int.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])
#define IN(type, member)                                                                           \
	.offset = offsetof(struct type, member), .size = sizeof(((struct type *)0)->member)

static const struct model_field conference_fields[] = {
    {"id", MODEL_INT, 0, IN(live_conference, id), .label = "Number of the conference"},
    {"room", MODEL_REF, 0, IN(live_conference, room), .ref = "conference_room", .label = "Room",
	.description = "Which room on a number it takes place in"},
    {"conference", MODEL_REF, 0, IN(live_conference, conference), .ref = "conference",
	.label = "Plan", .description = "Which planned conference it is"},
    {"name", MODEL_TEXT, 0, IN(live_conference, name), .label = "Name"},
    {"since", MODEL_TIME, 0, IN(live_conference, since), .label = "Since"},
    {"locked", MODEL_BOOL, 0, IN(live_conference, locked), .label = "Locked",
	.description = "Nobody comes in any more but who is invited"},
    {"recording", MODEL_BOOL, 0, IN(live_conference, recording), .label = "Recording"},
    {"waits", MODEL_BOOL, 0, IN(live_conference, waits), .label = "Waits for a moderator",
	.description = "Nobody hears the others"},
    {"over", MODEL_BOOL, 0, IN(live_conference, over), .label = "Over",
	.description = "Told once, in an event"},
};

const struct model_entity model_live_conference = {"live_conference", "live-conferences",
    MODEL_LIVE, .label = "Conference that runs", .description = "Who meets now",
    FIELDS(conference_fields)};

static const struct model_field member_fields[] = {
    {"id", MODEL_INT, 0, IN(live_conference_member, id), .label = "Number of the member"},
    {"name", MODEL_TEXT, 0, IN(live_conference_member, name), .label = "Name"},
    {"number", MODEL_TEXT, 0, IN(live_conference_member, number), .label = "Number"},
    {"user", MODEL_REF, 0, IN(live_conference_member, user), .ref = "user", .label = "User"},
    {"participant", MODEL_REF, 0, IN(live_conference_member, participant),
	.ref = "conference_participant", .label = "Participant", .description = "Of the plan"},
    {"since", MODEL_TIME, 0, IN(live_conference_member, since), .label = "Since"},
    {"moderator", MODEL_BOOL, 0, IN(live_conference_member, moderator), .label = "Moderator"},
    {"talking", MODEL_BOOL, 0, IN(live_conference_member, talking), .label = "Talking"},
    {"muted", MODEL_BOOL, 0, IN(live_conference_member, muted), .label = "Muted by himself"},
    {"silenced", MODEL_BOOL, 0, IN(live_conference_member, silenced),
	.label = "Muted by a moderator"},
    {"wants_to_speak", MODEL_BOOL, 0, IN(live_conference_member, wants_to_speak),
	.label = "Wants to speak"},
    {"asked", MODEL_BOOL, 0, IN(live_conference_member, asked), .label = "Is being called",
	.description = "And is not in yet"},
    {"listening", MODEL_INT, MODEL_COMPUTED, .min = -CONFERENCE_LEVEL_MAX,
	.max = CONFERENCE_LEVEL_MAX, .label = "Earpiece",
	.description = "How loud he hears the others; a step is 3 dB"},
    {"speaking", MODEL_INT, MODEL_COMPUTED, .min = -CONFERENCE_LEVEL_MAX,
	.max = CONFERENCE_LEVEL_MAX, .label = "Microphone",
	.description = "How loud they hear him"},
};

const struct model_entity model_live_conference_member = {"live_conference_member", "", MODEL_LIVE,
    .label = "Member of a conference that runs", .description = "Who is in it, or is called",
    FIELDS(member_fields)};

json_t *
live_conference_json(const struct live_conference *c)
{
	return model_struct_json(&model_live_conference, c);
}

json_t *
live_conference_member_json(const struct live_conference_member *m)
{
	json_t *json = model_struct_json(&model_live_conference_member, m);

	json_object_set_new(json, "listening", json_integer(m->listening));
	json_object_set_new(json, "speaking", json_integer(m->speaking));
	return json;
}

static const struct {
	const char *code, *text;
} outcomes[] = {
#define X(id, code, text) {code, text},
    CONFERENCE_OUTCOMES(X)
#undef X
};

const char *
conference_outcome_code(enum conference_outcome o)
{
	return outcomes[o].code;
}

const char *
conference_outcome_text(enum conference_outcome o)
{
	return outcomes[o].text;
}
