/* media/: what passing RTCP tells (RFC 3550, 6.4). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "media/rtcp_int.h"

enum { A_SSRC = 0xaaaa0001, B_SSRC = 0xbbbb0002, SECOND_US = 1000000 };

static char space[512];
static struct buf b;

static void
put(uint32_t v, int bytes)
{
	while (bytes--)
		buf_char(&b, (char)(v >> 8 * bytes));
}

static void
put_head(unsigned count, unsigned type, unsigned words, uint32_t ssrc)
{
	put(0x80 | count, 1);
	put(type, 1);
	put(words - 1, 2);
	put(ssrc, 4);
}

static void
put_sr(uint32_t ssrc, uint32_t ntp_mid)
{
	put_head(0, 200, 7, ssrc);
	put(0x1234, 2);
	put(ntp_mid, 4);
	put(0, 2);
	put(0, 4); /* RTP time stamp */
	put(10, 4);
	put(1600, 4);
}

static void
put_rr(uint32_t ssrc, uint32_t about, int32_t lost, uint32_t lsr, uint32_t dlsr)
{
	put_head(1, 201, 8, ssrc);
	put(about, 4);
	put(5, 1); /* fraction */
	put((uint32_t)lost & 0xffffff, 3);
	put(1000, 4);
	put(7, 4);
	put(lsr, 4);
	put(dlsr, 4);
}

static struct slice
packet(void)
{
	struct slice s = buf_slice(&b);

	buf_init(&b, space, sizeof space);
	return s;
}

static int
set_up(void **state)
{
	buf_init(&b, space, sizeof space);
	return 0;
}

/* A's report passes us at 10 s; B's answer comes 130 ms later and says it kept it for 50 ms. */
static void
round_trip_of_each_side(void **state)
{
	struct rtcp_stats a = {0}, other = {0};

	put_sr(A_SSRC, 0xcafe0001);
	rtcp_stats_packet(&a, &other.sr, B_SSRC, packet(), 10 * SECOND_US);
	put_rr(B_SSRC, A_SSRC, 3, 0xcafe0001, 65536 / 20);
	rtcp_stats_packet(&other, &a.sr, A_SSRC, packet(), 10 * SECOND_US + 130000);
	assert_in_range(other.rtt_us, 79000, 81000);
	assert_int_equal(rtcp_stats_lost(&other), 3);
	assert_int_equal(a.rtt_us, 0); /* A has not answered yet */

	put_sr(B_SSRC, 0xbeef0001); /* B's next one, with A's answer to it behind an SDES */
	rtcp_stats_packet(&other, &a.sr, A_SSRC, packet(), 11 * SECOND_US);
	put_rr(A_SSRC, B_SSRC, -2, 0xbeef0001, 0);
	rtcp_stats_packet(&a, &other.sr, B_SSRC, packet(), 11 * SECOND_US + 20000);
	assert_in_range(a.rtt_us, 19000, 21000);
	assert_int_equal(rtcp_stats_lost(&a), 0); /* duplicates: never negative */
}

static void
compound_packets_and_sources_that_change(void **state)
{
	struct rtcp_stats a = {0}, other = {0};

	put_sr(A_SSRC, 1);
	put_head(1, 202, 3, A_SSRC); /* SDES */
	put(0, 4);
	put_rr(A_SSRC, B_SSRC, 40, 0, 0);
	rtcp_stats_packet(&a, &other.sr, B_SSRC, packet(), SECOND_US);
	assert_int_equal(a.sr.mid, 1);
	assert_int_equal(rtcp_stats_lost(&a), 40);
	put_rr(A_SSRC, B_SSRC, 41, 0, 0);
	rtcp_stats_packet(&a, &other.sr, B_SSRC, packet(), SECOND_US);
	assert_int_equal(rtcp_stats_lost(&a), 41);
	put_rr(A_SSRC, 77, 2, 0, 0); /* B began anew as 77 */
	rtcp_stats_packet(&a, &other.sr, 77, packet(), SECOND_US);
	assert_int_equal(rtcp_stats_lost(&a), 43);
}

/* What names nobody's source, or a report that never was, is not believed: SRTCP looks so. */
static void
strange_reports_mean_nothing(void **state)
{
	struct rtcp_stats a = {.sr = {9, SECOND_US}}, other = {0};

	put_rr(B_SSRC, 0xdeadbeef, 1000, 9, 0);
	rtcp_stats_packet(&other, &a.sr, A_SSRC, packet(), 2 * SECOND_US);
	assert_int_equal(rtcp_stats_lost(&other), 0);
	put_rr(B_SSRC, A_SSRC, 0, 10, 0);
	rtcp_stats_packet(&other, &a.sr, A_SSRC, packet(), 2 * SECOND_US);
	put_rr(B_SSRC, A_SSRC, 0, 9, 2 * 65536); /* kept longer than it was away */
	rtcp_stats_packet(&other, &a.sr, A_SSRC, packet(), 2 * SECOND_US);
	put_rr(B_SSRC, A_SSRC, 0, 9, 0); /* a minute: nobody talks over that */
	rtcp_stats_packet(&other, &a.sr, A_SSRC, packet(), 61 * SECOND_US);
	assert_int_equal(other.rtt_us, 0);
}

/* Whole and cut at every byte, from the end of an allocation. */
static void
cut_packets_are_safe(void **state)
{
	struct slice whole;

	put_sr(A_SSRC, 1);
	put_rr(A_SSRC, B_SSRC, 1, 2, 3);
	put_head(31, 200, 7, A_SSRC); /* promises more blocks than it has */
	put(0, 4);
	put(0, 4);
	put(0, 4);
	put(0, 4);
	put(0, 4);
	whole = packet();
	for (size_t n = 0; n <= whole.n; n++) {
		char *copy = test_malloc(n ? n : 1);
		struct rtcp_stats s = {0}, other = {0};

		memcpy(copy, whole.p, n);
		rtcp_stats_packet(&s, &other.sr, B_SSRC, slice_make(copy, n), SECOND_US);
		assert_int_equal(s.sr.mid, n >= 28 && n < whole.n ? 1 : 0); /* the last says 0 */
		test_free(copy);
	}
}

static void
our_own_are_understood(void **state)
{
	struct rtcp_own own = {.ssrc = A_SSRC,
	    .sends = true,
	    .ntp = rtcp_ntp(1600000000500000u), /* 2020-09-13, half a second */
	    .timestamp = 4711,
	    .packets = 50,
	    .bytes = 8000,
	    .hears = true,
	    .heard_ssrc = B_SSRC,
	    .fraction_lost = 12,
	    .lost = 34,
	    .highest_seq = 0x20001,
	    .jitter = 5,
	    .lsr = 6,
	    .dlsr = 7};
	unsigned char out[RTCP_OWN_MAX_BYTES];
	struct rtcp_report r;
	struct slice rest;

	assert_int_equal(rtcp_ntp(0) >> 32, 2208988800u);
	assert_int_equal(rtcp_own_write(out, &own, "0123456789abcdef"), sizeof out);
	assert_memory_equal(out, "\x81\xc8\0\x0c", 4);
	assert_memory_equal(
	    out + 8, "\xe3\x08\x8e\x80\x80\0\0\0\0\0\x12\x67\0\0\0\x32\0\0\x1f\x40", 20);
	assert_memory_equal(out + 32, "\x0c\0\0\x22\0\2\0\1\0\0\0\5\0\0\0\6\0\0\0\7", 20);
	assert_memory_equal(out + 52, "\x81\xca\0\6", 4);
	assert_memory_equal(out + 60,
	    "\1\x10"
	    "0123456789abcdef\0\0",
	    20);
	rest = slice_make(out, sizeof out);
	assert_true(rtcp_report_take(&rest, &r));
	assert_true(r.sender);
	assert_int_equal(r.ntp_mid, 0x8e808000);
	assert_int_equal(r.n_blocks, 1);
	assert_int_equal(r.block[0].ssrc, B_SSRC);
	assert_int_equal(r.block[0].lost, 34);
	assert_int_equal(r.block[0].lsr, 6);
	assert_int_equal(r.block[0].dlsr, 7);
	assert_false(rtcp_report_take(&rest, &r));

	own.sends = own.hears = false;
	assert_int_equal(rtcp_own_write(out, &own, "0123456789abcdef"), 8 + 28);
	assert_memory_equal(out, "\x80\xc9\0\1", 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(our_own_are_understood),
	    cmocka_unit_test_setup(round_trip_of_each_side, set_up),
	    cmocka_unit_test_setup(compound_packets_and_sources_that_change, set_up),
	    cmocka_unit_test_setup(strange_reports_mean_nothing, set_up),
	    cmocka_unit_test_setup(cut_packets_are_safe, set_up),
	};

	return cmocka_run_group_tests_name("media/rtcp", tests, NULL, NULL);
}
