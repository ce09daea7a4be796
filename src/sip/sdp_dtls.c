/* Fingerprints, roles, ICE and bundles in session descriptions. */
#include "sip/sdp_dtls.h"

#include "sip/sdp_int.h"

enum { UFRAG_MIN = 4, PWD_MIN = 22, COMPONENT_RTP = 1, FOUNDATION_MAX = 32, TLS_ID_MAX = 255 };

static const struct {
	struct slice name;
	size_t bytes;
} hashes[SDP_HASHES] = {
    [SDP_HASH_NONE] = {{"", 0}, 0},
    [SDP_HASH_SHA_256] = {{"sha-256", 7}, 32},
    [SDP_HASH_SHA_384] = {{"sha-384", 7}, 48},
    [SDP_HASH_SHA_512] = {{"sha-512", 7}, 64},
};

static const struct slice setups[SDP_SETUPS] = {
    [SDP_SETUP_ACTIVE] = SLICE("active"),
    [SDP_SETUP_PASSIVE] = SLICE("passive"),
    [SDP_SETUP_ACTPASS] = SLICE("actpass"),
    [SDP_SETUP_HOLDCONN] = SLICE("holdconn"),
};

size_t
sdp_hash_bytes(enum sdp_hash hash)
{
	return hash < SDP_HASHES ? hashes[hash].bytes : 0;
}

bool
sdp_fingerprint_eq(const struct sdp_fingerprint *a, const struct sdp_fingerprint *b)
{
	return a->hash == b->hash && memcmp(a->bytes, b->bytes, sdp_hash_bytes(a->hash)) == 0;
}

bool
sdp_is_dtls(const struct sdp_media *m)
{
	return slice_eq_nocase(m->proto, SLICE("UDP/TLS/RTP/SAVPF")) ||
	       slice_eq_nocase(m->proto, SLICE("UDP/TLS/RTP/SAVP"));
}

enum sdp_setup
sdp_setup_answer(enum sdp_setup theirs)
{
	switch (theirs) {
	case SDP_SETUP_PASSIVE:
	case SDP_SETUP_ACTPASS: return SDP_SETUP_ACTIVE;
	case SDP_SETUP_ACTIVE: return SDP_SETUP_PASSIVE;
	default: return SDP_SETUP_NONE;
	}
}

/* ---- reading ---- */

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "4A:AD:…", as many as the hash has. The standard has upper case; some write lower. */
static bool
read_hex(struct slice text, uint8_t *out, size_t n)
{
	if (text.n != 3 * n - 1)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = hex_digit(text.p[3 * i]), low = hex_digit(text.p[3 * i + 1]);

		if (high < 0 || low < 0 || (i + 1 < n && text.p[3 * i + 2] != ':'))
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static enum err
read_fingerprint(struct slice value, struct sdp_transport *t)
{
	struct slice name = sdp_word_take(&value);
	struct sdp_fingerprint f = {0};

	for (enum sdp_hash h = SDP_HASH_SHA_256; h < SDP_HASHES; h++)
		if (slice_eq_nocase(name, hashes[h].name))
			f.hash = h;
	if (f.hash == SDP_HASH_NONE) {
		t->fingerprint_unknown = t->fingerprint.hash == SDP_HASH_NONE;
		return ERR_OK;
	}
	if (!read_hex(slice_trim(value), f.bytes, sdp_hash_bytes(f.hash)))
		return ERR_MALFORMED;
	/* RFC 8122, 5.1: of several hashes one is enough; SHA-256 is the one that all have. */
	if (t->fingerprint.hash == SDP_HASH_NONE ||
	    (f.hash == SDP_HASH_SHA_256 && t->fingerprint.hash != SDP_HASH_SHA_256))
		t->fingerprint = f;
	t->fingerprint_unknown = false;
	return ERR_OK;
}

static enum err
read_setup(struct slice value, struct sdp_transport *t)
{
	value = slice_trim(value);
	for (enum sdp_setup s = SDP_SETUP_ACTIVE; s < SDP_SETUPS; s++) {
		if (slice_eq_nocase(value, setups[s])) {
			t->setup = s;
			return ERR_OK;
		}
	}
	return ERR_MALFORMED;
}

/* ice-char: letters, digits, '+' and '/'. */
static bool
is_ice_text(struct slice s, size_t min, size_t max)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i], lower = (char)(c | 0x20);

		if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') && c != '+' &&
		    c != '/')
			return false;
	}
	return s.n >= min && s.n <= max;
}

static enum err
read_ice_text(struct slice value, size_t min, size_t max, struct slice *out)
{
	value = slice_trim(value);
	if (!is_ice_text(value, min, max))
		return ERR_MALFORMED;
	*out = value;
	return ERR_OK;
}

/* "1 1 UDP 2130706431 192.0.2.1 5000 typ host …" */
static void
read_candidate(struct slice value, struct sdp_transport *t)
{
	struct sdp_candidate c = {0};
	struct slice component, protocol, priority, host, port_text, typ, type;
	uint32_t number, port;

	c.foundation = sdp_word_take(&value);
	component = sdp_word_take(&value);
	protocol = sdp_word_take(&value);
	priority = sdp_word_take(&value);
	host = sdp_word_take(&value);
	port_text = sdp_word_take(&value);
	typ = sdp_word_take(&value);
	type = sdp_word_take(&value);
	c.reflexive = slice_eq_nocase(type, SLICE("srflx"));
	if (t->n_candidates == SDP_CANDIDATES_MAX ||
	    !is_ice_text(c.foundation, 1, FOUNDATION_MAX) ||
	    slice_to_u32(component, 256, &number) != ERR_OK || number != COMPONENT_RTP ||
	    !slice_eq_nocase(protocol, SLICE("UDP")) ||
	    slice_to_u32(priority, INT32_MAX, &c.priority) != ERR_OK || c.priority == 0 ||
	    slice_to_u32(port_text, 65535, &port) != ERR_OK || port == 0 ||
	    !slice_eq_nocase(typ, SLICE("typ")) ||
	    (!c.reflexive && !slice_eq_nocase(type, SLICE("host"))) ||
	    slice_find(host, '%') < host.n || /* a zone names an interface of theirs */
	    addr_parse_ip(host, (uint16_t)port, &c.addr) != ERR_OK || addr_is_any(&c.addr))
		return;
	t->candidate[t->n_candidates++] = c;
}

static enum err
read_line(struct slice line_value, struct sdp_transport *t)
{
	struct slice value, name = sdp_attribute(line_value, &value), word;

	if (slice_eq(name, SLICE("fingerprint")))
		return read_fingerprint(value, t);
	if (slice_eq(name, SLICE("setup")))
		return read_setup(value, t);
	if (slice_eq(name, SLICE("ice-ufrag")))
		return read_ice_text(value, UFRAG_MIN, SDP_UFRAG_MAX, &t->ufrag);
	if (slice_eq(name, SLICE("ice-pwd")))
		return read_ice_text(value, PWD_MIN, SDP_PWD_MAX, &t->pwd);
	if (slice_eq(name, SLICE("candidate")))
		read_candidate(value, t);
	else if (slice_eq(name, SLICE("ice-lite")))
		t->ice_lite = true;
	else if (slice_eq(name, SLICE("tls-id")) && slice_trim(value).n <= TLS_ID_MAX)
		t->tls_id = slice_trim(value);
	else if (slice_eq(name, SLICE("ice-options")))
		while ((word = sdp_word_take(&value)).n)
			t->trickle |= slice_eq(word, SLICE("trickle"));
	return ERR_OK;
}

static enum err
read_lines(struct slice text, struct sdp_transport *t)
{
	struct sdp_line line;
	enum err e = ERR_OK;

	while (e == ERR_OK && sdp_line_take(&text, &line) == SDP_LINE_FOUND)
		if (line.type == 'a')
			e = read_line(line.value, t);
	return e;
}

/* What t lacks. Credentials go together, and so do the fingerprint and its role. */
static void
inherit(struct sdp_transport *t, const struct sdp_transport *from)
{
	if (t->fingerprint.hash == SDP_HASH_NONE && !t->fingerprint_unknown) {
		t->fingerprint = from->fingerprint;
		t->fingerprint_unknown = from->fingerprint_unknown;
	}
	if (t->setup == SDP_SETUP_NONE)
		t->setup = from->setup;
	if (t->tls_id.n == 0)
		t->tls_id = from->tls_id;
	if (t->ufrag.n == 0 && t->pwd.n == 0) {
		t->ufrag = from->ufrag;
		t->pwd = from->pwd;
	}
	if (t->n_candidates == 0) {
		memcpy(t->candidate, from->candidate, sizeof t->candidate);
		t->n_candidates = from->n_candidates;
	}
	t->ice_lite |= from->ice_lite;
	t->trickle |= from->trickle;
}

/* ---- bundles ---- */

static struct slice
mid_of(const struct sdp_media *m)
{
	struct slice text = m->text, value;
	struct sdp_line line;

	while (sdp_line_take(&text, &line) == SDP_LINE_FOUND)
		if (line.type == 'a' && slice_eq(sdp_attribute(line.value, &value), SLICE("mid")))
			return slice_trim(value);
	return SLICE("");
}

/* Which media has this mid; SDP_MEDIA_MAX = none. */
static size_t
media_with(const struct sdp *s, struct slice mid)
{
	for (size_t i = 0; i < s->n_media; i++)
		if (mid.n && slice_eq(mid_of(&s->media[i]), mid))
			return i;
	return SDP_MEDIA_MAX;
}

/* Is mid in this group? Then the group's first media is the one with the address. */
static bool
find_in_group(struct slice group, struct slice mid, struct slice *first)
{
	struct slice word;
	bool found = false;

	*first = SLICE("");
	if (!slice_eq(sdp_word_take(&group), SLICE("BUNDLE")))
		return false;
	while ((word = sdp_word_take(&group)).n) {
		if (!first->n)
			*first = word;
		found |= slice_eq(word, mid);
	}
	return found;
}

static void
read_bundle(const struct sdp *s, size_t nth, struct sdp_transport *t)
{
	struct slice text = s->session_text, value, first;
	struct sdp_line line;

	t->mid = mid_of(&s->media[nth]);
	t->first = nth;
	while (t->mid.n && !t->bundled && sdp_line_take(&text, &line) == SDP_LINE_FOUND) {
		size_t with;

		if (line.type != 'a' ||
		    !slice_eq(sdp_attribute(line.value, &value), SLICE("group")) ||
		    !find_in_group(value, t->mid, &first))
			continue;
		with = media_with(s, first);
		t->bundled = true;
		t->first = with < s->n_media ? with : nth;
	}
}

enum err
sdp_transport_read(const struct sdp *s, size_t nth, struct sdp_transport *out)
{
	struct sdp_transport t = {0}, more = {0}, session = {0};
	enum err e;

	if (nth >= s->n_media)
		return ERR_INVALID;
	read_bundle(s, nth, &t);
	t.rtcp_mux = s->media[nth].rtcp_mux || (t.bundled && s->media[t.first].rtcp_mux);
	e = read_lines(s->media[nth].text, &t);
	if (e == ERR_OK && t.first != nth &&
	    (e = read_lines(s->media[t.first].text, &more)) == ERR_OK)
		inherit(&t, &more);
	if (e == ERR_OK && (e = read_lines(s->session_text, &session)) == ERR_OK)
		inherit(&t, &session);
	if (e == ERR_OK && (t.ufrag.n == 0) != (t.pwd.n == 0))
		e = ERR_MALFORMED;
	if (e == ERR_OK)
		*out = t;
	return e;
}

/* ---- writing ---- */

void
sdp_fingerprint_write(struct buf *b, const struct sdp_fingerprint *f)
{
	static const char digits[] = "0123456789ABCDEF";

	buf_put(b, hashes[f->hash < SDP_HASHES ? f->hash : SDP_HASH_NONE].name);
	for (size_t i = 0; i < sdp_hash_bytes(f->hash); i++) {
		buf_char(b, i ? ':' : ' ');
		buf_char(b, digits[f->bytes[i] >> 4]);
		buf_char(b, digits[f->bytes[i] & 15]);
	}
}

struct sdp_candidate
sdp_candidate_host(const struct addr *a, size_t nth)
{
	static const char foundations[] = "12345678";
	enum { PREFERENCE_OF_HOST = 126 };

	if (nth >= SDP_CANDIDATES_MAX)
		nth = SDP_CANDIDATES_MAX - 1;
	return (struct sdp_candidate){.foundation = slice_make(foundations + nth, 1),
	    .priority = (uint32_t)PREFERENCE_OF_HOST << 24 | (65535u - (uint32_t)nth) << 8 |
			(256u - COMPONENT_RTP),
	    .addr = *a};
}

static void
write_value(struct buf *b, struct slice name, struct slice value)
{
	buf_lit(b, "a=");
	buf_put(b, name);
	buf_put(b, value);
	buf_lit(b, "\r\n");
}

static void
write_candidate(struct buf *b, const struct sdp_candidate *c)
{
	buf_lit(b, "a=candidate:");
	buf_put(b, c->foundation);
	buf_lit(b, " 1 UDP ");
	buf_u64(b, c->priority);
	buf_char(b, ' ');
	addr_write_ip(b, &c->addr);
	buf_char(b, ' ');
	buf_u64(b, c->addr.port);
	/* RFC 8839, 5.1: where a reflexive one belongs may be hidden, but not left out */
	if (c->reflexive)
		buf_put(b, c->addr.family == 6 ? SLICE(" typ srflx raddr :: rport 9\r\n")
					       : SLICE(" typ srflx raddr 0.0.0.0 rport 9\r\n"));
	else
		buf_lit(b, " typ host\r\n");
}

void
sdp_transport_write(struct buf *b, const struct sdp_transport_ours *t)
{
	if (t->mid.n)
		write_value(b, SLICE("mid:"), t->mid);
	if (t->rtcp_mux)
		buf_lit(b, "a=rtcp-mux\r\n");
	if (t->fingerprint) {
		buf_lit(b, "a=fingerprint:");
		sdp_fingerprint_write(b, t->fingerprint);
		buf_lit(b, "\r\n");
		if (t->setup > SDP_SETUP_NONE && t->setup < SDP_SETUPS)
			write_value(b, SLICE("setup:"), setups[t->setup]);
	}
	if (!t->ufrag.n)
		return;
	write_value(b, SLICE("ice-ufrag:"), t->ufrag);
	write_value(b, SLICE("ice-pwd:"), t->pwd);
	for (size_t i = 0; i < t->n_candidates; i++)
		write_candidate(b, &t->candidate[i]);
	buf_lit(b, "a=end-of-candidates\r\n");
}

void
sdp_session_write_ice(struct buf *b, const struct slice *mids, size_t n)
{
	buf_lit(b, "a=ice-lite\r\n");
	if (n == 0)
		return;
	buf_lit(b, "a=group:BUNDLE");
	for (size_t i = 0; i < n; i++) {
		buf_char(b, ' ');
		buf_put(b, mids[i]);
	}
	buf_lit(b, "\r\n");
}
