#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "loop/loop.h"
#include "mail/mail_int.h"
#include "store/certificate.h"

static bool
add_authority(void *ctx, const struct store_certificate_row *row)
{
	struct delivery *d = ctx;
	size_t old = d->authorities ? strlen(d->authorities) : 0, more = strlen(row->chain);
	char *grown;

	if (row->own)
		return true;
	grown = realloc(d->authorities, old + more + 2);
	if (!grown)
		return false;
	memcpy(grown + old, row->chain, more);
	memcpy(grown + old + more, "\n", 2);
	d->authorities = grown;
	return true;
}

enum err
delivery_init(struct delivery *d, struct store *s, const char *dns_servers)
{
	enum err e;

	*d = (struct delivery){.store = s, .dns_servers = dns_servers};
	e = store_mail_server(s, &d->server);
	if (e == ERR_OK)
		e = store_certificates_read(s, add_authority, d);
	if (e == ERR_OK && strcmp(d->server.delivery, "off") == 0)
		e = ERR_INVALID;
	if (e != ERR_OK)
		delivery_fini(d);
	return e;
}

void
delivery_fini(struct delivery *d)
{
	explicit_bzero(d->server.password, sizeof d->server.password);
	free(d->authorities);
	d->authorities = NULL;
}

/* How we present ourselves (RFC 5321, 4.1.1.1). */
static void
own_name(char *out, size_t cap)
{
	char name[256] = "";

	if (gethostname(name, sizeof name - 1) != 0 || !name[0])
		snprintf(name, sizeof name, "localhost");
	snprintf(out, cap, "%s", name);
}

static enum smtp_outcome
by_server(const struct delivery *d, struct smtp_job *job, char *answer, size_t answer_bytes)
{
	const struct mail_server *m = &d->server;
	bool tls = strcmp(m->security, "tls") == 0;
	bool log_in = strcmp(m->auth, "none") != 0;
	struct smtp_server server = {.must_be_secret = strcmp(m->security, "starttls") == 0,
	    .check = strcmp(m->security, "none") != 0,
	    .username = log_in ? m->username : NULL,
	    .password = log_in ? m->password : NULL};
	const char *colon = strchr(m->host, ':');
	bool ipv6 = colon && strchr(colon + 1, ':') && m->host[0] != '[';
	char name[256], pop_url[280];

	if (strcmp(m->auth, "pop") == 0) {
		snprintf(pop_url, sizeof pop_url, "%s://%s/", tls ? "pop3s" : "pop3", m->pop_host);
		server.pop_url = pop_url;
	}
	own_name(name, sizeof name);
	snprintf(server.url, sizeof server.url, "%s://%s%s%s:%u/%.100s", tls ? "smtps" : "smtp",
	    ipv6 ? "[" : "", m->host, ipv6 ? "]" : "", m->port, name);
	return smtp_send(&server, job, answer, answer_bytes);
}

static enum smtp_outcome
by_mx(const struct delivery *d, const struct mail_message *m, struct smtp_job *job, char *answer,
    size_t answer_bytes)
{
	const char *domain = strrchr(m->to, '@');
	enum smtp_outcome outcome = SMTP_LATER;
	struct mx mx[MX_MAX];
	char name[256];
	size_t n;
	enum err e = domain ? mx_find(d->dns_servers, domain + 1, mx, &n) : ERR_NOT_FOUND;

	if (e != ERR_OK) {
		snprintf(answer, answer_bytes,
		    e == ERR_NOT_FOUND ? "there is no mail server for %.200s"
				       : "no name server answers for %.200s",
		    domain ? domain + 1 : m->to);
		return e == ERR_NOT_FOUND ? SMTP_REFUSED : SMTP_LATER;
	}
	own_name(name, sizeof name);
	for (size_t i = 0; i < n && outcome == SMTP_LATER; i++) {
		struct smtp_server server = {0};

		snprintf(server.url, sizeof server.url, "smtp://%s:25/%.100s", mx[i].address, name);
		outcome = smtp_send(&server, job, answer, answer_bytes);
	}
	return outcome;
}

enum smtp_outcome
deliver(const struct delivery *d, const struct mail_message *m, struct smtp_job *job, char *answer,
    size_t answer_bytes)
{
	char *message = message_write(m, &job->message_bytes);
	enum smtp_outcome outcome;

	if (!message) {
		snprintf(answer, answer_bytes, "out of memory");
		return SMTP_LATER;
	}
	job->from = m->from;
	job->to = m->to;
	job->message = message;
	job->authorities = d->authorities;
	if (strcmp(d->server.delivery, "direct") == 0)
		outcome = by_mx(d, m, job, answer, answer_bytes);
	else
		outcome = by_server(d, job, answer, answer_bytes);
	explicit_bzero(message, job->message_bytes);
	free(message);
	return outcome;
}

enum err
mail_try(struct store *s, const char *dns_servers, const char *to, const char *language,
    struct mail_trial *out)
{
	char subject[4 * MAIL_SUBJECT_MAX], text[4 * MAIL_TEXT_MAX];
	struct buf dialogue, subject_buf, text_buf;
	struct smtp_job job = {.dialogue = &dialogue};
	struct delivery d;
	enum err e = delivery_init(&d, s, dns_servers);

	if (e != ERR_OK)
		return e;
	*out = (struct mail_trial){0};
	buf_init(&dialogue, out->dialogue, sizeof out->dialogue - 1);
	buf_init(&subject_buf, subject, sizeof subject - 1);
	buf_init(&text_buf, text, sizeof text - 1);
	e = store_mail_text(s, MAIL_TEST, language, &subject_buf, &text_buf);
	if (e == ERR_OK) {
		subject[subject_buf.n] = '\0';
		text[text_buf.n] = '\0';
		out->sent = deliver(&d,
				&(struct mail_message){.from = d.server.sender,
				    .from_name = d.server.sender_name,
				    .to = to,
				    .to_name = "",
				    .subject = subject,
				    .text = text,
				    .created_ms = (int64_t)loop_wall_ms()},
				&job, out->answer, sizeof out->answer) == SMTP_SENT;
		out->dialogue[dialogue.n] = '\0';
	}
	delivery_fini(&d);
	return e;
}
