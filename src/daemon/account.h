/*
 * The account strowgerd runs as (--user). Started as root it opens ports below 1024 as
 * root, but files as the account from the first one on, so that a later start as the
 * account itself finds everything its own.
 *
 * Main thread, before the others exist; account_become changes them all.
 */
#ifndef DAEMON_ACCOUNT_H
#define DAEMON_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

struct account {
	bool change; /* false: stay who we are, the functions do nothing */
	uid_t uid;
	gid_t gid;
	const char *name;
};

/** name NULL, or not started as root: no change. ERR_NOT_FOUND; why gets a sentence. */
ERR_MUST_CHECK enum err account_find(
    const char *name, struct account *out, char *why, size_t why_bytes);
/** Makes the directory the account's. */
ERR_MUST_CHECK enum err account_own(
    const struct account *a, const char *dir, char *why, size_t why_bytes);
/** Files made from here on are the account's … */
ERR_MUST_CHECK enum err account_borrow(const struct account *a, char *why, size_t why_bytes);
/** … until here: root again, for the ports. */
ERR_MUST_CHECK enum err account_return(const struct account *a, char *why, size_t why_bytes);
/** For good. Of root's capabilities the calling thread keeps CAP_NET_ADMIN, if it had it … */
ERR_MUST_CHECK enum err account_become(const struct account *a, char *why, size_t why_bytes);
/** … until here. Threads that were started in between keep it. */
void account_drop_capabilities(const struct account *a);

#endif
