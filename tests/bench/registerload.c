/*
 * registerload: registers many phones with digest (MD5, RFC 7616), as fast as asked, and counts.
 *
 * Phones are called PREFIX0 … PREFIX(n-1), their password is PASSWORD followed by the same number.
 * Round 1 is a full registration: REGISTER, 401, REGISTER with proof, 200. In the following rounds
 * the phones use the nonce they know with the next count, as real phones do, so one exchange is
 * enough.
 */
#include <arpa/inet.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "proof.h"

enum { RESEND_MS = 500, FAILURES_SHOWN = 5 };

struct phone {
	struct proof proof;
	uint32_t cseq;
	bool open; /* waits for its 200 */
	int tries;
	uint64_t sent_ns;
};

static struct {
	struct sockaddr_in server, local;
	const char *prefix, *password;
	int phones, rounds;
	double rate;
} opt = {.prefix = "ph", .password = "pw", .phones = 1000, .rounds = 5, .rate = 1000};

static struct {
	uint64_t registered, challenged, failed, resent;
} count;

static struct phone *phones;
static char server_text[64], local_text[64];
static int fd;

static void
send_register(int i)
{
	char text[LOAD_MESSAGE_MAX], proof[PROOF_MAX], user[64], password[80], uri[80];
	struct phone *p = &phones[i];
	int n;

	p->cseq++;
	p->open = true;
	p->sent_ns = load_now_ns();
	snprintf(user, sizeof user, "%s%d", opt.prefix, i);
	snprintf(password, sizeof password, "%s%d", opt.password, i);
	snprintf(uri, sizeof uri, "sip:%s", server_text);
	proof_write(proof, &p->proof, user, password, "REGISTER", uri);
	n = snprintf(text, sizeof text,
	    "REGISTER sip:%s SIP/2.0\r\nVia: SIP/2.0/UDP "
	    "%s;branch=z9hG4bKr%d-%u;rport\r\nMax-Forwards: 70\r\n"
	    "From: <sip:%s%d@%s>;tag=r%d\r\nTo: <sip:%s%d@%s>\r\nCall-ID: reg-%d@bench\r\nCSeq: %u "
	    "REGISTER\r\n"
	    "Contact: <sip:%s%d@%s>\r\nExpires: 3600\r\n%sUser-Agent: "
	    "registerload\r\nContent-Length: 0\r\n\r\n",
	    server_text, local_text, i, p->cseq, opt.prefix, i, server_text, i, opt.prefix, i,
	    server_text, i, p->cseq, opt.prefix, i, local_text, proof);
	if (sendto(fd, text, (size_t)n, 0, (const struct sockaddr *)&opt.server,
		sizeof opt.server) < 0)
		perror("registerload: sendto");
}

static void
on_response(const char *message)
{
	int status = load_status(message);
	struct load_text id = load_header(message, "Call-ID"), cseq = load_header(message, "CSeq");
	int i = id.n > 4 ? (int)strtol(id.p + 4, NULL, 10) : -1;
	struct phone *p;

	if (i < 0 || i >= opt.phones)
		return;
	p = &phones[i];
	if (!p->open || strtoul(cseq.p, NULL, 10) != p->cseq || status < 200)
		return;
	if (status == 401 && p->tries++ < 2) {
		proof_take(&p->proof, message);
		count.challenged++;
		send_register(i);
		return;
	}
	p->open = false;
	p->tries = 0;
	if (status == 200)
		count.registered++;
	else if (count.failed++ < FAILURES_SHOWN)
		fprintf(stderr, "registerload: phone %d: %.60s\n", i, message);
}

static void
receive(int wait_ms)
{
	static char message[65536];
	struct pollfd p = {.fd = fd, .events = POLLIN};
	ssize_t n;

	if (poll(&p, 1, wait_ms) <= 0)
		return;
	while ((n = recv(fd, message, sizeof message - 1, 0)) > 0) {
		message[n] = '\0';
		on_response(message);
	}
}

static void
resend_due(void)
{
	uint64_t now = load_now_ns();

	for (int i = 0; i < opt.phones; i++)
		if (phones[i].open && now - phones[i].sent_ns > RESEND_MS * 1000000ull) {
			count.resent++;
			if (++phones[i].tries > 10) {
				phones[i].open = false;
				count.failed++;
			} else {
				send_register(i);
			}
		}
}

static void
run_round(void)
{
	uint64_t began = load_now_ns(), done_before = count.registered + count.failed,
		 next_check = began;
	int started = 0;

	while (count.registered + count.failed - done_before < (uint64_t)opt.phones) {
		uint64_t now = load_now_ns();
		double due = (double)(now - began) / 1e9 * opt.rate;

		while (started < opt.phones && started < due)
			send_register(started++);
		receive(1);
		if (now >= next_check) {
			resend_due();
			next_check = now + 100 * 1000000u;
		}
	}
}

int
main(int argc, char **argv)
{
	static const struct option names[] = {{"server", 1, NULL, 's'}, {"local", 1, NULL, 'l'},
	    {"prefix", 1, NULL, 'x'}, {"password", 1, NULL, 'w'}, {"phones", 1, NULL, 'n'},
	    {"rounds", 1, NULL, 'm'}, {"rate", 1, NULL, 'r'}, {0}};
	int c;

	while ((c = getopt_long(argc, argv, "", names, NULL)) != -1)
		switch (c) {
		case 's': opt.server = load_address(optarg); break;
		case 'l': opt.local = load_address(optarg); break;
		case 'x': opt.prefix = optarg; break;
		case 'w': opt.password = optarg; break;
		case 'n': opt.phones = (int)strtol(optarg, NULL, 10); break;
		case 'm': opt.rounds = (int)strtol(optarg, NULL, 10); break;
		case 'r': opt.rate = strtod(optarg, NULL); break;
		default: exit(2);
		}
	if (!opt.server.sin_port || !opt.local.sin_port || opt.phones < 1)
		load_die("usage: registerload --server A:P --local A:P --prefix NAME --password "
			 "WORD --phones N "
			 "--rounds N --rate R");
	snprintf(server_text, sizeof server_text, "%s:%u", inet_ntoa(opt.server.sin_addr),
	    ntohs(opt.server.sin_port));
	snprintf(local_text, sizeof local_text, "%s:%u", inet_ntoa(opt.local.sin_addr),
	    ntohs(opt.local.sin_port));
	phones = calloc((size_t)opt.phones, sizeof *phones);
	if (!phones)
		load_die("registerload: no memory");
	fd = load_udp_open(&opt.local);
	for (int round = 1; round <= opt.rounds; round++) {
		char line[64];

		run_round();
		printf("{\"round\":%d,\"registered\":%llu,\"challenged\":%llu,\"failed\":%llu,"
		       "\"resent\":%llu}\n",
		    round, (unsigned long long)count.registered,
		    (unsigned long long)count.challenged, (unsigned long long)count.failed,
		    (unsigned long long)count.resent);
		fflush(stdout);
		if (round < opt.rounds && !fgets(line, sizeof line, stdin))
			return 1;
	}
	return count.failed ? 1 : 0;
}
