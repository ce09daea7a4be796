/*
 * Names of headers. Looked up by length, then first letter, then the whole name
 * is compared: a made-up header never passes for a known one.
 */
#include "sip/msg.h"

static const struct slice names[SIP_HDR_N] = {
#define X(id, name, compact) [SIP_HDR_##id] = SLICE(name),
    SIP_HEADERS(X)
#undef X
};

/* Compact forms (RFC 3261, 7.3.3), by letter. */
static const uint8_t compact_forms[26] = {
    ['b' - 'a'] = SIP_HDR_REFERRED_BY,
    ['c' - 'a'] = SIP_HDR_CONTENT_TYPE,
    ['e' - 'a'] = SIP_HDR_CONTENT_ENCODING,
    ['f' - 'a'] = SIP_HDR_FROM,
    ['i' - 'a'] = SIP_HDR_CALL_ID,
    ['k' - 'a'] = SIP_HDR_SUPPORTED,
    ['l' - 'a'] = SIP_HDR_CONTENT_LENGTH,
    ['m' - 'a'] = SIP_HDR_CONTACT,
    ['o' - 'a'] = SIP_HDR_EVENT,
    ['r' - 'a'] = SIP_HDR_REFER_TO,
    ['s' - 'a'] = SIP_HDR_SUBJECT,
    ['t' - 'a'] = SIP_HDR_TO,
    ['u' - 'a'] = SIP_HDR_ALLOW_EVENTS,
    ['v' - 'a'] = SIP_HDR_VIA,
    ['x' - 'a'] = SIP_HDR_SESSION_EXPIRES,
};

enum { LONGEST = 20, SAME_LENGTH_MAX = 8 };

/* The known names of each length, frequent ones first. test_values.c proves that
 * every name of SIP_HEADERS is here. */
static const uint8_t by_length[LONGEST + 1][SAME_LENGTH_MAX] = {
    [2] = {SIP_HDR_TO},
    [3] = {SIP_HDR_VIA},
    [4] = {SIP_HDR_FROM, SIP_HDR_CSEQ, SIP_HDR_DATE, SIP_HDR_RACK, SIP_HDR_RSEQ, SIP_HDR_PATH},
    [5] = {SIP_HDR_ALLOW, SIP_HDR_ROUTE, SIP_HDR_EVENT},
    [6] = {SIP_HDR_ACCEPT, SIP_HDR_SERVER, SIP_HDR_REASON, SIP_HDR_MIN_SE},
    [7] = {SIP_HDR_CONTACT, SIP_HDR_CALL_ID, SIP_HDR_EXPIRES, SIP_HDR_REQUIRE, SIP_HDR_SUBJECT,
	SIP_HDR_PRIVACY, SIP_HDR_WARNING},
    [8] = {SIP_HDR_REFER_TO, SIP_HDR_REPLACES, SIP_HDR_SIP_ETAG},
    [9] = {SIP_HDR_SUPPORTED, SIP_HDR_CALL_INFO, SIP_HDR_DIVERSION},
    [10] = {SIP_HDR_USER_AGENT, SIP_HDR_ALERT_INFO},
    [11] = {SIP_HDR_MIN_EXPIRES, SIP_HDR_RETRY_AFTER, SIP_HDR_REFERRED_BY, SIP_HDR_UNSUPPORTED},
    [12] = {SIP_HDR_MAX_FORWARDS, SIP_HDR_CONTENT_TYPE, SIP_HDR_RECORD_ROUTE, SIP_HDR_ALLOW_EVENTS,
	SIP_HDR_HISTORY_INFO, SIP_HDR_SIP_IF_MATCH},
    [13] = {SIP_HDR_AUTHORIZATION, SIP_HDR_PROXY_REQUIRE, SIP_HDR_SERVICE_ROUTE},
    [14] = {SIP_HDR_CONTENT_LENGTH},
    [15] = {SIP_HDR_SESSION_EXPIRES},
    [16] = {SIP_HDR_CONTENT_ENCODING, SIP_HDR_WWW_AUTHENTICATE},
    [18] = {SIP_HDR_PROXY_AUTHENTICATE, SIP_HDR_SUBSCRIPTION_STATE},
    [19] = {SIP_HDR_PROXY_AUTHORIZATION, SIP_HDR_P_ASSERTED_IDENTITY},
    [20] = {SIP_HDR_P_PREFERRED_IDENTITY},
};

enum sip_hdr_id
sip_hdr_find(struct slice name)
{
	unsigned char first = name.n ? (unsigned char)name.p[0] | 0x20 : 0;

	if (name.n == 1)
		return first >= 'a' && first <= 'z' ? compact_forms[first - 'a'] : SIP_HDR_OTHER;
	if (name.n > LONGEST)
		return SIP_HDR_OTHER;
	for (size_t i = 0; i < SAME_LENGTH_MAX && by_length[name.n][i]; i++) {
		enum sip_hdr_id id = by_length[name.n][i];

		if (((unsigned char)names[id].p[0] | 0x20) == first &&
		    (memcmp(names[id].p, name.p, name.n) == 0 || slice_eq_nocase(names[id], name)))
			return id;
	}
	return SIP_HDR_OTHER;
}

struct slice
sip_hdr_name(enum sip_hdr_id id)
{
	return (unsigned)id < SIP_HDR_N ? names[id] : (struct slice){0};
}
