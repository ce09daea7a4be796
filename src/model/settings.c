/* The singleton entity "settings" and its C struct. */
#include "model/settings.h"

#include <stddef.h>

#include "model/model.h"

#define AT(member)                                                                                 \
	.offset = offsetof(struct settings, member), .size = sizeof(((struct settings *)0)->member)

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
	if (s.sip_port >= s.rtp_port_min && s.sip_port <= s.rtp_port_max)
		model_error_add(errors, "overlap", "sip_port",
		    "The SIP port must not lie in the RTP port range.");
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
    {"media_address", MODEL_TEXT, 0, 0, 45, .format = MODEL_FORMAT_IP, .label = "Media address",
	.description = "Address that phones send their audio to; empty = the local address that "
		       "faces the phone",
	AT(media_address)},
    {"rtp_port_min", MODEL_INT, MODEL_RESTART, 1024, 65532, .def = "10000",
	.label = "First RTP port", AT(rtp_port_min)},
    {"rtp_port_max", MODEL_INT, MODEL_RESTART, 1027, 65535, .def = "20000",
	.label = "Last RTP port", AT(rtp_port_max)},
    {"ring_s", MODEL_INT, 0, 5, 300, .def = "30", .label = "Ringing time",
	.description = "Seconds until a call counts as not answered", AT(ring_s)},
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
    {"trace_keep_messages", MODEL_INT, MODEL_RESTART, 0, 1000000, .def = "20000",
	.label = "SIP messages kept for traces", AT(trace_keep_messages)},
    {"cdr_keep_days", MODEL_INT, 0, 0, 36500, .def = "0", .label = "Keep call records",
	.description = "Days; 0 = for ever", AT(cdr_keep_days)},
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
	    .rtp_port_min = 10000,
	    .rtp_port_max = 20000,
	    .ring_s = 30,
	    .session_expires_s = 1800,
	    .rtp_timeout_s = 60,
	    .rtp_hold_timeout_s = 1800,
	    .register_min_s = 60,
	    .register_max_s = 3600,
	    .nonce_lifetime_s = 300,
	    .http_port = 8080,
	    .trace_keep_messages = 20000,
	};
}
