#include "model/live_conference.h"

static const struct {
	const char *code, *text;
} outcomes[] = {
#define X(id, code, text) {code, text},
    CONFERENCE_OUTCOMES(X)
#undef X
};

const char *
conference_outcome_code(enum conference_outcome o)
{
	return outcomes[o].code;
}

const char *
conference_outcome_text(enum conference_outcome o)
{
	return outcomes[o].text;
}
