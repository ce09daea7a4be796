#include "model/voicemail.h"

#include <string.h>

/* The first one where the name is none of them. */
static unsigned
find(const char *const *names, unsigned last, const char *name)
{
	while (last > 0 && strcmp(names[last], name) != 0)
		last--;
	return last;
}

static const char *const states[] = {"recording", "new", "old", "saved", "deleted"};

const char *
voicemail_state_name(enum voicemail_state s)
{
	return states[s];
}

enum voicemail_state
voicemail_state_find(const char *name)
{
	return (enum voicemail_state)find(states, VOICEMAIL_DELETED, name);
}

static const char *const greetings[] = {"greeting", "greeting_busy", "greeting_away"};

const char *
voicemail_greeting_name(enum voicemail_greeting g)
{
	return greetings[g];
}

enum voicemail_greeting
voicemail_greeting_find(const char *name)
{
	return (enum voicemail_greeting)find(greetings, VOICEMAIL_GREETING_AWAY, name);
}

void
voicemail_write_path(struct buf *b, const char *folder, const char *file)
{
	buf_printf(b, "%s/%s.wav", folder, file);
}
