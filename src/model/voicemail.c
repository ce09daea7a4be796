#include "model/voicemail.h"

static const char *const states[] = {"recording", "new", "old", "saved", "deleted"};

const char *
voicemail_state_name(enum voicemail_state s)
{
	return states[s];
}

void
voicemail_write_path(struct buf *b, const char *folder, const char *file)
{
	buf_printf(b, "%s/%s.wav", folder, file);
}
