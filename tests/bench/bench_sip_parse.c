/*
 * CPU time to read a SIP message: bench_sip_parse [rounds]. Goal: 1.5 us for an INVITE
 * of usual size with its SDP, on one core of 2020, built with optimisation.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "sip/digest.h"
#include "sip/sdp.h"
#include "sip/write.h"

static const char invite[] =
    "INVITE sip:102@192.0.2.10:5060;transport=udp SIP/2.0\r\n"
    "Via: SIP/2.0/UDP 192.0.2.57:5060;rport;branch=z9hG4bKPj8f3c1d2e4b5a69788796a5b4c3d2e1f0\r\n"
    "Max-Forwards: 70\r\n"
    "From: \"Erika Mustermann\" <sip:101@192.0.2.10>;tag=4f1c9b3a77d84b0fa1\r\n"
    "To: <sip:102@192.0.2.10>\r\n"
    "Contact: <sip:101@192.0.2.57:5060;ob>\r\n"
    "Call-ID: 6d0c1f52a8e94f0b8e6d5b1c2a3f4e5d\r\n"
    "CSeq: 21438 INVITE\r\n"
    "Allow: PRACK, INVITE, ACK, BYE, CANCEL, UPDATE, INFO, SUBSCRIBE, NOTIFY, REFER, OPTIONS\r\n"
    "Supported: replaces, 100rel, timer, norefersub\r\n"
    "Session-Expires: 1800\r\n"
    "User-Agent: Example Phone 8.9.3.61\r\n"
    "Content-Type: application/sdp\r\n"
    "Content-Length: 204\r\n"
    "\r\n"
    "v=0\r\n"
    "o=- 3900000000 3900000000 IN IP4 192.0.2.57\r\n"
    "s=call\r\n"
    "c=IN IP4 192.0.2.57\r\n"
    "t=0 0\r\n"
    "m=audio 4000 RTP/AVP 8 0 9 101\r\n"
    "a=rtpmap:9 G722/8000\r\n"
    "a=rtpmap:101 telephone-event/8000\r\n"
    "a=fmtp:101 0-16\r\n"
    "a=sendrecv\r\n";

static const char ok[] =
    "SIP/2.0 200 OK\r\n"
    "Via: SIP/2.0/UDP 192.0.2.10:5060;received=192.0.2.10;rport=5060;branch=z9hG4bK7c4a1\r\n"
    "From: \"Erika Mustermann\" <sip:101@192.0.2.10>;tag=4f1c9b3a77d84b0fa1\r\n"
    "To: <sip:102@192.0.2.10>;tag=1928301774\r\n"
    "Call-ID: 6d0c1f52a8e94f0b8e6d5b1c2a3f4e5d\r\n"
    "CSeq: 21438 INVITE\r\n"
    "Contact: <sip:102@192.0.2.58:5060>\r\n"
    "Server: Example Phone 8.9.3.61\r\n"
    "Content-Length: 0\r\n"
    "\r\n";

static struct sip_msg m;
static const struct sip_flow flow = {.remote = {.family = 4, .port = 5060, .ip = {192, 0, 2, 57}}};

static void
must(bool fine)
{
	if (!fine)
		abort();
}

static void
read_invite(void)
{
	must(sip_msg_parse(&m, slice_cstr(invite), NULL) == ERR_OK);
}

static void
read_200(void)
{
	must(sip_msg_parse(&m, slice_cstr(ok), NULL) == ERR_OK);
}

static void
write_180(void)
{
	static char mem[2048];
	struct buf b;

	buf_init(&b, mem, sizeof mem);
	sip_write_response_head(&b, &m, &flow, 180, SLICE(""), SLICE("a1b2c3d4"));
	sip_write_body(&b, SLICE(""), SLICE(""));
	must(buf_ok(&b));
}

static void
read_and_rewrite_sdp(void)
{
	struct sdp_rewrite_params p = {.local = flow.remote, .port = {10000}};
	static char mem[2048];
	struct sdp s;
	struct buf b;

	must(sdp_parse(&s, m.body) == ERR_OK);
	buf_init(&b, mem, sizeof mem);
	sdp_rewrite(&b, &s, &p);
	must(buf_ok(&b));
}

static void
verify_digest(void)
{
	struct sip_digest d;

	must(
	    sip_digest_parse(&d,
		SLICE("Digest username=\"101\", realm=\"strowger\", nonce=\"5f1c9b3a77d84b0fa1c0\","
		      " uri=\"sip:192.0.2.10\", response=\"00000000000000000000000000000000\","
		      " cnonce=\"1234abcd\", nc=00000001, qop=auth, algorithm=MD5")) == ERR_OK);
	must(!sip_digest_verify(&d, SLICE("0123456789abcdef0123456789abcdef"), SLICE("REGISTER")));
}

static double
cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
measure(const char *name, size_t bytes, long rounds, void (*once)(void))
{
	double start = cpu_ns();

	for (long i = 0; i < rounds; i++)
		once();
	printf("%-28s %5zu bytes %8.0f ns\n", name, bytes, (cpu_ns() - start) / (double)rounds);
}

int
main(int argc, char **argv)
{
	long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 200000;

	if (rounds < 1)
		return 2;
	measure("read 200", sizeof ok - 1, rounds, read_200);
	measure("read INVITE", sizeof invite - 1, rounds, read_invite);
	measure("write head of 180", sizeof invite - 1, rounds, write_180);
	measure("read and rewrite its SDP", m.body.n, rounds, read_and_rewrite_sdp);
	measure("read and verify digest", 230, rounds, verify_digest);
	return 0;
}
