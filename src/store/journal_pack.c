/* A call record as bytes of the journal: by its field table, texts with their length. */
#include "store/journal_int.h"

#include "base/buf.h"
#include "model/model.h"

enum { JOURNAL_LAYOUT_VERSION = 4 }; /* counts the sizes of journal.c, too */

static uint64_t
mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 29;
}

uint64_t
journal_sum(const char *p, size_t n, uint64_t h)
{
	uint64_t word;

	for (; n >= 8; p += 8, n -= 8) {
		memcpy(&word, p, 8);
		h = mix(h, word);
	}
	if (n) {
		word = 0;
		memcpy(&word, p, n);
		h = mix(h, word);
	}
	return mix(h, 0x5354524f57474552ull);
}

/* Reasons are packed as texts, which they were once: older journals can be read. */
static enum model_type
packed_type(const struct model_field *f)
{
	return f->type == MODEL_REASON_LIST ? MODEL_TEXT_LIST : f->type;
}

uint64_t
journal_layout(void)
{
	const struct model_entity *e = &model_call_record;
	uint64_t h = JOURNAL_LAYOUT_VERSION;

	for (size_t i = 0; i < cdr_kept_fields(); i++) {
		h = journal_sum(e->fields[i].name, strlen(e->fields[i].name), h);
		h = mix(h, (uint64_t)packed_type(&e->fields[i]) << 32 | e->fields[i].size);
	}
	return h;
}

static void
put_text(struct buf *b, const char *text, size_t cap)
{
	size_t n = strnlen(text, cap > 255 ? 255 : cap);

	buf_char(b, (char)n);
	buf_put(b, slice_make(text, n));
}

/* Reasons as long as they fit; a zero length ends them. */
static void
pack_list(struct buf *b, const struct cdr *cdr)
{
	for (uint32_t i = 0; i < cdr->explanation_count && i < LIVE_REASONS_MAX; i++) {
		size_t n = strnlen(cdr->explanation[i], LIVE_REASON_BYTES - 1);

		if (n == 0)
			continue;
		if (b->cap - b->n < n + 2)
			break;
		put_text(b, cdr->explanation[i], LIVE_REASON_BYTES - 1);
	}
	buf_char(b, 0);
}

size_t
journal_pack(const struct cdr *cdr, char *out, size_t cap)
{
	const struct model_entity *e = &model_call_record;
	struct buf b;

	buf_init(&b, out, cap);
	for (size_t i = 0; i < cdr_kept_fields(); i++) {
		const struct model_field *f = &e->fields[i];
		const char *value = (const char *)cdr + f->offset;

		if (f->type == MODEL_TEXT)
			put_text(&b, value, f->size - 1u);
		else if (f->type != MODEL_REASON_LIST)
			buf_put(&b, slice_make(value, f->size));
	}
	pack_list(&b, cdr);
	return b.n;
}

static bool
take_text(struct slice *s, char *out, size_t cap)
{
	size_t n;

	if (s->n == 0)
		return false;
	n = (unsigned char)s->p[0];
	if (s->n < n + 1 || n >= cap)
		return false;
	memcpy(out, s->p + 1, n);
	out[n] = '\0';
	*s = slice_from(*s, n + 1);
	return true;
}

static bool
take_int(struct slice *s, const struct model_field *f, struct cdr *cdr)
{
	if (s->n < f->size)
		return false;
	memcpy((char *)cdr + f->offset, s->p, f->size);
	*s = slice_from(*s, f->size);
	return true;
}

bool
journal_unpack(struct slice s, struct cdr *cdr)
{
	const struct model_entity *e = &model_call_record;

	memset(cdr, 0, sizeof *cdr);
	for (size_t i = 0; i < cdr_kept_fields(); i++) {
		const struct model_field *f = &e->fields[i];

		if (f->type == MODEL_TEXT && !take_text(&s, (char *)cdr + f->offset, f->size))
			return false;
		if (f->type != MODEL_TEXT && f->type != MODEL_REASON_LIST && !take_int(&s, f, cdr))
			return false;
	}
	while (s.n && s.p[0] && cdr->explanation_count < LIVE_REASONS_MAX)
		if (!take_text(&s, cdr->explanation[cdr->explanation_count++], LIVE_REASON_BYTES))
			return false;
	return true;
}
