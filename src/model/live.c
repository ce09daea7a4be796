/* Field tables of live values and of the call record. */
#include "model/live.h"

#include <stdlib.h>

#include "model/entities_int.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])
#define IN(type, member)                                                                           \
	.offset = offsetof(struct type, member), .size = sizeof(((struct type *)0)->member)
#define LIST_IN(type, member)                                                                      \
	.offset = offsetof(struct type, member), .size = sizeof(((struct type *)0)->member[0]),    \
	.count_offset = offsetof(struct type, member##_count),                                     \
	.max = sizeof(((struct type *)0)->member) / sizeof(((struct type *)0)->member[0])

#define NAME_OF(id, text)   text,
#define PIPE_NAME(id, text) "|" text
static const char *const state_names[] = {LIVE_CALL_STATES(NAME_OF)};
static const char *const line_state_names[] = {LIVE_LINE_STATES(NAME_OF)};
static const char *const result_names[] = {CDR_RESULTS(NAME_OF)};
/* "setup|ringing|..." without the first bar */
#define STATES	    (&("" LIVE_CALL_STATES(PIPE_NAME))[1])
#define VOICES	    (&("" LIVE_VOICES(PIPE_NAME))[1])
#define SPOKEN	    (&("" LIVE_SPOKEN(PIPE_NAME))[1])
#define LINE_STATES (&("" LIVE_LINE_STATES(PIPE_NAME))[1])
#define RESULTS	    (&("" CDR_RESULTS(PIPE_NAME))[1])
#define ENDERS	    (&("" CDR_ENDERS(PIPE_NAME))[1])

static const struct model_field party_fields[] = {
    {"number", MODEL_TEXT, 0, IN(live_party, number), .label = "Number"},
    {"name", MODEL_TEXT, 0, IN(live_party, name), .label = "Name"},
    {"user", MODEL_REF, 0, IN(live_party, user), .ref = "user", .label = "User"},
    {"phone", MODEL_TEXT, MODEL_NULLABLE, IN(live_party, phone), .label = "Phone name"},
};

const struct model_entity model_live_party = {"live_party", "", MODEL_LIVE, .label = "Party",
    .description = "One side of a call", FIELDS(party_fields)};

static const struct model_field heard_fields[] = {
    {"voice", MODEL_ENUM, 0, IN(live_heard, voice), .choices = VOICES, .label = "Voice",
	.description = "unknown: not measured yet, silent: too little came"},
    {"mos_x100", MODEL_INT, MODEL_NULLABLE, IN(live_heard, mos_x100), .label = "Voice quality",
	.description = "Mean opinion score by the E-model (ITU-T G.107) times 100, 100 to 441"},
    {"lost_x100", MODEL_INT, 0, IN(live_heard, lost_x100), .label = "Lost packets",
	.description = "Hundredths of a percent"},
    {"jitter_ms", MODEL_INT, 0, IN(live_heard, jitter_ms), .label = "Jitter in ms"},
    {"delay_ms", MODEL_INT, MODEL_NULLABLE, IN(live_heard, delay_ms),
	.label = "Delay of the network in ms",
	.description = "One way, measured by RTCP when both phones send it"},
    {"encrypted", MODEL_BOOL, 0, IN(live_heard, encrypted), .label = "Encrypted",
	.description = "Between the system and the phone of this side"},
};

const struct model_entity model_live_heard = {"live_heard", "", MODEL_LIVE,
    .label = "What a side hears", .description = "How well a side of a call hears the other now",
    FIELDS(heard_fields)};

static const struct model_field call_fields[] = {
    {"call_id", MODEL_TEXT, 0, IN(live_call, call_id), .label = "Call"},
    {"started_at", MODEL_TIME, 0, IN(live_call, started_at), .label = "Started"},
    {"answered_at", MODEL_TIME, MODEL_NULLABLE, IN(live_call, answered_at), .label = "Answered"},
    {"state", MODEL_ENUM, 0, IN(live_call, state), .choices = STATES, .label = "State"},
    {"caller", MODEL_OBJECT, 0, IN(live_call, caller), .object = &model_live_party,
	.label = "Caller"},
    {"called", MODEL_OBJECT, 0, IN(live_call, called), .object = &model_live_party,
	.label = "Called"},
    {"ringing", MODEL_TEXT_LIST, 0, LIST_IN(live_call, ringing), .label = "Ringing phones"},
    {"reasons", MODEL_REASON_LIST, 0, LIST_IN(live_call, reasons), .label = "Reasons",
	.description = "Why the call went where it went"},
    {"recorded", MODEL_BOOL, 0, IN(live_call, recorded), .label = "Recorded",
	.description = "One of the two records it into a mailbox"},
    {"spoken", MODEL_ENUM, 0, IN(live_call, spoken), .choices = SPOKEN, .label = "Announcement",
	.description = "How far somebody is who speaks one at a telephone. told: he hears what to "
		       "do; judging: he hears it, and decides"},
    {"codec", MODEL_TEXT, MODEL_NULLABLE, IN(live_call, codec), .label = "Codec",
	.description = "PCMU/G722: the caller's and the called one's, translated in between"},
    {"heard_by_caller", MODEL_OBJECT, 0, IN(live_call, heard_by_caller),
	.object = &model_live_heard, .label = "Heard by the caller"},
    {"heard_by_called", MODEL_OBJECT, 0, IN(live_call, heard_by_called),
	.object = &model_live_heard, .label = "Heard by the called"},
};

const struct model_entity model_live_call = {"live_call", "calls", MODEL_LIVE, .label = "Live call",
    .description = "A call in progress", FIELDS(call_fields)};

static const struct model_field registration_fields[] = {
    {"phone", MODEL_TEXT, 0, IN(live_registration, phone), .label = "Phone name"},
    {"phone_id", MODEL_REF, 0, IN(live_registration, phone_id), .ref = "phone", .label = "Phone"},
    {"contact", MODEL_TEXT, 0, IN(live_registration, contact), .label = "Contact"},
    {"source", MODEL_TEXT, 0, IN(live_registration, source), .label = "Source address"},
    {"transport", MODEL_TEXT, 0, IN(live_registration, transport), .label = "Transport"},
    {"user_agent", MODEL_TEXT, 0, IN(live_registration, user_agent), .label = "User agent"},
    {"registered_at", MODEL_TIME, MODEL_NULLABLE, IN(live_registration, registered_at),
	.label = "Registered"},
    {"expires_at", MODEL_TIME, MODEL_NULLABLE, IN(live_registration, expires_at), .label = "Ends"},
    {"rtt_ms", MODEL_INT, MODEL_NULLABLE, IN(live_registration, rtt_ms),
	.label = "Round trip in ms"},
    {"reachable", MODEL_BOOL, 0, IN(live_registration, reachable), .label = "Reachable"},
};

const struct model_entity model_live_registration = {"live_registration", "registrations",
    MODEL_LIVE, .label = "Registration", .description = "Where a phone can be reached now",
    FIELDS(registration_fields)};

static const struct model_field subscription_fields[] = {
    {"phone", MODEL_TEXT, 0, IN(live_subscription, phone), .label = "Phone name"},
    {"phone_id", MODEL_REF, 0, IN(live_subscription, phone_id), .ref = "phone", .label = "Phone"},
    {"event", MODEL_TEXT, 0, IN(live_subscription, event), .label = "Event",
	.description = "dialog, message-summary, presence or reg"},
    {"resource", MODEL_TEXT, 0, IN(live_subscription, resource), .label = "Watched",
	.description = "URI of what is watched"},
    {"contact", MODEL_TEXT, 0, IN(live_subscription, contact), .label = "Contact"},
    {"source", MODEL_TEXT, 0, IN(live_subscription, source), .label = "Source address"},
    {"transport", MODEL_TEXT, 0, IN(live_subscription, transport), .label = "Transport"},
    {"tag", MODEL_TEXT, 0, IN(live_subscription, tag), .label = "Tag"},
    {"subscribed_at", MODEL_TIME, 0, IN(live_subscription, subscribed_at), .label = "Since"},
    {"expires_at", MODEL_TIME, 0, IN(live_subscription, expires_at), .label = "Ends"},
};

const struct model_entity model_live_subscription = {"live_subscription", "subscriptions",
    MODEL_LIVE, .label = "Subscription", .description = "A phone that watches something",
    FIELDS(subscription_fields)};

static const struct model_field line_fields[] = {
    {"line", MODEL_TEXT, 0, IN(live_line, name), .label = "Line name"},
    {"line_id", MODEL_REF, 0, IN(live_line, line_id), .ref = "line", .label = "Line"},
    {"state", MODEL_ENUM, 0, IN(live_line, state), .choices = LINE_STATES, .label = "State"},
    {"reason", MODEL_TEXT, MODEL_NULLABLE, IN(live_line, reason), .label = "Reason",
	.description = "What the provider or the network said, in English"},
    {"server", MODEL_TEXT, MODEL_NULLABLE, IN(live_line, hop), .label = "Server in use"},
    {"transport", MODEL_TEXT, MODEL_NULLABLE, IN(live_line, transport), .label = "Transport"},
    {"since", MODEL_TIME, 0, IN(live_line, since), .label = "Since"},
    {"expires_at", MODEL_TIME, MODEL_NULLABLE, IN(live_line, expires_at), .label = "Ends"},
    {"rtt_ms", MODEL_INT, MODEL_NULLABLE, IN(live_line, rtt_ms), .label = "Round trip in ms"},
    {"calls", MODEL_INT, 0, IN(live_line, calls), .label = "Calls now"},
    {"max_calls", MODEL_INT, 0, IN(live_line, max_calls), .label = "Calls at most",
	.description = "0 = no limit"},
    {"incoming", MODEL_INT, 0, IN(live_line, incoming), .label = "Calls that came in",
	.description = "Like the following: since midnight, or the start of the system"},
    {"answered", MODEL_INT, 0, IN(live_line, answered), .label = "Outgoing calls answered"},
    {"busy", MODEL_INT, 0, IN(live_line, busy), .label = "Outgoing calls to busy ones"},
    {"unanswered", MODEL_INT, 0, IN(live_line, unanswered), .label = "Outgoing calls not answered"},
    {"refused", MODEL_INT, 0, IN(live_line, refused), .label = "Outgoing calls refused"},
    {"failed", MODEL_INT, 0, IN(live_line, failed),
	.label = "Outgoing calls that the provider could not take"},
};

const struct model_entity model_live_line = {"live_line", "lines/status", MODEL_LIVE,
    .label = "State of a line", .description = "Whether a line to a provider works now",
    FIELDS(line_fields)};

static const struct model_field cdr_fields[] = {
    {"call_id", MODEL_TEXT, MODEL_SEARCH, IN(cdr, call_id), .label = "Call"},
    /* Indexed by what makes a record unique: in the order in which they come, so that a new one
     * costs the same with a million before it. */
    {"started_at", MODEL_TIME, 0, IN(cdr, started_at), .label = "Started"},
    {"ringing_at", MODEL_TIME, MODEL_NULLABLE, IN(cdr, ringing_at), .label = "Ringing"},
    {"answered_at", MODEL_TIME, MODEL_NULLABLE, IN(cdr, answered_at), .label = "Answered"},
    {"ended_at", MODEL_TIME, MODEL_NULLABLE, IN(cdr, ended_at), .label = "Ended"},
    {"caller_number", MODEL_TEXT, MODEL_SEARCH, IN(cdr, caller_number), .label = "Caller's number"},
    {"caller_name", MODEL_TEXT, MODEL_SEARCH, IN(cdr, caller_name), .label = "Caller's name"},
    {"caller_user", MODEL_REF, 0, IN(cdr, caller_user), .ref = "user", .label = "Caller",
	.description = "May be the id of a user who is gone"},
    {"caller_phone", MODEL_TEXT, MODEL_SEARCH | MODEL_NULLABLE, IN(cdr, caller_phone),
	.label = "Caller's phone"},
    {"called_number", MODEL_TEXT, MODEL_SEARCH, IN(cdr, called_number), .label = "Called number"},
    {"called_name", MODEL_TEXT, MODEL_SEARCH, IN(cdr, called_name), .label = "Called name"},
    {"called_user", MODEL_REF, 0, IN(cdr, called_user), .ref = "user", .label = "Called",
	.description = "May be the id of a user who is gone"},
    {"called_phone", MODEL_TEXT, MODEL_SEARCH | MODEL_NULLABLE, IN(cdr, called_phone),
	.label = "Phone that answered"},
    {"result", MODEL_ENUM, 0, IN(cdr, result), .choices = RESULTS, .def = "\"answered\"",
	.label = "Result"},
    {"sip_status", MODEL_INT, MODEL_NULLABLE, IN(cdr, sip_status),
	.label = "SIP status the caller got"},
    {"ended_by", MODEL_ENUM, 0, IN(cdr, ended_by), .choices = ENDERS, .def = "\"system\"",
	.label = "Ended by"},
    {"duration_s", MODEL_INT, 0, IN(cdr, duration_s), .label = "Duration",
	.description = "Seconds from answer to end"},
    {"explanation", MODEL_REASON_LIST, 0, LIST_IN(cdr, explanation), .label = "Explanation",
	.description = "Why the call went where it went"},
    {"packets_to_caller", MODEL_INT, 0, IN(cdr, packets_to_caller),
	.label = "RTP packets to the caller"},
    {"packets_to_called", MODEL_INT, 0, IN(cdr, packets_to_called),
	.label = "RTP packets to the called"},
    {"lost_to_caller", MODEL_INT, 0, IN(cdr, lost_to_caller),
	.label = "RTP packets lost on the way to the caller"},
    {"lost_to_called", MODEL_INT, 0, IN(cdr, lost_to_called),
	.label = "RTP packets lost on the way to the called"},
    {"jitter_to_caller_us", MODEL_INT, 0, IN(cdr, jitter_to_caller_us),
	.label = "Jitter towards the caller in \u00b5s"},
    {"jitter_to_called_us", MODEL_INT, 0, IN(cdr, jitter_to_called_us),
	.label = "Jitter towards the called in \u00b5s"},
    {"codec", MODEL_TEXT, MODEL_NULLABLE, IN(cdr, codec), .label = "Codec",
	.description = "PCMU/G722: the caller's and the called one's, translated in between"},
    {"mos_to_caller_x100", MODEL_INT, MODEL_NULLABLE, IN(cdr, mos_to_caller_x100),
	.label = "Voice quality at the caller",
	.description = "Mean opinion score by the E-model (ITU-T G.107) times 100, 100 to 441"},
    {"mos_to_called_x100", MODEL_INT, MODEL_NULLABLE, IN(cdr, mos_to_called_x100),
	.label = "Voice quality at the called",
	.description = "Mean opinion score by the E-model (ITU-T G.107) times 100, 100 to 441"},
    {"delay_to_caller_ms", MODEL_INT, MODEL_NULLABLE, IN(cdr, delay_to_caller_ms),
	.label = "Delay of the network to the caller in ms",
	.description = "One way, measured by RTCP when both phones send it"},
    {"delay_to_called_ms", MODEL_INT, MODEL_NULLABLE, IN(cdr, delay_to_called_ms),
	.label = "Delay of the network to the called in ms",
	.description = "One way, measured by RTCP when both phones send it"},
    {"private_call", MODEL_BOOL, 0, IN(cdr, private_call), .label = "Private call",
	.description = "Of the number that was called outside the last digits are not kept"},
    {"direct", MODEL_BOOL, 0, IN(cdr, direct), .label = "Direct voice",
	.description = "The voices went directly between the phones, at least for a time. How they "
		       "sounded is not known, and packets are those that came here"},
    {"currency", MODEL_TEXT, MODEL_NULLABLE, IN(cdr, currency), .label = "Currency",
	.description = "Of the charge; null: the line had no rate for the number"},
    {"charge_micro", MODEL_INT, 0, IN(cdr, charge_micro), .format = MODEL_FORMAT_MICRO,
	.label = "Charge",
	.description = "By the rates of the line, in millionths of the currency"},
    {"line", MODEL_TEXT, MODEL_NULLABLE, IN(cdr, line), .label = "Line",
	.description = "That carried the call outside, also to a mobile phone of who was called"},
    /* what is computed stands last: cdr_kept_fields */
    {"answered_by", MODEL_TEXT, MODEL_COMPUTED | MODEL_NULLABLE, .label = "Answered by",
	.description = "Of a call to a group, and of one that was picked up: who took it"},
};

#define MOBILE_PHONE SLICE("FMC/")

struct slice
cdr_mobile_phone(struct slice number, char out[LIVE_MOBILE_BYTES])
{
	struct buf b;

	buf_init(&b, out, LIVE_MOBILE_BYTES - 1);
	buf_put(&b, MOBILE_PHONE);
	buf_put(&b, number);
	out[b.n] = '\0';
	return buf_slice(&b);
}

struct slice
cdr_mobile_number(struct slice phone)
{
	return slice_starts(phone, MOBILE_PHONE) ? slice_from(phone, MOBILE_PHONE.n) : SLICE("");
}

size_t
cdr_kept_fields(void)
{
	size_t n = sizeof cdr_fields / sizeof cdr_fields[0];

	while (cdr_fields[n - 1].flags & MODEL_COMPUTED)
		n--;
	return n;
}

const struct model_entity model_call_record = {"call_record", "call-records", MODEL_LOG, NULL,
    "-started_at", NULL, .unique_together = "started_at, call_id",
    .owners = "caller_user|called_user",
    /* In the order in which they come, too: whose calls they are, also those that a group has
     * missed, is read from a seventh of the pages */
    .covering = "started_at, id, caller_user, called_user, called_number, result",
    .label = "Call record", .description = "A call that is over", FIELDS(cdr_fields)};

const char *
live_call_state_name(enum live_call_state s)
{
	return (size_t)s < sizeof state_names / sizeof state_names[0] ? state_names[s] : "ended";
}

const char *
live_line_state_name(enum live_line_state s)
{
	return line_state_names[s];
}

const char *
cdr_result_name(enum cdr_result r)
{
	return (size_t)r < sizeof result_names / sizeof result_names[0] ? result_names[r]
									: "failed";
}

json_t *
live_call_json(const struct live_call *call)
{
	return model_struct_json(&model_live_call, call);
}

json_t *
live_registration_json(const struct live_registration *r)
{
	return model_struct_json(&model_live_registration, r);
}

json_t *
live_subscription_json(const struct live_subscription *s)
{
	return model_struct_json(&model_live_subscription, s);
}

json_t *
live_line_json(const struct live_line *l)
{
	return model_struct_json(&model_live_line, l);
}

json_t *
cdr_json(const struct cdr *cdr)
{
	return model_struct_json(&model_call_record, cdr);
}

void
live_reason_add(char list[LIVE_REASONS_MAX][LIVE_REASON_BYTES], uint32_t *count, enum reason r,
    const struct slice *args)
{
	if (*count == LIVE_REASONS_MAX)
		memmove(list[LIVE_REASONS_FIRST], list[LIVE_REASONS_FIRST + 1],
		    (LIVE_REASONS_MAX - LIVE_REASONS_FIRST - 1) * sizeof list[0]);
	else
		(*count)++;
	reason_write(r, args, list[*count - 1], LIVE_REASON_BYTES);
}
