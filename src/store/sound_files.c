#include "store/sound_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/random.h"
#include "store/store_int.h"

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

bool
sound_file_path(char path[PATH_MAX], const char *data_dir, const char *folder, const char *file)
{
	struct buf b;

	buf_init(&b, path, PATH_MAX - 1);
	buf_printf(&b, "%s/", data_dir);
	voicemail_write_path(&b, folder, file);
	path[b.n] = '\0';
	return buf_ok(&b);
}

bool
sound_file_is_there(const char *data_dir, const char *folder, const char *file)
{
	char path[PATH_MAX];

	return sound_file_path(path, data_dir, folder, file) && access(path, R_OK) == 0;
}

void
sound_file_remove(const char *data_dir, const char *folder, const char *file)
{
	char path[PATH_MAX];

	if (sound_file_path(path, data_dir, folder, file) && unlink(path) != 0 && errno != ENOENT)
		log_warn(STORE, "a sound file stays: %s", strerror(errno));
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

struct rows {
	struct db *db;
	const char *sql;
};

/* When in doubt it stays. */
static bool
has_row(void *ctx, const char *name)
{
	const struct rows *r = ctx;
	const char *dot = strrchr(name, '.');
	struct stmt *st;
	bool row = false;
	enum err e;

	if (!dot || strcmp(dot, ".wav") != 0 || dot - name != VOICEMAIL_FILE_BYTES - 1)
		return false;
	e = db_prepare(r->db, r->sql, &st);
	if (e != ERR_OK)
		return true;
	stmt_text(st, 1, slice_make(name, (size_t)(dot - name)));
	e = stmt_step(st, &row);
	stmt_done(st);
	return e != ERR_OK || row;
}

enum err
sound_rows_sweep(
    struct store *s, const char *data_dir, const char *folder, time_t older_than, const char *sql)
{
	struct rows r = {.sql = sql};
	enum err e = store_read_begin(s, &r.db);

	if (e != ERR_OK)
		return e;
	sound_folder_sweep(data_dir, folder, older_than, has_row, &r);
	store_read_end(s, r.db);
	return ERR_OK;
}
