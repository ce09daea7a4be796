/*
 * Who may be rung by whom, and speak with whom, as people in the simulated office have it: what
 * phones did is noted, and what the switch makes of it is compared with that.
 */
#ifndef SIM_OFFICE_TALK_H
#define SIM_OFFICE_TALK_H

#include "call/call.h"

struct office;

/* A call by the id that both its legs have. */
struct talk_call {
	char id[CALL_ID_BYTES];
	const char *dialled; /* NULL: nobody dialled it */
	uint64_t dialled_ms;
	bool moves; /* somebody has given it away, or wanted to */
};

struct office_talk {
	struct talk_call *call;
	size_t n, max;
	uint64_t picked_ms; /* when somebody last dialled *8, 0 = never */
	uint64_t looked;    /* voices of two phones that were compared */
};

/* As phone_ops; ctx is the office. */
void talk_on_dials(void *ctx, const char *number, struct slice sip_call_id);
void talk_on_moves(void *ctx, struct slice sip_call_id);
void talk_on_asked(void *ctx, const char *phone, struct slice sip_call_id);
/** When the call with this id was dialled; 0: by nobody. */
uint64_t talk_dialled_ms(const struct office *o, const char *id);
void talk_close(struct office *o);
/** Voices of two phones meet only in one call, or where somebody has joined two. */
void talk_inspect(struct office *o);

#endif
