#include "store/data_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

enum err
data_file_open(const char *path, int *fd, off_t *bytes)
{
	struct stat st;

	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd < 0)
		return err_from_errno(errno);
	if (flock(*fd, LOCK_EX | LOCK_NB) != 0)
		return errno == EWOULDBLOCK ? ERR_IN_USE : err_from_errno(errno);
	if (fstat(*fd, &st) != 0)
		return err_from_errno(errno);
	*bytes = st.st_size;
	return ERR_OK;
}

enum err
data_file_replace(const char *path, int *fd, off_t *bytes)
{
	char aside[4096];

	if ((size_t)snprintf(aside, sizeof aside, "%s.old", path) >= sizeof aside)
		return ERR_TOO_BIG;
	if (rename(path, aside) != 0)
		return err_from_errno(errno);
	log_warn(STORE, "%s has another format and was moved to %s", path, aside);
	close(*fd);
	return data_file_open(path, fd, bytes);
}

void
data_file_explain(const char *what, const char *path, enum err e, char *why, size_t why_bytes)
{
	snprintf(why, why_bytes, "%s %s cannot be opened: %s.", what, path,
	    e == ERR_IN_USE ? "another strowgerd uses it" : err_text(e));
}
