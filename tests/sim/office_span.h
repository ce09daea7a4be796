/*
 * How long the simulated office lives at a time, and how much befalls it: a day is short and busy,
 * a week has pauses in which what was registered, subscribed to or promised has to be refreshed, or
 * expires.
 */
#ifndef SIM_OFFICE_SPAN_H
#define SIM_OFFICE_SPAN_H

#include <stdbool.h>
#include <stdint.h>

/* It befalls one office in so many: some time within within_ms, once or again and again. */
struct office_mishap {
	uint32_t one_in, within_ms;
	bool again;
};

struct office_span {
	const char *name;		 /* of one */
	uint32_t ms;			 /* calls begin, if there are any left */
	uint32_t calls, calls_spread;	 /* at least; below so many more */
	uint32_t gap_ms;		 /* a call begins so soon after another … */
	uint32_t pause_one_in, pause_ms; /* … but after one in so many (0: none) there is a pause */
	struct office_mishap crash, clock, outage, admin;
	uint32_t desk_one_in; /* has a database, which takes its time */
	uint32_t register_s, watch_s;
	uint32_t off_ms; /* a phone that somebody switches off stays so, at most; 0: for good */
	/* Behind it all must be over: 200 s of talk, 2 * 64*T1, expiry, failed calls that may be
	 * completed. */
	uint32_t silence_ms;
	/* What is other than in office_config, as an import file; NULL: nothing. */
	const char *config;
	uint32_t many; /* so many of them have seen everything */
};

extern const struct office_span office_day, office_week;

#endif
