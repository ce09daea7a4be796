/*
 * What a phone can be set to and its type can say for it (PHO-5): declared once, used by both
 * tables. In a phone each may be null: as its type says (MODEL_INHERIT); a type says all.
 * Private to model/.
 */
#ifndef MODEL_PHONE_OPTIONS_H
#define MODEL_PHONE_OPTIONS_H

#include "model/codecs.h"

/* flags: MODEL_INHERIT or 0. Old words of the trade stand in the descriptions. */
#define PHONE_OPTIONS(flags)                                                                       \
	{"kind", MODEL_ENUM, flags, .choices = "friend|user|peer", .def = "\"friend\"",            \
	    .label = "May call and be called",                                                     \
	    .description = "type: friend may do both, user may only call, peer may only be "       \
			   "called"},                                                              \
	    {"host", MODEL_TEXT, (flags) | MODEL_SEARCH, 0, 45, .format = MODEL_FORMAT_IP,         \
		.label = "Static IP address",                                                      \
		.description = "host: for phones that do not register; empty = dynamic, it "       \
			       "registers"},                                                       \
	    {"port", MODEL_INT, flags, 1, 65535, .def = "5060",                                    \
		.label = "Port of the static address"},                                            \
	    {"default_ip", MODEL_TEXT, flags, 0, 45, .format = MODEL_FORMAT_IP,                    \
		.label = "Address while not registered",                                           \
		.description = "defaultip: where calls for it are tried then"},                    \
	    {"insecure", MODEL_ENUM, flags, .choices = "no|port|invite|both", .def = "\"port\"",   \
		.label = "Trust by address",                                                       \
		.description = "insecure: port: of a phone trusted by its address the port does "  \
			       "not count; invite: calls from where it is registered are not "     \
			       "asked for the password"},                                          \
	    {"digest", MODEL_ENUM, flags, .choices = "auto|md5|sha256", .def = "\"auto\"",         \
		.label = "Digest algorithm",                                                       \
		.description = "auto: both are offered, but only MD5 to devices known to fail "    \
			       "with SHA-256"},                                                    \
	    {"tls_required", MODEL_BOOL, flags, .label = "Only encrypted",                         \
		.description = "Requests that do not come over TLS or secure WebSocket are "       \
			       "refused"},                                                         \
	    {"nat", MODEL_ENUM, flags, .choices = "auto|always|never", .def = "\"auto\"",          \
		.label = "NAT",                                                                    \
		.description = "auto: answer to where requests came from when the phone names "    \
			       "another address; always: ignore what it names; never: believe "    \
			       "what it names"},                                                   \
	    {"permit", MODEL_TEXT, flags, 0, 500, .format = MODEL_FORMAT_NETS,                     \
		.label = "Permitted networks",                                                     \
		.description = "The phone may only come from these addresses; empty = from "       \
			       "anywhere"},                                                        \
	    {"deny", MODEL_TEXT, flags, 0, 500, .format = MODEL_FORMAT_NETS,                       \
		.label = "Refused networks", .description = "Unless permitted as well"},           \
	    {"mask", MODEL_TEXT, flags, 0, 15, .format = MODEL_FORMAT_MASK,                        \
		.label = "Network mask",                                                           \
		.description = "Of IPv4 addresses in the two lists that stand there without one, " \
			       "as in 255.255.255.0"},                                             \
	    {"max_contacts", MODEL_INT, flags, 1, 16, .def = "4",                                  \
		.label = "Registrations at a time"},                                               \
	    {"qualify_s", MODEL_INT, flags, 0, 3600, .def = "60", .label = "Check interval",       \
		.description = "Seconds between OPTIONS requests that test the phone; 0 = never"}, \
	    {"codecs", MODEL_TEXT, flags, 0, MODEL_CODEC_LIST_MAX, .format = MODEL_FORMAT_CODECS,  \
		.label = "Codecs",                                                                 \
		.description = "allow, in order, separated by commas; all others are not "         \
			       "allowed; empty = as in the settings. Known: " MODEL_CODEC_KEYS},   \
	    {"srtp", MODEL_ENUM, flags, .choices = "off|optional|required|dtls",                   \
		.def = "\"optional\"", .label = "Encrypted voice (SRTP)",                          \
		.description = "optional: when it asks for it, and when the other side encrypts; " \
			       "required: calls without are refused; dtls: required, and calls "   \
			       "to it offer keys by DTLS. Phones that are registered over "        \
			       "WebSocket (browsers) are always offered DTLS, unless it is off"},  \
	    {"dtmf", MODEL_ENUM, flags, .choices = "auto|rfc4733|inband|info", .def = "\"auto\"",  \
		.label = "Keys (DTMF)",                                                            \
		.description = "How keys are sent and wanted; auto: as both sides of a call "      \
			       "agree. Others are converted"},                                     \
	    {"progress_inband", MODEL_ENUM, flags, .choices = "no|yes|never", .def = "\"no\"",     \
		.label = "Ringing tone in the voice",                                              \
		.description =                                                                     \
		    "progressinband, of calls from it: yes: it gets a ringing tone from us (183) " \
		    "while the called side sends no sound of its own; never: no sound at all "     \
		    "passes before the answer"},                                                   \
	    {"direct_media", MODEL_BOOL, flags, .label = "Direct voice",                           \
		.description = "canreinvite: in a call with another one that has it, voice may "   \
			       "go directly between the two, when both are plain RTP in the same " \
			       "codec and neither is behind NAT"},                                 \
	    {"t38", MODEL_BOOL, flags, .def = "true", .label = "Fax by T.38",                      \
		.description = "Calls may become a fax in real time (T.38). Off: that is refused " \
			       "(488), and the devices go on with fax as voice (G.711)"},          \
	    {"trust_rpid", MODEL_BOOL, flags, .label = "Believe whom it names",                    \
		.description = "trustrpid: callers that it names in P-Asserted-Identity or "       \
			       "Remote-Party-ID are shown to those it calls"},                     \
	    {"promisc_redir", MODEL_BOOL, flags, .label = "Diverts to foreign servers",            \
		.description =                                                                     \
		    "promiscredir: where it sends a call on (302) to the IP address of "           \
		    "another server, that is called; otherwise only the number counts"},           \
	    {"rtp_timeout_s", MODEL_INT, flags, 0, 86400, .label = "End of silent calls",          \
		.description = "rtptimeout: seconds without voice from either side after which "   \
			       "a call ends; 0 = as in the settings"},                             \
	    {"rtp_hold_timeout_s", MODEL_INT, flags, 0, 86400, .label = "End of held calls",       \
		.description = "rtpholdtimeout: the same for calls on hold; 0 = as in the "        \
			       "settings"},                                                        \
	    {"from_user", MODEL_TEXT, flags, 0, 64, .chars = "A-Za-z0-9._+*-",                     \
		.label = "From user",                                                              \
		.description = "fromuser: fixed user part of From in calls to it; empty = the "    \
			       "calling number"},                                                  \
	{                                                                                          \
		"from_domain", MODEL_TEXT, flags, 0, 253,                                          \
		    .format = MODEL_FORMAT_HOST, .label = "From domain",                           \
		    .description = "fromdomain: in calls to it; empty = our address"               \
	}

#endif
