/*
 * Reading presence documents of strangers: expat finds the elements, names are compared with
 * their namespaces, text is collected only where it means something and up to a limit.
 */
#include <expat.h>
#include <stdio.h>

#include "presence/pidf.h"

#define NS_PIDF "urn:ietf:params:xml:ns:pidf|"
#define NS_RPID "urn:ietf:params:xml:ns:pidf:rpid|"
#define NS_DM	"urn:ietf:params:xml:ns:pidf:data-model|"

enum { TEXT_BYTES = 256 };

/* Whose text is collected. */
enum wanted { WANT_NOTHING, WANT_BASIC, WANT_NOTE };

struct reader {
	XML_Parser parser;
	struct pidf_state state;
	unsigned depth, activities_depth; /* 0 = not inside activities */
	bool is_pidf, has_basic, too_deep;
	enum wanted wanted;
	unsigned wanted_depth;
	char text[TEXT_BYTES];
	size_t n;
};

static const char *const activity_names[] = {
#define X(id, name) name,
    PIDF_ACTIVITIES(X)
#undef X
};

const char *
pidf_activity_name(enum pidf_activity a)
{
	return activity_names[a];
}

static void
note_activity(struct reader *r, const char *name)
{
	if (strncmp(name, NS_RPID, sizeof NS_RPID - 1) != 0)
		return;
	for (unsigned i = 0; i < PIDF_ACTIVITIES_N; i++)
		if (strcmp(name + sizeof NS_RPID - 1, activity_names[i]) == 0)
			r->state.activities |= 1u << i;
}

static void
want(struct reader *r, enum wanted what)
{
	r->wanted = what;
	r->wanted_depth = r->depth;
	r->n = 0;
}

static void XMLCALL
on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
	struct reader *r = user;

	if (++r->depth > PIDF_DEPTH_MAX) {
		r->too_deep = true;
		XML_StopParser(r->parser, XML_FALSE);
		return;
	}
	if (r->depth == 1) {
		r->is_pidf = strcmp(name, NS_PIDF "presence") == 0;
		return;
	}
	if (r->activities_depth)
		note_activity(r, name);
	else if (strcmp(name, NS_RPID "activities") == 0)
		r->activities_depth = r->depth;
	else if (strcmp(name, NS_PIDF "basic") == 0)
		want(r, WANT_BASIC);
	else if (!r->state.note[0] &&
		 (strcmp(name, NS_PIDF "note") == 0 || strcmp(name, NS_DM "note") == 0))
		want(r, WANT_NOTE);
}

static void XMLCALL
on_text(void *user, const XML_Char *text, int n)
{
	struct reader *r = user;

	if (r->wanted == WANT_NOTHING || r->depth != r->wanted_depth)
		return;
	for (int i = 0; i < n && r->n < sizeof r->text - 1; i++)
		r->text[r->n++] = text[i];
}

static void
take_text(struct reader *r)
{
	struct slice text = slice_trim(slice_make(r->text, r->n));

	if (r->wanted == WANT_NOTE) {
		slice_clip_cstr(text, r->state.note, sizeof r->state.note);
	} else if (slice_eq(text, SLICE("open")) || slice_eq(text, SLICE("closed"))) {
		r->has_basic = true;
		r->state.open |= text.n == 4;
	}
	r->wanted = WANT_NOTHING;
}

static void XMLCALL
on_end(void *user, const XML_Char *name)
{
	struct reader *r = user;

	if (r->wanted != WANT_NOTHING && r->depth == r->wanted_depth)
		take_text(r);
	if (r->depth == r->activities_depth)
		r->activities_depth = 0;
	r->depth--;
}

/* Entities are of no use in a presence document, and a way to blow one up. */
static void XMLCALL
on_doctype(void *user, const XML_Char *name, const XML_Char *system, const XML_Char *public,
    int has_subset)
{
	struct reader *r = user;

	XML_StopParser(r->parser, XML_FALSE);
}

enum err
pidf_parse(struct slice text, struct pidf_state *out)
{
	struct reader r = {0};
	enum XML_Status status;

	if (text.n > PIDF_MAX_BYTES)
		return ERR_TOO_BIG;
	r.parser = XML_ParserCreateNS(NULL, '|');
	if (!r.parser)
		return ERR_NOMEM;
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, on_start, on_end);
	XML_SetCharacterDataHandler(r.parser, on_text);
	XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
	status = XML_Parse(r.parser, text.p, (int)text.n, XML_TRUE);
	XML_ParserFree(r.parser);
	if (r.too_deep)
		return ERR_TOO_BIG;
	if (status != XML_STATUS_OK || !r.is_pidf || !r.has_basic)
		return ERR_MALFORMED;
	*out = r.state;
	return ERR_OK;
}
