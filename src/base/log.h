/*
 * Log: printf-checked lines to stderr (journald adds what it likes) and to a sink (the log
 * file of store/), with a level and a subsystem. Safe from every thread: one write(2) a line.
 * Secrets are never passed here. Repeats caused by strangers ask
 * log_limit_pass first.
 *
 * A line: "2026-01-31T12:00:00.123Z info  sip       text", times in UTC.
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
	    LOG_SUBS
};

enum { LOG_LINE_BYTES = 2048 }; /* the longest line, with its end */

/** Lines above the level are dropped, of all subsystems or of one. Default LOG_INFO. Any thread. */
void log_set_level(enum log_level level);
void log_set_sub_level(enum log_subsystem sub, enum log_level level);
enum log_level log_sub_level(enum log_subsystem sub);
/** "info" … ; ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err log_level_parse(struct slice name, enum log_level *out);
/** "sip" … ; ERR_NOT_FOUND. */
ERR_MUST_CHECK enum err log_sub_parse(struct slice name, enum log_subsystem *out);
const char *log_level_name(enum log_level level);
const char *log_sub_name(enum log_subsystem sub);
/** What it writes about, in English. */
const char *log_sub_about(enum log_subsystem sub);
bool log_enabled(enum log_level level, enum log_subsystem sub);
/** Gets each line too, with its final newline, on the thread that wrote it: it must not block, nor
 *  log. NULL takes it away. Set before threads start and after they have ended. */
void log_set_sink(void (*sink)(void *ctx, const char *line, size_t n), void *ctx);
void log_write(enum log_level level, enum log_subsystem sub, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

#define log_at(level, sub, ...)                                                                    \
	do {                                                                                       \
		if (log_enabled(level, LOG_SUB_##sub))                                             \
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
