/* The same session description is looked at several times while a call is set up: when it is
 * taken, when it is given to the other side, when the answer is held against it. */
#include <string.h>

#include "sip/sdp.h"

static void
move(struct slice *s, const char *from, const char *to)
{
	if (s->p)
		s->p = to + (s->p - from);
}

/* What a description points at lies at `to` now. Pointers to static texts do not occur. */
static void
move_all(struct sdp *s, const char *from, const char *to)
{
	move(&s->origin_user, from, to);
	move(&s->session_id, from, to);
	move(&s->session_version, from, to);
	move(&s->session_text, from, to);
	for (size_t i = 0; i < s->n_media; i++) {
		struct sdp_media *m = &s->media[i];

		move(&m->kind, from, to);
		move(&m->proto, from, to);
		move(&m->formats, from, to);
		move(&m->text, from, to);
	}
}

static void
remember(struct sdp_memo *memo, const struct sdp *s, struct slice text)
{
	struct sdp_memo_entry *e = &memo->entry[memo->next % SDP_MEMO_ENTRIES];

	if (text.n > sizeof e->text)
		return;
	memo->next++;
	memcpy(e->text, text.p, text.n);
	e->n = text.n;
	e->sdp = *s;
	move_all(&e->sdp, text.p, e->text);
}

enum err
sdp_memo_parse(struct sdp_memo *memo, struct sdp *out, struct slice text)
{
	enum err e;

	for (size_t i = 0; i < SDP_MEMO_ENTRIES && text.n; i++) {
		struct sdp_memo_entry *known = &memo->entry[i];

		if (known->n != text.n || memcmp(known->text, text.p, text.n) != 0)
			continue;
		*out = known->sdp;
		move_all(out, known->text, text.p);
		return ERR_OK;
	}
	e = sdp_parse(out, text);
	if (e == ERR_OK && text.n)
		remember(memo, out, text);
	return e;
}
