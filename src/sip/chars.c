/* Character classes and the small takers that several parsers need. */
#include "sip/parse_int.h"

/* Shorthands for the table below only. */
#define TOK   SIP_CC_TOKEN
#define URI   SIP_CC_URI
#define HOST  SIP_CC_HOST
#define IP6   SIP_CC_IP6
#define SPACE SIP_CC_SPACE
#define HEX   SIP_CC_HEX
#define END   SIP_CC_PARAM_END
#define TEL   SIP_CC_TEL

const uint8_t sip_char_classes[256] = {
    ['\t'] = SPACE | END,
    ['\n'] = SPACE | END,
    ['\r'] = SPACE | END,
    [' '] = SPACE | END,
    ['!'] = TOK | URI,
    ['"'] = END,
    ['#'] = URI | TEL,
    ['$'] = URI,
    ['%'] = TOK | URI,
    ['&'] = URI,
    ['\''] = TOK | URI,
    ['('] = URI | TEL,
    [')'] = URI | TEL,
    ['*'] = TOK | URI | TEL,
    ['+'] = TOK | URI,
    [','] = URI | END,
    ['-'] = TOK | URI | HOST | TEL,
    ['.'] = TOK | URI | HOST | IP6 | TEL,
    ['/'] = URI,
    ['0' ... '9'] = TOK | URI | HOST | IP6 | HEX | TEL,
    [':'] = URI | IP6,
    [';'] = URI | END,
    ['<'] = END,
    ['='] = URI | END,
    ['>'] = END,
    ['?'] = URI,
    ['@'] = URI,
    ['A' ... 'F'] = TOK | URI | HOST | IP6 | HEX | TEL,
    ['G' ... 'Z'] = TOK | URI | HOST,
    ['['] = URI,
    ['\\'] = URI,
    [']'] = URI,
    ['^'] = URI,
    ['_'] = TOK | URI | HOST,
    ['`'] = TOK | URI,
    ['a' ... 'f'] = TOK | URI | HOST | IP6 | HEX | TEL,
    ['g' ... 'z'] = TOK | URI | HOST,
    ['{'] = URI,
    ['|'] = URI,
    ['}'] = URI,
    ['~'] = TOK | URI,
    [0x80 ... 0xff] = URI,
};

bool
sip_take_quoted(struct slice *s, struct slice *inside)
{
	if (s->n == 0 || s->p[0] != '"')
		return false;
	for (size_t i = 1; i < s->n; i++) {
		if (s->p[i] == '\\') {
			i++;
		} else if (s->p[i] == '"') {
			*inside = slice_make(s->p + 1, i - 1);
			*s = slice_from(*s, i + 1);
			return true;
		}
	}
	return false;
}

bool
sip_take_host(struct slice *s, struct slice *host)
{
	struct slice rest = *s, h;

	if (slice_take_char(&rest, '[')) {
		h = sip_take_chars(&rest, SIP_CC_IP6);
		if (!slice_take_char(&rest, ']'))
			return false;
	} else {
		h = sip_take_chars(&rest, SIP_CC_HOST);
	}
	if (h.n == 0)
		return false;
	*s = rest;
	*host = h;
	return true;
}

bool
sip_take_port(struct slice *s, uint16_t *port)
{
	struct slice digits = {s->p, 0};
	uint32_t v;

	while (digits.n < s->n && s->p[digits.n] >= '0' && s->p[digits.n] <= '9')
		digits.n++;
	if (slice_to_u32(digits, 65535, &v) != ERR_OK)
		return false;
	*s = slice_from(*s, digits.n);
	*port = (uint16_t)v;
	return true;
}
