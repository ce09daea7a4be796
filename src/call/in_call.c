/* KEY: codes in a call. A few bytes of each leg keep what may become one; no timer runs. */
#include "call/in_call.h"

#include <string.h>

#include "call/app_int.h"
#include "call/consult.h"
#include "call/dial_in.h"
#include "call/keys.h"
#include "call/talk_record.h"

enum { PAUSE_MS = 3000 }; /* longer between two keys: another code begins */

bool
in_call_listens(const struct leg *l)
{
	const struct call *c = l->call;
	const struct leg *other = leg_other(l);

	return dir_settings(c->sw->p.directory)->in_call_codes && dial_in_is_user(l) &&
	       c->state == CALL_UP && c->leg[l->side] == l && l->state == LEG_UP && other &&
	       other->state == LEG_UP && !other->app && !c->emergency;
}

/* Looking for keys in a voice means to decode it, and to keep it here: only for phones of which
 * somebody has said that they press keys so, and not where the voice may go past us. */
void
in_call_listen(const struct leg *l, struct media_service *what)
{
	const struct dir_phone *phone = dir_phone_by_id(l->call->sw->p.directory, l->phone);
	uint8_t flags = what->listening.flags;

	keys_listen(what);
	if (!phone || phone->dtmf != DIR_DTMF_INBAND || phone->direct_media)
		what->listening.flags = flags;
}

/* ---- codes ---- */

static void
act(struct leg *l, enum feature f)
{
	switch (f) {
	case FEATURE_CONSULT: consult_press(l); break;
	case FEATURE_THREE_WAY: consult_three_way(l); break;
	case FEATURE_TO_GO:
		if (call_to_go(l->call, l) != ERR_OK)
			call_log(LOG_INFO, l->call, "it cannot go on at another phone now");
		break;
	case FEATURE_RECORD: talk_record_press(l); break;
	default: break; /* dialled */
	}
}

enum match { MATCH_NOTHING, MATCH_BEGINNING, MATCH_CODE };

static enum match
look_up(const struct leg *l, struct slice typed, enum feature *out)
{
	const struct settings *set = dir_settings(l->call->sw->p.directory);
	enum match m = MATCH_NOTHING;

	for (int f = 0; f < FEATURES_N; f++) {
		struct slice code = slice_cstr(set->code[f]);

		if (feature_place(f) != FEATURE_IN_CALL || !slice_starts(code, typed))
			continue;
		m = MATCH_BEGINNING;
		if (code.n == typed.n) {
			*out = f;
			return MATCH_CODE;
		}
	}
	return m;
}

/* The keys so far, without those that begin no code. */
static enum match
collect(struct leg *l, char key, enum feature *out)
{
	uint64_t now = timers_now_ms(l->call->sw->p.timers);
	enum match m;

	if (now - l->typed_ms > PAUSE_MS)
		l->n_typed = 0;
	l->typed_ms = now;
	if (l->n_typed == sizeof l->typed)
		l->n_typed = 0;
	l->typed[l->n_typed++] = key;
	while ((m = look_up(l, slice_make(l->typed, l->n_typed), out)) == MATCH_NOTHING &&
	       l->n_typed > 0)
		memmove(l->typed, l->typed + 1, --l->n_typed);
	return l->n_typed ? m : MATCH_NOTHING;
}

bool
in_call_on_key(struct leg *l, char key)
{
	bool listens = in_call_listens(l);
	enum feature f;

	if (listens && l->call->consult && consult_on_key(l, key))
		return true;
	if (listens && collect(l, key, &f) == MATCH_CODE) {
		l->n_typed = 0;
		act(l, f);
		return true;
	}
	return l->call->consult && consult_pass_key(l, key);
}
