/*
 * The support bundle: what somebody needs who is to help, in one .tar file (POSIX ustar). Logs,
 * status, figures, settings without secrets; SIP traces only when asked for (traces=1), with their
 * secrets crossed out. It is made in memory, so that a full disk does not prevent it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "api/api_int.h"
#include "loop/loop.h"

enum { BLOCK = 512, BUNDLE_BYTES_MAX = 128 << 20, COPY_BYTES = 64 << 10 };

struct bundle {
	int fd;
	uint64_t bytes;
	bool failed;
};

static void
put(struct bundle *b, const void *p, size_t n)
{
	for (size_t done = 0; done < n && !b->failed;) {
		ssize_t w = write(b->fd, (const char *)p + done, n - done);

		b->failed = w <= 0;
		if (w > 0)
			done += (size_t)w;
	}
	b->bytes += n;
}

static void
put_padding(struct bundle *b)
{
	static const char zeros[BLOCK];

	put(b, zeros, (BLOCK - b->bytes % BLOCK) % BLOCK);
}

/* Eleven digits and a NUL. */
static void
put_octal(char *at, uint64_t v)
{
	for (int i = 10; i >= 0; i--, v >>= 3)
		at[i] = (char)('0' + (v & 7));
}

static void
put_head(struct bundle *b, const char *name, uint64_t bytes)
{
	char h[BLOCK] = {0};
	unsigned sum = 0;

	snprintf(h, 100, "strowger/%s", name);
	memcpy(h + 100, "0000600", 7);
	memcpy(h + 108, "0000000", 7);
	memcpy(h + 116, "0000000", 7);
	put_octal(h + 124, bytes);
	put_octal(h + 136, loop_wall_ms() / 1000);
	memset(h + 148, ' ', 8); /* the sum is made with spaces in its place */
	h[156] = '0';
	memcpy(h + 257, "ustar\00000", 8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)h[i];
	snprintf(h + 148, 7, "%06o", sum);
	put(b, h, sizeof h);
}

static void
put_text(struct bundle *b, const char *name, const char *text, size_t n)
{
	put_head(b, name, n);
	put(b, text, n);
	put_padding(b);
}

/* Takes the reference. */
static void
put_json(struct bundle *b, const char *name, json_t *value)
{
	char *text = value ? json_dumps(value, JSON_INDENT(1)) : NULL;

	if (text)
		put_text(b, name, text, strlen(text));
	else
		b->failed = true;
	free(text);
	json_decref(value);
}

/* The oldest are left out when it would become too big. */
static bool
put_log(void *ctx, const struct log_file_info *info, int fd)
{
	struct bundle *b = ctx;
	char *copy = malloc(COPY_BYTES), name[64];
	uint64_t done = 0;

	if (!copy || b->bytes + info->bytes > BUNDLE_BYTES_MAX) {
		free(copy);
		return false;
	}
	snprintf(name, sizeof name, "log/%s", info->name);
	put_head(b, name, info->bytes);
	while (done < info->bytes && !b->failed) {
		size_t n = info->bytes - done < COPY_BYTES ? info->bytes - done : COPY_BYTES;
		ssize_t got = pread(fd, copy, n, (off_t)done);

		if (got <= 0)
			break;
		put(b, copy, (size_t)got);
		done += (uint64_t)got;
	}
	b->failed |= done < info->bytes;
	put_padding(b);
	free(copy);
	return !b->failed;
}

static json_t *
machine_json(const struct api *api)
{
	struct utsname u = {0};

	(void)uname(&u);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I}", "strowger", api->params.version,
	    "system", u.sysname, "release", u.release, "version", u.version, "machine", u.machine,
	    "processors", (json_int_t)sysconf(_SC_NPROCESSORS_ONLN));
}

static void
put_settings(struct bundle *b, struct api *api)
{
	json_t *row = NULL;

	if (store_get(api->store, &model_settings, 1, &row) == ERR_OK)
		put_json(b, "settings.json", row);
	else
		b->failed = true;
}

static void
put_metrics(struct bundle *b, struct api *api)
{
	size_t n = 0;
	char *text = metrics_text(api, &n);

	if (text)
		put_text(b, "metrics.txt", text, n);
	free(text);
}

static void
put_traces(struct bundle *b, struct api *api)
{
	size_t n = 0;
	char *file = traces_newest_pcap(api, &n);

	if (file)
		put_text(b, "traces.pcapng", file, n);
	free(file);
}

static void
fill(struct bundle *b, struct request *rq)
{
	static const char end[2 * BLOCK];
	struct api *api = rq->api;

	put_json(b, "version.json", machine_json(api));
	put_json(b, "status.json", status_json(api));
	put_settings(b, api);
	put_metrics(b, api);
	if (request_query_flag(rq, "traces"))
		put_traces(b, api);
	if (api->logs) {
		log_file_flush(api->logs);
		log_file_each(api->logs, put_log, b);
	}
	put(b, end, sizeof end);
}

void
handle_log_file(struct request *rq)
{
	struct bundle b = {.fd = memfd_create("support", MFD_CLOEXEC)};

	if (b.fd < 0) {
		reply_err(rq, ERR_NOMEM, NULL);
		return;
	}
	fill(&b, rq);
	if (b.failed || lseek(b.fd, 0, SEEK_SET) < 0) {
		close(b.fd);
		reply_err(rq, ERR_NOMEM, NULL);
		return;
	}
	rq->reply.status = 200;
	rq->reply.file_fd = b.fd;
	rq->reply.body_bytes = b.bytes;
	rq->reply.content_type = "application/x-tar";
	rq->reply.disposition = "attachment; filename=\"strowger-support.tar\"";
}
