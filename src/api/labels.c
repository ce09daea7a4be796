/* USR-12: a sheet of paper labels for the function keys of a user, as a PDF. As many keys as the
 * phone has, in their order; what is too long for a label is cut off at its edge. */
#include <hpdf.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "model/function_keys.h"
#include "model/label_sheets.h"

enum { MARGIN_MM = 20, TEXT_BYTES = 256, FONT_MAX_PT = 11 };

static const struct label_sheet sheets[] = {
#define X(model, name, columns, rows, width, height) {model, name, columns, rows, width, height},
    LABEL_SHEETS(X)
#undef X
};

static const struct label_sheet *
find_sheet(struct slice model)
{
	if (!model.n)
		return &sheets[0];
	for (size_t i = 0; i < sizeof sheets / sizeof sheets[0]; i++)
		if (slice_eq(slice_cstr(sheets[i].model), model))
			return &sheets[i];
	return NULL;
}

static float
points(float mm)
{
	return mm * 72.0F / 25.4F;
}

/* The fonts that every reader has know Windows-1252; what that lacks becomes "?" or alike. */
static void
to_windows(const char *text, char out[TEXT_BYTES])
{
	iconv_t cd = iconv_open("WINDOWS-1252//TRANSLIT", "UTF-8");
	char *in = (char *)(uintptr_t)text, *to = out;
	size_t n = strlen(text), left = TEXT_BYTES - 1;

	if (cd == (iconv_t)-1) {
		out[0] = '\0';
		return;
	}
	while (n && iconv(cd, &in, &n, &to, &left) == (size_t)-1 && left) {
		in++; /* it cannot be said */
		n--;
	}
	*to = '\0';
	iconv_close(cd);
}

static const char *
text_of(const json_t *key)
{
	const struct key_type *type = key_type_find(row_text(key, "type"));
	const char *label = row_text(key, "label"), *target = row_text(key, "target_name");

	if (*label)
		return label;
	if (*target)
		return target;
	return type && type->action != KEY_ACTION_NONE ? type->label : "";
}

struct paper {
	const struct label_sheet *sheet;
	HPDF_Doc pdf;
	HPDF_Page page;
	HPDF_Font font;
};

static void
draw(const struct paper *p, size_t at, const char *utf8)
{
	const struct label_sheet *s = p->sheet;
	float width = points((float)s->width_mm10 / 10),
	      height = points((float)s->height_mm10 / 10);
	size_t column = at / s->rows;
	float x = points(MARGIN_MM) + (float)column * width;
	float y =
	    HPDF_Page_GetHeight(p->page) - points(MARGIN_MM) - (float)(at % s->rows + 1) * height;
	float size = height * 0.5F < FONT_MAX_PT ? height * 0.5F : FONT_MAX_PT;
	char text[TEXT_BYTES];
	HPDF_UINT fits;

	HPDF_Page_Rectangle(p->page, x, y, width, height);
	HPDF_Page_Stroke(p->page);
	to_windows(utf8, text);
	HPDF_Page_SetFontAndSize(p->page, p->font, size);
	fits = HPDF_Page_MeasureText(p->page, text, width - points(3), HPDF_FALSE, NULL);
	if (fits < sizeof text)
		text[fits] = '\0';
	HPDF_Page_BeginText(p->page);
	HPDF_Page_TextOut(p->page, x + points(1.5F), y + (height - size * 0.7F) / 2, text);
	HPDF_Page_EndText(p->page);
}

/* Allocated; NULL: no memory. */
static char *
write_pdf(const struct label_sheet *sheet, const json_t *keys, HPDF_UINT32 *n)
{
	struct paper p = {.sheet = sheet, .pdf = HPDF_New(NULL, NULL)};
	size_t max = (size_t)sheet->columns * sheet->rows, i;
	char *out = NULL;
	json_t *key;

	if (!p.pdf)
		return NULL;
	p.page = HPDF_AddPage(p.pdf);
	p.font = HPDF_GetFont(p.pdf, "Helvetica", "WinAnsiEncoding");
	HPDF_Page_SetSize(p.page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
	HPDF_Page_SetLineWidth(p.page, 0.3F);
	json_array_foreach(keys, i, key)
	{
		if (i < max)
			draw(&p, i, text_of(key));
	}
	if (HPDF_SaveToStream(p.pdf) == HPDF_OK && HPDF_GetError(p.pdf) == HPDF_OK) {
		*n = HPDF_GetStreamSize(p.pdf);
		out = malloc(*n + 1);
		if (out && HPDF_ReadFromStream(p.pdf, (HPDF_BYTE *)out, n) != HPDF_OK &&
		    HPDF_GetError(p.pdf) != HPDF_STREAM_EOF) {
			free(out);
			out = NULL;
		}
	}
	HPDF_Free(p.pdf);
	return out;
}

static void
reply_labels(struct request *rq, int64_t user)
{
	struct slice model = request_query(rq, "model");
	const struct label_sheet *sheet = find_sheet(model);
	json_t *keys = NULL;
	HPDF_UINT32 n = 0;
	char *pdf;
	enum err e;

	if (!sheet) {
		reply_error(rq, 422, "bad_choice", "model", "There is no sheet for this model.");
		return;
	}
	e = keys_of_user(rq->api, user, &keys);
	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		return;
	}
	pdf = write_pdf(sheet, keys, &n);
	json_decref(keys);
	if (!pdf) {
		reply_err(rq, ERR_NOMEM, NULL);
		return;
	}
	rq->reply.disposition = "attachment; filename=\"labels.pdf\"";
	reply_text(rq, 200, "application/pdf", pdf, n);
}

void
handle_own_labels(struct request *rq)
{
	reply_labels(rq, rq->caller.user_id);
}

void
handle_labels(struct request *rq)
{
	json_t *user = NULL;
	enum err e = store_get(rq->api->store, &model_user, rq->id, &user);

	json_decref(user);
	if (e == ERR_OK)
		reply_labels(rq, rq->id);
	else
		reply_err(rq, e, NULL);
}

void
handle_label_sheets(struct request *rq)
{
	json_t *items = json_array();

	for (size_t i = 0; i < sizeof sheets / sizeof sheets[0]; i++)
		json_array_append_new(
		    items, json_pack("{s:s, s:s, s:i}", "model", sheets[i].model, "name",
			       sheets[i].name, "keys", (int)(sheets[i].columns * sheets[i].rows)));
	reply_json(rq, 200, json_pack("{s:o}", "items", items));
}
