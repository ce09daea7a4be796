/*
 * Log: printf-checked lines to stderr (journald adds what it likes), with a
 * level and a subsystem. Safe from every thread: one write(2) a line.
 * Secrets are never passed here. Repeats caused by strangers ask
 * log_limit_pass first.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/slice.h"

#define LOG_LEVELS(X)                                                                              \
	X(FATAL, "fatal")                                                                          \
	X(ERROR, "error")                                                                          \
	X(WARN, "warn")                                                                            \
	X(INFO, "info")                                                                            \
	X(DEBUG, "debug")                                                                          \
	X(TRACE, "trace")

#define LOG_SUBSYSTEMS(X)                                                                          \
	X(DAEMON, "daemon", "start, stop, wiring")                                                 \
	X(NET, "net", "sockets and connections")                                                   \
	X(SIP, "sip", "messages, transactions, dialogs")                                           \
	X(REGISTRAR, "registrar", "bindings of phones")                                            \
	X(CALL, "call", "calls and their legs")                                                    \
	X(MEDIA, "media", "RTP streams")                                                           \
	X(STORE, "store", "database and journal")                                                  \
	X(API, "api", "web server and its clients")                                                \
	X(TRUNK, "trunk", "lines to providers")                                                    \
	X(PRESENCE, "presence", "subscriptions and states")                                        \
	X(MAIL, "mail", "outgoing mail")                                                           \
	X(SECURITY, "security", "attacks, limits, password rules")

enum log_level {
#define X(id, name) LOG_##id,
	LOG_LEVELS(X)
#undef X
};

enum log_subsystem {
#define X(id, name, text) LOG_SUB_##id,
	LOG_SUBSYSTEMS(X)
#undef X
};

/** Lines above the level are dropped. Default LOG_INFO. Any thread. */
void log_set_level(enum log_level level);
/** "info" … ; ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err log_level_parse(struct slice name, enum log_level *out);
bool log_enabled(enum log_level level);
void log_write(enum log_level level, enum log_subsystem sub, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#define log_at(level, sub, ...)                                                                    \
	do {                                                                                       \
		if (log_enabled(level))                                                            \
			log_write((level), LOG_SUB_##sub, __VA_ARGS__);                            \
	} while (0)
#define log_error(sub, ...) log_at(LOG_ERROR, sub, __VA_ARGS__)
#define log_warn(sub, ...)  log_at(LOG_WARN, sub, __VA_ARGS__)
#define log_info(sub, ...)  log_at(LOG_INFO, sub, __VA_ARGS__)
#define log_debug(sub, ...) log_at(LOG_DEBUG, sub, __VA_ARGS__)

/** A budget for lines that strangers can cause: at most 10 in 10 s each. */
struct log_limit {
	uint64_t window_start_ms;
	uint32_t written, dropped;
};

/** True if the caller may log now; says how many were dropped when a window
 *  ends. One log_limit belongs to one thread. */
bool log_limit_pass(struct log_limit *l, enum log_subsystem sub, uint64_t now_ms);

#endif
