/* sip/: session descriptions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "sip/sdp.h"

static const char offer_text[] = "v=0\r\n"
				 "o=alice 2890844526 2890844527 IN IP4 10.0.0.7\r\n"
				 "s=-\r\n"
				 "c=IN IP4 10.0.0.7\r\n"
				 "t=0 0\r\n"
				 "a=group:BUNDLE 0 1\r\n"
				 "a=ice-lite\r\n"
				 "a=x-kept:yes\r\n"
				 "m=audio 49170 RTP/AVP 8 0 101 96\r\n"
				 "a=rtpmap:101 telephone-event/8000\r\n"
				 "a=rtpmap:96 opus/48000/2\r\n"
				 "a=fmtp:101 0-15\r\n"
				 "a=ptime:20\r\n"
				 "a=rtcp:53020 IN IP4 10.0.0.8\r\n"
				 "a=candidate:1 1 UDP 2130706431 10.0.0.7 49170 typ host\r\n"
				 "a=rtcp-fb:* nack\r\n"
				 "a=sendonly\r\n"
				 "m=video 51372/2 RTP/AVP 31\r\n"
				 "c=IN IP6 2001:db8::7\r\n"
				 "b=AS:256\r\n"
				 "a=rtcp-mux\r\n"
				 "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\r\n"
				 "m=application 0 TCP/BFCP *\r\n";

static struct sdp
parsed(struct slice text)
{
	struct sdp s;

	assert_int_equal(sdp_parse(&s, text), ERR_OK);
	return s;
}

static void
assert_addr(const struct addr *a, const char *expected)
{
	char text[ADDR_TEXT_MAX];

	assert_string_equal(addr_text(a, text), expected);
}

static void
an_offer_is_read(void **state)
{
	struct sdp s = parsed(slice_cstr(offer_text));
	const struct sdp_media *audio = &s.media[0], *video = &s.media[1];

	assert_int_equal(s.n_media, 3);
	assert_true(slice_eq(s.origin_user, SLICE("alice")));
	assert_true(slice_eq(s.session_id, SLICE("2890844526")));
	assert_true(slice_eq(s.session_version, SLICE("2890844527")));
	assert_true(slice_eq(audio->kind, SLICE("audio")));
	assert_true(slice_eq(audio->formats, SLICE("8 0 101 96")));
	assert_addr(&audio->addr, "10.0.0.7:49170");
	assert_addr(&audio->rtcp, "10.0.0.8:53020");
	assert_int_equal(audio->dir, SDP_SENDONLY);
	assert_int_equal(audio->ptime_ms, 20);
	assert_false(audio->rtcp_mux);
	assert_int_equal(video->n_ports, 2);
	assert_addr(&video->addr, "[2001:db8::7]:51372");
	assert_addr(&video->rtcp, "[2001:db8::7]:51373");
	assert_int_equal(video->dir, SDP_SENDRECV);
	assert_true(video->rtcp_mux);
	assert_int_equal(s.media[2].port, 0);
	assert_int_equal(s.media[2].rtcp.family, 0);
}

static void
codecs_have_names(void **state)
{
	struct sdp s = parsed(slice_cstr(offer_text));

	assert_true(slice_eq(sdp_codec_name(&s.media[0], 0), SLICE("PCMA")));
	assert_true(slice_eq(sdp_codec_name(&s.media[0], 1), SLICE("PCMU")));
	assert_true(slice_eq(sdp_codec_name(&s.media[0], 2), SLICE("telephone-event")));
	assert_true(slice_eq(sdp_codec_name(&s.media[0], 3), SLICE("opus")));
	assert_int_equal(sdp_codec_name(&s.media[0], 4).n, 0);
	assert_true(slice_eq(sdp_codec_name(&s.media[1], 0), SLICE("H261")));
	assert_int_equal(sdp_codec_name(&s.media[2], 0).n, 0);
}

static void
our_addresses_replace_theirs(void **state)
{
	struct sdp s = parsed(slice_cstr(offer_text)), again;
	struct sdp_rewrite_params p = {.session_id = 77, .version = 2, .port = {20000, 0, 0}};
	char mem[2048];
	struct buf b;
	const char *expected = "v=0\r\n"
			       "o=- 77 2 IN IP4 192.0.2.9\r\n"
			       "s=-\r\n"
			       "c=IN IP4 192.0.2.9\r\n"
			       "t=0 0\r\n"
			       "a=x-kept:yes\r\n"
			       "m=audio 20000 RTP/AVP 8 0 101 96\r\n"
			       "a=rtpmap:101 telephone-event/8000\r\n"
			       "a=rtpmap:96 opus/48000/2\r\n"
			       "a=fmtp:101 0-15\r\n"
			       "a=ptime:20\r\n"
			       "a=rtcp-fb:* nack\r\n"
			       "a=sendonly\r\n"
			       "m=video 0 RTP/AVP 31\r\n"
			       "m=application 0 TCP/BFCP *\r\n";

	assert_int_equal(addr_parse_ip(SLICE("192.0.2.9"), 0, &p.local), ERR_OK);
	buf_init(&b, mem, sizeof mem);
	sdp_rewrite(&b, &s, &p);
	assert_true(buf_ok(&b));
	mem[b.n] = '\0';
	assert_string_equal(mem, expected);
	again = parsed(buf_slice(&b));
	assert_addr(&again.media[0].addr, "192.0.2.9:20000");
	assert_addr(&again.media[0].rtcp, "192.0.2.9:20001");

	p.port[1] = 20002; /* keys and bandwidth pass, the media's own c= does not */
	assert_int_equal(addr_parse_ip(SLICE("2001:db8::1"), 0, &p.local), ERR_OK);
	buf_init(&b, mem, sizeof mem);
	sdp_rewrite(&b, &s, &p);
	again = parsed(buf_slice(&b));
	assert_addr(&again.media[1].addr, "[2001:db8::1]:20002");
	assert_true(slice_eq(
	    again.media[1].text, SLICE("m=video 20002 RTP/AVP 31\r\nb=AS:256\r\n"
				       "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\r\n")));

	buf_init(&b, mem, 100);
	sdp_rewrite(&b, &s, &p);
	assert_false(buf_ok(&b));
}

static void
connection_is_written_where_it_belongs(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
	    {"v=0\no=- 1 1 IN IP4 h\ns=-\nt=0 0\nm=audio 9 RTP/AVP 0\nc=IN IP4 1.2.3.4\n",
		"v=0\r\no=- 5 6 IN IP4 9.9.9.9\r\ns=-\r\nc=IN IP4 9.9.9.9\r\nt=0 0\r\n"
		"m=audio 8 RTP/AVP 0\r\n"},
	    {"v=0\no=- 1 1 IN IP4 h\ns=-\ni=x\nm=audio 9 RTP/AVP 0",
		"v=0\r\no=- 5 6 IN IP4 9.9.9.9\r\ns=-\r\ni=x\r\nc=IN IP4 9.9.9.9\r\n"
		"m=audio 8 RTP/AVP 0\r\n"},
	};
	struct sdp_rewrite_params p = {.session_id = 5, .version = 6, .port = {8}};

	assert_int_equal(addr_parse_ip(SLICE("9.9.9.9"), 0, &p.local), ERR_OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sdp s = parsed(slice_cstr(cases[i].in));
		char mem[512];
		struct buf b;

		buf_init(&b, mem, sizeof mem - 1);
		sdp_rewrite(&b, &s, &p);
		mem[b.n] = '\0';
		assert_string_equal(mem, cases[i].out);
	}
}

#define HEAD "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nc=IN IP4 1.2.3.4\r\nt=0 0\r\n"

static void
hold_is_seen(void **state)
{
	static const struct {
		const char *text;
		bool hold;
	} cases[] = {
	    {HEAD "m=audio 9 RTP/AVP 0\r\n", false},
	    {HEAD "m=audio 9 RTP/AVP 0\r\na=sendonly\r\n", true},
	    {HEAD "m=audio 9 RTP/AVP 0\r\na=inactive\r\n", true},
	    {HEAD "m=audio 9 RTP/AVP 0\r\na=recvonly\r\n", false},
	    {HEAD "a=sendonly\r\nm=audio 9 RTP/AVP 0\r\n", true},
	    {HEAD "a=sendonly\r\nm=audio 9 RTP/AVP 0\r\na=sendrecv\r\n", false},
	    {HEAD "m=audio 9 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\n", true},
	    {HEAD "m=audio 9 RTP/AVP 0\r\nc=IN IP4 host.example\r\n", false},
	    {HEAD "m=audio 0 RTP/AVP 0\r\na=sendonly\r\n", false},
	    {HEAD "m=audio 9 RTP/AVP 0\r\na=sendonly\r\nm=audio 9 RTP/AVP 0\r\n", false},
	    {HEAD "m=audio 9 RTP/AVP 0\r\na=sendonly\r\nm=video 9 RTP/AVP 31\r\n", true},
	    {HEAD, false},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sdp s = parsed(slice_cstr(cases[i].text));

		if (sdp_is_hold(&s) != cases[i].hold)
			fail_msg("%s", cases[i].text);
	}
}

static void
bad_descriptions_are_refused(void **state)
{
	static const struct {
		const char *text;
		enum err e;
	} cases[] = {
	    {"", ERR_MALFORMED},
	    {"v=0\r\n", ERR_MALFORMED},
	    {"v=1\r\no=- 1 1 IN IP4 h\r\ns=-\r\n", ERR_MALFORMED},
	    {"v=0\r\no=- 1 1 IN IP4\r\ns=-\r\n", ERR_MALFORMED},
	    {"v=0\r\no=- 1 IN IP4 h\r\ns=-\r\n", ERR_MALFORMED},
	    {"v=0\r\no=- 1 1 IN IP4 h\r\no=- 1 1 IN IP4 h\r\n", ERR_MALFORMED},
	    {HEAD "nonsense\r\n", ERR_MALFORMED},
	    {HEAD "\r\nm=audio 9 RTP/AVP 0\r\n", ERR_MALFORMED},
	    {HEAD "c=IN IPX 1\r\n", ERR_MALFORMED},
	    {HEAD "m=audio\r\n", ERR_MALFORMED},
	    {HEAD "m=audio 9 RTP/AVP\r\n", ERR_MALFORMED},
	    {HEAD "m=audio 65536 RTP/AVP 0\r\n", ERR_MALFORMED},
	    {HEAD "m=audio -1 RTP/AVP 0\r\n", ERR_MALFORMED},
	    {HEAD "m=audio 9/x RTP/AVP 0\r\n", ERR_MALFORMED},
	    {HEAD "movie\r\n", ERR_MALFORMED},
	    {HEAD "m=audio 9 RTP/AVP 0\r\na=a\rb\r\n", ERR_MALFORMED},
	    {HEAD "m=audio 9 RTP/AVP 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23"
		  " 24 25 26 27 28 29 30 31 32\r\n",
		ERR_TOO_BIG},
	    {HEAD "m=a 1 x 0\r\nm=a 1 x 0\r\nm=a 1 x 0\r\nm=a 1 x 0\r\nm=a 1 x 0\r\nm=a 1 x 0\r\n"
		  "m=a 1 x 0\r\nm=a 1 x 0\r\nm=a 1 x 0\r\n",
		ERR_TOO_BIG},
	};
	struct sdp s = {.n_media = 9};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (sdp_parse(&s, slice_cstr(cases[i].text)) != cases[i].e)
			fail_msg("%s", cases[i].text);
	assert_int_equal(sdp_parse(&s, SLICE(HEAD "a=\0\r\n")), ERR_MALFORMED);
	assert_int_equal(s.n_media, 9);
}

static void
sizes_are_limited(void **state)
{
	static char text[SDP_MAX_BYTES + 100];
	struct sdp s;
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_lit(&b, HEAD);
	for (int i = 0; i < SDP_LINES_MAX - 5; i++)
		buf_lit(&b, "a=x\r\n");
	assert_int_equal(sdp_parse(&s, buf_slice(&b)), ERR_OK);
	buf_lit(&b, "a=x\r\n");
	assert_int_equal(sdp_parse(&s, buf_slice(&b)), ERR_TOO_BIG);
	memset(text, 'x', sizeof text);
	assert_int_equal(sdp_parse(&s, slice_make(text, SDP_MAX_BYTES + 1)), ERR_TOO_BIG);
}

/* RFC 3264, 6 */
static void
answers_must_fit(void **state)
{
	static const struct {
		const char *offer, *answer;
		enum err e;
	} cases[] = {
	    {HEAD "m=audio 9 RTP/AVP 0 8\r\n", HEAD "m=audio 5 RTP/AVP 8\r\n", ERR_OK},
	    {HEAD "m=audio 9 RTP/AVP 0 8\r\n", HEAD "m=audio 0 RTP/AVP 99\r\n", ERR_OK},
	    {HEAD "m=audio 9 RTP/AVP 0 8\r\n", HEAD "m=audio 5 RTP/AVP 99\r\n", ERR_CONFLICT},
	    {HEAD "m=audio 9 RTP/AVP 0 8\r\n", HEAD "m=audio 5 RTP/SAVP 8\r\n", ERR_CONFLICT},
	    {HEAD "m=audio 9 RTP/AVP 0 8\r\n", HEAD "m=video 5 RTP/AVP 8\r\n", ERR_CONFLICT},
	    {HEAD "m=audio 9 RTP/AVP 0 8\r\n", HEAD, ERR_CONFLICT},
	    {HEAD "m=audio 0 RTP/AVP 0 8\r\n", HEAD "m=audio 5 RTP/AVP 8\r\n", ERR_CONFLICT},
	    {HEAD "m=audio 9 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n",
		HEAD "m=audio 5 RTP/AVP 97\r\na=rtpmap:97 OPUS/48000/2\r\n", ERR_OK},
	    {HEAD "m=audio 9 RTP/AVP 0\r\nm=video 9 RTP/AVP 31\r\n",
		HEAD "m=audio 9 RTP/AVP 0\r\nm=video 0 RTP/AVP 31\r\n", ERR_OK},
	    {HEAD "m=audio 9 RTP/AVP 0\r\nm=video 9 RTP/AVP 31\r\n", HEAD "m=audio 9 RTP/AVP 0\r\n",
		ERR_CONFLICT},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct sdp offer = parsed(slice_cstr(cases[i].offer));
		struct sdp answer = parsed(slice_cstr(cases[i].answer));

		if (sdp_answer_check(&offer, &answer) != cases[i].e)
			fail_msg("%s answered by %s", cases[i].offer, cases[i].answer);
	}
}

/* A remembered description is the parsed one, and points into the text that was given. */
static void
memo_is_as_good_as_parsing(void **state)
{
	static struct sdp_memo memo;
	char copy[sizeof offer_text], other[64 + SDP_MEMO_TEXT_MAX];
	struct sdp first, again;

	memcpy(copy, offer_text, sizeof copy);
	assert_int_equal(sdp_memo_parse(&memo, &first, slice_cstr(offer_text)), ERR_OK);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(sdp_memo_parse(&memo, &again, slice_cstr(copy)), ERR_OK);
		assert_int_equal(again.n_media, first.n_media);
		assert_ptr_equal(again.session_text.p - copy, first.session_text.p - offer_text);
		assert_true(slice_eq(again.session_id, first.session_id));
		for (size_t i = 0; i < first.n_media; i++) {
			const struct sdp_media *a = &again.media[i], *b = &first.media[i];

			assert_ptr_equal(a->text.p - copy, b->text.p - offer_text);
			assert_ptr_equal(a->kind.p - copy, b->kind.p - offer_text);
			assert_true(slice_eq(a->text, b->text) && slice_eq(a->kind, b->kind) &&
				    slice_eq(a->proto, b->proto) &&
				    slice_eq(a->formats, b->formats));
			assert_true(a->port == b->port && addr_eq(&a->addr, &b->addr) &&
				    addr_eq(&a->rtcp, &b->rtcp) && a->dir == b->dir);
		}
		memset(&first, 0, sizeof first); /* whoever asked before may be gone */
		assert_int_equal(sdp_memo_parse(&memo, &first, slice_cstr(offer_text)), ERR_OK);
	}
	/* one letter more, refused ones, and many others in between */
	memcpy(copy, "v=1", 3);
	assert_int_not_equal(sdp_memo_parse(&memo, &again, slice_cstr(copy)), ERR_OK);
	for (int i = 0; i < 3 * SDP_MEMO_ENTRIES; i++) {
		snprintf(other, sizeof other,
		    "v=0\r\no=- %d 1 IN IP4 10.0.0.7\r\ns=%*s\r\nc=IN IP4 10.0.0.7\r\nt=0 0\r\n"
		    "m=audio 4000 RTP/AVP 8\r\n",
		    i, i % 2 ? 1 : SDP_MEMO_TEXT_MAX - 70, "x");
		assert_int_equal(sdp_memo_parse(&memo, &again, slice_cstr(other)), ERR_OK);
		assert_int_equal(again.session_id.p[0] - '0', i < 10 ? i : 1);
	}
	assert_int_equal(sdp_memo_parse(&memo, &again, slice_cstr(offer_text)), ERR_OK);
	assert_int_equal(again.n_media, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(memo_is_as_good_as_parsing),
	    cmocka_unit_test(an_offer_is_read),
	    cmocka_unit_test(codecs_have_names),
	    cmocka_unit_test(our_addresses_replace_theirs),
	    cmocka_unit_test(connection_is_written_where_it_belongs),
	    cmocka_unit_test(hold_is_seen),
	    cmocka_unit_test(bad_descriptions_are_refused),
	    cmocka_unit_test(sizes_are_limited),
	    cmocka_unit_test(answers_must_fit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
