/* KEY: the star codes in one list, for the page that changes them and for everybody who dials them.
 * They are settings; here they are told with what follows them and what sets of them there are, and
 * a change is tried without being made. */
#include "api/api_int.h"
#include "model/feature.h"

static json_t *
code_json(const json_t *settings, enum feature f)
{
	static const char *const takes[] = {
	    [FEATURE_ALONE] = "nothing", [FEATURE_MAYBE] = "maybe", [FEATURE_NEEDED] = "needed"};
	char field[40];

	snprintf(field, sizeof field, "code_%s", feature_name(f));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "field", field, "code",
	    row_text(settings, field), "label", feature_label(f), "takes", takes[feature_takes(f)],
	    "standard", feature_code(FEATURE_SET_STANDARD, f), "freepbx",
	    feature_code(FEATURE_SET_FREEPBX, f));
}

void
handle_star_codes(struct request *rq)
{
	json_t *settings = NULL, *items;
	enum err e = store_get(rq->api->store, &model_settings, 1, &settings);

	if (e != ERR_OK) {
		reply_err(rq, e, NULL);
		return;
	}
	items = json_array();
	for (int f = 0; f < FEATURES_N; f++)
		json_array_append_new(items, code_json(settings, f));
	json_decref(settings);
	reply_json(rq, 200, json_pack("{s:o}", "items", items));
}

/* A PATCH of the settings that changes nothing: refused as that would be. */
void
handle_star_codes_check(struct request *rq)
{
	struct model_errors errors = {0};
	json_t *in = request_json(rq, false), *settings = NULL, *checked = NULL;
	enum err e;

	if (!in)
		return;
	e = store_get(rq->api->store, &model_settings, 1, &settings);
	if (e == ERR_OK)
		e = model_check(&model_settings, in, MODEL_PATCH, &checked, &errors);
	if (e == ERR_OK) {
		json_object_update(settings, checked);
		e = model_check_row(&model_settings, settings, &errors);
	}
	if (e == ERR_OK)
		reply_text(rq, 204, NULL, NULL, 0);
	else
		reply_err(rq, e, &errors);
	json_decref(checked);
	json_decref(settings);
	json_decref(in);
}
