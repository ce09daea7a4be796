#include "fixture.h"

#include <errno.h>
#include <ftw.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>

enum { PATIENCE_MS = 10000 };

void
fx_trace(struct fx *fx, const char *key, int64_t at_ms, enum trace_direction dir,
    const char *remote, const char *bytes)
{
	struct trace_record r = {
	    .at_ms = at_ms, .direction = dir, .key = slice_cstr(key), .bytes = slice_cstr(bytes)};
	struct trace_block *block = trace_block_new(TRACE_BLOCK_LEAST);

	assert_non_null(block);
	assert_int_equal(addr_parse(SLICE("192.0.2.9:5060"), 0, &r.local), ERR_OK);
	assert_int_equal(addr_parse(slice_cstr(remote), 5060, &r.remote), ERR_OK);
	assert_int_equal(trace_block_add(block, &r), ERR_OK);
	api_on_traces(fx->api, block);
}

int64_t
fx_now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static enum err
hangup(void *ctx, const char *call_id)
{
	struct fx *fx = ctx;

	snprintf(fx->hung_up, sizeof fx->hung_up, "%s", call_id);
	return ERR_OK;
}

static enum err
command(void *ctx, const struct call_command *what, struct call_result *result)
{
	struct fx *fx = ctx;

	fx->command = *what;
	*result = fx->result;
	return ERR_OK;
}

static enum err
watch(void *ctx, const char *target, uint32_t seconds)
{
	struct fx *fx = ctx;

	snprintf(fx->watched, sizeof fx->watched, "%s for %u", target, seconds);
	return ERR_OK;
}

static void
write_text(const char *dir, const char *name, const char *text)
{
	char path[200];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
make_web(struct fx *fx)
{
	char assets[128];

	snprintf(fx->web_dir, sizeof fx->web_dir, "%s/web", fx->dir);
	snprintf(assets, sizeof assets, "%s/assets", fx->web_dir);
	assert_int_equal(mkdir(fx->web_dir, 0755), 0);
	assert_int_equal(mkdir(assets, 0755), 0);
	write_text(fx->dir, "secret.txt", "outside");
	write_text(fx->web_dir, "index.html", "<!doctype html>page");
	write_text(fx->web_dir, ".stamp.txt", "hidden");
	write_text(assets, "app-abc.js", "plain script");
	write_text(assets, "app-abc.js.br", "brotli script");
	write_text(assets, "app-abc.js.gz", "gzip script");
}

/* Passwords in tests are made to be read. */
static void
permit_weak(struct store *s)
{
	json_t *in = json_pack("{s:b}", "password_weak_allowed", 1), *row = NULL;

	assert_int_equal(store_patch(s, &model_settings, 1, in, &row, NULL), ERR_OK);
	json_decref(row);
	json_decref(in);
}

void
fx_open(struct fx *fx, const struct api_params *limits)
{
	static const struct api_control_ops ops = {
	    .hangup = hangup, .command = command, .watch = watch};
	struct api_params p = limits ? *limits : (struct api_params){0};
	char path[128], why[256] = "";

	*fx = (struct fx){0};
	snprintf(fx->dir, sizeof fx->dir, "/tmp/strowger-api-XXXXXX");
	assert_non_null(mkdtemp(fx->dir));
	make_web(fx);
	snprintf(fx->socket_path, sizeof fx->socket_path, "%s/strowger.sock", fx->dir);
	snprintf(path, sizeof path, "%s/strowger.db", fx->dir);
	if (store_open(path, &fx->store, why, sizeof why) != ERR_OK)
		fail_msg("%s", why);
	assert_int_equal(
	    trace_store_new(&fx->traces, NULL, &(struct trace_limits){.messages = 20000}), ERR_OK);
	assert_int_equal(trace_store_start(fx->traces), ERR_OK);
	permit_weak(fx->store);
	p.store = fx->store;
	p.traces = fx->traces;
	p.http_address = "127.0.0.1";
	p.socket_path = fx->socket_path;
	p.web_dir = fx->web_dir;
	p.version = "0.0.test";
	p.sip_address = "127.0.0.1";
	p.sip_port = 5070;
	p.ops = &ops;
	p.ops_ctx = fx;
	if (api_new(&fx->api, &p, why, sizeof why) != ERR_OK)
		fail_msg("%s", why);
	assert_int_equal(api_start(fx->api), ERR_OK);
	fx->port = api_bound_port(fx->api);
	assert_int_not_equal(fx->port, 0);
}

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
	return remove(path);
}

void
fx_close(struct fx *fx)
{
	api_free(fx->api);
	trace_store_close(fx->traces);
	store_close(fx->store);
	nftw(fx->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

int
fx_setup(void **state)
{
	struct fx *fx = calloc(1, sizeof *fx);

	fx_open(fx, NULL);
	*state = fx;
	return 0;
}

int
fx_teardown(void **state)
{
	fx_close(*state);
	free(*state);
	return 0;
}

/* --- client -------------------------------------------------------------------------- */

static int
dial(int family, const void *sa, socklen_t n)
{
	struct timeval patience = {.tv_sec = PATIENCE_MS / 1000};
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (connect(fd, sa, n) != 0)
		fail_msg("connect: %s", strerror(errno));
	return fd;
}

int
fx_connect(const struct fx *fx)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(fx->port)};

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return dial(AF_INET, &in, sizeof in);
}

int
fx_connect_unix(const struct fx *fx)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};

	snprintf(un.sun_path, sizeof un.sun_path, "%s", fx->socket_path);
	return dial(AF_UNIX, &un, sizeof un);
}

/* The server may have answered and closed already: that is not an error here. */
void
fx_send(int fd, const char *bytes, size_t n)
{
	while (n) {
		ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);

		if (sent <= 0)
			return;
		bytes += sent;
		n -= (size_t)sent;
	}
}

char *
fx_read(int fd, const char *until)
{
	size_t n = 0, cap = 4096;
	char *text = malloc(cap);

	for (;;) {
		ssize_t got;

		if (cap - n < 2) {
			char *more = realloc(text, cap *= 2);

			assert_non_null(more);
			text = more;
		}
		got = recv(fd, text + n, cap - n - 1, 0);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			fail_msg("no answer; so far: %.*s", (int)n, text);
		if (got > 0)
			n += (size_t)got;
		text[n] = '\0';
		if (got <= 0 || (until && strstr(text, until)))
			return text;
	}
}

static void
unchunk(char *body)
{
	char *in = body, *out = body;

	for (;;) {
		unsigned long n = strtoul(in, &in, 16);

		if (n == 0)
			break;
		in += 2;
		memmove(out, in, n);
		out += n;
		in += n + 2;
	}
	*out = '\0';
}

struct answer_text
fx_request(int fd, const char *method, const char *path, const char *headers, const char *body)
{
	struct answer_text a = {0};
	char *head, *split;

	assert_true(asprintf(&head, "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s", method,
			path, headers ? headers : "") > 0);
	fx_send(fd, head, strlen(head));
	free(head);
	if (body) {
		char length[64];
		int n =
		    snprintf(length, sizeof length, "Content-Length: %zu\r\n\r\n", strlen(body));

		fx_send(fd, length, (size_t)n);
		fx_send(fd, body, strlen(body));
	} else {
		fx_send(fd, "\r\n", 2);
	}
	a.head = fx_read(fd, NULL);
	close(fd);
	split = strstr(a.head, "\r\n\r\n");
	if (!split || sscanf(a.head, "HTTP/1.1 %d", &a.status) != 1)
		fail_msg("%s %s: no HTTP answer: \"%s\"", method, path, a.head);
	split[2] = '\0';
	a.body = strdup(split + 4);
	if (strcasestr(a.head, "Transfer-Encoding: chunked"))
		unchunk(a.body);
	a.json = json_loads(a.body, 0, NULL);
	return a;
}

void
answer_text_free(struct answer_text *a)
{
	free(a->head);
	free(a->body);
	json_decref(a->json);
}

const char *
fx_header(const struct answer_text *a, const char *name)
{
	static char value[512];
	char line[80];
	const char *at;

	snprintf(line, sizeof line, "\r\n%s: ", name);
	at = strcasestr(a->head, line);
	if (!at)
		return "";
	snprintf(
	    value, sizeof value, "%.*s", (int)strcspn(at + strlen(line), "\r"), at + strlen(line));
	return value;
}

struct answer_text
fx_call(struct fx *fx, const char *method, const char *path, const char *body)
{
	char headers[400];

	snprintf(headers, sizeof headers,
	    "Content-Type: application/json\r\nCookie: %s\r\nX-CSRF-Token: %s\r\n", fx->cookie,
	    fx->csrf);
	return fx_request(fx_connect(fx), method, path, headers, body);
}

struct answer_text
fx_local(struct fx *fx, const char *method, const char *path, const char *body)
{
	return fx_request(
	    fx_connect_unix(fx), method, path, "Content-Type: application/json\r\n", body);
}

static const char *
text_at(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

void
fx_expect(struct fx *fx, const char *method, const char *path, const char *body, int status,
    const char *code, const char *field)
{
	struct answer_text a = fx_call(fx, method, path, body);
	json_t *error = json_object_get(a.json, "error");

	if (a.status != status || (code && strcmp(text_at(error, "code"), code) != 0) ||
	    (field && strcmp(text_at(error, "field"), field) != 0))
		fail_msg("%s %s %s: expected %d %s %s, got %d %s", method, path, body ? body : "",
		    status, code ? code : "", field ? field : "", a.status, a.body);
	if (status >= 400 && !text_at(error, "message")[0])
		fail_msg("%s %s: an error without a sentence: %s", method, path, a.body);
	answer_text_free(&a);
}

json_t *
fx_json(struct fx *fx, const char *method, const char *path, const char *body)
{
	struct answer_text a = fx_call(fx, method, path, body);
	json_t *json = json_incref(a.json);

	if (a.status >= 300)
		fail_msg("%s %s %s: %d %s", method, path, body ? body : "", a.status, a.body);
	answer_text_free(&a);
	return json;
}

void
fx_first_admin(struct fx *fx)
{
	struct answer_text a =
	    fx_request(fx_connect(fx), "POST", "/api/setup", "Content-Type: application/json\r\n",
		"{\"login\":\"1000\",\"password\":\"secret-1\",\"first_name\":\"Almon\","
		"\"last_name\":\"Strowger\",\"email\":\"a@example.org\",\"number\":\"100\"}");

	if (a.status != 201)
		fail_msg("set-up: %d %s", a.status, a.body);
	snprintf(fx->cookie, sizeof fx->cookie, "%.*s",
	    (int)strcspn(fx_header(&a, "Set-Cookie"), ";"), fx_header(&a, "Set-Cookie"));
	snprintf(fx->csrf, sizeof fx->csrf, "%s", text_at(a.json, "csrf"));
	answer_text_free(&a);
}

bool
fx_until(bool (*cond)(void *ctx), void *ctx)
{
	int64_t end = fx_now_ms() + PATIENCE_MS;

	while (!cond(ctx)) {
		struct timespec pause = {.tv_nsec = 2000000};

		if (fx_now_ms() > end)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}
