#include "daemon/account.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum err
done(bool ok, const struct account *a, char *why, size_t why_bytes)
{
	if (ok)
		return ERR_OK;
	snprintf(why, why_bytes, "cannot work as '%s': %s", a->name, strerror(errno));
	return ERR_DENIED;
}

enum err
account_find(const char *name, struct account *out, char *why, size_t why_bytes)
{
	const struct passwd *pw = name ? getpwnam(name) : NULL;

	if (name && !pw) {
		snprintf(why, why_bytes, "there is no account '%s' (--user)", name);
		return ERR_NOT_FOUND;
	}
	*out = (struct account){.change = pw && geteuid() == 0, .name = name};
	if (pw) {
		out->uid = pw->pw_uid;
		out->gid = pw->pw_gid;
	}
	return ERR_OK;
}

enum err
account_own(const struct account *a, const char *dir, char *why, size_t why_bytes)
{
	return done(!a->change || chown(dir, a->uid, a->gid) == 0, a, why, why_bytes);
}

enum err
account_borrow(const struct account *a, char *why, size_t why_bytes)
{
	return done(
	    !a->change || (setegid(a->gid) == 0 && seteuid(a->uid) == 0), a, why, why_bytes);
}

enum err
account_return(const struct account *a, char *why, size_t why_bytes)
{
	return done(!a->change || (seteuid(0) == 0 && setegid(0) == 0), a, why, why_bytes);
}

enum err
account_become(const struct account *a, char *why, size_t why_bytes)
{
	return done(!a->change || (initgroups(a->name, a->gid) == 0 && setgid(a->gid) == 0 &&
				      setuid(a->uid) == 0),
	    a, why, why_bytes);
}
