#include "media/room_int.h"

#include <stdlib.h>
#include <string.h>

#include "sound/mix.h"

/* An encoder remembers what it has heard: changing to the one of all others is not heard when both
 * have heard the same for a while. */
enum { ALONE_TICKS = 1000 / FEED_TICK_MS };

/* Stands in room.next when there is nothing new. */
static struct recorder no_news;

void
room_init(struct room *r)
{
	list_init(&r->link);
	list_init(&r->members);
	r->n_narrow = r->n_wide = 0;
	r->recorder = NULL;
	atomic_init(&r->next, &no_news);
	feed_init(&r->narrow, MEDIA_NARROW_HZ);
	feed_init(&r->wide, MEDIA_WIDE_HZ);
}

void
room_fini(struct room *r)
{
	recorder_free(r->recorder);
	room_set_recorder(r, &no_news);
	feed_fini(&r->narrow);
	feed_fini(&r->wide);
}

void
room_member_init(struct room_member *m)
{
	*m = (struct room_member){.gain = MIX_GAIN_ONE, .hears_gain = MIX_GAIN_ONE};
	list_init(&m->link);
	level_init(&m->level);
}

static unsigned *
count_of(struct room_member *m)
{
	return m->wide ? &m->room->n_wide : &m->room->n_narrow;
}

void
room_leave(struct room_member *m)
{
	if (!m->room)
		return;
	--*count_of(m);
	list_remove(&m->link);
	if (list_empty(&m->room->members))
		list_remove(&m->room->link);
	m->room = NULL;
	m->speaks = false;
	m->alone_ticks = 0;
	level_init(&m->level);
	resampler_free(m->other);
	m->other = NULL;
	if (m->own)
		feed_fini(m->own);
	free(m->own);
	m->own = NULL;
}

void
room_join(struct room *r, struct room_member *m, bool wide)
{
	room_leave(m);
	m->room = r;
	m->wide = wide;
	++*count_of(m);
	list_push(&r->members, &m->link);
}

/* ---- a tick ---- */

void
room_begin(struct room *r)
{
	r->made_narrow = r->made_wide = false;
	memset(r->sum_narrow, 0, sizeof r->sum_narrow);
	memset(r->sum_wide, 0, sizeof r->sum_wide);
}

static size_t
samples(const struct room_member *m)
{
	return m->wide ? ROOM_WIDE : ROOM_NARROW;
}

static void
add_to_other(struct room_member *m)
{
	struct room *r = m->room;
	uint32_t own = m->wide ? MEDIA_WIDE_HZ : MEDIA_NARROW_HZ;
	uint32_t other = m->wide ? MEDIA_NARROW_HZ : MEDIA_WIDE_HZ;
	int16_t pcm[ROOM_WIDE + 16] = {0};
	size_t n = m->wide ? ROOM_NARROW : ROOM_WIDE;

	if (!m->other && resampler_new(own, other, &m->other) != ERR_OK)
		return;
	(void)resampler_run(m->other, m->said, samples(m), pcm, n);
	mix_add(m->wide ? r->sum_narrow : r->sum_wide, pcm, n);
}

bool
room_hear(struct room_member *m, const int16_t *pcm)
{
	static const int16_t silence[ROOM_WIDE];
	struct room *r = m->room;
	bool before = m->speaks;

	m->speaks =
	    level_measure(&m->level, pcm ? pcm : silence, samples(m), FEED_TICK_MS) && !m->muted;
	if (!m->speaks) {
		if (m->alone_ticks)
			m->alone_ticks--;
		return before;
	}
	m->alone_ticks = ALONE_TICKS;
	memset(m->said, 0, sizeof m->said);
	if (pcm) {
		memcpy(m->said, pcm, samples(m) * sizeof *pcm);
		mix_gain(m->said, samples(m), level_gain(&m->level));
		mix_gain(m->said, samples(m), m->gain);
	}
	mix_add(m->wide ? r->sum_wide : r->sum_narrow, m->said, samples(m));
	if (m->wide ? r->n_narrow > 0 : r->n_wide > 0 || r->recorder)
		add_to_other(m);
	return !before;
}

void
room_record(struct room *r)
{
	int16_t pcm[ROOM_WIDE];

	if (atomic_load_explicit(&r->next, memory_order_relaxed) != &no_news) {
		recorder_free(r->recorder);
		r->recorder = atomic_exchange(&r->next, &no_news);
	}
	if (!r->recorder)
		return;
	mix_take(pcm, r->sum_wide, NULL, ROOM_WIDE);
	recorder_put(r->recorder, MEDIA_CALLER, pcm, MEDIA_WIDE_HZ);
	recorder_write(r->recorder);
}

void
room_set_recorder(struct room *r, struct recorder *recorder)
{
	struct recorder *untaken = atomic_exchange(&r->next, recorder);

	if (untaken != &no_news)
		recorder_free(untaken);
}

/* ---- what is heard ---- */

static struct feed *
common_feed(struct room *r, bool wide)
{
	struct feed *f = wide ? &r->wide : &r->narrow;
	bool *made = wide ? &r->made_wide : &r->made_narrow;
	int16_t pcm[ROOM_WIDE];

	if (*made)
		return f;
	*made = true;
	mix_take(pcm, wide ? r->sum_wide : r->sum_narrow, NULL, f->n);
	feed_put(f, pcm);
	return f;
}

struct feed *
room_feed(struct room_member *m, const int16_t *over)
{
	struct room *r = m->room;
	int32_t sum[ROOM_WIDE];
	int16_t pcm[ROOM_WIDE];

	if (!m->speaks && !m->alone_ticks && !over && m->hears_gain == MIX_GAIN_ONE)
		return common_feed(r, m->wide);
	if (!m->own) {
		m->own = malloc(sizeof *m->own);
		if (!m->own)
			return NULL;
		feed_init(m->own, m->wide ? MEDIA_WIDE_HZ : MEDIA_NARROW_HZ);
	}
	memcpy(sum, m->wide ? r->sum_wide : r->sum_narrow, samples(m) * sizeof sum[0]);
	mix_take(pcm, sum, m->speaks ? m->said : NULL, samples(m));
	mix_gain(pcm, samples(m), m->hears_gain);
	if (over) { /* as loud as ever */
		m->alone_ticks = ALONE_TICKS;
		memset(sum, 0, samples(m) * sizeof sum[0]);
		mix_add(sum, pcm, samples(m));
		mix_add(sum, over, samples(m));
		mix_take(pcm, sum, NULL, samples(m));
	}
	feed_put(m->own, pcm);
	return m->own;
}
