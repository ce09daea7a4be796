#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { WINDOW_MS = 10000, LINES_PER_WINDOW = 10 };

static const char *const level_names[] = {
#define X(id, name) name,
    LOG_LEVELS(X)
#undef X
};

static const char *const subsystem_names[] = {
#define X(id, name, text) name,
    LOG_SUBSYSTEMS(X)
#undef X
};

static const char *const subsystem_texts[] = {
#define X(id, name, text) text,
    LOG_SUBSYSTEMS(X)
#undef X
};

static _Atomic int threshold[] = {
#define X(id, name, text) LOG_INFO,
    LOG_SUBSYSTEMS(X)
#undef X
};

static void (*sink)(void *ctx, const char *line, size_t n);
static void *sink_ctx;

void
log_set_sub_level(enum log_subsystem sub, enum log_level level)
{
	atomic_store_explicit(&threshold[sub], (int)level, memory_order_relaxed);
}

void
log_set_level(enum log_level level)
{
	for (int i = 0; i < LOG_SUBS; i++)
		log_set_sub_level((enum log_subsystem)i, level);
}

enum log_level
log_sub_level(enum log_subsystem sub)
{
	return (enum log_level)atomic_load_explicit(&threshold[sub], memory_order_relaxed);
}

const char *
log_level_name(enum log_level level)
{
	return level_names[level];
}

const char *
log_sub_name(enum log_subsystem sub)
{
	return subsystem_names[sub];
}

const char *
log_sub_about(enum log_subsystem sub)
{
	return subsystem_texts[sub];
}

void
log_set_sink(void (*to)(void *ctx, const char *line, size_t n), void *ctx)
{
	sink_ctx = ctx;
	sink = to;
}

enum err
log_level_parse(struct slice name, enum log_level *out)
{
	for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++)
		if (slice_eq_nocase(name, slice_cstr(level_names[i]))) {
			*out = (enum log_level)i;
			return ERR_OK;
		}
	return ERR_NOT_FOUND;
}

enum err
log_sub_parse(struct slice name, enum log_subsystem *out)
{
	for (int i = 0; i < LOG_SUBS; i++)
		if (slice_eq_nocase(name, slice_cstr(subsystem_names[i]))) {
			*out = (enum log_subsystem)i;
			return ERR_OK;
		}
	return ERR_NOT_FOUND;
}

bool
log_enabled(enum log_level level, enum log_subsystem sub)
{
	return level <= log_sub_level(sub);
}

/* Control characters of strangers must not forge lines or colour a terminal. */
static void
clean(char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] < 0x20 || p[i] == 0x7f)
			p[i] = ' ';
}

void
log_write(enum log_level level, enum log_subsystem sub, const char *fmt, ...)
{
	char line[LOG_LINE_BYTES];
	struct timespec ts;
	struct tm tm;
	va_list ap;
	size_t head;
	int n;

	clock_gettime(CLOCK_REALTIME, &ts);
	gmtime_r(&ts.tv_sec, &tm);
	head = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%S", &tm);
	head += (size_t)snprintf(line + head, sizeof line - head, ".%03ldZ %-5s %-9s ",
	    ts.tv_nsec / 1000000, level_names[level], subsystem_names[sub]);
	va_start(ap, fmt);
	n = vsnprintf(line + head, sizeof line - head - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	if ((size_t)n > sizeof line - head - 2)
		n = (int)(sizeof line - head - 2);
	clean(line + head, (size_t)n);
	line[head + (size_t)n] = '\n';
	if (sink)
		sink(sink_ctx, line, head + (size_t)n + 1);
	if (write(STDERR_FILENO, line, head + (size_t)n + 1) < 0)
		return; /* nowhere left to complain */
}

bool
log_limit_pass(struct log_limit *l, enum log_subsystem sub, uint64_t now_ms)
{
	if (now_ms - l->window_start_ms >= WINDOW_MS || l->window_start_ms == 0) {
		if (l->dropped)
			log_write(LOG_WARN, sub, "%u similar lines were left out", l->dropped);
		*l = (struct log_limit){.window_start_ms = now_ms ? now_ms : 1};
	}
	if (l->written >= LINES_PER_WINDOW) {
		l->dropped++;
		return false;
	}
	l->written++;
	return true;
}
