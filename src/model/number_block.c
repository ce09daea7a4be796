/* Many numbers in a row (LIN-4). */
#include "model/number_block.h"

#include <inttypes.h>
#include <stdio.h>

#include "model/entities_int.h"

#define LAST_MAX 999999999999

static const struct model_field fields[] = {
    {"base", MODEL_TEXT, 0, 0, NUMBER_DIGITS_MAX - 1, .chars = "0-9", .label = "Common digits",
	.description = "With which all numbers of the block begin"},
    {"first", MODEL_INT, MODEL_REQUIRED, 0, LAST_MAX, .label = "From"},
    {"last", MODEL_INT, MODEL_REQUIRED, 0, LAST_MAX, .label = "To"},
    {"width", MODEL_INT, 0, 0, 12, .label = "Digits",
	.description = "Of what follows the common digits, with zeros in front; 0 = as many as it "
		       "has"},
    {"kind", MODEL_ENUM, 0, .choices = "internal|external", .def = "\"external\"", .label = "Kind"},
    {"line", MODEL_REF, 0, .ref = "line", .label = "Line"},
    {"skip_taken", MODEL_BOOL, 0, .label = "Only those that do not exist yet"},
};

const struct model_entity model_number_block = {"number_block", NULL, MODEL_LIVE, NULL, NULL, NULL,
    .label = "Block of numbers", .description = "Many numbers in a row", .fields = fields,
    .field_count = sizeof fields / sizeof fields[0]};

static uint64_t
uint_of(const json_t *in, const char *field)
{
	return (uint64_t)json_integer_value(json_object_get(in, field));
}

const char *
number_block_at(const struct number_block *b, size_t i, char out[NUMBER_DIGITS_MAX + 1])
{
	snprintf(out, NUMBER_DIGITS_MAX + 1, "%s%0*" PRIu64, b->base, (int)b->width, b->first + i);
	return out;
}

enum err
number_block_read(const json_t *in, struct number_block *out, struct model_errors *errors)
{
	char digits[32];
	size_t n;

	*out = (struct number_block){json_string_value(json_object_get(in, "base")),
	    uint_of(in, "first"), uint_of(in, "last"), (unsigned)uint_of(in, "width")};
	n = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, out->last);
	if (out->first > out->last)
		model_error_add(errors, "wrong_order", "last",
		    "The last number of a block must not be below the first.");
	else if (out->last - out->first >= NUMBER_BLOCK_MAX)
		model_error_add(errors, "block_too_large", "last",
		    "A block has at most %d numbers.", NUMBER_BLOCK_MAX);
	else if (out->width && n > out->width)
		model_error_add(
		    errors, "too_long", "last", "The last number has more digits than the block.");
	else if (strlen(out->base) + (n > out->width ? n : out->width) > NUMBER_DIGITS_MAX)
		model_error_add(errors, "too_long", "base", "A number has at most %d digits.",
		    NUMBER_DIGITS_MAX);
	else
		return ERR_OK;
	return ERR_INVALID;
}
