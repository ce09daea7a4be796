#include "store/sound_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"

void
sound_file_name(char out[VOICEMAIL_FILE_BYTES])
{
	struct rng rng;
	struct buf b;

	rng_init_system(&rng);
	buf_init(&b, out, VOICEMAIL_FILE_BYTES - 1);
	rng_token(&rng, &b, VOICEMAIL_FILE_BYTES - 1);
	out[b.n] = '\0';
}

enum err
sound_folder_make(const char *data_dir, const char *folder)
{
	const char *end = folder;
	char path[PATH_MAX];

	while (*end) {
		end = strchr(end + 1, '/');
		if (!end)
			end = folder + strlen(folder);
		if (snprintf(path, sizeof path, "%s/%.*s", data_dir, (int)(end - folder), folder) >=
		    (int)sizeof path)
			return ERR_TOO_BIG;
		if (mkdir(path, 0750) != 0 && errno != EEXIST)
			return err_from_errno(errno);
	}
	return ERR_OK;
}

enum err
sound_folder_sync(const char *file_path)
{
	const char *slash = strrchr(file_path, '/');
	char path[PATH_MAX];
	enum err e = ERR_OK;
	int fd;

	if (!slash || snprintf(path, sizeof path, "%.*s", (int)(slash - file_path), file_path) >=
			  (int)sizeof path)
		return ERR_TOO_BIG;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fsync(fd) != 0)
		e = err_from_errno(errno);
	if (fd >= 0)
		close(fd);
	return e;
}

void
sound_folder_sweep(const char *data_dir, const char *folder, time_t older_than,
    bool (*is_known)(void *ctx, const char *name), void *ctx)
{
	char path[PATH_MAX];
	const struct dirent *entry;
	DIR *dir;

	if (snprintf(path, sizeof path, "%s/%s", data_dir, folder) >= (int)sizeof path)
		return;
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		struct stat st;

		if (fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(st.st_mode) && st.st_mtime <= older_than &&
		    !is_known(ctx, entry->d_name))
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	if (dir)
		closedir(dir);
}
