/*
 * Of planned conferences, what files of store/ share: when one takes place, who is told what, and
 * the entry for calendars.
 *
 * Private to store/; in an open transaction.
 */
#ifndef STORE_CONFERENCE_INT_H
#define STORE_CONFERENCE_INT_H

#include "base/series.h"
#include "model/conference.h"
#include "store/store_int.h"

/* Large: on the heap. */
struct conference_plan {
	struct zone zone;
	struct series series;
};

/* Of a row of any form. *out: free() it. ERR_NOT_FOUND: there is no such time zone. */
enum err conference_plan_read(const json_t *row, struct conference_plan **out);
/* ms since 1970 of a time in a row; 0 = none. */
int64_t row_time_ms(const json_t *row, const char *field);

/* For entity.c; each does nothing for other entities. */
/* next_from and what goes with it. row: complete. */
enum err conference_derive(
    const struct model_entity *e, const json_t *row, json_t *values, struct model_errors *errors);
enum err conference_tell_created(struct store *s, const struct model_entity *e, int64_t id);
enum err conference_tell_updated(struct store *s, const struct model_entity *e, int64_t id,
    const json_t *before, const json_t *values);
/* file: what import_undo has brought back; all who are in it are invited again. */
enum err conference_tell_restored(struct store *s, const json_t *file);
enum err conference_tell_deleting(struct store *s, const struct model_entity *e, int64_t id);
/* All participants. */
enum err conference_mail_all(
    struct store *s, int64_t conference, enum mail_kind kind, unsigned changed);

struct ical {
	const char *method; /* "REQUEST", "CANCEL" */
	const char *uid, *domain, *summary, *description;
	const char *organizer, *organizer_name, *attendee, *attendee_name;
	const char *zone_name;
	const struct conference_plan *plan;
	int64_t sequence, stamp_s;
};

/* RFC 5545; lines end with \n. */
void ical_write(struct buf *out, const struct ical *c);

#endif
