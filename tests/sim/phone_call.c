/* A phone's call: its life, its dialog, the messages it writes. */
#include <stdio.h>
#include <stdlib.h>

#include "phone_int.h"

enum { SDP_TEXT_MAX = 512 };

struct phone_call *
pc_new(struct phone *p, bool outgoing)
{
	struct phone_call *c = calloc(1, sizeof *c);

	if (!c)
		abort();
	c->phone = p;
	c->outgoing = outgoing;
	c->state = outgoing ? PC_DIALLING : PC_ASKED;
	c->port = p->next_port;
	p->next_port += 2;
	arena_init(&c->arena, "phone call", 1024, 64 * 1024);
	timer_init(&c->act, NULL);
	timer_init(&c->limit, NULL);
	timer_init(&c->answer, NULL);
	timer_init(&c->again, NULL);
	timer_init(&c->refresh, NULL);
	timer_init(&c->finger, NULL);
	list_push(&p->calls, &c->link);
	return c;
}

static void
stop_timers(struct phone_call *c)
{
	timer_stop(&c->act);
	timer_stop(&c->limit);
	timer_stop(&c->answer);
	timer_stop(&c->again);
	timer_stop(&c->refresh);
	timer_stop(&c->finger);
}

void
pc_start(struct phone_call *c, struct timer *t, void (*cb)(struct timer *t), uint64_t ms)
{
	timer_stop(t);
	t->cb = cb;
	timer_start(sim_timers(c->phone->p.sim), t, ms);
}

void
pc_free(struct phone_call *c)
{
	stop_timers(c);
	arena_fini(&c->arena);
	free(c);
}

void
pc_over(struct phone_call *c)
{
	struct phone *p = c->phone;

	if (c->state == PC_OVER)
		return;
	if (c->in_pending)
		pc_respond(c, 487, false);
	c->state = PC_OVER;
	if (c->outgoing && !c->told)
		phone_broken(p, "a call of ours ended before its INVITE");
	if (c->invite_out)
		sip_client_detach(c->invite_out);
	if (c->refer_out)
		sip_client_detach(c->refer_out);
	if (c->update_out)
		sip_client_detach(c->update_out);
	if (c->invite_in)
		sip_server_attach(c->invite_in, NULL, NULL);
	c->refer_out = NULL;
	c->update_out = NULL;
	c->invite_out = NULL;
	c->invite_in = NULL;
	stop_timers(c);
	sip_dialog_fini(&c->dialog);
	list_remove(&c->link);
	list_push(&p->dead, &c->link);
	timer_start(sim_timers(p->p.sim), &p->reaper, 0);
}

void
pc_outcome(struct phone_call *c, uint16_t status, bool failed)
{
	if (c->told)
		phone_broken(c->phone, "an INVITE ended twice (%u)", status);
	c->told = true;
	c->phone->p.ops->on_outcome(
	    c->phone->p.ctx, &(struct phone_outcome){.sip_call_id = c->dialog.call_id,
				 .status = status,
				 .failed = failed,
				 .replacing = c->picks_up || c->replaces.text[0] != '\0',
				 .gave_up = c->cancelled && status == 401});
}

/* ---- SDP ---- */

/* PCMU 0, PCMA 8, G722 9: most phones have a codec in common, some need a translation. */
static unsigned
speaks(const struct phone *p)
{
	static const unsigned sets[] = {1u << 8 | 1u << 0, 1u << 8, 1u << 0, 1u << 9};

	return sets[p->p.seed / 2 % 4];
}

/* Some would rather encrypt; the others cannot. */
static bool
encrypts(const struct phone *p)
{
	return p->p.seed / 8 % 3 == 0;
}

bool
pc_speaks(const struct phone_call *c)
{
	return (speaks(c->phone) & c->named) && (!c->encrypted || encrypts(c->phone));
}

static void
write_key(struct phone_call *c, struct buf *b)
{
	struct sdp_crypto key = {
	    .tag = c->key_tag, .suite = SLICE("AES_CM_128_HMAC_SHA1_80"), .n_key = 30};

	memset(key.key, (int)(c->port & 0xff), key.n_key);
	sdp_crypto_write(b, &key);
}

void
pc_write_sdp(struct phone_call *c, struct buf *b, bool answer)
{
	static const char *const directions[2][2] = {
	    {"sendrecv", "recvonly"}, {"sendonly", "inactive"}};
	unsigned codecs = answer ? speaks(c->phone) & c->named : speaks(c->phone);
	bool encrypted = answer ? c->encrypted : encrypts(c->phone);
	char ip[ADDR_TEXT_MAX];
	struct buf text;

	if (!answer)
		c->key_tag = 3;
	buf_init(&text, ip, sizeof ip - 1);
	addr_write_ip(&text, &c->phone->p.address);
	ip[text.n] = '\0';
	buf_printf(b,
	    "v=0\r\no=- %u %u IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
	    "m=audio %u RTP/%s%s%s%s\r\na=%s\r\n",
	    c->port, ++c->sdp_version, ip, ip, c->port, encrypted ? "SAVP" : "AVP",
	    codecs & 1u << 8 ? " 8" : "", codecs & 1u << 0 ? " 0" : "",
	    codecs & 1u << 9 ? " 9" : "", directions[c->holding][c->held]);
	if (encrypted)
		write_key(c, b);
}

static void
note_codecs(struct phone_call *c, const struct sdp_media *m)
{
	struct sdp_format f[SDP_FORMATS_MAX];

	struct slice text = m->text;
	struct sdp_crypto key;

	c->encrypted = sdp_is_srtp(m);
	c->key_tag = 0;
	while (sdp_crypto_take(&text, &key))
		if (slice_eq(key.suite, SLICE("AES_CM_128_HMAC_SHA1_80")))
			c->key_tag = key.tag;
	if (c->encrypted && !c->key_tag)
		phone_broken(c->phone, "encrypted, without a key that we know");
	c->named = 0;
	c->n_named = (unsigned)sdp_formats(m, f);
	for (unsigned i = 0; i < c->n_named; i++) {
		uint32_t pt;

		if (slice_to_u32(f[i].number, 31, &pt) == ERR_OK)
			c->named |= 1u << pt;
	}
}

void
pc_take_sdp(struct phone_call *c, const struct sip_msg *m, const char *where)
{
	const struct addr *pbx = &c->phone->p.registrar;
	struct sdp sdp;

	if (sdp_parse(&sdp, m->body) != ERR_OK || sdp.n_media != 1) {
		phone_broken(c->phone, "no usable SDP in %s", where);
		return;
	}
	if (sdp.media[0].port == 0 && (m->method == SIP_ACK || m->method == SIP_PRACK))
		return; /* refused; the BYE follows */
	/* once the call is up, to another phone of the office, and only in plain */
	if (sdp.media[0].port == 0 || (!addr_eq_ip(&sdp.media[0].addr, pbx) &&
					  (c->state != PC_UP || sdp_is_srtp(&sdp.media[0]))))
		phone_broken(c->phone, "the SDP in %s leads nowhere", where);
	note_codecs(c, &sdp.media[0]);
	/* the first INVITE may be refused, and comes again with codecs of the switch */
	if (!pc_speaks(c) && c->state != PC_ASKED)
		phone_broken(c->phone, "nothing that we speak in %s", where);
	c->remote = sdp.media[0].addr;
	c->remote.port = sdp.media[0].port;
	c->held = sdp.media[0].dir == SDP_SENDONLY || sdp.media[0].dir == SDP_INACTIVE;
}

/* ---- messages ---- */

void
pc_write_contact(const struct phone_call *c, struct buf *b)
{
	char text[ADDR_TEXT_MAX];

	buf_printf(
	    b, "Contact: <sip:%s@%s>\r\n", c->phone->p.name, addr_text(&c->phone->p.address, text));
	if (phone_updates(c->phone))
		buf_lit(b, "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, INFO, PRACK, UPDATE\r\n");
}

enum err
pc_send_key(struct phone_call *c, char key)
{
	char headers[1024], text[64];
	struct sip_client *info;
	struct buf h, body;

	buf_init(&h, headers, sizeof headers);
	buf_init(&body, text, sizeof text);
	sip_dialog_write_headers(&c->dialog, &h, SIP_INFO, 0);
	buf_printf(&body, "Signal=%c\r\nDuration=100\r\n", key);
	if (!buf_ok(&h) || !buf_ok(&body))
		return ERR_TOO_BIG;
	return sip_client_send(c->phone->core, &c->dialog.flow,
	    &(struct sip_request){.method = SIP_INFO,
		.uri = sip_dialog_uri(&c->dialog),
		.headers = buf_slice(&h),
		.content_type = SLICE("application/dtmf-relay"),
		.body = buf_slice(&body)},
	    NULL, c, &info);
}

enum err
pc_request(struct phone_call *c, enum sip_method m, struct slice extra, bool with_sdp,
    const struct sip_client_ops *ops, struct sip_client **out)
{
	char headers[4096], sdp[SDP_TEXT_MAX];
	struct buf h, body;
	uint32_t cseq;

	buf_init(&h, headers, sizeof headers);
	buf_init(&body, sdp, sizeof sdp);
	cseq = sip_dialog_write_headers(&c->dialog, &h, m, 0);
	if (m == SIP_INVITE) {
		pc_write_contact(c, &h);
		c->out_cseq = cseq;
	}
	buf_put(&h, extra);
	if (with_sdp)
		pc_write_sdp(c, &body, m == SIP_PRACK);
	if (!buf_ok(&h) || !buf_ok(&body))
		return ERR_TOO_BIG;
	return sip_client_send(c->phone->core, &c->dialog.flow,
	    &(struct sip_request){.method = m,
		.uri = sip_dialog_uri(&c->dialog),
		.headers = buf_slice(&h),
		.content_type = with_sdp ? SLICE("application/sdp") : SLICE(""),
		.body = buf_slice(&body)},
	    ops, c, out);
}

void
pc_ack(struct phone_call *c, bool with_sdp)
{
	char headers[4096], sdp[SDP_TEXT_MAX];
	struct buf h, body;

	buf_init(&h, headers, sizeof headers);
	buf_init(&body, sdp, sizeof sdp);
	sip_dialog_write_headers(&c->dialog, &h, SIP_ACK, c->out_cseq);
	if (with_sdp)
		pc_write_sdp(c, &body, true);
	if (!buf_ok(&h) || !buf_ok(&body) ||
	    sip_core_send_ack(c->phone->core, &c->dialog.flow,
		&(struct sip_request){.method = SIP_ACK,
		    .uri = sip_dialog_uri(&c->dialog),
		    .headers = buf_slice(&h),
		    .content_type = with_sdp ? SLICE("application/sdp") : SLICE(""),
		    .body = buf_slice(&body)}) != ERR_OK)
		phone_broken(c->phone, "ACK could not be sent");
}

void
pc_respond(struct phone_call *c, uint16_t status, bool with_sdp)
{
	char headers[512], sdp[SDP_TEXT_MAX];
	struct buf h, body;

	buf_init(&h, headers, sizeof headers);
	buf_init(&body, sdp, sizeof sdp);
	pc_write_contact(c, &h);
	if (with_sdp)
		pc_write_sdp(c, &body, !c->in_late);
	if (sip_server_respond(
		c->invite_in, &(struct sip_response){.status = status,
				  .headers = buf_slice(&h),
				  .content_type = with_sdp ? SLICE("application/sdp") : SLICE(""),
				  .body = buf_slice(&body)}) != ERR_OK)
		phone_broken(c->phone, "%u could not be sent", status);
	if (status == 200)
		c->agreed_holding = c->holding;	  /* its SDP says so */
	if (status >= 300 && c->state == PC_UP) { /* all stays as it was */
		c->remote = c->agreed;
		c->held = c->agreed_held;
	}
	if (status >= 200) {
		c->in_pending = false;
		c->ack_due = status < 300;
		timer_stop(&c->answer);
	}
}

void
pc_tell_ending(struct phone_call *c, bool by_switch)
{
	c->phone->p.ops->on_ending(
	    c->phone->p.ctx, &(struct phone_ending){.sip_call_id = c->dialog.call_id,
				 .up_ms = c->up_ms,
				 .by_switch = by_switch,
				 .gives = c->gives});
}

void
pc_bye(struct phone_call *c)
{
	struct sip_client *bye;

	if (c->state != PC_UP)
		return;
	pc_tell_ending(c, false);
	if (c->ack_due) { /* RFC 3261, 15: not before the ACK */
		c->bye_wanted = true;
		return;
	}
	if (pc_request(c, SIP_BYE, SLICE(""), false, NULL, &bye) != ERR_OK)
		phone_broken(c->phone, "BYE could not be sent");
	pc_over(c);
}
