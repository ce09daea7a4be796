#include "base/err.h"

#include <errno.h>
#include <stddef.h>

static const struct {
	const char *name, *text;
} table[] = {
#define X(id, name, text) {name, text},
    ERR_TABLE(X)
#undef X
};

const char *
err_name(enum err e)
{
	return (size_t)e < sizeof table / sizeof table[0] ? table[e].name : "unknown";
}

const char *
err_text(enum err e)
{
	return (size_t)e < sizeof table / sizeof table[0] ? table[e].text : "unknown error";
}

enum err
err_from_errno(int errnum)
{
	switch (errnum) {
	case ENOMEM: return ERR_NOMEM;
	case EINVAL: return ERR_INVALID;
	case EACCES:
	case EPERM:
	case EROFS: return ERR_DENIED;
	case ENOENT: return ERR_NOT_FOUND;
	case EEXIST: return ERR_EXISTS;
	case EADDRINUSE:
	case EBUSY: return ERR_IN_USE;
	case ETIMEDOUT: return ERR_TIMEOUT;
	case EPIPE:
	case ECONNRESET: return ERR_CLOSED;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case EAGAIN: return ERR_LIMIT;
	case EMSGSIZE: return ERR_TOO_BIG;
	case ENOSPC:
	case EDQUOT:
	case EFBIG: return ERR_FULL;
	default: return ERR_IO;
	}
}
