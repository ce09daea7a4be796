/* USR-9: mobile phones that ring with those of a user ("iFMC"). */
#include "model/mobile_twin.h"

#include "model/entities_int.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])

/* "08:30"; at most 24:00. */
static bool
take_clock(struct slice text, uint16_t *minutes)
{
	struct slice hours = slice_take_until(&text, ':');
	uint32_t h, m;

	if (hours.n != 2 || text.n != 2 || slice_to_u32(hours, 24, &h) != ERR_OK ||
	    slice_to_u32(text, 59, &m) != ERR_OK || 60 * h + m > 1440)
		return false;
	*minutes = (uint16_t)(60 * h + m);
	return true;
}

static bool
take_days(struct slice text, uint8_t *days)
{
	*days = 0;
	while (text.n) {
		int bit = choice_find(MODEL_DAYS, slice_trim(slice_take_until(&text, ',')));

		if (bit < 0)
			return false;
		*days |= (uint8_t)(1u << bit);
	}
	return *days != 0;
}

bool
twin_frame_next(struct slice *rest, struct twin_frame *out)
{
	struct slice after = slice_trim(*rest), one = slice_trim(slice_take_until(&after, ';'));
	struct slice times = one, days = slice_take_until(&times, ' '), from;

	if (!one.n && !after.n) {
		*rest = after;
		return false;
	}
	times = slice_trim(times);
	from = slice_take_until(&times, '-');
	if (!take_days(days, &out->days) || !take_clock(from, &out->from_min) ||
	    !take_clock(times, &out->to_min) || out->from_min >= out->to_min)
		return false;
	*rest = after;
	return true;
}

static void
check_times(const char *text, struct model_errors *errors)
{
	struct slice rest = slice_cstr(text);
	struct twin_frame frame;
	size_t n = 0;

	while (twin_frame_next(&rest, &frame))
		n++;
	if (rest.n || n > TWIN_FRAMES_MAX)
		model_error_add(errors, "bad_times", "times",
		    "Times are days and hours that end later than they begin, as in "
		    "\"mon,tue 08:00-18:00; sat 09:00-12:00\", %d at most.",
		    TWIN_FRAMES_MAX);
}

/* E.164 with a plus is the one form that stays the same whatever the settings say of country and
 * area, so that two of them can be compared as texts. */
static void
check_twin(const json_t *row, struct model_errors *errors)
{
	const char *number = row_text(row, "number");

	if (*number && (number[0] != '+' || number[1] == '0' ||
			   !model_chars_ok(slice_cstr(number + 1), "0-9")))
		model_error_add(errors, "not_international", "number",
		    "The number must be international, as +49171123456.");
	check_times(row_text(row, "times"), errors);
}

static const struct model_field twin_fields[] = {
    {"user", MODEL_REF, MODEL_REQUIRED | MODEL_INDEX, .ref = "user", .on_delete = MODEL_CASCADE,
	.label = "User"},
    {"number", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 8, 16, .chars = "0-9+",
	.label = "Number of the mobile phone",
	.description = "International, as +49171123456; only one user can have it"},
    {"enabled", MODEL_BOOL, 0, .def = "true", .label = "Active"},
    {"delay_s", MODEL_INT, 0, 0, 120, .label = "Call delay",
	.description = "Seconds until it rings, too; at once when no other phone rings"},
    {"group_calls", MODEL_BOOL, 0, .label = "Group calls",
	.description = "It also rings for calls to the user's groups"},
    {"confirm", MODEL_BOOL, 0, .def = "true", .label = "Take calls by key",
	.description = "Who answers hears an announcement and takes the call with 1, so that its "
		       "mailbox never does"},
    {"times", MODEL_TEXT, 0, 0, 900, .chars = "a-z0-9:;, -", .label = "Times",
	.description = "When it rings, as \"mon,tue 08:00-18:00; sat 09:00-12:00\"; empty = "
		       "always. On public holidays only holiday counts"},
    {"user_name", MODEL_TEXT, MODEL_COMPUTED | MODEL_SEARCH, .label = "User name"},
    {"too_late", MODEL_BOOL, MODEL_COMPUTED, .label = "Redirected before it rings",
	.description = "A redirection of the user's by timeout acts no later than it rings"},
};

const struct model_entity model_mobile_twin = {"mobile_twin", "mobile-twins", 0, "number", "user",
    NULL, .owners = "user", .label = "Mobile phone",
    .description = "A phone outside that rings with those of a user (iFMC)", FIELDS(twin_fields),
    .check = check_twin};
