/*
 * The guard under attackers who know how it works: any messages, requests, results, rules and
 * pauses in any order. Its tables stay within their limits, whoever is allowed by a rule is heard,
 * and when all are silent for a day nobody is blocked any more and nothing is held. The input is
 * a list of blocks: what happens, by whom, how many bytes, the bytes.
 */
#include "fuzz.h"

#include "base/hmap.h"
#include "base/log.h"
#include "security/guard.h"

enum { SOURCES_MAX = 8, BLOCKS_MAX = 400, WHO = 32, DAY_MS = 24 * 3600 * 1000 };

static struct timers timers;
static struct settings settings;
static struct guard *guard;
static size_t held; /* networks the imagined kernel drops */
static struct addr_net dropped[4096];

static void
on_block(void *ctx, const struct guard_block *b)
{
	PROMISE(b->reason < GUARD_REASONS_N && b->user_agent && b->for_ms > 0);
	PROMISE(settings.screening || !b->is_new);
}

static void
on_unblock(void *ctx, const struct addr_net *net)
{
	PROMISE(net->addr.family == 4 || net->addr.family == 6);
}

static void
on_hold(void *ctx, const struct addr_net *net, uint32_t seconds)
{
	size_t i = 0;

	while (i < held && !addr_net_eq(&dropped[i], net))
		i++;
	if (seconds == 0) {
		if (i < held)
			dropped[i] = dropped[--held];
	} else if (i == held) {
		PROMISE(held < sizeof dropped / sizeof dropped[0]);
		dropped[held++] = *net;
	}
}

static const struct guard_ops ops = {
    .on_block = on_block, .on_unblock = on_unblock, .on_hold = on_hold};

static struct sip_flow
flow_of(unsigned who)
{
	struct sip_flow f = {.transport = SIP_UDP,
	    .local = {.family = 4, .port = 5060, .ip = {192, 0, 2, 1}},
	    .remote = {.family = 4, .port = 5060, .ip = {198, 51, 100, (uint8_t)who}}};

	if (who % 2)
		f.remote = (struct addr){.family = 6,
		    .port = 5060,
		    .ip = {0x20, 1, 0x0d, 0xb8, [7] = (uint8_t)(who / 4), [15] = (uint8_t)who}};
	return f;
}

static void
ask(const struct sip_flow *flow, struct slice headers)
{
	static struct sip_msg m;
	static char text[1024];
	uint32_t after_s = 0;
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_lit(&b, "INVITE sip:100@h SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
		    "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\n");
	buf_put(&b, headers);
	buf_lit(&b, "\r\n\r\n");
	if (sip_msg_parse(&m, buf_slice(&b), NULL) != ERR_OK)
		return;
	if (guard_admit(guard, flow, &m, &after_s) == GUARD_REFUSE)
		PROMISE(after_s > 0);
}

static void
rule(const struct sip_flow *flow, uint8_t what, uint8_t bits, uint8_t for_10s)
{
	struct guard_rule r = {.net = {.addr = flow->remote,
				   .bits = flow->remote.family == 4 ? bits % 33 : bits % 129},
	    .action = (enum guard_action)(what % 3),
	    .automatic = what & 4,
	    .for_ms = (1u + for_10s) * 10000u};
	char text[ADDR_NET_TEXT_MAX];

	if (addr_net_parse(slice_cstr(addr_net_text(&r.net, text)), &r.net) != ERR_OK)
		return; /* bits behind the prefix are gone now */
	PROMISE(guard_set_rule(guard, &r) == ERR_OK);
	if (r.action == GUARD_RULE_ALLOW && r.net.bits == (flow->remote.family == 4 ? 32 : 128))
		PROMISE(flow->remote.family == 6 || guard_on_message(guard, flow));
}

static void
result(const struct sip_flow *flow, uint8_t event, struct slice name)
{
	guard_on_result(guard, flow,
	    &(struct guard_result){.event = (enum guard_event)(event % (GUARD_WEB_LOGIN + 1)),
		.name = name,
		.name_exists = event & 64,
		.user_agent = name});
}

static void
set(struct slice bytes)
{
	const uint8_t *p = (const uint8_t *)bytes.p;

	settings.screening = p[0] & 1;
	settings.screening_failures = 1 + p[0] / 16;
	settings.screening_block_h = 1 + p[1] % 24;
	settings.source_requests_per_s = 1 + p[2];
	guard_set_settings(guard, &settings);
}

static void
happens(uint8_t what, unsigned who, struct slice bytes)
{
	struct sip_flow flow = flow_of(who);
	const uint8_t *p = (const uint8_t *)bytes.p;

	if (what % 8 > 1 && bytes.n < 3)
		return;
	switch (what % 8) {
	case 0:
		for (size_t i = 0; i <= bytes.n; i++)
			(void)guard_on_message(guard, &flow);
		break;
	case 1: ask(&flow, bytes); break;
	case 2: result(&flow, p[0], slice_from(bytes, 1)); break;
	case 3:
		guard_on_transaction(guard, &flow.remote, p[0] & 1 ? 1 : -1);
		guard_on_dialog(guard, &flow.remote, p[1] & 1 ? 1 : -1);
		if (p[2] == 1)
			guard_trust(guard, &flow.remote);
		break;
	case 4:
		guard_on_load(guard, &(struct guard_load){.lag_ms = p[0] * 10u,
					 .queue_permille = p[1] * 4u,
					 .transactions = p[2],
					 .transactions_max = 255});
		break;
	case 5: rule(&flow, p[0], p[1], p[2]); break;
	case 6: set(bytes); break;
	case 7:
		timers_advance(&timers, timers_now_ms(&timers) + (p[0] | p[1] << 8) * 100ull);
		break;
	}
}

static void
tables_have_limits(void)
{
	const struct guard_counts *c = guard_get_counts(guard);

	PROMISE(c->strangers <= SOURCES_MAX && c->known <= SOURCES_MAX);
	PROMISE(c->blocked <= SOURCES_MAX);
}

static void
silence_heals(void)
{
	for (unsigned who = 0; who < WHO; who++) /* people take their rules back */
		for (unsigned bits = 0; bits <= 128; bits++)
			rule(&(struct sip_flow){.remote = flow_of(who).remote}, GUARD_RULE_NONE,
			    (uint8_t)bits, 0);
	for (int i = 0; i < 30; i++)
		timers_advance(&timers, timers_now_ms(&timers) + DAY_MS / 24);
	PROMISE(guard_get_counts(guard)->blocked == 0);
	PROMISE(held == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice rest = slice_make(data, size);

	log_set_level(LOG_FATAL);
	hash_seed(1, 2);
	timers_init(&timers, 1000);
	settings_init(&settings);
	held = 0;
	PROMISE(guard_new(&guard, &(struct guard_params){.timers = &timers,
				      .ops = &ops,
				      .settings = &settings,
				      .sources_max = SOURCES_MAX}) == ERR_OK);
	for (int i = 0; i < BLOCKS_MAX && rest.n >= 3; i++) {
		uint8_t what = (uint8_t)rest.p[0], who = (uint8_t)rest.p[1] % WHO;
		size_t n = (uint8_t)rest.p[2];

		rest = slice_from(rest, 3);
		n = n < rest.n ? n : rest.n;
		happens(what, who, slice_make(rest.p, n));
		tables_have_limits();
		rest = slice_from(rest, n);
	}
	silence_heals();
	guard_free(guard);
	return 0;
}
