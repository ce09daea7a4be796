/* media/room.c, feed.c: each member of a conference hears all others, and not himself. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "media/room_int.h"

enum { TICKS = 100, SETTLE = 60, MEMBERS_MAX = 100 };

struct table {
	struct room room;
	struct room_member member[MEMBERS_MAX];
	size_t n;
	double heard_re[MEMBERS_MAX][MEMBERS_MAX], heard_im[MEMBERS_MAX][MEMBERS_MAX];
	double energy[MEMBERS_MAX];
};

static uint32_t
hz_of(const struct room_member *m)
{
	return m->wide ? MEDIA_WIDE_HZ : MEDIA_NARROW_HZ;
}

/* Everybody has a note of his own, none of which is a harmonic of another one. */
static double
note_hz(size_t i)
{
	return 310 + 97 * (double)i;
}

static void
table_open(struct table *t, size_t n_narrow, size_t n_wide)
{
	room_init(&t->room);
	t->n = n_narrow + n_wide;
	for (size_t i = 0; i < t->n; i++) {
		room_member_init(&t->member[i]);
		room_join(&t->room, &t->member[i], i >= n_narrow);
	}
}

static void
table_close(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		room_leave(&t->member[i]);
	assert_true(list_empty(&t->room.members));
	room_fini(&t->room);
}

/* What each one hears of each note. */
static void
listen_to(struct table *t, size_t i, const struct feed *f, int tick)
{
	uint32_t hz = hz_of(&t->member[i]);

	assert_int_equal(f->rate_hz, hz);
	for (size_t s = 0; s < f->n; s++) {
		double at = (double)(tick * (int)f->n + (int)s) / hz;

		t->energy[i] += (double)f->pcm[s] * f->pcm[s];
		for (size_t k = 0; k < t->n; k++) {
			t->heard_re[i][k] += f->pcm[s] * cos(2 * M_PI * note_hz(k) * at);
			t->heard_im[i][k] += f->pcm[s] * sin(2 * M_PI * note_hz(k) * at);
		}
	}
}

/* The first n_speak members sing their notes after a moment of silence. */
static void
table_talk(struct table *t, size_t n_speak)
{
	memset(t->heard_re, 0, sizeof t->heard_re);
	memset(t->heard_im, 0, sizeof t->heard_im);
	memset(t->energy, 0, sizeof t->energy);
	for (int tick = 0; tick < TICKS; tick++) {
		room_begin(&t->room);
		for (size_t i = 0; i < t->n; i++) {
			uint32_t hz = hz_of(&t->member[i]);
			size_t n = hz / 1000 * FEED_TICK_MS;
			int16_t pcm[ROOM_WIDE];

			for (size_t s = 0; s < n; s++)
				pcm[s] =
				    (int16_t)(3000 * sin(2 * M_PI * note_hz(i) *
							 (double)(tick * (int)n + (int)s) / hz));
			room_hear(&t->member[i], tick > 5 && i < n_speak ? pcm : NULL);
		}
		room_record(&t->room);
		for (size_t i = 0; i < t->n; i++) {
			struct feed *f = room_feed(&t->member[i], NULL);

			if (tick >= SETTLE)
				listen_to(t, i, f, tick);
		}
	}
}

/* Amplitude of note k as member i hears it. */
static double
loudness(const struct table *t, size_t i, size_t k)
{
	double n = (TICKS - SETTLE) * hz_of(&t->member[i]) / 1000.0 * FEED_TICK_MS;

	return 2 * hypot(t->heard_re[i][k], t->heard_im[i][k]) / n;
}

static struct table t;

static void
check_all(size_t n_speak)
{
	for (size_t i = 0; i < t.n; i++)
		for (size_t k = 0; k < n_speak; k++) {
			if (i == k)
				assert_true(loudness(&t, i, k) < 60);
			else
				assert_true(loudness(&t, i, k) > 1000);
		}
}

static void
each_hears_all_others_and_not_himself(void **state)
{
	static const size_t sizes[][2] = {{2, 0}, {0, 2}, {5, 0}, {0, 5}, {3, 3}};

	for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
		table_open(&t, sizes[s][0], sizes[s][1]);
		table_talk(&t, t.n);
		check_all(t.n);
		table_close(&t);
	}
}

static void
those_who_are_silent_share_what_they_hear(void **state)
{
	table_open(&t, 50, 50);
	table_talk(&t, 3);
	check_all(3);
	for (size_t i = 3; i < t.n; i++) {
		assert_ptr_equal(room_feed(&t.member[i], NULL),
		    t.member[i].wide ? &t.room.wide : &t.room.narrow);
		assert_null(t.member[i].own);
	}
	table_close(&t);
}

static void
who_is_muted_is_not_heard_but_hears(void **state)
{
	table_open(&t, 2, 1);
	t.member[0].muted = true;
	table_talk(&t, 3);
	assert_true(loudness(&t, 1, 0) < 60 && loudness(&t, 2, 0) < 60);
	assert_true(loudness(&t, 0, 1) > 1000 && loudness(&t, 0, 2) > 1000);
	assert_false(t.member[0].speaks);
	table_close(&t);
}

static void
gain_is_for_one_member(void **state)
{
	double before;

	table_open(&t, 0, 3);
	table_talk(&t, 2);
	before = loudness(&t, 2, 0);
	t.member[0].gain = 2048; /* 6 dB less */
	table_talk(&t, 2);
	assert_true(loudness(&t, 2, 0) < before * 0.55 && loudness(&t, 2, 0) > before * 0.45);
	assert_true(loudness(&t, 2, 1) > 1000);
	table_close(&t);
}

/* A hint that one member alone hears, on top of the others. */
static void
a_whisper_is_for_one_ear(void **state)
{
	int16_t whisper[ROOM_NARROW];

	table_open(&t, 3, 0);
	for (size_t i = 0; i < ROOM_NARROW; i++)
		whisper[i] = (int16_t)(i % 2 ? 500 : -500);
	room_begin(&t.room);
	for (size_t i = 0; i < 3; i++)
		room_hear(&t.member[i], NULL);
	assert_memory_equal(room_feed(&t.member[1], whisper)->pcm, whisper, sizeof whisper);
	assert_int_equal(room_feed(&t.member[0], NULL)->pcm[1], 0);
	assert_int_equal(room_feed(&t.member[2], NULL)->pcm[1], 0);
	table_close(&t);
}

static void
speaking_is_told_when_it_changes(void **state)
{
	int16_t pcm[ROOM_WIDE];
	int changes = 0;

	table_open(&t, 0, 2);
	for (size_t i = 0; i < ROOM_WIDE; i++)
		pcm[i] = (int16_t)(4000 * sin(0.2 * (double)i));
	for (int tick = 0; tick < 200; tick++) {
		bool loud = tick % 100 >= 10 && tick % 100 < 60;

		room_begin(&t.room);
		changes += room_hear(&t.member[0], loud ? pcm : NULL);
		assert_false(room_hear(&t.member[1], NULL));
		if (tick % 100 == 30)
			assert_true(t.member[0].speaks);
		if (tick % 100 == 90)
			assert_false(t.member[0].speaks);
	}
	assert_int_equal(changes, 4);
	table_close(&t);
}

/* ---- packets ---- */

static void
a_tick_is_encoded_once_and_lengths_fit(void **state)
{
	static const struct {
		struct feed_format format;
		unsigned ticks_for_one; /* of the feed's */
		unsigned in_one;	/* or packets of a tick */
		uint32_t clock;
	} cases[] = {{{CODEC_PCMA, 0, 0}, 1, 1, 160}, {{CODEC_PCMA, 10, 0}, 1, 2, 80},
	    {{CODEC_PCMU, 60, 0}, 3, 1, 480}, {{CODEC_G722, 20, 0}, 1, 1, 160},
	    {{CODEC_OPUS, 40, 0}, 2, 1, 1920}, {{CODEC_GSM, 20, 0}, 1, 1, 160}};
	const struct feed_packet *p, *again;
	int16_t pcm[FEED_SAMPLES_MAX];
	struct feed f;

	feed_init(&f, MEDIA_WIDE_HZ);
	for (int tick = 0; tick < 12; tick++) {
		for (size_t i = 0; i < f.n; i++)
			pcm[i] = (int16_t)(1000 * sin(0.1 * (double)(tick * (int)f.n + (int)i)));
		feed_put(&f, pcm);
		for (size_t c = 0; c < sizeof cases / sizeof cases[0]; c++) {
			size_t n = feed_packets(&f, cases[c].format, &p);
			bool due = (tick + 1) % (int)cases[c].ticks_for_one == 0;

			assert_int_equal(n, due ? cases[c].in_one : 0);
			assert_int_equal(feed_packets(&f, cases[c].format, &again), n);
			assert_ptr_equal(again, p);
			for (size_t k = 0; k < n; k++) {
				assert_int_equal(p[k].packed.ticks, cases[c].clock);
				assert_true(p[k].packed.n > 0);
			}
		}
	}
	feed_fini(&f);
}

/* Half a packet of long ago is not put in front of what is said now. */
static void
who_listens_again_hears_what_is_said_now(void **state)
{
	static const struct feed_format alaw = {CODEC_PCMA, 60, 0};
	int16_t loud[ROOM_NARROW];
	const struct feed_packet *p;
	struct feed f;
	size_t n = 0;

	for (size_t i = 0; i < ROOM_NARROW; i++)
		loud[i] = 8000;
	feed_init(&f, MEDIA_NARROW_HZ);
	feed_put(&f, loud);
	assert_int_equal(feed_packets(&f, alaw, &p), 0);
	for (int tick = 0; tick < 200; tick++)
		feed_put(&f, NULL);
	assert_true(list_empty(&f.codings)); /* nobody wants it any more */
	for (int tick = 0; tick < 3; tick++) {
		feed_put(&f, NULL);
		n = feed_packets(&f, alaw, &p);
	}
	assert_int_equal(n, 1);
	for (size_t i = 0; i < p->packed.n; i++)
		assert_int_equal(p->payload[i], 0xd5);
	feed_fini(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_hears_all_others_and_not_himself),
	    cmocka_unit_test(those_who_are_silent_share_what_they_hear),
	    cmocka_unit_test(who_is_muted_is_not_heard_but_hears),
	    cmocka_unit_test(gain_is_for_one_member),
	    cmocka_unit_test(a_whisper_is_for_one_ear),
	    cmocka_unit_test(speaking_is_told_when_it_changes),
	    cmocka_unit_test(a_tick_is_encoded_once_and_lengths_fit),
	    cmocka_unit_test(who_listens_again_hears_what_is_said_now),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
