/*
 * Errors: one enum for the whole house. Functions that can fail return it,
 * leave their outputs untouched on failure, and translate errno or a library's
 * codes once, at the call. Rooms report what happened; only the edge (SIP
 * response, HTTP status, exit code) decides what a stranger is told.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#define ERR_MUST_CHECK __attribute__((warn_unused_result))

#define ERR_TABLE(X)                                                                               \
	X(OK, "ok", "no error")                                                                    \
	X(NOMEM, "no_memory", "out of memory")                                                     \
	X(INVALID, "invalid", "the caller passed a value that is not allowed")                     \
	X(MALFORMED, "malformed", "the input does not follow its grammar")                         \
	X(INCOMPLETE, "incomplete", "more input is needed")                                        \
	X(TOO_BIG, "too_big", "the input is larger than the limit")                                \
	X(LIMIT, "limit", "a limit is reached")                                                    \
	X(WRONG_STATE, "wrong_state", "not possible in the present state")                         \
	X(NOT_FOUND, "not_found", "there is no such thing")                                        \
	X(EXISTS, "exists", "it is already there")                                                 \
	X(CONFLICT, "conflict", "it contradicts something that is already there")                  \
	X(DENIED, "denied", "not permitted")                                                       \
	X(IO, "io", "input or output failed")                                                      \
	X(IN_USE, "in_use", "somebody else uses it")                                               \
	X(TIMEOUT, "timeout", "it took too long")                                                  \
	X(CLOSED, "closed", "the other side has closed")                                           \
	X(CORRUPT, "corrupt", "stored data are damaged")                                           \
	X(FULL, "full", "there is no space left on the disk")                                      \
	X(UNSUPPORTED, "unsupported", "not supported")

enum err {
#define X(id, name, text) ERR_##id,
	ERR_TABLE(X)
#undef X
};

/** Short machine word of an error, e.g. "not_found". Never NULL. */
const char *err_name(enum err e);
/** English sentence fragment, e.g. "there is no such thing". Never NULL. */
const char *err_text(enum err e);
/** Translates errno after a failed system call; 0 becomes ERR_IO. */
enum err err_from_errno(int errnum);

#endif
