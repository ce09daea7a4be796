/*
 * The guard against toll fraud: minutes of costly calls (routing/number_class.h) are counted for
 * each line and day. Each begun minute of a call counts when it begins. When those that the line
 * may have are used up, calls that run on it end, no others begin, and the administrator learns
 * of it once a day. Private to call/, but for call_spent (call.h).
 */
#ifndef CALL_SPENDING_H
#define CALL_SPENDING_H

#include "call/call_int.h"

/** Nothing costly may begin on the line today. */
bool spending_is_over(struct call_switch *sw, int64_t line);
/** The leg was answered: its minutes are counted on *meter from now on, if the number is costly.
 *  meter: initialised with spending_on_meter. */
void spending_begin(struct leg *l, struct timer *meter);
/** Counts one more minute for the leg on the line; ends its call when there is none left. */
void spending_charge(struct leg *l, struct timer *meter);
void spending_free(struct call_switch *sw);

#endif
