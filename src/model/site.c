/* Where phones are: what emergency services are told (LIN-6). The parts of an address are those of
 * RFC 4119 and RFC 5139. */
#include "model/model.h"

static const struct model_field site_fields[] = {
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 60, .label = "Name"},
    {"country", MODEL_TEXT, 0, 2, 2, .chars = "A-Z", .def = "\"DE\"", .label = "Country",
	.description = "Two letters, ISO 3166: DE, AT, CH"},
    {"state", MODEL_TEXT, 0, 0, 40, .label = "State"},
    {"postal_code", MODEL_TEXT, MODEL_SEARCH, 0, 12, .chars = "A-Z0-9 -", .label = "Postal code"},
    {"city", MODEL_TEXT, MODEL_SEARCH, 0, 60, .label = "City"},
    {"street", MODEL_TEXT, MODEL_SEARCH, 0, 60, .label = "Street"},
    {"house_number", MODEL_TEXT, 0, 0, 12, .label = "House number"},
    {"occupant", MODEL_TEXT, 0, 0, 60, .label = "Company or building",
	.description = "What stands at the door"},
    {"floor", MODEL_TEXT, 0, 0, 20, .label = "Floor"},
    {"room", MODEL_TEXT, 0, 0, 40, .label = "Room",
	.description = "Unless the phone says where it is"},
    {"networks", MODEL_TEXT, MODEL_SEARCH, 0, 500, .format = MODEL_FORMAT_NETS, .label = "Networks",
	.description = "A phone without a site of its own that calls from one of these addresses "
		       "is here; of several sites the one with the smallest network"},
    {"is_default", MODEL_BOOL, 0, .label = "Default",
	.description = "For all phones of which nothing else is known; one site at most"},
    {"lines", MODEL_REF_LIST, 0, 0, 20, .ref = "line", .on_delete = MODEL_CASCADE,
	.label = "Lines for emergency calls",
	.description = "In order; before the lines of the emergency number"},
    {"phones", MODEL_INT, MODEL_COMPUTED, .label = "Phones", .description = "How many name it"},
};

const struct model_entity model_site = {"site", "sites", 0, "name", "name", NULL, .label = "Site",
    .description = "A place with an address, which emergency services are told",
    .fields = site_fields, .field_count = sizeof site_fields / sizeof site_fields[0]};
