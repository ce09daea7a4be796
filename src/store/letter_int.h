/*
 * A mail before it stands in the queue: whom it goes to, by which template, with which words.
 *
 * Private to store/; in an open transaction. Texts are borrowed.
 */
#ifndef STORE_LETTER_INT_H
#define STORE_LETTER_INT_H

#include "store/store_int.h"

struct letter {
	enum mail_kind kind;
	const char *to, *name, *language;
	struct mail_word words[MAIL_WORDS_MAX];
	size_t n;
	int64_t at_ms;
	const char *attachment, *attachment_name; /* NULL none */
	const char *calendar, *calendar_method;	  /* NULL none */
};

void letter_put(struct letter *l, const char *name, const char *value);
/* Nothing is written while mail is off. */
enum err letter_queue(struct store *s, struct letter *l);

#endif
