/*
 * Planned conferences (CNF-1): rows of the entities conference and conference_participant, and what
 * becomes of them as time goes by. Mails about them are written in the transaction of what they
 * tell: one each, whatever happens.
 *
 * Any thread that may block. ms since 1970. Results are new references.
 */
#ifndef STORE_CONFERENCE_H
#define STORE_CONFERENCE_H

#include "store/store.h"

enum { STORE_CONFERENCE_DATES_MAX = 1000, STORE_CONFERENCE_LINKS = 10 /* of a participant */ };

/** Reminds of dates that are near, and goes on to the next where one has ended. To be called every
 *  some seconds; does nothing when nothing is due. */
ERR_MUST_CHECK enum err store_conferences_tick(struct store *s, int64_t now_ms);
/** Dates between two instants, by their beginning: [{conference, name, begins_at, ends_at,
 *  original_at, participant}]. owner 0 = everybody's; else also what he is invited to by others,
 *  with him as participant. ERR_LIMIT: more than STORE_CONFERENCE_DATES_MAX. */
ERR_MUST_CHECK enum err store_conference_dates(
    struct store *s, int64_t owner, int64_t from_ms, int64_t to_ms, json_t **out);
/** What a user is invited to by others and what is not over: as
 *  store_conference_invitation, with the participant's id, and conference. */
ERR_MUST_CHECK enum err store_conference_invitations(struct store *s, int64_t user, json_t **out);
/** What a mailed link shows: {name, owner_name, begins_at, ends_at, time_zone, repeat, every,
 *  repeat_until, message, numbers, participant_name, moderator, pin, participants}. ERR_NOT_FOUND:
 * no such link (any more), or the conference is over. */
ERR_MUST_CHECK enum err store_conference_invitation(
    struct store *s, const unsigned char token_hash[32], json_t **out);

#endif
