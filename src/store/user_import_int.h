/* Private to the import of users. */
#ifndef STORE_USER_IMPORT_INT_H
#define STORE_USER_IMPORT_INT_H

#include "model/rights.h"
#include "store/store_int.h"
#include "store/user_import.h"

struct user_row {
	uint32_t line;
	enum user_import_action action;
	bool same_password; /* the one that the user has */
	bool default_rights;
	char *hash;		     /* of the password; NULL none yet */
	json_t *in;		     /* as the API would get it, with the plain password */
	json_t *internal, *external; /* lists of texts; NULL: no such column */
	json_t *errors;		     /* NULL none */
};

struct user_import {
	char *bytes;
	size_t bytes_n;
	char separator;
	bool windows_1252;
	struct user_row *rows;
	size_t count;
};

/* The columns before those of the rights. */
enum user_column {
	COLUMN_LOGIN,
	COLUMN_FIRST,
	COLUMN_LAST,
	COLUMN_EXTERNAL,
	COLUMN_INTERNAL,
	COLUMN_MAIL,
	COLUMN_PASSWORD,
	COLUMN_RIGHTS, /* the first of them */
};

enum { USER_COLUMNS = COLUMN_RIGHTS + RIGHTS_N };

/* Name of a column; text is used for those of the rights. */
const char *user_column_name(size_t column, char text[40]);
/* The fault gets the name of the column that the field of the model stands in. */
void user_row_fault(struct user_row *row, const char *field, const char *code, const char *message);
/* Hashes what is not hashed yet. ERR_CLOSED: cancelled. */
enum err user_import_hash(
    struct store *s, struct user_import *im, struct user_import_progress *progress);
void user_import_moved(struct user_import_progress *progress);

#endif
