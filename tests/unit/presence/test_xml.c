/* XML written and read: escaping, and presence documents of strangers (RFC 3863, RFC 4480). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/xml.h"
#include "presence/pidf.h"

static void
text_is_escaped(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
	    {"plain", "plain"},
	    {"<a href=\"x\">'&'</a>", "&lt;a href=&quot;x&quot;&gt;&apos;&amp;&apos;&lt;/a&gt;"},
	    {"a\r\nb\tc\x01\x7f", "a??b?c??"},
	    {"\xc3\xa4\xe2\x82\xac\xf0\x9f\x93\x9e", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x93\x9e"},
	    {"\xc3", "?"}, {"\xff\xfe", "??"}, {"\xc0\xaf", "??"}, /* overlong '/' */
	    {"\xe0\x80\xaf", "???"},				   /* again */
	    {"\xed\xa0\x80", "???"},				   /* a surrogate */
	    {"\xf4\x90\x80\x80", "????"},			   /* above U+10FFFF */
	    {"\xef\xbf\xbf"
	     "x",
		"?x"}, /* no XML character */
	    {"\xe2\x82"
	     "a",
		"??a"}, /* cut short */
	};
	char out[200];
	struct buf b;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		buf_init(&b, out, sizeof out - 1);
		xml_text(&b, slice_cstr(cases[i].in));
		out[b.n] = '\0';
		assert_string_equal(out, cases[i].out);
	}
	buf_init(&b, out, sizeof out - 1);
	xml_attribute(&b, "a", SLICE("\"<"));
	xml_element(&b, "e", SLICE("&"));
	out[b.n] = '\0';
	assert_string_equal(out, " a=\"&quot;&lt;\"<e>&amp;</e>");
}

#define NS	      " xmlns='urn:ietf:params:xml:ns:pidf'"
#define RPID	      " xmlns:r='urn:ietf:params:xml:ns:pidf:rpid'"
#define BASIC(s)      "<tuple id='1'><status><basic>" s "</basic></status></tuple>"
#define BIT(activity) (1u << PIDF_##activity)

static void
documents_are_read(void **state)
{
	static const struct {
		const char *text;
		enum err e;
		bool open;
		uint32_t activities;
		const char *note;
	} cases[] = {
	    {"<presence" NS ">" BASIC("open") "</presence>", ERR_OK, true, 0, ""},
	    {"<presence" NS ">" BASIC(" closed\n") "</presence>", ERR_OK, false, 0, ""},
	    {"<presence" NS ">" BASIC("closed") BASIC("open") "</presence>", ERR_OK, true, 0, ""},
	    {"<p:presence xmlns:p='urn:ietf:params:xml:ns:pidf'><p:tuple><p:status><p:basic>open"
	     "</p:basic></p:status><p:note>hi</p:note><p:note>no</p:note></p:tuple></p:presence>",
		ERR_OK, true, 0, "hi"},
	    {"<presence" NS RPID ">" BASIC("open") "<r:activities><r:busy/><r:lunch/><busy/></"
						   "r:activities><r:away/></presence>",
		ERR_OK, true, BIT(BUSY) | BIT(LUNCH), ""},
	    {"<presence" NS "><x><note>a<b>skip</b>c</note></x>" BASIC("open") "</presence>",
		ERR_OK, true, 0, "ac"},
	    /* Not what it should be. */
	    {"", ERR_MALFORMED, 0, 0, ""},
	    {"open", ERR_MALFORMED, 0, 0, ""},
	    {"<presence" NS "></presence>", ERR_MALFORMED, 0, 0, ""},
	    {"<presence" NS ">" BASIC("perhaps") "</presence>", ERR_MALFORMED, 0, 0, ""},
	    {"<presence>" BASIC("open") "</presence>", ERR_MALFORMED, 0, 0, ""},
	    {"<other" NS ">" BASIC("open") "</other>", ERR_MALFORMED, 0, 0, ""},
	    {"<presence" NS ">" BASIC("open"), ERR_MALFORMED, 0, 0, ""},
	    {"<presence" NS ">" BASIC("open") "</presence>x", ERR_MALFORMED, 0, 0, ""},
	    /* Entities: neither small nor a billion. */
	    {"<!DOCTYPE p [<!ENTITY a 'open'>]><presence" NS ">" BASIC("&a;") "</presence>",
		ERR_MALFORMED, 0, 0, ""},
	    {"<!DOCTYPE p SYSTEM 'file:///etc/passwd'><presence" NS ">" BASIC("open") "</presence>",
		ERR_MALFORMED, 0, 0, ""},
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct pidf_state s = {.note = "old"};
		enum err e = pidf_parse(slice_cstr(cases[i].text), &s);

		if (e != cases[i].e)
			fail_msg("case %zu: %s", i, err_name(e));
		if (e != ERR_OK) {
			assert_string_equal(s.note, "old"); /* untouched */
			continue;
		}
		assert_int_equal(s.open, cases[i].open);
		assert_int_equal(s.activities, cases[i].activities);
		assert_string_equal(s.note, cases[i].note);
	}
}

static void
documents_have_bounds(void **state)
{
	static char text[PIDF_MAX_BYTES + 2000];
	struct pidf_state s;
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_lit(&b, "<presence" NS ">");
	for (int i = 0; i < 40; i++)
		buf_lit(&b, "<x>");
	assert_int_equal(pidf_parse(buf_slice(&b), &s), ERR_TOO_BIG);
	buf_init(&b, text, sizeof text);
	buf_lit(&b, "<presence" NS ">" BASIC("open") "<note>");
	for (int i = 0; i < 200; i++)
		buf_lit(&b, "\xc3\xa4");
	buf_lit(&b, "</note></presence>");
	assert_int_equal(pidf_parse(buf_slice(&b), &s), ERR_OK);
	assert_int_equal(strlen(s.note), PIDF_NOTE_BYTES - 2); /* whole characters */
	buf_init(&b, text, sizeof text);
	while (b.n <= PIDF_MAX_BYTES)
		buf_lit(&b, " ");
	assert_int_equal(pidf_parse(buf_slice(&b), &s), ERR_TOO_BIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(text_is_escaped),
	    cmocka_unit_test(documents_are_read),
	    cmocka_unit_test(documents_have_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
