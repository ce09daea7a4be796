#include <stdlib.h>

#include <spandsp.h>

#include "sound/listen_int.h"

struct listen_fax {
	modem_connect_tones_rx_state_t *calling, *answering;
	bool heard_calling, heard_answering; /* in this step */
};

static void
note_calling(void *user, int code, int level, int delay)
{
	struct listen_fax *f = user;

	f->heard_calling = code == MODEM_CONNECT_TONES_FAX_CNG;
}

/* A tone that turns out to be another one of them is told once more by the library. */
static void
note_answering(void *user, int code, int level, int delay)
{
	struct listen_fax *f = user;

	f->heard_answering =
	    code == MODEM_CONNECT_TONES_ANS || code == MODEM_CONNECT_TONES_ANS_PR ||
	    code == MODEM_CONNECT_TONES_ANSAM || code == MODEM_CONNECT_TONES_ANSAM_PR;
}

void
listen_fax_free(struct listen_fax *f)
{
	if (!f)
		return;
	if (f->calling)
		modem_connect_tones_rx_free(f->calling);
	if (f->answering)
		modem_connect_tones_rx_free(f->answering);
	free(f);
}

struct listen_fax *
listen_fax_new(void)
{
	struct listen_fax *f = calloc(1, sizeof *f);

	if (!f)
		return NULL;
	f->calling =
	    modem_connect_tones_rx_init(NULL, MODEM_CONNECT_TONES_FAX_CNG, note_calling, f);
	f->answering =
	    modem_connect_tones_rx_init(NULL, MODEM_CONNECT_TONES_ANS_PR, note_answering, f);
	if (!f->calling || !f->answering) {
		listen_fax_free(f);
		return NULL;
	}
	return f;
}

bool
listen_fax_hear(
    struct listen_fax *f, const int16_t pcm[LISTEN_STEP], uint64_t end, struct listen_event *out)
{
	f->heard_calling = f->heard_answering = false;
	modem_connect_tones_rx(f->calling, pcm, LISTEN_STEP);
	modem_connect_tones_rx(f->answering, pcm, LISTEN_STEP);
	*out = (struct listen_event){
	    .kind = f->heard_calling ? LISTEN_FAX_CALLING : LISTEN_FAX_ANSWERING, .at = end};
	return f->heard_calling || f->heard_answering;
}
