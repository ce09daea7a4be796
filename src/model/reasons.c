/* Reasons as they travel, as English sentences and as JSON. */
#include "model/reasons.h"

#include "base/buf.h"
#include "model/entities_int.h"

enum { SEPARATOR = '\x1f' };

static const struct {
	const char *code, *text;
} table[] = {
#define X(id, code, text) {code, text},
    REASONS(X)
#undef X
};

enum { REASONS_COUNT = sizeof table / sizeof table[0] };

struct parts {
	enum reason reason;
	struct slice arg[REASON_ARGS_MAX];
};

/* The place at the start of a sentence, or -1. */
static int
place_at(const char *text)
{
	return text[0] == '{' && text[1] >= '0' && text[1] < '0' + REASON_ARGS_MAX && text[2] == '}'
		   ? text[1] - '0'
		   : -1;
}

static size_t
args_count(enum reason r)
{
	size_t n = 0;

	for (const char *p = table[r].text; *p; p++)
		if (place_at(p) >= (int)n)
			n = (size_t)place_at(p) + 1;
	return n;
}

static struct slice
clip(struct slice s, size_t n)
{
	if (n >= s.n)
		return s;
	while (n && ((unsigned char)s.p[n] & 0xc0) == 0x80)
		n--;
	return slice_make(s.p, n);
}

static void
put_plain(struct buf *b, struct slice s)
{
	const char *start = s.p;
	uint32_t c;

	while (s.n) {
		if (!utf8_next(&s, &c)) {
			buf_char(b, '?');
			s = slice_from(s, 1);
		} else if (c >= 0x20 && (c < 0x7f || c >= 0xa0)) {
			buf_put(b, slice_make(start, (size_t)(s.p - start)));
		}
		start = s.p;
	}
}

/* Takes from the longest until all fit into room. */
static void
share(size_t *length, size_t n, size_t room)
{
	size_t sum = 0, longest;

	for (size_t i = 0; i < n; i++)
		sum += length[i];
	for (; sum > room; sum--) {
		longest = 0;
		for (size_t i = 1; i < n; i++)
			if (length[i] > length[longest])
				longest = i;
		length[longest]--;
	}
}

void
reason_write(enum reason r, const struct slice *args, char *out, size_t cap)
{
	size_t n = args ? args_count(r) : 0, length[REASON_ARGS_MAX];
	struct buf b;

	for (size_t i = 0; i < n; i++)
		length[i] = args[i].n < cap ? args[i].n : cap;
	share(length, n, cap - 1 - n - strlen(table[r].code));
	buf_init(&b, out, cap - 1);
	buf_cstr(&b, table[r].code);
	for (size_t i = 0; i < n; i++) {
		buf_char(&b, SEPARATOR);
		put_plain(&b, clip(args[i], length[i]));
	}
	out[b.n] = '\0';
}

/* False when it begins with no known code. */
static bool
parse(struct slice s, struct parts *out)
{
	struct slice code = slice_take_until(&s, SEPARATOR);

	*out = (struct parts){0};
	for (size_t r = 0; r < REASONS_COUNT; r++) {
		if (!slice_eq(code, slice_cstr(table[r].code)))
			continue;
		out->reason = (enum reason)r;
		for (size_t i = 0; i < args_count(out->reason); i++)
			out->arg[i] = slice_take_until(&s, SEPARATOR);
		return true;
	}
	return false;
}

/* A sentence of an earlier version, kept in note, is an argument itself. */
static struct parts
parts_of(struct slice s, char note[REASON_TEXT_BYTES])
{
	struct parts p;

	if (!parse(s, &p)) {
		reason_write(REASON_NOTE, &s, note, REASON_TEXT_BYTES);
		parse(slice_cstr(note), &p);
	}
	return p;
}

static void
put_sentence(const struct parts *p, char out[REASON_TEXT_BYTES])
{
	struct buf b;
	int place;

	buf_init(&b, out, REASON_TEXT_BYTES - 1);
	for (const char *t = table[p->reason].text; *t; t++) {
		place = place_at(t);
		if (place >= 0) {
			buf_put(&b, p->arg[place]);
			t += 2;
		} else {
			buf_char(&b, *t);
		}
	}
	out[b.n] = '\0';
}

bool
reason_arg(struct slice travelling, enum reason r, size_t i, struct slice *out)
{
	struct parts p;

	if (!parse(travelling, &p) || p.reason != r)
		return false;
	*out = p.arg[i];
	return true;
}

const char *
reason_text(struct slice travelling, char out[REASON_TEXT_BYTES])
{
	char note[REASON_TEXT_BYTES];
	struct parts p = parts_of(travelling, note);

	put_sentence(&p, out);
	return out;
}

json_t *
reason_json(struct slice travelling)
{
	char note[REASON_TEXT_BYTES], text[REASON_TEXT_BYTES];
	struct parts p = parts_of(travelling, note);
	json_t *args = json_array();

	for (size_t i = 0; i < args_count(p.reason); i++)
		json_array_append_new(args, text_json(p.arg[i].p ? p.arg[i].p : "", p.arg[i].n));
	put_sentence(&p, text);
	return json_pack("{s:s, s:o, s:o}", "code", table[p.reason].code, "args", args, "text",
	    text_json(text, sizeof text));
}

json_t *
reason_schema(void)
{
	json_t *codes = json_array(), *texts = json_object();

	for (size_t r = 0; r < REASONS_COUNT; r++) {
		json_array_append_new(codes, json_string(table[r].code));
		json_object_set_new(texts, table[r].code, json_string(table[r].text));
	}
	return json_pack("{s:s, s:s, s:s, s:{s:{s:s, s:o, s:o}, s:{s:s, s:{s:s}, s:s}, s:{s:s, "
			 "s:s}}, s:[s,s,s]}",
	    "type", "object", "title", "Reason", "description",
	    "Why a call went where it went; text is the English sentence", "properties", "code",
	    "type", "string", "enum", codes, "x-texts", texts, "args", "type", "array", "items",
	    "type", "string", "description", "What stands at {0}, {1}, ... of the sentence", "text",
	    "type", "string", "description", "The English sentence with its arguments", "required",
	    "code", "args", "text");
}
