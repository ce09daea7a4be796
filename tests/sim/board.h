/*
 * The daemon's own switchboard alone on virtual time: whoever holds it feeds bytes from any
 * address over any transport, lets time pass, and sees all that is sent. The directory is the
 * caller's; media only counts ports; nothing is stored.
 */
#ifndef SIM_BOARD_H
#define SIM_BOARD_H

#include "daemon/switchboard.h"
#include "loop/sim.h"
#include "sim_media.h"
#include "sim_names.h"

enum { BOARD_KEPT_MAX = 256 };

struct board {
	struct sim *sim;
	struct sim_media media;
	struct switchboard *switchboard;
	/** Everything the switchboard sends; may feed. */
	void (*on_sent)(void *ctx, const struct sip_flow *flow, struct slice bytes);
	/** Something that must never happen. */
	void (*on_broken)(void *ctx, const char *what);
	void *ctx;
	uint32_t records_open;
	size_t static_bindings; /* of phones with an address of their own */
	size_t kept;		/* registrations on the imagined disk */
	uint8_t is_kept[BOARD_KEPT_MAX];
	struct sim_names names; /* hosts of lines */
	bool ending;		/* the switchboard is torn down: nothing more is judged */
};

/** on_sent, on_broken and ctx of b are set; dir is borrowed. */
ERR_MUST_CHECK enum err board_open(struct board *b, const struct directory *dir, uint64_t seed);
void board_close(struct board *b);
void board_feed(struct board *b, const struct sip_flow *flow, struct slice bytes);
void board_pass_ms(struct board *b, uint64_t ms);
/** Ends calls, takes the registrations of lines back and waits until everything must be over;
 *  on_broken when something is left. */
void board_check_empty(struct board *b);

#endif
