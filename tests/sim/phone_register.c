/* Registration: REGISTER, the challenge, REGISTER again, and so on at half time. */
#include <stdio.h>

#include "phone_int.h"

enum { RETRY_MS = 5000, TRIES_MAX = 4 };

static void send_register(struct phone *p, const struct sip_msg *challenge);

static void
on_timer(struct timer *t)
{
	send_register(container_of(t, struct phone, reg_timer), NULL);
}

static void
next_in(struct phone *p, uint32_t ms)
{
	if (!p->resting)
		timer_start(sim_timers(p->p.sim), &p->reg_timer, ms);
}

/* What a 200 must say of us: the contact, for how long, and the extensions we asked for. */
static void
check_answer(struct phone *p, const struct sip_msg *resp)
{
	char uri[64], text[ADDR_TEXT_MAX];
	struct sip_values it = {0};
	struct slice value, found;
	uint32_t expires_s = 0;

	snprintf(uri, sizeof uri, "sip:%s@%s", p->p.name, addr_text(&p->p.address, text));
	while (sip_msg_next_value(resp, SIP_HDR_CONTACT, &it, &value)) {
		struct sip_name_addr na;

		if (sip_name_addr_parse(&na, value) != ERR_OK ||
		    !slice_eq(na.uri_text, slice_cstr(uri)))
			continue;
		if (sip_param_find(na.params, SLICE("expires"), &found) &&
		    slice_to_u32(found, p->p.register_s, &expires_s) != ERR_OK)
			expires_s = 0;
		if (p->reg_outbound && !(sip_param_find(na.params, SLICE("reg-id"), NULL) &&
					   sip_param_find(na.params, SLICE("pub-gruu"), NULL) &&
					   sip_param_find(na.params, SLICE("temp-gruu"), NULL)))
			phone_broken(p, "a flow without reg-id or GRUU");
	}
	if (expires_s < p->p.register_s * 9 / 10)
		phone_broken(p, "registered for %u s", expires_s);
	if (p->reg_outbound != sip_msg_has_token(resp, SIP_HDR_REQUIRE, SLICE("outbound")))
		phone_broken(p, "outbound was not agreed on");
}

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	struct phone *p = user;

	if (resp->status < 200)
		return;
	sip_client_detach(tsx);
	p->reg_client = NULL;
	if (resp->status == 401 && p->reg_tries < TRIES_MAX) {
		p->reg_tries++;
		send_register(p, resp);
		return;
	}
	p->registered = resp->status / 100 == 2;
	/* 482: a stranger's copy of it was quicker */
	if (!p->registered && resp->status != 503 && resp->status != 482)
		phone_broken(p, "REGISTER was answered with %u", resp->status);
	if (p->registered)
		check_answer(p, resp);
	p->reg_tries = 0;
	next_in(p, p->registered ? p->p.register_s * 500 : RETRY_MS);
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	struct phone *p = user;

	p->registered = false;
	p->reg_tries = 0;
	next_in(p, RETRY_MS);
}

static void
on_gone(void *user, struct sip_client *tsx)
{
	struct phone *p = user;

	if (p->reg_client == tsx)
		p->reg_client = NULL;
}

static const struct sip_client_ops ops = {on_response, on_failed, on_gone};

static void
write_headers(struct phone *p, struct buf *b, struct slice uri, const struct sip_msg *challenge)
{
	char text[ADDR_TEXT_MAX], instance[80];

	snprintf(instance, sizeof instance,
	    ";+sip.instance=\"<urn:uuid:00000000-0000-4000-8000-%s>\";reg-id=1", p->p.name);
	buf_printf(b,
	    "From: <sip:%s@strowger>;tag=%s\r\nTo: <sip:%s@strowger>\r\nCall-ID: %s\r\n"
	    "CSeq: %u REGISTER\r\nContact: <sip:%s@%s>%s\r\nExpires: %u\r\n%s",
	    p->p.name, p->reg_tag, p->p.name, p->reg_call_id, ++p->reg_cseq, p->p.name,
	    addr_text(&p->p.address, text), p->reg_outbound ? instance : "", p->p.register_s,
	    p->reg_outbound ? "Supported: path, outbound, gruu\r\n" : "");
	if (challenge && !phone_authorize(p, b, challenge, SLICE("REGISTER"), uri))
		phone_broken(p, "401 without a challenge for us");
}

static void
send_register(struct phone *p, const struct sip_msg *challenge)
{
	char headers[2048], uri[ADDR_TEXT_MAX + 8], text[ADDR_TEXT_MAX];
	struct sip_flow flow = phone_flow(p);
	struct buf b;

	snprintf(uri, sizeof uri, "sip:%s", addr_text(&p->p.registrar, text));
	buf_init(&b, headers, sizeof headers);
	write_headers(p, &b, slice_cstr(uri), challenge);
	if (!buf_ok(&b) ||
	    sip_client_send(p->core, &flow,
		&(struct sip_request){
		    .method = SIP_REGISTER, .uri = slice_cstr(uri), .headers = buf_slice(&b)},
		&ops, p, &p->reg_client) != ERR_OK)
		phone_broken(p, "REGISTER could not be sent");
}

void
phone_register(struct phone *p)
{
	struct buf b;

	/* a phone that starts anew knows nothing of its former registration */
	buf_init(&b, p->reg_call_id, sizeof p->reg_call_id - 1);
	rng_token(&p->rng, &b, 24);
	p->reg_call_id[b.n] = '\0';
	buf_init(&b, p->reg_tag, sizeof p->reg_tag - 1);
	rng_token(&p->rng, &b, 8);
	p->reg_tag[b.n] = '\0';
	p->reg_cseq = 0;
	p->reg_outbound =
	    (p->p.seed >> 7 ^ p->next_port) & 1; /* it may come back with new firmware */
	p->reg_tries = 0;
	timer_init(&p->reg_timer, on_timer);
	send_register(p, NULL);
}
