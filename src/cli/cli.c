/* Options, the table of commands, what is the same for all of them. */
#include "cli/cli.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli_int.h"

static const struct command {
	const char *name;
	int (*run)(struct cli *cli);
	const char *usage, *text;
} commands[] = {
    {"status", command_status, "status", "is it running, what is going on"},
    {"users", command_entity, "users [list|show ID|add K=V…|set ID,… K=V…|delete ID]", "people"},
    {"phones", command_entity, "phones [list|show ID|add K=V…|set ID,… K=V…|delete ID|account ID]",
	"telephones; account: what to type into one"},
    {"numbers", command_entity, "numbers [list|show ID|add K=V…|set ID,… K=V…|delete ID]",
	"telephone numbers"},
    {"groups", command_entity, "groups [list|show ID|add K=V…|set ID,… K=V…|delete ID]",
	"users who are called together"},
    {"group-members", command_entity,
	"group-members [list|show ID|add group=@NAME user=@LOGIN|set ID,… K=V…|delete ID]",
	"who belongs to which group; logged_on=false: calls to the group leave him out"},
    {"function-keys", command_entity,
	"function-keys [list|show ID|add user=@LOGIN type=TYPE K=V…|set ID,… K=V…|delete ID]",
	"keys of users that show a state and do something"},
    {"redirections", command_entity,
	"redirections [list|show ID|add number=@30 trigger=always|busy|timeout target=NUMBER|set "
	"ID,… "
	"K=V…|delete ID]",
	"where calls to a number go instead; enabled=false keeps the target"},
    {"mailboxes", command_entity,
	"mailboxes [list|show ID|add name=NAME K=V…|set ID,… K=V…|delete ID|record-greeting ID "
	"PHONE "
	"[greeting|greeting_busy|greeting_away]]",
	"take messages; delete also deletes their messages; record-greeting: that phone rings, to "
	"speak it"},
    {"conference-rooms", command_entity,
	"conference-rooms [list|show ID|add name=NAME K=V…|set ID,… K=V…|delete ID]",
	"rooms on numbers, in which calls meet"},
    {"mailbox-access", command_entity,
	"mailbox-access [list|show ID|add mailbox=@NAME user=@LOGIN|group=@NAME|set ID,… "
	"by_mail=true|delete ID]",
	"who listens to the messages of which mailbox, and gets them by mail"},
    {"announcements", command_entity,
	"announcements [list|show ID|add name=NAME|set ID,… K=V…|delete ID|play ID PHONE|record ID "
	"PHONE]",
	"what callers of mailboxes hear; play, record: that phone rings, to hear or to speak it"},
    {"voicemails", command_entity, "voicemails [list|show ID]", "messages in mailboxes"},
    {"mobile-twins", command_entity,
	"mobile-twins [list|show ID|add user=@LOGIN number=+49171… K=V…|set ID,… K=V…|delete ID]",
	"mobile phones that ring with those of a user"},
    {"conferences", command_entity,
	"conferences [list|show ID|add name=NAME user=@LOGIN starts_at=2026-12-24T09:00:00Z "
	"time_zone=Europe/Berlin K=V…|set ID,… K=V…|delete ID]",
	"planned conferences; participants are told by mail of what changes"},
    {"conference-participants", command_entity,
	"conference-participants [list|show ID|add conference=ID user=@LOGIN|name=NAME K=V…|"
	"set ID,… K=V…|delete ID]",
	"who is invited to conferences"},
    {"speed-dials", command_entity,
	"speed-dials [list|show ID|add place=05 number=NUMBER name=… user=@LOGIN|set ID,… "
	"K=V…|delete ID]",
	"numbers behind short ones (*6); without a user everybody's"},
    {"call-completions", command_entity, "call-completions [list|show ID|delete ID]",
	"who is called back when whom he could not reach can be reached"},
    {"ranges", command_entity, "ranges [list|show ID|add K=V…|set ID,… K=V…|delete ID]",
	"ranges of internal numbers"},
    {"records", command_entity, "records [list|show ID]", "call records, newest first"},
    {"calls", command_calls, "calls", "calls in progress"},
    {"registrations", command_registrations, "registrations", "phones that can be reached"},
    {"lines", command_lines, "lines [status|list|show ID|add K=V…|set ID,… K=V…|delete ID]",
	"lines to providers: whether they work, and how they are set up"},
    {"route-test", command_route_test,
	"route-test NUMBER phone=ID|user=ID|line=ID [caller=NUMBER] [at=2026-12-24T17:30]",
	"what would happen to a call, and why; line: one that comes in there"},
    {"line-test", command_line_test, "line-test LINE [NUMBER]",
	"looks the provider's servers up, reaches them, registers; calls NUMBER, plays a tone"},
    {"emergency-numbers", command_entity,
	"emergency-numbers [list|show ID|add number=112 name=… lines=@LINE,…|set ID,… K=V…|delete "
	"ID]",
	"numbers that always get through, and their lines in order"},
    {"sites", command_entity,
	"sites [list|show ID|add name=… street=… networks=10.1.0.0/16|set ID,… K=V…|delete ID]",
	"where phones are, for emergency calls"},
    {"time-frames", command_entity,
	"time-frames [list|show ID|add name=… days=mon,… from=08:00 to=18:00|set ID,… K=V…|delete "
	"ID]",
	"days of the week and times of day for COR rules"},
    {"cor-rules", command_entity,
	"cor-rules [list|show ID|add number=0049|set ID,… K=V…|delete ID]",
	"cost-optimised routing: ranges of numbers"},
    {"rates", command_entity,
	"rates [list|show ID|add line=@LINE prefix=0043 per_minute_micro=19000|set ID,… "
	"K=V…|delete ID]",
	"what calls on lines cost, in millionths of their currency"},
    {"cor-lines", command_entity,
	"cor-lines [list|show ID|add rule=@RANGE frame=@FRAME line=@LINE|set ID,… K=V…|delete ID]",
	"which lines a COR rule takes in which time frame"},
    {"holidays", command_entity,
	"holidays [list|show ID|add date=2026-12-24 name=…|set ID,… K=V…|delete ID]",
	"days off besides the public holidays of the region in the settings"},
    {"music-loops", command_entity,
	"music-loops [list|show ID|add name=…|set ID,… K=V…|delete ID|play ID PHONE]",
	"music on hold; its files come by the web page; play: that phone rings and plays it"},
    {"music-files", command_entity, "music-files [list|show ID|set ID,… K=V…|delete ID]",
	"files of music on hold: position, gain_db, enabled"},
    {"providers", command_entity, "providers [list|show ID|add K=V…|set ID,… K=V…|delete ID]",
	"templates of lines: what a line leaves open"},
    {"certificates", command_entity, "certificates [list|show ID|add K=V…|set ID,… K=V…|delete ID]",
	"for encrypted connections; certificate=@FILE key=@FILE"},
    {"subscriptions", command_subscriptions, "subscriptions", "who watches whom"},
    {"blocked", command_entity, "blocked [list|show ID|set ID,… K=V…|delete ID]",
	"addresses that are kept out, and those that never are"},
    {"block", command_block, "block ADDRESS[/BITS] [COMMENT]", "keep an address or network out"},
    {"allow", command_allow, "allow ADDRESS[/BITS] [COMMENT]",
	"never keep it out, whatever it does"},
    {"unblock", command_unblock, "unblock ADDRESS[/BITS]", "forget what was said of it"},
    {"notices", command_entity, "notices [list|show ID|set ID seen=true|delete ID]",
	"what the system found out, newest first"},
    {"hangup", command_hangup, "hangup CALL_ID", "end a call"},
    {"logs", command_logs, "logs [follow|levels|COMPONENT=LEVEL …|save FILE]",
	"the newest lines of the log (--search, --limit), or what comes; what is written; all of "
	"it in a .tar file"},
    {"trace", command_trace,
	"trace [K=V…|CALL_ID|pcap FILE [K=V…|CALL_ID…]|phone NAME [for MINUTES|off]|phones]",
	"calls whose SIP messages are stored, or those of one; K is number, user, status, kind,\n"
	"      from, to or call_id; pcap: a file for Wireshark; phone: trace all it says for a "
	"while"},
    {"mails", command_entity, "mails [list|show ID|delete ID]",
	"that wait or were sent, newest first"},
    {"mail-server", command_settings, "mail-server [get [NAME]|set K=V…]", "how mail leaves"},
    {"settings", command_settings, "settings [get [NAME]|set K=V…]", "of the system"},
    {"export", command_export, "export [FILE.json]", "the whole configuration, with secrets"},
    {"import", command_import, "import FILE.json [--dry-run] [--keep-others]",
	"bring the configuration to what the file says"},
    {"licence", command_settings, "licence [get [NAME]|set text=@FILE]",
	"how many users, phones, lines and groups there may be; text= takes it away"},
    {"passwd", command_passwd, "passwd LOGIN", "set a user's password"},
    {"second-factor", command_second_factor, "second-factor LOGIN [off]",
	"has the user one? off: log in with the password alone, and set up a new one"},
    {"help", command_help, "help", "this text"},
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

int
command_help(struct cli *cli)
{
	fprintf(cli->out, "Usage: strowger [options] command\n\nCommands:\n");
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(cli->out, "  %s\n      %s\n", commands[i].usage, commands[i].text);
	fprintf(cli->out, "\nID is a number, or @ and the key: @1001 for the user with that "
			  "log-in, @desk for the\n"
			  "phone of that name. In K=V too: user=@1001, phones=@desk,@sofa.\n"
			  "\nOptions:\n"
			  "  --data DIR      data directory of the daemon\n"
			  "  --socket PATH   its socket, DIR/strowger.sock otherwise\n"
			  "  --json          print JSON\n"
			  "  --search TEXT   only rows that contain it\n"
			  "  --limit N       at most so many rows\n"
			  "  --dry-run       import: only say what would change\n"
			  "  --keep-others   import: do not delete what the file lacks\n");
	return CLI_DONE;
}

static void __attribute__((format(printf, 2, 0))) say(struct cli *cli, const char *fmt, va_list ap)
{
	fputs("strowger: ", cli->err);
	vfprintf(cli->err, fmt, ap);
	fputc('\n', cli->err);
}

int
cli_usage(struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(cli, fmt, ap);
	va_end(ap);
	fputs("Try: strowger help\n", cli->err);
	return CLI_USAGE;
}

int
cli_fail(struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(cli, fmt, ap);
	va_end(ap);
	return CLI_FAILED;
}

/* --- options -------------------------------------------------------------------------- */

/* The value of "--name value" or "--name=value"; false: this is not that option. */
static bool
with_value(
    struct cli *cli, const char *name, int argc, char **argv, int *i, const char **value, bool *ok)
{
	size_t n = strlen(name);

	if (strncmp(argv[*i], name, n) != 0 || (argv[*i][n] && argv[*i][n] != '='))
		return false;
	if (argv[*i][n] == '=') {
		*value = argv[*i] + n + 1;
	} else if (*i + 1 < argc) {
		*value = argv[++*i];
	} else {
		cli_usage(cli, "%s needs a value", name);
		*ok = false;
	}
	return true;
}

static bool
flag(struct cli *cli, const char *arg)
{
	const struct {
		const char *name;
		bool *on;
	} flags[] = {
	    {"--json", &cli->json},
	    {"--dry-run", &cli->dry_run},
	    {"--keep-others", &cli->keep_others},
	    {"--help", &cli->help},
	    {"-h", &cli->help},
	};

	for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
		if (strcmp(arg, flags[i].name) == 0) {
			*flags[i].on = true;
			return true;
		}
	return false;
}

bool
cli_options(struct cli *cli, int argc, char **argv)
{
	const char *limit = NULL;
	bool ok = true;

	cli->limit = UINT64_MAX;
	cli->args = argv + 1;
	for (int i = 1; i < argc && ok; i++) {
		if (with_value(cli, "--socket", argc, argv, &i, &cli->socket, &ok) ||
		    with_value(cli, "--data", argc, argv, &i, &cli->data, &ok) ||
		    with_value(cli, "--search", argc, argv, &i, &cli->search, &ok) ||
		    with_value(cli, "--limit", argc, argv, &i, &limit, &ok) || flag(cli, argv[i]))
			continue;
		if (argv[i][0] == '-' && argv[i][1]) {
			cli_usage(cli, "unknown option %s", argv[i]);
			return false;
		}
		cli->args[cli->count++] = argv[i];
	}
	if (ok && limit && slice_to_u64(slice_cstr(limit), INT64_MAX, &cli->limit) != ERR_OK) {
		cli_usage(cli, "--limit needs a number, not \"%s\"", limit);
		ok = false;
	}
	return ok;
}

int
cli_run(int argc, char **argv, const struct cli_streams *io)
{
	struct cli cli = {.in = io->in, .out = io->out, .err = io->err};

	if (!cli_options(&cli, argc, argv))
		return CLI_USAGE;
	if (cli.help)
		return command_help(&cli);
	if (cli.count == 0) {
		command_help(&cli);
		return CLI_USAGE;
	}
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(cli.args[0], commands[i].name) == 0)
			return commands[i].run(&cli);
	return cli_usage(&cli, "unknown command \"%s\"", cli.args[0]);
}

/* --- talking to the daemon ---------------------------------------------------------------- */

const char *
cli_socket(const struct cli *cli, char *text, size_t text_bytes)
{
	static const char installed[] = "/var/lib/strowger/strowger.sock";
	const char *data = cli->data ? cli->data : getenv("STROWGER_DATA");

	if (cli->socket)
		return cli->socket;
	if (data && data[0]) {
		snprintf(text, text_bytes, "%s/strowger.sock", data);
		return text;
	}
	return access(installed, F_OK) == 0 || access("data/strowger.sock", F_OK) != 0
		   ? installed
		   : "data/strowger.sock";
}

static int
say_unreachable(struct cli *cli, enum err e, const char *path)
{
	switch (e) {
	case ERR_CLOSED:
		return cli_fail(cli, "strowgerd does not answer on %s: is it running?", path);
	case ERR_DENIED:
		return cli_fail(cli,
		    "not permitted to use %s: run as root or as the account of strowgerd", path);
	case ERR_TIMEOUT: return cli_fail(cli, "strowgerd on %s takes too long to answer", path);
	case ERR_TOO_BIG: return cli_fail(cli, "the path of the socket is too long: %s", path);
	default: return cli_fail(cli, "talking to strowgerd on %s: %s", path, err_text(e));
	}
}

static void
say_one(struct cli *cli, const char *lead, const json_t *error)
{
	const char *message = json_string_value(json_object_get(error, "message"));
	const char *field = json_string_value(json_object_get(error, "field"));

	int64_t row = json_integer_value(json_object_get(error, "row"));

	fputs(lead, cli->err);
	if (row)
		fprintf(cli->err, "%lld: ", (long long)row);
	if (field) {
		print_clean(cli->err, slice_cstr(field));
		fputs(": ", cli->err);
	}
	print_clean(cli->err, slice_cstr(message ? message : "refused"));
	fputc('\n', cli->err);
}

static int
say_refused(struct cli *cli, const struct answer *a)
{
	const json_t *error = json_object_get(a->json, "error");
	const json_t *details = json_object_get(error, "details");
	size_t i;
	json_t *one;

	if (!error)
		return cli_fail(cli, "refused with HTTP status %d", a->status);
	say_one(cli, "strowger: ", error);
	if (json_array_size(details) > 1)
		json_array_foreach(details, i, one) say_one(cli, "  ", one);
	return CLI_FAILED;
}

int
cli_fetch(
    struct cli *cli, const char *method, const char *target, const json_t *body, struct answer *out)
{
	char text[512];
	const char *path = cli_socket(cli, text, sizeof text);
	struct answer a = {0};
	enum err e = client_request(path, method, target, body, &a);
	int status;

	if (e != ERR_OK)
		return say_unreachable(cli, e, path);
	if (a.status < 300) {
		*out = a;
		return CLI_DONE;
	}
	status = say_refused(cli, &a);
	answer_free(&a);
	return status;
}

int
cli_call(struct cli *cli, const char *method, const char *target, const json_t *body, json_t **out)
{
	struct answer a = {0};
	int status = cli_fetch(cli, method, target, body, &a);

	if (status != CLI_DONE)
		return status;
	if (out)
		*out = json_incref(a.json);
	answer_free(&a);
	return CLI_DONE;
}
