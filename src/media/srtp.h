/*
 * Keys of encrypted streams (SRTP: RFC 3711, 6188, 7714), as they come from session descriptions.
 * Part of media.h's interface. Pure tables, any thread.
 */
#ifndef MEDIA_SRTP_H
#define MEDIA_SRTP_H

#include "base/slice.h"

enum media_suite {
	MEDIA_SUITE_NONE, /* not encrypted */
	/* best first: GCM costs a third of CM with SHA-1 */
	MEDIA_SUITE_GCM_128,
	MEDIA_SUITE_GCM_256,
	MEDIA_SUITE_CM_128_80,
	MEDIA_SUITE_CM_256_80,
	MEDIA_SUITE_CM_128_32,
	MEDIA_SUITE_CM_256_32,
	MEDIA_SUITES
};

enum { MEDIA_KEY_MAX = 46 };

/* A master key and its salt, as many bytes as the suite has. */
struct media_key {
	uint8_t suite; /* enum media_suite */
	unsigned char bytes[MEDIA_KEY_MAX];
};

/* Of one side of a stream: what comes from there, and what goes there. Both or none. */
struct media_protection {
	struct media_key in, out;
};

/** Its name in session descriptions (RFC 4568, 7714); empty for none. */
struct slice media_suite_name(enum media_suite suite);
/** MEDIA_SUITE_NONE: not ours. Upper and lower case are alike. */
enum media_suite media_suite_find(struct slice name);
/** Bytes of key and salt. */
size_t media_suite_key_bytes(enum media_suite suite);

#endif
