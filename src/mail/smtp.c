/* SMTP (RFC 5321, 3207, 4954) and the POP3 log-in before it, through libcurl. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "mail/mail_int.h"

enum { CONNECT_S = 20, SILENT_S = 60, WHOLE_S = 300, REPLY_BYTES = 400 };

#define SYSTEM_AUTHORITIES "/etc/ssl/certs/ca-certificates.crt"

struct transfer {
	const struct smtp_job *job;
	size_t at;
	bool ended, refused_end;
	bool leaving;		 /* we have said QUIT: what comes now is about nothing */
	bool in_auth;		 /* what we say next is a password */
	char reply[REPLY_BYTES]; /* the server's last line */
	int code;
};

static size_t
on_read(char *out, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	const struct smtp_job *job = t->job;
	size_t left = job->message_bytes - t->at, take = left < size * n ? left : size * n;

	if (take == 0 && !t->ended) {
		t->ended = true;
		if (job->before_end && !job->before_end(job->ctx)) {
			t->refused_end = true;
			return CURL_READFUNC_ABORT;
		}
	}
	memcpy(out, job->message + t->at, take);
	t->at += take;
	return take;
}

static int
on_progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
	const struct transfer *t = ctx;

	return t->job->stop && t->job->stop(t->job->ctx);
}

static bool
starts(struct slice line, const char *word)
{
	size_t n = strlen(word);

	return line.n >= n && strncasecmp(line.p, word, n) == 0;
}

static void
note(struct transfer *t, char mark, struct slice line)
{
	struct buf *b = t->job->dialogue;

	if (!b)
		return;
	buf_char(b, mark);
	buf_char(b, ' ');
	buf_put(b, line);
	buf_char(b, '\n');
}

/* Of a log-in only its mechanism may be seen. */
static void
note_ours(struct transfer *t, struct slice line)
{
	t->leaving = starts(line, "QUIT");
	if (starts(line, "AUTH ")) {
		struct slice rest = slice_from(line, 5), mechanism = slice_take_until(&rest, ' ');

		t->in_auth = true;
		note(t, '>', slice_make(line.p, 5 + mechanism.n));
		if (rest.n)
			note(t, '>', SLICE("(masked)"));
	} else if (starts(line, "PASS ") || starts(line, "APOP ")) {
		note(t, '>', SLICE("PASS (masked)"));
	} else if (t->in_auth) {
		note(t, '>', SLICE("(masked)"));
	} else {
		note(t, '>', line);
	}
}

static void
note_theirs(struct transfer *t, struct slice line)
{
	unsigned code;

	note(t, '<', line);
	if (t->leaving)
		return;
	slice_clip_cstr(line, t->reply, sizeof t->reply);
	if (line.n >= 3 && slice_to_u32(slice_make(line.p, 3), 999, &code) == ERR_OK) {
		t->code = (int)code;
		t->in_auth = t->in_auth && code == 334;
	}
}

static int
on_debug(CURL *curl, curl_infotype type, char *text, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	struct slice rest = slice_make(text, n), line;

	if (type != CURLINFO_HEADER_IN && type != CURLINFO_HEADER_OUT)
		return 0;
	while (rest.n) {
		line = slice_take_until(&rest, '\n');
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (type == CURLINFO_HEADER_IN)
			note_theirs(t, line);
		else
			note_ours(t, line);
	}
	return 0;
}

/* Those of the machine and those that the administrator trusts. */
static char *
authorities(const char *own, size_t *bytes)
{
	FILE *f = own ? fopen(SYSTEM_AUTHORITIES, "re") : NULL;
	size_t n = 0, more = own ? strlen(own) : 0;
	long size = 0;
	char *pem;

	if (!own)
		return NULL;
	if (f && fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) > 0)
		rewind(f);
	pem = malloc((size_t)(size > 0 ? size : 0) + more + 2);
	if (pem && size > 0)
		n = fread(pem, 1, (size_t)size, f);
	if (f)
		fclose(f);
	if (!pem)
		return NULL;
	pem[n] = '\n';
	memcpy(pem + n + 1, own, more + 1);
	*bytes = n + 1 + more;
	return pem;
}

/* Those of a server whose certificate is checked; bytes NULL otherwise. */
struct trust {
	char *bytes;
	size_t n;
};

/* The same for both servers: a password that SMTP may not say in the clear, POP3 may not either. */
static void
set_security(CURL *curl, const struct smtp_server *server, const struct trust *trust)
{
	struct curl_blob blob = {.data = trust->bytes, .len = trust->n, .flags = CURL_BLOB_COPY};

	curl_easy_setopt(curl, CURLOPT_USE_SSL,
	    (long)(server->must_be_secret ? CURLUSESSL_ALL : CURLUSESSL_TRY));
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, server->check ? 1L : 0L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, server->check ? 2L : 0L);
	if (trust->bytes)
		curl_easy_setopt(curl, CURLOPT_CAINFO_BLOB, &blob);
}

static void
set_common(CURL *curl, struct transfer *t)
{
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
	curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)SILENT_S);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)WHOLE_S);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, on_debug);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, t);
	curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(curl, CURLOPT_XFERINFODATA, t);
	curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
}

/* POP-before-SMTP: who has read mail from an address may send from it for a while. */
static CURLcode
pop_log_in(const struct smtp_server *server, const struct trust *trust, struct transfer *t)
{
	CURL *curl = curl_easy_init();
	CURLcode code;

	if (!curl)
		return CURLE_OUT_OF_MEMORY;
	set_common(curl, t);
	set_security(curl, server, trust);
	curl_easy_setopt(curl, CURLOPT_URL, server->pop_url);
	curl_easy_setopt(curl, CURLOPT_USERNAME, server->username);
	curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password);
	curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
	code = curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	t->in_auth = false;
	return code;
}

static CURLcode
mail_over(const struct smtp_server *server, const struct trust *trust, struct transfer *t)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *to = curl ? curl_slist_append(NULL, t->job->to) : NULL;
	CURLcode code = CURLE_OUT_OF_MEMORY;

	if (to) {
		set_common(curl, t);
		set_security(curl, server, trust);
		curl_easy_setopt(curl, CURLOPT_URL, server->url);
		curl_easy_setopt(curl, CURLOPT_MAIL_FROM, t->job->from);
		curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
		curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
		curl_easy_setopt(curl, CURLOPT_READDATA, t);
		if (server->username && !server->pop_url) {
			curl_easy_setopt(curl, CURLOPT_USERNAME, server->username);
			curl_easy_setopt(curl, CURLOPT_PASSWORD, server->password);
		}
		code = curl_easy_perform(curl);
	}
	curl_slist_free_all(to);
	curl_easy_cleanup(curl);
	return code;
}

/* What the server refuses for good is its word about this mail: not that it does not know us. */
static enum smtp_outcome
judge(const struct transfer *t, CURLcode code)
{
	if (code == CURLE_OK)
		return SMTP_SENT;
	if (t->refused_end || code == CURLE_ABORTED_BY_CALLBACK)
		return SMTP_STOPPED;
	if (code == CURLE_LOGIN_DENIED || t->code < 500 || t->code > 559 || t->code == 530 ||
	    t->code == 535)
		return SMTP_LATER;
	return SMTP_REFUSED;
}

enum smtp_outcome
smtp_send(
    const struct smtp_server *server, const struct smtp_job *job, char *answer, size_t answer_bytes)
{
	struct transfer t = {.job = job};
	struct trust trust = {0};
	CURLcode code = CURLE_OK;

	if (server->check)
		trust.bytes = authorities(job->authorities, &trust.n);
	if (server->pop_url)
		code = pop_log_in(server, &trust, &t);
	if (code == CURLE_OK) {
		t.code = 0;
		code = mail_over(server, &trust, &t);
	}
	free(trust.bytes);
	if (code == CURLE_OK || (t.code >= 400 && t.code <= 599))
		slice_clip_cstr(slice_cstr(t.reply), answer, answer_bytes);
	else
		snprintf(answer, answer_bytes, "%s", curl_easy_strerror(code));
	return judge(&t, code);
}
