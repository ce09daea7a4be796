/* base/: slices, numbers, arenas, maps, addresses, random numbers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/base.h"

static void
numbers_know_about_overflow(void **state)
{
	static const struct {
		const char *text;
		uint64_t max, value;
		enum err e;
	} cases[] = {
	    {"0", 10, 0, ERR_OK},
	    {"4294967295", UINT32_MAX, UINT32_MAX, ERR_OK},
	    {"4294967296", UINT32_MAX, 0, ERR_TOO_BIG},
	    {"18446744073709551615", UINT64_MAX, UINT64_MAX, ERR_OK},
	    {"18446744073709551616", UINT64_MAX, 0, ERR_TOO_BIG},
	    {"99999999999999999999999", UINT64_MAX, 0, ERR_TOO_BIG},
	    {"7", 5, 0, ERR_TOO_BIG},
	    {"", 5, 0, ERR_MALFORMED},
	    {"-1", 5, 0, ERR_MALFORMED},
	    {"1x", 5, 0, ERR_MALFORMED},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		uint64_t v = 0;

		assert_int_equal(
		    slice_to_u64(slice_cstr(cases[i].text), cases[i].max, &v), cases[i].e);
		assert_true(v == cases[i].value);
	}
}

static void
slices_are_cut_and_compared(void **state)
{
	struct slice s = SLICE("  a=b ; c ");
	struct slice head = slice_take_until(&s, ';');
	char text[4];

	assert_true(slice_eq(slice_trim(head), SLICE("a=b")));
	assert_true(slice_eq(slice_trim(s), SLICE("c")));
	assert_true(slice_eq_nocase(SLICE("VIA"), SLICE("via")));
	assert_false(slice_eq_nocase(SLICE("VIA"), SLICE("vi")));
	assert_int_equal(slice_copy_cstr(SLICE("abcd"), text, sizeof text), ERR_TOO_BIG);
	slice_clip_cstr(SLICE("ab\xc3\xa4"), text, sizeof text);
	assert_string_equal(text, "ab"); /* not half an umlaut */
}

static void
arena_keeps_its_cap(void **state)
{
	struct arena a;
	struct slice s;

	arena_init(&a, "test", 64, 4096);
	for (int i = 0; i < 100; i++) {
		uint64_t *p = arena_alloc(&a, 24);

		if (i < 50)
			assert_non_null(p);
		if (p) {
			assert_true((uintptr_t)p % 16 == 0);
			assert_true(*p == 0);
			*p = ~0ull;
		}
	}
	assert_null(arena_alloc(&a, 5000));
	assert_true(a.used_bytes <= 4096);
	arena_fini(&a);
	assert_int_equal(arena_dup(&a, SLICE("again"), &s), ERR_OK);
	assert_string_equal(s.p, "again");
	arena_fini(&a);
}

static void
arena_puts_texts_close_together(void **state)
{
	struct arena a;
	struct slice one, two, none;
	void *p;

	arena_init(&a, "test", 64, 4096);
	assert_int_equal(arena_dup(&a, SLICE(""), &none), ERR_OK);
	assert_string_equal(none.p, "");
	assert_int_equal(a.used_bytes, 0);
	assert_int_equal(arena_dup(&a, SLICE("201"), &one), ERR_OK);
	assert_int_equal(arena_dup(&a, SLICE("Anna"), &two), ERR_OK);
	assert_ptr_equal(two.p, one.p + one.n + 1);
	p = arena_alloc(&a, 24);
	assert_true((uintptr_t)p % 16 == 0);
	assert_string_equal(one.p, "201");
	assert_string_equal(two.p, "Anna");
	arena_fini(&a);
}

struct item {
	struct hnode node;
	uint32_t key;
};

static void
map_finds_removes_and_walks(void **state)
{
	enum { N = 5000 };
	static struct item items[N];
	struct hmap m;
	size_t seen = 0;

	hmap_init(&m);
	for (uint32_t i = 0; i < N; i++) {
		items[i].key = i;
		assert_int_equal(
		    hmap_put(&m, &items[i].node, hash_bytes(slice_make(&items[i].key, 4))), ERR_OK);
	}
	for (uint32_t i = 0; i < N; i += 2)
		hmap_remove(&m, &items[i].node);
	for (uint32_t i = 0; i < N; i++) {
		uint64_t h = hash_bytes(slice_make(&i, 4));
		bool found = false;

		for (struct hnode *n = hmap_first(&m, h); n; n = hmap_next(n, h))
			found |= container_of(n, struct item, node)->key == i;
		assert_int_equal(found, i % 2);
	}
	for (struct hnode *n = hmap_each(&m, NULL); n; n = hmap_each(&m, n))
		seen++;
	assert_int_equal(seen, N / 2);
	hmap_fini(&m);
}

static void
addresses_survive_text(void **state)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
	    {"192.0.2.7:5070", "192.0.2.7:5070"},
	    {"192.0.2.7", "192.0.2.7:5060"},
	    {"[2001:db8::1]:5070", "[2001:db8::1]:5070"},
	    {"2001:db8::1", "[2001:db8::1]:5060"},
	    {"::ffff:192.0.2.1", "192.0.2.1:5060"},
	    {"192.0.2.7:70000", NULL},
	    {"192.0.2", NULL},
	    {"", NULL},
	    {"host", NULL},
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct addr a, back;
		struct sockaddr_storage ss;
		char text[ADDR_TEXT_MAX];

		if (!cases[i].out) {
			assert_int_equal(
			    addr_parse(slice_cstr(cases[i].in), 5060, &a), ERR_MALFORMED);
			continue;
		}
		assert_int_equal(addr_parse(slice_cstr(cases[i].in), 5060, &a), ERR_OK);
		assert_string_equal(addr_text(&a, text), cases[i].out);
		addr_to_sockaddr(&a, &ss);
		assert_int_equal(addr_from_sockaddr((struct sockaddr *)&ss, &back), ERR_OK);
		assert_true(addr_eq(&a, &back));
	}
}

static void
seeded_random_repeats_and_system_does_not(void **state)
{
	struct rng a, b, s;
	char text[16];
	struct buf t;

	rng_init_seed(&a, 42);
	rng_init_seed(&b, 42);
	rng_init_system(&s);
	for (int i = 0; i < 100; i++)
		assert_true(rng_u64(&a) == rng_u64(&b));
	assert_true(rng_u64(&s) != rng_u64(&s));
	for (int i = 0; i < 1000; i++)
		assert_true(rng_below(&s, 7) < 7);
	buf_init(&t, text, sizeof text);
	rng_token(&s, &t, 16);
	assert_true(buf_ok(&t) && t.n == 16);
	rng_token(&s, &t, 1);
	assert_false(buf_ok(&t));
}

static void
networks_know_who_is_inside(void **state)
{
	static const struct {
		const char *net, *text, *in, *out; /* text NULL: not valid */
	} cases[] = {
	    {"10.0.0.0/8", "10.0.0.0/8", "10.255.1.2", "11.0.0.1"},
	    {" 192.0.2.77/26 ", "192.0.2.64/26", "192.0.2.127", "192.0.2.128"},
	    {"192.0.2.7", "192.0.2.7", "192.0.2.7", "192.0.2.6"},
	    {"0.0.0.0/0", "0.0.0.0/0", "198.51.100.1", "2001:db8::1"},
	    {"2001:db8::ff/32", "2001:db8::/32", "2001:db8:1::1", "2001:db9::1"},
	    {"fe80::/10", "fe80::/10", "fe80::1%3", "fec0::1"},
	    {"10.0.0.0/33", NULL, NULL, NULL},
	    {"10.0.0.0/", NULL, NULL, NULL},
	    {"10.0.0/8", NULL, NULL, NULL},
	    {"[::1]", NULL, NULL, NULL},
	    {"", NULL, NULL, NULL},
	};
	struct addr_net net, list[2];
	char text[ADDR_NET_TEXT_MAX];
	struct addr a;
	size_t n;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum err e = addr_net_parse(slice_cstr(cases[i].net), &net);

		assert_int_equal(e, cases[i].text ? ERR_OK : ERR_MALFORMED);
		if (e != ERR_OK)
			continue;
		assert_string_equal(addr_net_text(&net, text), cases[i].text);
		assert_int_equal(addr_parse_ip(slice_cstr(cases[i].in), 5060, &a), ERR_OK);
		assert_true(addr_net_has(&net, &a));
		assert_int_equal(addr_parse_ip(slice_cstr(cases[i].out), 0, &a), ERR_OK);
		assert_false(addr_net_has(&net, &a));
	}
	assert_int_equal(addr_nets_parse(SLICE("10.0.0.0/8, ::1"), list, 2, &n), ERR_OK);
	assert_int_equal(n, 2);
	assert_true(addr_nets_have((struct addr_nets){list, n}, &list[1].addr));
	assert_int_equal(addr_nets_parse(SLICE("10.0.0.0/8,::1,::2"), list, 2, &n), ERR_LIMIT);
	assert_int_equal(addr_nets_parse(SLICE("10.0.0.0/8,,::1"), list, 2, &n), ERR_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_know_about_overflow),
	    cmocka_unit_test(slices_are_cut_and_compared),
	    cmocka_unit_test(arena_keeps_its_cap),
	    cmocka_unit_test(arena_puts_texts_close_together),
	    cmocka_unit_test(map_finds_removes_and_walks),
	    cmocka_unit_test(addresses_survive_text),
	    cmocka_unit_test(networks_know_who_is_inside),
	    cmocka_unit_test(seeded_random_repeats_and_system_does_not),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
