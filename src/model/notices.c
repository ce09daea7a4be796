#include "model/notices.h"

#include "base/buf.h"
#include "model/entities_int.h"

static const struct {
	const char *code, *text;
} notices[] = {
#define X(id, code, text) {code, text},
    NOTICES(X)
#undef X
};

const char *
notice_code(enum notice n)
{
	return notices[n].code;
}

const char *
notice_text(enum notice n, const char *const args[NOTICE_ARGS_MAX], char out[NOTICE_TEXT_BYTES])
{
	struct slice rest = slice_cstr(notices[n].text);
	char text[4 * NOTICE_TEXT_BYTES];
	struct buf b;

	buf_init(&b, text, sizeof text);
	while (rest.n) {
		buf_put(&b, slice_take_until(&rest, '{'));
		if (!rest.n)
			break;
		if (args[rest.p[0] - '0'])
			buf_cstr(&b, args[rest.p[0] - '0']);
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
