#include "model/feature.h"

static const struct {
	const char *name, *label, *code;
	enum feature_argument argument;
	enum feature_place place;
} features[] = {
#define FEATURE(id, name, code, argument, label, what)                                             \
	{name, label, code, FEATURE_##argument, PLACE},
#define PLACE FEATURE_DIALLED
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

/* Where FreePBX has another one. */
static const char *const freepbx[FEATURES_N] = {[FEATURE_PHONE_LOGIN] = "*11",
    [FEATURE_PHONE_LOGOUT] = "*12",
    [FEATURE_PHONE_LOGOUT_ALL] = "*13",
    [FEATURE_REDIRECT_ALWAYS] = "*72",
    [FEATURE_REDIRECT_ALWAYS_OFF] = "*73",
    [FEATURE_REDIRECT_BUSY] = "*90",
    [FEATURE_REDIRECT_BUSY_OFF] = "*91",
    [FEATURE_REDIRECT_TIMEOUT] = "*92",
    [FEATURE_REDIRECT_TIMEOUT_OFF] = "*93",
    [FEATURE_PICK_UP] = "**",
    [FEATURE_ORBIT] = "*70",
    [FEATURE_VOICEMAIL] = "*97",
    [FEATURE_DND_ON] = "*78",
    [FEATURE_DND_OFF] = "*79"};

const char *
feature_code(enum feature_set set, enum feature f)
{
	return set == FEATURE_SET_FREEPBX && freepbx[f] ? freepbx[f] : features[f].code;
}
