/*
 * The providers that come with the system (LIN-2): what their servers are called and how they want
 * calls to look. "basis" says how far each is to be trusted. Names stay, and an option that was
 * listed once stays listed.
 */
#include "store/store_int.h"

#define COLUMNS                                                                                    \
	"basis, host, proxy, transport, auth, register, number_format, from_says, identity, "      \
	"user_phone, srtp, session_timer, clir"

#define REGISTERS "'password', 1"
#define BY_LOGIN  "'password', 0"
#define BY_SOURCE "'address', 0"

static const struct supplied_row rows[] = {
    {"generic", "Any provider, with registration", COLUMNS,
	"'certain', '', '', 'auto', " REGISTERS ", 'plus', 'number', 'ppi', 0, 'optional', 'ask', "
	"'both'"},
    {"IP trunk", "Any provider that knows our address", COLUMNS,
	"'certain', '', '', 'auto', " BY_SOURCE ", 'plus', 'number', 'pai', 0, 'optional', 'ask', "
	"'both'"},
    {"Telekom MagentaZuhause", "Telekom: consumer and DeutschlandLAN IP lines", COLUMNS,
	"'certain', 'tel.t-online.de', '', 'auto', " REGISTERS ", 'plus', 'number', 'none', 0, "
	"'optional', 'accept', 'both'"},
    {"Telekom CompanyFlex", "Telekom: 1TR119", COLUMNS,
	"'published', 'tel.t-online.de', "
	"'<account>.primary.companyflex.de,<account>.secondary.companyflex.de', 'tls', " REGISTERS
	", 'plus', 'number', 'ppi', 1, 'optional', 'accept', 'both'"},
    {"Telekom DeutschlandLAN SIP-Trunk", "Telekom: 1TR118", COLUMNS,
	"'published', 'sip-trunk.telekom.de', 'reg.sip-trunk.telekom.de', 'tcp', " REGISTERS
	", 'plus', 'number', 'ppi', 1, 'optional', 'accept', 'both'"},
    {"sipgate trunking", "sipgate", COLUMNS,
	"'certain', 'sipconnect.sipgate.de', '', 'auto', " REGISTERS ", 'bare', 'account', 'ppi', "
	"0, 'optional', 'ask', 'privacy'"},
    {"sipgate team", "sipgate team and basic: one device", COLUMNS,
	"'published', 'sipgate.de', 'proxy.live.sipgate.de', 'auto', " REGISTERS
	", 'bare', 'account', 'ppi', 0, 'optional', 'ask', 'privacy'"},
    {"easybell", "easybell", COLUMNS,
	"'published', 'sip.easybell.de', '', 'auto', " REGISTERS ", 'zeros', 'number', 'ppi', 0, "
	"'optional', 'ask', 'both'"},
    {"easybell TLS", "easybell, encrypted", COLUMNS,
	"'published', 'secure.sip.easybell.de:5061', '', 'tls', " REGISTERS
	", 'zeros', 'number', 'ppi', 0, 'optional', 'ask', 'both'"},
    {"Plusnet IPfonie", "Plusnet: IPfonie basic and extended, an account for each number", COLUMNS,
	"'published', 'sip.ipfonie.de', '', 'auto', " REGISTERS ", 'zeros', 'account', 'ppi', 0, "
	"'optional', 'ask', 'both'"},
    {"Plusnet IPfonie extended connect", "Plusnet: a trunk", COLUMNS,
	"'published', 'sipconnect.ipfonie.de', '', 'auto', " REGISTERS
	", 'plus', 'number', 'ppi', 0, 'optional', 'ask', 'both'"},
    {"1&1", "1&1: an account for each number", COLUMNS,
	"'published', 'sip.1und1.de', '', 'auto', " REGISTERS ", 'bare', 'account', 'none', 0, "
	"'optional', 'ask', 'both'"},
    {"Vodafone", "Vodafone: lines of former Arcor", COLUMNS,
	"'uncertain', 'arcor.de', 'sip.arcor.de', 'auto', " REGISTERS
	", 'national', 'account', 'none', 0, 'optional', 'ask', 'both'"},
    {"NFON NConnect", "NFON: a trunk", COLUMNS,
	"'certain', 'trunk.cloud-cfg.com', '', 'auto', " REGISTERS ", 'plus', 'number', 'pai', 0, "
	"'optional', 'ask', 'both'"},
    {"dus.net", "dus.net", COLUMNS,
	"'certain', 'proxy.dus.net', '', 'auto', " REGISTERS ", 'zeros', 'account', 'ppi', 0, "
	"'optional', 'ask', 'both'"},
    {"Swisscom", "Swisscom: TLS with encrypted voice", COLUMNS,
	"'published', '', '', 'tls', " REGISTERS ", 'plus', 'number', 'ppi', 0, 'required', 'ask', "
	"'both'"},
    {"A1", "A1, Austria", COLUMNS,
	"'published', 'sip.a1.net', '', 'auto', " REGISTERS ", 'plus', 'number', 'ppi', 0, "
	"'optional', 'ask', 'both'"},
    {"Twilio", "Twilio Elastic SIP Trunking", COLUMNS,
	"'uncertain', '<account>.pstn.twilio.com', '', 'auto', " BY_LOGIN
	", 'plus', 'number', 'none', 0, 'optional', 'ask', 'both'"},
    {"Telnyx", "Telnyx", COLUMNS,
	"'published', 'sip.telnyx.com', '', 'tls', " REGISTERS ", 'plus', 'number', 'none', 0, "
	"'optional', 'ask', 'both'"},
    {"BT or Gamma", "SIP trunks of Great Britain that know our address", COLUMNS,
	"'uncertain', '', '', 'auto', " BY_SOURCE ", 'plus', 'number', 'pai', 0, 'off', 'ask', "
	"'both'"},
};

const struct supplied providers_supplied = {&model_provider, rows, sizeof rows / sizeof rows[0]};
