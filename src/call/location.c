#include "call/location.h"

#include "base/xml.h"

#define CIVIC	"urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"
#define GEOPRIV "urn:ietf:params:xml:ns:pidf:geopriv10"

enum { TOKEN_BYTES = 16 };

/* Where the caller is; *place: in which room, or empty. NULL: nobody knows. */
static const struct dir_site *
where(const struct call *c, struct slice *place)
{
	const struct directory *dir = c->sw->p.directory;
	const struct dir_phone *phone = dir_phone_by_name(dir, c->caller_phone);
	const struct dir_site *site = dir_site_by_id(dir, c->site);

	*place = phone && phone->place.n ? phone->place : site ? site->room : SLICE("");
	return site;
}

/* ---- as text ---- */

static void
add(struct buf *b, struct slice sep, struct slice text)
{
	if (!text.n)
		return;
	buf_put(b, sep);
	buf_put(b, text);
}

void
location_text(const struct call *c, struct buf *b)
{
	struct slice place;
	const struct dir_site *s = where(c, &place);

	if (s) {
		buf_put(b, s->name);
		add(b, SLICE(": "), s->street);
		add(b, SLICE(" "), s->house_number);
		add(b, SLICE(", "), s->postal_code);
		add(b, s->postal_code.n ? SLICE(" ") : SLICE(", "), s->city);
		add(b, SLICE(", "), s->occupant);
		add(b, SLICE(", "), s->floor);
	}
	add(b, s ? SLICE(", ") : SLICE(""), place);
}

/* ---- as a document ---- */

static void
element(struct buf *b, const char *name, struct slice value)
{
	if (value.n)
		xml_element(b, name, value);
}

/* In the order of the schema (RFC 5139, 5). */
static void
write_address(struct buf *b, const struct dir_site *s, struct slice place)
{
	buf_lit(b, "<civicAddress xmlns=\"" CIVIC "\">");
	element(b, "country", s->country);
	element(b, "A1", s->state);
	element(b, "A3", s->city);
	element(b, "RD", s->street);
	element(b, "HNO", s->house_number);
	element(b, "FLR", s->floor);
	element(b, "NAM", s->occupant);
	element(b, "PC", s->postal_code);
	element(b, "ROOM", place);
	buf_lit(b, "</civicAddress>");
}

/* RFC 4119, 2.2. The name of who is there is a pseudonym: who calls stands in the call. */
static void
write_document(struct buf *b, const struct call *c, const struct dir_site *s, struct slice place,
    struct slice id)
{
	char time[MODEL_TIME_TEXT];

	buf_lit(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
		   "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" xmlns:gp=\"" GEOPRIV "\" "
		   "xmlns:gbp=\"" GEOPRIV ":basicPolicy\"");
	buf_lit(b, " entity=\"pres:");
	buf_put(b, id);
	buf_lit(b, "\"><tuple id=\"caller\"><status><gp:geopriv><gp:location-info>");
	write_address(b, s, place);
	buf_lit(b, "</gp:location-info><gp:usage-rules><gbp:retransmission-allowed>true"
		   "</gbp:retransmission-allowed></gp:usage-rules><gp:method>Manual</gp:method>"
		   "</gp:geopriv></status><timestamp>");
	buf_cstr(b, model_time_write(call_wall_ms(c), time));
	buf_lit(b, "</timestamp></tuple></presence>\r\n");
}

/* RFC 2046, 5.1.1: the boundary is random, so that it stands in no part. */
static void
write_parts(struct buf *b, struct slice boundary, struct slice sdp)
{
	if (sdp.n) {
		buf_lit(b, "--");
		buf_put(b, boundary);
		buf_lit(b, "\r\nContent-Type: application/sdp\r\n\r\n");
		buf_put(b, sdp);
		buf_lit(b, "\r\n");
	}
	buf_lit(b, "--");
	buf_put(b, boundary);
	buf_lit(b, "\r\nContent-Type: application/pidf+xml\r\n"
		   "Content-Disposition: by-reference;handling=optional\r\nContent-ID: <");
}

static bool
is_wanted(const struct leg *l)
{
	const struct dir_phone *phone;
	const struct dir_line *line;

	if (!l->call->emergency || l->location_refused)
		return false;
	leg_whose(l, &phone, &line);
	return line && line->location;
}

/* The type, then the body; false: it does not fit. */
static bool
write_body(struct leg *l, struct buf *b, struct slice sdp, struct slice *type, struct slice *body,
    struct slice *id)
{
	static const struct slice head = SLICE("multipart/mixed;boundary=");
	struct slice place, boundary;
	const struct dir_site *s = where(l->call, &place);
	size_t from;

	if (!s)
		return false;
	buf_put(b, head);
	rng_token(l->call->sw->p.rng, b, TOKEN_BYTES);
	*type = buf_slice(b);
	boundary = slice_from(*type, head.n);
	rng_token(l->call->sw->p.rng, b, TOKEN_BYTES);
	buf_lit(b, "@strowger.invalid"); /* unique by the token alone */
	*id = slice_from(buf_slice(b), type->n);
	from = b->n;
	write_parts(b, boundary, sdp);
	buf_put(b, *id);
	buf_lit(b, ">\r\n\r\n");
	write_document(b, l->call, s, place, *id);
	buf_lit(b, "\r\n--");
	buf_put(b, boundary);
	buf_lit(b, "--\r\n");
	*body = slice_from(buf_slice(b), from);
	return buf_ok(b);
}

void
location_write(struct leg *l, struct buf *extra, char text[LOCATION_BYTES], struct slice *type,
    struct slice *body)
{
	struct slice new_type, new_body, id;
	struct buf b;

	buf_init(&b, text, LOCATION_BYTES);
	l->located = is_wanted(l) && write_body(l, &b, *body, &new_type, &new_body, &id);
	if (!l->located)
		return;
	buf_lit(extra, "Geolocation: <cid:");
	buf_put(extra, id);
	buf_lit(extra, ">\r\nGeolocation-Routing: yes\r\n");
	*type = new_type;
	*body = new_body;
}

/* Bad request, not acceptable, too large, unsupported, bad extension, bad location (RFC 6442, 4.3),
 * not acceptable here, message too large. */
bool
location_was_refused(struct leg *l, uint16_t status)
{
	static const uint16_t known[] = {400, 406, 413, 415, 420, 424, 488, 513};

	for (size_t i = 0; l->located && i < sizeof known / sizeof known[0]; i++)
		l->location_refused |= known[i] == status;
	if (!l->located || !l->location_refused)
		return false;
	l->located = false;
	call_log(LOG_WARN, l->call,
	    "line %.*s answered %u to where the emergency call comes from: "
	    "it is asked again without",
	    SLICE_FMT(l->phone_name), status);
	record_reason(l->call, REASON_LOCATION_REFUSED, REASON_ARGS(l->phone_name));
	return true;
}
