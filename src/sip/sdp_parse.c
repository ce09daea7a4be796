/* Reading session descriptions: RFC 8866, 5 and 9, as far as a relay needs them. */
#include "sip/sdp_int.h"

enum sdp_line_step
sdp_line_take(struct slice *rest, struct sdp_line *line)
{
	struct slice s = *rest, text = slice_take_until(&s, '\n');

	if (text.n && text.p[text.n - 1] == '\r')
		text.n--;
	if (text.n == 0)
		return slice_trim(s).n == 0 ? SDP_LINE_END : SDP_LINE_BAD;
	if (text.n < 2 || text.p[1] != '=' || text.p[0] < 'a' || text.p[0] > 'z')
		return SDP_LINE_BAD;
	if (memchr(text.p, '\r', text.n) || memchr(text.p, '\0', text.n))
		return SDP_LINE_BAD;
	*line = (struct sdp_line){text.p[0], slice_from(text, 2)};
	*rest = s;
	return SDP_LINE_FOUND;
}

struct slice
sdp_word_take(struct slice *s)
{
	struct slice word = slice_take_until(s, ' ');

	while (slice_take_char(s, ' '))
		;
	return word;
}

struct slice
sdp_attribute(struct slice line_value, struct slice *value)
{
	struct slice name = slice_take_until(&line_value, ':');

	*value = line_value;
	return name;
}

/* "IN IP4 192.0.2.1/127": family 0 when it is a name (nobody here resolves names). */
static enum err
parse_connection(struct slice s, struct addr *out)
{
	struct slice net = sdp_word_take(&s), family = sdp_word_take(&s);
	struct slice host = slice_take_until(&s, '/');
	struct addr a = {0};

	if (!slice_eq(net, SLICE("IN")) || host.n == 0 ||
	    (!slice_eq(family, SLICE("IP4")) && !slice_eq(family, SLICE("IP6"))))
		return ERR_MALFORMED;
	/* A zone names an interface of theirs. */
	if (slice_find(host, '%') < host.n || addr_parse_ip(slice_trim(host), 0, &a) != ERR_OK)
		a = (struct addr){0};
	*out = a;
	return ERR_OK;
}

static enum err
parse_origin(struct sdp *s, struct slice value)
{
	struct slice rest = value;
	struct addr unused;

	s->origin_user = sdp_word_take(&rest);
	s->session_id = sdp_word_take(&rest);
	s->session_version = sdp_word_take(&rest);
	if (s->origin_user.n == 0 || s->session_id.n == 0 || s->session_version.n == 0)
		return ERR_MALFORMED;
	return parse_connection(rest, &unused);
}

/* "audio 49170/2 RTP/AVP 0 8" */
static enum err
parse_media_line(struct sdp_media *m, struct slice value)
{
	struct slice ports, rest;
	uint32_t port, n_ports = 1;
	size_t n = 0;

	m->kind = sdp_word_take(&value);
	ports = sdp_word_take(&value);
	m->proto = sdp_word_take(&value);
	m->formats = rest = slice_trim(value);
	while (sdp_word_take(&rest).n)
		n++;
	if (n > SDP_FORMATS_MAX)
		return ERR_TOO_BIG;
	if (m->kind.n == 0 || m->proto.n == 0 || n == 0)
		return ERR_MALFORMED;
	rest = ports;
	ports = slice_take_until(&rest, '/');
	if (slice_to_u32(ports, 65535, &port) != ERR_OK ||
	    (rest.n && slice_to_u32(rest, 65535, &n_ports) != ERR_OK))
		return ERR_MALFORMED;
	m->port = (uint16_t)port;
	m->n_ports = (uint16_t)n_ports;
	return ERR_OK;
}

static bool
parse_direction(struct slice name, enum sdp_dir *dir)
{
	static const struct slice names[] = {
	    [SDP_SENDRECV] = SLICE("sendrecv"),
	    [SDP_SENDONLY] = SLICE("sendonly"),
	    [SDP_RECVONLY] = SLICE("recvonly"),
	    [SDP_INACTIVE] = SLICE("inactive"),
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (slice_eq(name, names[i])) {
			*dir = (enum sdp_dir)i;
			return true;
		}
	}
	return false;
}

/* "a=rtcp:53020 IN IP4 192.0.2.1", the address being optional (RFC 3605). A bad one
 * is ignored, as unknown attributes are. */
static void
parse_rtcp(struct sdp_media *m, struct slice value)
{
	struct slice digits = sdp_word_take(&value);
	struct addr a = {0};
	uint32_t port;

	if (slice_to_u32(digits, 65535, &port) != ERR_OK || port == 0)
		return;
	if (value.n && parse_connection(value, &a) != ERR_OK)
		return;
	a.port = (uint16_t)port;
	m->rtcp = a; /* family 0: the media's address, known when the section ends */
}

static void
parse_media_attribute(struct sdp_media *m, struct slice line_value)
{
	struct slice value, name = sdp_attribute(line_value, &value);
	uint32_t ptime;

	if (parse_direction(name, &m->dir))
		return;
	if (slice_eq(name, SLICE("rtcp-mux")))
		m->rtcp_mux = true;
	else if (slice_eq(name, SLICE("rtcp")))
		parse_rtcp(m, value);
	else if (slice_eq(name, SLICE("ptime")) &&
		 slice_to_u32(slice_trim(value), 1000, &ptime) == ERR_OK)
		m->ptime_ms = (uint16_t)ptime;
}

/* Fills in what follows from the whole section. */
static void
finish_media(struct sdp_media *m, const char *end)
{
	uint16_t rtcp_port = m->rtcp.port;

	m->text.n = (size_t)(end - m->text.p);
	m->addr.port = m->port;
	if (m->rtcp.family == 0) {
		m->rtcp = m->addr;
		m->rtcp.port = rtcp_port ? rtcp_port : (uint16_t)(m->port + 1);
	}
	if (m->port == 0 || m->rtcp.port == 0)
		m->rtcp = (struct addr){0};
}

static enum err
parse_media(struct sdp_media *m, const struct addr *session_addr, enum sdp_dir session_dir,
    struct slice *rest, unsigned *lines)
{
	const char *start = rest->p;
	struct sdp_line line;
	enum err e;

	if (sdp_line_take(rest, &line) != SDP_LINE_FOUND)
		return ERR_MALFORMED;
	*m = (struct sdp_media){.text = {start, 0}, .addr = *session_addr, .dir = session_dir};
	e = parse_media_line(m, line.value);
	while (e == ERR_OK && rest->n && rest->p[0] != 'm') {
		enum sdp_line_step step = sdp_line_take(rest, &line);

		if (step == SDP_LINE_END) {
			finish_media(m, rest->p);
			*rest = slice_from(*rest, rest->n);
			return ERR_OK;
		}
		if (step == SDP_LINE_BAD)
			return ERR_MALFORMED;
		if (++*lines > SDP_LINES_MAX)
			return ERR_TOO_BIG;
		if (line.type == 'c')
			e = parse_connection(line.value, &m->addr);
		else if (line.type == 'a')
			parse_media_attribute(m, line.value);
	}
	if (e == ERR_OK)
		finish_media(m, rest->p);
	return e;
}

/* The lines before the first m=. */
static enum err
parse_session(
    struct sdp *s, struct slice *rest, struct addr *addr, enum sdp_dir *dir, unsigned *lines)
{
	const char *start = rest->p;
	bool origin = false;
	struct sdp_line line;
	enum err e = ERR_OK;

	if (!slice_starts(*rest, SLICE("v=0\r\n")) && !slice_starts(*rest, SLICE("v=0\n")))
		return ERR_MALFORMED;
	while (e == ERR_OK && rest->n && rest->p[0] != 'm') {
		enum sdp_line_step step = sdp_line_take(rest, &line);
		struct slice value;

		if (step == SDP_LINE_END)
			break;
		if (step == SDP_LINE_BAD)
			return ERR_MALFORMED;
		if (++*lines > SDP_LINES_MAX)
			return ERR_TOO_BIG;
		if (line.type == 'o') {
			e = origin ? ERR_MALFORMED : parse_origin(s, line.value);
			origin = true;
		} else if (line.type == 'c') {
			e = parse_connection(line.value, addr);
		} else if (line.type == 'a') {
			parse_direction(sdp_attribute(line.value, &value), dir);
		}
	}
	s->session_text = slice_make(start, (size_t)(rest->p - start));
	return e != ERR_OK ? e : origin ? ERR_OK : ERR_MALFORMED;
}

enum err
sdp_parse(struct sdp *out, struct slice text)
{
	struct sdp s = {0};
	struct addr addr = {0};
	enum sdp_dir dir = SDP_SENDRECV;
	unsigned lines = 0;
	enum err e;

	if (text.n > SDP_MAX_BYTES)
		return ERR_TOO_BIG;
	e = parse_session(&s, &text, &addr, &dir, &lines);
	while (e == ERR_OK && text.n && text.p[0] == 'm') {
		if (s.n_media == SDP_MEDIA_MAX || ++lines > SDP_LINES_MAX)
			return ERR_TOO_BIG;
		e = parse_media(&s.media[s.n_media++], &addr, dir, &text, &lines);
	}
	if (e != ERR_OK)
		return e;
	*out = s;
	return ERR_OK;
}
