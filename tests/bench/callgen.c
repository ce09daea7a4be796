/*
 * callgen: places calls through a SIP server and answers them on the other side, both in one
 * process.
 *
 * With --tls N the calls go over N connections that stay open on each side: call i over
 * connection i mod N, to the number that is i mod N above --number, whose phone must be known at
 * the port that is as many above that of --called. With --numbers N call i goes to the number that
 * is i mod N above --number; what answers there may be the server itself.
 *
 * Every call is INVITE, 180, 200, ACK, some time, BYE, 200. Without --talk it runs so many calls at
 * a rate and prints one line of JSON. With --talk it establishes all calls, says so, waits for a
 * line on stdin, lets both ends of every call send RTP, says what arrived, waits for a line, hangs
 * up.
 *
 * The called side keeps no state but a filter of what it has seen; the calling side an array of
 * calls. A repeated message is counted, since it means that somebody was slow.
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "link.h"
#include "rtpgen.h"

enum { SEEN_BITS = 27, T1_MS = 500, GIVE_UP_MS = 32000, FAILURES_SHOWN = 5 };

enum state { IDLE, INVITED, TALKING, ENDING, DONE, FAILED };

struct call {
	enum state state;
	bool proceeding; /* a provisional response stops the repetition of the INVITE */
	uint64_t began_ns, resend_ns, end_ns;
	uint32_t resend_ms;
	char to[200];	  /* To of the 200, with tag */
	char target[200]; /* Contact of the 200 */
};

static struct {
	struct sockaddr_in server, caller, called;
	const char *number, *from;
	double rate, talk_s;
	int calls, hold_ms, pps, sockets;
	enum link_kind kind;
	int links; /* connections on each side, with TLS */
	int numbers;
} opt = {.number = "102",
    .from = "101",
    .rate = 100,
    .calls = 1000,
    .hold_ms = 100,
    .pps = 50,
    .sockets = 100,
    .links = 20,
    .numbers = 1};

static struct {
	int established, done, failed;
	uint64_t resent, repeated; /* by us; by the server */
} count;

static struct links *caller, *called;
static struct call *calls;
static uint32_t *answer_us;
static unsigned char *seen;
static struct rtpgen *rtp;
static int called_streams;
static char server_text[64], caller_text[64], called_text[64];

static void
address_text(char out[64], const struct sockaddr_in *a)
{
	snprintf(out, 64, "%s:%u", inet_ntoa(a->sin_addr), ntohs(a->sin_port));
}

static int
sdp_write(char *out, size_t size, const struct sockaddr_in *side, uint16_t port)
{
	return snprintf(out, size,
	    "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
	    "m=audio %u RTP/AVP 8 0 101\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
	    "a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n",
	    inet_ntoa(side->sin_addr), inet_ntoa(side->sin_addr), port);
}

/* ---- calling side ---- */

/* With TLS each connection calls a number of its own: NUMBER, NUMBER + 1 … */
static const char *
number_of(int i)
{
	int numbers = opt.kind == LINK_TLS ? links_count(caller) : opt.numbers;
	static char text[32];

	if (numbers == 1)
		return opt.number; /* with its zeros */
	snprintf(text, sizeof text, "%ld", strtol(opt.number, NULL, 10) + i % numbers);
	return text;
}

static void
send_as_caller(int i, const char *text, int n)
{
	links_send(caller, i % links_count(caller), text, n);
}

static void
send_invite(int i)
{
	char body[512], text[LOAD_MESSAGE_MAX];
	int m = sdp_write(body, sizeof body, &opt.caller, rtpgen_port(rtp, 0, i));
	int n = snprintf(text, sizeof text,
	    "INVITE sip:%s@%s SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bKi%d-%d;rport\r\n"
	    "Max-Forwards: 70\r\nFrom: <sip:%s@%s>;tag=a%d\r\nTo: <sip:%s@%s>\r\n"
	    "Call-ID: %d-%d@bench\r\nCSeq: 1 INVITE\r\nContact: <sip:%s@%s%s>\r\n"
	    "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS\r\nUser-Agent: callgen\r\n"
	    "Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s",
	    number_of(i), server_text, links_via(caller), caller_text, i, (int)getpid(), opt.from,
	    server_text, i, number_of(i), server_text, i, (int)getpid(), opt.from, caller_text,
	    links_uri_param(caller), m, body);

	send_as_caller(i, text, n);
}

static void
send_in_dialog(int i, const char *method, int cseq)
{
	char text[LOAD_MESSAGE_MAX];
	int n = snprintf(text, sizeof text,
	    "%s %s SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bK%s%d-%d;rport\r\nMax-Forwards: "
	    "70\r\n"
	    "From: <sip:%s@%s>;tag=a%d\r\nTo: %s\r\nCall-ID: %d-%d@bench\r\nCSeq: %d %s\r\n"
	    "Contact: <sip:%s@%s%s>\r\nContent-Length: 0\r\n\r\n",
	    method, calls[i].target, links_via(caller), caller_text, method, i, (int)getpid(),
	    opt.from, server_text, i, calls[i].to, i, (int)getpid(), cseq, method, opt.from,
	    caller_text, links_uri_param(caller));

	send_as_caller(i, text, n);
}

static void
send_ack_of_failure(int i, struct load_text to)
{
	char text[LOAD_MESSAGE_MAX];
	int n = snprintf(text, sizeof text,
	    "ACK sip:%s@%s SIP/2.0\r\nVia: SIP/2.0/%s %s;branch=z9hG4bKi%d-%d;rport\r\n"
	    "Max-Forwards: 70\r\nFrom: <sip:%s@%s>;tag=a%d\r\nTo: %.*s\r\nCall-ID: %d-%d@bench\r\n"
	    "CSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n",
	    number_of(i), server_text, links_via(caller), caller_text, i, (int)getpid(), opt.from,
	    server_text, i, to.n, to.p, i, (int)getpid());

	send_as_caller(i, text, n);
}

static void
fail(int i, const char *message)
{
	if (count.failed++ < FAILURES_SHOWN)
		fprintf(stderr, "callgen: call %d failed: %.60s\n", i, message);
	calls[i].state = FAILED;
}

static void
start_call(int i, uint64_t now)
{
	calls[i].state = INVITED;
	calls[i].began_ns = now;
	calls[i].resend_ms = T1_MS;
	calls[i].resend_ns = now + T1_MS * 1000000ull;
	send_invite(i);
}

static void
hang_up(int i, uint64_t now)
{
	calls[i].state = ENDING;
	calls[i].resend_ms = T1_MS;
	calls[i].resend_ns = now + T1_MS * 1000000ull;
	send_in_dialog(i, "BYE", 2);
}

static struct sockaddr_in
relay_of(const char *message)
{
	struct load_text all = {message, (int)strlen(message)};
	struct load_text host = load_between(all, "c=IN IP4 ", "\r\n");
	struct load_text port = load_between(all, "m=audio ", " ");
	char text[80];

	snprintf(text, sizeof text, "%.*s:%.*s", host.n, host.p, port.n, port.p);
	return load_address(text);
}

static void
on_established(int i, const char *message, uint64_t now)
{
	struct call *c = &calls[i];
	struct load_text to = load_header(message, "To");
	struct load_text contact = load_between(load_header(message, "Contact"), "<", ">");

	snprintf(c->to, sizeof c->to, "%.*s", to.n, to.p);
	snprintf(c->target, sizeof c->target, "%.*s", contact.n, contact.p);
	answer_us[count.established++] = (uint32_t)((now - c->began_ns) / 1000);
	c->state = TALKING;
	c->end_ns = now + (uint64_t)opt.hold_ms * 1000000u;
	send_in_dialog(i, "ACK", 1);
	if (opt.talk_s > 0)
		rtpgen_add(rtp, 0, relay_of(message));
}

static void
on_response(const char *message, uint64_t now)
{
	int status = load_status(message);
	struct load_text id = load_header(message, "Call-ID"), cseq = load_header(message, "CSeq");
	int i = (int)strtol(id.p, NULL, 10);
	bool invite = cseq.n > 0 && strncmp(cseq.p + cseq.n - 6, "INVITE", 6) == 0;
	struct call *c;

	if (id.n == 0 || i < 0 || i >= opt.calls)
		return;
	c = &calls[i];
	if (invite && status < 200) {
		c->proceeding = true;
	} else if (invite && status < 300) {
		if (c->state == INVITED) {
			on_established(i, message, now);
		} else {
			count.repeated++;
			send_in_dialog(i, "ACK", 1);
		}
	} else if (invite) {
		send_ack_of_failure(i, load_header(message, "To"));
		if (c->state == INVITED)
			fail(i, message);
		else
			count.repeated++;
	} else if (c->state == ENDING) {
		if (status < 300) {
			c->state = DONE;
			count.done++;
		} else {
			fail(i, message);
		}
	} else {
		count.repeated++;
	}
}

/* ---- called side ---- */

/* A Bloom filter of four bits a message: with a million messages in it, it is wrong once in
 * some millions. */
static bool
seen_before(const char *message, const char *method)
{
	struct load_text id = load_header(message, "Call-ID");
	uint64_t h =
	    load_hash(id) * 0x9e3779b97f4a7c15ull + (uint64_t)method[0] * 0xff51afd7ed558ccdull;
	bool was = true;

	for (int i = 0; i < 4; i++) {
		uint32_t bit;

		h = (h ^ (h >> 29)) * 0xbf58476d1ce4e5b9ull;
		bit = (uint32_t)(h >> 20) & ((1u << SEEN_BITS) - 1);
		was = was && (seen[bit / 8] >> (bit % 8) & 1);
		seen[bit / 8] |= (unsigned char)(1u << (bit % 8));
	}
	return was;
}

/* The request's headers, which a response repeats; To gets our tag if it has none. */
static int
response_write(
    char *out, size_t size, const char *request, int status, const char *body, int body_bytes)
{
	struct load_text via = load_header(request, "Via"), from = load_header(request, "From"),
			 to = load_header(request, "To"), id = load_header(request, "Call-ID"),
			 cseq = load_header(request, "CSeq");
	bool tagged = load_between(to, ";tag=", ">").n > 0;

	return snprintf(out, size,
	    "SIP/2.0 %d OK\r\nVia: %.*s\r\nFrom: %.*s\r\nTo: %.*s%s\r\nCall-ID: %.*s\r\n"
	    "CSeq: %.*s\r\nContact: <sip:called@%s%s>\r\n%sContent-Length: %d\r\n\r\n%s",
	    status, via.n, via.p, from.n, from.p, to.n, to.p, tagged ? "" : ";tag=b", id.n, id.p,
	    cseq.n, cseq.p, called_text, links_uri_param(called),
	    body_bytes ? "Content-Type: application/sdp\r\n" : "", body_bytes, body);
}

static void
on_request(int link, const char *message)
{
	char text[LOAD_MESSAGE_MAX], body[512];
	int n;

	if (strncmp(message, "ACK ", 4) == 0)
		return;
	if (strncmp(message, "INVITE ", 7) == 0) {
		if (seen_before(message, "INVITE")) {
			count.repeated++;
		} else if (opt.talk_s > 0) {
			rtpgen_add(rtp, 1, relay_of(message));
		}
		n = response_write(text, sizeof text, message, 180, "", 0);
		links_send(called, link, text, n);
		n = sdp_write(
		    body, sizeof body, &opt.called, rtpgen_port(rtp, 1, called_streams++));
		n = response_write(text, sizeof text, message, 200, body, n);
		links_send(called, link, text, n);
		return;
	}
	if (strncmp(message, "BYE ", 4) == 0 && seen_before(message, "BYE"))
		count.repeated++;
	n = response_write(text, sizeof text, message, 200, "", 0);
	links_send(called, link, text, n);
}

/* ---- both ---- */

static void
on_message(void *ctx, int link, const char *message)
{
	if (load_status(message) != 0)
		on_response(message, load_now_ns());
	else
		on_request(link, message);
}

static void
wait_ms(int ms)
{
	struct pollfd fds[2] = {{.fd = links_poll_fd(caller), .events = POLLIN},
	    {.fd = links_poll_fd(called), .events = POLLIN}};

	if (poll(fds, 2, ms) <= 0)
		return;
	if (fds[0].revents)
		links_receive(caller, on_message, NULL);
	if (fds[1].revents)
		links_receive(called, on_message, NULL);
}

/* Repeats what was not answered. Walks the calls from the oldest one still open; called every 100
 * ms. */
static void
resend_due(int from, int to, uint64_t now)
{
	for (int i = from; i < to; i++) {
		struct call *c = &calls[i];

		if ((c->state != INVITED && c->state != ENDING) || c->resend_ns > now)
			continue;
		if (now - c->began_ns > GIVE_UP_MS * 1000000ull && c->state == INVITED) {
			fail(i, "no answer to INVITE");
			continue;
		}
		if (c->resend_ms > GIVE_UP_MS) {
			fail(i, "no answer");
			continue;
		}
		c->resend_ms *= 2;
		c->resend_ns = now + c->resend_ms * 1000000ull;
		if (c->state == INVITED && c->proceeding)
			continue;
		count.resent++;
		if (c->state == INVITED)
			send_invite(i);
		else
			send_in_dialog(i, "BYE", 2);
	}
}

/* Starts calls [started…] at the rate; ends each after its time unless told to hold; until all are
 * settled. */
static void
run(bool hold, bool hang_up_held)
{
	uint64_t began = load_now_ns(), next_check = began;
	int started = hang_up_held ? opt.calls : 0, oldest = 0, ending = 0;

	for (;;) {
		uint64_t now = load_now_ns();
		double due = (double)(now - began) / 1e9 * opt.rate;

		while (started < opt.calls && started < due)
			start_call(started++, now);
		while (hang_up_held && ending < opt.calls && ending < due) {
			if (calls[ending].state == TALKING)
				hang_up(ending, now);
			ending++;
		}
		if (!hold && !hang_up_held)
			/* Calls end nearly in the order in which they began. */
			for (; ending < started; ending++) {
				if (calls[ending].state == INVITED)
					break;
				if (calls[ending].state != TALKING)
					continue;
				if (calls[ending].end_ns > now)
					break;
				hang_up(ending, now);
			}
		if (now >= next_check) {
			while (oldest < started && calls[oldest].state >= DONE)
				oldest++;
			resend_due(oldest, started, now);
			next_check = now + 100 * 1000000u;
		}
		if (hold ? count.established + count.failed == opt.calls
			 : count.done + count.failed >= opt.calls)
			return;
		wait_ms(1);
	}
}

static int
by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void
print_result(double seconds)
{
	int n = count.established;

	qsort(answer_us, (size_t)n, sizeof *answer_us, by_size);
	printf("{\"calls\":%d,\"established\":%d,\"completed\":%d,\"failed\":%d,\"resent\":%llu,"
	       "\"repeated\":%llu,"
	       "\"seconds\":%.3f,\"answer_us_median\":%u,\"answer_us_p99\":%u}\n",
	    opt.calls, n, count.done, count.failed, (unsigned long long)count.resent,
	    (unsigned long long)count.repeated, seconds, n ? answer_us[n / 2] : 0,
	    n ? answer_us[(size_t)n * 99 / 100] : 0);
	fflush(stdout);
}

static void
wait_for_word(void)
{
	char line[64];

	fflush(stdout);
	if (!fgets(line, sizeof line, stdin))
		exit(1);
}

static void
talk(void)
{
	struct rtpgen_result r;

	run(true, false);
	printf("{\"established\":%d,\"failed\":%d}\n", count.established, count.failed);
	wait_for_word();
	r = rtpgen_run(rtp, opt.talk_s, opt.pps);
	printf("{\"sent\":%llu,\"received\":%llu,\"lost\":%llu,\"foreign\":%llu}\n",
	    (unsigned long long)r.sent, (unsigned long long)r.received, (unsigned long long)r.lost,
	    (unsigned long long)r.foreign);
	wait_for_word();
	run(false, true);
}

static void
options(int argc, char **argv)
{
	static const struct option names[] = {{"server", 1, NULL, 's'}, {"caller", 1, NULL, 'c'},
	    {"called", 1, NULL, 'd'}, {"number", 1, NULL, 'n'}, {"from", 1, NULL, 'f'},
	    {"rate", 1, NULL, 'r'}, {"calls", 1, NULL, 'm'}, {"hold-ms", 1, NULL, 'h'},
	    {"talk", 1, NULL, 't'}, {"pps", 1, NULL, 'p'}, {"sockets", 1, NULL, 'k'},
	    {"tls", 1, NULL, 'l'}, {"numbers", 1, NULL, 'N'}, {0}};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1)
		switch (c) {
		case 's': opt.server = load_address(optarg); break;
		case 'c': opt.caller = load_address(optarg); break;
		case 'd': opt.called = load_address(optarg); break;
		case 'n': opt.number = optarg; break;
		case 'f': opt.from = optarg; break;
		case 'r': opt.rate = strtod(optarg, NULL); break;
		case 'm': opt.calls = (int)strtol(optarg, NULL, 10); break;
		case 'h': opt.hold_ms = (int)strtol(optarg, NULL, 10); break;
		case 't': opt.talk_s = strtod(optarg, NULL); break;
		case 'p': opt.pps = (int)strtol(optarg, NULL, 10); break;
		case 'k': opt.sockets = (int)strtol(optarg, NULL, 10); break;
		case 'N': opt.numbers = (int)strtol(optarg, NULL, 10); break;
		case 'l':
			opt.kind = LINK_TLS;
			opt.links = (int)strtol(optarg, NULL, 10);
			break;
		default: exit(2);
		}
	if (!opt.server.sin_port || !opt.caller.sin_port || !opt.called.sin_port || opt.calls < 1 ||
	    opt.numbers < 1 || opt.rate <= 0)
		load_die(
		    "usage: callgen --server A:P --caller A:P --called A:P --number N --rate R "
		    "--calls N "
		    "[--from NAME] [--hold-ms MS] [--talk SECONDS [--pps 50] [--sockets 100]] "
		    "[--tls CONNECTIONS] [--numbers N]");
}

int
main(int argc, char **argv)
{
	uint64_t began;

	options(argc, argv);
	address_text(server_text, &opt.server);
	address_text(caller_text, &opt.caller);
	address_text(called_text, &opt.called);
	caller = links_open(opt.kind, opt.links, &opt.caller, &opt.server, true);
	called = links_open(opt.kind, opt.links, &opt.called, &opt.server, false);
	calls = calloc((size_t)opt.calls, sizeof *calls);
	answer_us = calloc((size_t)opt.calls, sizeof *answer_us);
	seen = calloc(1, (1u << SEEN_BITS) / 8);
	rtp =
	    rtpgen_new(opt.caller.sin_addr, opt.called.sin_addr, opt.talk_s > 0 ? opt.sockets : 1);
	if (!calls || !answer_us || !seen)
		load_die("callgen: no memory");
	began = load_now_ns();
	if (opt.talk_s > 0)
		talk();
	else
		run(false, false);
	print_result((double)(load_now_ns() - began) / 1e9);
	return count.failed ? 1 : 0;
}
