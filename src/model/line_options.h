/*
 * What a line to a provider can be set to and its template, the provider, can say for it (LIN-2):
 * declared once, used by both tables. In a line each may be null: as its provider says
 * (MODEL_INHERIT); a provider says all. Private to model/.
 */
#ifndef MODEL_LINE_OPTIONS_H
#define MODEL_LINE_OPTIONS_H

#include "model/codecs.h"

/* flags: MODEL_INHERIT or 0. Old words of the trade stand in the descriptions. */
#define LINE_OPTIONS(flags)                                                                        \
	{"host", MODEL_TEXT, (flags) | MODEL_SEARCH, 0, 253, .format = MODEL_FORMAT_SERVER,        \
	    .label = "Registrar",                                                                  \
	    .description = "The provider's SIP server; without a port its NAPTR and SRV records "  \
			   "decide. <account> stands for what the line says"},                     \
	    {"proxy", MODEL_TEXT, flags, 0, 600, .label = "Outbound proxies",                      \
		.description = "Where requests are sent instead; several, in order, separated by " \
			       "commas. <account> stands for what the line says"},                 \
	    {"transport", MODEL_ENUM, flags, .choices = "auto|udp|tcp|tls", .def = "\"auto\"",     \
		.label = "Transport",                                                              \
		.description = "auto: as the provider's NAPTR records say, else UDP"},             \
	    {"auth", MODEL_ENUM, flags, .choices = "password|address", .def = "\"password\"",      \
		.label = "Authentication",                                                         \
		.description = "With user name and password, or the provider knows our address"},  \
	    {"register", MODEL_BOOL, flags, .def = "true", .label = "Register"},                   \
	    {"register_block", MODEL_BOOL, flags, .label = "Register a block",                     \
		.description = "RFC 6140 (GIN): one registration for all numbers; calls come "     \
			       "from the provider's servers with the number called"},              \
	    {"expires_s", MODEL_INT, flags, 60, 86400, .def = "600",                               \
		.label = "Registration interval",                                                  \
		.description = "Seconds; the provider may ask for another"},                       \
	    {"number_format", MODEL_ENUM, flags, .choices = "plus|zeros|bare|national|asis",       \
		.def = "\"plus\"", .label = "Number format",                                       \
		.description = "+49211…, 0049211…, 49211…, 0211… or unchanged"},                   \
	    {"user_phone", MODEL_BOOL, flags, .label = "Numbers are marked",                       \
		.description = "With user=phone in our addresses"},                                \
	    {"from_says", MODEL_ENUM, flags, .choices = "number|account", .def = "\"number\"",     \
		.label = "From names",                                                             \
		.description = "The calling number, or the account; not when the line has a "      \
			       "fixed user part"},                                                 \
	    {"identity", MODEL_ENUM, flags, .choices = "none|pai|ppi", .def = "\"ppi\"",           \
		.label = "Identity header",                                                        \
		.description = "P-Asserted-Identity or P-Preferred-Identity"},                     \
	    {"clir", MODEL_ENUM, flags, .choices = "both|from|privacy", .def = "\"both\"",         \
		.label = "Callers are hidden by",                                                  \
		.description = "An anonymous From, Privacy: id, or both"},                         \
	    {"incoming_from", MODEL_ENUM, flags, .choices = "auto|request_uri|to|p_called_party",  \
		.def = "\"auto\"", .label = "Called number is in",                                 \
		.description =                                                                     \
		    "Of incoming calls; auto: Request-URI, and To when that names the account"},   \
	    {"permit", MODEL_TEXT, flags, 0, 500, .format = MODEL_FORMAT_NETS,                     \
		.label = "Permitted networks",                                                     \
		.description = "Calls may also come from these addresses of the provider"},        \
	    {"deny", MODEL_TEXT, flags, 0, 500, .format = MODEL_FORMAT_NETS,                       \
		.label = "Refused networks",                                                       \
		.description = "Nothing that comes from here is the provider's, unless permitted " \
			       "as well"},                                                         \
	    {"codecs", MODEL_TEXT, flags, 0, MODEL_CODEC_LIST_MAX, .format = MODEL_FORMAT_CODECS,  \
		.label = "Codecs",                                                                 \
		.description = "In order, separated by commas; empty = as in the settings. "       \
			       "Known: " MODEL_CODEC_KEYS},                                        \
	    {"srtp", MODEL_ENUM, flags, .choices = "off|optional|required", .def = "\"optional\"", \
		.label = "Encrypted voice (SRTP)",                                                 \
		.description = "optional: when it asks for it, and when the other side encrypts; " \
			       "required: calls without are refused"},                             \
	    {"dtmf", MODEL_ENUM, flags, .choices = "auto|rfc4733|inband|info", .def = "\"auto\"",  \
		.label = "Keys (DTMF)",                                                            \
		.description = "How keys are sent and wanted; auto: as both sides of a call "      \
			       "agree. Others are converted"},                                     \
	    {"direct_media", MODEL_BOOL, flags, .label = "Direct voice",                           \
		.description = "canreinvite: in a call with another one that has it, voice may "   \
			       "go directly between the two, when both are plain RTP in the same " \
			       "codec and neither is behind NAT"},                                 \
	    {"t38", MODEL_BOOL, flags, .def = "true", .label = "Fax by T.38",                      \
		.description = "Calls may become a fax in real time (T.38). Off: that is refused " \
			       "(488), and the devices go on with fax as voice (G.711)"},          \
	    {"early_media", MODEL_ENUM, flags, .choices = "pass|ring", .def = "\"pass\"",          \
		.label = "Before the answer",                                                      \
		.description = "progressinband: callers hear what the provider sends before the "  \
			       "answer, or their own ringing tone"},                               \
	    {"rtp_timeout_s", MODEL_INT, flags, 0, 86400, .label = "End of silent calls",          \
		.description = "rtptimeout: seconds without voice from either side after which "   \
			       "a call ends; 0 = as in the settings"},                             \
	    {"rtp_hold_timeout_s", MODEL_INT, flags, 0, 86400, .label = "End of held calls",       \
		.description = "rtpholdtimeout: the same for calls on hold; 0 = as in the "        \
			       "settings"},                                                        \
	    {"session_timer", MODEL_ENUM, flags, .choices = "ask|accept|off", .def = "\"ask\"",    \
		.label = "Session timer",                                                          \
		.description = "RFC 4028: ask for one; accept what the provider asks for; off"},   \
	    {"session_expires_s", MODEL_INT, flags, 0, 86400, .label = "Session interval",         \
		.description = "Seconds; 0 = as in the settings"},                                 \
	    {"location", MODEL_BOOL, flags, .label = "Tells where emergency calls come from",      \
		.description = "RFC 6442: the address of the caller's site goes with them. Only "  \
			       "for providers that take it"},                                      \
	    {"allow_redirect", MODEL_BOOL, flags, .label = "May send calls on",                    \
		.description = "3xx: the number it names is called instead, as if dialled"},       \
	    {"allow_transfer", MODEL_BOOL, flags, .label = "May transfer calls",                   \
		.description = "REFER: reaches our users and groups only"},                        \
	{                                                                                          \
		"qualify_s", MODEL_INT, flags, 0, 3600,                                            \
		    .def = "60", .label = "Check interval",                                        \
		    .description = "Seconds between OPTIONS requests; 0 = never"                   \
	}

#endif
