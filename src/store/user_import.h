/*
 * Users from a table and to one (USR-2): the columns login, firstname, lastname, external,
 * internal, mail, password, and NAME_perm for each right of model/rights.h.
 *
 * A file is read once (user_import_read) and then run any number of times: as a dry run that only
 * says what each row would do, and for good, in one transaction. Rows with faults are marked and
 * left out; whether the others come in nevertheless is the caller's choice. What is allowed and
 * what a fault is follows from the same functions that write single users.
 *
 * The columns that a file has are set, others stay as they are. An empty password stays too. An
 * empty right is a denial when any of the row is filled; all empty are the defaults. external and
 * internal name all numbers of a user: what a row no longer names becomes free.
 *
 * One thread at a time works on a struct user_import; progress is for any thread.
 */
#ifndef STORE_USER_IMPORT_H
#define STORE_USER_IMPORT_H

#include <stdatomic.h>
#include <stdio.h>

#include "store/store.h"

enum { USER_IMPORT_ROWS_MAX = 50000 };

enum user_import_action {
	USER_IMPORT_FAULT,
	USER_IMPORT_CREATE,
	USER_IMPORT_UPDATE,
	USER_IMPORT_UNCHANGED
};

struct user_import;

struct user_import_params {
	bool dry_run;	 /* mark the rows, change nothing */
	bool only_valid; /* rows with faults do not stop the others */
	bool mail;	 /* tell people their access data */
};

enum user_import_phase { USER_IMPORT_HASHING, USER_IMPORT_WRITING };

struct user_import_progress {
	atomic_bool cancel; /* by the caller; the run ends with ERR_CLOSED, nothing is changed */
	_Atomic enum user_import_phase phase;
	atomic_uint done, total; /* rows of this phase */
	/* Now and then, from several threads. */
	void (*moved)(void *ctx);
	void *ctx;
};

struct user_import_counts {
	uint32_t rows, created, updated, unchanged, faulty;
};

/** Reads n bytes; both they (malloc'd) and the result are the import's from ERR_OK on. ERR_INVALID
 *  with an error: no table of users at all. */
ERR_MUST_CHECK enum err user_import_read(
    char *bytes, size_t n, struct user_import **out, struct model_errors *errors);
/** Passwords do not stay in freed memory. NULL is fine. */
void user_import_free(struct user_import *im);
/** ',' or ';'. */
char user_import_separator(const struct user_import *im);
/** The file was no UTF-8, so it was taken for Windows-1252. */
bool user_import_was_windows_1252(const struct user_import *im);
/** One page of the rows, or of those with faults: [{line, action, login, firstname, lastname,
 *  external, internal, mail, password, errors: [{field, code, message}]}]. password: whether there
 * is one. New reference, NULL out of memory. */
json_t *user_import_rows(
    const struct user_import *im, bool faulty, size_t first, size_t max, size_t *total);

/**
 * Marks each row; without dry_run changes the users, all in one transaction. Passwords are hashed
 * before it, on all cores (argon2id, some 20 ms each). Rows that an earlier run has found faulty
 * are left out. ERR_INVALID: rows are faulty and only_valid is not set, nothing was changed.
 * ERR_CLOSED: cancelled.
 */
ERR_MUST_CHECK enum err store_user_import(struct store *s, struct user_import *im,
    const struct user_import_params *params, struct user_import_progress *progress,
    struct user_import_counts *counts);

/** All users that q finds (its page and order do not count) as a file that can be imported, without
 * passwords. Memory does not grow with it. */
ERR_MUST_CHECK enum err store_user_export(
    struct store *s, const struct store_query *q, FILE *out, struct model_errors *errors);
/** A file with the names of the columns and one example row. */
ERR_MUST_CHECK enum err user_import_template(FILE *out);

#endif
