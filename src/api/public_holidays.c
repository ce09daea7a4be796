/* The public holidays of a region in a year, for people: time frames know them by the planner. */
#include "api/api_int.h"
#include "directory/holidays.h"

static bool
is_region(struct slice region)
{
	json_t *in = json_pack("{s:o}", "holidays", json_stringn(region.p, region.n)), *out = NULL;
	bool ok = in && model_check(&model_settings, in, MODEL_PATCH, &out, NULL) == ERR_OK;

	json_decref(out);
	json_decref(in);
	return ok;
}

static json_t *
days_of(struct slice region, uint16_t year)
{
	json_t *items = json_array();
	struct day d = {.year = year};

	for (d.month = 1; d.month <= 12; d.month++)
		for (d.day = 1; d.day <= days_of_month(d); d.day++) {
			const char *code = holiday_code(region, d);
			char date[16];
			struct buf b;

			if (!code)
				continue;
			buf_init(&b, date, sizeof date);
			buf_printf(&b, "%04u-%02u-%02u", d.year, d.month, d.day);
			json_array_append_new(items,
			    json_pack("{s:o, s:s}", "date", json_stringn(b.p, b.n), "code", code));
		}
	return items;
}

void
handle_public_holidays(struct request *rq)
{
	struct slice year = request_query(rq, "year"), region = request_query(rq, "region");
	struct settings settings;
	uint32_t y;
	json_t *items;
	enum err e;

	if (slice_to_u32(year, 9999, &y) != ERR_OK || y < 1970) {
		reply_error(rq, 400, "bad_parameter", "year", "Say which year: year=2026.");
		return;
	}
	if (region.p && !is_region(region)) {
		reply_error(rq, 400, "bad_parameter", "region", "There is no such region.");
		return;
	}
	e = store_settings(rq->api->store, &settings);
	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		return;
	}
	if (!region.p)
		region = slice_cstr(settings.holidays);
	items = days_of(region, (uint16_t)y);
	reply_json(rq, 200,
	    json_pack("{s:o, s:o, s:I}", "region", json_stringn(region.p, region.n), "items", items,
		"total", (json_int_t)json_array_size(items)));
}
