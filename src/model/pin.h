/*
 * PINs that are dialled (RTG-2): four to twenty digits. What is stored is HMAC-SHA-256 with a salt
 * of its own as the key, "pin1$salt$digest" in hex. That is fast on purpose: the PIN comes with a
 * call, and signalling must not stand still for it as argon2 would make it. Nor would a slow hash
 * help much: so few digits are guessed from any stored form. What protects a PIN is that the
 * database is read by nobody, and that wrong ones are counted (call/pin.h).
 *
 * Pure functions, any thread; pin_hash draws random numbers of the system.
 */
#ifndef MODEL_PIN_H
#define MODEL_PIN_H

#include "model/live.h"

enum { PIN_LOCK_MS = 3600 * 1000 };

/* A phone has dialled so many wrong PINs that it may use none for PIN_LOCK_MS. */
struct pin_locked {
	int64_t at; /* ms since 1970 */
	char phone[LIVE_PHONE_BYTES];
	uint32_t wrong;
};

enum { PIN_DIGITS_MIN = 4, PIN_DIGITS_MAX = 20, PIN_HASH_BYTES = 104 };

ERR_MUST_CHECK enum err pin_hash(struct slice pin, char out[PIN_HASH_BYTES]);
/** False too for what is no hash of ours. Takes the same time for every PIN that is wrong. */
bool pin_fits(struct slice hash, struct slice pin);
/** The form alone. */
bool pin_hash_ok(const char *hash);

#endif
