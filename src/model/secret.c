#include "model/secret.h"

#include <ctype.h>

#include "base/random.h"

enum { NAME_COUNTS = 4, SEQUENCE_MAX = 5, DIFFERENT_MIN = 8 };

static const struct {
	size_t length, small, capital, digit;
} policies[] = {[SECRET_SECURE] = {16, 3, 2, 2}, [SECRET_PARANOID] = {30, 5, 5, 5}};

/* Rows of a keyboard are sequences too. */
static const char *const rows[] = {"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop",
    "qwertzuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm"};

enum secret_policy
secret_policy_find(const char *name)
{
	return strcmp(name, "paranoid") == 0 ? SECRET_PARANOID : SECRET_SECURE;
}

static bool
follows_in_a_row(char a, char b)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *at = strchr(rows[i], a);

		if (at && a && (at[1] == b || (at > rows[i] && at[-1] == b)))
			return true;
	}
	return a == b;
}

/* "12345", "fedcba", "qwertz", "aaaaa". */
static bool
has_sequence(struct slice s)
{
	size_t run = 1;

	for (size_t i = 1; i < s.n; i++) {
		run = follows_in_a_row((char)tolower((unsigned char)s.p[i - 1]),
			  (char)tolower((unsigned char)s.p[i]))
			  ? run + 1
			  : 1;
		if (run >= SEQUENCE_MAX)
			return true;
	}
	return false;
}

static bool
contains(struct slice s, struct slice part)
{
	for (size_t i = 0; i + part.n <= s.n; i++)
		if (slice_eq_nocase(slice_make(s.p + i, part.n), part))
			return true;
	return false;
}

static size_t
count_different(struct slice s)
{
	bool seen[256] = {false};
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		n += !seen[(unsigned char)s.p[i]];
		seen[(unsigned char)s.p[i]] = true;
	}
	return n;
}

const char *
secret_weakness(enum secret_policy policy, struct slice name, struct slice secret)
{
	size_t small = 0, capital = 0, digit = 0;

	for (size_t i = 0; i < secret.n; i++) {
		small += secret.p[i] >= 'a' && secret.p[i] <= 'z';
		capital += secret.p[i] >= 'A' && secret.p[i] <= 'Z';
		digit += secret.p[i] >= '0' && secret.p[i] <= '9';
	}
	if (secret.n < policies[policy].length)
		return "too_short";
	if (small < policies[policy].small || capital < policies[policy].capital ||
	    digit < policies[policy].digit)
		return "too_simple";
	if (name.n >= NAME_COUNTS && contains(secret, name))
		return "has_name";
	if (has_sequence(secret))
		return "has_sequence";
	if (count_different(secret) < DIFFERENT_MIN)
		return "repeats";
	return NULL;
}

void
secret_generate(enum secret_policy policy, struct slice name, char out[SECRET_BYTES])
{
	/* no 0 O 1 l I, which people misread when they type it into a phone */
	static const char set[] = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
	size_t n = policies[policy].length;
	struct rng rng;

	rng_init_system(&rng);
	do { /* of all that follow the guideline each is as probable as any other */
		for (size_t i = 0; i < n; i++)
			out[i] = set[rng_below(&rng, sizeof set - 1)];
		out[n] = '\0';
	} while (secret_weakness(policy, name, slice_make(out, n)));
	explicit_bzero(&rng, sizeof rng);
}

enum err
secret_check(
    enum secret_policy policy, struct slice name, struct slice secret, struct model_errors *errors)
{
	const char *code = secret_weakness(policy, name, secret);

	if (!code)
		return ERR_OK;
	if (strcmp(code, "has_name") == 0)
		model_error_add(errors, "weak_password", "secret",
		    "The SIP password must not contain the name of the phone.");
	else if (strcmp(code, "has_sequence") == 0)
		model_error_add(errors, "weak_password", "secret",
		    "The SIP password must not contain sequences like 12345 or qwert.");
	else if (strcmp(code, "repeats") == 0)
		model_error_add(errors, "weak_password", "secret",
		    "The SIP password must have at least %d different characters.", DIFFERENT_MIN);
	else
		model_error_add(errors, "weak_password", "secret",
		    "The SIP password needs at least %zu characters, among them %zu small letters, "
		    "%zu capitals and %zu digits (or permit weak ones in the settings).",
		    policies[policy].length, policies[policy].small, policies[policy].capital,
		    policies[policy].digit);
	return ERR_INVALID;
}
