/*
 * The built web page from its directory. What the build has compressed (NAME.br, NAME.gz)
 * is sent as it is; files under /assets/ have their hash in the name and never change, the
 * others are asked for again with their ETag. Addresses that only the page's own router
 * knows get index.html.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api_int.h"

static const struct {
	const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".json", "application/json; charset=utf-8"},
    {".webmanifest", "application/manifest+json"},
    {".txt", "text/plain; charset=utf-8"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".wav", "audio/wav"},
};

static const struct {
	const char *token, *ending;
} encodings[] = {{"br", ".br"}, {"gzip", ".gz"}, {NULL, ""}};

static bool
ends_with(struct slice s, const char *ending)
{
	size_t n = strlen(ending);

	return s.n > n && memcmp(s.p + s.n - n, ending, n) == 0;
}

static const char *
type_of(struct slice path)
{
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (ends_with(path, types[i].ending))
			return types[i].type;
	return NULL;
}

/* No way up, no hidden files, nothing odd. Unknown endings are not served either. */
static bool
path_ok(struct slice path)
{
	struct slice rest = path;

	if (!slice_take_char(&rest, '/') || rest.n == 0)
		return false;
	while (rest.n) {
		struct slice one = slice_take_until(&rest, '/');

		if (one.n == 0 || one.p[0] == '.')
			return false;
	}
	for (size_t i = 0; i < path.n; i++)
		if ((unsigned char)path.p[i] < 0x20 || path.p[i] == '\\' || path.p[i] == 0x7f)
			return false;
	return path.p[path.n - 1] != '/';
}

/* The browser takes this encoding: named, and not with q=0. */
static bool
accepts(const char *header, const char *token)
{
	struct slice all = slice_cstr(header);

	while (all.n) {
		struct slice one = slice_take_until(&all, ',');
		struct slice name = slice_trim(slice_take_until(&one, ';'));

		one = slice_trim(one);
		if (slice_eq_nocase(name, slice_cstr(token)))
			return !(slice_starts(one, SLICE("q=0")) &&
				   slice_find(one, '.') == one.n) &&
			       !slice_starts(one, SLICE("q=0.0"));
	}
	return false;
}

static int
open_file(const struct api *api, struct slice path, const char *ending, struct stat *st)
{
	char name[URI_BYTES_MAX + 8];
	int fd;

	snprintf(name, sizeof name, "%.*s%s", SLICE_FMT(slice_from(path, 1)), ending);
	fd = openat(api->web_dir_fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd >= 0 && (fstat(fd, st) != 0 || !S_ISREG(st->st_mode))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static void
answer(struct request *rq, struct slice path, int fd, const struct stat *st, const char *token)
{
	struct reply *y = &rq->reply;

	snprintf(y->etag, sizeof y->etag, "\"%llx-%llx%s%s\"",
	    (unsigned long long)st->st_mtim.tv_sec * 1000000000ull +
		(unsigned long long)st->st_mtim.tv_nsec,
	    (unsigned long long)st->st_size, token ? "-" : "", token ? token : "");
	y->content_type = type_of(path);
	y->cache = slice_starts(path, SLICE("/assets/")) ? "public, max-age=31536000, immutable"
							 : "no-cache";
	if (strcmp(rq->if_none_match, y->etag) == 0) {
		close(fd);
		y->status = 304;
		return;
	}
	y->encoding = token;
	y->status = 200;
	y->file_fd = fd;
	y->body_bytes = (size_t)st->st_size;
}

static bool
serve_file(struct request *rq, struct slice path)
{
	struct stat st;

	if (rq->api->web_dir_fd < 0 || !path_ok(path) || !type_of(path))
		return false;
	for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
		const char *token = encodings[i].token;
		int fd = token && !accepts(rq->accept_encoding, token)
			     ? -1
			     : open_file(rq->api, path, encodings[i].ending, &st);

		if (fd >= 0) {
			answer(rq, path, fd, &st, token);
			return true;
		}
	}
	return false;
}

/* "/users/7" is a place in the page; "/favicon.png" would have been a file. */
static bool
is_place(struct slice path)
{
	size_t slash = 0;

	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '/')
			slash = i;
	return !slice_starts(path, SLICE("/assets/")) &&
	       slice_find(slice_from(path, slash), '.') == path.n - slash;
}

void
static_serve(struct request *rq)
{
	static const char missing[] = "The web page has not been built. The API is at /api.\n";

	if (serve_file(rq, rq->path) ||
	    (is_place(rq->path) && serve_file(rq, SLICE("/index.html"))))
		return;
	if (slice_eq(rq->path, SLICE("/")))
		reply_text(
		    rq, 404, "text/plain; charset=utf-8", strdup(missing), sizeof missing - 1);
	else
		reply_error(rq, 404, "not_found", NULL, "There is nothing at this address.");
}
