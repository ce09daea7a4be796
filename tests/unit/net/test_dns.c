/* net/dns: c-ares on the loop against a real dnsmasq; RFC 3263, 2308. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "dnsmasq.h"
#include "net/dns.h"

static const char *const records[] = {
    "--local-ttl=300",
    "--naptr-record=pbx.test,10,10,s,SIP+D2U,,_sip._udp.pbx.test",
    "--naptr-record=pbx.test,20,10,s,SIP+D2T,,_sip._tcp.pbx.test",
    "--srv-host=_sip._udp.pbx.test,two.test,5070,20,0",
    "--srv-host=_sip._udp.pbx.test,one.test,5060,10,0",
    "--srv-host=_sip._tcp.srv.test,one.test,5062,10,0",
    "--host-record=one.test,192.0.2.1,2001:db8::1,77",
    "--host-record=two.test,192.0.2.2",
    "--host-record=quick.test,192.0.2.3,1",
    "--cname=alias.test,one.test",
    NULL,
};
static const struct net_reach all = {true, true, true, true, true};
static const struct net_reach only4 = {.ipv4 = true, .udp = true, .tcp = true};
static const struct net_reach both = {.ipv4 = true, .ipv6 = true, .udp = true, .tcp = true};

static struct dnsmasq server;
static struct loop *loop;
static struct rng rng;
static struct net_dns *dns;

struct result {
	bool done;
	enum err result;
	uint32_t ttl_s;
	char text[512];
};

/* ---- running ---- */

static struct timer deadline;
static unsigned waiting;

static void
on_deadline(struct timer *t)
{
	fail_msg("no answer in 20 s");
}

static void
on_located(void *ctx, uint64_t token, enum err result, const struct sip_hops *hops)
{
	struct result *r = ctx;
	struct buf b;

	assert_false(r->done);
	assert_int_equal(token, 42);
	r->done = true;
	r->result = result;
	r->ttl_s = hops->ttl_s;
	buf_init(&b, r->text, sizeof r->text - 1);
	if (result != ERR_OK)
		buf_cstr(&b, err_name(result));
	for (size_t i = 0; result == ERR_OK && i < hops->n; i++) {
		buf_cstr(&b, i ? " " : "");
		buf_put(&b, sip_transport_name(hops->hop[i].transport));
		buf_char(&b, '/');
		addr_write(&b, &hops->hop[i].addr);
	}
	r->text[b.n] = '\0';
	if (--waiting == 0)
		loop_stop(loop);
}

static void
begin(const char *uri, struct net_reach reach, struct result *r)
{
	struct sip_target t;
	struct sip_uri u;

	memset(r, 0, sizeof *r);
	assert_int_equal(sip_uri_parse(&u, slice_cstr(uri)), ERR_OK);
	assert_int_equal(sip_target_from_uri(&t, &u), ERR_OK);
	assert_int_equal(net_locate(dns, &t, reach, on_located, r, 42), ERR_OK);
	assert_false(r->done); /* never from inside */
	waiting++;
}

static void
run(void)
{
	timer_init(&deadline, on_deadline);
	timer_start(loop_timers(loop), &deadline, 20000);
	loop_run(loop);
	timer_stop(&deadline);
}

static struct result
locate(const char *uri, struct net_reach reach)
{
	struct result r;

	begin(uri, reach, &r);
	run();
	return r;
}

static void
start_with(struct net_dns_params p)
{
	assert_int_equal(net_dns_new(&dns, loop, &p, &rng), ERR_OK);
}

static void
start(struct net_dns_params p)
{
	static char servers[64];

	snprintf(servers, sizeof servers, "127.0.0.1:%u", server.port);
	p.servers = servers;
	start_with(p);
}

static void
stop(void)
{
	net_dns_free(dns);
	dns = NULL;
}

static int
setup(void **state)
{
	rng_init_seed(&rng, 1);
	return loop_new(&loop) == ERR_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	stop();
	loop_free(loop);
	waiting = 0;
	return 0;
}

/* ---- tests ---- */

static void
a_real_server_is_searched(void **state)
{
	static const struct {
		const char *uri, *hops;
		const struct net_reach *reach;
	} cases[] = {
	    {"sip:pbx.test", "UDP/[2001:db8::1]:5060 UDP/192.0.2.1:5060 UDP/192.0.2.2:5070", &both},
	    {"sip:pbx.test", "UDP/192.0.2.1:5060 UDP/192.0.2.2:5070", &only4},
	    {"sip:srv.test", "TCP/192.0.2.1:5062", &only4},
	    {"sip:alias.test:5080", "UDP/192.0.2.1:5080", &only4}, /* CNAME */
	    {"sip:TWO.test.:5080", "UDP/192.0.2.2:5080", &only4},
	    {"sip:two.test", "UDP/192.0.2.2:5060", &only4},
	    {"sip:nobody.test", "not_found", &only4},
	    {"sip:192.0.2.9", "UDP/192.0.2.9:5060", &only4},
	    {"sip:a..b:5060", "not_found", &only4},
	};

	start((struct net_dns_params){0});
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct result r = locate(cases[i].uri, *cases[i].reach);

		if (strcmp(r.text, cases[i].hops) != 0)
			fail_msg("%s: %s, not %s", cases[i].uri, r.text, cases[i].hops);
	}
}

/* Answers are kept as long as their TTL says, and are asked for once by many. */
static void
the_cache_respects_ttl(void **state)
{
	const struct net_dns_counts *c;
	struct result r[3];

	start((struct net_dns_params){.ttl_min_s = 1});
	c = net_dns_get_counts(dns);
	for (int i = 0; i < 3; i++)
		begin("sip:one.test:5060", only4, &r[i]);
	run();
	assert_int_equal(c->questions, 1);
	for (int i = 0; i < 3; i++) {
		assert_string_equal(r[i].text, "UDP/192.0.2.1:5060");
		assert_int_equal(r[i].ttl_s, 77);
	}
	r[0] = locate("sip:ONE.test:5060", only4);
	assert_int_equal(c->questions, 1);
	assert_in_range(r[0].ttl_s, 60, 77);
	assert_int_equal(c->from_cache, 1);
	r[0] = locate("sip:nobody.test:5060", only4);
	r[0] = locate("sip:nobody.test:5060", only4); /* RFC 2308: also that there is none */
	assert_string_equal(r[0].text, "not_found");
	assert_int_equal(c->questions, 2);
	locate("sip:quick.test:5060", only4);
	locate("sip:quick.test:5060", only4);
	assert_int_equal(c->questions, 3);
	usleep(1100 * 1000);		    /* its TTL is over: time itself is under test */
	locate("sip:one.test:5060", only4); /* the loop's clock goes on */
	locate("sip:quick.test:5060", only4);
	assert_int_equal(c->questions, 4);
}

static void
cache_and_questions_are_bounded(void **state)
{
	struct result r[8];
	char uri[64];

	start((struct net_dns_params){.cache_max = 4, .questions_max = 4});
	for (int i = 0; i < 8; i++) {
		snprintf(uri, sizeof uri, "sip:n%d.test:5060", i);
		begin(uri, only4, &r[i]);
	}
	run();
	assert_int_equal(net_dns_get_counts(dns)->questions, 4);
	assert_int_equal(net_dns_get_counts(dns)->refused, 4);
	for (int i = 0; i < 8; i++)
		assert_string_equal(r[i].text, i < 4 ? "not_found" : "timeout");
	for (int i = 0; i < 20; i++) {
		snprintf(uri, sizeof uri, "sip:m%d.test:5060", i);
		locate(uri, only4);
	}
	assert_int_equal(net_dns_get_counts(dns)->cached, 4);
	assert_int_equal(net_dns_get_counts(dns)->under_way, 0);
}

/* A server that says nothing: the search ends, and is not repeated at once. */
static void
silence_is_survived(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t n = sizeof at;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	char servers[64];

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	getsockname(fd, (struct sockaddr *)&at, &n);
	snprintf(servers, sizeof servers, "127.0.0.1:%u", ntohs(at.sin_port));
	start_with((struct net_dns_params){.servers = servers, .timeout_ms = 100, .tries = 2});
	assert_string_equal(locate("sip:one.test:5060", only4).text, "timeout");
	assert_string_equal(locate("sip:one.test:5060", only4).text, "timeout");
	assert_int_equal(net_dns_get_counts(dns)->questions, 1);
	assert_int_equal(net_dns_get_counts(dns)->failed, 1);
	close(fd);
}

static void
an_end_with_open_questions_is_clean(void **state)
{
	struct result r;
	char servers[64];

	snprintf(servers, sizeof servers, "127.0.0.1:%u", server.port);
	start_with((struct net_dns_params){.servers = servers});
	begin("sip:pbx.test", all, &r);
	stop(); /* before it began */
	assert_false(r.done);
	waiting = 0;
}

static void
write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Started without a usable resolv.conf; when it comes, it is used. */
static void
a_new_resolv_conf_is_used(void **state)
{
	char path[] = "/tmp/strowger-resolv-XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	write_file(path, "nameserver 127.0.0.2\n");
	start_with((struct net_dns_params){.resolv_conf = path,
	    .port = server.port,
	    .file_check_ms = 1,
	    .timeout_ms = 200,
	    .tries = 1});
	assert_string_equal(locate("sip:one.test:5060", only4).text, "timeout");
	write_file(path, "# changed\nnameserver 127.0.0.1\n");
	usleep(5000);
	locate("sip:two.test:5060", only4); /* the loop's clock goes on */
	assert_string_equal(locate("sip:one.test:5060", only4).text, "UDP/192.0.2.1:5060");
	assert_int_equal(net_dns_get_counts(dns)->reloads, 1);
	unlink(path);
}

static void
the_hosts_file_comes_first(void **state)
{
	start((struct net_dns_params){0});
	assert_string_equal(locate("sip:localhost:5060", only4).text, "UDP/127.0.0.1:5060");
	assert_int_equal(net_dns_get_counts(dns)->questions, 0);
	stop();
	start((struct net_dns_params){.no_hosts_file = true});
	locate("sip:localhost:5060", only4);
	assert_int_equal(net_dns_get_counts(dns)->questions, 1);
}

static void
bad_servers_are_refused(void **state)
{
	struct net_dns_params p = {.servers = "no.address"};

	assert_int_equal(net_dns_new(&dns, loop, &p, &rng), ERR_INVALID);
	dns = NULL;
}

static int
group_setup(void **state)
{
	dnsmasq_start(&server, records);
	return 0;
}

static int
group_teardown(void **state)
{
	dnsmasq_stop(&server);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_real_server_is_searched, setup, teardown),
	    cmocka_unit_test_setup_teardown(the_cache_respects_ttl, setup, teardown),
	    cmocka_unit_test_setup_teardown(cache_and_questions_are_bounded, setup, teardown),
	    cmocka_unit_test_setup_teardown(silence_is_survived, setup, teardown),
	    cmocka_unit_test_setup_teardown(an_end_with_open_questions_is_clean, setup, teardown),
	    cmocka_unit_test_setup_teardown(a_new_resolv_conf_is_used, setup, teardown),
	    cmocka_unit_test_setup_teardown(the_hosts_file_comes_first, setup, teardown),
	    cmocka_unit_test_setup_teardown(bad_servers_are_refused, setup, teardown),
	};

	return cmocka_run_group_tests_name("net dns", tests, group_setup, group_teardown);
}
