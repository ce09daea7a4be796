/* What the files about session descriptions share: lines. Private to sip/. */
#ifndef SIP_SDP_INT_H
#define SIP_SDP_INT_H

#include "sip/sdp.h"

struct sdp_line {
	char type;	    /* 'm' of "m=audio …" */
	struct slice value; /* after the '=' */
};

enum sdp_line_step { SDP_LINE_END, SDP_LINE_FOUND, SDP_LINE_BAD };

/** Eats one "x=value" line with its CR LF or LF. Blank lines may only end the text. */
enum sdp_line_step sdp_line_take(struct slice *rest, struct sdp_line *line);
/** Eats a word and the blanks behind it; empty at the end. */
struct slice sdp_word_take(struct slice *s);
/** "rtpmap" of an a= line's value, "sendonly" too; *value gets what follows the ':'. */
struct slice sdp_attribute(struct slice line_value, struct slice *value);

#endif
