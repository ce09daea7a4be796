/* A trunk with one or two lines for the office: each leads to a provider's phone of its own. */
#ifndef TESTS_TWO_LINES_H
#define TESTS_TWO_LINES_H

#include "office.h"

struct two_lines {
	struct office *office;
	struct ua *phone[2]; /* of the line that is called one, and of any other */
	int taken, taken_max;
	struct call_line_call asked; /* the last call; its texts are copies */
	char asked_text[3][64];
	const char *down;    /* a line that has no free call */
	const char *account; /* whom From names; NULL: the number that is shown */
};

/** All free; one office at a time. The operations are for office_open_with. */
const struct call_line_ops *two_lines_new(struct two_lines *lines, struct office *o);

#endif
