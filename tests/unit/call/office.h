/*
 * The bench on which call/ is tested: a switch with a real core, directory and
 * routing in virtual time, a media engine that only counts, and phones that speak
 * raw SIP text, so that a test can say exactly what is on the wire.
 */
#ifndef TESTS_OFFICE_H
#define TESTS_OFFICE_H

#include "call/call.h"
#include "fixture.h"
#include "loop/sim.h"

enum { INBOX_MAX = 64, RECORDS_MAX = 16 };

/* A phone: an address and what it received, oldest first. */
struct ua {
	struct office *office;
	const char *name;
	struct addr addr;
	char *inbox[INBOX_MAX];
	size_t n_inbox;
	bool deaf;    /* keeps nothing and answers nothing */
	bool browser; /* comes over WebSocket */
};

struct fake_stream {
	bool open, closing; /* closing: its ports are free when it has reported */
	uint8_t family[MEDIA_SIDES];
	uint32_t gen;
	uint64_t user;
	uint32_t timeout_ms;
	struct media_peer peer[MEDIA_SIDES];
	struct media_translation translation[MEDIA_SIDES];
	struct media_protection protection[MEDIA_SIDES];
	struct media_transport transport[MEDIA_SIDES];
	struct media_service service[MEDIA_SIDES];
};

struct office {
	struct fixture fixture;
	struct sim *sim;
	struct sip_core *core;
	struct call_switch *calls;
	struct media media;
	struct fake_stream stream[16];
	size_t streams_max, streams_kept; /* the latter for emergency calls, on top */
	const struct media_stats *heard; /* what streams report at their end; NULL: a few packets */
	struct ua phone[8];
	size_t n_phones;
	struct cdr record[RECORDS_MAX]; /* final ones */
	size_t n_records, n_begun;
	struct live_call live;
	char pressed[64]; /* keys, for that side, the last one so long */
	enum media_side pressed_to;
	uint32_t pressed_stream;
	uint32_t pressed_ms;
	size_t n_live;			 /* how often it was told */
	struct live_emergency emergency; /* the last one */
	size_t n_emergencies;
	struct live_orbit orbit; /* told last */
	struct live_spent spent; /* the last one */
	size_t n_spent;
	struct pin_locked pin_locked; /* the last one */
	size_t n_pin_locked;
	struct media_sound_params sound; /* the last one made, without its texts: */
	char sound_path[128];		 /* its first file */
	int8_t sound_file_gain_db;
	unsigned n_made;
	int told_gain_db;			 /* of a sound that plays */
	int n_sounds;				 /* made and not dropped */
	int n_rooms;				 /* the same */
	bool room_recorded;			 /* what is said in one */
	struct live_conference conference;	 /* told last */
	struct live_conference_member member[8]; /* of each, the last word */
	size_t n_members, n_conferences;	 /* of n_conferences: how often it was told */
	bool silent;				 /* there is no memory for more */
	char recording_path[200];		 /* of the last one */
	uint64_t recording_user;
	int n_recordings;	      /* made and not dropped */
	struct voicemail_began began; /* the last ones of what management is told */
	struct voicemail_ended ended;
	struct voicemail_ask asked;
	size_t n_ended, n_asked;
	struct feature_order order; /* the last one */
	size_t n_orders;
	struct live_completion completion[16]; /* of each user, the last one */
	struct live_completed completed;       /* the last one */
	size_t n_completed;
	char watched[2048]; /* dialog events: "a1 early 102;" = phone, state, who is opposite */
	char watched_ids[3][128];
	/* Call-ID, local and remote tag of the last one */ /* the last one */
};

/** office_media.c: what the media engine does. */
extern const struct media_ops office_media_ops;
/** What answers codes in offices that are opened from now on; NULL: nothing. */
void office_set_apps(const struct call_app_kind *const *apps);
void office_open(struct office *o);
/** Where sounds are; before it is opened. */
void office_set_folders(const struct prompt_folders *folders);
/** What was made last. */
struct media_sound *office_sound(struct office *o);
/** Of the certificate that media has. */
const struct sdp_fingerprint *office_fingerprint(const struct media *m);
/** What is heard on hold where no music can be played. */
struct media_sound *office_music(struct office *o);
/** What is heard until the other one answers, who was dialled from the web page. */
struct media_sound *office_ringback(struct office *o);
/** What says that nobody can be reached. */
struct media_sound *office_refusal_tone(struct office *o);
/** The same with another office and its lines (their ctx is o). */
void office_open_with(struct office *o, const char *config, const struct call_line_ops *lines);
/** Asserts that nothing is left: legs, dialogs, transactions, streams, one record a call. */
void office_close(struct office *o);
/** A phone by its name in the fixture, registered from now on; with another name it is the
 *  provider of the first line. */
struct ua *office_phone(struct office *o, const char *name);
/** The same at an address of IPv6. */
struct ua *office_phone6(struct office *o, const char *name);
void office_run(struct office *o, uint32_t ms);
/** Media have heard a key of that side. */
void office_media_key(struct office *o, size_t stream, enum media_side by, char key, uint32_t ms);
/** The last recording is in its file. */
void office_media_recorded(struct office *o, enum err e, uint64_t length_ms);
/** What that side was played is over. */
void office_media_played(struct office *o, size_t stream, enum media_side by);
/** Somebody in a room begins to speak, or stops. */
void office_media_speaks(struct office *o, size_t stream, enum media_side who, bool speaks);
/** What the engine does for who has the media port; NULL: nothing. */
const struct media_service *office_served(const struct office *o, int port);
/** Ends the wait of closed streams, as the media thread does. */
void office_media_timeout(struct office *o, size_t stream);

/** The stream's figures so far, as the media thread tells them now and then. */
void office_media_stats(struct office *o, size_t stream, const struct media_stats *stats);
/** The media thread that carries the stream is gone. */
void office_media_fails(struct office *o, size_t stream);

/** Sends text; \n becomes CR LF; "$ME" is the phone's address, "$PBX" the switch's. A body after
 *  an empty line gets its Content-Length ("$LEN" in the text). */
void ua_send(struct ua *u, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Takes the oldest message that begins with start out of the inbox (runs the network up to
 *  max_ms for it); fails the test when there is none. Valid until the office closes. */
const char *ua_expect(struct ua *u, const char *start, uint32_t max_ms);
/** Fails when a message beginning so is in the inbox. */
void ua_expect_none(struct ua *u, const char *start);
/** Answers req (a request text) with this status, own tag, extra headers and body. */
void ua_answer(struct ua *u, const char *req, int status, const char *extra, const char *body);
/** Value of a header in a message text, into out. */
const char *header(const char *msg, const char *name, char out[512]);
/** ACK or BYE … inside the dialog that resp (received by the caller) or req made. */
void ua_in_dialog(struct ua *u, const char *msg, const char *method, int cseq, const char *extra,
    const char *body);

/** ACK of a final failure (17.1.1.3: the branch of the INVITE). */
void ua_ack_failure(struct ua *u, const char *resp);

/** An audio SDP of this phone with this port and direction line (may be ""). */
const char *sdp_of(const struct ua *u, int port, const char *direction);

#endif
