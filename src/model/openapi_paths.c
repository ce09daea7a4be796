/* OpenAPI 3.0: the paths. Collections follow from the entities; actions are in a table. */
#include <stdio.h>
#include <strings.h>

#include "model/bodies.h"
#include "model/openapi_int.h"

struct action {
	const char *method, *path, *summary;
	const char *body;     /* schema name, "object" = any, a media type with '/', NULL none */
	const char *status;   /* of success */
	const char *response; /* schema name, "object", a media type with '/', NULL none */
	bool list;	      /* {items: [response]} */
	bool is_public;
	const char *query;  /* parameters "a b c" */
	const char *errors; /* statuses that do not follow from the rest: "409 429" */
};

static const struct action actions[] = {
    {"get", "/api/health", "Is the system alive", NULL, "200", .response = "object",
	.is_public = true},
    {"get", "/api/setup", "Providers that a first line can follow, before there is anybody", NULL,
	"200", .response = "setup_choices", .is_public = true, .errors = "403"},
    {"post", "/api/setup", "Create the first administrator", "setup_input", "201",
	.response = "login", .is_public = true, .errors = "409"},
    {"post", "/api/session", "Log in", "log_in_input", "200", .response = "login",
	.is_public = true, .errors = "401 429"},
    {"get", "/api/password-reset", "Whether a forgotten password can be replaced by mail", NULL,
	"200", .response = "object", .is_public = true},
    {"post", "/api/password-reset", "Mail a link to whoever this is", "password_reset_input", "202",
	.response = "object", .is_public = true, .errors = "409 429"},
    {"post", "/api/password-reset/use", "Set a new password by the link of the mail",
	"password_reset_use_input", "204", .response = NULL, .is_public = true,
	.errors = "404 429"},
    {"get", "/api/session", "Who is logged in", NULL, "200", .response = "login"},
    {"delete", "/api/session", "Log out", NULL, "204", .response = NULL},
    {"get", "/api/me", "Who asks", NULL, "200", .response = "user"},
    {"patch", "/api/me", "Change one's own name, e-mail, language, do not disturb, call waiting",
	"user_patch", "200", .response = "user"},
    {"get", "/api/me/rights", "What one may now", NULL, "200", .response = "object"},
    {"get", "/api/me/star-codes", "The star codes in force, and the sets of them that there are",
	NULL, "200", .response = "star_code", .list = true},
    {"post", "/api/star-codes/check",
	"Would a change of star codes be accepted? Refused as that would be", "settings_patch",
	"204", .response = NULL},
    {"get", "/api/me/calls", "One's own calls in progress", NULL, "200", .response = "live_call",
	.list = true},
    {"post", "/api/me/calls", "Call a number: one's own phone rings first", "dial_input", "202",
	.response = "object", .errors = "409 429"},
    {"post", "/api/me/calls/{call_id}/answer", "Make a ringing phone answer, or go on at a phone",
	"answer_input", "202", .response = "object", .errors = "409 429"},
    {"post", "/api/me/calls/{call_id}/hold", "Let the other one wait", NULL, "202",
	.response = "object", .errors = "409 429"},
    {"post", "/api/me/calls/{call_id}/resume", "Speak with who waits", NULL, "202",
	.response = "object", .errors = "409 429"},
    {"post", "/api/me/calls/{call_id}/transfer", "Give the call to a number or another own call",
	"transfer_input", "202", .response = "object", .errors = "409 429"},
    {"post", "/api/me/calls/{call_id}/to-go",
	"Ring one's other phones: who picks up there goes on with the call", NULL, "202",
	.response = "object", .errors = "409 429"},
    {"post", "/api/me/calls/{call_id}/record", "Record the call into one's own mailbox", NULL,
	"202", .response = "object", .errors = "409 429"},
    {"post", "/api/me/calls/{call_id}/end-recording", "End one's recording of the call", NULL,
	"202", .response = "object", .errors = "409 429"},
    {"post", "/api/me/calls/{call_id}/hangup", "End or decline one's own call", NULL, "202",
	.response = "object", .errors = "409 429"},
    {"post", "/api/me/calls/{call_id}/park", "Park the call: it waits at a place", "park_input",
	"202", .response = "object", .errors = "409 429"},
    {"get", "/api/me/orbits", "Who waits at which place", NULL, "200", .response = "orbit",
	.list = true},
    {"post", "/api/me/orbits/fetch", "Fetch the call that waits at a place, to one's own phone",
	"fetch_input", "202", .response = "object", .errors = "409 429"},
    {"get", "/api/live-conferences", "Conferences that run and that one may see", NULL, "200",
	.response = "live_conference", .list = true},
    {"patch", "/api/live-conferences/{id}", "Lock or record a conference that runs",
	"live_conference_input", "202", .response = "object", .errors = "404 409 429"},
    {"delete", "/api/live-conferences/{id}", "End a conference that runs", NULL, "202",
	.response = "object", .errors = "404 409 429"},
    {"post", "/api/live-conferences/{id}/invite", "Call a number into a conference that runs",
	"invite_input", "202", .response = "object", .errors = "404 409 429"},
    {"patch", "/api/live-conference-members/{id}",
	"Silence somebody in a conference, or let him "
	"speak; how loud he hears and is heard",
	"live_member_input", "202", .response = "object", .errors = "404 409 429"},
    {"delete", "/api/live-conference-members/{id}", "Remove somebody from a conference", NULL,
	"202", .response = "object", .errors = "404 409 429"},
    {"get", "/api/me/people", "Whom one can call by name", NULL, "200", .response = "object",
	.list = true, .query = "search"},
    {"get", "/api/me/phones", "One's own phones, and whether they are registered", NULL, "200",
	.response = "object", .list = true},
    {"get", "/api/me/keys/labels.pdf", "Paper labels for one's own function keys", NULL, "200",
	.response = "application/pdf", .query = "model", .errors = "422"},
    {"get", "/api/me/label-sheets", "For which phones there are sheets of labels", NULL, "200",
	.response = "object", .list = true},
    {"get", "/api/users/{id}/keys/labels.pdf", "Paper labels for the function keys of a user", NULL,
	"200", .response = "application/pdf", .query = "model", .errors = "422"},
    {"get", "/api/me/keys", "One's own function keys, and what they show", NULL, "200",
	.response = "own_key", .list = true},
    {"post", "/api/me/keys", "A new function key of one's own", "function_key_patch", "201",
	.response = "own_key", .errors = "409"},
    {"patch", "/api/me/keys/{id}", "Change or move a function key of one's own",
	"function_key_patch", "200", .response = "own_key", .errors = "404 409"},
    {"delete", "/api/me/keys/{id}", "Delete a function key of one's own", NULL, "204",
	.response = NULL},
    {"post", "/api/me/keys/{id}/press", "Do what a function key of one's own does",
	"key_press_input", "200", .response = "key_pressed", .errors = "404 409 429"},
    {"get", "/api/me/key-targets", "Users and groups that a key can show", NULL, "200",
	.response = "key_target", .list = true, .query = "search"},
    {"get", "/api/me/call-records", "One's own calls that are over", NULL, "200",
	.response = "call_record", .list = true,
	.query = "search sort order page per_page from to"},
    {"get", "/api/me/numbers", "One's own numbers", NULL, "200", .response = "number", .list = true,
	.query = "search sort order page per_page"},
    {"get", "/api/me/redirections", "Where calls to one's own numbers go instead", NULL, "200",
	.response = "redirection", .list = true, .query = "search sort order page per_page"},
    {"post", "/api/me/redirections", "Redirect one of one's own numbers", "redirection_create",
	"201", .response = "redirection", .errors = "409"},
    {"patch", "/api/me/redirections/{id}", "Change a redirection of one's own", "redirection_patch",
	"200", .response = "redirection", .errors = "409"},
    {"delete", "/api/me/redirections/{id}", "Forget a redirection of one's own", NULL, "204",
	.response = NULL},
    {"get", "/api/me/announcements",
	"Announcements of one's own, and those that everybody may choose", NULL, "200",
	.response = "announcement", .list = true,
	.query = "search sort order page per_page letter"},
    {"post", "/api/me/announcements", "A new announcement of one's own", "announcement_create",
	"201", .response = "announcement", .errors = "409"},
    {"patch", "/api/me/announcements/{id}", "Rename an announcement of one's own",
	"announcement_patch", "200", .response = "announcement", .errors = "409"},
    {"delete", "/api/me/announcements/{id}", "Delete an announcement of one's own", NULL, "204",
	.response = NULL, .errors = "409"},
    {"get", "/api/me/announcements/{id}/audio", "What it says; with Range a part of it", NULL,
	"200", .response = "audio/wav", .errors = "416"},
    {"put", "/api/me/announcements/{id}/audio",
	"What an announcement of one's own says from now on: WAV, FLAC, Ogg or MP3", "audio/wav",
	"200", .response = "announcement", .query = "file_name"},
    {"get", "/api/announcements/{id}/audio", "What it says; with Range a part of it", NULL, "200",
	.response = "audio/wav", .errors = "416"},
    {"put", "/api/announcements/{id}/audio",
	"What an announcement says from now on: WAV, FLAC, Ogg or MP3", "audio/wav", "200",
	.response = "announcement", .query = "file_name"},
    {"post", "/api/announcements/{id}/play", "Listen to it at a phone of one's own", "play_input",
	"202", .response = "object", .errors = "409 429"},
    {"post", "/api/announcements/{id}/record",
	"Speak it at a phone of one's own: the call's field spoken says how far that is",
	"play_input", "202", .response = "object", .errors = "409 429"},
    {"post", "/api/me/announcements/{id}/play",
	"Listen to one's own, or one that everybody may choose, at a phone of one's own",
	"play_input", "202", .response = "object", .errors = "409 429"},
    {"post", "/api/me/announcements/{id}/record",
	"Speak one's own at a phone of one's own: the call's field spoken says how far that is",
	"play_input", "202", .response = "object", .errors = "409 429"},
    {"post", "/api/mailboxes/{id}/record-greeting",
	"Speak a greeting of the mailbox at a phone of one's own; it becomes an announcement that "
	"everybody may choose",
	"speak_greeting_input", "202", .response = "object", .errors = "409 429"},
    {"post", "/api/me/mailboxes/{id}/record-greeting",
	"The same for a mailbox that is open to oneself; the announcement is one's own",
	"speak_greeting_input", "202", .response = "object", .errors = "409 429"},
    {"post", "/api/me/voicemails/{id}/play",
	"Listen to it at a phone of one's own; it is no new one any more then", "play_input", "202",
	.response = "object", .errors = "409 429"},
    {"get", "/api/me/mailboxes", "Mailboxes that are open to oneself", NULL, "200",
	.response = "mailbox", .list = true, .query = "search sort order page per_page letter"},
    {"patch", "/api/me/mailboxes/{id}",
	"Choose the announcements of a mailbox that is open to oneself, when one is away, the PIN",
	"own_mailbox_input", "200", .response = "mailbox"},
    {"get", "/api/me/mailbox-targets", "Mailboxes that a message can be passed on to", NULL, "200",
	.response = "object", .list = true, .query = "search"},
    {"get", "/api/me/voicemails", "Messages in the mailboxes that are open to oneself", NULL, "200",
	.response = "voicemail", .list = true,
	.query = "search sort order page per_page from to mailbox state deleted"},
    {"get", "/api/me/voicemails/{id}", "One of them", NULL, "200", .response = "voicemail"},
    {"patch", "/api/me/voicemails/{id}",
	"Mark it as new, old or saved; so it is also taken back from the trash", "voicemail_input",
	"200", .response = "voicemail"},
    {"delete", "/api/me/voicemails/{id}",
	"Into the trash; from there it goes for good, with its sound", NULL, "204",
	.response = NULL},
    {"post", "/api/me/voicemails/{id}/forward", "Put it into another mailbox, too",
	"voicemail_forward_input", "204", .response = NULL, .errors = "409"},
    {"get", "/api/me/voicemails/{id}/audio", "Its sound; with Range a part of it", NULL, "200",
	.response = "audio/wav", .query = "download", .errors = "416"},
    {"get", "/api/me/mobile-twins", "One's own mobile phones that ring with the others", NULL,
	"200", .response = "mobile_twin", .list = true, .query = "search sort order page per_page"},
    {"post", "/api/me/mobile-twins", "A mobile phone of one's own that rings with the others",
	"mobile_twin_patch", "201", .response = "mobile_twin", .errors = "409"},
    {"get", "/api/me/mobile-twins/{id}", "A mobile phone of one's own", NULL, "200",
	.response = "mobile_twin", .errors = "404"},
    {"patch", "/api/me/mobile-twins/{id}", "Change a mobile phone of one's own",
	"mobile_twin_patch", "200", .response = "mobile_twin", .errors = "404 409"},
    {"delete", "/api/me/mobile-twins/{id}", "Forget a mobile phone of one's own", NULL, "204",
	.response = NULL},
    {"get", "/api/me/conferences", "The conferences that one plans", NULL, "200",
	.response = "conference", .list = true, .query = "search sort order page per_page"},
    {"post", "/api/me/conferences", "Plan a conference", "conference_patch", "201",
	.response = "conference", .errors = "409"},
    {"get", "/api/me/conferences/{id}", "A conference of one's own", NULL, "200",
	.response = "conference", .errors = "404"},
    {"patch", "/api/me/conferences/{id}", "Change a conference; participants are told by mail",
	"conference_patch", "200", .response = "conference", .errors = "404 409 412"},
    {"delete", "/api/me/conferences/{id}", "Cancel a conference; participants are told by mail",
	NULL, "204", .response = NULL, .errors = "412"},
    {"get", "/api/me/conference-participants", "Whom one has invited", NULL, "200",
	.response = "conference_participant", .list = true,
	.query = "search sort order page per_page conference"},
    {"post", "/api/me/conference-participants", "Invite somebody, who is told by mail",
	"conference_participant_create", "201", .response = "conference_participant",
	.errors = "409"},
    {"get", "/api/me/conference-participants/{id}", "Somebody whom one has invited", NULL, "200",
	.response = "conference_participant", .errors = "404"},
    {"patch", "/api/me/conference-participants/{id}", "Change how somebody takes part",
	"conference_participant_patch", "200", .response = "conference_participant",
	.errors = "404 409 412"},
    {"delete", "/api/me/conference-participants/{id}",
	"Take somebody out of a conference, who is told by mail", NULL, "204", .response = NULL,
	.errors = "412"},
    {"get", "/api/me/conference-people", "Whom one can invite", NULL, "200", .response = "object",
	.list = true, .query = "search"},
    {"get", "/api/me/conference-dates", "The dates of one's conferences between two times", NULL,
	"200", .response = "object", .list = true, .query = "from to"},
    {"get", "/api/me/invitations", "The conferences of others that one is invited to", NULL, "200",
	.response = "object", .list = true},
    {"post", "/api/me/invitations/{id}/join",
	"Take part in a conference that one is invited to: one's telephones ring", NULL, "202",
	.response = "object", .errors = "404 409 429"},
    {"get", "/api/conference-dates", "The dates of all conferences between two times", NULL, "200",
	.response = "object", .list = true, .query = "from to"},
    {"post", "/api/conference-invitation", "What the link of an invitation shows",
	"invitation_input", "200", .response = "object", .is_public = true, .errors = "404 429"},
    {"get", "/api/me/speed-dials", "One's own speed dials and everybody's", NULL, "200",
	.response = "speed_dial", .list = true, .query = "search sort order page per_page user"},
    {"post", "/api/me/speed-dials", "A speed dial of one's own", "speed_dial_patch", "201",
	.response = "speed_dial", .errors = "409"},
    {"get", "/api/me/speed-dials/{id}", "A speed dial of one's own", NULL, "200",
	.response = "speed_dial", .errors = "404"},
    {"patch", "/api/me/speed-dials/{id}", "Change a speed dial of one's own", "speed_dial_patch",
	"200", .response = "speed_dial", .errors = "404 409"},
    {"delete", "/api/me/speed-dials/{id}", "Forget a speed dial of one's own", NULL, "204",
	.response = NULL},
    {"get", "/api/me/call-completions", "For whom one is called back", NULL, "200",
	.response = "call_completion", .list = true, .query = "search sort order page per_page"},
    {"post", "/api/me/call-completions", "Be called back when a number can be reached",
	"completion_input", "201", .response = "call_completion", .errors = "409"},
    {"delete", "/api/me/call-completions/{id}", "Do not be called back", NULL, "204",
	.response = NULL},
    {"post", "/api/me/password", "Change one's own password; other sessions end", "password_input",
	"200", .response = "login", .errors = "429"},
    {"get", "/api/me/sessions", "Where one is logged in", NULL, "200", .response = "session",
	.list = true},
    {"delete", "/api/me/sessions", "Log out everywhere else", NULL, "204", .response = NULL},
    {"delete", "/api/me/sessions/{id}", "End one of one's sessions", NULL, "204", .response = NULL},
    {"get", "/api/me/tokens", "One's own API tokens", NULL, "200", .response = "token",
	.list = true},
    {"post", "/api/me/tokens", "Make an API token: name, rights, expires_at; it is shown once",
	"token_input", "201", .response = "object", .errors = "409"},
    {"delete", "/api/me/tokens/{id}", "Revoke an API token", NULL, "204", .response = NULL},
    {"get", "/api/me/second-factor", "Whether log-ins ask for a second factor", NULL, "200",
	.response = "object"},
    {"post", "/api/me/second-factor", "A new key for one-time codes, to be confirmed", NULL, "201",
	.response = "object", .errors = "409"},
    {"post", "/api/me/second-factor/confirm", "Use it from now on; recovery codes are shown once",
	"code_input", "200", .response = "object", .errors = "404 409"},
    {"delete", "/api/me/second-factor", "Take off the second factor", "own_password_input", "204",
	.response = NULL, .errors = "404 429"},
    {"get", "/api/users/{id}/security", "Second factor and failed log-ins of a user", NULL, "200",
	.response = "object"},
    {"post", "/api/users/{id}/unlock", "Forget a user's failed log-ins", NULL, "204",
	.response = NULL},
    {"delete", "/api/users/{id}/sessions", "End all sessions of a user", NULL, "204",
	.response = NULL},
    {"delete", "/api/users/{id}/second-factor", "Take off a user's second factor", NULL, "204",
	.response = NULL},
    {"get", "/api/phones/{id}/sip-account", "What to type into the phone", NULL, "200",
	.response = "object"},
    {"post", "/api/phones/{id}/new-secret", "Make a new SIP password", NULL, "200",
	.response = "object"},
    {"post", "/api/numbers/block", "Add many numbers in a row", "number_block", "200",
	.response = "object", .query = "dry_run", .errors = "409"},
    {"post", "/api/numbers/block/remove", "Delete those of a block that nobody holds",
	"number_block", "200", .response = "object", .query = "dry_run"},
    {"get", "/api/groups/{id}/pin", "The group's PIN", NULL, "200", .response = "object"},
    {"get", "/api/calls", "Calls in progress", NULL, "200", .response = "live_call", .list = true},
    {"post", "/api/calls/{call_id}/hangup", "End a call", NULL, "202", .response = "object"},
    {"get", "/api/registrations", "Phones that can be reached", NULL, "200",
	.response = "live_registration", .list = true},
    {"get", "/api/subscriptions", "Who watches whom", NULL, "200", .response = "live_subscription",
	.list = true},
    {"get", "/api/lines/status", "Whether lines to providers work", NULL, "200",
	.response = "live_line", .list = true},
    {"post", "/api/lines/{id}/test",
	"Test a line: look up its servers, reach them, register, and call a number if one is given",
	"line_test_input", "202", .response = "line_test", .errors = "409"},
    {"get", "/api/lines/{id}/test", "How the last test of a line went, or goes", NULL, "200",
	.response = "line_test"},
    {"get", "/api/lines/{id}/rates.csv", "What calls on a line cost, as a table", NULL, "200",
	.response = "text/csv"},
    {"put", "/api/lines/{id}/rates.csv", "Bring the rates of a line to what the table says",
	"text/csv", "200", .response = "object"},
    {"get", "/api/lines/{id}/history", "How a line has been lately, newest first", NULL, "200",
	.response = "object", .list = true},
    {"post", "/api/routing/test", "Test a number: what would happen to a call, and why",
	"route_test", "200", .response = "route_plan"},
    {"get", "/api/holidays/public", "Public holidays of a region in a year", NULL, "200",
	.response = "public_holiday", .list = true, .query = "year region"},
    {"get", "/api/prompts", "What the system says to people on telephones", NULL, "200",
	.response = "prompt", .list = true, .query = "language"},
    {"put", "/api/prompts/{language}/{name}",
	"Say it with a file of one's own: WAV, FLAC, Ogg or MP3", "audio/wav", "200",
	.response = "prompt", .query = "file_name"},
    {"delete", "/api/prompts/{language}/{name}", "Say it again as it came with the system", NULL,
	"204", .response = NULL},
    {"get", "/api/prompts/{language}/{name}/audio", "What is said now; with Range a part of it",
	NULL, "200", .response = "audio/wav", .errors = "416"},
    {"post", "/api/music-loops/{id}/files",
	"A file more at the end of a loop: WAV, FLAC, Ogg or MP3", "audio/wav", "201",
	.response = "music_file", .query = "file_name", .errors = "409"},
    {"post", "/api/music-loops/{id}/play",
	"Listen to a loop at a phone of one's own, as those hear it who are held", "play_input",
	"202", .response = "object", .errors = "409 429"},
    {"get", "/api/music-files/{id}/audio", "The file itself", NULL, "200", .response = "audio/wav"},
    {"get", "/api/status", "State of the system", NULL, "200", .response = "object"},
    {"get", "/api/traces", "Calls whose SIP messages are stored", NULL, "200", .response = "object",
	.query = "search number user call_id from to status kind page per_page"},
    {"get", "/api/traces/{call_id}", "SIP messages of a call", NULL, "200", .response = "object",
	.query = "after"},
    {"get", "/api/traces/{call_id}/pcap", "SIP messages of a call for Wireshark", NULL, "200",
	.response = "application/x-pcapng"},
    {"get", "/api/trace-pcap", "SIP messages of several calls for Wireshark", NULL, "200",
	.response = "application/x-pcapng",
	.query = "call_id search number user from to status kind", .errors = "404"},
    {"get", "/api/trace-watches", "Phones of which everything is traced", NULL, "200",
	.response = "object", .list = true},
    {"post", "/api/trace-watches", "Trace everything of a phone for some minutes",
	"trace_watch_input", "201", .response = "object", .errors = "409"},
    {"delete", "/api/trace-watches/{target}", "Trace only a phone's calls again", NULL, "204",
	.response = NULL},
    {"get", "/api/call-records.csv", "Call records as a file: all that the filters leave", NULL,
	"200", .response = "text/csv",
	.query = "format search from to user group direction result"},
    {"get", "/api/disk", "Free space where the data are", NULL, "200", .response = "object"},
    {"get", "/api/logs", "Components of the log with their levels, and its files", NULL, "200",
	.response = "object"},
    {"patch", "/api/logs", "Change levels; acts at once", "log_levels_input", "200",
	.response = "object"},
    {"get", "/api/logs/lines", "Lines of the log, newest first", NULL, "200", .response = "object",
	.query = "component level search limit before after"},
    {"get", "/api/logs/file", "Logs, status, figures and settings for whoever helps", NULL, "200",
	.response = "application/x-tar", .query = "traces"},
    {"get", "/api/events", "Live events: call, registration, line, key, changed, progress, log",
	NULL, "200", .response = "text/event-stream"},
    {"get", "/api/openapi.json", "This document", NULL, "200", .response = "object"},
    {"get", "/api/export", "The whole configuration", NULL, "200", .response = "object"},
    {"post", "/api/import", "Bring the configuration to what the file says", "object", "200",
	.response = "import_report", .query = "dry_run keep_others"},
    {"get", "/api/users.csv", "Users as a table, without passwords", NULL, "200",
	.query = "search letter", .response = "text/csv"},
    {"get", "/api/users-template.csv", "A table of users to fill in", NULL, "200",
	.response = "text/csv"},
    {"post", "/api/user-import", "Check a table of users; nothing changes yet", "text/csv", "202",
	.response = "user_import", .errors = "409"},
    {"get", "/api/user-import", "How far the import of users is", NULL, "200",
	.response = "user_import", .errors = "404"},
    {"get", "/api/user-import/rows", "What each row would do, or has done", NULL, "200",
	.response = "user_import_row", .list = true, .query = "invalid page per_page",
	.errors = "404 409"},
    {"post", "/api/user-import/apply", "Import the rows: only_valid, mail",
	"user_import_apply_input", "202", .response = "user_import", .errors = "404 409"},
    {"delete", "/api/user-import", "Cancel the import of users, or forget it", NULL, "204",
	.response = NULL, .errors = "404"},
    {"post", "/api/changes/{id}/revert", "Undo a change", NULL, "200", .response = "object",
	.errors = "409"},
    {"post", "/api/changes/revert-range", "Undo what one request has changed, all or none",
	"changes_range", "200", .response = "object", .errors = "404 409"},
    {"post", "/api/changes/revert", "Undo several changes, all or none", "changes_revert", "200",
	.response = "object", .errors = "404 409"},
    {"post", "/api/mail-test", "Send a test mail now and show what was spoken", "mail_test_input",
	"200", .response = "object", .errors = "409"},
    {"post", "/api/mails/{id}/retry", "Send a mail as soon as possible", NULL, "202",
	.response = "object", .errors = "409"},
    {"get", "/metrics", "Figures for Prometheus", NULL, "200", .response = "text/plain"},
};

static json_t *
schema_of(const char *name)
{
	return strcmp(name, "object") == 0 ? json_pack("{s:s}", "type", "object")
					   : openapi_ref(name, "");
}

static json_t *
content(json_t *schema)
{
	return json_pack("{s:{s:o}}", "application/json", "schema", schema);
}

static json_t *
list_of(json_t *item)
{
	return json_pack("{s:s, s:{s:{s:s, s:o}, s:{s:s}, s:{s:s}, s:{s:s}}, s:[s]}", "type",
	    "object", "properties", "items", "type", "array", "items", item, "total", "type",
	    "integer", "page", "type", "integer", "per_page", "type", "integer", "required",
	    "items");
}

/* Statuses "a b c" into the responses of op. */
static void
put_errors(json_t *op, const char *statuses)
{
	struct slice rest = slice_cstr(statuses), one;
	char status[8], ref[48];

	while (rest.n) {
		one = slice_take_until(&rest, ' ');
		slice_clip_cstr(one, status, sizeof status);
		snprintf(ref, sizeof ref, "#/components/responses/error_%s", status);
		json_object_set_new(
		    json_object_get(op, "responses"), status, json_pack("{s:s}", "$ref", ref));
	}
}

/* Of errors those that every operation has: a malformed address, no log-in, no right, too busy. */
static json_t *
operation(const char *summary, const char *status, json_t *response, json_t *parameters)
{
	json_t *ok = json_pack("{s:s}", "description", "done");
	json_t *op;

	if (response)
		json_object_set_new(ok, "content", response);
	op = json_pack("{s:s, s:{s:o, s:{s:s}}}", "summary", summary, "responses", status, ok,
	    "default", "$ref", "#/components/responses/error");
	put_errors(op, "400 401 403 503");
	if (parameters && json_array_size(parameters))
		json_object_set(op, "parameters", parameters);
	json_decref(parameters);
	return op;
}

/* Takes the reference of content. */
static void
put_body(json_t *op, json_t *content, bool required)
{
	json_object_set_new(
	    op, "requestBody", json_pack("{s:b, s:o}", "required", required, "content", content));
	put_errors(op, "413 415 422");
}

static void
put_parameter(json_t *list, const char *name, const char *in, json_t *schema)
{
	json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:o}", "name", name, "in", in,
					"required", strcmp(in, "path") == 0, "schema", schema));
}

static json_t *
type(const char *name)
{
	return json_pack("{s:s}", "type", name);
}

/* The {names} in a path. */
static json_t *
path_parameters(const char *path)
{
	json_t *list = json_array();
	struct slice rest = slice_cstr(path), name;
	char text[40];

	while (slice_take_until(&rest, '{'), rest.n) {
		name = slice_take_until(&rest, '}');
		slice_clip_cstr(name, text, sizeof text);
		put_parameter(
		    list, text, "path", strcmp(text, "id") == 0 ? openapi_id() : type("string"));
	}
	return list;
}

static json_t *
whole(int max)
{
	return json_pack("{s:s, s:i, s:i}", "type", "integer", "minimum", 1, "maximum", max);
}

/* Which rows of a list. */
static void
put_list_filters(json_t *list, const struct model_entity *e)
{
	put_parameter(list, "search", "query", type("string"));
	if (e->letter)
		put_parameter(list, "letter", "query",
		    json_pack("{s:s, s:s}", "type", "string", "pattern", "^[A-Z#]$"));
	for (size_t i = 0; i < e->field_count; i++)
		if (model_is_filter(&e->fields[i]))
			put_parameter(
			    list, e->fields[i].name, "query", openapi_filter(&e->fields[i]));
}

static json_t *
list_parameters(const struct model_entity *e)
{
	json_t *list = json_array(), *fields = json_array();

	for (size_t i = 0; i < e->field_count; i++)
		if (!(e->fields[i].flags & (MODEL_INTERNAL | MODEL_WRITEONLY)))
			json_array_append_new(fields, json_string(e->fields[i].name));
	if (!model_field_find(e, SLICE("id")))
		json_array_append_new(fields, json_string("id"));
	put_parameter(
	    list, "sort", "query", json_pack("{s:s, s:o}", "type", "string", "enum", fields));
	put_parameter(list, "order", "query",
	    json_pack("{s:s, s:[s,s]}", "type", "string", "enum", "asc", "desc"));
	put_parameter(list, "page", "query", whole(MODEL_PAGE_MAX));
	put_parameter(list, "per_page", "query", whole(MODEL_PER_PAGE_MAX));
	if (e->flags & MODEL_LOG)
		for (int i = 0; i < 2; i++)
			put_parameter(list, i ? "to" : "from", "query",
			    json_pack("{s:s, s:s}", "type", "string", "format", "date-time"));
	if (e == &model_call_record) {
		put_parameter(list, "user", "query", openapi_id());
		put_parameter(list, "group", "query", openapi_id());
		put_parameter(list, "direction", "query",
		    json_pack(
			"{s:s, s:[s,s,s]}", "type", "string", "enum", "in", "out", "internal"));
	}
	put_list_filters(list, e);
	return list;
}

static void
put_operation(json_t *paths, const char *path, const char *method, json_t *op)
{
	json_t *item = json_object_get(paths, path);

	if (!item) {
		item = json_object();
		json_object_set_new(paths, path, item);
	}
	json_object_set_new(item, method, op);
}

/* Writing only what has not been changed since it was read. */
static json_t *
conditional(json_t *op)
{
	json_t *list = json_object_get(op, "parameters");

	if (!list) {
		list = json_array();
		json_object_set_new(op, "parameters", list);
	}
	json_array_append_new(
	    list, json_pack("{s:s, s:s, s:b, s:s, s:{s:s}}", "name", "If-Match", "in", "header",
		      "required", 0, "description",
		      "The ETag that came with the row; absent: whatever is there", "schema",
		      "type", "string"));
	put_errors(op, "412");
	return op;
}

/* Two rows cannot be alike, or a rule holds the row together with others (rules.c). */
static bool
write_may_conflict(const struct model_entity *e)
{
	for (size_t i = 0; i < e->field_count; i++)
		if (e->fields[i].flags & MODEL_UNIQUE && !(e->fields[i].flags & MODEL_READONLY))
			return true;
	return e->unique_together && !(e->flags & MODEL_SYSTEM);
}

static bool
is_held(const struct model_entity *e)
{
	size_t n;
	const struct model_entity *const *all = model_entities(&n);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < all[i]->field_count; k++) {
			const struct model_field *f = &all[i]->fields[k];

			if (f->ref && f->on_delete == MODEL_RESTRICT &&
			    strcmp(f->ref, e->name) == 0)
				return true;
		}
	return false;
}

/* The last administrator, a range with numbers in it, what others need stay. */
static bool
delete_may_conflict(const struct model_entity *e)
{
	return e == &model_user || e == &model_range || e == &model_music_loop ||
	       e == &model_music_file || e == &model_announcement || is_held(e);
}

static void
put_one(json_t *paths, const char *path, const struct model_entity *e)
{
	char text[120];
	json_t *op;

	snprintf(text, sizeof text, "%s: one", e->label);
	op = operation(text, "200", content(openapi_ref(e->name, "")), path_parameters(path));
	put_errors(op, "404");
	put_operation(paths, path, "get", op);
	if (e->flags & MODEL_LOG)
		return;
	if (!(e->flags & MODEL_STAYS)) {
		snprintf(text, sizeof text, "%s: delete", e->label);
		op = operation(text, "204", NULL, path_parameters(path));
		put_errors(op, delete_may_conflict(e) ? "404 409" : "404");
		put_operation(paths, path, "delete", conditional(op));
	}
	if (!(e->flags & MODEL_FIXED)) {
		snprintf(text, sizeof text, "%s: change", e->label);
		op = operation(
		    text, "200", content(openapi_ref(e->name, "")), path_parameters(path));
		put_body(op, content(openapi_ref(e->name, "_patch")), true);
		put_errors(op, write_may_conflict(e) ? "404 409" : "404");
		put_operation(paths, path, "patch", conditional(op));
	}
}

static void
put_singleton(json_t *paths, const char *path, const struct model_entity *e)
{
	json_t *op = operation(e->label, "200", content(openapi_ref(e->name, "")), NULL);

	put_operation(paths, path, "get", op);
	op = operation(e->label, "200", content(openapi_ref(e->name, "")), NULL);
	put_body(op, content(openapi_ref(e->name, "_patch")), true);
	put_operation(paths, path, "patch", conditional(op));
}

static void
put_creation(json_t *paths, const char *path, const struct model_entity *e)
{
	char several[96], text[120];
	json_t *op;

	snprintf(text, sizeof text, "%s: create", e->label);
	op = operation(text, "201", content(openapi_ref(e->name, "")), NULL);
	put_body(op, content(openapi_ref(e->name, "_create")), true);
	put_errors(op, "409");
	put_operation(paths, path, "post", op);
	snprintf(several, sizeof several, "%s/several", path);
	op = operation(
	    "Several new ones, all or none", "201", content(openapi_ref("bulk_result", "")), NULL);
	put_body(op, content(openapi_several(e->name)), true);
	put_errors(op, "409");
	put_operation(paths, several, "post", op);
}

/* All rows that a list has found. */
static json_t *
found_parameters(const struct model_entity *e)
{
	json_t *list = json_array();
	json_t *total = json_pack("{s:s, s:s, s:b, s:s, s:{s:s, s:i}}", "name", "total", "in",
	    "query", "required", 1, "description",
	    "As the list has told it: 409 found_changed says that they are not so many any more",
	    "schema", "type", "integer", "minimum", 0);

	json_array_append_new(list, total);
	put_list_filters(list, e);
	return list;
}

static void
put_found(json_t *paths, const char *collection, const struct model_entity *e)
{
	char path[96], text[120];
	json_t *op;

	snprintf(path, sizeof path, "%s/found", collection);
	if (!(e->flags & MODEL_STAYS)) {
		snprintf(text, sizeof text, "%s: delete all that are found, or none", e->label);
		op = operation(
		    text, "200", content(openapi_ref("found_result", "")), found_parameters(e));
		put_errors(op, "409");
		put_operation(paths, path, "delete", op);
	}
	if (e->flags & MODEL_FIXED)
		return;
	snprintf(text, sizeof text, "%s: change all that are found, or none", e->label);
	op = operation(text, "200", content(openapi_ref("found_result", "")), found_parameters(e));
	put_body(op, content(openapi_ref(e->name, "_found")), true);
	put_errors(op, "409");
	put_operation(paths, path, "patch", op);
}

static void
put_collection(json_t *paths, const struct model_entity *e)
{
	char path[80], one[96], text[120];
	json_t *op;

	snprintf(path, sizeof path, "/api/%s", e->path);
	if (e->flags & MODEL_SINGLETON) {
		put_singleton(paths, path, e);
		return;
	}
	snprintf(one, sizeof one, "%s/{id}", path);
	snprintf(text, sizeof text, "%s: list", e->label);
	put_operation(paths, path, "get",
	    operation(text, "200", content(list_of(openapi_ref(e->name, ""))), list_parameters(e)));
	put_one(paths, one, e);
	if (e->flags & MODEL_LOG)
		return;
	if (!(e->flags & MODEL_SYSTEM))
		put_creation(paths, path, e);
	put_found(paths, path, e);
	if (e->flags & MODEL_FIXED)
		return;
	snprintf(text, sizeof text, "%s: change several, all or none", e->label);
	op = operation(text, "200", content(openapi_ref("bulk_result", "")), NULL);
	put_body(op, content(openapi_ref(e->name, "_bulk")), true);
	put_errors(op, "404 409");
	put_operation(paths, path, "patch", op);
}

static json_t *
action_response(const struct action *a)
{
	if (!a->response)
		return NULL;
	if (strchr(a->response, '/'))
		return json_pack("{s:{s:{s:s}}}", a->response, "schema", "type", "string");
	if (a->list)
		return content(list_of(schema_of(a->response)));
	return content(schema_of(a->response));
}

static void
put_action_body(json_t *op, const char *name)
{
	const struct model_entity *body = model_body(name);

	if (strchr(name, '/'))
		put_body(op, json_pack("{s:{s:{s:s}}}", name, "schema", "type", "string"), true);
	else
		put_body(op, content(schema_of(name)), !body || !model_body_optional(body));
}

const struct model_entity *
model_action_body(const char *method, const char *path)
{
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
		const struct action *a = &actions[i];

		if (a->body && strcmp(a->path, path) == 0 && strcasecmp(a->method, method) == 0)
			return model_body(a->body);
	}
	return NULL;
}

static void
put_action(json_t *paths, const struct action *a)
{
	json_t *parameters = path_parameters(a->path);
	struct slice names = slice_cstr(a->query), name;
	json_t *op;
	char text[40];

	while (names.n) {
		name = slice_take_until(&names, ' ');
		slice_clip_cstr(name, text, sizeof text);
		put_parameter(parameters, text, "query", type("string"));
	}
	op = operation(a->summary, a->status, action_response(a), parameters);
	if (a->body)
		put_action_body(op, a->body);
	if (strchr(a->path, '{'))
		put_errors(op, "404");
	put_errors(op, a->errors);
	if (a->is_public) {
		json_object_set_new(op, "security", json_array());
		if (!a->errors || !strstr(a->errors, "401"))
			json_object_del(json_object_get(op, "responses"), "401");
		/* what writes nothing is there before the set-up */
		if (!a->body && (!a->errors || !strstr(a->errors, "403")))
			json_object_del(json_object_get(op, "responses"), "403");
	}
	put_operation(paths, a->path, a->method, op);
}

json_t *
openapi_paths(void)
{
	json_t *paths = json_object();
	size_t count;
	const struct model_entity *const *all = model_entities(&count);

	for (size_t i = 0; i < count; i++)
		if (!(all[i]->flags & MODEL_HIDDEN))
			put_collection(paths, all[i]);
	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
		put_action(paths, &actions[i]);
	return paths;
}
