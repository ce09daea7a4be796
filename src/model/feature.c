#include "model/feature.h"

static const struct {
	const char *name, *label;
	enum feature_argument argument;
	enum feature_place place;
} features[] = {
#define FEATURE(id, name, code, argument, label, what) {name, label, FEATURE_##argument, PLACE},
#define PLACE					       FEATURE_DIALLED
    FEATURES(FEATURE)
#undef PLACE
#define PLACE FEATURE_IN_CALL
	FEATURES_IN_CALL(FEATURE)
#undef PLACE
#undef FEATURE
};

const char *
feature_name(enum feature f)
{
	return features[f].name;
}

const char *
feature_label(enum feature f)
{
	return features[f].label;
}

enum feature_argument
feature_takes(enum feature f)
{
	return features[f].argument;
}

enum feature_place
feature_place(enum feature f)
{
	return features[f].place;
}
