/* sound/codec.c: how codecs are called and how they travel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sound/codec.h"

static void
names_are_found(void **state)
{
	static const struct {
		struct slice name;
		uint32_t clock_hz, channels;
		enum codec codec;
	} cases[] = {
	    {SLICE("PCMA"), 8000, 1, CODEC_PCMA},
	    {SLICE("pcmu"), 8000, 0, CODEC_PCMU},
	    {SLICE("PCMA"), 16000, 1, CODEC_NONE},
	    {SLICE("G722"), 8000, 1, CODEC_G722},
	    {SLICE("OPUS"), 48000, 2, CODEC_OPUS},
	    {SLICE("opus"), 48000, 1, CODEC_NONE},
	    {SLICE("G729"), 8000, 1, CODEC_G729},
	    {SLICE("GSM"), 0, 0, CODEC_GSM},
	    {SLICE("L16"), 8000, 1, CODEC_L16_8},
	    {SLICE("L16"), 16000, 1, CODEC_L16_16},
	    {SLICE("L16"), 48000, 1, CODEC_L16_48},
	    {SLICE("L16"), 44100, 2, CODEC_NONE},
	    {SLICE("telephone-event"), 8000, 1, CODEC_EVENT_8},
	    {SLICE("telephone-event"), 48000, 1, CODEC_EVENT_48},
	    {SLICE("iLBC"), 8000, 1, CODEC_NONE},
	    {SLICE(""), 8000, 1, CODEC_NONE},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(codec_find(cases[i].name, cases[i].clock_hz, cases[i].channels),
		    cases[i].codec);
}

static void
static_numbers_are_found(void **state)
{
	assert_int_equal(codec_of_static(0), CODEC_PCMU);
	assert_int_equal(codec_of_static(3), CODEC_GSM);
	assert_int_equal(codec_of_static(8), CODEC_PCMA);
	assert_int_equal(codec_of_static(9), CODEC_G722);
	assert_int_equal(codec_of_static(18), CODEC_G729);
	assert_int_equal(codec_of_static(4), CODEC_NONE);
	assert_int_equal(codec_of_static(96), CODEC_NONE);
	assert_int_equal(codec_of_static(CODEC_PT_DYNAMIC), CODEC_NONE);
}

static void
packets_hold_whole_frames(void **state)
{
	static const struct {
		enum codec codec;
		uint32_t wanted_ms, gets_ms;
	} cases[] = {
	    {CODEC_PCMA, 0, 20},
	    {CODEC_PCMA, 5, 10},
	    {CODEC_PCMA, 30, 30},
	    {CODEC_PCMA, 35, 30},
	    {CODEC_PCMA, 1000, 60},
	    {CODEC_OPUS, 30, 20},
	    {CODEC_OPUS, 10, 20},
	    {CODEC_OPUS, 60, 60},
	    {CODEC_GSM, 50, 40},
	    {CODEC_G729, 50, 50},
	    {CODEC_L16_16, 60, 40},
	    {CODEC_L16_48, 20, 10},
	    {CODEC_EVENT_8, 20, 0},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_int_equal(codec_ptime(cases[i].codec, cases[i].wanted_ms), cases[i].gets_ms);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_are_found),
	    cmocka_unit_test(static_numbers_are_found),
	    cmocka_unit_test(packets_hold_whole_frames),
	};

	return cmocka_run_group_tests_name("media/codec", tests, NULL, NULL);
}
