#include "daemon/kept.h"

#include <limits.h>
#include <stdio.h>

#include "call/call.h"
#include "presence/presence.h"
#include "registrar/registrar.h"

static const struct {
	const char *file, *name;
	uint64_t format;
} kinds[KEPT_KINDS] = {
    [KEPT_REGISTRATIONS] = {"registrations", "registration", REG_KEPT_FORMAT},
    [KEPT_SUBSCRIPTIONS] = {"subscriptions", "subscription", PRESENCE_KEPT_FORMAT},
    [KEPT_CALLED] = {"conference-calls", "call into a conference", CALL_KEPT_FORMAT},
};

enum err
kept_open(struct kept *k, const char *folder, char *why, size_t why_bytes)
{
	char path[PATH_MAX];
	enum err e = ERR_OK;

	for (int i = 0; i < KEPT_KINDS && e == ERR_OK; i++) {
		snprintf(path, sizeof path, "%s/%s", folder, kinds[i].file);
		e = keep_open(&k->in[i], path, kinds[i].format, why, why_bytes);
	}
	return e;
}

void
kept_close(struct kept *k)
{
	for (int i = 0; i < KEPT_KINDS; i++)
		keep_close(k->in[i]);
}

const char *
kept_name(enum kept_kind kind)
{
	return kinds[kind].name;
}
