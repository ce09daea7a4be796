/*
 * A media engine without sockets: hands out port pairs, watches for silence, reports
 * figures when a stream closes. Voices are imagined: a phone sends while it is in a call.
 * What is played ends after a while, who is listened to speaks and then falls silent, what is
 * recorded has the length of the time that passed (sim_sound.c).
 */
#ifndef SIM_MEDIA_H
#define SIM_MEDIA_H

#include "loop/sim.h"
#include "media/media.h"

enum { SIM_STREAMS_MAX = 64, SIM_SOUNDS_MAX = 64, SIM_ROOMS_MAX = 32, SIM_RECORDINGS_MAX = 32 };

/* What a side of a stream gets and tells. */
struct sim_side {
	struct sim_stream *stream;
	struct media_service service;
	struct timer voice; /* of who is listened to: he begins to speak, falls silent */
	bool spoke;
};

struct sim_stream {
	struct sim_media *media;
	bool open, reporting; /* reporting: closed, its last word is still to come */
	uint32_t gen, timeout_ms;
	uint64_t user;
	struct media_peer peer[MEDIA_SIDES];
	struct sim_side side[MEDIA_SIDES];
	struct timer timer; /* silence, then the last word */
};

struct sim_sound {
	struct sim_media *media;
	bool used, loop;
	uint32_t ms;
	uint64_t user;
	struct media_ref ref; /* who hears it; gen 0: nobody yet */
	enum media_side side;
	struct timer end;
};

struct sim_recording {
	struct sim_media *media;
	bool used, dropped; /* dropped: its last word is still to come */
	uint64_t user, began_ms;
	struct timer end;
};

struct sim_room {
	bool used;
};

struct sim_media {
	struct media media;
	struct sim *sim;
	/** Does somebody send RTP from this address now? */
	bool (*sends)(void *ctx, const struct addr *from);
	void (*on_broken)(void *ctx, const char *what);
	void *ctx;
	size_t streams_max, next; /* ports are used in turn, so that a late packet meets nobody */
	struct sim_stream stream[SIM_STREAMS_MAX];
	struct sim_sound sound[SIM_SOUNDS_MAX];
	struct sim_recording recording[SIM_RECORDINGS_MAX];
	struct sim_room room[SIM_ROOMS_MAX];
	unsigned played, heard, recorded; /* sounds to their end, keys, recordings */
};

void sim_media_init(struct sim_media *m, struct sim *sim, size_t streams_max);
/** Forgets all streams without a word. */
void sim_media_fini(struct sim_media *m);
/** If a stream has this port open: does it know its peer so? */
bool sim_media_peer_is(
    const struct sim_media *m, uint16_t port, const struct addr *peer, bool send);
/** Is there a stream between these two? */
bool sim_media_joins(const struct sim_media *m, const struct addr *a, const struct addr *b);
/** Streams open or not yet reported. */
size_t sim_media_busy(const struct sim_media *m);
/** Sounds, rooms and recordings that nobody has dropped. */
size_t sim_media_kept(const struct sim_media *m);
/** Who sends from there has pressed a key: told when somebody listens. */
void sim_media_press(struct sim_media *m, const struct addr *from, char key);

/* ---- sim_sound.c, for sim_media.c ---- */

struct sim_stream *sim_media_find(struct media *m, struct media_ref ref);
enum err sim_sound_new(
    struct media *m, const struct media_sound_params *p, struct media_sound **out);
void sim_sound_control(struct media *m, struct media_sound *s, const struct media_sound_control *c);
void sim_sound_drop(struct media *m, struct media_sound *s);
enum err sim_room_new(struct media *m, struct media_room **out);
void sim_room_drop(struct media *m, struct media_room *room);
enum err sim_recording_new(
    struct media *m, const struct media_recording_params *p, struct media_recording **out);
void sim_recording_drop(struct media *m, struct media_recording *r);
enum err sim_stream_serve(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_service *what);
/** The stream is closed: nobody hears or says anything there. */
void sim_sound_leave(struct sim_stream *s);
/** Forgets all without a word. */
void sim_sound_fini(struct sim_media *m);

#endif
