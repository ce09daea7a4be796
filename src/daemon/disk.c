#include "daemon/disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>

#include "base/log.h"

enum { DAY_MS = 24 * 3600 * 1000, FULL_SHARE = 4, HYSTERESIS_SHARE = 10 };

struct disk {
	struct disk_params p;
	char *dir;
	enum api_disk_state state;
	bool measured;
	int64_t told_at_ms;
};

enum err
disk_new(struct disk **out, const struct disk_params *p)
{
	struct disk *d = calloc(1, sizeof *d);

	if (!d)
		return ERR_NOMEM;
	d->p = *p;
	d->dir = strdup(p->dir ? p->dir : ".");
	if (!d->dir) {
		free(d);
		return ERR_NOMEM;
	}
	*out = d;
	return ERR_OK;
}

void
disk_free(struct disk *d)
{
	if (!d)
		return;
	free(d->dir);
	free(d);
}

enum api_disk_state
disk_state(const struct disk *d)
{
	return d->state;
}

/* What root keeps for itself is not free for us. */
static bool
measure(struct disk *d, struct api_disk *out)
{
	struct statvfs v;

	if (d->p.measure)
		return d->p.measure(d->p.ctx, &out->free_bytes, &out->total_bytes);
	if (statvfs(d->dir, &v) != 0)
		return false;
	out->free_bytes = (uint64_t)v.f_bavail * v.f_frsize;
	out->total_bytes = (uint64_t)v.f_blocks * v.f_frsize;
	return true;
}

/* Once below a limit, it takes a tenth more to come back. */
static bool
below(uint64_t free_bytes, uint64_t limit, bool was_below)
{
	return free_bytes < (was_below ? limit + limit / HYSTERESIS_SHARE : limit);
}

static enum api_disk_state
judge(const struct disk *d, const struct api_disk *m)
{
	if (below(m->free_bytes, m->limit_bytes / FULL_SHARE, d->state == API_DISK_FULL))
		return API_DISK_FULL;
	if (below(m->free_bytes, m->limit_bytes, d->state != API_DISK_OK))
		return API_DISK_LOW;
	return API_DISK_OK;
}

static void
tell(struct disk *d, const struct api_disk *m, int64_t now_ms)
{
	char free_mb[24], limit_mb[24];

	d->told_at_ms = now_ms;
	snprintf(free_mb, sizeof free_mb, "%llu", (unsigned long long)(m->free_bytes >> 20));
	snprintf(limit_mb, sizeof limit_mb, "%llu",
	    (unsigned long long)(m->limit_bytes / FULL_SHARE >> 20));
	log_warn(STORE, "only %s MB are free on the disk of %s", free_mb, d->dir);
	notify_say(d->p.notify, NOTICE_DISK_LOW,
	    (const char *const[NOTICE_ARGS_MAX]){free_mb, d->dir, limit_mb}, now_ms);
}

/* A start while it lasts is no news. */
static bool
was_told(struct disk *d, int64_t now_ms)
{
	int64_t last = 0;

	if (!d->measured && store_notice_latest(d->p.store, NOTICE_DISK_LOW, &last) == ERR_OK)
		d->told_at_ms = last;
	return d->told_at_ms && d->told_at_ms <= now_ms && now_ms - d->told_at_ms < DAY_MS;
}

void
disk_tick(struct disk *d, int64_t now_ms)
{
	struct settings settings;
	struct api_disk m = {0};
	enum api_disk_state before = d->state;

	if (store_settings(d->p.store, &settings) != ERR_OK || !measure(d, &m))
		return;
	m.limit_bytes = (uint64_t)settings.disk_free_mb << 20;
	m.state = d->state = judge(d, &m);
	if (d->state != API_DISK_OK &&
	    ((before == API_DISK_OK && d->measured) || !was_told(d, now_ms)))
		tell(d, &m, now_ms);
	if (d->state == API_DISK_OK && before != API_DISK_OK)
		log_info(STORE, "the disk has enough free space again");
	if ((d->state == API_DISK_FULL) != (before == API_DISK_FULL)) {
		log_warn(STORE, d->state == API_DISK_FULL ? "SIP traces are not stored any more"
							  : "SIP traces are stored again");
		trace_store_set_full(d->p.traces, d->state == API_DISK_FULL);
	}
	d->measured = true;
	if (d->p.api)
		api_on_disk(d->p.api, &m);
}
