/* Private to store/. */
#ifndef STORE_LICENCE_INT_H
#define STORE_LICENCE_INT_H

#include "store/licence.h"
#include "store/store_int.h"

/* Checks the text of a licence in values and sets there what it says; does nothing when values have
 * none. ERR_INVALID with a sentence for people. */
enum err licence_derive(struct store *s, json_t *values, struct model_errors *errors);
/* In the transaction, before a row is made: ERR_CONFLICT when all seats for its entity are taken.
 */
enum err licence_seat(struct db *db, const struct model_entity *e, struct model_errors *errors);
void licence_key_free(struct store *s);

#endif
