/*
 * The SIP messages of a call as a ladder of text, then in full.
 *
 *                 192.0.2.1:5060            strowger             192.0.2.2:5060
 *   12:00:00.000        |-- INVITE sip:12@x ------>|                       |
 *
 * The caller's address stands left of us, the others right, in order of appearance; when
 * there are more than fit, the rest share the last column.
 */
#include <stdlib.h>
#include <time.h>

#include "cli/cli_int.h"

enum { LANES_MAX = 5, LANE_WIDTH = 34, OURS = 1 };

struct ladder {
	const char *lane[LANES_MAX]; /* remote addresses; lane[OURS] is the server */
	int count;
};

static const char *
text_of(const json_t *message, const char *name)
{
	const char *text = json_string_value(json_object_get(message, name));

	return text ? text : "";
}

static int
lane_of(const struct ladder *l, const char *remote)
{
	for (int i = 0; i < l->count; i++)
		if (i != OURS && strcmp(l->lane[i], remote) == 0)
			return i;
	return l->count - 1;
}

static void
find_lanes(struct ladder *l, const json_t *messages)
{
	size_t i;
	json_t *m;

	*l = (struct ladder){.count = 0};
	json_array_foreach(messages, i, m)
	{
		const char *remote = text_of(m, "remote");

		if (l->count == 0) {
			l->lane[0] = remote;
			l->lane[OURS] = "strowger";
			l->count = 2;
		} else if (l->count < LANES_MAX &&
			   strcmp(l->lane[lane_of(l, remote)], remote) != 0) {
			l->lane[l->count++] = remote;
		}
	}
}

/* Time of day, local, with milliseconds. */
static void
clock_text(const char *iso, char out[16])
{
	int64_t ms;
	time_t at;
	struct tm tm;

	snprintf(out, 16, "%12s", "");
	if (model_time_parse(slice_cstr(iso), &ms) != ERR_OK)
		return;
	at = (time_t)(ms / 1000);
	if (localtime_r(&at, &tm))
		snprintf(out, 16, "%02u:%02u:%02u.%03u", (unsigned)tm.tm_hour % 100u,
		    (unsigned)tm.tm_min % 100u, (unsigned)tm.tm_sec % 100u, (unsigned)(ms % 1000));
}

static void
print_head(FILE *f, const struct ladder *l)
{
	fprintf(f, "%12s ", "");
	for (int i = 0; i < l->count; i++)
		fprintf(f, "%*s%-*.*s", i ? 1 : 0, "", LANE_WIDTH - (i ? 1 : 0), LANE_WIDTH - 2,
		    l->lane[i]);
	fputc('\n', f);
}

/* ASCII only in the arrow, so that positions are bytes. */
static void
put_label(char *line, int from, int to, const char *label)
{
	int room = to - from - 7, n = (int)strlen(label);

	if (n > room)
		n = room;
	for (int i = 0; i < n; i++) {
		bool printable = label[i] >= 0x20 && label[i] < 0x7f;

		line[from + 4 + i] = (char)(printable ? label[i] : '?');
	}
	if (n > 0) {
		line[from + 3] = ' ';
		line[from + 4 + n] = ' ';
	}
}

static void
print_arrow(FILE *f, const struct ladder *l, const json_t *m)
{
	char line[LANES_MAX * LANE_WIDTH + 2], at[16];
	int remote = lane_of(l, text_of(m, "remote"));
	bool in = strcmp(text_of(m, "dir"), "in") == 0;
	int left = (remote < OURS ? remote : OURS) * LANE_WIDTH + 4;
	int right = (remote < OURS ? OURS : remote) * LANE_WIDTH + 4;
	bool to_right = in == (remote < OURS);
	char label[LANE_WIDTH * LANES_MAX];

	if (left >= right)
		return;
	memset(line, ' ', sizeof line);
	for (int i = 0; i < l->count; i++)
		line[i * LANE_WIDTH + 4] = '|';
	memset(line + left + 1, '-', (size_t)(right - left - 1));
	snprintf(label, sizeof label, "%s", text_of(m, "start_line"));
	if (strncmp(label, "SIP/2.0 ", 8) == 0)
		memmove(label, label + 8, strlen(label + 8) + 1);
	else if (strstr(label, " SIP/2.0"))
		*strstr(label, " SIP/2.0") = '\0';
	put_label(line, left, right, label);
	line[to_right ? right - 1 : left + 1] = to_right ? '>' : '<';
	line[(l->count - 1) * LANE_WIDTH + 5] = '\0';
	clock_text(text_of(m, "at"), at);
	fprintf(f, "%12s %s\n", at, line);
}

static void
print_message(FILE *f, const json_t *m)
{
	struct slice text = slice_cstr(text_of(m, "text"));
	bool in = strcmp(text_of(m, "dir"), "in") == 0;
	char at[16];

	clock_text(text_of(m, "at"), at);
	fprintf(f, "\n--- %s %s %s ", at, text_of(m, "transport"), in ? "from" : "to");
	print_clean(f, slice_cstr(text_of(m, "remote")));
	fputc('\n', f);
	while (text.n) {
		struct slice line = slice_take_until(&text, '\n');

		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		print_clean(f, line);
		fputc('\n', f);
	}
}

void
print_ladder(FILE *f, const json_t *messages)
{
	struct ladder ladder;
	size_t i;
	json_t *m;

	find_lanes(&ladder, messages);
	print_head(f, &ladder);
	json_array_foreach(messages, i, m) print_arrow(f, &ladder, m);
	json_array_foreach(messages, i, m) print_message(f, m);
}
