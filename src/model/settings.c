/* The singleton entity "settings" and its C struct. */
#include "model/settings.h"

#include <stddef.h>
#include <stdio.h>

#include "model/model.h"
#include "model/rights.h"

#define AT(member)                                                                                 \
	.offset = offsetof(struct settings, member), .size = sizeof(((struct settings *)0)->member)

#define LEVEL(id, name) "|" name
#define LEVELS		(&("" LOG_LEVELS(LEVEL))[1])

static bool
begins_with(const char *code, const char *other)
{
	return slice_starts(slice_cstr(code), slice_cstr(other));
}

/* Dialled, the longest that fits is meant; pressed in a call, a code acts at once. */
static void
check_code_against(
    const struct settings *s, int i, int k, const char *field, struct model_errors *errors)
{
	const char *a = s->code[i], *b = s->code[k];

	if (!a[0] || !b[0] || feature_place(i) != feature_place(k))
		return;
	if (strcmp(a, b) == 0)
		model_error_add(errors, "overlap", field, "The code %s is already used for: %s.", a,
		    feature_label(k));
	else if (feature_place(i) == FEATURE_IN_CALL && (begins_with(a, b) || begins_with(b, a)))
		model_error_add(errors, "overlap", field,
		    "Of the codes %s and %s one begins with the other; in a call it would never be "
		    "reached.",
		    a, b);
}

/* No code twice; and the prefix for outside calls must not hide one. */
static void
check_codes(const struct settings *s, struct model_errors *errors)
{
	struct slice prefix = slice_cstr(s->outside_prefix);
	char field[40];

	for (int i = 0; i < FEATURES_N; i++) {
		snprintf(field, sizeof field, "code_%s", feature_name(i));
		for (int k = 0; k < i; k++)
			check_code_against(s, i, k, field, errors);
		if (feature_place(i) == FEATURE_IN_CALL)
			continue; /* nothing is dialled there */
		if (slice_starts(slice_cstr(s->code[i]), SLICE("*5")))
			model_error_add(errors, "overlap", field,
			    "Codes that begin with *5 are for calls with a PIN.");
		if (prefix.n && slice_starts(slice_cstr(s->code[i]), prefix))
			model_error_add(errors, "overlap", field,
			    "A code must not begin with the prefix for outside calls, %s.",
			    s->outside_prefix);
	}
}

static void
check_settings(const json_t *row, struct model_errors *errors)
{
	struct settings s;

	settings_init(&s);
	model_struct_fill(&model_settings, row, &s);
	if (s.rtp_port_max < s.rtp_port_min + 3)
		model_error_add(errors, "wrong_order", "rtp_port_max",
		    "The RTP port range must hold at least four ports.");
	if (s.register_max_s < s.register_min_s)
		model_error_add(errors, "wrong_order", "register_max_s",
		    "The longest registration must not be shorter than the shortest.");
	if (s.sips_port && s.sips_port == s.sip_port)
		model_error_add(errors, "overlap", "sips_port",
		    "TLS needs a port of its own: not the SIP port.");
	for (int i = 0; i < 2; i++) {
		uint32_t port = i ? s.wss_port : s.ws_port;

		if (port && (port == s.sip_port || port == s.sips_port || port == s.http_port ||
				(i && port == s.ws_port)))
			model_error_add(errors, "overlap", i ? "wss_port" : "ws_port",
			    "The port is already used for something else.");
	}
	if (s.sip_port >= s.rtp_port_min && s.sip_port <= s.rtp_port_max)
		model_error_add(errors, "overlap", "sip_port",
		    "The SIP port must not lie in the RTP port range.");
	check_codes(&s, errors);
}

static const struct model_field fields[] = {
    {"company", MODEL_TEXT, 0, 0, 80, .label = "Company", AT(company)},
    {"language", MODEL_ENUM, 0, .choices = "de|en", .def = "\"de\"", .label = "Language",
	.description = "For announcements and new users", AT(language)},
    {"country_code", MODEL_TEXT, 0, 1, 4, .chars = "0-9", .def = "\"49\"", .label = "Country code",
	.description = "Without + or 00", AT(country_code)},
    {"area_code", MODEL_TEXT, 0, 0, 8, .chars = "0-9", .label = "Area code",
	.description = "Without the leading 0", AT(area_code)},
    {"domain", MODEL_TEXT, MODEL_REQUIRED, 1, 253, .chars = "A-Za-z0-9.-", .def = "\"strowger\"",
	.label = "SIP domain", .description = "Realm in which phones authenticate", AT(domain)},
    {"sip_address", MODEL_TEXT, MODEL_REQUIRED | MODEL_RESTART, 1, 45, .format = MODEL_FORMAT_IP,
	.def = "\"0.0.0.0\"", .label = "SIP address",
	.description = "Local address to listen on; 0.0.0.0 = all", AT(sip_address)},
    {"sip_port", MODEL_INT, MODEL_RESTART, 1, 65535, .def = "5060", .label = "SIP port",
	.description = "UDP and TCP", AT(sip_port)},
    {"sips_port", MODEL_INT, MODEL_RESTART, 0, 65535, .def = "5061", .label = "SIP port with TLS",
	.description = "0 = no TLS", AT(sips_port)},
    {"ws_port", MODEL_INT, MODEL_RESTART, 0, 65535, .def = "0", .label = "WebSocket port",
	.description = "SIP over unencrypted WebSocket, behind a proxy only; 0 = none",
	AT(ws_port)},
    {"wss_port", MODEL_INT, MODEL_RESTART, 0, 65535, .def = "5063",
	.label = "Secure WebSocket port", .description = "For telephones in a browser; 0 = none",
	AT(wss_port)},
    {"tls_min_version", MODEL_ENUM, 0, .choices = "1.2|1.3", .def = "\"1.2\"",
	.label = "Oldest TLS version", AT(tls_min_version)},
    {"tls_client_certificate", MODEL_ENUM, 0, .choices = "none|optional|required",
	.def = "\"none\"", .label = "Certificates of phones",
	.description =
	    "Whether a phone that connects with TLS must show a certificate of a trusted "
	    "authority",
	AT(tls_client_certificate)},
    {"external_address", MODEL_TEXT, 0, 0, 45, .format = MODEL_FORMAT_IP,
	.label = "External address",
	.description = "Public IP address of the router; told to peers outside the local networks, "
		       "for signalling and audio",
	AT(external_address)},
    {"external_sip_port", MODEL_INT, 0, 0, 65535, .def = "0", .label = "External SIP port",
	.description = "When the router forwards another port; 0 = the same",
	AT(external_sip_port)},
    {"local_networks", MODEL_TEXT, 0, 0, 1000, .format = MODEL_FORMAT_NETS,
	.def =
	    "\"10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, 127.0.0.0/8, fc00::/7, "
	    "fe80::/10, ::1/128\"",
	.label = "Local networks", .description = "Reached without the router; separated by commas",
	AT(local_networks)},
    {"stun_server", MODEL_TEXT, 0, 0, 253, .format = MODEL_FORMAT_HOST, .label = "STUN server",
	.description = "Asked for the external address while none is entered; host or host:port",
	AT(stun_server)},
    {"outside_prefix", MODEL_TEXT, 0, 0, 4, .chars = "0-9*#", .def = "\"0\"",
	.label = "Prefix for outside calls",
	.description = "Dialled before numbers that are not internal; empty = none",
	AT(outside_prefix)},
#define CODE(id, name, dialled, argument, text, follows)                                           \
	{"code_" name, MODEL_TEXT, 0, 0, FEATURE_CODE_BYTES - 1, .chars = "0-9*#",                 \
	    .format = MODEL_FORMAT_CODE, .def = "\"" dialled "\"", .label = text,                  \
	    .description = follows, AT(code[FEATURE_##id])},
    ALL_FEATURES(CODE)
#undef CODE
	{"routing_priority", MODEL_ENUM, 0, .choices = "static|cor|line|line_cor",
	    .def = "\"line_cor\"", .label = "Routing priority",
	    .description =
		"Which line a call outside takes. static: the first free one; cor: as the "
		"COR rules say; line: that of the display number and no other; line_cor: "
		"that of the display number, then as the COR rules say",
	    AT(routing_priority)},
    {"unavailable", MODEL_ENUM, 0, .choices = "deposit|reject", .def = "\"deposit\"",
	.label = "When nobody can be reached",
	.description = "What callers from outside meet: they are sent on to the deposit, or "
		       "refused with a tone",
	AT(unavailable)},
    {"deposit", MODEL_TEXT, 0, 0, 20, .chars = "0-9", .label = "Deposit",
	.description = "Internal number for calls from outside that nobody takes; empty = they are "
		       "refused",
	AT(deposit)},
    {"dial_in_numbers", MODEL_TEXT, 0, 0, 200, .chars = "0-9+, ", .label = "Dial-in numbers",
	.description = "Who calls one of them from a mobile phone of a user is connected as that "
		       "user with the number that he then dials; separated by commas, empty = "
		       "nobody dials in. For all others they are numbers like any",
	AT(dial_in_numbers)},
    {"dial_in_check", MODEL_ENUM, 0, .choices = "pin|number", .def = "\"pin\"",
	.label = "Who dials in shows who he is by",
	.description = "pin: the number of the mobile phone and his PIN for calls; number: the "
		       "number alone, which anybody can forge whose provider lets him",
	AT(dial_in_check)},
    {"holidays", MODEL_ENUM, 0, .choices = MODEL_HOLIDAY_REGIONS, .def = "\"none\"",
	.label = "Public holidays", .description = "Of a country or a state; for time frames",
	AT(holidays)},
    {"media_address", MODEL_TEXT, 0, 0, 45, .format = MODEL_FORMAT_IP, .label = "Media address",
	.description = "Address that phones send their audio to; empty = the local address that "
		       "faces the phone",
	AT(media_address)},
    {"rtp_port_min", MODEL_INT, MODEL_RESTART, 1024, 65532, .def = "10000",
	.label = "First RTP port", AT(rtp_port_min)},
    {"rtp_port_max", MODEL_INT, MODEL_RESTART, 1027, 65535, .def = "20000",
	.label = "Last RTP port", AT(rtp_port_max)},
    {"sip_dscp", MODEL_INT, MODEL_RESTART, 0, 63, .def = "24", .label = "Mark of signalling (DSCP)",
	.description = "24 = CS3, 40 = CS5; 0 = none", AT(sip_dscp)},
    {"codecs", MODEL_TEXT, 0, 0, MODEL_CODEC_LIST_MAX, .format = MODEL_FORMAT_CODECS,
	.label = "Codecs",
	.description = "Of phones and lines without a list of their own, in order, separated by "
		       "commas; empty = whatever both sides know. Known: " MODEL_CODEC_KEYS,
	AT(codecs)},
    {"hold_music", MODEL_BOOL, 0, .def = "true", .label = "Music on hold",
	.description = "Who is put on hold hears music", AT(hold_music)},
    {"in_call_codes", MODEL_BOOL, 0, .def = "true", .label = "Codes in a call",
	.description = "Keys that users press while they talk are watched for codes",
	AT(in_call_codes)},
    {"record_calls", MODEL_BOOL, 0, .label = "Recording of calls",
	.description =
	    "Users with a mailbox may record their calls, by code or in the call manager. "
	    "In many countries that takes the consent of all who speak",
	AT(record_calls)},
    {"record_notice", MODEL_ENUM, 0, .choices = "announcement|beep|nothing",
	.def = "\"announcement\"", .label = "The other one hears",
	.description = "Of a recording: an announcement before it begins, a beep every 15 seconds, "
		       "or nothing",
	AT(record_notice)},
    {"comfort_noise", MODEL_BOOL, 0, .def = "true", .label = "Silence suppression",
	.description = "Where the system encodes a voice itself, pauses are sent as comfort noise "
		       "to those who ask for it",
	AT(comfort_noise)},
    {"audio_dscp", MODEL_INT, 0, 0, 63, .def = "46", .label = "Mark of voice (DSCP)",
	.description = "46 = EF; 0 = none", AT(audio_dscp)},
    {"video_dscp", MODEL_INT, 0, 0, 63, .def = "34", .label = "Mark of video (DSCP)",
	.description = "34 = AF41; 0 = none", AT(video_dscp)},
    {"ring_s", MODEL_INT, 0, 5, 300, .def = "30", .label = "Ringing time",
	.description = "Seconds until a call counts as not answered", AT(ring_s)},
    {"orbit_s", MODEL_INT, 0, 10, 3600, .def = "60", .label = "Parked calls come back after",
	.description = "Seconds until who parked a call is rung", AT(orbit_s)},
    {"session_expires_s", MODEL_INT, 0, 90, 86400, .def = "1800", .label = "Session timer",
	.description = "RFC 4028, seconds", AT(session_expires_s)},
    {"rtp_timeout_s", MODEL_INT, 0, 0, 3600, .def = "60", .label = "Media time-out",
	.description = "Seconds without audio after which a call ends; 0 = never",
	AT(rtp_timeout_s)},
    {"rtp_hold_timeout_s", MODEL_INT, 0, 0, 86400, .def = "1800", .label = "Media time-out on hold",
	.description = "Seconds; 0 = never", AT(rtp_hold_timeout_s)},
    {"register_min_s", MODEL_INT, 0, 10, 3600, .def = "60", .label = "Shortest registration",
	.description = "Seconds", AT(register_min_s)},
    {"register_max_s", MODEL_INT, 0, 60, 86400, .def = "3600", .label = "Longest registration",
	.description = "Seconds", AT(register_max_s)},
    {"nonce_lifetime_s", MODEL_INT, 0, 10, 86400, .def = "300", .label = "Lifetime of a nonce",
	.description = "Seconds a log-in challenge is valid", AT(nonce_lifetime_s)},
    {"http_port", MODEL_INT, MODEL_RESTART, 1, 65535, .def = "8080", .label = "Web port",
	AT(http_port)},
    {"trace_keep_messages", MODEL_INT, 0, 0, 1000000, .def = "20000",
	.label = "SIP messages kept for traces", AT(trace_keep_messages)},
    {"trace_keep_days", MODEL_INT, 0, 0, 365, .def = "7", .label = "Keep SIP traces",
	.description = "Days traces are stored on disk; 0 = only in memory", AT(trace_keep_days)},
    {"trace_keep_mb", MODEL_INT, 0, 16, 100000, .def = "500", .label = "Disk space for SIP traces",
	.description = "Megabytes; the oldest go first", AT(trace_keep_mb)},
    {"password_policy", MODEL_ENUM, 0, .choices = "secure|paranoid", .def = "\"secure\"",
	.label = "SIP password guideline",
	.description =
	    "secure: 16 characters with 3 small, 2 capital letters and 2 digits; paranoid: "
	    "30 with 5 of each",
	AT(password_policy)},
    {"password_weak_allowed", MODEL_BOOL, 0, .def = "false", .label = "Permit weak SIP passwords",
	.description = "Entered by hand; generated ones always follow the guideline",
	AT(password_weak_allowed)},
    {"password_check_days", MODEL_INT, 0, 0, 365, .def = "7", .label = "Check SIP passwords every",
	.description = "Days; 0 = never", AT(password_check_days)},
    {"screening", MODEL_BOOL, 0, .def = "true", .label = "Call screening",
	.description = "Block addresses that attack", AT(screening)},
    {"screening_failures", MODEL_INT, 0, 3, 1000, .def = "10", .label = "Failures until blocked",
	.description = "Failed log-ins and unknown names from one address within ten minutes",
	AT(screening_failures)},
    {"screening_block_h", MODEL_INT, 0, 1, 8760, .def = "24", .label = "Blocked for",
	.description = "Hours since the last request of the address", AT(screening_block_h)},
    {"screening_notify", MODEL_BOOL, 0, .def = "true", .label = "Tell about new blocked addresses",
	AT(screening_notify)},
    {"source_requests_per_s", MODEL_INT, 0, 10, 100000, .def = "200",
	.label = "Requests per second from one address",
	.description = "More from an address without registered phones is refused",
	AT(source_requests_per_s)},
    {"second_factor", MODEL_ENUM, 0, .choices = "optional|administrators|everybody",
	.def = "\"optional\"", .label = "Second factor",
	.description = "Who must use one; who has none yet sets it up after the log-in and may do "
		       "nothing else before. API tokens are not asked"},
    {"change_keep_days", MODEL_INT, 0, 1, 36500, .def = "365", .label = "Keep the log of changes",
	.description = "Days", AT(change_keep_days)},
    {"default_rights", MODEL_TEXT_LIST, 0, .choices = RIGHT_CHOICES, .def = RIGHT_DEFAULTS,
	.label = "Rights of new users", .description = "They can be changed for each user"},
    {"default_dial", MODEL_TEXT_LIST, 0, .choices = MODEL_DIAL_CLASSES, .def = MODEL_DIAL_DEFAULTS,
	.label = "What new users may dial",
	.description = "It can be changed for each user; holds for phones without a user",
	AT(default_dial)},
    {"cdr_keep_days", MODEL_INT, 0, 0, 36500, .def = "0", .label = "Keep call records",
	.description = "Days; 0 = for ever", AT(cdr_keep_days)},
    {"conference_numbers", MODEL_TEXT, 0, 0, 500, .chars = "\n\r -\uffff",
	.label = "Dial-in numbers of conferences",
	.description = "As invitations show them, one in a line", AT(conference_numbers)},
    {"conference_over", MODEL_ENUM, 0, .choices = "stays|warning|ends", .def = "\"stays\"",
	.label = "When the time of a conference ends",
	.description =
	    "Of planned ones. stays: it goes on while people talk; warning: they hear of "
	    "it five minutes before; ends: the same, and then all calls end",
	AT(conference_over)},
    {"voicemail_trash_days", MODEL_INT, 0, 1, 365, .def = "7", .label = "Keep deleted voicemails",
	.description = "Days; until then they can be taken back", AT(voicemail_trash_days)},
    {"voicemail_mail_mb", MODEL_INT, 0, 0, 50, .def = "10", .label = "Attach voicemails up to",
	.description = "Megabytes; a mail about a longer one has only the link to it",
	AT(voicemail_mail_mb)},
#define X(id, name, text)                                                                          \
	{"log_" name, MODEL_ENUM, 0, .choices = LEVELS, .def = "\"info\"",                         \
	    .label = "Log of " name, .description = text, AT(log_level[LOG_SUB_##id])},
    LOG_SUBSYSTEMS(X)
#undef X
	{"log_file_mb", MODEL_INT, 0, 1, 50, .def = "10", .label = "Size of a log file",
	    .description = "Megabytes; then a new one is begun", AT(log_file_mb)},
    {"log_files", MODEL_INT, 0, 1, 50, .def = "5", .label = "Log files kept",
	.description = "With the one in use; older ones are compressed", AT(log_files)},
    {"disk_free_mb", MODEL_INT, 0, 0, 1000000, .def = "512", .label = "Warn of a full disk",
	.description = "Megabytes that are still free; with a quarter of it no SIP traces are "
		       "stored any more. 0 = never",
	AT(disk_free_mb)},
};

const struct model_entity model_settings = {"settings", "settings", MODEL_SINGLETON, NULL, "id",
    NULL, .label = "Settings", .description = "What holds for the whole system", .fields = fields,
    .field_count = sizeof fields / sizeof fields[0], .check = check_settings};

void
settings_init(struct settings *s)
{
	*s = (struct settings){
	    .language = "de",
	    .country_code = "49",
	    .domain = "strowger",
	    .sip_address = "0.0.0.0",
	    .sip_port = 5060,
	    .sips_port = 5061,
	    .wss_port = 5063,
	    .tls_min_version = "1.2",
	    .tls_client_certificate = "none",
	    .local_networks = "10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, "
			      "127.0.0.0/8, fc00::/7, fe80::/10, ::1/128",
	    .outside_prefix = "0",
	    .routing_priority = PRIORITY_LINE_COR,
	    .holidays = "none",
	    .default_dial = 15, /* MODEL_DIAL_DEFAULTS */
	    .rtp_port_min = 10000,
	    .rtp_port_max = 20000,
	    .ring_s = 30,
	    .orbit_s = 60,
	    .session_expires_s = 1800,
	    .sip_dscp = 24,
	    .hold_music = true,
	    .in_call_codes = true,
	    .comfort_noise = true,
	    .audio_dscp = 46,
	    .video_dscp = 34,
	    .rtp_timeout_s = 60,
	    .rtp_hold_timeout_s = 1800,
	    .register_min_s = 60,
	    .register_max_s = 3600,
	    .nonce_lifetime_s = 300,
	    .http_port = 8080,
	    .trace_keep_messages = 20000,
	    .trace_keep_days = 7,
	    .trace_keep_mb = 500,
	    .password_policy = "secure",
	    .password_check_days = 7,
	    .screening = true,
	    .screening_failures = 10,
	    .screening_block_h = 24,
	    .screening_notify = true,
	    .source_requests_per_s = 200,
	    .change_keep_days = 365,
	    .voicemail_trash_days = 7,
	    .voicemail_mail_mb = 10,
	    .log_file_mb = 10,
	    .log_files = 5,
	    .disk_free_mb = 512,
	};
	for (int i = 0; i < LOG_SUBS; i++)
		s->log_level[i] = LOG_INFO;
#define CODE(id, name, dialled, argument, text, follows)                                           \
	snprintf(s->code[FEATURE_##id], FEATURE_CODE_BYTES, "%s", dialled);
	ALL_FEATURES(CODE)
#undef CODE
}
