#include "model/notices.h"

#include "base/buf.h"
#include "model/entities_int.h"

static const struct {
	const char *code, *text, *german;
} notices[] = {
#define X(id, code, text, german) {code, text, german},
    NOTICES(X)
#undef X
};

const char *
notice_code(enum notice n)
{
	return notices[n].code;
}

/* Arguments that are words of ours. */
static const char *const fragments[][2] = {
    {"names itself as an attack tool", "nennt sich selbst ein Angriffswerkzeug"},
    {"tries passwords", "probiert Passwörter"},
    {"tries names that do not exist", "probiert Namen, die es nicht gibt"},
    {"looks for numbers", "sucht nach Rufnummern"},
    {"asks for what it may not", "fragt nach Unerlaubtem"},
    {"sends what is no SIP", "schickt, was kein SIP ist"},
    {"sends too many requests", "schickt zu viele Anfragen"},
    {"tries passwords of the web page", "probiert Passwörter der Weboberfläche"},
};

static const char *
argument(const char *arg, bool german)
{
	for (size_t i = 0; german && i < sizeof fragments / sizeof fragments[0]; i++)
		if (strcmp(fragments[i][0], arg) == 0)
			return fragments[i][1];
	return arg;
}

const char *
notice_text(enum notice n, const char *language, const char *const args[NOTICE_ARGS_MAX],
    char out[NOTICE_TEXT_BYTES])
{
	bool german = strcmp(language, "de") == 0;
	struct slice rest = slice_cstr(german ? notices[n].german : notices[n].text);
	char text[4 * NOTICE_TEXT_BYTES];
	struct buf b;

	buf_init(&b, text, sizeof text);
	while (rest.n) {
		buf_put(&b, slice_take_until(&rest, '{'));
		if (!rest.n)
			break;
		if (args[rest.p[0] - '0'])
			buf_cstr(&b, argument(args[rest.p[0] - '0'], german));
		slice_take_until(&rest, '}');
	}
	slice_clip_cstr(buf_slice(&b), out, NOTICE_TEXT_BYTES);
	return out;
}

static const struct model_field fields[] = {
    {"code", MODEL_TEXT, MODEL_READONLY | MODEL_SEARCH, 0, 40, .label = "Code"},
    {"args", MODEL_TEXT_LIST, MODEL_READONLY, .label = "Arguments"},
    {"text", MODEL_TEXT, MODEL_READONLY | MODEL_SEARCH, 0, NOTICE_TEXT_BYTES, .label = "Text"},
    {"created_at", MODEL_TIME, MODEL_READONLY | MODEL_INDEX, .label = "Created"},
    {"seen", MODEL_BOOL, 0, .label = "Seen"},
};

const struct model_entity model_notice = {"notice", "notices", MODEL_SYSTEM, NULL, "-created_at",
    NULL, .label = "Notice", .description = "What the system found out and people should know",
    .fields = fields, .field_count = sizeof fields / sizeof fields[0]};
