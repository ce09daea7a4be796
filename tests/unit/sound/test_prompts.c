/* What the build makes of model/prompts.h (packaging/sounds): a file of each prompt, in each
 * language, and all of them equally loud. The first argument is their folder. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "model/prompts.h"
#include "sound/convert.h"
#include "sound/sound_in.h"

enum { ROOM = 60 * CONVERT_RATE_HZ };

static const char *folder;
static int16_t pcm[ROOM];

static void
every_prompt_can_be_heard_in_each_language(void **state)
{
	for (int l = 0; l < PROMPT_LANGUAGES_COUNT; l++) {
		for (int p = 0; p < PROMPTS_COUNT; p++) {
			struct sound_in *in;
			char path[4096];
			size_t n;
			double db;

			if (!prompt_text(p, l))
				continue;
			snprintf(path, sizeof path, "%s/%s/%s.wav", folder, prompt_language_code(l),
			    prompt_name(p));
			if (sound_in_open(path, CONVERT_RATE_HZ, &in) != ERR_OK)
				fail_msg("%s is missing", path);
			n = sound_in_read(in, pcm, ROOM);
			sound_in_close(in);
			assert_in_range(n, CONVERT_RATE_HZ / 5, ROOM - 1);
			db = sound_loudness_db(pcm, n, CONVERT_RATE_HZ);
			if (fabs(db - CONVERT_LOUDNESS_DB) > 1)
				fail_msg("%s has %.1f dB", path, db);
		}
	}
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_prompt_can_be_heard_in_each_language),
	};

	folder = argc > 1 ? argv[1] : "prompts";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
