/* passwd, second-factor: how somebody gets in again who is locked out. */
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/cli_int.h"

static int
find_user(struct cli *cli, int64_t *id)
{
	char key[128];

	snprintf(key, sizeof key, "@%s", cli->args[1]);
	return id_parse(cli, &model_user, key, id);
}

static bool
read_line(FILE *in, char *text, size_t cap)
{
	size_t n;

	if (!fgets(text, (int)cap, in))
		return false;
	n = strcspn(text, "\r\n");
	text[n] = '\0';
	return n > 0;
}

/* From a terminal twice and unseen, else one line. */
static int
read_password(struct cli *cli, char *text, size_t cap)
{
	struct termios old, quiet;
	char again[256] = "";
	bool terminal = isatty(fileno(cli->in)) && tcgetattr(fileno(cli->in), &old) == 0, ok;

	if (!terminal)
		return read_line(cli->in, text, cap)
			   ? CLI_DONE
			   : cli_fail(cli, "no password on standard input");
	quiet = old;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	tcsetattr(fileno(cli->in), TCSAFLUSH, &quiet);
	fputs("New password: ", cli->err);
	ok = read_line(cli->in, text, cap);
	fputs("\nOnce more: ", cli->err);
	ok = read_line(cli->in, again, sizeof again) && ok;
	fputc('\n', cli->err);
	tcsetattr(fileno(cli->in), TCSAFLUSH, &old);
	ok = ok && strcmp(text, again) == 0;
	explicit_bzero(again, sizeof again);
	return ok ? CLI_DONE : cli_fail(cli, "the two passwords differ; nothing has been changed");
}

int
command_passwd(struct cli *cli)
{
	char password[256], target[80];
	int64_t id;
	json_t *in;
	int status;

	if (cli->count != 2)
		return cli_usage(cli, "passwd needs one log-in");
	status = find_user(cli, &id);
	if (status == CLI_DONE)
		status = read_password(cli, password, sizeof password);
	if (status != CLI_DONE)
		return status;
	in = json_pack("{s:s}", "password", password);
	explicit_bzero(password, sizeof password);
	snprintf(target, sizeof target, "/api/users/%lld", (long long)id);
	status = in ? cli_call(cli, "PATCH", target, in, NULL)
		    : cli_fail(cli, "the password is not UTF-8 text");
	json_decref(in);
	return status;
}

int
command_second_factor(struct cli *cli)
{
	bool off = cli->count == 3 && strcmp(cli->args[2], "off") == 0;
	char target[80];
	json_t *state = NULL;
	int64_t id;
	int status;

	if (cli->count < 2 || cli->count > 3 || (cli->count == 3 && !off))
		return cli_usage(cli, "second-factor needs one log-in, and at most the word off");
	status = find_user(cli, &id);
	if (status != CLI_DONE)
		return status;
	snprintf(target, sizeof target, "/api/users/%lld/%s", (long long)id,
	    off ? "second-factor" : "security");
	status = cli_call(cli, off ? "DELETE" : "GET", target, NULL, &state);
	if (status == CLI_DONE && !off)
		fprintf(cli->out, "%s\n",
		    json_is_true(json_object_get(state, "second_factor")) ? "on" : "off");
	json_decref(state);
	return status;
}
