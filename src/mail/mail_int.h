/* Private to mail/. */
#ifndef MAIL_MAIL_INT_H
#define MAIL_MAIL_INT_H

#include "base/buf.h"
#include "mail/mail.h"

/* ---- message.c: RFC 5322 and MIME ---- */

struct mail_message {
	const char *from, *from_name, *to, *to_name, *subject, *text; /* UTF-8 */
	const char *attachment; /* bytes of a WAV file; NULL none */
	size_t attachment_bytes;
	const char *attachment_name;		/* printable ASCII without quotes */
	const char *calendar, *calendar_method; /* RFC 5545 and 5546; "" none */
	int64_t created_ms, id; /* of the row: the same mail has the same Message-ID */
};

/* Head and body, lines ended by CRLF. malloc'd; NULL: no memory. */
char *message_write(const struct mail_message *m, size_t *bytes);

/* ---- mx.c: who takes mail for a domain (RFC 5321, 5.1) ---- */

enum { MX_MAX = 8 };

struct mx {
	char host[256], address[64]; /* "192.0.2.1", "[2001:db8::1]" */
};

/* The servers of a domain, best first. Blocks up to some 20 s. ERR_NOT_FOUND: there is no such
 * domain, or it takes no mail (RFC 7505); ERR_IO: nobody answers now. */
ERR_MUST_CHECK enum err mx_find(
    const char *dns_servers, const char *domain, struct mx out[MX_MAX], size_t *n);

/* ---- smtp.c: one mail to one server ---- */

struct smtp_server {
	char url[400];			 /* "smtp://host:port/name-of-ours" */
	bool must_be_secret;		 /* STARTTLS or nothing; at the POP3 server STLS */
	bool check;			 /* the certificate */
	const char *username, *password; /* NULL: no log-in */
	const char *pop_url;		 /* "pop3://host/": log in there first; NULL none */
};

enum smtp_outcome {
	SMTP_SENT,
	SMTP_LATER,   /* not now, or we do not know */
	SMTP_REFUSED, /* for good */
	SMTP_STOPPED, /* by stop or by before_end */
};

struct smtp_job {
	const char *from, *to;
	const char *message;
	size_t message_bytes;
	const char *authorities;       /* PEM, beside the machine's own; NULL none */
	struct buf *dialogue;	       /* NULL: not wanted */
	bool (*before_end)(void *ctx); /* false: do not send it; NULL fine */
	bool (*stop)(void *ctx);       /* true: give up now; NULL fine */
	void *ctx;
};

/* answer: what the server said last, or the reason of a failure. Blocks: 20 s for a connection,
 * 60 s without progress. */
enum smtp_outcome smtp_send(const struct smtp_server *server, const struct smtp_job *job,
    char *answer, size_t answer_bytes);

/* ---- deliver.c: a mail by the way the settings say ---- */

struct delivery {
	struct store *store;
	const char *dns_servers;
	struct mail_server server;
	char *authorities; /* PEM of the store's, NULL none */
};

enum err delivery_init(struct delivery *d, struct store *s, const char *dns_servers);
void delivery_fini(struct delivery *d);
enum smtp_outcome deliver(const struct delivery *d, const struct mail_message *m,
    struct smtp_job *job, char *answer, size_t answer_bytes);

#endif
