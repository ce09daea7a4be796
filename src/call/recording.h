/*
 * What is recorded of who sits in a call: messages and announcements for apps (call/app.h), the
 * call itself for a user (talk_record.h); and what is said in a conference (conference_int.h). A
 * recording outlives who made it, until media has closed the file: then management learns whether
 * it is kept. Private to call/.
 */
#ifndef CALL_RECORDING_H
#define CALL_RECORDING_H

#include <limits.h>

#include "call/app.h"
#include "call/call_int.h"

struct call_room;
struct recording;

/* Who made it, and is told how it goes on; not any more after recording_leave. */
struct recording_owner {
	void *of;
	struct leg *at;	      /* whose call's media follow; */
	struct call_room *in; /* or where all is recorded that is said; outlives this */
	/** The file has been closed: by recording_stop, or because it must not or cannot grow. */
	void (*on_closed)(void *of, enum err fault, uint64_t length_ms);
	/** Management says that it may not be; NULL: who made it hears so itself. */
	void (*on_refused)(void *of, enum err why);
};

/** A new file, which does not exist yet. ERR_NOMEM. */
ERR_MUST_CHECK enum err recording_new(struct call_switch *sw, const struct call_app_recording *what,
    const struct recording_owner *owner, struct recording **out);
/** Management learns that it begins; an answer has that id, 0: the recording's own. began: who
 *  speaks, when and in which call; the rest is filled in. */
void recording_tell(struct recording *r, uint64_t id, struct voicemail_began *began);
/** From now on, of whom recording_media is given to. Errors: of media, and ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err recording_start(struct recording *r);
/** What is said goes nowhere from now on. */
void recording_stop(struct recording *r);
/** It is not kept. */
void recording_drop(struct recording *r);
bool recording_has_begun(const struct recording *r);
/** The name of the file. */
struct slice recording_file(const struct recording *r);
/** What media record into, now; NULL: nothing, also of NULL. */
struct media_recording *recording_media(const struct recording *r);
/** Who made it has nothing more to do with it: it is kept unless it was dropped. gone: neither has
 *  its leg, whose call is left alone. NULL is fine. */
void recording_leave(struct recording *r, bool gone);
/** A file has been closed. */
void recording_on_event(struct call_switch *sw, const struct media_event *ev);
/** An answer to recording_tell with the recording's own id; others are none of ours. */
void recording_on_answer(struct call_switch *sw, const struct voicemail_answer *answer);
/** All that are left, without a word to anybody. */
void recording_free_all(struct call_switch *sw);
/** FOLDER/FILE.wav below the data folder. False: there is none, or the path is too long. */
bool recording_path(
    const struct call_switch *sw, const char *folder, struct slice file, char path[PATH_MAX]);

#endif
