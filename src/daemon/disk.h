/*
 * The disk monitor: how much is free on the file system of the data directory. Below the setting
 * disk_free_mb the first administrator is told (notice and mail), once when it happens and again
 * each day that it lasts; it is over with a tenth more. Below a quarter of it the trace store
 * gives half of its place back and stores nothing more, so that the database keeps what it needs.
 * Calls go on in any case.
 *
 * Management thread. Borrows all it is given.
 */
#ifndef DAEMON_DISK_H
#define DAEMON_DISK_H

#include "api/api.h"
#include "security/notify.h"
#include "store/trace_store.h"

struct disk;

struct disk_params {
	const char *dir;
	struct store *store;
	struct trace_store *traces;
	struct notify *notify;
	struct api *api; /* NULL none */
	/* For tests: the bytes of a file system; NULL = statvfs(3). False: not known. */
	bool (*measure)(void *ctx, uint64_t *free_bytes, uint64_t *total_bytes);
	void *ctx;
};

ERR_MUST_CHECK enum err disk_new(struct disk **out, const struct disk_params *p);
/** NULL is fine. */
void disk_free(struct disk *d);
/** Now and then, ten seconds apart or so. */
void disk_tick(struct disk *d, int64_t now_ms);
enum api_disk_state disk_state(const struct disk *d);

#endif
