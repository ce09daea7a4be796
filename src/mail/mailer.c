/* The thread that works off the queue. */
#include <curl/curl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/log.h"
#include "loop/loop.h"
#include "loop/thread.h"
#include "mail/mail_int.h"

enum { IDLE_MS = 60000, GIVE_UP_MS = 3 * 24 * 3600 * 1000, KEPT_DAYS = 30 };

struct mailer {
	struct mailer_params p;
	struct thread *thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool poked; /* lock */
	atomic_bool stopping;
	bool off;	 /* nothing may be sent: whoever changes that pokes */
	int64_t current; /* id of the mail that is being sent */
	int64_t expired_ms;
};

/* Minutes until the next attempt. */
static int64_t
pause_ms(uint32_t attempts)
{
	static const uint16_t minutes[] = {1, 5, 15, 30, 60, 120};
	size_t i = attempts ? attempts - 1 : 0, last = sizeof minutes / sizeof minutes[0] - 1;

	return minutes[i < last ? i : last] * INT64_C(60000);
}

static bool
before_end(void *ctx)
{
	struct mailer *m = ctx;

	return !atomic_load(&m->stopping) &&
	       store_mail_handing_over(m->p.store, m->current) == ERR_OK;
}

static bool
is_stopping(void *ctx)
{
	struct mailer *m = ctx;

	return atomic_load(&m->stopping);
}

static void
tell_failed(struct mailer *m, const struct store_mail *mail, const char *answer, int64_t now_ms)
{
	const char *const args[NOTICE_ARGS_MAX] = {mail->subject, mail->recipient, answer};

	if (store_notice_add(m->p.store, NOTICE_MAIL_FAILED, args, now_ms) != ERR_OK)
		log_warn(
		    MAIL, "a mail to %s failed, and no notice could be written", mail->recipient);
}

static void
conclude(
    struct mailer *m, const struct store_mail *mail, enum smtp_outcome outcome, const char *answer)
{
	int64_t now = (int64_t)loop_wall_ms();
	struct store_mail_result r = {.answer = answer, .at = now, .result = STORE_MAIL_LATER};
	enum err e;

	if (outcome == SMTP_SENT)
		r.result = STORE_MAIL_SENT;
	else if (outcome == SMTP_REFUSED || now - mail->created_at > GIVE_UP_MS)
		r.result = STORE_MAIL_FAILED;
	r.next_at = outcome == SMTP_STOPPED ? now : now + pause_ms(mail->attempts);
	e = store_mail_result(m->p.store, mail->id, &r);
	if (e != ERR_OK && e != ERR_NOT_FOUND)
		log_error(MAIL, "what became of a mail cannot be written: %s", err_text(e));
	if (e == ERR_OK && r.result == STORE_MAIL_FAILED)
		tell_failed(m, mail, answer, now);
}

enum { ATTACHMENT_BYTES_MAX = 64 << 20 };

/* NULL: there is none, or it has been deleted meanwhile; then the text goes alone. */
static char *
read_attachment(const struct mailer *m, const struct store_mail *mail, size_t *bytes)
{
	char path[PATH_MAX], *out = NULL;
	struct stat st;
	FILE *f = NULL;

	*bytes = 0;
	if (*mail->attachment && m->p.data_dir &&
	    snprintf(path, sizeof path, "%s/%s", m->p.data_dir, mail->attachment) <
		(int)sizeof path)
		f = fopen(path, "re");
	if (f && fstat(fileno(f), &st) == 0 && st.st_size <= ATTACHMENT_BYTES_MAX)
		out = malloc((size_t)st.st_size + 1);
	if (out)
		*bytes = fread(out, 1, (size_t)st.st_size, f);
	if (f)
		fclose(f);
	return out;
}

static void
send_one(struct mailer *m, const struct delivery *d, const struct store_mail *mail)
{
	size_t bytes;
	char *attachment = read_attachment(m, mail, &bytes);
	struct smtp_job job = {.before_end = before_end, .stop = is_stopping, .ctx = m};
	char answer[500] = "";
	enum smtp_outcome outcome;

	m->current = mail->id;
	outcome = deliver(d,
	    &(struct mail_message){.from = d->server.sender,
		.from_name = d->server.sender_name,
		.to = mail->recipient,
		.to_name = mail->recipient_name,
		.subject = mail->subject,
		.text = mail->text,
		.attachment = attachment,
		.attachment_bytes = bytes,
		.attachment_name = mail->attachment_name,
		.calendar = mail->calendar,
		.calendar_method = mail->calendar_method,
		.created_ms = mail->created_at,
		.id = mail->id},
	    &job, answer, sizeof answer);
	free(attachment);
	conclude(m, mail, outcome, answer);
}

/* All that is due. While mail is off everything waits. */
static void
work_off(struct mailer *m)
{
	struct store_mail *mail;
	struct delivery d;

	while (!atomic_load(&m->stopping)) {
		enum err e = delivery_init(&d, m->p.store, m->p.dns_servers);

		m->off = e != ERR_OK;
		if (m->off)
			return;
		e = store_mail_take(m->p.store, (int64_t)loop_wall_ms(), &mail);
		if (e == ERR_OK) {
			send_one(m, &d, mail);
			store_mail_free(mail);
		} else if (e != ERR_NOT_FOUND) {
			log_error(MAIL, "the mail queue cannot be read: %s", err_text(e));
		}
		delivery_fini(&d);
		if (e != ERR_OK)
			return;
	}
}

static void
keep_house(struct mailer *m)
{
	const int64_t day_ms = 86400000;
	int64_t now = (int64_t)loop_wall_ms();

	if (now - m->expired_ms < day_ms)
		return;
	m->expired_ms = now;
	if (store_mail_expire(m->p.store, now - KEPT_DAYS * day_ms) != ERR_OK)
		log_warn(MAIL, "old mails could not be removed");
}

static uint32_t
idle_ms(struct mailer *m)
{
	int64_t at = 0, left;

	if (m->off || store_mail_next(m->p.store, &at) != ERR_OK || at == 0)
		return IDLE_MS;
	left = at - (int64_t)loop_wall_ms();
	return left < 1000 ? 1000 : left > IDLE_MS ? IDLE_MS : (uint32_t)left;
}

static void
run(void *ctx)
{
	struct mailer *m = ctx;

	while (!atomic_load(&m->stopping)) {
		struct timespec until;

		if (m->p.data_dir && store_mail_voicemails(m->p.store, m->p.data_dir) != ERR_OK)
			log_error(MAIL, "mails about messages in mailboxes cannot be written");
		work_off(m);
		keep_house(m);
		until = thread_deadline(idle_ms(m));
		pthread_mutex_lock(&m->lock);
		while (!m->poked && !atomic_load(&m->stopping) &&
		       pthread_cond_timedwait(&m->wake, &m->lock, &until) == 0)
			;
		m->poked = false;
		pthread_mutex_unlock(&m->lock);
	}
}

static void
poke(struct mailer *m)
{
	pthread_mutex_lock(&m->lock);
	m->poked = true;
	pthread_cond_signal(&m->wake);
	pthread_mutex_unlock(&m->lock);
}

/* There may be something to send, or another way to send it. */
static void
on_change(void *ctx, const struct store_change *change)
{
	if (!change->entity || change->entity == &model_mail ||
	    change->entity == &model_voicemail || change->entity == &model_mail_server)
		poke(ctx);
}

enum err
mailer_start(struct mailer **out, const struct mailer_params *p)
{
	struct mailer *m = calloc(1, sizeof *m);
	pthread_condattr_t monotonic;
	enum err e;

	if (!m)
		return ERR_NOMEM;
	m->p = *p;
	pthread_mutex_init(&m->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&m->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	e = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? store_mail_recover(p->store)
							      : ERR_NOMEM;
	if (e == ERR_OK) {
		store_on_change(p->store, on_change, m);
		e = thread_start(&m->thread, "mail", run, m);
	}
	if (e != ERR_OK) {
		mailer_stop(m);
		return e;
	}
	*out = m;
	return ERR_OK;
}

void
mailer_stop(struct mailer *m)
{
	if (!m)
		return;
	atomic_store(&m->stopping, true);
	poke(m);
	thread_join(m->thread);
	pthread_cond_destroy(&m->wake);
	pthread_mutex_destroy(&m->lock);
	free(m);
}
