/* Session descriptions: what we rewrite can be read again, has the same media, and
 * all of our addresses; a description is a fitting answer to itself. */
#include "fuzz.h"

#include "sip/sdp.h"

/* Line ends grow from LF to CR LF, and a c= line may be added. */
enum { ROUND_TRIP_MAX_BYTES = SDP_MAX_BYTES / 2, ROUND_TRIP_MAX_LINES = SDP_LINES_MAX - 1 };

static bool
small_enough(struct slice text)
{
	size_t lines = 0;

	for (size_t i = 0; i < text.n; i++)
		lines += text.p[i] == '\n';
	return text.n <= ROUND_TRIP_MAX_BYTES && lines < ROUND_TRIP_MAX_LINES;
}

static void
rewritten_is_ours(const struct sdp *s)
{
	static char mem[4 * SDP_MAX_BYTES];
	struct sdp_rewrite_params p = {
	    .local = {.family = 4, .ip = {192, 0, 2, 1}}, .session_id = 7, .version = UINT64_MAX};
	struct sdp again;
	struct buf b;

	for (size_t i = 0; i < SDP_MEDIA_MAX; i++)
		p.port[i] = s->media[i].port ? (uint16_t)(10000 + 2 * i) : 0;
	buf_init(&b, mem, sizeof mem);
	sdp_rewrite(&b, s, &p);
	PROMISE(buf_ok(&b));
	PROMISE(sdp_parse(&again, buf_slice(&b)) == ERR_OK);
	PROMISE(again.n_media == s->n_media);
	PROMISE(slice_eq(again.session_id, SLICE("7")));
	for (size_t i = 0; i < s->n_media; i++) {
		const struct sdp_media *was = &s->media[i], *is = &again.media[i];

		PROMISE(slice_eq(is->kind, was->kind) && slice_eq(is->proto, was->proto));
		PROMISE(slice_eq(is->formats, was->formats) && is->port == p.port[i]);
		PROMISE(addr_eq_ip(&is->addr, &p.local) && !is->rtcp_mux);
		if (is->port == 0)
			continue;
		PROMISE(is->rtcp.port == is->port + 1 && addr_eq_ip(&is->rtcp, &p.local));
		PROMISE(is->dir == was->dir && is->ptime_ms == was->ptime_ms);
		for (size_t nth = 0; nth < SDP_FORMATS_MAX; nth++)
			PROMISE(slice_eq(sdp_codec_name(is, nth), sdp_codec_name(was, nth)));
	}
}

/* Formats and keys are read without surprises; the chosen ones are written so that they can be read
 * again. */
static void
chosen_are_told(const struct sdp *s)
{
	static char mem[4 * SDP_MAX_BYTES];
	static struct sdp_choice choice;
	struct sdp_protection plain = {.proto = SLICE("RTP/AVP"), .apart = true};
	struct sdp_rewrite_params p = {
	    .local = {.family = 4, .ip = {192, 0, 2, 1}}, .session_id = 7, .version = 1};
	const struct sdp_media *m = &s->media[0];
	struct sdp_format again[SDP_FORMATS_MAX];
	struct slice text = m->text;
	struct sdp_crypto key;
	struct sdp read;
	struct buf b;

	while (sdp_crypto_take(&text, &key))
		PROMISE(key.n_key > 0 && key.n_key <= SDP_CRYPTO_KEY_MAX && key.suite.n);
	choice.n = sdp_formats(m, choice.format);
	PROMISE(choice.n > 0 && choice.n <= SDP_FORMATS_MAX);
	for (size_t i = 0; i < choice.n; i++)
		PROMISE(sdp_format_same(&choice.format[i], &choice.format[i]));
	choice.n = (choice.n + 1) / 2;
	choice.others = true;
	p.choice[0] = &choice;
	p.protection[0] = &plain;
	p.port[0] = 4000;
	buf_init(&b, mem, sizeof mem);
	sdp_rewrite(&b, s, &p);
	PROMISE(buf_ok(&b) && sdp_parse(&read, buf_slice(&b)) == ERR_OK);
	/* words that are blanks at the end of the line are none any more */
	PROMISE(sdp_formats(&read.media[0], again) == choice.n ||
		memchr(m->formats.p, '\t', m->formats.n));
	text = read.media[0].text;
	PROMISE(!sdp_crypto_take(&text, &key));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct slice text = slice_make(data, size);
	struct sdp s;

	if (sdp_parse(&s, text) != ERR_OK)
		return 0;
	(void)sdp_is_hold(&s);
	PROMISE(sdp_answer_check(&s, &s) == ERR_OK);
	if (small_enough(text))
		rewritten_is_ours(&s);
	if (small_enough(text) && s.n_media && s.media[0].port)
		chosen_are_told(&s);
	return 0;
}
