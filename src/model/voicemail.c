#include "model/voicemail.h"

#include <string.h>

static const char *const states[] = {"recording", "new", "old", "saved", "deleted"};

const char *
voicemail_state_name(enum voicemail_state s)
{
	return states[s];
}

enum voicemail_state
voicemail_state_find(const char *name)
{
	enum voicemail_state s = VOICEMAIL_DELETED;

	while (s > VOICEMAIL_RECORDING && strcmp(states[s], name) != 0)
		s--;
	return s;
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
	enum voicemail_greeting g = VOICEMAIL_GREETING_AWAY;

	while (g > VOICEMAIL_GREETING && strcmp(greetings[g], name) != 0)
		g--;
	return g;
}

void
voicemail_write_path(struct buf *b, const char *folder, const char *file)
{
	buf_printf(b, "%s/%s.wav", folder, file);
}
