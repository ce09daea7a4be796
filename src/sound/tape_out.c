/* A recording tape: a ring of frames, whose counters never turn over. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "sound/sound_in.h"
#include "sound/sound_out.h"
#include "sound/tapes_int.h"

struct tape_out {
	struct tape tape; /* first */
	struct tapes *tapes;
	uint32_t rate_hz, channels;
	uint64_t ring_frames;
	uint64_t max_frames;
	void (*on_done)(void *ctx, enum err e, uint64_t length_ms, uint64_t bytes);
	void *ctx;
	char *path;

	/* between the threads */
	_Alignas(TAPE_CACHE_LINE_BYTES) _Atomic uint64_t head; /* frames that media brought */
	_Atomic uint64_t dropped;			       /* frames */
	_Alignas(TAPE_CACHE_LINE_BYTES) _Atomic uint64_t tail; /* frames written */
	_Atomic uint32_t failed;			       /* enum err */
	atomic_bool closing;

	/* the tapes thread's */
	_Alignas(TAPE_CACHE_LINE_BYTES) struct sound_out *out; /* NULL: could not be made */
	bool opened;
	uint64_t written_frames; /* all of them, limited by max_frames */
	uint64_t flushed_ms;	 /* when */

	int16_t pcm[]; /* ring_frames */
};

/* ---- the media thread ---- */

static void
copy_in(struct tape_out *t, uint64_t head, const int16_t *pcm, size_t n_frames)
{
	uint64_t at = head % t->ring_frames;
	size_t first = t->ring_frames - at < n_frames ? (size_t)(t->ring_frames - at) : n_frames;
	size_t channels = t->channels;

	memcpy(t->pcm + at * channels, pcm, first * channels * sizeof *pcm);
	memcpy(t->pcm, pcm + first * channels, (n_frames - first) * channels * sizeof *pcm);
}

size_t
tape_out_write(struct tape_out *t, const int16_t *pcm, size_t n_frames)
{
	uint64_t head = atomic_load_explicit(&t->head, memory_order_relaxed);
	uint64_t tail = atomic_load_explicit(&t->tail, memory_order_acquire);
	uint64_t room = t->ring_frames - (head - tail);
	size_t n = n_frames < room ? n_frames : (size_t)room;

	if (tape_out_failed(t) != ERR_OK)
		n = 0;
	if (n < n_frames)
		atomic_fetch_add_explicit(&t->dropped, n_frames - n, memory_order_relaxed);
	copy_in(t, head, pcm, n);
	atomic_store_explicit(&t->head, head + n, memory_order_release);
	return n;
}

/* ---- any thread ---- */

enum err
tape_out_failed(const struct tape_out *t)
{
	return (enum err)atomic_load_explicit(&t->failed, memory_order_relaxed);
}

uint64_t
tape_out_dropped(const struct tape_out *t)
{
	return atomic_load_explicit(&t->dropped, memory_order_relaxed);
}

void
tape_out_close(struct tape_out *t)
{
	struct tapes *ts;

	if (!t)
		return;
	ts = t->tapes;
	atomic_store_explicit(&t->closing, true, memory_order_release);
	tapes_wake(ts);
}

static bool
are_sound(const struct tape_out_params *params)
{
	return params->channels >= 1 && params->channels <= SOUND_OUT_CHANNELS_MAX &&
	       params->rate_hz >= SOUND_RATE_MIN_HZ && params->rate_hz <= SOUND_RATE_MAX_HZ &&
	       strnlen(params->path, TAPE_PATH_MAX) < TAPE_PATH_MAX;
}

/* How many frames both limits allow. */
static uint64_t
most_frames(const struct tape_out_params *params)
{
	uint64_t most = UINT64_MAX, frame_bytes = params->channels * sizeof(int16_t);

	if (params->max_bytes)
		most = params->max_bytes < SOUND_OUT_HEADER_BYTES
			   ? 0
			   : (params->max_bytes - SOUND_OUT_HEADER_BYTES) / frame_bytes;
	if (params->max_ms && params->max_ms < UINT64_MAX / params->rate_hz &&
	    params->max_ms * params->rate_hz / 1000 < most)
		most = params->max_ms * params->rate_hz / 1000;
	return most;
}

enum err
tape_out_new(struct tapes *ts, const struct tape_out_params *params, struct tape_out **out)
{
	uint64_t ring_frames = (uint64_t)params->rate_hz * TAPE_BEHIND_MS / 1000;
	size_t bytes;
	struct tape_out *t;

	if (!are_sound(params))
		return ERR_INVALID;
	bytes = sizeof *t + ring_frames * params->channels * sizeof(int16_t);
	/* in whole lines, as aligned_alloc wants it */
	bytes = (bytes + TAPE_CACHE_LINE_BYTES - 1) & ~(size_t)(TAPE_CACHE_LINE_BYTES - 1);
	t = aligned_alloc(TAPE_CACHE_LINE_BYTES, bytes);
	if (!t)
		return ERR_NOMEM;
	*t = (struct tape_out){.tapes = ts,
	    .rate_hz = params->rate_hz,
	    .channels = params->channels,
	    .ring_frames = ring_frames,
	    .max_frames = most_frames(params),
	    .on_done = params->on_done,
	    .ctx = params->ctx,
	    .path = strdup(params->path)};
	if (!t->path) {
		free(t);
		return ERR_NOMEM;
	}
	*out = t;
	tapes_add(ts, &t->tape);
	return ERR_OK;
}

/* ---- the tapes thread ---- */

static void
fail(struct tape_out *t, enum err e)
{
	if (tape_out_failed(t) != ERR_OK)
		return;
	log_warn(MEDIA, "recording %s ends: %s", t->path, err_text(e));
	atomic_store_explicit(&t->failed, (uint32_t)e, memory_order_relaxed);
}

static void
open_once(struct tape_out *t, uint64_t now_ms)
{
	enum err e;

	if (t->opened)
		return;
	t->opened = true;
	t->flushed_ms = now_ms;
	e = sound_out_open(t->path, t->rate_hz, t->channels, &t->out);
	if (e != ERR_OK)
		fail(t, e);
}

/* Some frames that lie in one piece. */
static void
write_frames(struct tape_out *t, const int16_t *pcm, uint64_t n)
{
	uint64_t left = t->max_frames - t->written_frames;
	enum err e;

	if (tape_out_failed(t) != ERR_OK)
		return;
	e = sound_out_write(t->out, pcm, (size_t)(n < left ? n : left));
	t->written_frames += n < left ? n : left;
	if (e == ERR_OK && n > left)
		e = ERR_LIMIT;
	if (e != ERR_OK)
		fail(t, e);
}

/* After a failure what comes only leaves the ring. */
static void
drain(struct tape_out *t, uint64_t head)
{
	uint64_t tail = atomic_load_explicit(&t->tail, memory_order_relaxed);

	while (tail < head) {
		uint64_t at = tail % t->ring_frames;
		uint64_t n = t->ring_frames - at < head - tail ? t->ring_frames - at : head - tail;

		write_frames(t, t->pcm + at * t->channels, n);
		tail += n;
		atomic_store_explicit(&t->tail, tail, memory_order_release);
	}
	if (t->out && sound_out_flush(t->out) != ERR_OK)
		fail(t, sound_out_flush(t->out));
}

void
tape_out_finish(struct tape *tape)
{
	struct tape_out *t = container_of(tape, struct tape_out, tape);
	uint64_t length_ms = 0, bytes = 0;

	list_remove(&tape->link);
	open_once(t, 0);
	drain(t, atomic_load_explicit(&t->head, memory_order_acquire));
	if (t->out) {
		enum err e;

		length_ms = sound_out_length_ms(t->out);
		bytes = sound_out_bytes(t->out);
		e = sound_out_close(t->out);
		if (e != ERR_OK)
			fail(t, e);
	}
	if (tape_out_dropped(t) && tape_out_failed(t) == ERR_OK)
		log_warn(MEDIA, "recording %s: the disk was late, %llu ms are missing", t->path,
		    (unsigned long long)(tape_out_dropped(t) * 1000 / t->rate_hz));
	if (t->on_done)
		t->on_done(t->ctx, tape_out_failed(t), length_ms, bytes);
	free(t->path);
	free(t);
}

enum tape_wish
tape_out_work(struct tape *tape, uint64_t now_ms, bool may_close)
{
	struct tape_out *t = container_of(tape, struct tape_out, tape);
	bool closing = atomic_load_explicit(&t->closing, memory_order_acquire);
	uint64_t head = atomic_load_explicit(&t->head, memory_order_acquire);
	uint64_t waiting = head - atomic_load_explicit(&t->tail, memory_order_relaxed);
	bool due;

	if (closing && may_close) {
		tape_out_finish(tape);
		return TAPE_GONE;
	}
	open_once(t, now_ms);
	due = waiting * 1000 >= (uint64_t)TAPE_FLUSH_MS * t->rate_hz ||
	      now_ms - t->flushed_ms >= TAPE_FLUSH_MAX_MS;
	if (waiting && due) {
		drain(t, head);
		t->flushed_ms = now_ms;
	}
	return closing ? TAPE_MORE : TAPE_RESTS;
}
