/* Planned conferences (CNF-1): what is made up for new ones and who is invited. */
#include "model/conference.h"
#include "base/random.h"
#include "store/store_int.h"

enum { UID_DIGITS = 20, PIN_TRIES = 50 };

_Static_assert((int)CONFERENCE_PIN_DIGITS == (int)PIN_GENERATED_DIGITS, "one kind of PIN");

static enum err
make_uid(json_t *values)
{
	char text[UID_DIGITS + 1];
	struct buf b;
	struct rng rng;

	rng_init_system(&rng);
	buf_init(&b, text, sizeof text);
	rng_token(&rng, &b, UID_DIGITS);
	return json_object_set_new(values, "uid", json_stringn(b.p, b.n)) == 0 ? ERR_OK : ERR_NOMEM;
}

/* One that nobody has: with some thousand in use the first is free nearly always. */
static enum err
make_pin(struct db *db, json_t *values)
{
	int64_t id;
	enum err e = ERR_OK;

	for (int i = 0; i < PIN_TRIES && e == ERR_OK; i++) {
		pin_generate(values);
		e = row_find_id(db, &model_conference_participant, "pin",
		    slice_cstr(row_text(values, "pin")), &id);
	}
	return e == ERR_NOT_FOUND ? ERR_OK : e == ERR_OK ? ERR_LIMIT : e;
}

enum err
conference_complete(struct db *db, const struct model_entity *e, json_t *values)
{
	enum err err = ERR_OK;

	if (e != &model_conference && e != &model_conference_participant)
		return ERR_OK;
	if (!*row_text(values, "uid"))
		err = make_uid(values);
	if (err == ERR_OK && e == &model_conference_participant && !*row_text(values, "pin"))
		err = make_pin(db, values);
	return err;
}
