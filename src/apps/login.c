/* USR-7: who logs in to a telephone, or out of it. A user who has a PIN for calls is asked for it
 * before he is logged in: from then on the telephone calls in his name. */
#include "apps/apps.h"
#include "model/pin.h"

enum { PIN_WAIT_MS = 20000 };

struct login {
	struct order order; /* first */
	char pin[PIN_DIGITS_MAX];
	size_t n;
	bool asked;
};

static const struct dir_user *
who(const struct call_app *a)
{
	return dir_user_by_login(call_app_directory(a), call_app_argument(a));
}

static void
begin(struct call_app *a)
{
	static const enum prompt enter = PROMPT_ENTER_PIN;
	const struct dir_user *user = who(a);
	struct login *l = call_app_state(a);

	if (call_app_feature(a) != FEATURE_PHONE_LOGIN || !user || !user->dial_pin.n) {
		order_begin(a);
		return;
	}
	l->asked = true;
	call_app_after(a, PIN_WAIT_MS);
	call_app_say(a, &enter, 1);
}

static void
check(struct call_app *a)
{
	struct login *l = call_app_state(a);
	const struct dir_user *user = who(a);
	bool fits = user && call_app_pin_fits(a, user->dial_pin, slice_make(l->pin, l->n));

	l->asked = false;
	explicit_bzero(l->pin, sizeof l->pin);
	call_app_stop_playing(a);
	if (fits)
		order_begin(a);
	else
		order_tell(a, false, PROMPT_WRONG_PIN);
}

/* "*" begins anew. */
static void
on_key(struct call_app *a, char key)
{
	struct login *l = call_app_state(a);

	if (!l->asked)
		return;
	if (key == '*') {
		l->n = 0;
	} else if (key == '#') {
		check(a);
	} else if (key >= '0' && key <= '9' && l->n < sizeof l->pin) {
		l->pin[l->n++] = key;
	}
}

const struct call_app_kind app_login = {.name = "login",
    .state_bytes = sizeof(struct login),
    .begin = begin,
    .on_key = on_key,
    .on_result = order_on_result,
    .on_time = order_on_time,
    .on_played = order_on_played};
