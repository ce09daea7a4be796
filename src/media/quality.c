#include "media/quality.h"

enum {
	PACKETS_MS = 20, /* what a phone collects before it sends */
	JITTER_BUFFER_MIN_MS = 20,
	JITTER_BUFFER_MAX_MS = 200,
};

/* G.113, appendix I: impairment of the codec itself, and how well it takes losses (with
 * concealment). Wide-band codecs are judged by the narrow-band scale. */
static const struct {
	struct slice name;
	double ie, bpl;
} codecs[] = {
    {{"PCMA", 4}, 0, 25.1},
    {{"PCMU", 4}, 0, 25.1},
    {{"G722", 4}, 0, 20},
    {{"opus", 4}, 0, 25},
    {{"G729", 4}, 11, 19},
    {{"GSM", 3}, 26, 43},
    {{"G723", 4}, 15, 16.1},
};

/* Impairments of codecs one behind the other add up (G.107); losses are borne as the worse of them
 * bears them. */
static void
find_codecs(struct slice names, double *ie, double *bpl)
{
	*ie = 0;
	*bpl = codecs[0].bpl;
	do {
		struct slice name = slice_take_until(&names, '/');

		for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++) {
			if (!slice_eq_nocase(codecs[i].name, name))
				continue;
			if (*ie == 0 || codecs[i].bpl < *bpl)
				*bpl = codecs[i].bpl;
			*ie += codecs[i].ie;
		}
	} while (names.n);
}

static double
delay_ms(const struct quality_heard *h)
{
	double buffer = 2 * h->jitter_us / 1000.0;

	if (buffer < JITTER_BUFFER_MIN_MS)
		buffer = JITTER_BUFFER_MIN_MS;
	if (buffer > JITTER_BUFFER_MAX_MS)
		buffer = JITTER_BUFFER_MAX_MS;
	return h->network_us / 1000.0 + buffer + PACKETS_MS;
}

/* G.107, 7.4 in the usual short form, and 7.5 with random losses. */
static double
rating(struct slice codec, const struct quality_heard *h)
{
	double d = delay_ms(h), ie, bpl;
	double loss = 100.0 * (double)h->lost / (double)(h->packets + h->lost);
	double id = 0.024 * d + (d > 177.3 ? 0.11 * (d - 177.3) : 0);

	find_codecs(codec, &ie, &bpl);
	return 93.2 - id - (ie + (95 - ie) * loss / (loss + bpl));
}

uint32_t
quality_mos_x100(struct slice codec, const struct quality_heard *h)
{
	double r, mos;

	if (h->packets < QUALITY_PACKETS_MIN)
		return 0;
	r = rating(codec, h);
	if (r <= 0)
		return 100;
	mos = 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6; /* annex B */
	return mos < 1 ? 100 : (uint32_t)(mos * 100 + 0.5);
}
