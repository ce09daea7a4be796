/*
 * What the parsers of this room share: character classes, the scan for control
 * characters, and the walk over parameters. Private to sip/.
 */
#ifndef SIP_PARSE_INT_H
#define SIP_PARSE_INT_H

#include <endian.h>

#include "base/slice.h"

enum sip_char_class {
	SIP_CC_TOKEN = 1, /* RFC 3261, 25.1: token */
	SIP_CC_URI = 2,	  /* may stand in a URI; wider than the grammar: '#', '|' and
			     UTF-8 in user parts are common in the field */
	SIP_CC_HOST = 4,  /* host names and IPv4; '_' too, for the same reason */
	SIP_CC_IP6 = 8,	  /* between [ and ] */
	SIP_CC_SPACE = 16,
	SIP_CC_HEX = 32,
	SIP_CC_PARAM_END = 64, /* ends a parameter's name or value */
	SIP_CC_TEL = 128,      /* digits and visual separators of tel: */
};

extern const uint8_t sip_char_classes[256];

static inline bool
sip_char_is(char c, unsigned classes)
{
	return (sip_char_classes[(unsigned char)c] & classes) != 0;
}

/** Eats and returns the characters of these classes at the front. */
static inline struct slice
sip_take_chars(struct slice *s, unsigned classes)
{
	struct slice head = {s->p, 0};

	while (head.n < s->n && sip_char_is(s->p[head.n], classes))
		head.n++;
	s->p += head.n;
	s->n -= head.n;
	return head;
}

static inline void
sip_skip_space(struct slice *s)
{
	while (s->n && sip_char_is(s->p[0], SIP_CC_SPACE))
		s->p++, s->n--;
}

/** Without white space and line folds at both ends. */
static inline struct slice
sip_trim(struct slice s)
{
	sip_skip_space(&s);
	while (s.n && sip_char_is(s.p[s.n - 1], SIP_CC_SPACE))
		s.n--;
	return s;
}

/** First control character but TAB in p … end, or end. Eight bytes a step: a byte
 *  is below 0x20 when subtracting 0x20 borrows into its clear top bit; the
 *  lowest byte so marked is never a false alarm. */
static inline const char *
sip_find_control(const char *p, const char *end)
{
	const uint64_t ones = 0x0101010101010101ull;

	while (end - p >= 8) {
		uint64_t w, below;

		memcpy(&w, p, 8);
		w = le64toh(w);
		below = (w - ones * 0x20) & ~w & (ones * 0x80);
		if (below == 0) {
			p += 8;
			continue;
		}
		p += __builtin_ctzll(below) >> 3;
		if (*p != '\t')
			return p;
		p++;
	}
	while (p < end && ((unsigned char)*p >= 0x20 || *p == '\t'))
		p++;
	return p;
}

/** Eats a quoted string and returns what is between the quotes, escapes kept.
 *  False (nothing eaten) when it does not begin with a quote or does not end. */
bool sip_take_quoted(struct slice *s, struct slice *inside);

/** Eats "host", "1.2.3.4" or "[v6]". False when there is none. */
bool sip_take_host(struct slice *s, struct slice *host);

/** Eats a decimal port. False when there is none or it is above 65535. */
bool sip_take_port(struct slice *s, uint16_t *port);

struct sip_param {
	struct slice name, value; /* value without quotes */
	bool quoted;
	struct slice text; /* name and value as written */
};

enum sip_param_step { SIP_PARAM_END, SIP_PARAM_FOUND, SIP_PARAM_BAD };

/** Eats the next parameter of ";a=b;c"; the first ';' may be absent. Empty
 *  parameters are bad (RFC 4475, 3.1.2.1), except one ';' at the very end. */
enum sip_param_step sip_param_take(struct slice *rest, struct sip_param *p);

/** Eats the next value of a comma-separated list, trimmed; may be empty. */
struct slice sip_value_take(struct slice *rest);

#endif
