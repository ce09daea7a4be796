/*
 * media/ - carries the voices. Here: RTP and RTCP between two sides.
 *
 * A stream is one media line of one call: two sides, each with a local port pair
 * (RTP even, RTCP + 1) and a peer. What comes in at one side goes out at the
 * other, untouched. The signalling thread opens, steers and closes streams by
 * handle; packets run on threads of the engine's own (one per core) and never
 * on the signalling thread. The engine knows no users, no routing, no SIP.
 *
 * Every call here is made by the signalling thread (or the simulation) and
 * returns at once. Commands reach the media thread no later than the next
 * packet of their stream; they wake nobody. Events come back through on_event
 * on the signalling thread, never from inside a call.
 *
 * struct media is an interface: media_relay_new makes the real engine, the
 * simulation brings one of its own.
 */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H

#include "base/addr.h"
#include "media/service.h"
#include "media/srtp.h"
#include "media/translate.h"
#include "media/transport.h"

/* Stale generation: the stream is gone. */
struct media_ref {
	uint32_t slot, gen; /* gen 0 = none */
};

enum media_side { MEDIA_CALLER, MEDIA_CALLED, MEDIA_SIDES };

/* What one side sent to us. */
struct media_side_stats {
	uint64_t packets, bytes;
	uint64_t lost;	    /* by RTP sequence numbers, RFC 3550 A.3; never negative */
	uint64_t refused;   /* packets of strangers, dropped by the source check */
	uint32_t jitter_us; /* RFC 3550 6.4.1, with the clock rate given */
	uint64_t rtcp_packets;
	uint64_t missed; /* of the other side's packets, by its own reports (RTCP) */
	uint32_t rtt_us; /* between us and it, by RTCP; 0 = not known */
};

struct media_stats {
	struct media_side_stats side[MEDIA_SIDES];
};

enum media_event_kind {
	MEDIA_EV_TIMEOUT, /* no RTP from either side for timeout_ms; once until the timeout is set
			     again */
	MEDIA_EV_CLOSED,  /* the last word of a stream, with its final figures */
	MEDIA_EV_STATS,	  /* the figures of an open stream so far, about every 5 s */
	MEDIA_EV_FAILED, /* the engine cannot carry it any more; to be closed, and CLOSED follows */
	/* about what is given to a side: */
	MEDIA_EV_PLAYED,   /* a sound is over, all of it was sent */
	MEDIA_EV_SPEAKS,   /* a member of a room begins to speak, or is silent again */
	MEDIA_EV_KEY,	   /* this side has pressed a key (MEDIA_KEYS_TOLD, listening) */
	MEDIA_EV_HEARD,	   /* something that is listened for */
	MEDIA_EV_RECORDED, /* a recording is complete and closed; of no stream */
};

struct media_event {
	enum media_event_kind kind;
	struct media_ref ref; /* RECORDED: none */
	uint64_t user;	      /* as given at open; RECORDED: with the recording */
	union {
		struct media_stats stats; /* TIMEOUT, CLOSED, STATS */
		struct {
			enum media_side side;
			uint64_t sound; /* PLAYED: as given with the sound */
			bool speaks;
			char key;	 /* 0-9 * # A-D, '!' for a hook flash */
			uint32_t key_ms; /* 0: it has just been pressed */
			bool listened;	 /* KEY: told because somebody listens */
			enum listen_event_kind heard;
			enum tone tone; /* of LISTEN_TONE */
		} service;
		struct {
			enum err e; /* ERR_OK, ERR_LIMIT: a limit was reached, else why it failed;
				       what is there can be heard */
			uint64_t length_ms, bytes;
		} recorded;
	};
};

struct media_stream_params {
	uint8_t family[MEDIA_SIDES]; /* 4 or 6 (6 also carries IPv4 peers) */
	uint32_t timeout_ms;	     /* 0 = never */
	uint32_t clock_rate_hz;	     /* for jitter; 0 = 8000 */
	uint32_t dscp;		     /* mark of its packets (RFC 4594), 0 = none */
	uint64_t user;
	bool urgent; /* an emergency call's: may have one of those that are kept for them */
};

enum { MEDIA_LOCALS = 2 };

/* Where a side's peer is. Packets are accepted from the SDP address, or from the
 * IP the peer's signalling came from (NAT: symmetric RTP). The first accepted
 * packet fixes the source; from then on only that source counts, until
 * media_stream_set_peer is called again with something new. */
struct media_peer {
	struct addr rtp, rtcp;	/* from SDP; family 0 = not known yet (send nothing) */
	struct addr signalling; /* source IP of signalling, port unused; family 0 = none */
	/* The address that our SDP names to this peer, then the one our signalling has: packets
	 * leave from the first that is this machine's, for a peer may believe no other. Ports
	 * unused; family 0 or any address = not known: from wherever the kernel chooses. */
	struct addr local[MEDIA_LOCALS];
	bool send;	/* false: the peer does not want media (hold): drop what is for it */
	bool raw;	/* what it sends is no RTP (T.38 over UDPTL): passes as it is */
	uint32_t party; /* another number: somebody else has this side now. Both may share an IP
			   (one NAT), so the source of the one before does not latch again,
			   as long as it still sends; 0 = nobody keeps count */
};

struct media;

struct media_ops {
	enum err (*open)(struct media *m, const struct media_stream_params *p,
	    struct media_ref *ref, uint16_t port[MEDIA_SIDES]);
	bool (*is_short)(const struct media *m);
	void (*set_peer)(struct media *m, struct media_ref ref, enum media_side side,
	    const struct media_peer *peer);
	enum err (*translate)(struct media *m, struct media_ref ref, enum media_side from,
	    const struct media_translation *what);
	enum err (*protect)(struct media *m, struct media_ref ref, enum media_side side,
	    const struct media_protection *p);
	enum err (*secure)(struct media *m, struct media_ref ref, enum media_side side,
	    const struct media_transport *t);
	const struct sdp_fingerprint *(*fingerprint)(const struct media *m);
	enum err (*serve)(struct media *m, struct media_ref ref, enum media_side side,
	    const struct media_service *what);
	void (*key)(
	    struct media *m, struct media_ref ref, enum media_side to, char key, uint32_t ms);
	void (*set_timeout)(struct media *m, struct media_ref ref, uint32_t timeout_ms);
	enum err (*sound_new)(
	    struct media *m, const struct media_sound_params *p, struct media_sound **out);
	void (*sound_control)(
	    struct media *m, struct media_sound *s, const struct media_sound_control *c);
	void (*sound_drop)(struct media *m, struct media_sound *s);
	enum err (*room_new)(struct media *m, struct media_room **out);
	enum err (*room_record)(
	    struct media *m, struct media_room *room, const struct media_recording_params *p);
	void (*room_drop)(struct media *m, struct media_room *room);
	enum err (*recording_new)(
	    struct media *m, const struct media_recording_params *p, struct media_recording **out);
	void (*recording_drop)(struct media *m, struct media_recording *r);
	void (*close)(struct media *m, struct media_ref ref);
};

struct media {
	const struct media_ops *ops;
	void (*on_event)(void *ctx, const struct media_event *ev);
	void *ctx;
};

/** Opens a stream with a port pair for each side. ERR_LIMIT: the port range is
 *  exhausted (the call gets a 503); outputs untouched. */
ERR_MUST_CHECK static inline enum err
media_stream_open(struct media *m, const struct media_stream_params *p, struct media_ref *ref,
    uint16_t port[MEDIA_SIDES])
{
	return m->ops->open(m, p, ref, port);
}

/** True when all ports are taken and of the streams kept for emergency calls half are in use: time
 *  for other calls to end, for what they give back comes a moment later. */
static inline bool
media_is_short(const struct media *m)
{
	return m->ops->is_short && m->ops->is_short(m);
}

/** Sets or changes a side's peer; copied. Unchanged values keep the latched source. */
static inline void
media_stream_set_peer(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_peer *peer)
{
	m->ops->set_peer(m, ref, side, peer);
}

/** From now on packets of that side are translated so; copied, all bytes of it (zeroed where
 * unused). No routes: they pass untouched. ERR_NOMEM: all is as before. */
ERR_MUST_CHECK static inline enum err
media_stream_translate(struct media *m, struct media_ref ref, enum media_side from,
    const struct media_translation *what)
{
	return m->ops->translate(m, ref, from, what);
}

/** From now on what comes from and goes to that side is encrypted (SRTP and SRTCP), and what is not
 *  authentic is dropped; copied, as above. Suites none: it is not encrypted. ERR_NOMEM: all is as
 * before. */
ERR_MUST_CHECK static inline enum err
media_stream_protect(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_protection *p)
{
	return m->ops->protect(m, ref, side, p);
}

/** From now on that side's peer comes by DTLS, and by ICE if t says so; copied.
 *  Where it is says ICE then, not set_peer; and until there are keys nothing is sent to it or taken
 *  from it. It has no other protection. Association 0: no more. The same values keep everything; a
 *  new ICE keeps the keys. ERR_NOMEM: all is as before. */
ERR_MUST_CHECK static inline enum err
media_stream_secure(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_transport *t)
{
	return m->ops->secure(m, ref, side, t);
}

/** Of our certificate, the same for all streams. Lives as long as the engine. */
static inline const struct sdp_fingerprint *
media_fingerprint(const struct media *m)
{
	return m->ops->fingerprint(m);
}

/** From now on the side is served so; copied, all bytes of it. While it hears a sound or is in a
 *  room the other side does not hear it, and it does not hear the other side. A recording takes
 *  nothing from anybody. ERR_NOMEM: all is as before; ERR_CONFLICT: a sound that is not shared has
 *  been given to another side before. */
ERR_MUST_CHECK static inline enum err
media_stream_serve(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_service *what)
{
	return m->ops->serve(m, ref, side, what);
}

/** Something to be heard. Files that cannot be read are left out (the log says so). ERR_INVALID,
 *  ERR_NOMEM, ERR_LIMIT. */
ERR_MUST_CHECK static inline enum err
media_sound_new(struct media *m, const struct media_sound_params *p, struct media_sound **out)
{
	return m->ops->sound_new(m, p, out);
}

static inline void
media_sound_control(struct media *m, struct media_sound *s, const struct media_sound_control *c)
{
	m->ops->sound_control(m, s, c);
}

/** NULL is fine. */
static inline void
media_sound_drop(struct media *m, struct media_sound *s)
{
	m->ops->sound_drop(m, s);
}

/** A conference. ERR_NOMEM. */
ERR_MUST_CHECK static inline enum err
media_room_new(struct media *m, struct media_room **out)
{
	return m->ops->room_new(m, out);
}

/** Records what is said in it from now on, instead of what was recorded before; NULL: no more.
 *  ERR_INVALID, ERR_NOMEM, ERR_LIMIT. */
ERR_MUST_CHECK static inline enum err
media_room_record(struct media *m, struct media_room *room, const struct media_recording_params *p)
{
	return m->ops->room_record(m, room, p);
}

/** NULL is fine. */
static inline void
media_room_drop(struct media *m, struct media_room *room)
{
	m->ops->room_drop(m, room);
}

/** A file of what sides say that get it. MEDIA_EV_RECORDED comes when it is complete, also when it
 *  could not be written. ERR_INVALID, ERR_NOMEM, ERR_LIMIT. */
ERR_MUST_CHECK static inline enum err
media_recording_new(
    struct media *m, const struct media_recording_params *p, struct media_recording **out)
{
	return m->ops->recording_new(m, p, out);
}

/** It ends as soon as no side has it any more. NULL is fine. */
static inline void
media_recording_drop(struct media *m, struct media_recording *r)
{
	m->ops->recording_drop(m, r);
}

/** Presses a key for a side, instead of the other one, who has told of it: as the translation of
 *  what the other side sends says (keys_out). Without one it is lost. */
static inline void
media_stream_key(struct media *m, struct media_ref ref, enum media_side to, char key, uint32_t ms)
{
	m->ops->key(m, ref, to, key, ms);
}

/** New silence limit, counted from now; 0 = never. */
static inline void
media_stream_set_timeout(struct media *m, struct media_ref ref, uint32_t timeout_ms)
{
	m->ops->set_timeout(m, ref, timeout_ms);
}

/** Ends the stream: the handle is dead at once, MEDIA_EV_CLOSED follows. */
static inline void
media_stream_close(struct media *m, struct media_ref ref)
{
	m->ops->close(m, ref);
}

#endif
