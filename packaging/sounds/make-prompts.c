/*
 * make-prompts LIST: a sound file of each spoken prompt and language, in prompts/LANGUAGE/NAME.wav
 * beside LIST, which names them with whose voice it is. Where Debian's recorded voices have it
 * (asterisk-core-sounds-en-g722), it is theirs; else flite speaks English and espeak-ng German.
 * All become equally loud, without silence around them (sound/convert.h).
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "model/prompts.h"
#include "sound/convert.h"

#define RECORDED "/usr/share/asterisk/sounds/en_US_f_Allison"
#define SPOKEN	 "spoken.wav"

enum { PATH_BYTES = 256, LENGTH_MAX_MS = 60000 };

static bool
run(const char *const argv[])
{
	pid_t pid;
	int status = -1, e = posix_spawnp(&pid, argv[0], NULL, NULL, (char *const *)argv, environ);

	if (e != 0) {
		fprintf(stderr, "%s cannot run: %s (tools/install-packages build)\n", argv[0],
		    strerror(e));
		return false;
	}
	return waitpid(pid, &status, 0) == pid && status == 0;
}

static bool
speak(enum prompt_language l, const char *text, const char *out)
{
	const char *english[] = {"flite", "-voice", "slt", "-t", text, "-o", out, NULL};
	const char *german[] = {"espeak-ng", "-v", "de", "-s", "145", "-w", out, text, NULL};

	return run(l == PROMPT_DE ? german : english);
}

static bool
fail(const char *what, const char *why)
{
	fprintf(stderr, "%s: %s\n", what, why);
	return false;
}

/* Paths are relative: the folder of the list is where we work. */
static bool
make_one(FILE *list, enum prompt p, enum prompt_language l)
{
	const char *text = prompt_text(p, l), *recorded = prompt_recorded(p, l);
	char to[PATH_BYTES], from[PATH_BYTES] = SPOKEN;
	uint64_t ms = 0;
	enum err e;

	if (!text)
		return true;
	snprintf(to, sizeof to, "prompts/%s/%s.wav", prompt_language_code(l), prompt_name(p));
	if (recorded)
		snprintf(from, sizeof from, RECORDED "/%s.g722", recorded);
	else if (!speak(l, text, from))
		return fail(to, "could not be spoken");
	unlink(to);
	e = sound_convert(from, to, LENGTH_MAX_MS, &ms);
	if (!recorded)
		unlink(from);
	if (e != ERR_OK)
		return fail(from, err_text(e));
	if (chmod(to, 0644) != 0)
		return fail(to, strerror(errno));
	fprintf(list, "%s/%s.wav %llu ms %s\n", prompt_language_code(l), prompt_name(p),
	    (unsigned long long)ms, recorded ? "recorded" : "spoken");
	return true;
}

static bool
make_folder(const char *path)
{
	return mkdir(path, 0755) == 0 || errno == EEXIST || fail(path, strerror(errno));
}

static bool
make_all(FILE *list)
{
	char folder[PATH_BYTES];

	if (!make_folder("prompts"))
		return false;
	for (int l = 0; l < PROMPT_LANGUAGES_COUNT; l++) {
		snprintf(folder, sizeof folder, "prompts/%s", prompt_language_code(l));
		if (!make_folder(folder))
			return false;
		for (int p = 0; p < PROMPTS_COUNT; p++)
			if (!make_one(list, p, l))
				return false;
	}
	return true;
}

int
main(int argc, char **argv)
{
	char *name;
	FILE *list;
	bool ok;

	if (argc != 2)
		return fail("make-prompts", "LIST"), EXIT_FAILURE;
	name = strrchr(argv[1], '/');
	if (name) {
		*name++ = '\0';
		if (chdir(argv[1]) != 0)
			return fail(argv[1], strerror(errno)), EXIT_FAILURE;
	} else {
		name = argv[1];
	}
	list = fopen(name, "w");
	if (!list)
		return fail(name, strerror(errno)), EXIT_FAILURE;
	ok = make_all(list);
	ok = fclose(list) == 0 && ok;
	if (!ok)
		unlink(name);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
