/* media/ice.c: checks of a peer are answered and move it, those of others do not. The checks are
 * made here, byte by byte, and sealed by OpenSSL directly. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/hmac.h>

#include "media/ice_int.h"

enum { USE_CANDIDATE = 0x0025, ICE_CONTROLLED = 0x8029, ICE_CONTROLLING = 0x802a };

static struct {
	struct ice ice;
	struct ice_credentials ours;
	char bytes[600], said[STUN_CHECK_ANSWER_MAX_BYTES];
	struct buf check, answer;
	unsigned id;
} t;

static int
setup(void **state)
{
	struct rng rng;

	memset(&t, 0, sizeof t);
	rng_init_seed(&rng, 1);
	ice_credentials_make(&t.ours, &rng);
	ice_init(&t.ice, &t.ours);
	assert_int_equal(ice_set_peer(&t.ice, SLICE("theirs")), ERR_OK);
	return 0;
}

static struct addr
address(struct slice text)
{
	struct addr a;

	assert_int_equal(addr_parse(text, 0, &a), ERR_OK);
	return a;
}

/* ---- making checks ---- */

static void
put_u16(unsigned v)
{
	buf_char(&t.check, (char)(v >> 8));
	buf_char(&t.check, (char)v);
}

static void
attribute(unsigned type, struct slice value)
{
	put_u16(type);
	put_u16((unsigned)value.n);
	buf_put(&t.check, value);
	while (t.check.n % 4)
		buf_char(&t.check, 0);
}

static void
set_length(size_t more)
{
	size_t n = t.check.n - 20 + more;

	t.bytes[2] = (char)(n >> 8);
	t.bytes[3] = (char)n;
}

static void
begin(unsigned id)
{
	static const char head[] = "\0\1\0\0\x21\x12\xa4\x42-check-";

	buf_init(&t.check, t.bytes, sizeof t.bytes);
	buf_put(&t.check, slice_make(head, 15));
	buf_printf(&t.check, "%05u", id);
	assert_int_equal(t.check.n, 20);
}

static void
username(struct slice ours, struct slice theirs)
{
	char text[100];
	struct buf b;

	buf_init(&b, text, sizeof text);
	buf_put(&b, ours);
	buf_char(&b, ':');
	buf_put(&b, theirs);
	attribute(0x0006, buf_slice(&b));
}

static void
integrity(struct slice pwd)
{
	unsigned char mac[20];
	unsigned int n = 0;

	set_length(24);
	assert_non_null(
	    HMAC(EVP_sha1(), pwd.p, (int)pwd.n, (unsigned char *)t.bytes, t.check.n, mac, &n));
	attribute(0x0008, slice_make(mac, sizeof mac));
}

static void
fingerprint(void)
{
	uint32_t crc = UINT32_MAX;

	set_length(8);
	for (size_t i = 0; i < t.check.n; i++) {
		crc ^= (uint8_t)t.bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	crc = ~crc ^ 0x5354554eu;
	put_u16(0x8028);
	put_u16(4);
	put_u16(crc >> 16);
	put_u16(crc & 0xffff);
}

static struct slice
our_ufrag(void)
{
	return slice_make(t.ours.ufrag, sizeof t.ours.ufrag);
}

static struct slice
our_pwd(void)
{
	return slice_make(t.ours.pwd, sizeof t.ours.pwd);
}

/* As browsers make them. */
static void
make_check(unsigned id, bool nominate)
{
	begin(id);
	username(our_ufrag(), SLICE("theirs"));
	attribute(0xc057, SLICE("\0\1\0\12")); /* network cost */
	attribute(ICE_CONTROLLING, SLICE("12345678"));
	if (nominate)
		attribute(USE_CANDIDATE, SLICE(""));
	attribute(0x0024, SLICE("\x6e\x7f\x1e\xff"));
	integrity(our_pwd());
	fingerprint();
}

static enum ice_verdict
give(struct slice from, uint64_t now_us)
{
	struct addr a = address(from);

	buf_init(&t.answer, t.said, sizeof t.said);
	return ice_packet(&t.ice, buf_slice(&t.check), &a, now_us, &t.answer);
}

/* ---- what must be true ---- */

static void
assert_peer(struct slice text)
{
	struct addr a = address(text);

	assert_non_null(ice_peer(&t.ice));
	assert_true(addr_eq(ice_peer(&t.ice), &a));
}

static void
assert_protected(void)
{
	unsigned char mac[20];
	unsigned int n = 0;
	char copy[STUN_CHECK_ANSWER_MAX_BYTES];

	assert_in_range(t.answer.n, 20 + 24 + 8, sizeof copy);
	memcpy(copy, t.said, t.answer.n);
	copy[3] = (char)(copy[3] - 8); /* without the fingerprint */
	assert_non_null(HMAC(EVP_sha1(), t.ours.pwd, sizeof t.ours.pwd, (unsigned char *)copy,
	    t.answer.n - 8 - 24, mac, &n));
	assert_memory_equal(copy + t.answer.n - 8 - 20, mac, sizeof mac);
}

static struct stun_message
answer(void)
{
	struct stun_message m;

	assert_int_equal(stun_parse(buf_slice(&t.answer), &m), ERR_OK);
	assert_memory_equal(m.id, t.bytes + 8, STUN_ID_BYTES);
	return m;
}

static void
assert_success(struct slice from)
{
	struct addr a = address(from);
	struct stun_message m = answer();

	assert_int_equal(m.type, STUN_RESPONSE);
	assert_true(m.has_fingerprint);
	assert_true(addr_eq(&m.mapped, &a));
	assert_protected();
}

static void
assert_refused(unsigned code, bool known)
{
	struct stun_message m = answer();

	assert_int_equal(m.type, STUN_ERROR);
	assert_int_equal(m.error, code);
	if (known)
		assert_protected();
	else
		assert_in_range(t.answer.n, 28, 36); /* nothing that shows our password */
	assert_null(ice_peer(&t.ice));
	assert_true(ice_heard_us(&t.ice) == 0);
}

/* ---- tests ---- */

#define A SLICE("192.0.2.1:5000")
#define B SLICE("198.51.100.2:6000")
#define C SLICE("[2001:db8::1]:7000")

/* RFC 5769, 2.1 to 2.3 */
static void
integrity_is_that_of_rfc_5769(void **state)
{
	static const struct slice request =
	    SLICE("\x00\x01\x00\x58\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"
		  "\x80\x22\x00\x10STUN test client\x00\x24\x00\x04\x6e\x00\x01\xff"
		  "\x80\x29\x00\x08\x93\x2f\xf9\xb1\x51\x26\x3b\x36"
		  "\x00\x06\x00\x09\x65\x76\x74\x6a\x3a\x68\x36\x76\x59\x20\x20\x20"
		  "\x00\x08\x00\x14\x9a\xea\xa7\x0c\xbf\xd8\xcb\x56\x78\x1e\xf2\xb5\xb2\xd3\xf2\x49"
		  "\xc1\xb5\x71\xa2\x80\x28\x00\x04\xe5\x7a\x3b\xcf");
	static const struct slice response =
	    SLICE("\x01\x01\x00\x3c\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"
		  "\x80\x22\x00\x0btest vector \x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43"
		  "\x00\x08\x00\x14\x2b\x91\xf5\x99\xfd\x9e\x90\xc3\x8c\x74\x89\xf9\x2a\xf9\xba\x53"
		  "\xf0\x6b\xe7\xd7\x80\x28\x00\x04\xc0\x7d\x4c\x96");
	static const struct slice response_6 =
	    SLICE("\x01\x01\x00\x48\x21\x12\xa4\x42\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"
		  "\x80\x22\x00\x0btest vector \x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa"
		  "\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9"
		  "\x00\x08\x00\x14\xa3\x82\x95\x4e\x4b\xe6\x7b\xf1\x17\x84\xc9\x7c\x82\x92\xc2\x75"
		  "\xbf\xe3\xed\x41\x80\x28\x00\x04\xc8\xfb\x0b\x4c");
	struct slice pwd = SLICE("VOkJxbRl1RmTxUk/WvJxBt");
	struct stun_check c;

	assert_int_equal(stun_check_parse(request, &c), ERR_OK);
	assert_true(slice_eq(c.username, SLICE("evtj:h6vY")));
	assert_int_equal(c.priority, 0x6e0001ff);
	assert_int_equal(c.message.unknown, 0);
	assert_true(c.controlled && !c.controlling && !c.use_candidate);
	assert_true(stun_check_is_from(&c, request, pwd));
	assert_false(stun_check_is_from(&c, request, SLICE("VOkJxbRl1RmTxUk/WvJxBT")));
	assert_int_equal(stun_check_parse(response, &c), ERR_OK);
	assert_true(stun_check_is_from(&c, response, pwd));
	assert_int_equal(stun_check_parse(response_6, &c), ERR_OK);
	assert_true(stun_check_is_from(&c, response_6, pwd));
}

static void
a_check_is_answered_and_finds_the_peer(void **state)
{
	assert_null(ice_peer(&t.ice));
	make_check(1, true);
	assert_int_equal(give(A, 77), ICE_SELECTED);
	assert_success(A);
	assert_peer(A);
	assert_true(ice_heard_us(&t.ice) == 77);
	make_check(2, true); /* the next one moves nothing */
	assert_int_equal(give(A, 88), ICE_CHECKED);
	assert_success(A);
	assert_true(ice_heard_us(&t.ice) == 88);
}

static void
a_peer_of_ipv6_is_found(void **state)
{
	make_check(1, true);
	assert_int_equal(give(C, 1), ICE_SELECTED);
	assert_success(C);
	assert_peer(C);
}

static void
until_one_is_nominated_the_first_check_counts(void **state)
{
	make_check(1, false);
	assert_int_equal(give(A, 1), ICE_SELECTED);
	make_check(2, false);
	assert_int_equal(give(B, 2), ICE_CHECKED);
	assert_success(B);
	assert_peer(A);
	assert_false(t.ice.nominated);
	make_check(3, true);
	assert_int_equal(give(B, 3), ICE_SELECTED);
	assert_peer(B);
	assert_true(t.ice.nominated);
}

static void
the_newest_nomination_counts(void **state)
{
	static const struct slice way[] = {A, B, C, A};

	for (unsigned i = 0; i < sizeof way / sizeof way[0]; i++) {
		make_check(i, true);
		assert_int_equal(give(way[i], i), ICE_SELECTED);
		assert_peer(way[i]);
	}
	make_check(10, false); /* a check that keeps another way open */
	assert_int_equal(give(B, 10), ICE_CHECKED);
	assert_peer(A);
}

/* Somebody has heard a check and sends it from his own address: no answer, no voice. */
static void
a_replay_from_elsewhere_is_ignored(void **state)
{
	make_check(1, true);
	assert_int_equal(give(A, 1), ICE_SELECTED);
	assert_int_equal(give(B, 2), ICE_SILENCE);
	assert_int_equal(t.answer.n, 0);
	assert_peer(A);
	assert_true(ice_heard_us(&t.ice) == 1);
	for (unsigned i = 2; i < 1 + ICE_REMEMBERED; i++) {
		make_check(i, true);
		assert_int_equal(give(A, i), ICE_CHECKED);
	}
	make_check(1, true);
	assert_int_equal(give(B, 99), ICE_SILENCE);
	assert_peer(A);
}

/* The peer has moved, and then the network brings its old check once more. */
static void
an_old_check_does_not_move_the_peer_back(void **state)
{
	make_check(1, true);
	assert_int_equal(give(A, 1), ICE_SELECTED);
	make_check(2, true);
	assert_int_equal(give(B, 2), ICE_SELECTED);
	make_check(1, true);
	assert_int_equal(give(A, 3), ICE_CHECKED); /* answered, for its answer may be lost */
	assert_success(A);
	assert_peer(B);
}

static void
strangers_are_told_apart(void **state)
{
	char wrong[ICE_PWD_BYTES];

	memcpy(wrong, t.ours.pwd, sizeof wrong);
	wrong[0] ^= 1;
	begin(1); /* another password */
	username(our_ufrag(), SLICE("theirs"));
	attribute(USE_CANDIDATE, SLICE(""));
	integrity(slice_make(wrong, sizeof wrong));
	fingerprint();
	assert_int_equal(give(A, 1), ICE_REFUSED);
	assert_refused(401, false);
	begin(2); /* another user */
	username(SLICE("abcdefgh"), SLICE("theirs"));
	integrity(our_pwd());
	assert_int_equal(give(A, 1), ICE_REFUSED);
	assert_refused(401, false);
	begin(3); /* of another peer */
	username(our_ufrag(), SLICE("others"));
	integrity(our_pwd());
	assert_int_equal(give(A, 1), ICE_REFUSED);
	assert_refused(401, false);
	begin(4); /* no user */
	integrity(our_pwd());
	assert_int_equal(give(A, 1), ICE_REFUSED);
	assert_refused(400, false);
	begin(5); /* no integrity */
	username(our_ufrag(), SLICE("theirs"));
	attribute(USE_CANDIDATE, SLICE(""));
	set_length(0);
	assert_int_equal(give(A, 1), ICE_REFUSED);
	assert_refused(400, false);
}

static void
before_its_description_any_peer_with_our_password_is_right(void **state)
{
	ice_init(&t.ice, &t.ours);
	begin(1);
	username(our_ufrag(), SLICE("who+knows"));
	integrity(our_pwd());
	fingerprint();
	assert_int_equal(give(A, 1), ICE_SELECTED);
	assert_success(A);
	assert_int_equal(ice_set_peer(&t.ice, SLICE("")), ERR_INVALID);
	assert_int_equal(ice_set_peer(&t.ice, SLICE("who+knows")), ERR_OK);
	begin(2);
	username(our_ufrag(), SLICE("who+know"));
	integrity(our_pwd());
	assert_int_equal(give(A, 1), ICE_REFUSED);
}

/* Anybody on the way can add what is not protected. */
static void
what_stands_behind_the_integrity_does_not_count(void **state)
{
	make_check(1, true);
	assert_int_equal(give(A, 1), ICE_SELECTED);
	begin(2);
	username(our_ufrag(), SLICE("theirs"));
	integrity(our_pwd());
	attribute(USE_CANDIDATE, SLICE(""));
	attribute(0x7777, SLICE("unknown"));
	fingerprint();
	assert_int_equal(give(B, 2), ICE_CHECKED);
	assert_success(B);
	assert_peer(A);
}

static void
requests_we_cannot_follow_are_refused(void **state)
{
	begin(1);
	username(our_ufrag(), SLICE("theirs"));
	attribute(ICE_CONTROLLED, SLICE("12345678"));
	integrity(our_pwd());
	fingerprint();
	assert_int_equal(give(A, 1), ICE_REFUSED);
	assert_refused(487, true);
	begin(2);
	username(our_ufrag(), SLICE("theirs"));
	attribute(0x7f01, SLICE("?"));
	integrity(our_pwd());
	fingerprint();
	assert_int_equal(give(A, 1), ICE_REFUSED);
	assert_refused(420, true);
	assert_non_null(memmem(t.said, t.answer.n, "\0\x0a\0\2\x7f\1", 6));
}

static void
garbage_gets_silence(void **state)
{
	char copy[sizeof t.bytes];
	size_t n;

	make_check(1, true);
	n = t.check.n;
	memcpy(copy, t.bytes, n);
	for (size_t cut = 0; cut < n; cut++) {
		t.check.n = cut;
		assert_int_equal(give(A, 1), ICE_SILENCE);
	}
	t.check.n = n;
	for (size_t bit = 0; bit < 8 * (n - 8);
	     bit++) { /* the fingerprint's own type is its matter */
		memcpy(t.bytes, copy, n);
		t.bytes[bit / 8] = (char)(t.bytes[bit / 8] ^ 1 << bit % 8);
		/* a changed length may hide the fingerprint */
		assert_in_range(give(A, 1), ICE_SILENCE, ICE_REFUSED);
	}
	memcpy(t.bytes, copy, n);
	t.bytes[1] = 0x11; /* an indication */
	assert_int_equal(give(A, 1), ICE_SILENCE);
	begin(2);
	t.bytes[0] = 1; /* an answer to nothing */
	assert_int_equal(give(A, 1), ICE_SILENCE);
	begin(3);
	t.bytes[4] = 0; /* RFC 3489 */
	assert_int_equal(give(A, 1), ICE_SILENCE);
	assert_null(ice_peer(&t.ice));
}

/* The worst that can be asked: hardly anything. */
static void
answers_are_hardly_longer_than_questions(void **state)
{
	begin(1);
	assert_int_equal(give(C, 1), ICE_REFUSED);
	assert_in_range(t.answer.n * 10, 1, t.check.n * 15);
	begin(2);
	fingerprint();
	assert_int_equal(give(C, 1), ICE_REFUSED);
	assert_in_range(t.answer.n * 10, 1, t.check.n * 15);
	begin(3);
	username(our_ufrag(), SLICE("theirs"));
	attribute(0x7f01, SLICE(""));
	integrity(our_pwd());
	assert_int_equal(give(C, 1), ICE_REFUSED);
	assert_in_range(t.answer.n * 10, 1, t.check.n * 15);
	begin(4);
	username(our_ufrag(), SLICE("theirs"));
	integrity(our_pwd());
	assert_int_equal(give(C, 1), ICE_SELECTED);
	assert_in_range(t.answer.n * 10, 1, t.check.n * 15);
}

static void
credentials_are_long_and_of_their_alphabet(void **state)
{
	struct ice_credentials a, b;
	struct rng rng;

	rng_init_system(&rng);
	ice_credentials_make(&a, &rng);
	ice_credentials_make(&b, &rng);
	assert_memory_not_equal(a.ufrag, b.ufrag, sizeof a.ufrag);
	assert_memory_not_equal(a.pwd, b.pwd, sizeof a.pwd);
	for (size_t i = 0; i < sizeof a; i++)
		assert_non_null(memchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz012345"
				       "6789+/",
		    ((const char *)&a)[i], 64));
	assert_true(ICE_PWD_BYTES >= 22 && ICE_UFRAG_BYTES >= 4); /* RFC 8445, 5.3 */
}

#define T(f) cmocka_unit_test_setup(f, setup)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(integrity_is_that_of_rfc_5769),
	    T(a_check_is_answered_and_finds_the_peer),
	    T(a_peer_of_ipv6_is_found),
	    T(until_one_is_nominated_the_first_check_counts),
	    T(the_newest_nomination_counts),
	    T(a_replay_from_elsewhere_is_ignored),
	    T(an_old_check_does_not_move_the_peer_back),
	    T(strangers_are_told_apart),
	    T(before_its_description_any_peer_with_our_password_is_right),
	    T(what_stands_behind_the_integrity_does_not_count),
	    T(requests_we_cannot_follow_are_refused),
	    T(garbage_gets_silence),
	    T(answers_are_hardly_longer_than_questions),
	    T(credentials_are_long_and_of_their_alphabet),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
