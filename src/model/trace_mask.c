/* Secrets in traced messages. Every line is looked at once; lines without a word that
 * leads to a secret cost one comparison. */
#include "model/trace.h"

static void
cross_out(char *p, size_t n)
{
	memset(p, 'x', n);
}

/* Crosses out a parameter's value: up to the closing quote, or of a bare one up to what
 * ends a token. */
static void
mask_value(char *line, size_t n, size_t at)
{
	size_t start;

	while (at < n && (line[at] == ' ' || line[at] == '\t'))
		at++;
	if (at >= n || line[at] != '=')
		return;
	for (at++; at < n && (line[at] == ' ' || line[at] == '\t');)
		at++;
	if (at < n && line[at] == '"') {
		start = ++at;
		while (at < n && line[at] != '"')
			at += line[at] == '\\' ? 2 : 1;
	} else {
		for (start = at; at < n && !strchr(", \t\r;", line[at]);)
			at++;
	}
	cross_out(line + start, (at < n ? at : n) - start);
}

/* "response" in a line of credentials, "rspauth" of the answer, and a proxy's Basic. */
static void
mask_credentials(char *line, size_t n)
{
	static const struct slice words[] = {
	    {"response", 8}, {"rspauth", 7}, {"password", 8}, {"basic ", 6}, {"bearer ", 7}};

	for (size_t i = 0; i < n; i++)
		for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
			struct slice s = words[w];
			size_t end = i + s.n;

			if ((line[i] | 0x20) != s.p[0] || end > n ||
			    !slice_eq_nocase(slice_make(line + i, s.n), s))
				continue;
			if (s.p[s.n - 1] != ' ') {
				mask_value(line, n, end);
			} else {
				while (end < n && line[end] != '\r')
					line[end++] = 'x';
			}
		}
}

static void
mask_after(char *line, size_t n, struct slice word)
{
	for (size_t i = 0; i + word.n <= n; i++) {
		if (!slice_eq_nocase(slice_make(line + i, word.n), word))
			continue;
		for (i += word.n; i < n && line[i] != ' ' && line[i] != '|' && line[i] != '\r'; i++)
			line[i] = 'x';
	}
}

static void
mask_rest(char *line, size_t n, size_t from)
{
	while (n > from && line[n - 1] == '\r')
		n--;
	if (n > from)
		cross_out(line + from, n - from);
}

/* sip:user:PASSWORD@host */
static void
mask_uri_passwords(char *line, size_t n)
{
	for (size_t i = 3; i + 4 < n; i++) {
		size_t colon = 0, at;

		i += slice_find(slice_make(line + i, n - i), ':');
		at = i + 1;
		if (i + 4 >= n)
			return;
		if (!slice_eq_nocase(slice_make(line + i - 3, 3), SLICE("sip")) &&
		    !(i > 3 && slice_eq_nocase(slice_make(line + i - 4, 4), SLICE("sips"))))
			continue;
		while (at < n && !strchr("@<> \t\r\"", line[at])) {
			if (line[at] == ':' && !colon)
				colon = at;
			at++;
		}
		if (at < n && line[at] == '@' && colon)
			cross_out(line + colon + 1, at - colon - 1);
	}
}

/* sip:*5PIN*number@host: the digits between the code and the next star, as they came or escaped
 * (routing/star.h says what the code is). */
static void
mask_pins(char *line, size_t n)
{
	for (size_t i = slice_find(slice_make(line, n), ':') + 1; i + 2 < n;
	     i += slice_find(slice_make(line + i, n - i), ':') + 1) {
		size_t at = line[i] == '*'					     ? i + 1
			    : slice_eq_nocase(slice_make(line + i, 3), SLICE("%2A")) ? i + 3
										     : n;

		if (at >= n || line[at] != '5')
			continue;
		for (at++; at < n && !strchr("*%@>; \t\r\"", line[at]); at++)
			line[at] = 'x';
	}
}

static void
mask_line(char *line, size_t n)
{
	struct slice s = slice_make(line, n);
	char first = (char)(n ? line[0] | 0x20 : 0);

	if (first == 'a' && n > 1 && line[1] == '=') {
		if (slice_starts_nocase(s, SLICE("a=crypto")))
			mask_after(line, n, SLICE("inline:"));
		else if (slice_starts_nocase(s, SLICE("a=ice-pwd:")))
			mask_rest(line, n, 10);
		else if (slice_starts_nocase(s, SLICE("a=key-mgmt:")))
			mask_rest(line, n, 11);
	} else if (first == 'k' && n > 1 && line[1] == '=') {
		mask_rest(line, n, 2);
	} else {
		if (first == 'a' || first == 'p' || first == ' ' || first == '\t')
			mask_credentials(line, n); /* Authorization, Proxy-…, …-Info; folded */
		if (memchr(line, '@', n))
			mask_uri_passwords(line, n);
		if (memchr(line, '*', n) || memchr(line, '%', n))
			mask_pins(line, n);
	}
}

void
trace_mask(char *bytes, size_t n)
{
	for (size_t start = 0; start < n;) {
		char *end = memchr(bytes + start, '\n', n - start);
		size_t length = end ? (size_t)(end - (bytes + start)) : n - start;

		mask_line(bytes + start, length);
		start += length + 1;
	}
}
