/*
 * What calls on lines cost. Each call through a line is charged by the line's rates
 * (directory/rates.h), for its record.
 *
 * The guard against toll fraud: minutes and charges of costly calls (routing/number_class.h) are
 * counted for each line and day. Each begun minute of a call counts when it begins, with what it
 * costs; at the end the call counts with what it did cost. When what the line may have is used up,
 * calls that run on it end, no others begin, and the administrator learns of it once a day.
 * Private to call/, but for call_spent (call.h).
 */
#ifndef CALL_SPENDING_H
#define CALL_SPENDING_H

#include "call/call_int.h"
#include "directory/rates.h"

/* Of a leg on a line; runs from its answer on. */
struct meter {
	struct leg *leg;
	struct timer minute; /* of a costly call */
	int64_t answered_at; /* ms since 1970; 0 = it does not run */
	struct rate rate;
	char currency[CURRENCY_BYTES]; /* "" = there is no rate for the number */
	uint32_t minutes;	       /* counted for the day */
	int64_t counted_micro;	       /* the same */
};

/** Nothing costly may begin on the line today. */
bool spending_is_over(struct call_switch *sw, int64_t line);
void meter_init(struct meter *m, struct leg *l);
/** The leg was answered. number: canonical; costly: its minutes are counted. */
void meter_start(struct meter *m, struct slice number, bool costly);
/** The leg leaves its line: what it cost is its call's. Harmless for one that does not run. */
void meter_stop(struct meter *m);
/** What the call has cost so far, with its legs that still run; "" = no rate was known. Amounts in
 *  another currency than the first are left out: a record has one. */
int64_t spending_of_call(const struct call *c, char currency[CURRENCY_BYTES]);
void spending_free(struct call_switch *sw);

#endif
