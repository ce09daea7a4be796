#include "model/line_test.h"

#include <stdio.h>

#include "model/model.h"

static const char *const kinds[] = {
#define X(id, code) code,
    LINE_TEST_KINDS(X)
#undef X
};

static const char *const states[] = {
#define X(id, code) code,
    LINE_TEST_STATES(X)
#undef X
};

static const struct {
	const char *code, *text;
} advices[] = {
#define X(id, code, text) {code, text},
    LINE_TEST_ADVICES(X)
#undef X
};

struct line_test_step *
line_test_begin(struct line_test *t, enum line_test_kind kind, uint64_t now_ms, const char *subject)
{
	struct line_test_step *s;

	if (t->n == LINE_TEST_STEPS_MAX)
		return NULL;
	s = &t->step[t->n++];
	*s = (struct line_test_step){.kind = kind, .at_ms = (uint32_t)(now_ms - t->began_ms)};
	slice_clip_cstr(slice_cstr(subject), s->subject, sizeof s->subject);
	return s;
}

void
line_test_end(const struct line_test *t, struct line_test_step *s, uint64_t now_ms,
    enum line_test_state state, enum line_test_advice advice, const char *found)
{
	if (!s)
		return;
	s->state = state;
	s->advice = advice;
	s->took_ms = (uint32_t)(now_ms - t->began_ms) - s->at_ms;
	if (found)
		slice_clip_cstr(slice_cstr(found), s->found, sizeof s->found);
}

/* ---- JSON ---- */

/* What comes from servers need not be UTF-8. */
static json_t *
text_or_null(const char *text)
{
	json_t *j;

	if (!text || !text[0])
		return json_null();
	j = json_string(text);
	return j ? j : json_string("?");
}

static json_t *
certificate_json(const struct line_test_step *s)
{
	char until[MODEL_TIME_TEXT];

	if (!s->cert_until)
		return json_null();
	return json_pack("{s:o, s:o, s:s}", "subject", text_or_null(s->cert_subject), "issuer",
	    text_or_null(s->cert_issuer), "until", model_time_write(s->cert_until, until));
}

static json_t *
step_json(const struct line_test_step *s)
{
	bool call = s->kind == LINE_TEST_CALL;

	return json_pack("{s:s, s:s, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "kind",
	    kinds[s->kind], "state", states[s->state], "subject", text_or_null(s->subject), "found",
	    text_or_null(s->found), "at_ms", (json_int_t)s->at_ms, "took_ms",
	    s->state == LINE_TEST_RUNNING ? json_null() : json_integer(s->took_ms), "advice",
	    text_or_null(advices[s->advice].code), "text", text_or_null(advices[s->advice].text),
	    "call_id", text_or_null(call ? s->trace : NULL), "sip_call_id",
	    text_or_null(call ? NULL : s->trace), "certificate", certificate_json(s));
}

json_t *
line_test_json(const struct line_test *t)
{
	char at[MODEL_TIME_TEXT];
	json_t *steps = json_array();

	for (uint32_t i = 0; i < t->n; i++)
		json_array_append_new(steps, step_json(&t->step[i]));
	return json_pack("{s:I, s:s, s:b, s:o, s:o}", "line", (json_int_t)t->line, "started_at",
	    model_time_write(t->started_at, at), "running", t->running, "number",
	    text_or_null(t->number), "steps", steps);
}

/* ---- schema ---- */

static json_t *
codes_of(const char *const *codes, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(codes[i]));
	return json_pack("{s:s, s:o}", "type", "string", "enum", list);
}

static json_t *
advice_schema(void)
{
	json_t *codes = json_array(), *texts = json_object();

	for (size_t i = LINE_ADVICE_NONE + 1; i < LINE_ADVICES_N; i++) {
		json_array_append_new(codes, json_string(advices[i].code));
		json_object_set_new(texts, advices[i].code, json_string(advices[i].text));
	}
	json_array_append_new(codes, json_null());
	return json_pack("{s:s, s:b, s:o, s:o, s:s}", "type", "string", "nullable", 1, "enum",
	    codes, "x-texts", texts, "description",
	    "What it means and what to do; text has the sentence");
}

static json_t *
text_schema(const char *description)
{
	return json_pack(
	    "{s:s, s:b, s:s}", "type", "string", "nullable", 1, "description", description);
}

static json_t *
step_schema(void)
{
	static const char certificate[] =
	    "{\"type\":\"object\",\"nullable\":true,\"description\":\"Of a server that speaks "
	    "TLS\",\"properties\":{\"subject\":{\"type\":\"string\",\"nullable\":true},\"issuer\":{"
	    "\"type\":\"string\",\"nullable\":true},\"until\":{\"type\":\"string\",\"format\":"
	    "\"date-time\"}},\"required\":[\"subject\",\"issuer\",\"until\"]}";

	return json_pack("{s:s, s:{s:o, s:o, s:o, s:o, s:{s:s}, s:{s:s, s:b, s:s}, s:o, s:o, s:o, "
			 "s:o, s:o}, s:[s,s,s,s,s,s,s,s,s,s,s]}",
	    "type", "object", "properties", "kind", codes_of(kinds, sizeof kinds / sizeof kinds[0]),
	    "state", codes_of(states, sizeof states / sizeof states[0]), "subject",
	    text_schema("A name, a server, a number"), "found",
	    text_schema("As it came: records, addresses, the answer"), "at_ms", "type", "integer",
	    "took_ms", "type", "integer", "nullable", 1, "description", "null while it runs",
	    "advice", advice_schema(), "text", text_schema("The English sentence of advice"),
	    "call_id", text_schema("Of a call: under which /api/traces has its messages"),
	    "sip_call_id", text_schema("Of other messages: /api/traces?call_id= finds them"),
	    "certificate", json_loads(certificate, 0, NULL), "required", "kind", "state", "subject",
	    "found", "at_ms", "took_ms", "advice", "text", "call_id", "sip_call_id", "certificate");
}

json_t *
line_test_schema(void)
{
	return json_pack("{s:s, s:{s:{s:s}, s:{s:s, s:s}, s:{s:s}, s:o, s:{s:s, s:o}}, "
			 "s:[s,s,s,s,s]}",
	    "type", "object", "properties", "line", "type", "integer", "started_at", "type",
	    "string", "format", "date-time", "running", "type", "boolean", "number",
	    text_schema("Called at the end"), "steps", "type", "array", "items", step_schema(),
	    "required", "line", "started_at", "running", "number", "steps");
}
