/*
 * How good a voice sounded, from what the network did to it: the E-model of ITU-T G.107 with the
 * codecs' values of G.113, as a mean opinion score. Pure.
 */
#ifndef MEDIA_QUALITY_H
#define MEDIA_QUALITY_H

#include "base/slice.h"

enum {
	QUALITY_PACKETS_MIN = 50, /* fewer are no voice to judge: a second */
	QUALITY_GOOD_X100 = 400,  /* nobody complains */
	QUALITY_FAIR_X100 = 360,  /* some do; below it many */
};

struct quality_heard {
	uint64_t packets, lost; /* arrived, and lost on the way */
	uint32_t jitter_us;
	uint32_t network_us; /* one way, from mouth to ear without what phones add; 0 = not known */
};

/** MOS × 100, from 100 to 441; 0: too little was heard. codec: name as in SDP, or two with
 *  a '/' between them when the voice was translated; an unknown one counts as G.711. */
uint32_t quality_mos_x100(struct slice codec, const struct quality_heard *h);

#endif
