/*
 * Why a call went where it went: every reason that the plan of a call or the call
 * itself can give, declared once. A reason is a code and arguments; its English
 * sentence stands here, other languages have theirs by the code (web/src/i18n).
 *
 * Between threads, in the journal and in the database a reason travels as one text,
 * the code and the arguments with a control character between them. A text that
 * begins with no known code is a sentence of an earlier version: REASON_NOTE.
 */
#ifndef MODEL_REASONS_H
#define MODEL_REASONS_H

#include <jansson.h>

#include "base/slice.h"

enum {
	LIVE_REASON_BYTES = 120, /* of a reason as it travels, with its NUL */
	REASON_ARGS_MAX = 3,
	REASON_TEXT_BYTES = 320, /* of its sentence */
};

/* {0} is the first argument. Codes are stored in call records: do not rename them. */
#define REASONS(X)                                                                                 \
	X(CALLS_AS, "calls_as", "Phone {0} calls as {1} ({2})")                                    \
	X(SHOWS_OWN_NAME, "shows_own_name", "Phone {0} belongs to no user: it shows its own name") \
	X(NOT_A_NUMBER, "not_a_number", "What was dialled is not a telephone number")              \
	X(NUMBER_UNKNOWN, "number_unknown", "Nobody has the number {0}")                           \
	X(NUMBER_UNUSED, "number_unused", "The number {0} is given to nobody")                     \
	X(NUMBER_OF_USER, "number_of_user", "{0} is a number of {1}")                              \
	X(NUMBER_OF_GROUP, "number_of_group", "{0} is a number of the group {1}")                  \
	X(NUMBER_OF_MAILBOX, "number_of_mailbox", "{0} leads to the mailbox {1}")                  \
	X(MEMBER_LOGGED_OFF, "member_logged_off", "{0} is not logged on to the group")             \
	X(GROUP_NO_PHONE, "group_no_phone", "No member of {0} has a phone that can ring")          \
	X(GROUP_ANSWERED, "group_answered", "{0} ({1}) answered for the group at phone {2}")       \
	X(GROUP_HUNTS, "group_hunts", "The members ring one after the other, {0} seconds each")    \
	X(GROUP_BROADCAST, "group_broadcast",                                                      \
	    "The members of {0} hear what is said by themselves")                                  \
	X(BROADCAST_OWN, "broadcast_own", "{0} does not hear it: the call is his own")             \
	X(BROADCAST_TALKS, "broadcast_talks", "{0} does not hear it: he is in a call")             \
	X(BROADCAST_HEARD, "broadcast_heard", "{0} of {1} members who were called heard it")       \
	X(TURN_OVER, "turn_over", "{0} did not answer in time: the next one's turn")               \
	X(USER_OFF, "user_off", "{0} is switched off")                                             \
	X(USER_DND, "user_dnd", "{0} does not want to be disturbed")                               \
	X(USER_NO_PHONE, "user_no_phone", "{0} has no phone that can ring")                        \
	X(USER_TALKS, "user_talks", "{0} is in a call and has no call waiting")                    \
	X(GROUP_TALKS, "group_talks", "All members of {0} who could be rung are in calls")         \
	X(REDIRECT_ALWAYS, "redirect_always", "Calls to {0} always go to {1}")                     \
	X(REDIRECT_BUSY, "redirect_busy", "{0} is busy: the call goes to {1}")                     \
	X(REDIRECT_UNREACHED, "redirect_unreached", "{0} cannot be reached: the call goes to {1}") \
	X(REDIRECT_NO_ANSWER, "redirect_no_answer",                                                \
	    "{0} did not answer in time: the call goes to {1}")                                    \
	X(REDIRECT_WHEN_BUSY, "redirect_when_busy",                                                \
	    "When the phones are busy or refuse, the call goes to {0}")                            \
	X(REDIRECT_AFTER, "redirect_after", "When nobody answers for {0} s, the call goes to {1}") \
	X(REDIRECT_EMERGENCY, "redirect_emergency",                                                \
	    "Calls are not redirected to the emergency number {0}")                                \
	X(PHONE_RINGS, "phone_rings", "Phone {0} rings")                                           \
	X(PHONE_OF_CALLER, "phone_of_caller", "Phone {0} does not ring: it is the caller's")       \
	X(PHONE_OFF, "phone_off", "Phone {0} does not ring: it is switched off here")              \
	X(PHONE_ONLY_CALLS, "phone_only_calls", "Phone {0} does not ring: it may only call")       \
	X(PHONE_ONLY_CALLED, "phone_only_called", "Phone {0} may not call: it may only be called") \
	X(NAMES_CALLER, "names_caller", "Phone {0} names the caller: {1} ({2})")                   \
	X(PHONE_NOT_REGISTERED, "phone_not_registered",                                            \
	    "Phone {0} does not ring: it is not registered")                                       \
	X(TWIN_RINGS, "twin_rings", "Mobile phone {0} rings")                                      \
	X(TWIN_RINGS_AFTER, "twin_rings_after", "Mobile phone {0} rings after {1} s")              \
	X(TWIN_NOT_NOW, "twin_not_now", "Mobile phone {0} does not ring: it is not its time")      \
	X(TWIN_NOT_GROUP, "twin_not_group", "Mobile phone {0} does not ring for calls to groups")  \
	X(TWIN_OF_CALLER, "twin_of_caller", "Mobile phone {0} does not ring: it is the caller's")  \
	X(TWIN_OURS, "twin_ours",                                                                  \
	    "Mobile phone {0} does not ring: its number is one of this system")                    \
	X(TWIN_NO_LINE, "twin_no_line", "Mobile phone {0} does not ring: no line can be used")     \
	X(TWIN_LATE_MEDIA, "twin_late_media",                                                      \
	    "Mobile phone {0} does not ring: nobody could be asked there before the answer")       \
	X(TWIN_ANSWERED, "twin_answered", "Mobile phone {0} answered {1} {2}")                     \
	X(TWIN_ASKED, "twin_asked",                                                                \
	    "Mobile phone {0} was answered: who is there takes the call with 1")                   \
	X(TWIN_TAKEN, "twin_taken", "{0} took the call by key at mobile phone {1}")                \
	X(TWIN_LET_GO, "twin_let_go", "Nobody took the call by key at mobile phone {0}")           \
	X(MOBILE_KNOWN, "mobile_known", "{0} is the number of the mobile phone of {1}")            \
	X(DIAL_IN, "dial_in", "{0} is a dial-in number: {1} is asked what to dial")                \
	X(DIALLED_IN, "dialled_in", "{0} has dialled in from the mobile phone {1}")                \
	X(TO_GO, "to_go", "{0} takes the call along: the other phones ring")                       \
	X(FROM_LINE, "from_line", "The call came in on line {0}")                                  \
	X(CAME_DIVERTED, "came_diverted", "{0} had sent the call on before it came here")          \
	X(NUMBER_OUTSIDE, "number_outside", "{0} is a number of the public network")               \
	X(EMERGENCY, "emergency", "{0} is an emergency number: {1}")                               \
	X(LINE_FREED, "line_freed", "Line {0} is used, and another call on it ends for that")      \
	X(CODE, "code", "{0} is a code: {1}")                                                      \
	X(CODE_NO_USER, "code_no_user",                                                            \
	    "The phone belongs to no user, for whom this could be done")                           \
	X(PRIVATE_CALL, "private_call", "It is a private call")                                    \
	X(SPEED_DIAL, "speed_dial", "Speed dial {0} ({1}) is the number {2}")                      \
	X(SPEED_DIAL_EMPTY, "speed_dial_empty", "No number is stored as speed dial {0}")           \
	X(NOTHING_RINGS, "nothing_rings", "Nothing rings that could be picked up")                 \
	X(NO_ORBIT, "no_orbit", "{0} is no place to park: these are 00 to 99")                     \
	X(ORBIT_TAKEN, "orbit_taken", "A call waits at {0} already")                               \
	X(UNPARKED, "unparked", "The call that was parked at {0} goes back to {1}")                \
	X(LINE_PREFIX, "line_prefix", "***{0} asks for line {1}")                                  \
	X(NO_LINE_PREFIX, "no_line_prefix", "No line has the prefix {0}")                          \
	X(LINE_OF_NUMBER, "line_of_number", "The number that shall be shown is one of line {0}")   \
	X(COR_RULE, "cor_rule", "The COR rule {0} holds, in the time frame {1}")                   \
	X(COR_NOT_NOW, "cor_not_now", "The COR rule {0} has no time frame for now")                \
	X(MAILBOX, "mailbox", "A message can be left in the mailbox {0}")                          \
	X(CONFERENCE_ROOM, "conference_room", "{0} is a number of the conference room {1}")        \
	X(NO_MAILBOX, "no_mailbox", "There is no mailbox with the ID {0}")                         \
	X(DEPOSIT, "deposit", "The call goes on to the deposit {0}")                               \
	X(REFUSED_ALOUD, "refused_aloud", "The caller hears the tone of somebody unreachable")     \
	X(ENDED_FOR_EMERGENCY, "ended_for_emergency",                                              \
	    "The call was ended to make room for an emergency call on line {0}")                   \
	X(PORTS_FOR_EMERGENCY, "ports_for_emergency",                                              \
	    "The call was ended: all RTP ports are taken, and an emergency call needs some")       \
	X(SITE_OF_PHONE, "site_of_phone", "The caller is at {0}, as the phone says")               \
	X(SITE_BY_NETWORK, "site_by_network", "The caller is at {0}, by the address of the phone") \
	X(SITE_BY_DEFAULT, "site_by_default",                                                      \
	    "The caller is taken to be at {0}, the default site")                                  \
	X(LOCATION_REFUSED, "location_refused",                                                    \
	    "Line {0} does not take where the call comes from: it was asked again without")        \
	X(ALLOWED_BY_GROUP, "allowed_by_group",                                                    \
	    "{0} may dial such numbers ({1}) as a member of {2}")                                  \
	X(PIN_RIGHT, "pin_right", "{0} has dialled the PIN and may dial any number")               \
	X(PIN_WRONG, "pin_wrong", "{0} has dialled a wrong PIN")                                   \
	X(PIN_NONE, "pin_none", "The user of phone {0} has no PIN for calls")                      \
	X(PIN_LOCKED, "pin_locked",                                                                \
	    "Phone {0} has dialled too many wrong PINs: it may use none for an hour")              \
	X(PIN_FORM, "pin_form", "*5 is followed by a PIN, * and a number, dialled at the phone")   \
	X(NOT_ALLOWED, "not_allowed", "{0} may not dial {1} ({2})")                                \
	X(LINE_SPENT, "line_spent",                                                                \
	    "Line {0} is not used: what it may have of costly calls today is used up")             \
	X(SPENT_ENDED, "spent_ended",                                                              \
	    "The call was ended: what line {0} may have of costly calls today is used up")         \
	X(LINE_USED, "line_used", "Line {0} is used")                                              \
	X(LINE_NEXT, "line_next", "Line {0} is used when the lines before fail")                   \
	X(LINE_FULL, "line_full", "Line {0} is not used: it has no free call")                     \
	X(LINE_NOT_REGISTERED, "line_not_registered",                                              \
	    "Line {0} is not used: the provider does not answer or has refused it")                \
	X(NO_LINE, "no_line", "There is no line to the public network that can be used")           \
	X(LINE_TESTED, "line_tested", "Line {0} is tested: a call of the system itself")           \
	X(TEST_OVER, "test_over", "The test is over: its tone has been played")                    \
	X(LINE_ANSWERED, "line_answered", "Line {0} answered {1} {2}")                             \
	X(NO_CONTACT, "no_contact", "The caller's phone sent no usable Contact")                   \
	X(CALLER_MEDIA, "caller_media", "The caller's media cannot be carried: {0}")               \
	X(NO_ANSWER, "no_answer", "Nobody answered in time")                                       \
	X(PHONE_ANSWERED, "phone_answered", "Phone {0} answered {1} {2}")                          \
	X(ANSWER_MEDIA, "answer_media", "Phone {0} answered with unusable media: {1}")             \
	X(ANSWER_UNCONFIRMED, "answer_unconfirmed", "Phone {0} never confirmed the answer")        \
	X(PROGRESS_UNCONFIRMED, "progress_unconfirmed",                                            \
	    "Phone {0} never confirmed what it was told of the ringing")                           \
	X(ACK_MEDIA, "ack_media", "Phone {0} sent no usable media: {1}")                           \
	X(CHANGE_FAILED, "change_failed", "A change of media failed: {0}")                         \
	X(CHANGE_MEDIA, "change_media", "Phone {0} answered a change with unusable media: {1}")    \
	X(CALL_FORGOTTEN, "call_forgotten", "Phone {0} does not know the call any more")           \
	X(SESSION_UNCONFIRMED, "session_unconfirmed",                                              \
	    "A phone did not confirm that the call goes on")                                       \
	X(NO_SOUND, "no_sound", "No sound came from either side: the call was ended")              \
	X(MEDIA_FAILED, "media_failed",                                                            \
	    "The part of the telephone system that carried the voices failed: the call was ended") \
	X(TRANSFER_ASKED, "transfer_asked", "{0} transfers the call to {1}")                       \
	X(TRANSFER_JOINS, "transfer_joins", "{0} connects the call with {1} (call {2})")           \
	X(TRANSFERRED_TO, "transferred_to", "The call was transferred to {0} {1} (phone {2})")     \
	X(TRANSFERRED_OUT, "transferred_out", "The call was transferred to {0} over line {1}")     \
	X(TRANSFER_FAILED, "transfer_failed", "The transfer to {0} failed: {1} {2}")               \
	X(TRANSFER_BACK, "transfer_back", "The call goes back to {0}, who transferred it")         \
	X(GIVEN_AWAY, "given_away", "{0} leaves this call to another one (call {1})")              \
	X(CONSULTS, "consults", "{0} asks {1} meanwhile (call {2})")                               \
	X(CONSULT_REFUSED, "consult_refused", "{0} could not be asked: {1} {2}")                   \
	X(CONSULT_OVER, "consult_over", "{0} is back in the call")                                 \
	X(CONSULTED_BY, "consulted_by", "{0} asks while another call waits (call {1})")            \
	X(RECORD_BEGINS, "record_begins", "{0} records the call")                                  \
	X(RECORD_ENDS, "record_ends", "The recording by {0} has ended")                            \
	X(THREE_WAY, "three_way", "{0} lets {1} join in")                                          \
	X(JOINED_CALL, "joined_call", "{0} connected this call with another one (call {1})")       \
	X(PICKED_UP, "picked_up", "{0} picked the call up at phone {1}")                           \
	X(TAKEN_OVER, "taken_over", "{0} took the call over at phone {1} from phone {2}")          \
	X(DIVERTED, "diverted", "{0} (phone {1}) sends the call on to {2}")                        \
	X(DIVERTED_ROUND, "diverted_round",                                                        \
	    "The call is not sent on to {0}: it has been there, or was sent on too often")         \
	X(DIRECT_MEDIA, "direct_media", "The voices go directly between the phones")               \
	X(DIRECT_REFUSED, "direct_refused",                                                        \
	    "The voices do not go directly between the phones: {0} answered {1} {2}")              \
	X(WEB_DIALLED, "web_dialled", "{0} dialled on the web page: phone {1} rings first")        \
	X(OWN_PHONE_SILENT, "own_phone_silent", "Phone {0}, which was to call, did not answer")    \
	X(COMPLETION, "completion",                                                                \
	    "Call completion: {1} can be reached now, and {0} is rung first")                      \
	X(COMPLETION_AGAIN, "completion_again", "Call completion: {0} will be rung once more")     \
	X(COMPLETION_DROPPED, "completion_dropped",                                                \
	    "Call completion: {0} has not answered for the last time, the request is dropped")     \
	X(WEB_ENDED, "web_ended", "{0} ended the call on the web page")                            \
	X(WEB_PICKED_UP, "web_picked_up",                                                          \
	    "{0} picks up the call for {1} on the web page: phone {2} is asked to answer")         \
	X(WEB_FETCHED, "web_fetched", "{0} asked on the web page for the call at place {1}")       \
	X(WEB_MOVED, "web_moved", "{0} asked on the web page for the call at phone {1}")           \
	X(ADMIN_ENDED, "admin_ended", "An administrator ended the call")                           \
	X(SYSTEM_STOPPED, "system_stopped", "The telephone system was stopped")                    \
	X(NOTE, "note", "{0}")

enum reason {
#define X(id, code, text) REASON_##id,
	REASONS(X)
#undef X
};

/** The arguments of a reason, for reason_write and those that pass them on; NULL for none. */
#define REASON_ARGS(...) ((const struct slice[REASON_ARGS_MAX]){__VA_ARGS__})

/**
 * The reason as it travels, with a final NUL. Reads as many args as its sentence has
 * places. Control characters are left out, what is not UTF-8 becomes '?'; when it does
 * not fit, the longest arguments are cut. cap: at least LIVE_REASON_BYTES.
 */
void reason_write(enum reason r, const struct slice *args, char *out, size_t cap);
/** Its English sentence with a final NUL. Returns out. */
const char *reason_text(struct slice travelling, char out[REASON_TEXT_BYTES]);
/** Argument i (from 0) of it, a view; false: it is another reason than r. */
bool reason_arg(struct slice travelling, enum reason r, size_t i, struct slice *out);
/** {code, args, text}; new reference, NULL out of memory. */
json_t *reason_json(struct slice travelling);
/** The OpenAPI schema of reason_json; the sentences stand in x-texts. New reference. */
json_t *reason_schema(void);

#endif
