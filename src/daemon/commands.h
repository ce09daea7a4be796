/*
 * Commands that want an answer: a worker of api/ asks, signalling does it and answers, the worker
 * waits for that. A command is a heap block that both hold; whoever lets go of it last frees it,
 * so that a worker may give up waiting and signalling may end without an answer. Signalling never
 * waits: it writes the result and raises a semaphore.
 */
#ifndef DAEMON_COMMANDS_H
#define DAEMON_COMMANDS_H

#include "daemon/switchboard.h"
#include "loop/mailbox.h"

struct command;

/** On a worker thread: waits up to two seconds. ERR_LIMIT (the plane is too busy), ERR_TIMEOUT,
 *  ERR_NOMEM. */
ERR_MUST_CHECK enum err command_run(
    struct mailbox *to_signalling, const struct call_command *what, struct call_result *result);
/** The same for a conference. */
ERR_MUST_CHECK enum err command_conference(struct mailbox *to_signalling,
    const struct conference_command *what, struct conference_result *result);
/** The same for the test of a line; out is filled in with LINE_TEST_DONE. */
ERR_MUST_CHECK enum err command_test_line(struct mailbox *to_signalling,
    const struct line_test_query *what, enum line_test_outcome *outcome, struct line_test *out);
/** On the signalling thread. Takes c. */
void command_execute(struct command *c, struct switchboard *sb);
/** Instead of it, at the end. Takes c. */
void command_drop(struct command *c);

#endif
