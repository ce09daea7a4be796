/*
 * Headers of a SUBSCRIBE: whatever they are, there is one answer; a 200 brings a NOTIFY that is
 * SIP and whose body is XML; the subscription can be refreshed, kept and restored. The first byte
 * chooses the package, the rest are header lines.
 */
#include "fuzz.h"

#include <expat.h>

#include "presence/presence.h"

struct directory {
	struct settings settings;
	struct dir_user user;
	struct dir_phone phone;
};

static const struct dir_user *const users[1];
static struct directory dir;
static struct timers timers;
static struct presence *presence;
static unsigned responses, notifies;
static uint16_t status;
static char to_tag[64], kept[PRESENCE_KEPT_MAX_BYTES];
static size_t kept_n;

const struct settings *
dir_settings(const struct directory *d)
{
	return &d->settings;
}

const struct dir_phone *
dir_phone_by_id(const struct directory *d, int64_t id)
{
	return id == 1 ? &d->phone : NULL;
}

const struct dir_phone *
dir_phone_by_name(const struct directory *d, struct slice name)
{
	return slice_eq(name, d->phone.name) ? &d->phone : NULL;
}

const struct dir_group *
dir_group_by_code(const struct directory *d, struct slice code)
{
	return NULL;
}

const struct dir_user *
dir_user_by_id(const struct directory *d, int64_t id)
{
	return id == 1 ? &d->user : NULL;
}

const struct dir_user *
dir_user_by_number(const struct directory *d, struct slice number)
{
	return slice_eq(number, SLICE("101")) ? &d->user : NULL;
}

static void
keep(void *ctx, uint32_t *handle, struct slice value)
{
	PROMISE(value.n <= sizeof kept);
	memcpy(kept, value.p, value.n);
	kept_n = value.n;
	*handle = 1;
}

static void
forget(void *ctx, uint32_t handle)
{
}

static void
on_subscription(void *ctx, const struct live_subscription *s, bool removed)
{
}

static size_t
contacts(void *ctx, int64_t phone_id, struct presence_contact *out, size_t max)
{
	return 0;
}

static enum err
local_for(void *ctx, enum sip_transport t, const struct addr *remote, struct addr *local)
{
	return addr_parse(SLICE("192.0.2.1:5060"), 0, local);
}

static int64_t
wall_ms(void *ctx)
{
	return 1700000000000;
}

static const struct presence_ops presence_ops = {.keep = keep,
    .forget = forget,
    .on_subscription = on_subscription,
    .contacts = contacts,
    .local_for = local_for,
    .wall_ms = wall_ms};

static void
check_body(const struct sip_msg *m)
{
	struct slice type = sip_msg_value(m, SIP_HDR_CONTENT_TYPE);
	XML_Parser parser;

	if (m->body.n == 0 || !memmem(type.p, type.n, "+xml", 4))
		return;
	parser = XML_ParserCreateNS(NULL, '|');
	PROMISE(parser);
	PROMISE(XML_Parse(parser, m->body.p, (int)m->body.n, XML_TRUE) == XML_STATUS_OK);
	XML_ParserFree(parser);
}

static void
core_send(void *ctx, const struct sip_flow *flow, struct slice bytes)
{
	static struct sip_msg m;

	if (sip_msg_parse(&m, bytes, NULL) != ERR_OK) {
		/* Of a request that is none, the answer repeats what there is. */
		PROMISE(slice_starts(bytes, SLICE("SIP/2.0 ")) && bytes.p[8] >= '4');
		responses++;
		status = 400;
		return;
	}
	if (m.is_request) {
		PROMISE(m.method == SIP_NOTIFY);
		notifies++;
		check_body(&m);
		return;
	}
	responses++;
	status = m.status;
	slice_clip_cstr(m.to.tag, to_tag, sizeof to_tag);
}

static void
on_request(void *ctx, struct sip_server *tsx, const struct sip_msg *req)
{
	if (req->to.tag.n == 0)
		presence_on_subscribe(presence, tsx, req, &dir.phone);
	else if (!presence_on_in_dialog(presence, tsx, req))
		sip_server_reject(tsx, 481, SLICE(""));
}

static void
on_ack(void *ctx, const struct sip_msg *ack, const struct sip_flow *flow)
{
}

static const struct sip_core_ops core_ops = {
    .send = core_send, .on_request = on_request, .on_ack = on_ack};

static void
ask(struct sip_core *core, const struct sip_flow *flow, unsigned cseq, const char *tag,
    const char *event, struct slice headers)
{
	static char text[12000];
	int n = snprintf(text, sizeof text,
	    "SUBSCRIBE sip:101@192.0.2.1 SIP/2.0\r\n"
	    "Via: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK%u\r\nFrom: <sip:p1@h>;tag=f\r\n"
	    "To: <sip:101@192.0.2.1>%s\r\nCall-ID: c\r\nCSeq: %u SUBSCRIBE\r\nEvent: "
	    "%s%.*s\r\n\r\n",
	    cseq, tag, cseq, event, SLICE_FMT(headers));

	PROMISE(n > 0 && (size_t)n < sizeof text);
	responses = 0;
	status = 0;
	sip_core_on_message(core, flow, slice_make(text, (size_t)n));
	PROMISE(responses <= 1);
}

static void
open_presence(struct sip_core *core, struct rng *rng)
{
	PROMISE(presence_new(&presence, &(struct presence_params){.core = core,
					    .timers = &timers,
					    .rng = rng,
					    .ops = &presence_ops,
					    .dir = &dir}) == ERR_OK);
}

static void
converse(struct sip_core *core, const struct sip_flow *flow, const char *event, struct slice text)
{
	char tag[80];

	notifies = 0;
	ask(core, flow, 1, "", event, text);
	PROMISE(notifies == (status == 200));
	if (status != 200)
		return;
	snprintf(tag, sizeof tag, ";tag=%s", to_tag);
	presence_on_dialog(presence, &(struct call_dialog_event){.user = 1,
					 .id = 1,
					 .state = CALL_DIALOG_EARLY,
					 .call_id = text,
					 .remote_number = text,
					 .remote_name = text});
	timers_advance(&timers, timers_now_ms(&timers) + 1000);
	ask(core, flow, 2, tag, event, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const events[] = {"dialog", "presence", "message-summary", "reg"};
	struct sip_flow flow = {.transport = SIP_UDP};
	struct sip_core *core;
	struct rng rng;

	if (size < 1 || size > 4000 ||
	    addr_parse(SLICE("192.0.2.1:5060"), 0, &flow.local) != ERR_OK ||
	    addr_parse(SLICE("192.0.2.7:5060"), 0, &flow.remote) != ERR_OK)
		return 0;
	dir.user = (struct dir_user){.id = 1, .enabled = true, .primary_number = SLICE("101")};
	dir.phone =
	    (struct dir_phone){.id = 1, .name = SLICE("p1"), .enabled = true, .users = users};
	timers_init(&timers, 1000);
	rng_init_seed(&rng, 1);
	PROMISE(sip_core_new(&core,
		    &(struct sip_core_params){.timers = &timers, .rng = &rng, .ops = &core_ops}) ==
		ERR_OK);
	open_presence(core, &rng);
	kept_n = 0;
	converse(core, &flow, events[data[0] % 4], slice_make(data + 1, size - 1));
	presence_free(presence);
	open_presence(core, &rng);
	if (kept_n) {
		PROMISE(presence_restore(presence, 1, slice_make(kept, kept_n)) == ERR_OK);
		timers_advance(&timers, timers_now_ms(&timers) + 10000);
	} else {
		(void)!presence_restore(presence, 1, slice_make(data, size));
	}
	presence_free(presence);
	sip_core_free(core);
	return 0;
}
