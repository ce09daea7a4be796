/*
 * Mail that the system writes: what kinds there are, their texts, and what stands for what in
 * them. The texts here are the standard ones; an administrator may write others (entity
 * "mail_template", empty = the standard text).
 *
 * A text has {words} in braces; each kind has its own (`words`). Constant tables, any thread.
 */
#ifndef MODEL_MAIL_H
#define MODEL_MAIL_H

#include "base/buf.h"

/* Codes are stored: do not rename them. */
#define MAIL_KINDS(X)                                                                              \
	X(ACCESS_CREATED, "access_created")                                                        \
	X(ACCESS_CHANGED, "access_changed")                                                        \
	X(PASSWORD_RESET, "password_reset")                                                        \
	X(VOICEMAIL, "voicemail")                                                                  \
	X(CONFERENCE_INVITED, "conference_invited")                                                \
	X(CONFERENCE_CHANGED, "conference_changed")                                                \
	X(CONFERENCE_CANCELLED, "conference_cancelled")                                            \
	X(CONFERENCE_SOON, "conference_soon")                                                      \
	X(CONFERENCE_NEXT, "conference_next")                                                      \
	X(CONFERENCE_LEFT, "conference_left")                                                      \
	X(NOTICE, "notice")                                                                        \
	X(TEST, "test")

enum mail_kind {
#define X(id, code) MAIL_##id,
	MAIL_KINDS(X)
#undef X
	    MAIL_KINDS_N
};

enum { MAIL_LANGUAGES = 2, MAIL_SUBJECT_MAX = 200, MAIL_TEXT_MAX = 10000, MAIL_WORDS_MAX = 16 };

struct mail_word {
	const char *name, *value; /* value NULL: empty */
	bool lines;		  /* of a text: its line breaks stay */
};

/** How mail leaves; filled from the entity "mail_server" (fields there say what they mean). */
struct mail_server {
	char delivery[8], sender[256], sender_name[330];
	char host[256];
	uint32_t port;
	char security[12], auth[12], username[1024], password[1024], pop_host[256];
	char web_address[256];
};

const char *mail_kind_code(enum mail_kind k);
/** The names a text of this kind may use, separated by spaces. */
const char *mail_kind_words(enum mail_kind k);
/** MAIL_KINDS_N when there is none. */
enum mail_kind mail_kind_find(struct slice code);
/** "de" and "en": 0 … MAIL_LANGUAGES - 1. */
const char *mail_language(int index);
/** The standard texts; for another language than those above the English ones. */
const char *mail_standard_subject(enum mail_kind k, const char *language);
const char *mail_standard_text(enum mail_kind k, const char *language);
/** text with its words replaced; what is not a word stays as it is. Line breaks in a value
 *  become blanks, so that a name cannot add lines to a head, unless the word says that they stay.
 */
void mail_fill(struct buf *out, struct slice text, const struct mail_word *words, size_t n);

#endif
