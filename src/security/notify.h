/*
 * security/notify - tells people: a notice in the database (web page, command line, event
 * stream), and a mail to the first administrator in the store's queue.
 *
 * New blocked addresses (SEC-3): the first one at once, what follows within ten minutes together.
 * SIP passwords that do not follow the guideline (SEC-2): looked for every password_check_days
 * days. No password ever leaves the store.
 *
 * Management thread. Borrows the store.
 */
#ifndef SECURITY_NOTIFY_H
#define SECURITY_NOTIFY_H

#include "model/live.h"
#include "model/pin.h"
#include "security/blacklist.h"

struct notify;

ERR_MUST_CHECK enum err notify_new(struct notify **out, struct store *store);
/** NULL is fine. */
void notify_free(struct notify *n);
/** What the guard reported; renewals and unblocks are not worth a notice. */
void notify_on_report(struct notify *n, const struct guard_report *r);
/** Now and then, a minute apart or less: says what waits, and looks for weak passwords. */
void notify_tick(struct notify *n, int64_t now_ms);

/** A line has nothing left for costly calls today. */
void notify_spent(struct notify *n, const struct live_spent *s);
/** A phone has dialled too many wrong PINs. */
void notify_pin_locked(struct notify *n, const struct pin_locked *l);
/** LIN-6: an emergency call begins. */
void notify_emergency(struct notify *n, const struct live_emergency *e);
/** A notice, and a mail to the first administrator. */
void notify_say(
    struct notify *n, enum notice notice, const char *const args[NOTICE_ARGS_MAX], int64_t now_ms);

#endif
