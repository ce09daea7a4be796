/*
 * mail/ - outgoing mail: takes the store's queue to SMTP servers.
 *
 * Either everything goes to one server (which passes it on), with STARTTLS or TLS, the server's
 * certificate checked, and AUTH or POP-before-SMTP; or each mail goes to its recipient's own
 * servers, found by MX (RFC 5321, 5.1), encrypted when they can.
 *
 * One thread (struct mailer) sends, one mail after the other. What fails for now is tried again
 * for three days, further and further apart (RFC 5321, 4.5.4.1); what a server refuses for good
 * ends at once, and the administrator gets a notice. A mail is never sent twice by us: before its
 * last byte leaves, the queue says so on disk, and what a crash leaves in that moment is shown as
 * unsure instead of being repeated.
 *
 * Does not know what mails are about.
 */
#ifndef MAIL_MAIL_H
#define MAIL_MAIL_H

#include "store/store.h"

struct mailer;

struct mailer_params {
	struct store *store;  /* borrowed */
	const char *data_dir; /* where attachments are; borrowed */
	const char
	    *dns_servers; /* "192.0.2.1,192.0.2.2:5353" instead of the machine's; NULL. Borrowed */
};

/** Looks after what the last run left, listens to the store's change feed, and starts the thread.
 *  Before other threads use the store. ERR_NOMEM, ERR_LIMIT, ERR_IO. */
ERR_MUST_CHECK enum err mailer_start(struct mailer **out, const struct mailer_params *p);
/** Lets go of what is being sent (it waits for the next start) and joins. Nobody may write to the
 *  store any more. NULL is fine. */
void mailer_stop(struct mailer *m);

enum { MAIL_DIALOGUE_BYTES = 16384 };

struct mail_trial {
	bool sent;
	char answer[500];		    /* what the server said, or why there was none */
	char dialogue[MAIL_DIALOGUE_BYTES]; /* lines "> …" and "< …", passwords masked */
};

/** Sends a test mail now, with the settings as they are, and says what was spoken. Blocks for a
 *  minute at most; any thread that may. ERR_INVALID: mail is off. */
ERR_MUST_CHECK enum err mail_try(struct store *s, const char *dns_servers, const char *to,
    const char *language, struct mail_trial *out);

#endif
