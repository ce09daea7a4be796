/*
 * SIP passwords of phones (SEC-1). Two guidelines: secure asks for 16 characters, among them 3
 * small letters, 2 capitals and 2 digits; paranoid for 30 with 5 of each. What is generated
 * follows the guideline; what people enter is held against it, and against what guessers try
 * first: the phone's name, sequences, few different characters.
 */
#ifndef MODEL_SECRET_H
#define MODEL_SECRET_H

#include "model/model.h"

enum secret_policy { SECRET_SECURE, SECRET_PARANOID };

enum { SECRET_BYTES = 40 }; /* of a generated one, with its NUL */

/** "paranoid", else secure. */
enum secret_policy secret_policy_find(const char *name);
/** A random one: letters and digits without look-alikes. secure has 93 bits. */
void secret_generate(enum secret_policy policy, struct slice name, char out[SECRET_BYTES]);
/** What is wrong with it: a code for errors and notices, NULL if nothing. name: the phone's,
 *  may be empty. */
const char *secret_weakness(enum secret_policy policy, struct slice name, struct slice secret);
/** The same as an error of the field "secret". ERR_INVALID. */
ERR_MUST_CHECK enum err secret_check(
    enum secret_policy policy, struct slice name, struct slice secret, struct model_errors *errors);

#endif
