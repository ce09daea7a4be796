/* What a list of traces shows, read from a message without parsing all of it: also a message
 * nobody else understands has a place in a trace. */
#include "model/trace.h"

static struct slice
take_line(struct slice *s)
{
	return slice_trim(slice_take_until(s, '\n'));
}

/* s up to the first of the characters in ends. */
static struct slice
until_any(struct slice s, const char *ends)
{
	for (; *ends; ends++)
		s.n = slice_find(s, *ends);
	return s;
}

/* User part of the URI in a From or To: "Emma" <sip:101@x>;tag=… */
static struct slice
user_of(struct slice value)
{
	size_t open = slice_find(value, '<');
	struct slice uri = open < value.n ? slice_from(value, open + 1) : value;
	struct slice scheme = slice_trim(slice_take_until(&uri, ':'));

	if (slice_eq_nocase(scheme, SLICE("tel")))
		return until_any(uri, ";> \t");
	if (slice_find(until_any(uri, ">"), '@') >= until_any(uri, ">").n)
		return SLICE("");
	return until_any(slice_take_until(&uri, '@'), ";:");
}

static bool
has_tag(struct slice value)
{
	size_t close = slice_find(value, '>');
	struct slice params = close < value.n ? slice_from(value, close + 1) : value;

	while (params.n) {
		struct slice one = slice_trim(slice_take_until(&params, ';'));

		if (slice_eq_nocase(slice_take_until(&one, '='), SLICE("tag")))
			return true;
	}
	return false;
}

/* Refer-To: <sip:102@x?Replaces=id%40host%3Bto-tag%3D…> */
static struct slice
replaces_in_uri(struct slice value)
{
	struct slice headers = until_any(value, ">");

	slice_take_until(&headers, '?');
	while (headers.n) {
		struct slice one = slice_take_until(&headers, '&');

		if (!slice_eq_nocase(slice_take_until(&one, '='), SLICE("Replaces")))
			continue;
		for (size_t i = 0; i + 3 <= one.n; i++)
			if (slice_eq_nocase(slice_make(one.p + i, 3), SLICE("%3B")))
				return slice_make(one.p, i);
		return until_any(one, ";");
	}
	return SLICE("");
}

static void
take_header(struct trace_facts *f, struct slice name, struct slice value)
{
	if (slice_eq_nocase(name, SLICE("Call-ID")) || slice_eq_nocase(name, SLICE("i"))) {
		f->call_id = value;
	} else if (slice_eq_nocase(name, SLICE("From")) || slice_eq_nocase(name, SLICE("f"))) {
		f->from_user = user_of(value);
	} else if (slice_eq_nocase(name, SLICE("To")) || slice_eq_nocase(name, SLICE("t"))) {
		f->to_user = user_of(value);
		f->in_dialog = has_tag(value);
	} else if (slice_eq_nocase(name, SLICE("CSeq")) && !f->request) {
		slice_take_until(&value, ' ');
		f->method = slice_trim(value);
	} else if (slice_eq_nocase(name, SLICE("Replaces"))) {
		f->replaces = slice_trim(until_any(value, ";"));
		f->replaces_escaped = false;
	} else if (slice_eq_nocase(name, SLICE("Refer-To")) || slice_eq_nocase(name, SLICE("r"))) {
		f->replaces = replaces_in_uri(value);
		f->replaces_escaped = true;
	}
}

static void
read_start(struct trace_facts *f)
{
	struct slice rest = f->start_line, word = slice_take_until(&rest, ' ');
	uint32_t status;

	f->request = !slice_starts(word, SLICE("SIP/"));
	if (f->request)
		f->method = word;
	else if (slice_to_u32(slice_take_until(&rest, ' '), 699, &status) == ERR_OK)
		f->status = (uint16_t)status;
}

void
trace_facts_of(struct slice bytes, struct trace_facts *out)
{
	*out = (struct trace_facts){0};
	out->start_line = take_line(&bytes);
	read_start(out);
	while (bytes.n) {
		struct slice line = take_line(&bytes), name;

		if (line.n == 0)
			return;
		name = slice_trim(slice_take_until(&line, ':'));
		take_header(out, name, slice_trim(line));
	}
}

struct slice
trace_method_of(struct slice bytes)
{
	const char *cseq;

	if (!slice_starts(bytes, SLICE("SIP/2.0 ")))
		return slice_take_until(&bytes, ' ');
	cseq = memmem(bytes.p, bytes.n, "\nCSeq:", 6);
	if (!cseq)
		return SLICE("");
	bytes = slice_from(bytes, (size_t)(cseq + 6 - bytes.p));
	slice_skip_space(&bytes);
	slice_take_until(&bytes, ' ');
	return slice_trim(slice_take_until(&bytes, '\n'));
}
