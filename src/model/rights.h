/*
 * Rights of a person (USR-13), declared once: checks, defaults, the API's table of routes, the page
 * and files take them from here. NAME is the word in JSON; a column of an import is NAME_perm.
 *
 * A user has the list "rights" and, as the one right that rules and log-ins ask for, the boolean
 * "admin". The defaults of new accounts are in the settings (default_rights). Constant tables;
 * any thread.
 */
#ifndef MODEL_RIGHTS_H
#define MODEL_RIGHTS_H

#include <jansson.h>
#include <stdint.h>

/* ON: a new account has it unless the settings say otherwise. APART: not in the list of a user.
 * Names are stored: do not change them. */
#define RIGHTS(ON, OFF, APART)                                                                     \
	ON(FKEY, "fkey", "Function keys")                                                          \
	ON(FKEY_FORWARD, "fkey_shw_fwd_state", "Function keys show redirection")                   \
	ON(FKEY_CHAT, "fkey_shw_im_call", "Function keys show chat status")                        \
	ON(FKEY_INCOMING, "fkey_shw_inc_call", "Function keys show who calls")                     \
	OFF(FKEY_TALKING, "fkey_shw_act_call", "Function keys show who is talked to")              \
	ON(FAX, "fax", "Fax")                                                                      \
	ON(REDIRECT, "redirect", "Redirect and do not disturb")                                    \
	ON(SETTING, "setting", "Own data and preferences")                                         \
	ON(IFMC_USE, "ifmc_use", "Use a mobile telephone as extension")                            \
	ON(IFMC_EDIT, "ifmc_edit", "Change the mobile telephone")                                  \
	ON(CALLLIST, "calllist", "Call list")                                                      \
	ON(ADDRESS, "address", "Directory")                                                        \
	ON(VOICE, "voice", "Voicemail")                                                            \
	ON(LOGIN, "login", "Log in to telephones")                                                 \
	ON(CONFERENCE, "conference", "Conferences")                                                \
	APART(ADMIN, "admin", "Administration")                                                    \
	ON(CALLMAN, "callman", "Call manager")

enum right {
#define RIGHT_ID(id, name, label) RIGHT_##id,
	RIGHTS(RIGHT_ID, RIGHT_ID, RIGHT_ID)
#undef RIGHT_ID
	    RIGHTS_N
};

#define RIGHT_BIT(id) (1u << RIGHT_##id)

enum { RIGHTS_ALL = (1u << RIGHTS_N) - 1 };

/* As a field of a table names its choices: "fkey|fax|". */
#define RIGHT_CHOICE(id, name, label) name "|"
#define RIGHT_NONE(id, name, label)
#define RIGHT_CHOICES                                                                              \
	RIGHTS(RIGHT_CHOICE, RIGHT_CHOICE, RIGHT_NONE) /* of a user: admin is apart                \
							*/
#define RIGHT_CHOICES_ALL RIGHTS(RIGHT_CHOICE, RIGHT_CHOICE, RIGHT_CHOICE)
#define RIGHT_DEFAULTS	  RIGHTS(RIGHT_CHOICE, RIGHT_NONE, RIGHT_NONE)

const char *right_name(enum right r);
/** English, for people. */
const char *right_label(enum right r);
/** Bits of a list of names; unknown ones count nothing. */
uint32_t rights_of_list(const json_t *names);
/** Bits of a user's row: its list, and admin. */
uint32_t rights_of_user(const json_t *user);
/** The list of their names; new reference, NULL out of memory. */
json_t *rights_json(uint32_t rights);

#endif
