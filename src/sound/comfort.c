#include "sound/comfort.h"

#include <math.h>

enum { GLIDE_SAMPLES = 32, NEUTRAL = 127, N_MAX = 254 };

#define FULL_SCALE   32768.0F
#define STEP	     (258.0F / 32768.0F) /* of a coefficient: RFC 3389, 3.2 */
#define K_MAX	     0.98F		 /* a filter that rings no longer than some milliseconds */
#define GLIDE_K	     0.2F		 /* of the way, each GLIDE_SAMPLES */
#define GLIDE_RMS    (1.0F / 64)	 /* of the way, each sample */
#define WHITE	     1.0001F /* keeps the filter from being sharper than floats can say */
#define REMEMBER     0.75F   /* a piece of noise */
#define SILENT_POWER 0.1F

/* ---- from a payload ---- */

void
comfort_noise_init(struct comfort_noise *c, uint32_t seed)
{
	*c = (struct comfort_noise){.random = seed * 2654435761U | 1};
	for (int i = 0; i < COMFORT_ORDER_MAX; i++)
		c->cosine[i] = 1;
}

bool
comfort_noise_take(struct comfort_noise *c, struct slice payload, bool spectrum)
{
	unsigned level;

	if (!payload.n)
		return false;
	level = (unsigned char)payload.p[0] & COMFORT_LEVEL_MAX;
	c->rms_wanted = level == COMFORT_LEVEL_MAX ? 0 : FULL_SCALE * powf(10, -(float)level / 20);
	for (size_t i = 0; i < COMFORT_ORDER_MAX; i++) {
		int n = spectrum && i + 1 < payload.n ? (unsigned char)payload.p[i + 1] : NEUTRAL;

		c->k_wanted[i] = fmaxf(-K_MAX, fminf(K_MAX, STEP * (float)(n - NEUTRAL)));
	}
	return true;
}

/* White, of power 1: the sum of two even ones, each of power 1/2. */
static float
white(struct comfort_noise *c)
{
	uint32_t x = c->random;
	int32_t a, b;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	c->random = x;
	a = (int16_t)(x >> 16);
	b = (int16_t)(x & 0xffff);
	return (float)(a + b) * (1.2247449F / FULL_SCALE); /* the square root of 3/2 */
}

static void
glide(struct comfort_noise *c)
{
	for (int i = 0; i < COMFORT_ORDER_MAX; i++) {
		c->k[i] += GLIDE_K * (c->k_wanted[i] - c->k[i]);
		c->cosine[i] = sqrtf(1 - c->k[i] * c->k[i]);
	}
}

/* The normalised lattice: each stage only turns, so that whatever the coefficients are, and however
 * they change, what comes out is as loud as what goes in. */
static float
shape(struct comfort_noise *c, float f)
{
	for (int m = COMFORT_ORDER_MAX - 1; m >= 0; m--) {
		float b = c->back[m], forward = f;

		f = c->cosine[m] * forward - c->k[m] * b;
		if (m + 1 < COMFORT_ORDER_MAX)
			c->back[m + 1] = c->k[m] * forward + c->cosine[m] * b;
	}
	c->back[0] = f;
	return f;
}

void
comfort_noise_make(struct comfort_noise *c, int16_t *pcm, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		float v;

		if (c->at++ % GLIDE_SAMPLES == 0)
			glide(c);
		c->rms += GLIDE_RMS * (c->rms_wanted - c->rms);
		v = c->rms * shape(c, white(c));
		pcm[i] = (int16_t)lrintf(fmaxf(INT16_MIN, fminf(INT16_MAX, v)));
	}
}

/* ---- to a payload ---- */

void
comfort_meter_init(struct comfort_meter *m)
{
	*m = (struct comfort_meter){0};
}

void
comfort_meter_hear(struct comfort_meter *m, const int16_t *pcm, size_t n)
{
	float keep = m->known ? REMEMBER : 0;

	if (n <= COMFORT_ORDER)
		return;
	for (size_t lag = 0; lag <= COMFORT_ORDER; lag++) {
		float sum = 0;

		for (size_t i = lag; i < n; i++)
			sum += (float)pcm[i] * (float)pcm[i - lag];
		m->r[lag] = keep * m->r[lag] + (1 - keep) * sum / (float)n;
	}
	m->known = true;
}

/* Levinson and Durbin; signs as in ITU-T G.729: neighbours that are alike make the first
 * coefficient negative. */
static void
reflect(const float r[COMFORT_ORDER + 1], float k[COMFORT_ORDER])
{
	float a[COMFORT_ORDER + 1] = {1}, error = r[0] * WHITE;

	for (int m = 1; m <= COMFORT_ORDER; m++) {
		float sum = r[m];

		for (int i = 1; i < m; i++)
			sum += a[i] * r[m - i];
		k[m - 1] = fmaxf(-K_MAX, fminf(K_MAX, -sum / error));
		a[m] = k[m - 1];
		for (int i = 1; i <= m / 2; i++) {
			float low = a[i], high = a[m - i];

			a[i] = low + k[m - 1] * high;
			a[m - i] = high + k[m - 1] * low;
		}
		error *= 1 - k[m - 1] * k[m - 1];
	}
}

size_t
comfort_meter_say(const struct comfort_meter *m, unsigned char out[COMFORT_PAYLOAD_MAX])
{
	float k[COMFORT_ORDER];
	float level;

	out[0] = COMFORT_LEVEL_MAX;
	if (m->r[0] < SILENT_POWER)
		return 1;
	level = -10 * log10f(m->r[0] / (FULL_SCALE * FULL_SCALE));
	out[0] = (unsigned char)lrintf(fmaxf(0, fminf(COMFORT_LEVEL_MAX - 1, level)));
	reflect(m->r, k);
	for (int i = 0; i < COMFORT_ORDER; i++)
		out[1 + i] = (unsigned char)fmaxf(0, fminf(N_MAX, rintf(k[i] / STEP) + NEUTRAL));
	return COMFORT_PAYLOAD_MAX;
}
