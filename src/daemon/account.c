#include "daemon/account.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"

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

/* This thread's capabilities become those of mask that it has. glibc has no call for this. */
static void
limit_capabilities(uint64_t mask)
{
	struct __user_cap_header_struct h = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct d[2] = {0};

	if (syscall(SYS_capget, &h, d) != 0)
		return; /* then setuid has taken them all */
	for (int i = 0; i < 2; i++) {
		d[i].permitted &= (uint32_t)(mask >> (32 * i));
		d[i].effective = d[i].permitted;
		d[i].inheritable = 0;
	}
	if (syscall(SYS_capset, &h, d) != 0)
		log_warn(DAEMON, "capabilities cannot be given up: %s", strerror(errno));
}

enum err
account_become(const struct account *a, char *why, size_t why_bytes)
{
	bool ok =
	    !a->change || (initgroups(a->name, a->gid) == 0 && setgid(a->gid) == 0 &&
			      prctl(PR_SET_KEEPCAPS, 1L, 0L, 0L, 0L) == 0 && setuid(a->uid) == 0);

	if (ok && a->change)
		limit_capabilities(1ull << CAP_NET_ADMIN);
	return done(ok, a, why, why_bytes);
}

void
account_drop_capabilities(const struct account *a)
{
	if (a->change)
		limit_capabilities(0);
}
