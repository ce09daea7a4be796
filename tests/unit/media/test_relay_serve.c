/* media/: what the engine itself says to its streams, mixes and records, with real packets. */
#include "relay_fixture.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/rtp_int.h"
#include "sound/coder.h"
#include "sound/sound_in.h"
#include "sound/sound_out.h"

enum { FRAME = 160, HEARD_MAX = 8000 * 8, TALKERS_MAX = 6 };

static struct relay_fixture f;
static char folder[] = "/tmp/strowger-serve-XXXXXX";

/* A telephone with A-law that says a note and keeps what it hears. */
struct talker {
	struct phone phone;
	struct media_ref ref;
	uint16_t port;
	double note_hz; /* 0: it is silent */
	uint32_t sent;
	struct encoder *encoder;
	struct decoder *decoder;
	int16_t heard[HEARD_MAX];
	size_t n_heard, n_packets, n_marked, n_noise;
	struct rtp_head first, last;
	bool even; /* sequence numbers and timestamps go on by one packet each */
};

static struct talker talker[TALKERS_MAX];

/* The service of a telephone with A-law. */
static struct media_service
telephone(void)
{
	return (struct media_service){.in = {{8, CODEC_PCMA}}, .n_in = 1, .out = {8, CODEC_PCMA}};
}

static void
talker_init(struct talker *t, double note_hz)
{
	memset(t, 0, sizeof *t);
	phone_open(&t->phone, "127.0.0.1");
	t->note_hz = note_hz;
	t->even = true;
	assert_int_equal(encoder_new(CODEC_PCMA, 8000, &t->encoder), ERR_OK);
	assert_int_equal(decoder_new(CODEC_PCMA, 8000, &t->decoder), ERR_OK);
}

/* Calls the engine: a stream with nobody at the other side. */
static void
talker_open(struct talker *t, double note_hz)
{
	struct media_stream_params p = {.family = {4, 4}, .user = (uint64_t)(uintptr_t)t};
	uint16_t port[MEDIA_SIDES];
	struct media_peer peer;

	talker_init(t, note_hz);
	peer = phone_peer(&t->phone);
	assert_int_equal(media_stream_open(f.media, &p, &t->ref, port), ERR_OK);
	media_stream_set_peer(f.media, t->ref, MEDIA_CALLER, &peer);
	t->port = port[MEDIA_CALLER];
}

static void
talker_close(struct talker *t)
{
	encoder_free(t->encoder);
	decoder_free(t->decoder);
	phone_close(&t->phone);
}

static void
talker_serve(struct talker *t, const struct media_service *what)
{
	assert_int_equal(media_stream_serve(f.media, t->ref, MEDIA_CALLER, what), ERR_OK);
}

static void
say_pcm(struct talker *t, const int16_t *pcm)
{
	unsigned char packet[RTP_HEAD_BYTES + CODER_PAYLOAD_MAX];
	struct rtp_head head = {.payload_type = 8,
	    .seq = (uint16_t)t->sent,
	    .timestamp = t->sent * FRAME,
	    .ssrc = (uint32_t)(t - talker) + 77};
	size_t n;

	rtp_head_write(packet, &head);
	n = encoder_encode(t->encoder, pcm, FRAME, packet + RTP_HEAD_BYTES);
	phone_send(&t->phone, 0, t->port, slice_make(packet, RTP_HEAD_BYTES + n));
	t->sent++;
}

static void
say(struct talker *t)
{
	int16_t pcm[FRAME];

	for (size_t i = 0; i < FRAME; i++)
		pcm[i] = (int16_t)(4000 * sin(2 * M_PI * t->note_hz *
					      (double)(t->sent * FRAME + i) / 8000));
	say_pcm(t, pcm);
}

static void
keep(struct talker *t, struct slice packet)
{
	struct rtp_head head = rtp_head_of(packet);
	int16_t pcm[CODER_SAMPLES_MAX];
	size_t n;

	if (head.payload_type == 13) {
		assert_false(head.marker);
		t->n_noise++;
		return;
	}
	n = decoder_decode(t->decoder, rtp_payload(packet), pcm);
	assert_int_equal(head.payload_type, 8);
	assert_int_equal(n, FRAME);
	if (!t->n_packets)
		t->first = head;
	else if (head.seq != (uint16_t)(t->last.seq + 1) ||
		 head.timestamp != t->last.timestamp + FRAME)
		t->even = false;
	t->last = head;
	t->n_packets++;
	t->n_marked += head.marker;
	if (t->n_heard + n <= HEARD_MAX) {
		memcpy(t->heard + t->n_heard, pcm, n * sizeof *pcm);
		t->n_heard += n;
	}
}

static void
hear(struct talker *t)
{
	unsigned char packet[2048];
	ssize_t n;

	while ((n = recv(t->phone.fd[0], packet, sizeof packet, MSG_DONTWAIT)) > 0)
		keep(t, slice_make(packet, (size_t)n));
}

/* All talk and listen for a while, 20 ms by 20 ms. */
struct talk {
	struct timer timer;
	size_t n, ticks;
	bool (*enough)(void);
	uint64_t due_ms;
};

static void
on_talk(struct timer *timer)
{
	struct talk *k = container_of(timer, struct talk, timer);
	uint64_t now_ms = timers_now_ms(loop_timers(f.loop));

	for (size_t i = 0; i < k->n; i++) {
		hear(&talker[i]);
		if (talker[i].note_hz > 0)
			say(&talker[i]);
	}
	if ((k->enough && k->enough()) || --k->ticks == 0) {
		loop_stop(f.loop);
		return;
	}
	k->due_ms += 20;
	timer_start(loop_timers(f.loop), timer, k->due_ms > now_ms ? k->due_ms - now_ms : 0);
}

/* False: so many ticks went by and it was not enough. */
static bool
talk_until(size_t n, size_t ticks, bool (*enough)(void))
{
	struct talk k = {.n = n, .ticks = ticks, .enough = enough};

	timer_init(&k.timer, on_talk);
	k.due_ms = timers_now_ms(loop_timers(f.loop));
	timer_start(loop_timers(f.loop), &k.timer, 0);
	loop_run(f.loop);
	return k.ticks > 0;
}

static void
forget(struct talker *t)
{
	hear(t);
	t->n_heard = t->n_packets = t->n_marked = t->n_noise = 0;
	t->even = true;
}

/* Amplitude of a note in the last n samples. */
static double
loudness(const int16_t *pcm, size_t n, double hz, double rate_hz)
{
	double re = 0, im = 0;

	for (size_t i = 0; i < n; i++) {
		re += pcm[i] * cos(2 * M_PI * hz * (double)i / rate_hz);
		im += pcm[i] * sin(2 * M_PI * hz * (double)i / rate_hz);
	}
	return 2 * hypot(re, im) / (double)n;
}

/* Of the last second it heard. */
static double
hears(const struct talker *t, double hz)
{
	size_t n = t->n_heard < 8000 ? t->n_heard : 8000;

	return loudness(t->heard + t->n_heard - n, n, hz, 8000);
}

static const char *
in_folder(const char *name)
{
	static char path[4][128];
	static unsigned next;
	char *p = path[next++ % 4];

	snprintf(p, sizeof path[0], "%s/%s", folder, name);
	return p;
}

/* A note of so many milliseconds in a WAV file of 16 kHz. */
static const char *
write_note(const char *name, double hz, uint32_t ms)
{
	const char *path = in_folder(name);
	struct sound_out *out;
	int16_t pcm[160];

	unlink(path);
	assert_int_equal(sound_out_open(path, 16000, 1, &out), ERR_OK);
	for (uint32_t at = 0; at < ms * 16; at += 160) {
		for (uint32_t i = 0; i < 160; i++)
			pcm[i] = (int16_t)(6000 * sin(2 * M_PI * hz * (at + i) / 16000));
		assert_int_equal(sound_out_write(out, pcm, 160), ERR_OK);
	}
	assert_int_equal(sound_out_close(out), ERR_OK);
	return path;
}

static bool
event_came(enum media_event_kind kind, struct media_event *out)
{
	for (size_t i = 0; i < f.n_events; i++)
		if (f.events[i].kind == kind) {
			if (out)
				*out = f.events[i];
			return true;
		}
	return false;
}

static bool
played(void)
{
	return event_came(MEDIA_EV_PLAYED, NULL);
}

static bool
recorded(struct relay_fixture *unused)
{
	return event_came(MEDIA_EV_RECORDED, NULL);
}

static bool
hears_enough(void)
{
	return talker[0].n_packets >= 60;
}

/* ---- playing ---- */

static void
a_tone_is_one_even_stream(void **state)
{
	struct media_sound_params p = {.tone = tone_find(SLICE("DE"), TONE_DIAL)};
	struct media_service what = telephone();

	relay_start(&f, 4, 1);
	talker_open(&talker[0], 0);
	assert_int_equal(media_sound_new(f.media, &p, &what.sound), ERR_OK);
	talker_serve(&talker[0], &what);
	assert_true(talk_until(1, 500, hears_enough));
	assert_true(talker[0].even);
	assert_true(talker[0].first.marker);
	assert_int_equal(talker[0].n_marked, 1);
	assert_true(hears(&talker[0], 425) > 2000);
	assert_true(hears(&talker[0], 950) < 50);
	media_sound_drop(f.media, what.sound);
	relay_close_and_wait(&f, talker[0].ref);
	talker_close(&talker[0]);
	relay_end(&f);
}

static void
files_are_played_to_their_end(void **state)
{
	const char *paths[2] = {write_note("a.wav", 500, 400), write_note("b.wav", 900, 400)};
	struct media_sound_params p = {.paths = paths, .n_paths = 2, .user = 4711};
	struct media_service what = telephone();
	struct media_event ev = {0};

	relay_start(&f, 8, 1);
	talker_open(&talker[0], 0);
	assert_int_equal(media_sound_new(f.media, &p, &what.sound), ERR_OK);
	talker_serve(&talker[0], &what);
	assert_true(talk_until(1, 500, played));
	assert_true(event_came(MEDIA_EV_PLAYED, &ev));
	assert_int_equal(ev.service.sound, 4711);
	assert_int_equal(ev.service.side, MEDIA_CALLER);
	assert_int_equal(ev.user, (uint64_t)(uintptr_t)&talker[0]);
	assert_in_range(talker[0].n_heard, 8000 * 7 / 10, 8000 * 12 / 10);
	assert_true(hears(&talker[0], 500) > 1500 && hears(&talker[0], 900) > 1500);
	assert_true(loudness(talker[0].heard, 2000, 900, 8000) < 200);

	/* once more from the second one, half as loud */
	forget(&talker[0]);
	f.n_events = 0;
	media_sound_control(f.media, what.sound,
	    &(struct media_sound_control){.seek = true, .item = 1, .ms = 100, .gain_db = -6});
	assert_true(talk_until(1, 500, hears_enough));
	assert_true(hears(&talker[0], 900) > 200 && hears(&talker[0], 500) < 100);

	/* nobody else can have it */
	talker_open(&talker[1], 0);
	assert_int_equal(
	    media_stream_serve(f.media, talker[1].ref, MEDIA_CALLER, &what), ERR_CONFLICT);
	media_sound_drop(f.media, what.sound);
	for (int i = 0; i < 2; i++)
		talker_close(&talker[i]);
	relay_end(&f);
}

static void
what_is_played_takes_the_others_place(void **state)
{
	struct media_sound_params p = {.tone = tone_find(SLICE("DE"), TONE_DIAL)};
	struct media_service what = telephone(), nothing = {0};
	struct media_peer peer;
	uint16_t port[MEDIA_SIDES];
	struct media_stream_params s = {.family = {4, 4}};

	relay_start(&f, 4, 1);
	talker_init(&talker[0], 0);
	talker_init(&talker[1], 600);
	assert_int_equal(media_stream_open(f.media, &s, &talker[0].ref, port), ERR_OK);
	for (int i = 0; i < 2; i++) {
		peer = phone_peer(&talker[i].phone);
		talker[i].port = port[i];
		media_stream_set_peer(f.media, talker[0].ref, i, &peer);
	}
	assert_true(talk_until(2, 500, hears_enough));
	assert_true(hears(&talker[0], 600) > 3000);

	assert_int_equal(media_sound_new(f.media, &p, &what.sound), ERR_OK);
	talker_serve(&talker[0], &what);
	forget(&talker[0]);
	talk_until(2, 10, NULL);
	forget(&talker[0]);
	assert_true(talk_until(2, 500, hears_enough));
	assert_true(hears(&talker[0], 425) > 2000 && hears(&talker[0], 600) < 50);

	talker_serve(&talker[0], &nothing);
	talk_until(2, 10, NULL);
	forget(&talker[0]);
	assert_true(talk_until(2, 500, hears_enough));
	assert_true(hears(&talker[0], 600) > 3000 && hears(&talker[0], 425) < 50);
	media_sound_drop(f.media, what.sound);
	for (int i = 0; i < 2; i++)
		talker_close(&talker[i]);
	relay_end(&f);
}

/* One sound for all who wait, on all threads. */
static void
music_is_shared(void **state)
{
	const char *path = write_note("music.wav", 700, 1000);
	struct media_sound_params p = {.paths = &path, .n_paths = 1, .loop = true, .shared = true};
	struct media_service what = telephone();

	relay_start(&f, 16, 2);
	assert_int_equal(media_sound_new(f.media, &p, &what.sound), ERR_OK);
	for (int i = 0; i < 4; i++) {
		talker_open(&talker[i], 0);
		talker_serve(&talker[i], &what);
	}
	media_sound_drop(f.media, what.sound); /* those who hear it keep it */
	talk_until(4, 150, NULL);
	for (int i = 0; i < 4; i++) {
		assert_true(talker[i].even);
		assert_in_range(talker[i].n_packets, 120, 160);
		assert_true(hears(&talker[i], 700) > 4000);
	}
	for (int i = 0; i < 4; i++) {
		relay_close_and_wait(&f, talker[i].ref);
		talker_close(&talker[i]);
	}
	relay_end(&f);
}

/* ---- rooms ---- */

/* Five streams, begun on two threads, in one room. */
static void
a_conference_of_five(void **state)
{
	struct media_service what = telephone();
	struct media_event ev = {0};

	relay_start(&f, 20, 2);
	assert_int_equal(media_room_new(f.media, &what.room), ERR_OK);
	for (int i = 0; i < 5; i++) {
		talker_open(&talker[i], i < 3 ? 400 + 130 * i : 0);
		talker_serve(&talker[i], &what);
	}
	talk_until(5, 150, NULL);
	for (int i = 0; i < 5; i++) {
		assert_true(talker[i].even);
		assert_in_range(talker[i].n_packets, 120, 160);
		for (int k = 0; k < 3; k++) {
			if (k == i)
				assert_true(hears(&talker[i], 400 + 130 * k) < 100);
			else
				assert_true(hears(&talker[i], 400 + 130 * k) > 1000);
		}
	}
	assert_true(event_came(MEDIA_EV_SPEAKS, &ev));
	assert_true(ev.service.speaks);

	/* the second one is muted, the third one leaves */
	what.muted = true;
	talker_serve(&talker[1], &what);
	relay_close_and_wait(&f, talker[2].ref);
	talker[2].note_hz = 0;
	for (int i = 0; i < 5; i++)
		forget(&talker[i]);
	talk_until(5, 100, NULL);
	assert_true(hears(&talker[3], 400) > 1000);
	assert_true(hears(&talker[3], 530) < 50 && hears(&talker[3], 660) < 50);
	media_room_drop(f.media, what.room);
	for (int i = 0; i < 5; i++)
		talker_close(&talker[i]);
	relay_end(&f);
}

/* ---- recording ---- */

static size_t
read_file(const char *path, int16_t *pcm, size_t max)
{
	struct sound_in *in;
	size_t n;

	assert_int_equal(sound_in_open(path, 8000, &in), ERR_OK);
	n = sound_in_read(in, pcm, max);
	sound_in_close(in);
	return n;
}

static int16_t file[HEARD_MAX];

/* Who has asked for comfort noise gets it instead of silence; music is music. */
static void
a_silent_room_sends_comfort_noise(void **state)
{
	struct media_sound_params p = {.tone = tone_find(SLICE("DE"), TONE_DIAL)};
	struct media_service asked = telephone(), plain = telephone();

	relay_start(&f, 12, 1);
	assert_int_equal(media_room_new(f.media, &asked.room), ERR_OK);
	plain.room = asked.room;
	asked.noise = (struct media_format){13, CODEC_NOISE_8};
	for (int i = 0; i < 3; i++) {
		talker_open(&talker[i], 0);
		talker_serve(&talker[i], i == 2 ? &plain : &asked);
	}
	(void)talk_until(3, 120, NULL);
	assert_in_range(talker[0].n_noise, 1, 4);
	assert_int_equal(talker[0].n_packets, 0);
	assert_int_equal(talker[2].n_noise, 0);
	assert_true(talker[2].n_packets > 80);

	talker[1].note_hz = 500; /* he hears himself not: noise */
	for (int i = 0; i < 3; i++)
		forget(&talker[i]);
	(void)talk_until(3, 100, NULL);
	assert_true(hears(&talker[0], 500) > 1000 && hears(&talker[2], 500) > 1000);
	assert_int_equal(talker[0].n_noise, 0);
	assert_true(talker[0].even && talker[0].n_marked == 1);
	assert_int_equal(talker[1].n_packets, 0);
	assert_in_range(talker[1].n_noise, 1, 4);

	assert_int_equal(media_sound_new(f.media, &p, &asked.sound), ERR_OK);
	asked.room = NULL;
	talker_serve(&talker[0], &asked);
	(void)talk_until(1, 10, NULL);
	forget(&talker[0]);
	(void)talk_until(1, 100, hears_enough);
	assert_int_equal(talker[0].n_noise, 0);
	assert_true(hears(&talker[0], 425) > 1000);
	media_sound_drop(f.media, asked.sound);
	media_room_drop(f.media, plain.room);
	for (int i = 0; i < 3; i++) {
		relay_close_and_wait(&f, talker[i].ref);
		talker_close(&talker[i]);
	}
	relay_end(&f);
}

static void
a_call_is_recorded_while_it_goes_on(void **state)
{
	struct media_service what[MEDIA_SIDES] = {telephone(), telephone()};
	struct media_recording_params p = {.path = in_folder("call.wav"), .user = 12};
	struct media_stream_params s = {.family = {4, 4}};
	struct media_recording *recording;
	uint16_t port[MEDIA_SIDES];
	struct media_event ev = {0};
	size_t n;

	unlink(p.path);
	relay_start(&f, 4, 1);
	talker_init(&talker[0], 500);
	talker_init(&talker[1], 900);
	assert_int_equal(media_stream_open(f.media, &s, &talker[0].ref, port), ERR_OK);
	assert_int_equal(media_recording_new(f.media, &p, &recording), ERR_OK);
	for (int i = 0; i < 2; i++) {
		struct media_peer peer = phone_peer(&talker[i].phone);

		talker[i].port = port[i];
		media_stream_set_peer(f.media, talker[0].ref, i, &peer);
		what[i].recording = recording;
		assert_int_equal(media_stream_serve(f.media, talker[0].ref, i, &what[i]), ERR_OK);
	}
	media_recording_drop(f.media, recording); /* as long as the two have it */
	talk_until(2, 100, NULL);
	assert_true(hears(&talker[0], 900) > 3000 && hears(&talker[1], 500) > 3000);
	for (int i = 0; i < 2; i++) {
		what[i].recording = NULL;
		assert_int_equal(media_stream_serve(f.media, talker[0].ref, i, &what[i]), ERR_OK);
	}
	assert_true(relay_run_until(&f, recorded));
	assert_true(event_came(MEDIA_EV_RECORDED, &ev));
	assert_int_equal(ev.recorded.e, ERR_OK);
	assert_int_equal(ev.user, 12);
	n = read_file(p.path, file, HEARD_MAX);
	assert_in_range(n, 8000 * 17 / 10, 8000 * 23 / 10);
	assert_in_range(ev.recorded.length_ms, n / 8 - 2, n / 8 + 2);
	assert_true(loudness(file + n - 8000, 8000, 500, 8000) > 3000);
	assert_true(loudness(file + n - 8000, 8000, 900, 8000) > 3000);
	for (int i = 0; i < 2; i++)
		talker_close(&talker[i]);
	relay_end(&f);
}

static void
a_recording_ends_at_its_limit(void **state)
{
	struct media_service what = telephone();
	struct media_recording_params p = {
	    .path = in_folder("short.wav"), .max_ms = 500, .user = 13};
	struct media_event ev = {0};

	unlink(p.path);
	relay_start(&f, 4, 1);
	talker_open(&talker[0], 500);
	assert_int_equal(media_recording_new(f.media, &p, &what.recording), ERR_OK);
	talker_serve(&talker[0], &what);
	talk_until(1, 60, NULL);
	assert_true(relay_run_until(&f, recorded));
	assert_true(event_came(MEDIA_EV_RECORDED, &ev));
	assert_int_equal(ev.recorded.e, ERR_LIMIT);
	assert_in_range(ev.recorded.length_ms, 480, 520);

	/* a file that is there is never written over */
	f.n_events = 0;
	media_recording_drop(f.media, what.recording);
	assert_int_equal(media_recording_new(f.media, &p, &what.recording), ERR_OK);
	talker_serve(&talker[0], &what);
	talk_until(1, 20, NULL);
	assert_true(relay_run_until(&f, recorded));
	assert_true(event_came(MEDIA_EV_RECORDED, &ev));
	assert_int_equal(ev.recorded.e, ERR_EXISTS);
	assert_in_range(read_file(p.path, file, HEARD_MAX), 480 * 8, 520 * 8);
	media_recording_drop(f.media, what.recording);
	talker_close(&talker[0]);
	relay_end(&f);
}

static void
a_conference_is_recorded(void **state)
{
	struct media_recording_params p = {.path = in_folder("room.wav"), .user = 14};
	struct media_service what = telephone();
	size_t n;

	unlink(p.path);
	relay_start(&f, 12, 2);
	assert_int_equal(media_room_new(f.media, &what.room), ERR_OK);
	for (int i = 0; i < 3; i++) {
		talker_open(&talker[i], 400 + 130 * i);
		talker_serve(&talker[i], &what);
	}
	assert_int_equal(media_room_record(f.media, what.room, &p), ERR_OK);
	talk_until(3, 100, NULL);
	assert_int_equal(media_room_record(f.media, what.room, NULL), ERR_OK);
	assert_true(relay_run_until(&f, recorded));
	n = read_file(p.path, file, HEARD_MAX);
	assert_in_range(n, 8000 * 17 / 10, 8000 * 23 / 10);
	for (int i = 0; i < 3; i++)
		assert_true(loudness(file + n - 8000, 8000, 400 + 130 * i, 8000) > 1000);
	media_room_drop(f.media, what.room);
	for (int i = 0; i < 3; i++)
		talker_close(&talker[i]);
	relay_end(&f); /* with members in the room */
}

/* ---- listening ---- */

static size_t
count_events(enum media_event_kind kind, enum listen_event_kind heard)
{
	size_t n = 0;

	for (size_t i = 0; i < f.n_events; i++)
		n += f.events[i].kind == kind &&
		     (kind != MEDIA_EV_HEARD || f.events[i].service.heard == heard);
	return n;
}

static bool
silence_was_told(void)
{
	return count_events(MEDIA_EV_HEARD, LISTEN_SILENCE) > 0;
}

static bool
fax_was_told(void)
{
	return count_events(MEDIA_EV_HEARD, LISTEN_FAX_CALLING) > 0;
}

static bool
two_keys_were_told(void)
{
	return count_events(MEDIA_EV_KEY, 0) >= 2;
}

/* What a voicemail box has to know: he speaks, he has been silent for a second; a fax calls. */
static void
voice_silence_and_fax_are_told(void **state)
{
	struct media_service what = telephone();

	relay_start(&f, 4, 1);
	talker_open(&talker[0], 500);
	what.listening =
	    (struct media_listening){.flags = LISTEN_VOICE | LISTEN_FAX, .silence_ms = 1000};
	talker_serve(&talker[0], &what);
	talk_until(1, 40, NULL);
	assert_int_equal(count_events(MEDIA_EV_HEARD, LISTEN_VOICE_BEGAN), 1);
	assert_false(silence_was_told());
	talker[0].note_hz = 0;
	assert_true(talk_until(1, 300, silence_was_told));
	talker[0].note_hz = 1100;
	assert_true(talk_until(1, 300, fax_was_told));
	talker_close(&talker[0]);
	relay_end(&f);
}

/* Keys as packets and in the voice. */
static void
keys_are_told_to_who_answers(void **state)
{
	unsigned char key[] = "\x80\x65\xff\1\0\0\0\1KKKK\5\x8a\3\x20"; /* 5, 100 ms */
	struct media_service what = telephone();
	struct dtmf_gen gen;

	relay_start(&f, 4, 1);
	talker_open(&talker[0], 0);
	what.in[what.n_in++] = (struct media_format){101, CODEC_EVENT_8};
	what.listening = (struct media_listening){.flags = LISTEN_DTMF, .keys = true};
	talker_serve(&talker[0], &what);
	phone_send(&talker[0].phone, 0, talker[0].port, slice_make(key, 16));
	assert_true(dtmf_gen_start(&gen, '#', 8000, -10));
	for (int i = 0; i < 30 && !two_keys_were_told(); i++) {
		int16_t pcm[FRAME] = {0};

		if (i < 6)
			(void)dtmf_fill(&gen, pcm, FRAME);
		say_pcm(&talker[0], pcm);
		talk_until(1, 1, NULL);
		talk_until(1, 2, NULL);
	}
	assert_true(talk_until(1, 100, two_keys_were_told));
	assert_int_equal(f.events[0].service.key, '5');
	assert_int_equal(f.events[1].service.key, '#');
	talker_close(&talker[0]);
	relay_end(&f);
}

/* In-call codes: who is listened to for keys is heard as ever, and each key is told once. */
static void
keys_are_told_while_voice_merely_passes(void **state)
{
	unsigned char key[] = "\x80\x65\xff\1\0\0\0\1KKKK\5\x0a\0\xa0";
	struct media_service what = telephone();
	struct talker *t = &talker[0];

	relay_start(&f, 4, 1);
	talker_open(t, 0);
	what.in[what.n_in++] = (struct media_format){101, CODEC_EVENT_8};
	what.listening = (struct media_listening){.keys = true};
	talker_serve(t, &what);
	for (int i = 0; i < 3; i++)
		phone_send(&t->phone, 0, t->port, slice_make(key, 16));
	key[12] = 11;
	key[7] = 2;
	key[3] = 2;
	phone_send(&t->phone, 0, t->port, slice_make(key, 16));
	assert_true(talk_until(0, 100, two_keys_were_told));
	/* another order is no reason to tell a key again that is still held */
	what.listening.flags = LISTEN_VOICE;
	talker_serve(t, &what);
	key[3] = 3;
	phone_send(&t->phone, 0, t->port, slice_make(key, 16));
	talk_until(0, 5, NULL);
	assert_int_equal(count_events(MEDIA_EV_KEY, 0), 2);
	assert_int_equal(f.events[0].service.key, '5');
	assert_int_equal(f.events[1].service.key, '#');
	talker_close(t);
	relay_end(&f);
}

static int
make_folder(void **state)
{
	return mkdtemp(folder) ? 0 : -1;
}

static int
remove_folder(void **state)
{
	static const char *const names[] = {
	    "a.wav", "b.wav", "music.wav", "call.wav", "short.wav", "room.wav"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		unlink(in_folder(names[i]));
	return rmdir(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_tone_is_one_even_stream),
	    cmocka_unit_test(files_are_played_to_their_end),
	    cmocka_unit_test(what_is_played_takes_the_others_place),
	    cmocka_unit_test(music_is_shared),
	    cmocka_unit_test(a_conference_of_five),
	    cmocka_unit_test(a_silent_room_sends_comfort_noise),
	    cmocka_unit_test(a_call_is_recorded_while_it_goes_on),
	    cmocka_unit_test(a_recording_ends_at_its_limit),
	    cmocka_unit_test(a_conference_is_recorded),
	    cmocka_unit_test(voice_silence_and_fax_are_told),
	    cmocka_unit_test(keys_are_told_to_who_answers),
	    cmocka_unit_test(keys_are_told_while_voice_merely_passes),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
