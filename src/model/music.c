/* Music on hold (MOH-1): loops, and the files in them. */
#include "model/music.h"

#include "model/entities_int.h"

#define FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])

static const struct model_field music_loop_fields[] = {
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_UNIQUE | MODEL_SEARCH, 1, 60, .label = "Name"},
    {"description", MODEL_TEXT, MODEL_SEARCH, 0, 200, .label = "Description"},
    {"gain_db", MODEL_INT, 0, MUSIC_GAIN_MIN_DB, MUSIC_GAIN_MAX_DB, .def = "0", .label = "Volume",
	.description = "dB, louder or softer than the files; these are left as they are. Who is "
		       "listening hears a change at once"},
    {"is_default", MODEL_BOOL, 0, .label = "Default",
	.description = "Heard where no other loop is assigned; one loop at most, which takes it "
		       "over from the one before. None: the supplied one"},
    {"builtin", MODEL_BOOL, MODEL_READONLY, .label = "Supplied",
	.description = "Comes with the system: it keeps its name and cannot be deleted"},
    {"files", MODEL_INT, MODEL_COMPUTED, .label = "Files", .description = "That are played"},
    {"length_ms", MODEL_INT, MODEL_COMPUTED, .label = "Length"},
    {"numbers", MODEL_INT, MODEL_COMPUTED, .label = "Numbers", .description = "How many name it"},
    {"users", MODEL_INT, MODEL_COMPUTED, .label = "Users", .description = "How many name it"},
    {"groups", MODEL_INT, MODEL_COMPUTED, .label = "Groups", .description = "How many name it"},
};

const struct model_entity model_music_loop = {"music_loop", "music-loops", 0, "name", "name", NULL,
    .label = "Music on hold", .description = "Sound files, one after the other, again and again",
    FIELDS(music_loop_fields)};

/* They come by uploads (store/music.h). */
static const struct model_field music_file_fields[] = {
    {"loop", MODEL_REF, MODEL_READONLY | MODEL_INDEX, .ref = "music_loop",
	.on_delete = MODEL_CASCADE, .label = "Loop"},
    {"position", MODEL_INT, 0, 0, 100000, .label = "Place",
	.description = "From 1; the others make room. 0 = at the end"},
    {"name", MODEL_TEXT, MODEL_REQUIRED | MODEL_SEARCH, 1, 200, .label = "Name"},
    {"enabled", MODEL_BOOL, 0, .def = "true", .label = "Is played"},
    {"gain_db", MODEL_INT, 0, MUSIC_GAIN_MIN_DB, MUSIC_GAIN_MAX_DB, .def = "0", .label = "Volume",
	.description = "dB, besides that of the loop"},
    {"length_ms", MODEL_INT, MODEL_READONLY, .label = "Length", .description = "0 = not known"},
    {"uploaded_at", MODEL_TIME, MODEL_READONLY, .label = "Uploaded"},
    {"builtin", MODEL_BOOL, MODEL_READONLY, .label = "Supplied",
	.description = "Comes with the system: it can be left out, not deleted"},
    {"file", MODEL_TEXT, MODEL_INTERNAL, .label = "Its file, without folder and ending"},
};

const struct model_entity model_music_file = {"music_file", "music-files", MODEL_SYSTEM, NULL,
    "position", NULL, .label = "Music file", .description = "A sound file of a loop",
    FIELDS(music_file_fields)};
