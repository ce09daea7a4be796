#include "base/xml.h"

/* Length of the well-formed UTF-8 character at p, 0 when there is none: no overlong forms, no
 * surrogates, nothing above U+10FFFF (RFC 3629, 4). */
static size_t
utf8_length(const unsigned char *p, size_t left)
{
	size_t n = p[0] >= 0xc2 && p[0] <= 0xdf	  ? 2
		   : (p[0] & 0xf0) == 0xe0	  ? 3
		   : p[0] >= 0xf0 && p[0] <= 0xf4 ? 4
						  : 0;

	if (n == 0 || left < n)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

/* U+FFFE and U+FFFF are no XML characters. */
static bool
is_forbidden(const unsigned char *p, size_t n)
{
	return n == 3 && p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe;
}

static size_t
put_wide(struct buf *b, const char *p, size_t left)
{
	size_t n = utf8_length((const unsigned char *)p, left);

	if (n == 0 || is_forbidden((const unsigned char *)p, n))
		buf_char(b, '?');
	else
		buf_put(b, slice_make(p, n));
	return n ? n : 1;
}

void
xml_text(struct buf *b, struct slice s)
{
	size_t i = 0;

	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x80) {
			i += put_wide(b, s.p + i, s.n - i);
			continue;
		}
		if (c < 0x20 || c == 0x7f)
			c = '?';
		switch (c) {
		case '&': buf_lit(b, "&amp;"); break;
		case '<': buf_lit(b, "&lt;"); break;
		case '>': buf_lit(b, "&gt;"); break;
		case '"': buf_lit(b, "&quot;"); break;
		case '\'': buf_lit(b, "&apos;"); break;
		default: buf_char(b, (char)c);
		}
		i++;
	}
}

void
xml_attribute(struct buf *b, const char *name, struct slice value)
{
	buf_char(b, ' ');
	buf_cstr(b, name);
	buf_lit(b, "=\"");
	xml_text(b, value);
	buf_char(b, '"');
}

void
xml_element(struct buf *b, const char *name, struct slice text)
{
	buf_char(b, '<');
	buf_cstr(b, name);
	buf_char(b, '>');
	xml_text(b, text);
	buf_lit(b, "</");
	buf_cstr(b, name);
	buf_char(b, '>');
}
