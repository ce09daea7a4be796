/* media/rtp.c: what a packet is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/rtp_int.h"

static void
packets_are_told_apart(void **state)
{
	static const struct {
		const char *name;
		struct slice packet;
		bool rtcp_port;
		enum rtp_kind kind;
	} cases[] = {
	    {"smallest RTP", SLICE("\x80\x08\0\1aaaabbbb"), false, RTP_KIND_RTP},
	    {"marker", SLICE("\x80\x88\0\1aaaabbbb."), false, RTP_KIND_RTP},
	    {"one source", SLICE("\x81\x08\0\1aaaabbbbcccc"), false, RTP_KIND_RTP},
	    {"source cut off", SLICE("\x81\x08\0\1aaaabbbbccc"), false, RTP_KIND_BROKEN},
	    {"extension", SLICE("\x90\x08\0\1aaaabbbbxx\0\1dddd"), false, RTP_KIND_RTP},
	    {"extension head cut off", SLICE("\x90\x08\0\1aaaabbbbxx\0"), false, RTP_KIND_BROKEN},
	    {"extension cut off", SLICE("\x90\x08\0\1aaaabbbbxx\0\1ddd"), false, RTP_KIND_BROKEN},
	    {"extension lies", SLICE("\x90\x08\0\1aaaabbbbxx\xff\xff...."), false, RTP_KIND_BROKEN},
	    {"too short", SLICE("\x80\x08\0\1aaaabbb"), false, RTP_KIND_BROKEN},
	    {"empty", SLICE(""), false, RTP_KIND_BROKEN},
	    {"version 1", SLICE("\x40\x08\0\1aaaabbbb"), false, RTP_KIND_FOREIGN},
	    {"version 3", SLICE("\xc0\x08\0\1aaaabbbb"), false, RTP_KIND_BROKEN},
	    {"RFC 7983 gap", SLICE("\x60\x08\0\1aaaabbbb"), false, RTP_KIND_BROKEN},
	    {"STUN", SLICE("\0\1\0\0\x21\x12\xa4\x42............"), false, RTP_KIND_FOREIGN},
	    {"DTLS", SLICE("\x16\xfe\xfd\0\0\0\0\0\0\0\0\0\1"), false, RTP_KIND_FOREIGN},
	    {"RTP on the RTCP port", SLICE("\x80\x08\0\1aaaabbbb"), true, RTP_KIND_BROKEN},
	    {"RTCP receiver report", SLICE("\x80\xc9\0\1aaaa"), true, RTP_KIND_RTCP},
	    {"RFC 5761: RTCP on the RTP port", SLICE("\x80\xc9\0\1aaaa"), false, RTP_KIND_RTCP},
	    {"lowest RTCP type", SLICE("\x80\xc0\0\1aaaa"), true, RTP_KIND_RTCP},
	    {"highest RTCP type", SLICE("\x80\xdf\0\1aaaa"), true, RTP_KIND_RTCP},
	    {"below RTCP types", SLICE("\x80\xbf\0\1aaaa"), true, RTP_KIND_BROKEN},
	    {"above RTCP types", SLICE("\x80\xe0\0\1aaaabbbb"), true, RTP_KIND_BROKEN},
	    {"RTCP length lies", SLICE("\x80\xc9\0\2aaaa"), true, RTP_KIND_BROKEN},
	    {"RTCP too short", SLICE("\x80\xc9\0\0"), true, RTP_KIND_BROKEN},
	    {"SRTCP: a tag follows", SLICE("\x80\xc9\0\1aaaa\x80\0\0\1tttttttttt"), true,
		RTP_KIND_RTCP},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (rtp_classify(cases[i].packet, cases[i].rtcp_port) != cases[i].kind)
			fail_msg("%s", cases[i].name);
}

static void
size_is_limited(void **state)
{
	static char big[RTP_PACKET_MAX + 1] = "\x80\x08";

	assert_int_equal(rtp_classify(slice_make(big, RTP_PACKET_MAX), false), RTP_KIND_RTP);
	assert_int_equal(rtp_classify(slice_make(big, RTP_PACKET_MAX + 1), false), RTP_KIND_BROKEN);
}

static void
head_is_read(void **state)
{
	struct rtp_head h = rtp_head_of(SLICE("\x80\xe5\x12\x34\xfe\xdc\xba\x98\x01\x02\x03\x04"));

	assert_int_equal(h.payload_type, 101);
	assert_int_equal(h.seq, 0x1234);
	assert_int_equal(h.timestamp, 0xfedcba98);
	assert_int_equal(h.ssrc, 0x01020304);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(packets_are_told_apart),
	    cmocka_unit_test(size_is_limited),
	    cmocka_unit_test(head_is_read),
	};

	return cmocka_run_group_tests_name("media/rtp", tests, NULL, NULL);
}
