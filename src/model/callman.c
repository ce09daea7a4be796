#include "model/callman.h"

static const struct {
	const char *code, *text;
} outcomes[] = {
#define X(id, code, text) {code, text},
    CALL_OUTCOMES(X)
#undef X
};

const char *
call_outcome_code(enum call_outcome o)
{
	return outcomes[o].code;
}

const char *
call_outcome_text(enum call_outcome o)
{
	return outcomes[o].text;
}
