/* sip/: plain requests that are challenged are asked again by the layer (RFC 3261, 22.2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "link.h"

static struct link l;
static int64_t asked_id;
static bool answerable;

static bool
challenged(void *ctx, int64_t id, const struct sip_msg *resp)
{
	assert_ptr_equal(ctx, &l);
	assert_true(resp->status == 401 || resp->status == 407);
	asked_id = id;
	return answerable;
}

static void
write_auth(void *ctx, int64_t id, struct buf *b, struct slice method, struct slice uri)
{
	buf_printf(b, "Authorization: Digest for %.*s %.*s\r\n", SLICE_FMT(method), SLICE_FMT(uri));
}

static const struct sip_auth_ops auth_ops = {challenged, write_auth};

static uint16_t heard[8];
static size_t n_heard, n_gone, n_failed;

static void
on_response(void *user, struct sip_client *tsx, const struct sip_msg *resp)
{
	assert_true(n_heard < 8);
	heard[n_heard++] = resp->status;
}

static void
on_failed(void *user, struct sip_client *tsx, enum err why)
{
	n_failed++;
}

static void
on_gone(void *user, struct sip_client *tsx)
{
	n_gone++;
}

static const struct sip_client_ops client_ops = {on_response, on_failed, on_gone};

static void
ask(enum sip_method m, struct sip_client **out)
{
	char text[1024];
	struct buf b;

	buf_init(&b, text, sizeof text);
	assert_int_equal(sip_client_send(l.end[LINK_A].core, &l.end[LINK_A].flow,
			     &(struct sip_request){.method = m,
				 .uri = SLICE("sip:b@provider"),
				 .headers = link_headers(&b, m, 1),
				 .content_type = SLICE("text/plain"),
				 .body = SLICE("the body"),
				 .auth = &auth_ops,
				 .auth_ctx = &l,
				 .auth_id = 42},
			     &client_ops, NULL, out),
	    ERR_OK);
}

static void
begin(bool can)
{
	link_init(&l, SIP_UDP, 0);
	l.delay_ms = 10;
	l.b_status = 401;
	answerable = can;
	asked_id = 0;
	n_heard = n_gone = n_failed = 0;
}

/* From here on B is content. */
static void
content_at(uint64_t ms)
{
	link_run_until(&l, ms);
	l.b_status = 200;
	link_run_until(&l, 100000);
}

static void
the_second_try_carries_credentials(void **state)
{
	const char *sent = l.last_sent[LINK_A];
	char first[512];

	begin(true);
	ask(SIP_OPTIONS, NULL);
	snprintf(first, sizeof first, "%.*s", (int)l.last_sent_n[LINK_A], sent);
	content_at(25);
	assert_int_equal(asked_id, 42);
	assert_int_equal(n_heard, 1);
	assert_int_equal(heard[0], 200);
	assert_int_equal(n_gone, 1);
	assert_int_equal(l.end[LINK_B].requests, 2);
	l.last_sent[LINK_A][l.last_sent_n[LINK_A]] = '\0';
	assert_non_null(strstr(sent, "\r\nAuthorization: Digest for OPTIONS sip:b@provider\r\n"));
	assert_non_null(strstr(sent, "\r\nCSeq: 2 OPTIONS\r\n"));
	assert_null(strstr(sent, "CSeq: 1"));
	assert_non_null(
	    strstr(sent, "\r\nContent-Type: text/plain\r\nContent-Length: 8\r\n\r\nthe body"));
	assert_null(strstr(strstr(sent, "Via: ") + 1, "Via: "));
	assert_memory_not_equal(strstr(sent, "z9hG4bK"), strstr(first, "z9hG4bK"), 23);
	assert_int_equal(sip_core_get_stats(l.end[LINK_A].core)->clients, 0);
	link_fini(&l);
}

static void
a_second_refusal_is_told(void **state)
{
	begin(true);
	ask(SIP_OPTIONS, NULL);
	link_run_until(&l, 100000);
	assert_int_equal(l.end[LINK_B].requests, 2);
	assert_int_equal(n_heard, 1);
	assert_int_equal(heard[0], 401);
	assert_int_equal(n_gone, 1);
	link_fini(&l);
}

static void
what_cannot_be_answered_is_told(void **state)
{
	begin(false);
	ask(SIP_OPTIONS, NULL);
	link_run_until(&l, 100000);
	assert_int_equal(l.end[LINK_B].requests, 1);
	assert_int_equal(heard[0], 401);
	link_fini(&l);
	begin(true); /* an INVITE is its user's business */
	ask(SIP_INVITE, NULL);
	link_run_until(&l, 100000);
	assert_int_equal(l.end[LINK_B].requests, 1);
	assert_int_equal(heard[0], 401);
	assert_int_equal(asked_id, 0);
	link_fini(&l);
}

/* Timer E and F count from the second try. */
static void
the_second_try_is_repeated_like_the_first(void **state)
{
	uint64_t at[32];

	begin(true);
	ask(SIP_OPTIONS, NULL);
	link_run_until(&l, 15);
	l.drop = LINK_REQUEST;
	link_run_until(&l, 100000);
	assert_true(link_sent(&l, LINK_A, "OPTIONS", at, 32) > 3);
	assert_int_equal(at[0], 0);
	assert_int_equal(at[1], 20);
	assert_int_equal(at[2], 520);
	assert_int_equal(n_failed, 1);
	assert_int_equal(n_heard, 0);
	assert_int_equal(n_gone, 1);
	link_fini(&l);
}

/* The user may lose interest before: the BYE of a leg that is gone still gets through. */
static void
nobody_needs_to_wait_for_it(void **state)
{
	struct sip_client *tsx;

	begin(true);
	ask(SIP_OPTIONS, &tsx);
	sip_client_detach(tsx);
	content_at(25);
	assert_int_equal(l.end[LINK_B].requests, 2);
	assert_int_equal(n_heard + n_gone, 0);
	link_fini(&l);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_second_try_carries_credentials),
	    cmocka_unit_test(a_second_refusal_is_told),
	    cmocka_unit_test(what_cannot_be_answered_is_told),
	    cmocka_unit_test(the_second_try_is_repeated_like_the_first),
	    cmocka_unit_test(nobody_needs_to_wait_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
