/*
 * A playing tape. The ring holds blocks of 20 ms, each with the item and the place it comes from
 * and the number of the seek it follows: blocks of an older seek are dropped by who takes them.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sound/mix.h"
#include "sound/sound_in.h"
#include "sound/tapes_int.h"

enum {
	BLOCK_MS = 20,
	BLOCKS = TAPE_AHEAD_MS / BLOCK_MS, /* a power of two, so that counters may turn over */
	BURST_BLOCKS = 8,
	SAMPLES_MAX = SOUND_RATE_MAX_HZ / 1000 * BLOCK_MS,
	GENERATION_IS_SET = 1 << 16,
};

_Static_assert((BLOCKS & (BLOCKS - 1)) == 0, "blocks are counted with unsigned numbers");

static const uint64_t SEEK_MAX_MS = (1ULL << 40) - 1;

struct block {
	uint16_t generation;
	uint8_t item;
	uint64_t start_ms;
	size_t n;
};

struct tape_in {
	struct tape tape; /* first */
	struct tapes *tapes;
	uint32_t rate_hz;
	size_t block_samples;
	bool loop;
	size_t n_items;
	char *path[TAPE_ITEMS_MAX];
	int32_t gain[TAPE_ITEMS_MAX]; /* MIX_GAIN_ONE */

	/* between the threads */
	_Alignas(TAPE_CACHE_LINE_BYTES) atomic_uint head; /* blocks read from files */
	_Atomic uint32_t ended;	 /* GENERATION_IS_SET and the seek whose end is reached */
	_Atomic uint32_t failed; /* item << 8 | error; 0: none */
	_Alignas(TAPE_CACHE_LINE_BYTES) atomic_uint tail; /* blocks taken */
	_Atomic uint64_t wanted;			  /* generation, item, ms: see pack_seek */
	atomic_bool gone;

	/* the media thread's */
	uint16_t generation;
	size_t taken; /* samples of the block at tail */
	struct tape_position at;

	/* the tapes thread's */
	_Alignas(TAPE_CACHE_LINE_BYTES) uint16_t reading; /* generation */
	struct sound_in *in;				  /* of item; NULL: not open */
	size_t item;
	uint64_t start_ms; /* where to begin in item, when it is opened */
	bool gave;	   /* item has given samples */
	size_t barren;	   /* items, one after the other, that gave none */
	bool filling, at_end;
	bool noted[TAPE_ITEMS_MAX]; /* that it cannot be read */

	struct block block[BLOCKS];
	int16_t pcm[]; /* block_samples of each */
};

static uint64_t
pack_seek(uint16_t generation, size_t item, uint64_t ms)
{
	return (uint64_t)generation << 48 | (uint64_t)item << 40 | ms;
}

/* ---- the media thread ---- */

/* The block to read from; NULL: none is there. */
static const struct block *
current(struct tape_in *t)
{
	unsigned tail = atomic_load_explicit(&t->tail, memory_order_relaxed), was = tail;
	unsigned head = atomic_load_explicit(&t->head, memory_order_acquire);

	while (tail != head && t->block[tail % BLOCKS].generation != t->generation)
		tail++;
	if (tail != was) {
		t->taken = 0;
		atomic_store_explicit(&t->tail, tail, memory_order_release);
	}
	return tail != head ? &t->block[tail % BLOCKS] : NULL;
}

static const int16_t *
samples_of(const struct tape_in *t, const struct block *b)
{
	return t->pcm + (size_t)(b - t->block) * t->block_samples;
}

size_t
tape_in_read(struct tape_in *t, int16_t *pcm, size_t n)
{
	size_t done = 0;
	const struct block *b;

	while (done < n && (b = current(t))) {
		size_t m = b->n - t->taken < n - done ? b->n - t->taken : n - done;

		memcpy(pcm + done, samples_of(t, b) + t->taken, m * sizeof *pcm);
		done += m;
		t->taken += m;
		t->at.item = b->item;
		t->at.ms = b->start_ms + (uint64_t)t->taken * 1000 / t->rate_hz;
		if (t->taken == b->n) {
			t->taken = 0;
			atomic_fetch_add_explicit(&t->tail, 1, memory_order_release);
		}
	}
	return done;
}

bool
tape_in_ended(struct tape_in *t)
{
	uint32_t ended = atomic_load_explicit(&t->ended, memory_order_acquire);

	return ended == (GENERATION_IS_SET | t->generation) && !current(t);
}

void
tape_in_seek(struct tape_in *t, size_t item, uint64_t ms)
{
	if (item > t->n_items)
		item = t->n_items;
	if (ms > SEEK_MAX_MS)
		ms = SEEK_MAX_MS;
	t->generation++;
	t->at = (struct tape_position){item, ms};
	current(t); /* makes room */
	atomic_store_explicit(&t->wanted, pack_seek(t->generation, item, ms), memory_order_release);
	tapes_wake(t->tapes);
}

struct tape_position
tape_in_position(const struct tape_in *t)
{
	return t->at;
}

/* ---- any thread ---- */

enum err
tape_in_failed(const struct tape_in *t, size_t *item)
{
	uint32_t failed = atomic_load_explicit(&t->failed, memory_order_relaxed);

	if (failed)
		*item = failed >> 8;
	return (enum err)(failed & 0xff);
}

void
tape_in_free(struct tape_in *t)
{
	struct tapes *ts;

	if (!t)
		return;
	ts = t->tapes;
	atomic_store_explicit(&t->gone, true, memory_order_release);
	tapes_wake(ts);
}

static void
free_memory(struct tape_in *t)
{
	for (size_t i = 0; i < t->n_items; i++)
		free(t->path[i]);
	free(t);
}

static bool
copy_paths(struct tape_in *t, const struct tape_in_params *params)
{
	for (size_t i = 0; i < params->n_paths; i++) {
		t->path[i] = strdup(params->paths[i]);
		if (!t->path[i])
			return false;
		t->gain[i] = mix_gain_of_db(params->gain_db ? params->gain_db[i] : 0);
		t->n_items++;
	}
	return true;
}

static bool
are_sound(const struct tape_in_params *params)
{
	if (params->n_paths < 1 || params->n_paths > TAPE_ITEMS_MAX ||
	    params->rate_hz < SOUND_RATE_MIN_HZ || params->rate_hz > SOUND_RATE_MAX_HZ)
		return false;
	for (size_t i = 0; i < params->n_paths; i++)
		if (strnlen(params->paths[i], TAPE_PATH_MAX) == TAPE_PATH_MAX)
			return false;
	return true;
}

enum err
tape_in_new(struct tapes *ts, const struct tape_in_params *params, struct tape_in **out)
{
	size_t block_samples = params->rate_hz / (1000 / BLOCK_MS);
	size_t bytes = sizeof(struct tape_in) + BLOCKS * block_samples * sizeof(int16_t);
	struct tape_in *t;

	if (!are_sound(params))
		return ERR_INVALID;
	/* in whole lines, as aligned_alloc wants it */
	bytes = (bytes + TAPE_CACHE_LINE_BYTES - 1) & ~(size_t)(TAPE_CACHE_LINE_BYTES - 1);
	t = aligned_alloc(TAPE_CACHE_LINE_BYTES, bytes);
	if (!t)
		return ERR_NOMEM;
	*t = (struct tape_in){.tape = {.plays = true},
	    .tapes = ts,
	    .rate_hz = params->rate_hz,
	    .block_samples = block_samples,
	    .loop = params->loop};
	if (!copy_paths(t, params)) {
		free_memory(t);
		return ERR_NOMEM;
	}
	*out = t;
	tapes_add(ts, &t->tape);
	return ERR_OK;
}

/* ---- the tapes thread ---- */

static void
close_item(struct tape_in *t)
{
	sound_in_close(t->in);
	t->in = NULL;
}

void
tape_in_drop(struct tape *tape)
{
	struct tape_in *t = container_of(tape, struct tape_in, tape);

	list_remove(&tape->link);
	close_item(t);
	free_memory(t);
}

static void
note_failure(struct tape_in *t, enum err e)
{
	uint32_t packed = (uint32_t)t->item << 8 | (uint32_t)e;

	log_warn(MEDIA, "cannot play %s: %s", t->path[t->item], err_text(e));
	t->noted[t->item] = true;
	if (atomic_load_explicit(&t->failed, memory_order_relaxed) == 0)
		atomic_store_explicit(&t->failed, packed, memory_order_relaxed);
}

static void
next_item(struct tape_in *t)
{
	close_item(t);
	t->barren = t->gave ? 0 : t->barren + 1;
	t->gave = false;
	t->start_ms = 0;
	t->item++;
}

static enum err
open_item(struct tape_in *t)
{
	enum err e = sound_in_open(t->path[t->item], t->rate_hz, &t->in);

	if (e != ERR_OK)
		return e;
	sound_in_loop(t->in, t->loop && t->n_items == 1);
	return t->start_ms ? sound_in_seek_ms(t->in, t->start_ms) : ERR_OK;
}

/* Has the item opened that comes next. False: it was the last one, or no item has any sound. */
static bool
find_item(struct tape_in *t)
{
	while (!t->in) {
		enum err e;

		if (t->item == t->n_items && t->loop)
			t->item = 0;
		if (t->item == t->n_items || t->barren >= t->n_items)
			return false;
		if (t->noted[t->item]) {
			next_item(t); /* a loop does not try again and again */
			continue;
		}
		e = open_item(t);
		if (e != ERR_OK) {
			note_failure(t, e);
			next_item(t);
		}
	}
	return true;
}

/* Reads a block. There must be room for it. */
static void
read_block(struct tape_in *t)
{
	unsigned head = atomic_load_explicit(&t->head, memory_order_relaxed);
	struct block *b = &t->block[head % BLOCKS];
	int16_t *pcm = t->pcm + (size_t)(head % BLOCKS) * t->block_samples;

	while (find_item(t)) {
		b->start_ms = sound_in_position_ms(t->in);
		b->n = sound_in_read(t->in, pcm, t->block_samples);
		if (b->n > 0) {
			mix_gain(pcm, b->n, t->gain[t->item]);
			b->item = (uint8_t)t->item;
			b->generation = t->reading;
			t->gave = true;
			atomic_store_explicit(&t->head, head + 1, memory_order_release);
			return;
		}
		if (sound_in_failed(t->in) != ERR_OK)
			note_failure(t, sound_in_failed(t->in));
		next_item(t);
	}
	t->at_end = true;
	atomic_store_explicit(&t->ended, GENERATION_IS_SET | t->reading, memory_order_release);
}

static void
follow_seek(struct tape_in *t)
{
	uint64_t wanted = atomic_load_explicit(&t->wanted, memory_order_acquire);
	uint16_t generation = (uint16_t)(wanted >> 48);
	size_t item = wanted >> 40 & 0xff;

	if (generation == t->reading)
		return;
	t->reading = generation;
	t->start_ms = wanted & SEEK_MAX_MS;
	if (t->in && (item != t->item || sound_in_seek_ms(t->in, t->start_ms) != ERR_OK))
		close_item(t);
	t->item = item;
	t->barren = 0;
	t->gave = false;
	t->at_end = false;
	t->filling = true;
}

enum tape_wish
tape_in_work(struct tape *tape)
{
	struct tape_in *t = container_of(tape, struct tape_in, tape);

	if (atomic_load_explicit(&t->gone, memory_order_acquire)) {
		tape_in_drop(tape);
		return TAPE_GONE;
	}
	follow_seek(t);
	for (int i = 0; i < BURST_BLOCKS && !t->at_end; i++) {
		unsigned used = atomic_load_explicit(&t->head, memory_order_relaxed) -
				atomic_load_explicit(&t->tail, memory_order_acquire);

		if (used < BLOCKS / 2)
			t->filling = true;
		if (used == BLOCKS)
			t->filling = false;
		if (!t->filling)
			return TAPE_RESTS;
		read_block(t);
	}
	return t->at_end ? TAPE_RESTS : TAPE_MORE;
}
