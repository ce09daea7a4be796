/*
 * Function keys of users (USR-10, USR-11): what each type needs, shows and does, in one table. A
 * further type is a row of it; its source of a state, or what pressing does, is one more value of
 * the enums below when there is none yet that fits.
 *
 * The entity is model_function_key. Constant tables; any thread. Who computes states and carries
 * out what a press means is api/.
 */
#ifndef MODEL_FUNCTION_KEYS_H
#define MODEL_FUNCTION_KEYS_H

#include <stdbool.h>

#include "model/rights.h"

enum key_target {
	KEY_TARGET_NONE,
	KEY_TARGET_PARTY,      /* target_user or target_group */
	KEY_TARGET_NUMBER,     /* number */
	KEY_TARGET_GROUPS,     /* groups: one or several */
	KEY_TARGET_REDIRECTED, /* redirected: one or several numbers, and trigger */
	KEY_TARGET_TRIGGER,    /* trigger */
	KEY_TARGET_ORBIT,      /* orbit: 00 to 99 */
};

/* Where the state comes from. */
enum key_source {
	KEY_SOURCE_NONE,
	KEY_SOURCE_TELEPHONY,  /* calls of the target, with his own marks */
	KEY_SOURCE_DND,	       /* of the key's user */
	KEY_SOURCE_COMPLETION, /* of the key's user */
	KEY_SOURCE_MEMBERSHIP, /* on: logged on to all groups of the key */
	KEY_SOURCE_REDIRECTED, /* on: one of the key's numbers is redirected */
	KEY_SOURCE_ORBIT,      /* on: a call waits there */
};

enum key_action {
	KEY_ACTION_NONE,
	KEY_ACTION_PARTY, /* calls the target, or takes over what rings there */
	KEY_ACTION_DIAL,  /* the number */
	KEY_ACTION_DND,
	KEY_ACTION_MEMBERSHIP,
	KEY_ACTION_COMPLETION,
	KEY_ACTION_REDIRECT,
	KEY_ACTION_ORBIT, /* fetches who waits, or parks the call that is talked in */
};

/* id, name, target, once for a user, source, action, the right that pressing takes besides "fkey"
 * (FKEY: none), label. Names are stored: do not change them. */
#define KEY_TYPES(X)                                                                               \
	X(BLF, "blf", PARTY, false, TELEPHONY, PARTY, FKEY, "Busy lamp field")                     \
	X(SPEED_DIAL, "speed_dial", NUMBER, false, NONE, DIAL, FKEY, "Speed dial")                 \
	X(GROUP, "group", GROUPS, false, MEMBERSHIP, MEMBERSHIP, FKEY, "Group log-on")             \
	X(REDIRECT, "redirect", REDIRECTED, false, REDIRECTED, REDIRECT, REDIRECT, "Redirection")  \
	X(REDIRECT_ALL, "redirect_all", TRIGGER, false, REDIRECTED, REDIRECT, REDIRECT,            \
	    "Redirection of all numbers")                                                          \
	X(ORBIT, "orbit", ORBIT, false, ORBIT, ORBIT, FKEY, "Park and orbit")                      \
	X(DND, "dnd", NONE, true, DND, DND, REDIRECT, "Do not disturb")                            \
	X(COMPLETION, "call_completion", NONE, true, COMPLETION, COMPLETION, FKEY,                 \
	    "Call completion")                                                                     \
	X(LABEL, "label", NONE, false, NONE, NONE, FKEY, "Empty key")                              \
	X(SEPARATOR, "separator", NONE, false, NONE, NONE, FKEY, "Separator")

enum key_type_id {
#define KEY_ID(id, ...) KEY_##id,
	KEY_TYPES(KEY_ID)
#undef KEY_ID
	    KEY_TYPES_N
};

struct key_type {
	const char *name, *label;
	enum key_target target;
	bool once;
	enum key_source source;
	enum key_action action;
	enum right right;
};

enum {
	KEYS_PER_USER_MAX = 200,
	KEY_COLUMNS_MAX = 8,
	KEY_LABEL_CHARS = 40,
};

/** NULL: there is none of this name. */
const struct key_type *key_type_find(const char *name);

#endif
