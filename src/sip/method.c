/* Names of methods. They are case-sensitive (RFC 3261, 7.1). */
#include "sip/msg.h"

static const struct slice names[SIP_METHOD_N] = {
#define X(m) [SIP_##m] = SLICE(#m),
    SIP_METHODS(X)
#undef X
};

struct slice
sip_method_name(enum sip_method m)
{
	return (unsigned)m < SIP_METHOD_N ? names[m] : (struct slice){0};
}

enum sip_method
sip_method_find(struct slice name)
{
	if (name.n == 0)
		return SIP_METHOD_OTHER;
	for (unsigned m = SIP_METHOD_OTHER + 1; m < SIP_METHOD_N; m++)
		if (slice_eq(names[m], name))
			return (enum sip_method)m;
	return SIP_METHOD_OTHER;
}
