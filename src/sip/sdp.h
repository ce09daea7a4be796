/*
 * Session descriptions (RFC 8866) and offer/answer (RFC 3264), as views into
 * the text. Attributes nobody here knows are kept: sdp_rewrite copies every
 * line that it does not have to change, so codecs and video pass through a
 * relay untouched.
 */
#ifndef SIP_SDP_H
#define SIP_SDP_H

#include "base/addr.h"
#include "base/buf.h"

enum { SDP_MEDIA_MAX = 8, SDP_FORMATS_MAX = 32, SDP_MAX_BYTES = 16384, SDP_LINES_MAX = 512 };

enum sdp_dir { SDP_SENDRECV, SDP_SENDONLY, SDP_RECVONLY, SDP_INACTIVE };

struct sdp_media {
	struct slice kind;	/* "audio", "video" … */
	uint16_t port, n_ports; /* port 0: refused */
	struct slice proto;	/* "RTP/AVP" … */
	struct slice formats;	/* "0 8 101" */
	struct addr addr; /* RTP goes here (media's or session's c=); family 0 if a name, or none */
	struct addr rtcp; /* a=rtcp or port + 1; family 0 when the media is refused */
	enum sdp_dir dir; /* media's or session's */
	bool rtcp_mux;	  /* then RTCP comes to addr, if our side agrees */
	uint16_t ptime_ms; /* 0 = not given */
	struct slice text; /* all lines of this section */
};

struct sdp {
	struct slice origin_user, session_id, session_version; /* of o= */
	struct slice session_text;			       /* lines before the first m= */
	struct sdp_media media[SDP_MEDIA_MAX];
	uint8_t n_media;
};

/** ERR_MALFORMED, ERR_TOO_BIG. LF alone ends a line too. */
ERR_MUST_CHECK enum err sdp_parse(struct sdp *out, struct slice text);

enum { SDP_MEMO_ENTRIES = 4, SDP_MEMO_TEXT_MAX = 1024 };

/* The last few descriptions that were read, so that the same text is not read again. All zero =
 * empty; its owner's thread only. */
struct sdp_memo {
	struct sdp_memo_entry {
		char text[SDP_MEMO_TEXT_MAX];
		size_t n;
		struct sdp sdp; /* points into text */
	} entry[SDP_MEMO_ENTRIES];
	unsigned next;
};

/** sdp_parse; out points into text, not into the memo. */
ERR_MUST_CHECK enum err sdp_memo_parse(struct sdp_memo *memo, struct sdp *out, struct slice text);
/** Held by the sender: every live audio is sendonly or inactive, or its address is 0.0.0.0. */
bool sdp_is_hold(const struct sdp *s);
/* A format of a media: what its number stands for. */
struct sdp_format {
	struct slice number;
	struct slice name;	     /* "PCMA" (rtpmap or static table); empty if unknown */
	uint32_t clock_hz, channels; /* 0 = not told; channels: 1 */
	struct slice fmtp;
};

/** All of them, in order; returns how many. */
size_t sdp_formats(const struct sdp_media *m, struct sdp_format out[SDP_FORMATS_MAX]);
/** The same codec, whatever its numbers. */
bool sdp_format_same(const struct sdp_format *a, const struct sdp_format *b);
/** Codec name of a media's n-th format, e.g. "PCMA", "opus" (rtpmap or static table); empty if
 * unknown. */
struct slice sdp_codec_name(const struct sdp_media *m, size_t nth);

/* Other formats for a media than it has. */
struct sdp_choice {
	struct sdp_format format[SDP_FORMATS_MAX];
	size_t n;
	bool others; /* not only some of its own: the length of packets is not its any more */
};

/* Another protocol for a media than it has, with keys of our own in place of the other side's. */
struct sdp_protection {
	struct slice proto;
	struct slice lines; /* whole ones: keys, or the way through the network; may be empty */
	bool apart; /* one of the two is a browser: what the other says of its packets' sources,
		       header extensions and bundle is not for this one */
	bool ice;
	struct slice bundled; /* its mid, when it is in a group with others; else empty */
};

struct sdp_rewrite_params {
	struct addr local;     /* our media address, port unused */
	struct addr elsewhere; /* media go there instead, and port says where; family 0: to us */
	uint64_t session_id;   /* ours, constant for the leg */
	uint64_t version;      /* grows when the text changes */
	uint16_t port[SDP_MEDIA_MAX]; /* our RTP port for each media; 0 = refused */
	const struct sdp_choice *choice[SDP_MEDIA_MAX];		/* NULL: its formats stay */
	const struct sdp_protection *protection[SDP_MEDIA_MAX]; /* NULL: as it is */
	bool sendrecv; /* leave out that one side holds: it is for somebody else */
	struct slice direction[SDP_MEDIA_MAX]; /* "sendonly", …; empty: as it is */
	struct slice session;		       /* whole lines more for the session */
};
/** Writes s with our o=, c= and ports; RTCP on port + 1. Lines that speak of
 *  addresses behind us (candidates, rtcp, rtcp-mux, ice-*, bundle groups, source-filter), or of
 *  keys by DTLS, which end with us, are left out, and everything but the m= line of a refused
 * media. */
void sdp_rewrite(struct buf *b, const struct sdp *s, const struct sdp_rewrite_params *p);
enum { SDP_CRYPTO_KEY_MAX = 48 };

/* A key of a media (RFC 4568). */
struct sdp_crypto {
	uint32_t tag;
	struct slice suite;
	unsigned char key[SDP_CRYPTO_KEY_MAX]; /* with its salt */
	size_t n_key;
};

/** RTP/SAVP or RTP/SAVPF. */
bool sdp_is_srtp(const struct sdp_media *m);
/** The next key that can be used of a media's text; others (of several with names, or with session
 *  parameters that change the packets) are skipped. False: no more. */
bool sdp_crypto_take(struct slice *text, struct sdp_crypto *out);
/** Writes its line. */
void sdp_crypto_write(struct buf *b, const struct sdp_crypto *c);

/** Writes those of m's formats that with has too, by codec name or, when unknown, by number:
 *  m's own numbers (RFC 3264, 6.1 lets each direction have its own). False: none but
 *  telephone-event and comfort noise. */
bool sdp_common_formats(const struct sdp_media *m, const struct sdp_media *with, struct buf *out);
/** Does an answer fit its offer: the same number and kinds of media, protocols alike,
 *  at least one format of each live media offered? ERR_CONFLICT if not (RFC 3264, 6). */
ERR_MUST_CHECK enum err sdp_answer_check(const struct sdp *offer, const struct sdp *answer);

#endif
