/* A trunk with two lines for the office: each leads to a provider's phone of its own. */
#ifndef TESTS_TWO_LINES_H
#define TESTS_TWO_LINES_H

#include "office.h"

struct two_lines {
	struct office *office;
	struct ua *phone[2]; /* of the lines that are called one and two */
	int taken, taken_max;
	bool hidden;	  /* of the last call: the caller does not want to be shown */
	const char *down; /* a line that has no free call */
};

/** All free; one office at a time. The operations are for office_open_with. */
const struct call_line_ops *two_lines_new(struct two_lines *lines, struct office *o);

#endif
