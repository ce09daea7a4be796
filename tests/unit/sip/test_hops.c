/* sip/hops: memory of failed hops (RFC 3263, 4.3). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sip/hops.h"

static struct addr
at(unsigned n)
{
	struct addr a = {.family = 4, .port = 5060, .ip = {192, 0, (uint8_t)(n >> 8), (uint8_t)n}};

	return a;
}

static struct sip_hops
three(void)
{
	struct sip_hops h = {.n = 3};

	for (unsigned i = 0; i < 3; i++)
		h.hop[i] = (struct sip_hop){.transport = SIP_UDP, .addr = at(i + 1)};
	return h;
}

static void
order(const struct sip_failed_hops *f, uint64_t now_ms, const char *want)
{
	struct sip_hops h = three();
	char got[4] = "";

	sip_hops_sort(f, &h, now_ms);
	assert_int_equal(h.n, 3);
	for (unsigned i = 0; i < 3; i++)
		got[i] = (char)('0' + h.hop[i].addr.ip[3]);
	assert_string_equal(got, want);
}

static void
failed_hops_come_last_for_a_while(void **state)
{
	struct sip_failed_hops f;
	struct addr a1 = at(1), a2 = at(2), a3 = at(3);

	sip_failed_hops_init(&f);
	order(&f, 1000, "123");
	sip_hop_failed(&f, SIP_UDP, &a1, 1000, 0);
	order(&f, 1000, "231");
	order(&f, 1000 + SIP_HOP_AVOID_S * 1000 - 1, "231");
	order(&f, 1000 + SIP_HOP_AVOID_S * 1000, "123");
	sip_hop_failed(&f, SIP_UDP, &a2, 1000, 10); /* Retry-After: 10 */
	order(&f, 5000, "312");
	order(&f, 11001, "231");
	sip_hop_failed(&f, SIP_TCP, &a3, 1000, 0); /* another transport says nothing of UDP */
	order(&f, 5000, "312");
	sip_hop_failed(&f, SIP_UDP, &a3, 1000, 0);
	order(&f, 5000, "123"); /* all failed: none is left out */
	sip_hop_works(&f, SIP_UDP, &a2);
	order(&f, 5000, "213");
	sip_hop_failed(&f, SIP_UDP, &a2, 5000, UINT32_MAX);
	assert_true(sip_hop_is_avoided(&f, SIP_UDP, &a2, 5000));
	assert_false(sip_hop_is_avoided(&f, SIP_UDP, &a2, 5000 + SIP_HOP_AVOID_MAX_S * 1000));
}

static void
the_memory_is_bounded(void **state)
{
	struct sip_failed_hops f;
	struct addr a;

	sip_failed_hops_init(&f);
	for (unsigned i = 0; i < 2 * SIP_FAILED_HOPS_MAX; i++) {
		a = at(i);
		sip_hop_failed(&f, SIP_UDP, &a, 1000 + i, 0);
	}
	for (unsigned i = 0; i < 2 * SIP_FAILED_HOPS_MAX; i++) {
		a = at(i);
		assert_int_equal(
		    sip_hop_is_avoided(&f, SIP_UDP, &a, 2000), i >= SIP_FAILED_HOPS_MAX);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(failed_hops_come_last_for_a_while),
	    cmocka_unit_test(the_memory_is_bounded),
	};

	return cmocka_run_group_tests_name("sip hops", tests, NULL, NULL);
}
