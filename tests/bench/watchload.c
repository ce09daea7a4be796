/*
 * watchload: busy lamps. Phones subscribe to the dialogs of numbers (RFC 4235) with digest, answer
 * every NOTIFY, and count.
 *
 * Phone i (PREFIXi, password PASSWORDi) watches --each numbers: the i-th, the i+1-th … of --numbers
 * numbers beginning with --first. It says so when all subscriptions stand, then answers NOTIFYs
 * and prints its counts for every line on stdin, until stdin ends. Before "refresh" it refreshes
 * all subscriptions, with the --rate of the beginning and nonces that are forgotten, as half an
 * hour later.
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proof.h"

enum { RESEND_MS = 500, FAILURES_SHOWN = 5, TRIES_MAX = 8, TAG_MAX = 32 };

struct watch {
	bool open, done;
	int tries;
	uint32_t cseq;
	uint64_t sent_ns;
	char tag[sizeof ";tag=" +
		 TAG_MAX]; /* the server's, with its name; "" before the first 200 */
};

static struct {
	struct sockaddr_in server, local;
	const char *prefix, *password;
	long first;
	int phones, each, numbers;
	double rate;
} opt = {.prefix = "ph", .password = "pw", .phones = 100, .each = 1, .numbers = 100, .rate = 1000};

static struct {
	uint64_t subscribed, failed, resent, notified;
} count;

static struct proof *proofs; /* of each phone */
static struct watch *watches;
static char server_text[64], local_text[64];
static int fd;

static int
total(void)
{
	return opt.phones * opt.each;
}

static void
send_text(const char *text, int n)
{
	if (sendto(fd, text, (size_t)n, 0, (const struct sockaddr *)&opt.server,
		sizeof opt.server) < 0)
		perror("watchload: sendto");
}

static void
subscribe(int w)
{
	char text[LOAD_MESSAGE_MAX], proof[PROOF_MAX], user[64], password[80], uri[96];
	int i = w / opt.each, n;
	long number = opt.first + (i + w % opt.each) % opt.numbers;

	watches[w].open = true;
	watches[w].cseq++;
	watches[w].sent_ns = load_now_ns();
	snprintf(user, sizeof user, "%s%d", opt.prefix, i);
	snprintf(password, sizeof password, "%s%d", opt.password, i);
	snprintf(uri, sizeof uri, "sip:%ld@%s", number, server_text);
	proof_write(proof, &proofs[i], user, password, "SUBSCRIBE", uri);
	n = snprintf(text, sizeof text,
	    "SUBSCRIBE %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;branch=z9hG4bKw%d-%u;rport\r\n"
	    "Max-Forwards: 70\r\nFrom: <sip:%s@%s>;tag=w%d\r\nTo: <%s>%s\r\n"
	    "Call-ID: w-%d-%d@bench\r\n"
	    "CSeq: %u SUBSCRIBE\r\nContact: <sip:%s@%s>\r\nEvent: dialog\r\n"
	    "Accept: application/dialog-info+xml\r\nExpires: 3600\r\n%sContent-Length: 0\r\n\r\n",
	    uri, local_text, w, watches[w].cseq, user, server_text, w, uri, watches[w].tag, w,
	    (int)getpid(), watches[w].cseq, user, local_text, proof);
	send_text(text, n);
}

static void
keep_tag(struct watch *w, const char *message)
{
	struct load_text to = load_header(message, "To");
	const char *tag = to.n > 0 ? memmem(to.p, (size_t)to.n, ";tag=", 5) : NULL;

	if (tag)
		snprintf(w->tag, sizeof w->tag, "%.*s", (int)(to.p + to.n - tag), tag);
}

static void
on_response(const char *message)
{
	int status = load_status(message);
	struct load_text id = load_header(message, "Call-ID"), cseq = load_header(message, "CSeq");
	int w = id.n > 2 ? (int)strtol(id.p + 2, NULL, 10) : -1;

	if (w < 0 || w >= total() || !watches[w].open || status < 200 ||
	    strtoul(cseq.p, NULL, 10) != watches[w].cseq)
		return;
	if (status == 401 && watches[w].tries++ < TRIES_MAX) {
		proof_take(&proofs[w / opt.each], message);
		subscribe(w);
		return;
	}
	watches[w].open = false;
	watches[w].done = true;
	if (status / 100 == 2) {
		count.subscribed++;
		keep_tag(&watches[w], message);
	} else if (count.failed++ < FAILURES_SHOWN)
		fprintf(stderr, "watchload: subscription %d: %.60s\n", w, message);
}

static void
on_notify(const char *message)
{
	struct load_text via = load_header(message, "Via"), from = load_header(message, "From"),
			 to = load_header(message, "To"), id = load_header(message, "Call-ID"),
			 cseq = load_header(message, "CSeq");
	char text[LOAD_MESSAGE_MAX];
	int n = snprintf(text, sizeof text,
	    "SIP/2.0 200 OK\r\nVia: %.*s\r\nFrom: %.*s\r\nTo: %.*s\r\nCall-ID: %.*s\r\n"
	    "CSeq: %.*s\r\nContent-Length: 0\r\n\r\n",
	    via.n, via.p, from.n, from.p, to.n, to.p, id.n, id.p, cseq.n, cseq.p);

	count.notified++;
	send_text(text, n);
}

static void
receive(void)
{
	static char message[65536];
	ssize_t n;

	while ((n = recv(fd, message, sizeof message - 1, 0)) > 0) {
		message[n] = '\0';
		if (load_status(message))
			on_response(message);
		else
			on_notify(message);
	}
}

static void
resend_due(void)
{
	uint64_t now = load_now_ns();

	for (int w = 0; w < total(); w++) {
		if (!watches[w].open || now - watches[w].sent_ns < RESEND_MS * 1000000ull)
			continue;
		count.resent++;
		if (++watches[w].tries <= TRIES_MAX) {
			subscribe(w);
			continue;
		}
		watches[w].open = false;
		watches[w].done = true;
		count.failed++;
	}
}

static void
subscribe_all(void)
{
	uint64_t began = load_now_ns(), next_check = began;
	uint64_t wanted = count.subscribed + count.failed + (uint64_t)total();
	int started = 0;

	while (count.subscribed + count.failed < wanted) {
		struct pollfd p = {.fd = fd, .events = POLLIN};
		uint64_t now = load_now_ns();

		while (started < total() && started < (double)(now - began) / 1e9 * opt.rate)
			subscribe(started++);
		if (poll(&p, 1, 1) > 0)
			receive();
		if (now >= next_check) {
			resend_due();
			next_check = now + 100 * 1000000u;
		}
	}
}

static void
print_counts(void)
{
	printf("{\"subscribed\":%llu,\"failed\":%llu,\"resent\":%llu,\"notified\":%llu}\n",
	    (unsigned long long)count.subscribed, (unsigned long long)count.failed,
	    (unsigned long long)count.resent, (unsigned long long)count.notified);
	fflush(stdout);
}

static void
refresh_all(void)
{
	for (int i = 0; i < opt.phones; i++)
		proofs[i].nonce[0] = '\0';
	for (int w = 0; w < total(); w++)
		watches[w].tries = 0;
	subscribe_all();
}

static void
serve(void)
{
	struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
	char line[64];
	ssize_t n;

	for (;;) {
		if (poll(p, 2, -1) < 0)
			return;
		if (p[0].revents)
			receive();
		if (!p[1].revents)
			continue;
		n = read(STDIN_FILENO, line, sizeof line);
		if (n <= 0)
			return;
		if (line[0] == 'r')
			refresh_all();
		print_counts();
	}
}

int
main(int argc, char **argv)
{
	static const struct option names[] = {{"server", 1, NULL, 's'}, {"local", 1, NULL, 'l'},
	    {"prefix", 1, NULL, 'x'}, {"password", 1, NULL, 'w'}, {"phones", 1, NULL, 'n'},
	    {"each", 1, NULL, 'e'}, {"first", 1, NULL, 'f'}, {"numbers", 1, NULL, 'm'},
	    {"rate", 1, NULL, 'r'}, {0}};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1)
		switch (c) {
		case 's': opt.server = load_address(optarg); break;
		case 'l': opt.local = load_address(optarg); break;
		case 'x': opt.prefix = optarg; break;
		case 'w': opt.password = optarg; break;
		case 'n': opt.phones = (int)strtol(optarg, NULL, 10); break;
		case 'e': opt.each = (int)strtol(optarg, NULL, 10); break;
		case 'f': opt.first = strtol(optarg, NULL, 10); break;
		case 'm': opt.numbers = (int)strtol(optarg, NULL, 10); break;
		case 'r': opt.rate = strtod(optarg, NULL); break;
		default: exit(2);
		}
	if (!opt.server.sin_port || !opt.local.sin_port || opt.phones < 1 || opt.each < 1 ||
	    opt.numbers < 1)
		load_die("usage: watchload --server A:P --local A:P --prefix NAME --password WORD "
			 "--phones N --each K --first NUMBER --numbers M --rate R");
	snprintf(server_text, sizeof server_text, "%s:%u", inet_ntoa(opt.server.sin_addr),
	    ntohs(opt.server.sin_port));
	snprintf(local_text, sizeof local_text, "%s:%u", inet_ntoa(opt.local.sin_addr),
	    ntohs(opt.local.sin_port));
	proofs = calloc((size_t)opt.phones, sizeof *proofs);
	watches = calloc((size_t)total(), sizeof *watches);
	if (!proofs || !watches)
		load_die("watchload: no memory");
	fd = load_udp_open(&opt.local);
	subscribe_all();
	print_counts();
	serve();
	return count.failed ? 1 : 0;
}
