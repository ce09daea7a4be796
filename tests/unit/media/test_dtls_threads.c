/* media/dtls.c: one identity, connections on several threads at once, some of which outlive it. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/dtls_int.h"

enum { THREADS = 4, ROUNDS = 8, QUEUE_MAX = 16 };

struct pair {
	const struct dtls_identity *identity;
	struct dtls *end[2];
	size_t done, n;
	struct {
		size_t to, n;
		unsigned char bytes[DTLS_DATAGRAM_MAX_BYTES];
	} queue[QUEUE_MAX];
};

struct way {
	struct pair *pair;
	size_t to;
};

static void
on_send(void *ctx, struct slice bytes)
{
	struct way *w = ctx;
	struct pair *p = w->pair;

	if (p->n == QUEUE_MAX || bytes.n > sizeof p->queue[0].bytes)
		return;
	p->queue[p->n].to = w->to;
	p->queue[p->n].n = bytes.n;
	memcpy(p->queue[p->n++].bytes, bytes.p, bytes.n);
}

static void
call(struct pair *p)
{
	const struct sdp_fingerprint *f = dtls_identity_fingerprint(p->identity);
	struct way from[2] = {{p, 1}, {p, 0}};

	for (size_t i = 0; i < 2; i++)
		if (dtls_new(p->identity, i == 0, f, 0, &p->end[i]) != ERR_OK)
			return;
	dtls_start(p->end[0], on_send, &from[0]);
	for (size_t at = 0; at < p->n; at++)
		dtls_packet(p->end[p->queue[at].to], slice_make(p->queue[at].bytes, p->queue[at].n),
		    0, on_send, &from[p->queue[at].to]);
	p->n = 0;
	p->done += dtls_state(p->end[0]) == DTLS_DONE && dtls_state(p->end[1]) == DTLS_DONE;
}

static void *
run(void *arg)
{
	struct pair *p = arg;

	for (unsigned i = 0; i < ROUNDS; i++) {
		if (i) {
			dtls_free(p->end[0]);
			dtls_free(p->end[1]);
		}
		call(p);
	}
	return NULL;
}

static void
threads_share_an_identity(void **state)
{
	static struct pair pairs[THREADS];
	struct dtls_identity *identity;
	pthread_t thread[THREADS];

	assert_int_equal(dtls_identity_new(&identity), ERR_OK);
	for (size_t i = 0; i < THREADS; i++) {
		pairs[i].identity = identity;
		assert_int_equal(pthread_create(&thread[i], NULL, run, &pairs[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(thread[i], NULL), 0);
	dtls_identity_free(identity);
	for (size_t i = 0; i < THREADS; i++) {
		struct way from = {&pairs[i], 1};

		assert_int_equal(pairs[i].done, ROUNDS);
		dtls_close(pairs[i].end[0], on_send, &from);
		assert_int_equal(pairs[i].n, 1);
		dtls_free(pairs[i].end[0]);
		dtls_free(pairs[i].end[1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(threads_share_an_identity)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
