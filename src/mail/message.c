/* A mail as it goes over the wire: plain text in UTF-8, base64 (RFC 2045), heads by RFC 2047. */
#include <openssl/evp.h>
#include <stdlib.h>
#include <time.h>

#include "mail/mail_int.h"

enum { LINE_BYTES = 57, WORD_BYTES = 39 }; /* 76 and 52 characters of base64 */

/* At most LINE_BYTES. */
static void
put_base64(struct buf *b, struct slice s)
{
	unsigned char text[4 * ((LINE_BYTES + 2) / 3) + 1];
	int n = EVP_EncodeBlock(text, (const unsigned char *)s.p, (int)s.n);

	buf_put(b, slice_make((const char *)text, (size_t)n));
}

static bool
is_plain(struct slice s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || (unsigned char)s.p[i] > '~')
			return false;
	return true;
}

/* A piece of at most WORD_BYTES that does not cut a character. */
static struct slice
take_piece(struct slice *s)
{
	size_t n = s->n < WORD_BYTES ? s->n : WORD_BYTES;
	struct slice piece;

	while (n < s->n && n > 1 && ((unsigned char)s->p[n] & 0xc0) == 0x80)
		n--;
	piece = slice_make(s->p, n);
	*s = slice_from(*s, n);
	return piece;
}

/* RFC 2047: encoded words, each on a line of its own. */
static void
put_words(struct buf *b, struct slice s)
{
	while (s.n) {
		buf_lit(b, "=?UTF-8?B?");
		put_base64(b, take_piece(&s));
		buf_lit(b, "?=");
		if (s.n)
			buf_lit(b, "\r\n ");
	}
}

static void
put_address(struct buf *b, const char *head, const char *name, const char *address)
{
	buf_cstr(b, head);
	buf_lit(b, ": ");
	if (*name) {
		put_words(b, slice_cstr(name)); /* so that no character needs quoting */
		buf_lit(b, "\r\n ");
	}
	buf_char(b, '<');
	buf_cstr(b, address);
	buf_lit(b, ">\r\n");
}

static void
put_date(struct buf *b, int64_t ms)
{
	static const char days[][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
	static const char months[][4] = {
	    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
	time_t s = (time_t)(ms / 1000);
	struct tm t;

	gmtime_r(&s, &t);
	buf_printf(b, "Date: %s, %d %s %d %02d:%02d:%02d +0000\r\n", days[t.tm_wday], t.tm_mday,
	    months[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
}

static void
put_head(struct buf *b, const struct mail_message *m)
{
	struct slice from = slice_cstr(m->from), subject = slice_cstr(m->subject);

	put_date(b, m->created_ms);
	put_address(b, "From", m->from_name, m->from);
	put_address(b, "To", m->to_name, m->to);
	buf_lit(b, "Subject: ");
	if (is_plain(subject) && subject.n < 60)
		buf_put(b, subject);
	else
		put_words(b, subject);
	slice_take_until(&from, '@');
	buf_printf(b, "\r\nMessage-ID: <%lld.%lld@%.*s>\r\n", (long long)m->created_ms,
	    (long long)m->id, (int)from.n, from.p);
	buf_lit(b, "MIME-Version: 1.0\r\nAuto-Submitted: auto-generated\r\n");
}

/* What no line of base64 can be: it has other characters. */
#define BOUNDARY "=_strowger"

static void
put_text_head(struct buf *b)
{
	buf_lit(b, "Content-Type: text/plain; charset=UTF-8\r\n"
		   "Content-Transfer-Encoding: base64\r\n\r\n");
}

struct lines {
	struct buf *out;
	char line[LINE_BYTES];
	size_t n;
};

static void
end_line(struct lines *l)
{
	if (l->n == 0)
		return;
	put_base64(l->out, slice_make(l->line, l->n));
	buf_lit(l->out, "\r\n");
	l->n = 0;
}

static void
put_char(struct lines *l, char c)
{
	l->line[l->n++] = c;
	if (l->n == LINE_BYTES)
		end_line(l);
}

/* The text with CRLF, as base64 of text wants it (RFC 2045, 6.8). */
static void
put_text(struct buf *b, const char *text)
{
	struct lines l = {.out = b};

	for (; *text; text++) {
		if (*text == '\n')
			put_char(&l, '\r');
		put_char(&l, *text);
	}
	end_line(&l);
}

/* RFC 2046, 5.1.3: the text, then the file. */
static void
put_parts(struct buf *b, const struct mail_message *m)
{
	struct slice rest = slice_make(m->attachment, m->attachment_bytes);

	buf_lit(b,
	    "Content-Type: multipart/mixed; boundary=\"" BOUNDARY "\"\r\n\r\n--" BOUNDARY "\r\n");
	put_text_head(b);
	put_text(b, m->text);
	buf_printf(b,
	    "--" BOUNDARY "\r\nContent-Type: audio/wav; name=\"%s\"\r\n"
	    "Content-Disposition: attachment; filename=\"%s\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n",
	    m->attachment_name, m->attachment_name);
	while (rest.n) {
		size_t n = rest.n < LINE_BYTES ? rest.n : LINE_BYTES;

		put_base64(b, slice_make(rest.p, n));
		buf_lit(b, "\r\n");
		rest = slice_from(rest, n);
	}
	buf_lit(b, "--" BOUNDARY "--\r\n");
}

/* RFC 6047, 4: the text, or the entry for a calendar that says the same. */
static void
put_calendar(struct buf *b, const struct mail_message *m)
{
	buf_lit(b, "Content-Type: multipart/alternative; boundary=\"" BOUNDARY "\"\r\n\r\n"
		   "--" BOUNDARY "\r\n");
	put_text_head(b);
	put_text(b, m->text);
	buf_printf(b,
	    "--" BOUNDARY "\r\nContent-Type: text/calendar; charset=UTF-8; method=%s\r\n"
	    "Content-Transfer-Encoding: base64\r\n\r\n",
	    m->calendar_method);
	put_text(b, m->calendar);
	buf_lit(b, "--" BOUNDARY "--\r\n");
}

char *
message_write(const struct mail_message *m, size_t *bytes)
{
	size_t cap = 4096 + 2 * strlen(m->from_name) + 2 * strlen(m->to_name) +
		     3 * strlen(m->subject) + 3 * strlen(m->text) + m->attachment_bytes * 3 / 2 +
		     3 * strlen(m->calendar ? m->calendar : "");
	char *out = malloc(cap);
	struct buf b;

	if (!out)
		return NULL;
	buf_init(&b, out, cap);
	put_head(&b, m);
	if (m->attachment) {
		put_parts(&b, m);
	} else if (m->calendar && *m->calendar) {
		put_calendar(&b, m);
	} else {
		put_text_head(&b);
		put_text(&b, m->text);
	}
	*bytes = b.n;
	return out;
}
