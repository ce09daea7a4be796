#include "daemon/commands.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "call/conference.h"
#include "daemon/messages.h"

enum { WAIT_S = 2 };

struct command {
	atomic_int holders;
	sem_t done;
	void (*execute)(struct command *c, struct switchboard *sb);
	union {
		struct {
			struct call_command what;
			struct call_result result;
		} call;
		struct {
			struct conference_command what;
			struct conference_result result;
		} conference;
		struct {
			struct line_test_query what;
			enum line_test_outcome outcome;
			struct line_test test;
		} line;
	};
};

void
command_drop(struct command *c)
{
	if (atomic_fetch_sub(&c->holders, 1) > 1)
		return;
	sem_destroy(&c->done);
	free(c);
}

static bool
wait_for(struct command *c)
{
	struct timespec until;
	int r;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += WAIT_S;
	do
		r = sem_clockwait(&c->done, CLOCK_MONOTONIC, &until);
	while (r != 0 && errno == EINTR);
	return r == 0;
}

static struct command *
command_new(void (*execute)(struct command *c, struct switchboard *sb))
{
	struct command *c = calloc(1, sizeof *c);

	if (!c)
		return NULL;
	c->execute = execute;
	sem_init(&c->done, 0, 0);
	atomic_init(&c->holders, 2);
	return c;
}

/* ERR_OK: it was executed. Either way the caller lets go of c. */
static enum err
send_and_wait(struct mailbox *to_signalling, struct command *c)
{
	struct to_signalling m = {.kind = TO_SIGNALLING_COMMAND, .command = c};
	enum err e = mailbox_post(to_signalling, &m);

	if (e != ERR_OK)
		atomic_store(&c->holders, 1); /* signalling has not got it */
	else if (!wait_for(c))
		e = ERR_TIMEOUT;
	return e;
}

static void
execute_call(struct command *c, struct switchboard *sb)
{
	call_command(switchboard_calls(sb), &c->call.what, &c->call.result);
}

static void
execute_conference(struct command *c, struct switchboard *sb)
{
	call_conference_command(switchboard_calls(sb), &c->conference.what, &c->conference.result);
}

static void
execute_line(struct command *c, struct switchboard *sb)
{
	c->line.outcome = line_tests_ask(switchboard_line_tests(sb), &c->line.what, &c->line.test);
}

enum err
command_run(
    struct mailbox *to_signalling, const struct call_command *what, struct call_result *result)
{
	struct command *c = command_new(execute_call);
	enum err e;

	if (!c)
		return ERR_NOMEM;
	c->call.what = *what;
	e = send_and_wait(to_signalling, c);
	if (e == ERR_OK)
		*result = c->call.result;
	command_drop(c);
	return e;
}

enum err
command_conference(struct mailbox *to_signalling, const struct conference_command *what,
    struct conference_result *result)
{
	struct command *c = command_new(execute_conference);
	enum err e;

	if (!c)
		return ERR_NOMEM;
	c->conference.what = *what;
	e = send_and_wait(to_signalling, c);
	if (e == ERR_OK)
		*result = c->conference.result;
	command_drop(c);
	return e;
}

enum err
command_test_line(struct mailbox *to_signalling, const struct line_test_query *what,
    enum line_test_outcome *outcome, struct line_test *out)
{
	struct command *c = command_new(execute_line);
	enum err e;

	if (!c)
		return ERR_NOMEM;
	c->line.what = *what;
	e = send_and_wait(to_signalling, c);
	if (e == ERR_OK) {
		*outcome = c->line.outcome;
		*out = c->line.test;
	}
	command_drop(c);
	return e;
}

void
command_execute(struct command *c, struct switchboard *sb)
{
	c->execute(c, sb);
	sem_post(&c->done);
	command_drop(c);
}
