#include "model/feature.h"

static const struct {
	const char *name, *label;
	enum feature_argument argument;
} features[] = {
#define FEATURE(id, name, code, argument, label, what) {name, label, FEATURE_##argument},
    FEATURES(FEATURE)
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
