#include "daemon/commands.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "daemon/messages.h"

enum { WAIT_S = 2 };

struct command {
	atomic_int holders;
	sem_t done;
	struct call_command what;
	struct call_result result;
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

enum err
command_run(
    struct mailbox *to_signalling, const struct call_command *what, struct call_result *result)
{
	struct command *c = calloc(1, sizeof *c);
	struct to_signalling m = {.kind = TO_SIGNALLING_COMMAND, .command = c};
	enum err e;

	if (!c)
		return ERR_NOMEM;
	c->what = *what;
	sem_init(&c->done, 0, 0);
	atomic_init(&c->holders, 2);
	e = mailbox_post(to_signalling, &m);
	if (e != ERR_OK)
		atomic_store(&c->holders, 1); /* signalling has not got it */
	else if (!wait_for(c))
		e = ERR_TIMEOUT;
	else
		*result = c->result;
	command_drop(c);
	return e;
}

void
command_execute(struct command *c, struct call_switch *sw)
{
	call_command(sw, &c->what, &c->result);
	sem_post(&c->done);
	command_drop(c);
}
