/*
 * Failed log-ins, counted per address and per login in windows of five minutes. Two
 * tables of fixed size, so that a stranger with many addresses costs no memory and cannot
 * push the logins out; in a full set of slots the one with the oldest window gives way.
 *
 * An attempt is counted before it is tried and given back when it was good: attempts in
 * parallel cannot slip under the limit.
 */
#include <pthread.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "base/hmap.h"

enum { SETS = 256, WAYS = 4, WINDOW_MS = 300 * 1000, PER_ADDRESS = 20, PER_LOGIN = 10 };

struct slot {
	uint64_t key, window_ms; /* start of the window; 0 = free */
	uint32_t count;
};

struct table {
	struct slot slot[SETS][WAYS];
};

struct api_limits {
	pthread_mutex_t lock;
	struct table addresses, logins;
};

struct api_limits *
limits_new(void)
{
	struct api_limits *l = calloc(1, sizeof *l);

	if (l)
		pthread_mutex_init(&l->lock, NULL);
	return l;
}

void
limits_free(struct api_limits *l)
{
	if (l)
		pthread_mutex_destroy(&l->lock);
	free(l);
}

static struct slot *
slot_of(struct table *t, uint64_t key, uint64_t now_ms)
{
	struct slot *set = t->slot[key % SETS], *oldest = &set[0];

	for (int i = 0; i < WAYS; i++) {
		struct slot *s = &set[i];

		if (s->key == key && s->window_ms && now_ms - s->window_ms < WINDOW_MS)
			return s;
		if (s->window_ms < oldest->window_ms)
			oldest = s;
	}
	*oldest = (struct slot){.key = key, .window_ms = now_ms ? now_ms : 1};
	return oldest;
}

/* Whoever has one IPv6 address has the whole /64. */
static uint64_t
address_key(const struct addr *ip)
{
	return hash_bytes(slice_make(ip->ip, ip->family == 6 ? 8 : 4));
}

static uint32_t
wait_s(const struct slot *s, uint32_t limit, uint64_t now_ms)
{
	if (s->count < limit)
		return 0;
	return (uint32_t)((s->window_ms + WINDOW_MS - now_ms) / 1000 + 1);
}

uint32_t
limits_try(struct api_limits *l, const struct addr *ip, struct slice login, uint64_t now_ms)
{
	struct slot *by_address, *by_login;
	uint32_t a, b;

	pthread_mutex_lock(&l->lock);
	by_address = slot_of(&l->addresses, address_key(ip), now_ms);
	by_login = slot_of(&l->logins, hash_bytes(login), now_ms);
	a = wait_s(by_address, PER_ADDRESS, now_ms);
	b = wait_s(by_login, PER_LOGIN, now_ms);
	if (!a && !b) {
		by_address->count++;
		by_login->count++;
	}
	pthread_mutex_unlock(&l->lock);
	return a > b ? a : b;
}

void
limits_forgive(struct api_limits *l, const struct addr *ip, struct slice login, uint64_t now_ms)
{
	struct slot *by_address;

	pthread_mutex_lock(&l->lock);
	by_address = slot_of(&l->addresses, address_key(ip), now_ms);
	if (by_address->count)
		by_address
		    ->count--; /* only this one: a good account is no licence to guess others */
	slot_of(&l->logins, hash_bytes(login), now_ms)->count = 0;
	pthread_mutex_unlock(&l->lock);
}
