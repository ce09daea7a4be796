/* The server itself: limits, static files, headers, slow clients, the UNIX socket. */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api_int.h"
#include "fixture.h"

static struct answer_text
get(struct fx *fx, const char *path, const char *headers)
{
	return fx_request(fx_connect(fx), "GET", path, headers, NULL);
}

static void
test_security_headers(void **state)
{
	static const char *const paths[] = {"/", "/assets/app-abc.js", "/api/health", "/api/users",
	    "/api/nonsense", "/nonsense.js", "/metrics"};
	struct fx *fx = *state;

	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		struct answer_text a = get(fx, paths[i], NULL);

		assert_string_equal(fx_header(&a, "Content-Security-Policy"),
		    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
		    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'");
		assert_string_equal(fx_header(&a, "X-Content-Type-Options"), "nosniff");
		assert_string_equal(fx_header(&a, "Referrer-Policy"), "no-referrer");
		assert_string_equal(
		    fx_header(&a, "Cache-Control"), i == 0   ? "no-cache"
						    : i == 1 ? "public, max-age=31536000, immutable"
							     : "no-store");
		answer_text_free(&a);
	}
}

static void
test_static(void **state)
{
	static const struct {
		const char *path, *headers, *body, *encoding;
	} cases[] = {
	    {"/", NULL, "<!doctype html>page", ""},
	    {"/index.html", NULL, "<!doctype html>page", ""},
	    {"/users/7", NULL, "<!doctype html>page", ""}, /* a place in the page */
	    {"/assets/app-abc.js", NULL, "plain script", ""},
	    {"/assets/app-abc.js", "Accept-Encoding: gzip, deflate, br\r\n", "brotli script", "br"},
	    {"/assets/app-abc.js", "Accept-Encoding: gzip\r\n", "gzip script", "gzip"},
	    {"/assets/app-abc.js", "Accept-Encoding: br;q=0, gzip;q=0.5\r\n", "gzip script",
		"gzip"},
	    {"/assets/app-abc.js", "Accept-Encoding: identity\r\n", "plain script", ""},
	};
	struct fx *fx = *state;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct answer_text a = get(fx, cases[i].path, cases[i].headers);

		assert_int_equal(a.status, 200);
		assert_string_equal(a.body, cases[i].body);
		assert_string_equal(fx_header(&a, "Content-Encoding"), cases[i].encoding);
		assert_string_equal(fx_header(&a, "Vary"), "Accept-Encoding");
		answer_text_free(&a);
	}
}

static void
test_etag(void **state)
{
	struct fx *fx = *state;
	struct answer_text a = get(fx, "/index.html", NULL);
	char header[128];

	snprintf(header, sizeof header, "If-None-Match: %s\r\n", fx_header(&a, "ETag"));
	answer_text_free(&a);
	a = get(fx, "/index.html", header);
	assert_int_equal(a.status, 304);
	assert_string_equal(a.body, "");
	answer_text_free(&a);
}

static void
test_no_way_out(void **state)
{
	static const char *const paths[] = {"/../secret.txt", "/%2e%2e/secret.txt",
	    "/..%2fsecret.txt", "/assets/../../secret.txt", "/assets/..%2f..%2fsecret.txt",
	    "/.stamp.txt", "//secret.txt", "/assets//app-abc.js", "/assets/%2e%2e%2f/.stamp.txt",
	    "/..%5csecret.txt", "/assets/nothing.js", "/nothing.txt", "/assets/nothing",
	    "/assets/link.txt"};
	struct fx *fx = *state;
	char from[160], to[160];

	snprintf(to, sizeof to, "%s/secret.txt", fx->dir);
	snprintf(from, sizeof from, "%s/assets/link.txt", fx->web_dir);
	assert_int_equal(symlink(to, from), 0);
	for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
		struct answer_text a = get(fx, paths[i], NULL);

		if (a.status != 404 || strstr(a.body, "outside") || strstr(a.body, "hidden"))
			fail_msg("%s: %d %s", paths[i], a.status, a.body);
		answer_text_free(&a);
	}
}

static void
test_methods_on_page(void **state)
{
	struct fx *fx = *state;
	struct answer_text a = fx_request(fx_connect(fx), "POST", "/", NULL, "x");

	assert_int_equal(a.status, 405);
	assert_string_equal(fx_header(&a, "Allow"), "GET");
	answer_text_free(&a);
	a = fx_request(fx_connect(fx), "HEAD", "/", NULL, NULL);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.body, "");
	answer_text_free(&a);
	a = fx_request(fx_connect(fx), "DELETE", "/api/health", NULL, NULL);
	assert_int_equal(a.status, 405);
	assert_string_equal(fx_header(&a, "Allow"), "GET");
	answer_text_free(&a);
}

static char *
filled(size_t n)
{
	char *body = malloc(n + 1);

	memset(body, ' ', n);
	memcpy(body, "{\"login\":\"1\"", 12);
	body[n - 1] = '}';
	body[n] = '\0';
	return body;
}

/* Just inside the limits, and beyond them, known before and not. */
static void
test_body_limits(void **state)
{
	struct fx *fx = *state;
	char *fits = filled(BODY_BYTES_MAX), *big = filled(BODY_BYTES_MAX + 1),
	     *small = filled(BODY_BYTES_STRANGER + 1);
	struct answer_text a;
	char text[64];
	int fd;

	fx_first_admin(fx);
	fx_expect(fx, "POST", "/api/users", fits, 422, NULL, NULL);
	fx_expect(fx, "POST", "/api/users", big, 413, "too_big", NULL);
	fx_expect(fx, "POST", "/api/import", big, 422, NULL, NULL); /* may be larger */
	/* before we know who it is, little is taken */
	fx_expect(fx, "POST", "/api/session", small, 413, "too_big", NULL);
	a = fx_request(
	    fx_connect(fx), "POST", "/api/import", "Content-Type: application/json\r\n", big);
	assert_int_equal(a.status, 401);
	answer_text_free(&a);
	/* announced monsters are not read at all */
	fd = fx_connect(fx);
	snprintf(text, sizeof text, "POST /api/import HTTP/1.1\r\nHost: x\r\n");
	fx_send(fd, text, strlen(text));
	snprintf(text, sizeof text, "Content-Length: 99999999999\r\n\r\n");
	fx_send(fd, text, strlen(text));
	a.head = fx_read(fd, "\r\n\r\n");
	assert_non_null(strstr(a.head, "413"));
	free(a.head);
	close(fd);
	free(fits);
	free(big);
	free(small);
}

/* A chunked body has no length: it is counted while it comes. */
static void
test_chunked_body(void **state)
{
	static const char head[] =
	    "POST /api/users HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	    "Transfer-Encoding: chunked\r\nConnection: close\r\nCookie: ";
	struct fx *fx = *state;
	char chunk[8 + 4096 + 2], text[300];
	char *answer;

	fx_first_admin(fx);
	for (int round = 0; round < 2; round++) {
		int fd = fx_connect(fx);

		fx_send(fd, head, sizeof head - 1);
		snprintf(text, sizeof text, "%s\r\nX-CSRF-Token: %s\r\n\r\n", fx->cookie, fx->csrf);
		fx_send(fd, text, strlen(text));
		memcpy(chunk, "001000\r\n", 8);
		memset(chunk + 8, ' ', 4096);
		memcpy(chunk + 8 + 4096, "\r\n", 2);
		for (int i = 0; i < (round ? 300 : 10); i++)
			fx_send(fd, chunk, sizeof chunk);
		fx_send(fd, "2\r\n{}\r\n0\r\n\r\n", 12);
		answer = fx_read(fd, NULL);
		if (!strstr(answer, round ? " 413 " : " 422 "))
			fail_msg("%s", answer);
		free(answer);
		close(fd);
	}
}

static void
test_long_target(void **state)
{
	struct fx *fx = *state;
	char path[6000] = "/api/users?search=";
	struct answer_text a;

	memset(path + strlen(path), 'x', sizeof path - 1 - strlen(path));
	path[sizeof path - 1] = '\0';
	a = get(fx, path, NULL);
	assert_int_equal(a.status, 400);
	answer_text_free(&a);
}

static double
cpu_s(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Clients that send half a request and then nothing neither spin nor block the others,
 * and are closed. */
static void
test_slow_clients(void **state)
{
	static const char *const parts[] = {"G", "GET /api/he", "GET / HTTP/1.1\r\nHost: x\r\nCook",
	    "POST /api/session HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{\"lo", ""};
	enum { SLOW = 50 };
	struct fx fx;
	int fd[SLOW];
	double before;
	int64_t began;

	fx_open(&fx, &(struct api_params){.timeout_s = 30, .request_s = 1, .keepalive_ms = 200});
	for (int i = 0; i < SLOW; i++) {
		const char *part = parts[(size_t)i % (sizeof parts / sizeof parts[0])];

		fd[i] = fx_connect(&fx);
		fx_send(fd[i], part, strlen(part));
	}
	before = cpu_s();
	began = fx_now_ms();
	for (int i = 0; i < 20; i++) {
		struct answer_text a = get(&fx, "/api/health", NULL);

		assert_int_equal(a.status, 200);
		answer_text_free(&a);
	}
	/* the deadline, not the silence, ends those who dribble */
	for (int alive = 1; alive && fx_now_ms() - began < 10000;) {
		struct pollfd p = {.fd = fd[1], .events = POLLIN};

		send(fd[1], "a", 1, MSG_NOSIGNAL);
		alive = poll(&p, 1, 100) == 0;
	}
	for (int i = 0; i < SLOW; i++) {
		free(fx_read(fd[i], NULL));
		close(fd[i]);
	}
	assert_true(fx_now_ms() - began < 9000);
	assert_true(cpu_s() - before < 1.0);
	fx_close(&fx);
}

static void
test_local_socket(void **state)
{
	struct fx *fx = *state;
	struct stat st;
	struct answer_text a = fx_local(fx, "GET", "/api/users", NULL);

	/* administrator without log-in, also before set-up, so that a system can be loaded */
	assert_int_equal(a.status, 200);
	answer_text_free(&a);
	a = fx_local(fx, "POST", "/api/ranges", "{\"first\":\"2000\",\"last\":\"2999\"}");
	assert_int_equal(a.status, 201);
	answer_text_free(&a);
	a = fx_local(fx, "GET", "/api/session", NULL);
	assert_int_equal(a.status, 401);
	answer_text_free(&a);
	assert_int_equal(stat(fx->socket_path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void
test_metrics(void **state)
{
	static const struct api_metric metrics[] = {
	    {"strowger_calls_total", "result=\"answered\"", "Calls.", true, 5},
	    {"strowger_calls_total", "result=\"busy\"", "Calls.", true, 2},
	    {"strowger_load", NULL, "Load.", false, 0.25},
	};
	struct fx *fx = *state;
	struct answer_text a;

	api_on_metrics(fx->api, metrics, 3);
	a = get(fx, "/metrics", NULL); /* from this machine: no log-in */
	assert_int_equal(a.status, 200);
	assert_string_equal(
	    fx_header(&a, "Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
	assert_non_null(strstr(a.body,
	    "# HELP strowger_calls_total Calls.\n# TYPE strowger_calls_total counter\n"
	    "strowger_calls_total{result=\"answered\"} 5\n"
	    "strowger_calls_total{result=\"busy\"} 2\n"));
	assert_non_null(strstr(a.body, "\nstrowger_load 0.25\n"));
	assert_non_null(strstr(a.body, "\nstrowger_info{version=\"0.0.test\"} 1\n"));
	answer_text_free(&a);
}

static void
test_ports(void **state)
{
	struct fx *fx = *state;
	struct api *second = NULL;
	char why[256] = "";
	struct api_params p = {.store = fx->store,
	    .traces = fx->traces,
	    .http_address = "127.0.0.1",
	    .http_port = fx->port,
	    .version = "x",
	    .sip_address = "127.0.0.1"};

	assert_int_equal(api_new(&second, &p, why, sizeof why), ERR_IN_USE);
	assert_non_null(strstr(why, "in use"));
	p.http_port = 0;
	p.socket_path = fx->socket_path;
	assert_int_equal(api_new(&second, &p, why, sizeof why), ERR_IN_USE);
	assert_int_equal(access(fx->socket_path, F_OK), 0); /* not ours to remove */
	p.socket_path = "/nonexistent/dir/strowger.sock";
	assert_int_not_equal(api_new(&second, &p, why, sizeof why), ERR_OK);
	p.http_address = "localhost";
	assert_int_equal(api_new(&second, &p, why, sizeof why), ERR_INVALID);
	assert_null(second);
}

/* A left-over socket of a crash is replaced. */
static void
test_stale_socket(void **state)
{
	struct fx *fx = *state;
	char stale[128], why[256];
	int fd = -1;

	snprintf(stale, sizeof stale, "%s/stale.sock", fx->dir);
	assert_int_equal(listen_unix(stale, &fd, why, sizeof why), ERR_OK);
	close(fd);
	assert_int_equal(listen_unix(stale, &fd, why, sizeof why), ERR_OK);
	close(fd);
}

/* Stopping with requests and streams under way neither hangs nor crashes. */
static void
test_stop_under_way(void **state)
{
	struct fx fx;
	int fd[20];

	fx_open(&fx, NULL);
	for (int i = 0; i < 20; i++) {
		const char *get_it = i % 2 ? "GET /api/events HTTP/1.1\r\nHost: x\r\n\r\n"
					   : "GET /api/users HTTP/1.1\r\nHost: x\r\n\r\n";

		fd[i] = fx_connect_unix(&fx);
		fx_send(fd[i], get_it, strlen(get_it));
	}
	api_stop(fx.api);
	for (int i = 0; i < 20; i++)
		close(fd[i]);
	fx_close(&fx);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fx_setup, fx_teardown)
	const struct CMUnitTest tests[] = {
	    T(test_security_headers),
	    T(test_static),
	    T(test_etag),
	    T(test_no_way_out),
	    T(test_methods_on_page),
	    T(test_body_limits),
	    T(test_chunked_body),
	    T(test_long_target),
	    cmocka_unit_test(test_slow_clients),
	    T(test_local_socket),
	    T(test_metrics),
	    T(test_ports),
	    T(test_stale_socket),
	    cmocka_unit_test(test_stop_under_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
