#include "api/live_pack.h"

#include <stdlib.h>
#include <string.h>

/* With at NULL only counts. */
static size_t
put_text(char *at, size_t n, const char *text, size_t cap)
{
	size_t len = strnlen(text, cap - 1);

	if (at) {
		memcpy(at + n, text, len);
		at[n + len] = '\0';
	}
	return n + len + 1;
}

#define PUT(field) n = put_text(at, n, (field), sizeof(field))

static size_t
put_call(char *at, const struct live_call *c)
{
	size_t n = 0;

	PUT(c->call_id);
	PUT(c->caller.number);
	PUT(c->caller.name);
	PUT(c->caller.phone);
	PUT(c->called.number);
	PUT(c->called.name);
	PUT(c->called.phone);
	PUT(c->codec);
	for (uint32_t i = 0; i < c->ringing_count && i < LIVE_RINGING_MAX; i++)
		PUT(c->ringing[i]);
	for (uint32_t i = 0; i < c->reasons_count && i < LIVE_REASONS_MAX; i++)
		PUT(c->reasons[i]);
	return n;
}

static size_t
put_registration(char *at, const struct live_registration *r)
{
	size_t n = 0;

	PUT(r->contact);
	PUT(r->phone);
	PUT(r->source);
	PUT(r->transport);
	PUT(r->user_agent);
	return n;
}

static uint16_t
cut(uint32_t v)
{
	return v < UINT16_MAX ? (uint16_t)v : UINT16_MAX;
}

static struct packed_heard
pack_heard(const struct live_heard *h)
{
	return (struct packed_heard){.mos_x100 = cut(h->mos_x100),
	    .lost_x100 = cut(h->lost_x100),
	    .jitter_ms = cut(h->jitter_ms),
	    .delay_ms = cut(h->delay_ms),
	    .voice = (uint8_t)h->voice,
	    .encrypted = h->encrypted};
}

static struct live_heard
unpack_heard(const struct packed_heard *h)
{
	return (struct live_heard){.voice = (enum live_voice)h->voice,
	    .mos_x100 = h->mos_x100,
	    .lost_x100 = h->lost_x100,
	    .jitter_ms = h->jitter_ms,
	    .delay_ms = h->delay_ms,
	    .encrypted = h->encrypted};
}

struct packed_call *
live_pack_call(const struct live_call *c)
{
	struct packed_call *p = malloc(sizeof *p + put_call(NULL, c));

	if (!p)
		return NULL;
	*p = (struct packed_call){.started_at = c->started_at,
	    .answered_at = c->answered_at,
	    .caller_user = c->caller.user,
	    .called_user = c->called.user,
	    .heard_by_caller = pack_heard(&c->heard_by_caller),
	    .heard_by_called = pack_heard(&c->heard_by_called),
	    .recorded = c->recorded,
	    .state = (uint8_t)c->state,
	    .spoken = (uint8_t)c->spoken,
	    .ringing_count = (uint8_t)(c->ringing_count < LIVE_RINGING_MAX ? c->ringing_count
									   : LIVE_RINGING_MAX),
	    .reasons_count = (uint8_t)(c->reasons_count < LIVE_REASONS_MAX ? c->reasons_count
									   : LIVE_REASONS_MAX)};
	put_call(p->text, c);
	return p;
}

struct packed_registration *
live_pack_registration(const struct live_registration *r)
{
	struct packed_registration *p = malloc(sizeof *p + put_registration(NULL, r));

	if (!p)
		return NULL;
	*p = (struct packed_registration){.phone_id = r->phone_id,
	    .registered_at = r->registered_at,
	    .expires_at = r->expires_at,
	    .rtt_ms = r->rtt_ms,
	    .reachable = r->reachable};
	put_registration(p->text, r);
	return p;
}

/* The texts were cut to fit when they were packed. */
static const char *
get_text(const char *at, char *out)
{
	size_t n = strlen(at) + 1;

	memcpy(out, at, n);
	return at + n;
}

json_t *
packed_call_json(const void *packed)
{
	const struct packed_call *p = packed;
	struct live_call c = {.started_at = p->started_at,
	    .answered_at = p->answered_at,
	    .heard_by_caller = unpack_heard(&p->heard_by_caller),
	    .heard_by_called = unpack_heard(&p->heard_by_called),
	    .recorded = p->recorded,
	    .state = (enum live_call_state)p->state,
	    .spoken = (enum live_spoken)p->spoken,
	    .ringing_count = p->ringing_count,
	    .reasons_count = p->reasons_count};
	const char *at = get_text(p->text, c.call_id);

	c.caller.user = p->caller_user;
	c.called.user = p->called_user;
	at = get_text(at, c.caller.number);
	at = get_text(at, c.caller.name);
	at = get_text(at, c.caller.phone);
	at = get_text(at, c.called.number);
	at = get_text(at, c.called.name);
	at = get_text(at, c.called.phone);
	at = get_text(at, c.codec);
	for (uint32_t i = 0; i < c.ringing_count; i++)
		at = get_text(at, c.ringing[i]);
	for (uint32_t i = 0; i < c.reasons_count; i++)
		at = get_text(at, c.reasons[i]);
	return live_call_json(&c);
}

bool
packed_call_is_at(const void *packed, struct slice name)
{
	enum { CALLER = 3, CALLED = 6, RINGING = 8 }; /* places of the texts */
	const struct packed_call *p = packed;
	const char *at = p->text;
	char clipped[LIVE_PHONE_BYTES];

	slice_clip_cstr(name, clipped, sizeof clipped);
	for (int i = 0; i < RINGING + p->ringing_count; i++) {
		if ((i == CALLER || i == CALLED || i >= RINGING) && strcmp(at, clipped) == 0)
			return true;
		at += strlen(at) + 1;
	}
	return false;
}

json_t *
packed_registration_json(const void *packed)
{
	const struct packed_registration *p = packed;
	struct live_registration r = {.phone_id = p->phone_id,
	    .registered_at = p->registered_at,
	    .expires_at = p->expires_at,
	    .rtt_ms = p->rtt_ms,
	    .reachable = p->reachable};
	const char *at = get_text(p->text, r.contact);

	at = get_text(at, r.phone);
	at = get_text(at, r.source);
	at = get_text(at, r.transport);
	get_text(at, r.user_agent);
	return live_registration_json(&r);
}

struct slice
packed_registration_source(const void *packed)
{
	const char *at = ((const struct packed_registration *)packed)->text;

	at += strlen(at) + 1; /* contact */
	at += strlen(at) + 1; /* phone */
	return slice_cstr(at);
}
