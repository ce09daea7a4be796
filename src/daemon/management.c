#include "daemon/management.h"

#include <stdlib.h>

#include "base/log.h"
#include "daemon/activation.h"
#include "daemon/disk.h"
#include "daemon/tls.h"
#include "daemon/voicemail.h"
#include "loop/loop.h"
#include "loop/thread.h"
#include "security/notify.h"
#include "store/announcement.h"
#include "store/conference.h"
#include "store/mailbox.h"

enum {
	BATCH_MAX = 256,
	RESULTS_MAX = 64,
	RETRY_MAX =
	    20000, /* records kept in memory while the disk refuses; the journal has them too */
	RECORDS_MAX = 256,     /* written together … */
	RECORDS_WAIT_MS = 500, /* … or after so long: the journal has them until then */
	HOUSEKEEPING_MS = 3600000,
	INDEX_MS = 10000,
	INDEX_MORE_MS = 100, /* others want the database, too */
	TLS_DAILY_MS = 86400000 - HOUSEKEEPING_MS / 2,
	SECURITY_MS = 10000,
};

struct management {
	struct management_params p;
	struct thread *thread;
	bool directory_stale, tls_stale, failing;
	int64_t last_housekeeping_ms, next_index_ms, tls_built_ms;
	int64_t first_record_ms; /* since when the oldest waits */
	struct cdr *records;	 /* waiting for the database */
	uint32_t *slots;
	size_t n_records, cap_records;
	struct feature_result
	    results[RESULTS_MAX]; /* told when signalling knows what has changed */
	size_t n_results;
	struct blacklist *blacklist;
	struct notify *notify;
	struct disk *disk;
	struct voicemail *voicemail;
	int64_t last_security_ms;
	bool started;
};

void
management_drop(const struct to_management *m)
{
	if (m->kind == TO_MANAGEMENT_OLD_DIRECTORY)
		directory_free(m->p);
	else
		free(m->p);
}

static void
keep_record(struct management *m, uint32_t slot, const struct cdr *cdr)
{
	if (m->n_records == m->cap_records) {
		size_t cap = m->cap_records ? m->cap_records * 2 : 64;
		struct cdr *records =
		    cap > RETRY_MAX ? NULL : realloc(m->records, cap * sizeof *records);
		uint32_t *slots;

		if (!records)
			return; /* stays in the journal until the next start */
		m->records = records;
		slots = realloc(m->slots, cap * sizeof *slots);
		if (!slots)
			return;
		m->slots = slots;
		m->cap_records = cap;
	}
	if (m->n_records == 0)
		m->first_record_ms = (int64_t)loop_wall_ms();
	memcpy(&m->records[m->n_records], cdr, cdr_bytes(cdr));
	m->slots[m->n_records++] = slot;
}

static void
flush_records(struct management *m)
{
	enum err e;

	if (m->n_records == 0)
		return;
	e = store_cdr_insert(m->p.store, m->records, m->n_records);
	if (e != ERR_OK) {
		if (!m->failing)
			log_error(STORE,
			    "call records cannot be written: %s; they wait in the journal",
			    err_text(e));
		m->failing = true;
		m->first_record_ms = (int64_t)loop_wall_ms(); /* again after the same wait */
		return;
	}
	if (m->failing)
		log_info(STORE, "call records are written again");
	m->failing = false;
	api_on_changed(m->p.api, model_call_record.name, 0);
	for (size_t i = 0; i < m->n_records; i++) {
		struct to_signalling msg = {.kind = TO_SIGNALLING_RELEASE, .slot = m->slots[i]};

		if (mailbox_post_quiet(m->p.to_signalling, &msg) != ERR_OK)
			log_warn(STORE, "journal slot %u stays until the next start", m->slots[i]);
	}
	m->n_records = 0;
	if (m->cap_records > 4 * BATCH_MAX) { /* after a busy hour */
		free(m->records);
		free(m->slots);
		m->records = NULL;
		m->slots = NULL;
		m->cap_records = 0;
	}
}

/* ---- address rules ---- */

static void
on_rule(void *ctx, const struct guard_rule *rule)
{
	struct management *m = ctx;
	struct to_signalling msg = {.kind = TO_SIGNALLING_RULE, .rule = *rule};

	if (!m->started)
		m->p.restore_rule(m->p.restore_ctx, rule);
	else if (mailbox_post(m->p.to_signalling, &msg) != ERR_OK)
		log_error(SECURITY, "an address rule acts only after a restart: too many at once");
}

static void
take_rule(struct management *m, const struct to_management *msg)
{
	int64_t now = (int64_t)loop_wall_ms();

	if (msg->id)
		blacklist_on_changed(m->blacklist, msg->id, msg->own, now);
	else if (blacklist_load(m->blacklist, now) != ERR_OK)
		log_error(SECURITY, "the address rules cannot be read");
}

static void
keep_watch(struct management *m)
{
	int64_t now = (int64_t)loop_wall_ms();

	blacklist_flush(m->blacklist, now);
	if (now - m->last_security_ms < SECURITY_MS && now >= m->last_security_ms)
		return;
	m->last_security_ms = now;
	blacklist_expire(m->blacklist, now);
	notify_tick(m->notify, now);
	disk_tick(m->disk, now);
	if (store_conferences_tick(m->p.store, now) != ERR_OK)
		log_error(STORE, "planned conferences cannot be read or written");
}

const struct blacklist *
management_blacklist(const struct management *m)
{
	return m->blacklist;
}

static void
rebuild_directory(struct management *m)
{
	struct to_signalling msg = {
	    .kind = TO_SIGNALLING_DIRECTORY, .changes = activation_count(m->p.activation)};
	enum err e = directory_build(m->p.store, &msg.directory);

	m->directory_stale = false;
	if (e == ERR_OK)
		e = mailbox_post(m->p.to_signalling, &msg);
	if (e == ERR_OK)
		return;
	directory_free(msg.directory);
	m->directory_stale = true; /* tried again at the next turn */
	log_error(STORE, "a change has not reached the telephone switch yet: %s", err_text(e));
}

/* ---- star codes ---- */

static void
tell_results(struct management *m)
{
	for (size_t i = 0; i < m->n_results; i++) {
		struct to_signalling msg = {.kind = TO_SIGNALLING_RESULT, .result = m->results[i]};

		if (mailbox_post(m->p.to_signalling, &msg) != ERR_OK)
			log_warn(STORE, "a telephone is not told that its code has been obeyed");
	}
	m->n_results = 0;
}

static void
take_order(struct management *m, const struct feature_order *order)
{
	struct feature_result r = {.id = order->id, .outcome = store_feature(m->p.store, order)};

	if (m->n_results == RESULTS_MAX) {
		rebuild_directory(m);
		tell_results(m);
	}
	m->results[m->n_results++] = r;
	m->directory_stale = true; /* it has changed, whatever the feed has told yet */
}

/* Its row goes; until then signalling does not serve it again. */
static void
take_completed(struct management *m, const struct live_completed *c)
{
	static const char *const why[] = {[LIVE_COMPLETED_SERVED] = "the two were connected",
	    [LIVE_COMPLETED_EXPIRED] = "its time was over",
	    [LIVE_COMPLETED_UNANSWERED] = "nobody answered who wanted to be called back",
	    [LIVE_COMPLETED_GONE] = "the number cannot be called any more"};
	enum err e = store_completion_over(m->p.store, c->id);

	if (e == ERR_OK)
		log_info(CALL, "call completion %lld of user %lld is over: %s", (long long)c->id,
		    (long long)c->user, why[c->why]);
	else
		log_error(STORE, "a call completion that is over stays until it expires: %s",
		    err_text(e));
}

static void
take_report(struct management *m, const struct report *r)
{
	switch (r->kind) {
	case REPORT_RECORD: keep_record(m, r->slot, (const void *)r->value); break;
	case REPORT_LIVE_CALL: api_on_live_call(m->p.api, (const void *)r->value); break;
	case REPORT_REGISTRATION:
		api_on_registration(m->p.api, (const void *)r->value, r->removed);
		break;
	case REPORT_LINE: api_on_line(m->p.api, (const void *)r->value, r->removed); break;
	case REPORT_SUBSCRIPTION:
		api_on_subscription(m->p.api, (const void *)r->value, r->removed);
		break;
	case REPORT_TELEPHONY: api_on_telephony(m->p.api, (const void *)r->value); break;
	case REPORT_ORBIT: api_on_orbit(m->p.api, (const void *)r->value); break;
	case REPORT_CONFERENCE: api_on_conference(m->p.api, (const void *)r->value); break;
	case REPORT_MEMBER: api_on_conference_member(m->p.api, (const void *)r->value); break;
	case REPORT_EMERGENCY: notify_emergency(m->notify, (const void *)r->value); break;
	case REPORT_PIN_LOCKED: notify_pin_locked(m->notify, (const void *)r->value); break;
	case REPORT_SPENT: notify_spent(m->notify, (const void *)r->value); break;
	case REPORT_ORDER: take_order(m, (const void *)r->value); break;
	case REPORT_MESSAGE_BEGAN: voicemail_begin(m->voicemail, (const void *)r->value); break;
	case REPORT_MESSAGE_ENDED: voicemail_end(m->voicemail, (const void *)r->value); break;
	case REPORT_MESSAGE_ASK: voicemail_obey(m->voicemail, (const void *)r->value); break;
	case REPORT_COMPLETION: api_on_completion(m->p.api, (const void *)r->value); break;
	case REPORT_COMPLETED: take_completed(m, (const void *)r->value); break;
	case REPORT_SCREENING:
		blacklist_on_report(m->blacklist, (const void *)r->value);
		notify_on_report(m->notify, (const void *)r->value);
		break;
	}
}

static void
take_reports(struct management *m, const struct report_block *b)
{
	for (uint32_t at = 0; at < b->n;) {
		const struct report *r = (const void *)((const char *)b->reports + at);

		take_report(m, r);
		at += (uint32_t)report_room(r->bytes);
	}
}

static void
take(struct management *m, const struct to_management *msg)
{
	switch (msg->kind) {
	case TO_MANAGEMENT_REPORTS: take_reports(m, msg->p); break;
	case TO_MANAGEMENT_TRACE: api_on_traces(m->p.api, msg->p); return; /* taken over */
	case TO_MANAGEMENT_CHANGED: m->directory_stale = true; break;
	case TO_MANAGEMENT_CERTIFICATES: m->tls_stale = true; break;
	case TO_MANAGEMENT_OLD_DIRECTORY: break;
	case TO_MANAGEMENT_RULE: take_rule(m, msg); break;
	case TO_MANAGEMENT_VOICEMAIL: voicemail_stale(m->voicemail, msg->id); break;
	case TO_MANAGEMENT_METRICS: {
		const struct metrics_block *block = msg->p;

		api_on_metrics(m->p.api, block->metric, block->n);
		break;
	}
	}
	management_drop(msg);
}

/* Deleting our last certificate makes a new one: encryption does not go away by accident. */
static void
rebuild_tls(struct management *m)
{
	struct to_signalling msg = {.kind = TO_SIGNALLING_TLS};
	struct settings set;
	enum err e = store_settings(m->p.store, &set);

	m->tls_stale = false;
	m->tls_built_ms = (int64_t)loop_wall_ms();
	if (e == ERR_OK)
		e = tls_ensure_certificate(m->p.store, &set);
	if (e == ERR_OK)
		e = tls_build(m->p.store, &set, &msg.tls);
	if (e == ERR_OK && mailbox_post(m->p.to_signalling, &msg) != ERR_OK) {
		net_tls_free(msg.tls);
		m->tls_stale = true; /* tried again at the next turn */
	}
	if (e == ERR_OK)
		tls_warn_of_ends(m->p.store, m->tls_built_ms);
	else
		log_error(NET, "the certificates in use stay as they were: %s", err_text(e));
}

static uint32_t
index_wait_ms(const struct management *m)
{
	int64_t wait = m->next_index_ms - (int64_t)loop_wall_ms();

	return wait < 0 || wait > INDEX_MS ? 0 : (uint32_t)wait; /* a clock may be set back */
}

static void
index_records(struct management *m)
{
	bool more = false;

	if (index_wait_ms(m))
		return;
	if (store_cdr_index(m->p.store, &more) != ERR_OK)
		log_warn(STORE, "call records could not be put in order by users and words");
	m->next_index_ms = (int64_t)loop_wall_ms() + (more ? INDEX_MORE_MS : INDEX_MS);
}

static void
keep_house(struct management *m)
{
	int64_t now = (int64_t)loop_wall_ms(), removed = 0;

	if (now - m->last_housekeeping_ms < HOUSEKEEPING_MS)
		return;
	m->last_housekeeping_ms = now;
	if (now - m->tls_built_ms >= TLS_DAILY_MS)
		m->tls_stale = true; /* new ticket keys; an end that draws near */
	if (store_expire(m->p.store, now, &removed) != ERR_OK)
		log_warn(STORE, "old records could not be removed");
	else if (removed)
		log_info(STORE, "%lld old call records removed", (long long)removed);
	if (store_messages_expire(m->p.store, m->p.data_dir, now, &removed) != ERR_OK)
		log_warn(STORE, "old voicemails could not be removed");
	else if (removed)
		log_info(STORE, "%lld old voicemails deleted", (long long)removed);
	store_announcements_sweep(m->p.store, m->p.data_dir);
}

/* How long records may still wait for company; 0 = write them now. */
static uint32_t
records_wait_ms(const struct management *m)
{
	int64_t waited = (int64_t)loop_wall_ms() - m->first_record_ms;

	if (waited < 0 || waited >= RECORDS_WAIT_MS || (m->n_records >= RECORDS_MAX && !m->failing))
		return 0;
	return (uint32_t)(RECORDS_WAIT_MS - waited);
}

static uint32_t
sleep_ms(const struct management *m)
{
	if (m->failing || m->directory_stale || m->tls_stale)
		return 200;
	return m->n_records ? records_wait_ms(m) : index_wait_ms(m);
}

static void
run(void *ctx)
{
	struct management *m = ctx;
	struct to_management batch[BATCH_MAX];
	enum err e;

	do {
		size_t n;

		e = mailbox_wait(m->p.in, sleep_ms(m));
		while ((n = mailbox_take_batch(m->p.in, batch, BATCH_MAX)) > 0) {
			for (size_t i = 0; i < n; i++)
				take(m, &batch[i]);
			/* Somebody waits for a change, nobody for a record: it goes first. And a
			 * new line may need the authority that was added before it. */
			if (m->tls_stale && m->directory_stale)
				rebuild_tls(m);
			if (m->directory_stale)
				rebuild_directory(m);
			tell_results(m);
			voicemail_tell_waiting(m->voicemail);
			if (m->n_records && records_wait_ms(m) == 0)
				flush_records(m);
		}
		if (m->directory_stale && e != ERR_CLOSED)
			rebuild_directory(m);
		if (m->tls_stale && e != ERR_CLOSED)
			rebuild_tls(m);
		if (m->n_records && (e == ERR_CLOSED || records_wait_ms(m) == 0))
			flush_records(m);
		keep_watch(m);
		keep_house(m);
		index_records(m);
	} while (e != ERR_CLOSED);
}

enum err
management_start(struct management **out, const struct management_params *p)
{
	struct management *m = calloc(1, sizeof *m);
	enum err e;

	if (!m)
		return ERR_NOMEM;
	m->p = *p;
	e = blacklist_new(&m->blacklist,
	    &(struct blacklist_params){.store = p->store, .on_rule = on_rule, .ctx = m});
	if (e == ERR_OK)
		e = notify_new(&m->notify, p->store);
	if (e == ERR_OK)
		e = disk_new(&m->disk, &(struct disk_params){.dir = p->data_dir,
					   .store = p->store,
					   .traces = p->traces,
					   .notify = m->notify,
					   .api = p->api});
	if (e == ERR_OK)
		e = blacklist_load(m->blacklist, (int64_t)loop_wall_ms());
	if (e == ERR_OK)
		e = voicemail_new(&m->voicemail, &(struct voicemail_params){.store = p->store,
						     .data_dir = p->data_dir,
						     .notify = m->notify,
						     .to_signalling = p->to_signalling});
	m->started = true;
	m->last_housekeeping_ms = (int64_t)loop_wall_ms() - HOUSEKEEPING_MS + 60000;
	m->tls_built_ms = (int64_t)loop_wall_ms(); /* by the start */
	if (e == ERR_OK)
		e = thread_start(&m->thread, "management", run, m);
	if (e != ERR_OK) {
		management_stop(m);
		return e;
	}
	*out = m;
	return ERR_OK;
}

void
management_stop(struct management *m)
{
	if (!m)
		return;
	thread_join(m->thread);
	free(m->records);
	free(m->slots);
	voicemail_free(m->voicemail);
	disk_free(m->disk);
	notify_free(m->notify);
	blacklist_free(m->blacklist);
	free(m);
}
