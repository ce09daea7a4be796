/*
 * What the engine itself says to a side of a stream, and does with what that side says: playing
 * sounds, mixing conferences, recording. Part of media.h's interface.
 *
 *	sound       tones of the network, or files one after the other
 *	room        a conference: each member hears all others
 *	recording   a file of what is said
 *	listening   keys, voice and silence, fax machines, tones: told by events
 *
 * Sounds, rooms and recordings are made, given to sides of streams and dropped by the signalling
 * thread. Dropping ends one's own use only: they live as long as a side has them.
 */
#ifndef MEDIA_SERVICE_H
#define MEDIA_SERVICE_H

#include "sound/codec.h"
#include "sound/listen.h"
#include "sound/tones.h"

enum {
	MEDIA_FORMATS_MAX = 6,
	MEDIA_NARROW_HZ = 8000,
	MEDIA_WIDE_HZ = 16000, /* of rooms; narrow for who has no more */
};

struct media_format {
	uint8_t payload_type, codec; /* enum codec */
};

struct media_sound;
struct media_room;
struct media_recording;

struct media_sound_params {
	const struct tone_plan *tone; /* lives for ever; or NULL: */
	const char *const *paths;     /* files that sound/sound_in.h can read; copied */
	size_t n_paths;		      /* TAPE_ITEMS_MAX at most */
	const int8_t *file_gain_db;   /* of each of them, copied; NULL: as they are */
	int gain_db;		      /* of all; media_sound_control changes it */
	bool loop;		      /* files: again and again */
	bool shared; /* music on hold: who comes later hears what the others hear. Else it is for
			one side, which hears it from its beginning */
	uint32_t rate_hz; /* 8000 … 48000; 0 = MEDIA_WIDE_HZ */
	uint64_t user;	  /* for MEDIA_EV_PLAYED */
};

/* At any time. */
struct media_sound_control {
	bool paused;
	int gain_db;
	bool seek; /* to: */
	uint8_t item;
	uint32_t ms;
};

struct media_recording_params {
	const char *path;	    /* a WAV file, which must be new; copied */
	bool stereo;		    /* the caller's side left, the called one's right; else mixed */
	uint32_t rate_hz;	    /* 0 = MEDIA_WIDE_HZ */
	uint64_t max_bytes, max_ms; /* 0 = no limit */
	uint64_t user;		    /* for MEDIA_EV_RECORDED */
};

/* What of a side shall be told. */
struct media_listening {
	uint8_t flags;	     /* LISTEN_… of sound/listen.h; LISTEN_DTMF: also keys in the voice */
	bool keys;	     /* as packets (RFC 4733), and by LISTEN_DTMF */
	char country[3];     /* of tones: two letters; empty = the European plan */
	uint32_t silence_ms; /* silence is told after so long; 0 = not */
};

/* What a side gets of the engine; all zero: nothing. */
struct media_service {
	/* How we speak with each other. */
	struct media_format in[MEDIA_FORMATS_MAX]; /* what it sends, keys and noise, too;
						      nothing: we understand nothing */
	struct media_format out;		   /* what we send; none: we say nothing */
	uint8_t n_in, ptime_ms;			   /* 0 = the usual */
	struct media_format
	    noise;	       /* comfort noise (CODEC_NOISE_…), if it wants a room's pauses so */
	bool leave_pauses_out; /* it wants out's codec to leave them out itself */

	struct media_sound *sound; /* heard instead of the other side, or on top of the room */
	struct media_room *room;   /* heard instead of the other side */
	struct media_recording *recording; /* of what this side says */
	struct media_listening listening;
	bool muted;	      /* the room does not hear it */
	int8_t gain_db;	      /* of what the room hears of it */
	int8_t hears_gain_db; /* of what it hears of the room */
};

#endif
