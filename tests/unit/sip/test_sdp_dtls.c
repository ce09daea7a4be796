/* sip/sdp_dtls.c: what browsers say, and what is said to them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sip/sdp_dtls.h"

#define HEX_256                                                                                    \
	"7B:8B:F0:65:5F:78:E2:51:3B:AC:6F:F3:3F:46:1B:35:DC:B8:5F:64:1A:24:C2:43:F0:A1:58:D0:A1:"  \
	"2C:19:08"

/* As Chrome offers audio and video of one page. */
static const char chrome[] =
    "v=0\r\n"
    "o=- 4611731400430051336 2 IN IP4 127.0.0.1\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=group:BUNDLE 0 1\r\n"
    "a=extmap-allow-mixed\r\n"
    "a=msid-semantic: WMS lgsCFqt9kN2fVKw5wg3NKqGdATQoltEwOdMS\r\n"
    "m=audio 58779 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n"
    "c=IN IP4 217.130.243.155\r\n"
    "a=rtcp:9 IN IP4 0.0.0.0\r\n"
    "a=candidate:1467250027 1 udp 2122260223 192.168.0.196 46243 typ host generation 0 network-id "
    "1\r\n"
    "a=candidate:1467250027 2 udp 2122260222 192.168.0.196 56280 typ host generation 0\r\n"
    "a=candidate:2999745851 1 udp 2122194687 3f4d0a52-9bd6-4a2d-a7e2-7e2c0a4a2f3b.local 50410 typ "
    "host generation 0 network-id 2\r\n"
    "a=candidate:435653019 1 tcp 1518280447 192.168.0.196 9 typ host tcptype active\r\n"
    "a=candidate:1853887674 1 udp 1518280447 217.130.243.155 58779 typ srflx raddr 192.168.0.196 "
    "rport 46243 generation 0\r\n"
    "a=candidate:750991856 1 udp 25108223 203.0.113.9 51472 typ relay raddr 217.130.243.155 rport "
    "58779\r\n"
    "a=candidate:559267639 1 udp 2122129151 2001:db8::17 33220 typ host generation 0\r\n"
    "a=ice-ufrag:Oyef7uvBlwafI3hT\r\n"
    "a=ice-pwd:T0teqPLNQQOf+5W+ls+P2p16\r\n"
    "a=ice-options:trickle\r\n"
    "a=fingerprint:sha-256 " HEX_256 "\r\n"
    "a=setup:actpass\r\n"
    "a=mid:0\r\n"
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
    "a=sendrecv\r\n"
    "a=rtcp-mux\r\n"
    "a=rtpmap:111 opus/48000/2\r\n"
    "a=fmtp:111 minptime=10;useinbandfec=1\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=ice-ufrag:Oyef7uvBlwafI3hT\r\n"
    "a=ice-pwd:T0teqPLNQQOf+5W+ls+P2p16\r\n"
    "a=fingerprint:sha-256 " HEX_256 "\r\n"
    "a=setup:actpass\r\n"
    "a=mid:1\r\n"
    "a=rtcp-mux\r\n"
    "a=rtpmap:96 VP8/90000\r\n";

/* As Firefox: fingerprint and options for the session. The video has nothing of its own, as in an
 * answer (RFC 9143, 7.1.3). */
static const char firefox[] =
    "v=0\r\n"
    "o=mozilla...THIS_IS_SDPARTA-99.0 8763411872339813498 0 IN IP4 0.0.0.0\r\n"
    "s=-\r\n"
    "t=0 0\r\n"
    "a=fingerprint:sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB\r\n"
    "a=fingerprint:sha-256 " HEX_256 "\r\n"
    "a=group:BUNDLE sdparta_0 sdparta_1\r\n"
    "a=ice-options:trickle ice2\r\n"
    "a=msid-semantic:WMS *\r\n"
    "m=audio 45274 UDP/TLS/RTP/SAVPF 109 9 0 8 101\r\n"
    "c=IN IP4 198.51.100.7\r\n"
    "a=candidate:0 1 UDP 2122252543 198.51.100.7 45274 typ host\r\n"
    "a=candidate:2 1 TCP 2105524479 198.51.100.7 9 typ host tcptype active\r\n"
    "a=sendrecv\r\n"
    "a=end-of-candidates\r\n"
    "a=ice-pwd:7e1dfb2fa0ba6db0d1d2b2f5ee8ce0a4\r\n"
    "a=ice-ufrag:5ab14c27\r\n"
    "a=mid:sdparta_0\r\n"
    "a=rtcp-mux\r\n"
    "a=setup:active\r\n"
    "a=rtpmap:109 opus/48000/2\r\n"
    "m=video 0 UDP/TLS/RTP/SAVPF 120\r\n"
    "c=IN IP4 0.0.0.0\r\n"
    "a=bundle-only\r\n"
    "a=mid:sdparta_1\r\n"
    "a=rtpmap:120 VP8/90000\r\n";

static struct sdp
parsed(const char *text)
{
	struct sdp s;

	assert_int_equal(sdp_parse(&s, slice_cstr(text)), ERR_OK);
	return s;
}

static struct sdp_transport
transport(const char *text, size_t nth)
{
	struct sdp s = parsed(text);
	struct sdp_transport t;

	assert_int_equal(sdp_transport_read(&s, nth, &t), ERR_OK);
	return t;
}

static void
assert_text(struct slice s, const char *expected)
{
	assert_true(slice_eq(s, slice_cstr(expected)));
}

static void
assert_candidate(const struct sdp_candidate *c, const char *addr, uint32_t priority, bool reflexive)
{
	char text[ADDR_TEXT_MAX];

	assert_string_equal(addr_text(&c->addr, text), addr);
	assert_int_equal(c->priority, priority);
	assert_int_equal(c->reflexive, reflexive);
}

static void
chrome_is_understood(void **state)
{
	struct sdp s = parsed(chrome);
	struct sdp_transport t = transport(chrome, 0), video = transport(chrome, 1);

	assert_true(sdp_is_dtls(&s.media[0]));
	assert_int_equal(t.fingerprint.hash, SDP_HASH_SHA_256);
	assert_int_equal(t.fingerprint.bytes[0], 0x7b);
	assert_int_equal(t.fingerprint.bytes[31], 0x08);
	assert_false(t.fingerprint_unknown);
	assert_int_equal(t.setup, SDP_SETUP_ACTPASS);
	assert_text(t.ufrag, "Oyef7uvBlwafI3hT");
	assert_text(t.pwd, "T0teqPLNQQOf+5W+ls+P2p16");
	assert_true(t.trickle && t.rtcp_mux && !t.ice_lite);
	assert_text(t.mid, "0");
	assert_true(t.bundled && video.bundled);
	assert_int_equal(t.first, 0);
	assert_int_equal(video.first, 0);
	/* not those of TCP, of names, of RTCP, of relays */
	assert_int_equal(t.n_candidates, 3);
	assert_candidate(&t.candidate[0], "192.168.0.196:46243", 2122260223, false);
	assert_candidate(&t.candidate[1], "217.130.243.155:58779", 1518280447, true);
	assert_candidate(&t.candidate[2], "[2001:db8::17]:33220", 2122129151, false);
	assert_text(t.candidate[1].foundation, "1853887674");
}

static void
firefox_is_understood(void **state)
{
	struct sdp_transport t = transport(firefox, 0), video = transport(firefox, 1);

	assert_int_equal(t.fingerprint.hash, SDP_HASH_SHA_256); /* sha-1 beside it is no matter */
	assert_false(t.fingerprint_unknown);
	assert_int_equal(t.setup, SDP_SETUP_ACTIVE);
	assert_text(t.ufrag, "5ab14c27");
	assert_true(t.trickle && t.rtcp_mux);
	assert_int_equal(t.n_candidates, 1);
	/* what the bundle's first media has is the others', too */
	assert_int_equal(video.first, 0);
	assert_true(sdp_fingerprint_eq(&video.fingerprint, &t.fingerprint));
	assert_int_equal(video.setup, SDP_SETUP_ACTIVE);
	assert_text(video.ufrag, "5ab14c27");
	assert_true(video.rtcp_mux);
	assert_candidate(&video.candidate[0], "198.51.100.7:45274", 2122252543, false);
}

#define HEAD  "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
#define AUDIO "m=audio 5000 UDP/TLS/RTP/SAVP 8\r\n"
#define PWD   "0123456789abcdef012345"

static void
a_media_has_the_last_word(void **state)
{
	struct sdp_transport t =
	    transport(HEAD "a=ice-lite\r\na=setup:passive\r\na=ice-ufrag:sess\r\n"
			   "a=ice-pwd:" PWD "\r\na=fingerprint:sha-256 " HEX_256 "\r\n" AUDIO
			   "a=setup:active\r\na=ice-ufrag:media\r\n"
			   "a=ice-pwd:" PWD "x\r\na=tls-id:abc\r\n"
			   "m=video 6000 UDP/TLS/RTP/SAVP 31\r\n",
		0);

	assert_int_equal(t.setup, SDP_SETUP_ACTIVE);
	assert_text(t.ufrag, "media");
	assert_text(t.pwd, PWD "x");
	assert_text(t.tls_id, "abc");
	assert_int_equal(t.fingerprint.hash, SDP_HASH_SHA_256);
	assert_true(t.ice_lite);
	assert_false(t.bundled || t.rtcp_mux || t.trickle);
	t = transport(HEAD "a=setup:passive\r\n" AUDIO "a=setup:active\r\n"
			   "m=video 6000 UDP/TLS/RTP/SAVP 31\r\n",
	    1);
	assert_int_equal(t.setup, SDP_SETUP_PASSIVE);
	assert_int_equal(t.ufrag.n, 0);
}

static void
hashes_are_chosen(void **state)
{
	static const char text_384[] =
	    HEAD AUDIO "a=fingerprint:SHA-384 00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:"
		       "00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:"
		       "00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f\r\n";
	struct sdp_transport t = transport(text_384, 0);

	assert_int_equal(t.fingerprint.hash, SDP_HASH_SHA_384);
	assert_int_equal(t.fingerprint.bytes[47], 0x0f);
	t = transport(HEAD AUDIO "a=fingerprint:md5 00:01\r\n", 0);
	assert_int_equal(t.fingerprint.hash, SDP_HASH_NONE);
	assert_true(t.fingerprint_unknown);
	/* of its own, so that of the session is of no use */
	t = transport(
	    HEAD "a=fingerprint:sha-256 " HEX_256 "\r\n" AUDIO "a=fingerprint:sha-1 00:01\r\n", 0);
	assert_int_equal(t.fingerprint.hash, SDP_HASH_NONE);
	assert_true(t.fingerprint_unknown);
	t = transport(HEAD AUDIO, 0);
	assert_false(t.fingerprint_unknown);
}

static void
what_says_who_may_speak_must_be_whole(void **state)
{
	static const char *const bad[] = {
	    HEAD AUDIO "a=fingerprint:sha-256 7B:8B\r\n",
	    HEAD AUDIO "a=fingerprint:sha-256 " HEX_256 ":00\r\n",
	    HEAD AUDIO "a=fingerprint:sha-512 " HEX_256 "\r\n",
	    HEAD "a=fingerprint:sha-256 x" HEX_256 "\r\n" AUDIO,
	    HEAD AUDIO "a=setup:maybe\r\n",
	    HEAD AUDIO "a=ice-ufrag:abc\r\na=ice-pwd:" PWD "\r\n",
	    HEAD AUDIO "a=ice-ufrag:abcd\r\na=ice-pwd:tooshort\r\n",
	    HEAD AUDIO "a=ice-ufrag:ab:d\r\na=ice-pwd:" PWD "\r\n",
	    HEAD AUDIO "a=ice-ufrag:abcd\r\n",
	    HEAD AUDIO "a=ice-pwd:" PWD "\r\n",
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct sdp s = parsed(bad[i]);
		struct sdp_transport t;

		assert_int_equal(sdp_transport_read(&s, 0, &t), ERR_MALFORMED);
		assert_int_equal(sdp_transport_read(&s, 1, &t), ERR_INVALID);
	}
}

static void
odd_candidates_are_skipped(void **state)
{
	struct sdp_transport t =
	    transport(HEAD AUDIO "a=candidate:\r\n"
				 "a=candidate:1 1 UDP\r\n"
				 "a=candidate:1 1 UDP 0 192.0.2.1 5 typ host\r\n"
				 "a=candidate:1 1 UDP 9 192.0.2.1 0 typ host\r\n"
				 "a=candidate:1 1 UDP 9 192.0.2.1 65536 typ host\r\n"
				 "a=candidate:1 1 UDP 9 0.0.0.0 5 typ host\r\n"
				 "a=candidate:1 1 UDP 9 fe80::1%eth0 5 typ host\r\n"
				 "a=candidate:1 1 UDP 9 192.0.2.1 5 typ prflx\r\n"
				 "a=candidate:1 1 UDP 9 192.0.2.1 5 type host\r\n"
				 "a=candidate:1 1 UDP 9 192.0.2.1 5 typ host\r\n",
		0);
	char text[4000] = HEAD AUDIO;
	struct buf b;

	assert_int_equal(t.n_candidates, 1);
	buf_init(&b, text, sizeof text - 1);
	buf_lit(&b, HEAD AUDIO);
	for (unsigned i = 1; i < 30; i++)
		buf_printf(&b, "a=candidate:%u 1 UDP %u 192.0.2.%u 5 typ host\r\n", i, i, i);
	text[b.n] = '\0';
	t = transport(text, 0);
	assert_int_equal(t.n_candidates, SDP_CANDIDATES_MAX); /* the first ones */
	assert_candidate(&t.candidate[0], "192.0.2.1:5", 1, false);
}

static void
bundles_may_be_nonsense(void **state)
{
	struct sdp_transport t =
	    transport(HEAD "a=group:LS a\r\na=group:BUNDLE x y a\r\n" AUDIO "a=mid:a\r\n", 0);

	assert_true(t.bundled);
	assert_int_equal(t.first, 0); /* x is nobody */
	t = transport(HEAD "a=group:BUNDLE b\r\n" AUDIO "a=mid:a\r\n", 0);
	assert_false(t.bundled);
	t = transport(HEAD "a=group:BUNDLE\r\n" AUDIO "a=mid:\r\n", 0);
	assert_false(t.bundled);
}

static void
roles_are_answered(void **state)
{
	assert_int_equal(sdp_setup_answer(SDP_SETUP_ACTPASS), SDP_SETUP_ACTIVE);
	assert_int_equal(sdp_setup_answer(SDP_SETUP_PASSIVE), SDP_SETUP_ACTIVE);
	assert_int_equal(sdp_setup_answer(SDP_SETUP_ACTIVE), SDP_SETUP_PASSIVE);
	assert_int_equal(sdp_setup_answer(SDP_SETUP_HOLDCONN), SDP_SETUP_NONE);
	assert_int_equal(sdp_setup_answer(SDP_SETUP_NONE), SDP_SETUP_NONE);
}

static void
ours_can_be_read_again(void **state)
{
	struct sdp_transport theirs = transport(chrome, 0), t;
	struct sdp_candidate candidate[3];
	struct sdp_transport_ours ours = {.mid = SLICE("0"),
	    .fingerprint = &theirs.fingerprint,
	    .setup = SDP_SETUP_ACTIVE,
	    .ufrag = SLICE("abcdefgh"),
	    .pwd = SLICE(PWD),
	    .candidate = candidate,
	    .n_candidates = 3,
	    .rtcp_mux = true};
	struct slice mid = SLICE("0");
	struct addr a4, a6;
	char text[2000];
	struct buf b;

	assert_int_equal(addr_parse(SLICE("192.0.2.1:5000"), 0, &a4), ERR_OK);
	assert_int_equal(addr_parse(SLICE("[2001:db8::1]:5000"), 0, &a6), ERR_OK);
	candidate[0] = sdp_candidate_host(&a4, 0);
	candidate[1] = sdp_candidate_host(&a6, 1);
	candidate[2] = candidate[0];
	candidate[2].reflexive = true;
	assert_int_equal(candidate[0].priority, 2130706431); /* RFC 8445, 5.1.2.1 */
	assert_true(candidate[1].priority < candidate[0].priority);
	buf_init(&b, text, sizeof text - 1);
	buf_lit(&b, HEAD);
	sdp_session_write_ice(&b, &mid, 1);
	buf_lit(&b, AUDIO);
	sdp_transport_write(&b, &ours);
	assert_true(buf_ok(&b));
	text[b.n] = '\0';
	assert_non_null(strstr(text, "a=candidate:1 1 UDP 2130706431 192.0.2.1 5000 typ host\r\n"));
	assert_non_null(strstr(text, "a=fingerprint:sha-256 " HEX_256 "\r\na=setup:active\r\n"));
	assert_non_null(strstr(text, "a=ice-lite\r\na=group:BUNDLE 0\r\n"));
	t = transport(text, 0);
	assert_true(sdp_fingerprint_eq(&t.fingerprint, &theirs.fingerprint));
	assert_int_equal(t.setup, SDP_SETUP_ACTIVE);
	assert_text(t.ufrag, "abcdefgh");
	assert_text(t.pwd, PWD);
	assert_true(t.ice_lite && t.rtcp_mux && t.bundled && !t.trickle);
	assert_int_equal(t.n_candidates, 3);
	assert_true(addr_eq(&t.candidate[1].addr, &a6));
	assert_true(t.candidate[2].reflexive);
}

static void
phones_without_ice_get_none(void **state)
{
	struct sdp_transport theirs = transport(chrome, 0);
	struct sdp_transport_ours ours = {
	    .fingerprint = &theirs.fingerprint, .setup = SDP_SETUP_PASSIVE};
	char text[400];
	struct buf b;

	buf_init(&b, text, sizeof text - 1);
	sdp_transport_write(&b, &ours);
	text[b.n] = '\0';
	assert_string_equal(text, "a=fingerprint:sha-256 " HEX_256 "\r\na=setup:passive\r\n");
}

/* For a phone: nothing of the browser's connection, but its codecs. */
static void
what_is_of_one_connection_stays_there(void **state)
{
	static const struct sdp_protection plain = {.proto = SLICE("RTP/AVP"), .apart = true};
	static const char expected[] =
	    "v=0\r\no=- 7 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\na=x-mine\r\n"
	    "m=audio 20000 RTP/AVP 111 63 9 0 8 13 110 126\r\na=sendrecv\r\n"
	    "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n"
	    "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n";
	struct sdp_rewrite_params p = {.session_id = 7,
	    .version = 1,
	    .port = {20000},
	    .protection = {&plain},
	    .session = SLICE("a=x-mine\r\n")};
	char mem[4096];
	struct sdp s;
	struct buf b;

	assert_int_equal(sdp_parse(&s, slice_cstr(chrome)), ERR_OK);
	assert_int_equal(addr_parse_ip(SLICE("192.0.2.9"), 0, &p.local), ERR_OK);
	buf_init(&b, mem, sizeof mem - 1);
	sdp_rewrite(&b, &s, &p);
	assert_true(buf_ok(&b));
	mem[b.n] = '\0';
	assert_string_equal(mem, expected);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(chrome_is_understood),
	    cmocka_unit_test(firefox_is_understood),
	    cmocka_unit_test(a_media_has_the_last_word),
	    cmocka_unit_test(hashes_are_chosen),
	    cmocka_unit_test(what_says_who_may_speak_must_be_whole),
	    cmocka_unit_test(odd_candidates_are_skipped),
	    cmocka_unit_test(bundles_may_be_nonsense),
	    cmocka_unit_test(roles_are_answered),
	    cmocka_unit_test(ours_can_be_read_again),
	    cmocka_unit_test(phones_without_ice_get_none),
	    cmocka_unit_test(what_is_of_one_connection_stays_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
