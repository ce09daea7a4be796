#include "media/player_int.h"

#include <string.h>
#include <time.h>

#include "sound/mix.h"

enum { SEEK_SERIAL_SHIFT = 48, SEEK_ITEM_SHIFT = 40, AWAY_MS = 200 };

#define SEEK_MS_MASK ((1ULL << SEEK_ITEM_SHIFT) - 1)

void
player_control_init(struct player_control *c, int gain_db)
{
	atomic_init(&c->gain, mix_gain_of_db(gain_db));
	atomic_init(&c->paused, false);
	atomic_init(&c->seek, 0);
	atomic_init(&c->place, 0);
}

void
player_control_set(struct player_control *c, const struct media_sound_control *to)
{
	uint64_t serial = (atomic_load(&c->seek) >> SEEK_SERIAL_SHIFT) + 1;

	atomic_store(&c->gain, mix_gain_of_db(to->gain_db));
	if (to->seek)
		atomic_store(&c->seek,
		    serial << SEEK_SERIAL_SHIFT | (uint64_t)to->item << SEEK_ITEM_SHIFT | to->ms);
	atomic_store(&c->paused, to->paused);
}

static void
seek_to(struct player *p, uint64_t place)
{
	tape_in_seek(p->tape, place >> SEEK_ITEM_SHIFT & 0xff, place & SEEK_MS_MASK);
}

static enum err
start_tape(struct player *p, struct tapes *tapes, const struct tape_in_params *params)
{
	uint64_t place = atomic_load_explicit(&p->control->place, memory_order_relaxed);
	enum err e = tape_in_new(tapes, params, &p->tape);

	if (e == ERR_OK && place)
		seek_to(p, place);
	return e;
}

static void
tell_place(struct player *p)
{
	struct tape_position at = tape_in_position(p->tape);

	p->told = (uint64_t)at.item << SEEK_ITEM_SHIFT | (at.ms & SEEK_MS_MASK);
	atomic_store_explicit(&p->control->place, p->told, memory_order_relaxed);
}

/* Nobody has listened on this thread for a while, but on others somebody has: where they are. */
static void
catch_up(struct player *p)
{
	uint64_t place = atomic_load_explicit(&p->control->place, memory_order_relaxed);
	struct timespec ts;
	uint64_t before = p->fed_ms;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &ts);
	p->fed_ms = (uint64_t)ts.tv_sec * 1000 + (uint64_t)ts.tv_nsec / 1000000;
	if (p->tape && before && p->fed_ms - before > AWAY_MS && place != p->told)
		seek_to(p, place);
}

enum err
player_init(struct player *p, struct player_control *control, struct tapes *tapes,
    const struct media_sound_params *params)
{
	uint32_t rate_hz = params->rate_hz ? params->rate_hz : MEDIA_WIDE_HZ;
	struct tape_in_params tape = {.paths = params->paths,
	    .n_paths = params->n_paths,
	    .gain_db = params->file_gain_db,
	    .loop = params->loop,
	    .rate_hz = rate_hz};

	if (rate_hz != MEDIA_NARROW_HZ && rate_hz != MEDIA_WIDE_HZ && rate_hz != CODER_RATE_MAX_HZ)
		return ERR_INVALID;
	*p = (struct player){.control = control, .user = params->user};
	feed_init(&p->feed, rate_hz);
	if (!params->tone)
		return start_tape(p, tapes, &tape);
	tone_start(&p->tone, params->tone, rate_hz, TONE_LEVEL_DBM0);
	return ERR_OK;
}

void
player_fini(struct player *p)
{
	tape_in_free(p->tape);
	feed_fini(&p->feed);
}

static void
follow_seek(struct player *p)
{
	uint64_t seek = atomic_load_explicit(&p->control->seek, memory_order_relaxed);

	if (seek == p->sought)
		return;
	p->sought = seek;
	if (p->tape)
		seek_to(p, seek);
	p->ended = false;
}

/* False: there is nothing this time. */
static bool
next(struct player *p, int16_t *pcm, size_t n)
{
	size_t got;

	if (!p->tape) {
		p->ended = !tone_fill(&p->tone, pcm, n);
		return true; /* the last samples are in it */
	}
	got = tape_in_read(p->tape, pcm, n);
	memset(pcm + got, 0, (n - got) * sizeof *pcm);
	if (got)
		tell_place(p);
	if (got < n && tape_in_ended(p->tape))
		p->ended = true;
	return got;
}

struct feed *
player_feed(struct player *p, uint64_t tick)
{
	int16_t pcm[FEED_SAMPLES_MAX];

	if (p->tick == tick)
		return &p->feed;
	p->tick = tick;
	catch_up(p);
	follow_seek(p);
	if (p->ended || atomic_load_explicit(&p->control->paused, memory_order_relaxed) ||
	    !next(p, pcm, p->feed.n)) {
		feed_put(&p->feed, NULL);
		return &p->feed;
	}
	mix_gain(pcm, p->feed.n, atomic_load_explicit(&p->control->gain, memory_order_relaxed));
	feed_put(&p->feed, pcm);
	return &p->feed;
}
