/* Private to the import. */
#ifndef STORE_IMPORT_INT_H
#define STORE_IMPORT_INT_H

#include "store/store_int.h"

enum { IMPORT_ERRORS_MAX = 100 };

struct import {
	struct store *s;
	const struct store_import_params *params;
	json_t *file;	 /* our copy, with numbers joined */
	json_t *seen;	 /* {section: {key: null}} */
	json_t *numbers; /* {number: item} of all wanted numbers */
	json_t *errors;
	bool numbers_given;
	int64_t created, updated, unchanged, deleted;
};

/* Is there an enabled administrator? */
enum err import_has_admin(struct db *db, bool *out);
/* In an open transaction, for the log of changes: brings back what export_for_undo wrote, and adds
 * the first fault to errors (ERR_INVALID). Hashes are in there, no passwords: it is not slow. The
 * rules that span entities are the caller's, and cost a look at everything. */
enum err import_undo(struct store *s, const json_t *file, struct model_errors *errors);
/* Is there a row with the natural key of this entry of a file? */
enum err import_is_there(
    struct store *s, const struct model_entity *e, const json_t *entry, bool *there);
/* Adds a fault to the report; field may be NULL. */
void import_error(struct import *im, const char *section, const char *key, const char *field,
    const char *code, const char *message);
/* Leaves in values what differs from the row before. */
void import_keep_changed(const json_t *before, json_t *values);
/* Takes away the blanks around natural keys. */
void import_trim_names(struct import *im);
/* Moves the numbers named by users into the section of numbers. */
void import_join_numbers(struct import *im);
/* A plain password becomes its hash; the present one if that fits. It counts more than a hash
 * beside it. Slow: argon2. */
enum err import_hash_passwords(struct import *im);
/* The PIN of a user (model/pin.h) in values becomes its hash; the one of before (may be NULL) stays
 * when it fits. */
enum err import_hash_pins(const struct model_entity *e, const json_t *before, json_t *values);

#endif
