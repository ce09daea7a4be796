/*
 * A description with our addresses in place of theirs. Everything that does not
 * speak of addresses or of negotiating them is copied line by line.
 *
 * One session-level c= says where we are; the c= lines of the media go. It must
 * stand before b=, t=, r=, z=, k= and a= (RFC 8866, 9).
 */
#include "sip/sdp_int.h"

/* Attributes about addresses behind us, about protocols to find addresses, or to make keys there.
 */
static bool
speaks_of_addresses(struct slice line_value)
{
	static const struct slice dropped[] = {
	    SLICE("candidate"),
	    SLICE("remote-candidates"),
	    SLICE("end-of-candidates"),
	    SLICE("rtcp"),
	    SLICE("rtcp-mux"),
	    SLICE("rtcp-mux-only"),
	    SLICE("bundle-only"),
	    SLICE("source-filter"),
	    SLICE("fingerprint"),
	    SLICE("setup"),
	    SLICE("tls-id"),
	};
	struct slice value, name = sdp_attribute(line_value, &value);

	for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++)
		if (slice_eq(name, dropped[i]))
			return true;
	if (slice_eq(name, SLICE("group")))
		return slice_eq(sdp_word_take(&value), SLICE("BUNDLE"));
	return slice_starts(name, SLICE("ice-"));
}

/* What browsers say of their streams: which source of packets, which place in a bundle, which
 * header extensions. Names of one connection mean nothing in another. */
static bool
speaks_of_streams(struct slice line_value)
{
	static const struct slice dropped[] = {
	    SLICE("mid"),
	    SLICE("msid"),
	    SLICE("msid-semantic"),
	    SLICE("ssrc"),
	    SLICE("ssrc-group"),
	    SLICE("extmap"),
	    SLICE("extmap-allow-mixed"),
	    SLICE("rtcp-rsize"),
	    SLICE("rid"),
	    SLICE("simulcast"),
	};
	struct slice value, name = sdp_attribute(line_value, &value);

	for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++)
		if (slice_eq(name, dropped[i]))
			return true;
	return false;
}

static bool
is_feedback(struct slice line_value)
{
	struct slice value;

	return slice_eq(sdp_attribute(line_value, &value), SLICE("rtcp-fb"));
}

static bool
is_direction(const struct sdp_line *line)
{
	return line->type == 'a' && (slice_eq(line->value, SLICE("sendonly")) ||
					slice_eq(line->value, SLICE("recvonly")) ||
					slice_eq(line->value, SLICE("inactive")) ||
					slice_eq(line->value, SLICE("sendrecv")));
}

static void
write_line(struct buf *b, const struct sdp_line *line)
{
	buf_char(b, line->type);
	buf_char(b, '=');
	buf_put(b, line->value);
	buf_lit(b, "\r\n");
}

/* " IN IP4 192.0.2.1\r\n" */
static void
write_address(struct buf *b, const struct addr *a)
{
	buf_put(b, a->family == 6 ? SLICE("IN IP6 ") : SLICE("IN IP4 "));
	addr_write_ip(b, a);
	buf_lit(b, "\r\n");
}

static void
write_connection(struct buf *b, const struct addr *a, bool *written)
{
	if (*written)
		return;
	buf_lit(b, "c=");
	write_address(b, a);
	*written = true;
}

static void
write_session(struct buf *b, const struct sdp *s, const struct sdp_rewrite_params *p)
{
	const struct addr *at = p->elsewhere.family ? &p->elsewhere : &p->local;
	struct slice rest = s->session_text;
	bool connection = false, apart = false;
	struct sdp_line line;

	for (size_t i = 0; i < s->n_media; i++)
		apart |= p->protection[i] && p->protection[i]->apart;

	while (sdp_line_take(&rest, &line) == SDP_LINE_FOUND) {
		if (line.type == 'o') {
			buf_lit(b, "o=- ");
			buf_u64(b, p->session_id);
			buf_char(b, ' ');
			buf_u64(b, p->version);
			buf_char(b, ' ');
			write_address(b, &p->local);
			continue;
		}
		if (memchr("cbtrzka", line.type, 7))
			write_connection(b, at, &connection);
		if (line.type == 'c' || (line.type == 'a' && speaks_of_addresses(line.value)) ||
		    (line.type == 'a' && apart && speaks_of_streams(line.value)) ||
		    (p->sendrecv && is_direction(&line)))
			continue;
		write_line(b, &line);
	}
	write_connection(b, at, &connection);
	buf_put(b, p->session);
}

/* What speaks of formats by their numbers, or of the packets of all of them. Keys beside plain
 * voice (for those who like to encrypt) would be for packets that nobody here could read. */
static bool
speaks_of_formats(struct slice line_value, const struct sdp_choice *choice)
{
	static const struct slice of_packets[] = {
	    SLICE("ptime"), SLICE("maxptime"), SLICE("rtcp-fb"), SLICE("crypto")};
	struct slice value, name = sdp_attribute(line_value, &value);

	for (size_t i = 0; choice->others && i < sizeof of_packets / sizeof of_packets[0]; i++)
		if (slice_eq(name, of_packets[i]))
			return true;
	return slice_eq(name, SLICE("rtpmap")) || slice_eq(name, SLICE("fmtp"));
}

static bool
is_key(struct slice line_value)
{
	struct slice value;

	return slice_eq(sdp_attribute(line_value, &value), SLICE("crypto"));
}

/* Reports of that kind are for who speaks AVPF or SAVPF. */
static bool
has_feedback(struct slice proto)
{
	return proto.n && (proto.p[proto.n - 1] | 0x20) == 'f';
}

static bool
is_of_others(struct slice line_value, const struct sdp_protection *p)
{
	return is_key(line_value) ||
	       (p->apart && (speaks_of_streams(line_value) ||
				(is_feedback(line_value) && !has_feedback(p->proto))));
}

static void
write_numbers(struct buf *b, const struct sdp_choice *choice)
{
	for (size_t i = 0; i < choice->n; i++) {
		if (i)
			buf_char(b, ' ');
		buf_put(b, choice->format[i].number);
	}
}

static void
write_formats(struct buf *b, const struct sdp_choice *choice)
{
	for (const struct sdp_format *f = choice->format; f < choice->format + choice->n; f++) {
		if (f->name.n && f->clock_hz) {
			buf_lit(b, "a=rtpmap:");
			buf_put(b, f->number);
			buf_char(b, ' ');
			buf_put(b, f->name);
			buf_char(b, '/');
			buf_u64(b, f->clock_hz);
			if (f->channels > 1) {
				buf_char(b, '/');
				buf_u64(b, f->channels);
			}
			buf_lit(b, "\r\n");
		}
		if (f->fmtp.n) {
			buf_lit(b, "a=fmtp:");
			buf_put(b, f->number);
			buf_char(b, ' ');
			buf_put(b, f->fmtp);
			buf_lit(b, "\r\n");
		}
	}
}

static void
write_media(struct buf *b, const struct sdp_media *m, const struct sdp_rewrite_params *p, size_t i)
{
	const struct sdp_choice *choice = p->choice[i];
	const struct sdp_protection *protection = p->protection[i];
	bool no_direction = p->sendrecv || p->direction[i].n;
	struct slice rest = m->text;
	struct sdp_line line;

	buf_lit(b, "m=");
	buf_put(b, m->kind);
	buf_char(b, ' ');
	buf_u64(b, p->port[i]);
	buf_char(b, ' ');
	buf_put(b, protection ? protection->proto : m->proto);
	buf_char(b, ' ');
	if (choice)
		write_numbers(b, choice);
	else
		buf_put(b, m->formats);
	buf_lit(b, "\r\n");
	if (p->port[i] == 0)
		return; /* refused: nothing more to say about it */
	while (sdp_line_take(&rest, &line) == SDP_LINE_FOUND) {
		if (line.type == 'a' && choice && speaks_of_formats(line.value, choice))
			continue;
		if (line.type == 'a' && protection && is_of_others(line.value, protection))
			continue;
		if (line.type != 'm' && line.type != 'c' &&
		    !(line.type == 'a' && speaks_of_addresses(line.value)) &&
		    !(no_direction && is_direction(&line)))
			write_line(b, &line);
	}
	if (p->direction[i].n)
		write_line(b, &(struct sdp_line){.type = 'a', .value = p->direction[i]});
	if (choice)
		write_formats(b, choice);
	if (protection)
		buf_put(b, protection->lines);
}

void
sdp_rewrite(struct buf *b, const struct sdp *s, const struct sdp_rewrite_params *p)
{
	write_session(b, s, p);
	for (size_t i = 0; i < s->n_media; i++)
		write_media(b, &s->media[i], p, i);
}
