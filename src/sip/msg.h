/*
 * SIP messages: parsing in place (RFC 3261, 25; RFC 4475 for what is nasty).
 *
 * A sip_msg is a set of views into the bytes it was parsed from; it owns
 * nothing and lives as long as they do. Headers it does not know are kept in
 * order with their exact bytes. Folded values (obsolete line folding) keep
 * their CR LF inside the value; all sub-parsers treat it as white space.
 */
#ifndef SIP_MSG_H
#define SIP_MSG_H

#include "base/slice.h"

#define SIP_METHODS(X)                                                                             \
	X(INVITE)                                                                                  \
	X(ACK)                                                                                     \
	X(BYE)                                                                                     \
	X(CANCEL)                                                                                  \
	X(OPTIONS)                                                                                 \
	X(REGISTER)                                                                                \
	X(PRACK)                                                                                   \
	X(UPDATE)                                                                                  \
	X(INFO)                                                                                    \
	X(MESSAGE)                                                                                 \
	X(REFER)                                                                                   \
	X(SUBSCRIBE)                                                                               \
	X(NOTIFY)                                                                                  \
	X(PUBLISH)

enum sip_method {
	SIP_METHOD_OTHER,
#define X(m) SIP_##m,
	SIP_METHODS(X)
#undef X
	    SIP_METHOD_N
};

/* Known headers: id, full name, compact form or 0. */
#define SIP_HEADERS(X)                                                                             \
	X(ACCEPT, "Accept", 0)                                                                     \
	X(ALERT_INFO, "Alert-Info", 0)                                                             \
	X(ALLOW, "Allow", 0)                                                                       \
	X(ALLOW_EVENTS, "Allow-Events", 'u')                                                       \
	X(AUTHORIZATION, "Authorization", 0)                                                       \
	X(CALL_ID, "Call-ID", 'i')                                                                 \
	X(CALL_INFO, "Call-Info", 0)                                                               \
	X(CONTACT, "Contact", 'm')                                                                 \
	X(CONTENT_ENCODING, "Content-Encoding", 'e')                                               \
	X(CONTENT_LENGTH, "Content-Length", 'l')                                                   \
	X(CONTENT_TYPE, "Content-Type", 'c')                                                       \
	X(CSEQ, "CSeq", 0)                                                                         \
	X(DATE, "Date", 0)                                                                         \
	X(DIVERSION, "Diversion", 0)                                                               \
	X(EVENT, "Event", 'o')                                                                     \
	X(EXPIRES, "Expires", 0)                                                                   \
	X(FROM, "From", 'f')                                                                       \
	X(HISTORY_INFO, "History-Info", 0)                                                         \
	X(MAX_FORWARDS, "Max-Forwards", 0)                                                         \
	X(MIN_EXPIRES, "Min-Expires", 0)                                                           \
	X(MIN_SE, "Min-SE", 0)                                                                     \
	X(P_ASSERTED_IDENTITY, "P-Asserted-Identity", 0)                                           \
	X(P_PREFERRED_IDENTITY, "P-Preferred-Identity", 0)                                         \
	X(PATH, "Path", 0)                                                                         \
	X(PRIVACY, "Privacy", 0)                                                                   \
	X(PROXY_AUTHENTICATE, "Proxy-Authenticate", 0)                                             \
	X(PROXY_AUTHORIZATION, "Proxy-Authorization", 0)                                           \
	X(PROXY_REQUIRE, "Proxy-Require", 0)                                                       \
	X(RACK, "RAck", 0)                                                                         \
	X(REASON, "Reason", 0)                                                                     \
	X(RECORD_ROUTE, "Record-Route", 0)                                                         \
	X(REFER_TO, "Refer-To", 'r')                                                               \
	X(REFERRED_BY, "Referred-By", 'b')                                                         \
	X(REPLACES, "Replaces", 0)                                                                 \
	X(REQUIRE, "Require", 0)                                                                   \
	X(RETRY_AFTER, "Retry-After", 0)                                                           \
	X(ROUTE, "Route", 0)                                                                       \
	X(RSEQ, "RSeq", 0)                                                                         \
	X(SIP_ETAG, "SIP-ETag", 0)                                                                 \
	X(SIP_IF_MATCH, "SIP-If-Match", 0)                                                         \
	X(SERVER, "Server", 0)                                                                     \
	X(SERVICE_ROUTE, "Service-Route", 0)                                                       \
	X(SESSION_EXPIRES, "Session-Expires", 'x')                                                 \
	X(SUBJECT, "Subject", 's')                                                                 \
	X(SUBSCRIPTION_STATE, "Subscription-State", 0)                                             \
	X(SUPPORTED, "Supported", 'k')                                                             \
	X(TO, "To", 't')                                                                           \
	X(UNSUPPORTED, "Unsupported", 0)                                                           \
	X(USER_AGENT, "User-Agent", 0)                                                             \
	X(VIA, "Via", 'v')                                                                         \
	X(WARNING, "Warning", 0)                                                                   \
	X(WWW_AUTHENTICATE, "WWW-Authenticate", 0)

enum sip_hdr_id {
	SIP_HDR_OTHER,
#define X(id, name, compact) SIP_HDR_##id,
	SIP_HEADERS(X)
#undef X
	    SIP_HDR_N
};

enum {
	SIP_HDRS_MAX = 128, /* header lines in one message */
	SIP_MSG_MAX_BYTES = 65535,
	SIP_HDR_BLOCK_MAX_BYTES = 16384,
	SIP_URI_MAX_BYTES = 512,
	SIP_TAG_MAX_BYTES = 256,
	SIP_CALL_ID_MAX_BYTES = 256,
	SIP_BRANCH_MAX_BYTES = 256,
	SIP_ROUTES_MAX = 16,
};

struct sip_hdr {
	enum sip_hdr_id id;
	struct slice name;  /* as written */
	struct slice value; /* trimmed; may hold folded white space */
};

struct sip_uri {
	struct slice scheme; /* "sip", "sips", "tel"; of other schemes only this is set */
	struct slice user, password,
	    host;	      /* host: IPv6 without brackets; tel: the number is user */
	uint16_t port;	      /* 0 = not given */
	struct slice params;  /* after the first ';', without it */
	struct slice headers; /* after '?' */
};

/* From, To, Contact, Route, Refer-To …: display name, URI and parameters. */
struct sip_name_addr {
	struct slice display;  /* without quotes, escapes kept; see sip_display_text */
	struct slice uri_text; /* what stood between < and > */
	struct sip_uri uri;
	struct slice params; /* header parameters after the URI, without the first ';' */
	struct slice tag;    /* the tag parameter, or empty */
};

struct sip_via {
	struct slice transport; /* "UDP" */
	struct slice host;	/* sent-by; IPv6 without brackets */
	uint16_t port;		/* 0 = not given */
	struct slice branch;
	bool has_rport; /* ;rport with or without value (RFC 3581) */
	struct slice params;
};

struct sip_msg {
	struct slice raw; /* the whole message, without bytes behind its body */
	bool is_request;
	/* request */
	enum sip_method method; /* of CSeq for responses */
	struct slice method_text;
	struct slice uri_text; /* Request-URI as written */
	struct sip_uri uri;
	/* response */
	uint16_t status;
	struct slice reason;
	struct slice body;
	/* mandatory headers, parsed and checked */
	struct sip_via via; /* topmost */
	struct sip_name_addr from, to;
	struct slice call_id;
	uint32_t cseq;
	uint32_t max_forwards; /* 70 when absent */
	/* headers in order, and the first of each known kind (index + 1, 0 = none) */
	size_t n_hdrs;
	uint8_t first[SIP_HDR_N];
	struct sip_hdr hdr[SIP_HDRS_MAX]; /* last: never cleared, n_hdrs are good */
};

/* What is wrong with a message, for the reason phrase of a 400 and the log. */
struct sip_parse_error {
	const char *why; /* static text */
	uint16_t
	    status; /* 400, 413, 416, 505, 513 … that fits; 0 = not even a SIP request: silence */
};

/**
 * Parses one whole message (a datagram, or what the framer cut from a stream).
 * Content-Length larger than what is there: ERR_MALFORMED; smaller on a
 * datagram: the rest is ignored (18.3). On ERR_MALFORMED or ERR_TOO_BIG why
 * says what, and m holds as much as could be read. When why->status is not 0
 * it is a request other than ACK, at least the sent-by of its topmost Via was
 * understood, and sip_write_response_head makes a response of what is there;
 * from, to, call_id and cseq are empty when they are missing or malformed. With
 * why->status 0 nothing is sent. why may be NULL.
 */
ERR_MUST_CHECK enum err sip_msg_parse(
    struct sip_msg *m, struct slice bytes, struct sip_parse_error *why);

/** First header of this kind, NULL if none. */
const struct sip_hdr *sip_msg_hdr(const struct sip_msg *m, enum sip_hdr_id id);
/** Next header of the same kind after h. */
const struct sip_hdr *sip_msg_hdr_next(const struct sip_msg *m, const struct sip_hdr *h);
/** Value of the first header of this kind, or empty. */
struct slice sip_msg_value(const struct sip_msg *m, enum sip_hdr_id id);
/** First header with this name (any case), for unknown ones; NULL if none. */
const struct sip_hdr *sip_msg_hdr_named(const struct sip_msg *m, struct slice name);
/** True if a comma-separated header (Require, Supported, Allow …) holds the token. */
bool sip_msg_has_token(const struct sip_msg *m, enum sip_hdr_id id, struct slice token);

/* Walks all values of a list header over all its lines, splitting at commas
 * outside quotes and angle brackets. Start with {0}. */
struct sip_values {
	const struct sip_hdr *hdr;
	struct slice rest;
};
/** False at the end. */
bool sip_msg_next_value(
    const struct sip_msg *m, enum sip_hdr_id id, struct sip_values *it, struct slice *value);

/** The number a value begins with: "120 (maintenance);duration=60" of Retry-After (RFC 3261,
 *  20.33). UINT32_MAX when it is larger; 0 when there is none. */
uint32_t sip_leading_number(struct slice value);

/** Parsers of values. ERR_MALFORMED, ERR_TOO_BIG. */
ERR_MUST_CHECK enum err sip_uri_parse(struct sip_uri *out, struct slice s);
ERR_MUST_CHECK enum err sip_name_addr_parse(struct sip_name_addr *out, struct slice s);
ERR_MUST_CHECK enum err sip_via_parse(struct sip_via *out, struct slice s);
/** A parsed display name as plain text: escapes and control characters removed, a
 *  final NUL, cut at cap - 1 bytes but never inside a UTF-8 character. */
void sip_display_text(struct slice display, char *dst, size_t cap);

/** A parameter in ";a=b;c" text (the leading ';' may be absent). True if there;
 *  value (may be NULL) is empty for a flag, without quotes for a quoted string. */
bool sip_param_find(struct slice params, struct slice name, struct slice *value);
/** RFC 3261, 19.1.4, as far as it decides whether two contacts are the same. URIs of
 *  schemes other than sip, sips and tel are never equal. */
bool sip_uri_eq(const struct sip_uri *a, const struct sip_uri *b);
/** Of a sip: or sips: URI and the text it was parsed from: without its headers ("?a=b"), as a
 *  Request-URI must be (RFC 3261, 19.1.1). */
struct slice sip_uri_without_headers(const struct sip_uri *u, struct slice text);
/** Removes %xx; writes at most cap bytes. ERR_MALFORMED, ERR_TOO_BIG. */
ERR_MUST_CHECK enum err sip_unescape(struct slice s, char *out, size_t cap, size_t *n);

struct slice sip_method_name(enum sip_method m);
enum sip_method sip_method_find(struct slice name); /* SIP_METHOD_OTHER if unknown */
enum sip_hdr_id sip_hdr_find(struct slice name);    /* full or compact, any case */
struct slice sip_hdr_name(enum sip_hdr_id id);
/** "Busy Here" …; "Unknown" class text when not in the table. */
struct slice sip_reason(uint16_t status);

#endif
