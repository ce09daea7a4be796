/*
 * Programs that look for telephone systems to break into, as they name themselves. Those that
 * lie are found by what they do; those that do not are stopped with their first request.
 */
#include "security/guard_int.h"

static const char *const scanners[] = {
    "friendly-scanner",
    "friendly-request",
    "sipvicious",
    "svmap",
    "svwar",
    "svcrack", /* one family */
    "sipcli",
    "sip-scan",
    "sipscan",
    "siparmyknife",
    "sipptk",
    "mr.sip",
    "smap ",
    "nmap ",
    "sundayddr",
    "iwar",
    "warvox",
    "pplsip",
    "vaxsipuseragent",
    "test agent",
};

/* Without regard to case; needle is in small letters. */
static bool
contains(struct slice s, struct slice needle)
{
	for (size_t i = 0; i + needle.n <= s.n; i++)
		if (slice_eq_nocase(slice_make(s.p + i, needle.n), needle))
			return true;
	return false;
}

bool
agent_is_scanner(struct slice user_agent)
{
	if (user_agent.n == 0)
		return false;
	for (size_t i = 0; i < sizeof scanners / sizeof scanners[0]; i++)
		if (contains(user_agent, slice_cstr(scanners[i])))
			return true;
	return false;
}
