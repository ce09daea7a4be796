/* The life of strowgerd: start in order, run, stop in the opposite order. */
#include "daemon/daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "api/api.h"
#include "daemon/account.h"
#include "daemon/activation.h"
#include "daemon/commands.h"
#include "daemon/greeting.h"
#include "daemon/management.h"
#include "daemon/options.h"
#include "daemon/pin_locks.h"
#include "daemon/signalling.h"
#include "daemon/spending.h"
#include "daemon/tls.h"
#include "daemon/voicemail.h"
#include "mail/mail.h"
#include "security/firewall.h"
#include "store/announcement.h"
#include "store/licence.h"
#include "store/music.h"
#include "store/prompts.h"
#include "store/trace_store.h"
#include "store/voicemail.h"

enum { TO_MANAGEMENT_MAX = 8192, TO_SIGNALLING_MAX = 16384, LICENCE_KEY_BYTES = 4096 };

struct daemon {
	struct options options;
	struct account account;
	struct settings settings;
	char db_path[4096], journal_path[4096], traces_path[4096], socket_path[4096],
	    log_path[4096];
	struct store *store;
	struct journal *journal;
	struct kept kept;
	struct trace_store *traces;
	struct log_file *logs;
	struct mailbox *to_signalling, *to_management;
	struct activation *activation;
	struct signalling *signalling;
	struct api *api;
	struct management *management;
	struct firewall *firewall;
	struct mailer *mailer;
	char why[512]; /* what to tell the administrator when the start fails */
};

static enum err
make_paths(struct daemon *d)
{
	const char *dir = d->options.data_dir;
	struct stat st;

	if (strlen(dir) > sizeof d->db_path - 64) {
		snprintf(d->why, sizeof d->why, "the name of the data directory is too long");
		return ERR_TOO_BIG;
	}
	if (mkdir(dir, 0750) != 0 && errno != EEXIST) {
		snprintf(d->why, sizeof d->why, "the data directory %.200s cannot be made: %s", dir,
		    strerror(errno));
		return err_from_errno(errno);
	}
	if (account_own(&d->account, dir, d->why, sizeof d->why) != ERR_OK ||
	    account_borrow(&d->account, d->why, sizeof d->why) != ERR_OK)
		return ERR_DENIED;
	if (stat(dir, &st) != 0 || !S_ISDIR(st.st_mode) ||
	    faccessat(AT_FDCWD, dir, R_OK | W_OK | X_OK, AT_EACCESS) != 0) {
		snprintf(d->why, sizeof d->why,
		    "the data directory %.200s is not writable: give it to this account or choose "
		    "another with --data",
		    dir);
		return ERR_DENIED;
	}
	snprintf(d->db_path, sizeof d->db_path, "%s/strowger.db", dir);
	snprintf(d->journal_path, sizeof d->journal_path, "%s/calls.journal", dir);
	snprintf(d->traces_path, sizeof d->traces_path, "%s/traces.db", dir);
	snprintf(d->log_path, sizeof d->log_path, "%s/log", dir);
	snprintf(d->socket_path, sizeof d->socket_path, "%s/strowger.sock", dir);
	return ERR_OK;
}

/* All in one transaction: a crash with a thousand calls must not make a slow start. */
static enum err
store_left(struct daemon *d, const struct journal_left *left, size_t n)
{
	struct cdr *records = n ? malloc(n * sizeof *records) : NULL;
	enum err e = ERR_NOMEM;

	if (n == 0)
		return ERR_OK;
	for (size_t i = 0; records && i < n; i++)
		records[i] = left[i].cdr;
	if (records)
		e = spending_charge_cut(d->store, records, n);
	if (e == ERR_OK)
		e = store_cdr_insert(d->store, records, n);
	free(records);
	if (e != ERR_OK) {
		snprintf(d->why, sizeof d->why, "call records of the last run cannot be stored: %s",
		    err_text(e));
		return e;
	}
	for (size_t i = 0; i < n; i++)
		journal_release(d->journal, left[i].slot);
	log_info(STORE, "%zu call records of the last run recovered", n);
	return ERR_OK;
}

/* Records of calls that a crash cut, and of those the database had not got yet. */
static enum err
open_journal(struct daemon *d)
{
	struct journal_left *left = NULL;
	size_t n = 0;
	enum err e = journal_open(d->journal_path, &d->journal, &left, &n, d->why, sizeof d->why);

	if (e == ERR_OK)
		e = store_left(d, left, n);
	free(left);
	return e;
}

static enum err
make_traces(struct daemon *d)
{
	struct trace_limits limits = {.days = d->settings.trace_keep_days,
	    .mb = d->settings.trace_keep_mb,
	    .messages = d->settings.trace_keep_messages};
	enum err e = trace_store_new(&d->traces, d->traces_path, &limits);

	if (e != ERR_OK)
		snprintf(d->why, sizeof d->why, "the trace store cannot start: %s", err_text(e));
	return e;
}

/* What was logged before is only on standard error. */
static enum err
open_log(struct daemon *d)
{
	const struct settings *s = &d->settings;
	struct log_file_limits limits = {
	    .file_bytes = (uint64_t)s->log_file_mb << 20, .files = s->log_files};
	enum err e = log_file_new(&d->logs, d->log_path, &limits);

	if (e != ERR_OK)
		snprintf(d->why, sizeof d->why, "the log cannot start: %s", err_text(e));
	for (int i = 0; i < LOG_SUBS && !d->options.has_log_level; i++)
		log_set_sub_level((enum log_subsystem)i, s->log_level[i]);
	return e;
}

/* Without a key that can be read there are no new licences; telephones work all the same. */
static void
load_licence_key(struct daemon *d)
{
	char pem[LICENCE_KEY_BYTES] = "";
	const char *path = d->options.licence_key;
	FILE *f = path ? fopen(path, "re") : NULL;

	if (!path)
		return;
	if (f) {
		pem[fread(pem, 1, sizeof pem - 1, f)] = '\0';
		fclose(f);
	}
	if (store_set_licence_key(d->store, pem) != ERR_OK)
		log_error(STORE,
		    "%s holds no public key (PEM, Ed25519): no licence can be installed", path);
}

static enum err
open_data(struct daemon *d)
{
	enum err e = make_paths(d);

	if (e == ERR_OK)
		e = store_open(d->db_path, &d->store, d->why, sizeof d->why);
	if (e == ERR_OK)
		load_licence_key(d);
	if (e == ERR_OK)
		e = voicemail_prepare(d->store, d->options.data_dir);
	if (e == ERR_OK && store_prompts_check(d->store, d->options.data_dir) != ERR_OK)
		log_error(STORE, "uploaded prompts cannot be checked");
	if (e == ERR_OK && store_music_check(d->store, d->options.data_dir) != ERR_OK)
		log_error(STORE, "music on hold cannot be checked");
	if (e == ERR_OK && store_announcements_check(d->store, d->options.data_dir) != ERR_OK)
		log_error(STORE, "announcements cannot be checked");
	if (e == ERR_OK)
		e = open_journal(d);
	if (e == ERR_OK)
		e = kept_open(&d->kept, d->options.data_dir, d->why, sizeof d->why);
	if (e != ERR_OK)
		return e;
	e = store_settings(d->store, &d->settings);
	if (e != ERR_OK)
		snprintf(d->why, sizeof d->why, "the settings cannot be read: %s", err_text(e));
	options_apply(&d->options, &d->settings);
	if (e == ERR_OK)
		e = open_log(d);
	if (e == ERR_OK)
		e = make_traces(d);
	return e;
}

static void
on_change(void *ctx, const struct store_change *change)
{
	struct daemon *d = ctx;
	struct to_management m = {.kind = TO_MANAGEMENT_CHANGED};

	if (directory_depends_on(change->entity))
		activation_changed(d->activation);
	/* A full box is being worked off, and whoever works it off rebuilds afterwards. */
	if (directory_depends_on(change->entity) && mailbox_post(d->to_management, &m) != ERR_OK)
		log_warn(STORE, "a change waits: management is busy");
	m.kind = TO_MANAGEMENT_CERTIFICATES;
	if ((!change->entity || change->entity == &model_certificate ||
		change->entity == &model_settings) &&
	    mailbox_post(d->to_management, &m) != ERR_OK)
		log_warn(STORE, "new certificates wait: management is busy");
	m.kind = TO_MANAGEMENT_VOICEMAIL;
	m.id = change->entity == &model_voicemail ? change->id : 0;
	if (store_voicemail_counts_depend_on(change->entity) &&
	    mailbox_post(d->to_management, &m) != ERR_OK)
		log_warn(STORE, "message lamps wait: management is busy");
	if (!change->entity || change->entity == &model_address_rule) {
		m = (struct to_management){.kind = TO_MANAGEMENT_RULE,
		    .id = change->id,
		    .own =
			d->management && blacklist_is_writing(management_blacklist(d->management))};
		if (mailbox_post(d->to_management, &m) != ERR_OK)
			log_warn(SECURITY, "a change of the address rules waits for the next one");
	}
	if (d->api)
		api_on_changed(d->api, change->entity ? change->entity->name : NULL, change->id);
}

static enum err
hang_up(void *ctx, const char *call_id)
{
	struct daemon *d = ctx;
	struct to_signalling m = {.kind = TO_SIGNALLING_HANG_UP};

	slice_clip_cstr(slice_cstr(call_id), m.call_id, sizeof m.call_id);
	return mailbox_post(d->to_signalling, &m);
}

static enum err
command(void *ctx, const struct call_command *what, struct call_result *result)
{
	return command_run(((struct daemon *)ctx)->to_signalling, what, result);
}

static enum err
conference(void *ctx, const struct conference_command *what, struct conference_result *result)
{
	return command_conference(((struct daemon *)ctx)->to_signalling, what, result);
}

static enum err
test_line(void *ctx, const struct line_test_query *what, enum line_test_outcome *outcome,
    struct line_test *out)
{
	return command_test_line(((struct daemon *)ctx)->to_signalling, what, outcome, out);
}

static void
settle(void *ctx)
{
	if (!activation_wait(((struct daemon *)ctx)->activation))
		log_warn(API, "a change is confirmed before the telephone switch has it");
}

static enum err
watch(void *ctx, const char *target, uint32_t seconds)
{
	struct daemon *d = ctx;
	struct to_signalling m = {.kind = TO_SIGNALLING_WATCH, .slot = seconds};

	slice_clip_cstr(slice_cstr(target), m.call_id, sizeof m.call_id);
	return mailbox_post(d->to_signalling, &m);
}

static void
login_failed(void *ctx, const struct addr *peer)
{
	struct daemon *d = ctx;
	struct to_signalling m = {.kind = TO_SIGNALLING_WEB_LOGIN, .peer = *peer};

	(void)!mailbox_post_quiet(d->to_signalling, &m); /* the API has limits of its own */
}

static const struct api_control_ops control_ops = {.login_failed = login_failed,
    .hangup = hang_up,
    .command = command,
    .conference = conference,
    .test_line = test_line,
    .watch = watch,
    .settle = settle};

static enum err
open_signalling(struct daemon *d)
{
	struct signalling_params p = {.settings = &d->settings,
	    .any_port = options_any_port(&d->options),
	    .no_fastpath = d->options.no_fastpath,
	    .dns_servers = d->options.dns,
	    .folders = {d->options.sounds_dir, d->options.data_dir},
	    .journal = d->journal,
	    .kept = &d->kept};
	enum err e = activation_new(&d->activation);

	if (e == ERR_OK)
		e = mailbox_new(&d->to_signalling,
		    &(struct mailbox_params){.message_bytes = sizeof(struct to_signalling),
			.capacity = TO_SIGNALLING_MAX});
	if (e == ERR_OK)
		e = mailbox_new(&d->to_management,
		    &(struct mailbox_params){.message_bytes = sizeof(struct to_management),
			.capacity = TO_MANAGEMENT_MAX});
	if (e == ERR_OK)
		e = directory_build(d->store, &p.directory);
	if (e == ERR_OK && tls_ensure_certificate(d->store, &d->settings) != ERR_OK)
		log_error(NET, "no certificate could be made");
	if (e == ERR_OK && tls_build(d->store, &d->settings, &p.tls) == ERR_OK)
		tls_warn_of_ends(d->store, (int64_t)loop_wall_ms());
	if (e != ERR_OK) {
		snprintf(d->why, sizeof d->why, "the directory cannot be built: %s", err_text(e));
		return e;
	}
	p.in = d->to_signalling;
	p.to_management = d->to_management;
	p.activation = d->activation;
	e = signalling_new(&d->signalling, &p, d->why, sizeof d->why);
	if (e != ERR_OK)
		return e;
	e = signalling_restore(d->signalling);
	if (e != ERR_OK)
		snprintf(d->why, sizeof d->why, "registrations cannot be read: %s", err_text(e));
	if (e == ERR_OK && spending_read(d->store, p.directory, (int64_t)loop_wall_ms(),
			       signalling_spent, d->signalling) != ERR_OK)
		log_warn(
		    CALL, "what costly calls were made today cannot be read: they count from 0");
	if (e == ERR_OK && pin_locks_read(d->store, p.directory, (int64_t)loop_wall_ms(),
			       signalling_pin_locked, d->signalling) != ERR_OK)
		log_warn(CALL, "which phones dialled too many wrong PINs cannot be read");
	return e;
}

/* Where phones reach us, for the status page and for what phones are told. */
static size_t
listeners_for_api(const struct daemon *d, struct api_listener *out)
{
	struct net_listener all[API_LISTENERS_MAX];
	size_t n = signalling_listeners(d->signalling, all, API_LISTENERS_MAX);

	if (n > API_LISTENERS_MAX)
		n = API_LISTENERS_MAX;
	for (size_t i = 0; i < n; i++) {
		out[i].transport = all[i].transport;
		out[i].port = all[i].addr.port;
		addr_text(&all[i].addr, out[i].address);
	}
	return n;
}

static enum err
open_api(struct daemon *d)
{
	struct api_listener listeners[API_LISTENERS_MAX];
	struct api_params p = {.store = d->store,
	    .traces = d->traces,
	    .logs = d->logs,
	    .http_address = d->settings.sip_address,
	    .http_port = (uint16_t)d->settings.http_port,
	    .socket_path = d->socket_path,
	    .web_dir = d->options.web_dir,
	    .data_dir = d->options.data_dir,
	    .sounds_dir = d->options.sounds_dir,
	    .dns_servers = d->options.dns,
	    .version = STROWGER_VERSION,
	    .sip_address = d->settings.sip_address,
	    .sip_port = signalling_sip_port(d->signalling),
	    .listeners = listeners,
	    .listeners_n = listeners_for_api(d, listeners),
	    .ops = &control_ops,
	    .ops_ctx = d};

	return api_new(&d->api, &p, d->why, sizeof d->why);
}

/* After the change of account: the new thread takes the one capability that is left along, all
 * others are started without it. */
static enum err
open_firewall(struct daemon *d)
{
	const struct settings *s = &d->settings;
	struct firewall_params p = {
	    .ports = {signalling_sip_port(d->signalling), (uint16_t)s->sips_port,
		(uint16_t)s->ws_port, (uint16_t)s->wss_port}};
	enum err e = firewall_start(&d->firewall, &p);

	account_drop_capabilities(&d->account);
	if (e != ERR_OK)
		snprintf(d->why, sizeof d->why, "the threads cannot start: %s", err_text(e));
	else
		signalling_set_firewall(d->signalling, d->firewall);
	return e;
}

static enum err
start(struct daemon *d)
{
	enum err e = account_find(d->options.user, &d->account, d->why, sizeof d->why);

	if (e == ERR_OK)
		e = open_data(d);
	if (e == ERR_OK)
		e = account_return(&d->account, d->why, sizeof d->why);
	if (e == ERR_OK)
		e = open_signalling(d);
	if (e == ERR_OK)
		e = open_api(d);
	if (e == ERR_OK)
		e = account_become(&d->account, d->why, sizeof d->why);
	if (e == ERR_OK)
		e = open_firewall(d);
	if (e != ERR_OK)
		return e;
	store_on_change(d->store, on_change, d);
	e = log_file_start(d->logs);
	if (e == ERR_OK)
		e = mailer_start(&d->mailer, &(struct mailer_params){.store = d->store,
						 .data_dir = d->options.data_dir,
						 .dns_servers = d->options.dns});
	if (e == ERR_OK)
		e = management_start(&d->management, &(struct management_params){.store = d->store,
							 .api = d->api,
							 .traces = d->traces,
							 .data_dir = d->options.data_dir,
							 .in = d->to_management,
							 .to_signalling = d->to_signalling,
							 .activation = d->activation,
							 .restore_rule = signalling_set_rule,
							 .restore_ctx = d->signalling});
	if (e == ERR_OK)
		e = trace_store_start(d->traces);
	if (e == ERR_OK)
		e = api_start(d->api);
	if (e != ERR_OK)
		snprintf(d->why, sizeof d->why, "the threads cannot start: %s", err_text(e));
	return e;
}

/* Snapshots that never reached the switch. */
static void
drain_commands(struct daemon *d)
{
	struct to_signalling m;

	while (d->to_signalling && mailbox_take_batch(d->to_signalling, &m, 1) == 1)
		if (m.kind == TO_SIGNALLING_DIRECTORY)
			directory_free(m.directory);
		else if (m.kind == TO_SIGNALLING_TLS)
			net_tls_free(m.tls);
		else if (m.kind == TO_SIGNALLING_COMMAND)
			command_drop(m.command);
		else if (m.kind == TO_SIGNALLING_MESSAGES)
			free(m.answer);
}

static void
stop(struct daemon *d)
{
	api_stop(d->api);
	if (d->to_management)
		mailbox_close(d->to_management);
	management_stop(d->management);
	mailer_stop(d->mailer);
	drain_commands(d);
	signalling_free(d->signalling);
	firewall_stop(d->firewall);
	api_free(d->api);
	mailbox_free(d->to_management);
	mailbox_free(d->to_signalling);
	activation_free(d->activation);
	trace_store_close(d->traces);
	journal_close(d->journal);
	kept_close(&d->kept);
	store_close(d->store);
	log_file_close(d->logs);
}

static int
check(struct daemon *d)
{
	enum err e;

	if (access(d->options.data_dir, F_OK) != 0 && errno == ENOENT) {
		puts("There are no data yet; a start makes them.");
		return 0;
	}
	e = make_paths(d);
	if (e == ERR_OK)
		e = store_check(d->db_path, d->why, sizeof d->why);
	if (e != ERR_OK) {
		fprintf(stderr, "strowgerd: %s\n", d->why);
		return 1;
	}
	puts("Database and settings are in order.");
	return 0;
}

/* A descriptor for each connection and two for each voice: the soft limit is often 1024, for the
 * sake of select(2), which we do not use. */
static void
allow_many_files(void)
{
	struct rlimit limit;
	const rlim_t plenty = 1 << 18;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	limit.rlim_cur = limit.rlim_max < plenty ? limit.rlim_max : plenty;
	if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
		log_warn(DAEMON, "the limit of open files cannot be raised");
}

int
daemon_main(int argc, char **argv)
{
	static struct daemon d;
	int code = 0;

	if (options_parse(&d.options, argc, argv, d.why, sizeof d.why) != ERR_OK) {
		fprintf(stderr, "strowgerd: %s\n", d.why);
		return 2;
	}
	if (d.options.help || d.options.version) {
		fputs(d.options.help ? options_help() : "strowgerd " STROWGER_VERSION "\n", stdout);
		return 0;
	}
	log_set_level(d.options.log_level);
	/* Large short-lived blocks (password hashing, imports) go back to the system at once. */
	mallopt(M_MMAP_THRESHOLD, 1 << 20);
	mallopt(M_ARENA_MAX, 4);
	/* What calls free they need again in a moment: it is not given back and fetched anew. */
	mallopt(M_TRIM_THRESHOLD, 8 << 20);
	mallopt(M_TOP_PAD, 256 << 10);
	if (d.options.check)
		return check(&d);
	umask(0077);
	allow_many_files();
	if (start(&d) == ERR_OK) {
		greeting_print(&(struct greeting){.settings = &d.settings,
		    .data_dir = d.options.data_dir,
		    .store = d.store,
		    .signalling = d.signalling,
		    .api = d.api});
		signalling_run(d.signalling);
	} else {
		fprintf(stderr, "strowgerd: %s\n", d.why);
		code = 1;
	}
	stop(&d);
	return code;
}
