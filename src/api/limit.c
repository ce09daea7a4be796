/*
 * Failed log-ins, counted per address in windows of five minutes and per login with a delay that
 * grows: after five in a row half a minute, then twice as long after each, at most a quarter of an
 * hour; an hour without a failure, or a good log-in, forgets them. A login counts alike whether
 * somebody has it or not.
 *
 * Two tables of fixed size, so that a stranger with many addresses costs no memory and cannot
 * push the logins out; in a full set of slots the one that is oldest gives way.
 *
 * An attempt is counted before it is tried and given back when it was good: attempts in
 * parallel cannot slip under the limit.
 */
#include <pthread.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "base/hmap.h"
#include "base/log.h"
#include "loop/loop.h"

enum {
	SETS = 256,
	WAYS = 4,
	WINDOW_MS = 300 * 1000,
	PER_ADDRESS = 20,
	FREE_FAILURES = 5, /* in a row, then there is a delay */
	DELAY_MS = 30 * 1000,
	DELAY_MAX_MS = 900 * 1000,
	FORGET_MS = 3600 * 1000,
	LOCKED_MAX = 16, /* that wait to be told; more are only logged */
	LOGIN_BYTES = 24,
};

struct slot {
	uint64_t key, since_ms; /* start of the window, last attempt of a login; 0 = free */
	uint32_t count;
};

struct table {
	struct slot slot[SETS][WAYS];
};

struct locked {
	char login[LOGIN_BYTES], address[ADDR_TEXT_MAX];
	uint32_t failures;
};

struct api_limits {
	pthread_mutex_t lock;
	struct table addresses, logins;
	struct locked locked[LOCKED_MAX];
	size_t locked_count;
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
slot_of(struct table *t, uint64_t key, uint64_t now_ms, uint64_t keep_ms)
{
	struct slot *set = t->slot[key % SETS], *oldest = &set[0];

	for (int i = 0; i < WAYS; i++) {
		struct slot *s = &set[i];

		if (s->key == key && s->since_ms && now_ms - s->since_ms < keep_ms)
			return s;
		if (s->since_ms < oldest->since_ms)
			oldest = s;
	}
	*oldest = (struct slot){.key = key, .since_ms = now_ms ? now_ms : 1};
	return oldest;
}

/* Whoever has one IPv6 address has the whole /64. */
static struct slot *
address_slot(struct api_limits *l, const struct addr *ip, uint64_t now_ms)
{
	uint64_t key = hash_bytes(slice_make(ip->ip, ip->family == 6 ? 8 : 4));

	return slot_of(&l->addresses, key, now_ms, WINDOW_MS);
}

static struct slot *
login_slot(struct api_limits *l, struct slice login, uint64_t now_ms)
{
	return slot_of(&l->logins, hash_bytes(login), now_ms, FORGET_MS);
}

static uint32_t
until_s(uint64_t end_ms, uint64_t now_ms)
{
	return end_ms > now_ms ? (uint32_t)((end_ms - now_ms + 999) / 1000) : 0;
}

static uint32_t
address_wait_s(const struct slot *s, uint64_t now_ms)
{
	return s->count < PER_ADDRESS ? 0 : until_s(s->since_ms + WINDOW_MS, now_ms);
}

static uint32_t
login_wait_s(const struct slot *s, uint64_t now_ms)
{
	uint64_t delay_ms = DELAY_MS;

	if (s->count < FREE_FAILURES)
		return 0;
	for (uint32_t i = FREE_FAILURES; i < s->count && delay_ms < DELAY_MAX_MS; i++)
		delay_ms *= 2;
	return until_s(s->since_ms + (delay_ms < DELAY_MAX_MS ? delay_ms : DELAY_MAX_MS), now_ms);
}

uint32_t
limits_try(struct api_limits *l, const struct addr *ip, struct slice login, uint64_t now_ms)
{
	struct slot *by_address, *by_login;
	uint32_t a, b;

	pthread_mutex_lock(&l->lock);
	by_address = address_slot(l, ip, now_ms);
	by_login = login_slot(l, login, now_ms);
	a = address_wait_s(by_address, now_ms);
	b = login_wait_s(by_login, now_ms);
	if (!a && !b) {
		by_address->count++;
		by_login->count++;
		by_login->since_ms = now_ms ? now_ms : 1;
	}
	pthread_mutex_unlock(&l->lock);
	return a > b ? a : b;
}

static void
take_back(struct slot *s)
{
	if (s->count)
		s->count--;
}

void
limits_give_back(struct api_limits *l, const struct addr *ip, struct slice login, uint64_t now_ms)
{
	pthread_mutex_lock(&l->lock);
	take_back(address_slot(l, ip, now_ms));
	take_back(login_slot(l, login, now_ms));
	pthread_mutex_unlock(&l->lock);
}

void
limits_forgive(struct api_limits *l, const struct addr *ip, struct slice login, uint64_t now_ms)
{
	pthread_mutex_lock(&l->lock);
	/* only this one: a good account is no licence to guess others */
	take_back(address_slot(l, ip, now_ms));
	login_slot(l, login, now_ms)->count = 0;
	pthread_mutex_unlock(&l->lock);
}

bool
limits_failed(struct api_limits *l, const struct addr *ip, struct slice login, uint64_t now_ms)
{
	bool news;

	pthread_mutex_lock(&l->lock);
	news = login_slot(l, login, now_ms)->count == FREE_FAILURES &&
	       l->locked_count < LOCKED_MAX && login.n < LOGIN_BYTES;
	if (news) {
		struct locked *one = &l->locked[l->locked_count++];

		slice_clip_cstr(login, one->login, sizeof one->login);
		addr_text(ip, one->address);
		one->failures = FREE_FAILURES;
	}
	pthread_mutex_unlock(&l->lock);
	return news;
}

uint32_t
limits_locked(struct api_limits *l, struct slice login, uint64_t now_ms, uint32_t *failures)
{
	struct slot *s;
	uint32_t wait_s;

	pthread_mutex_lock(&l->lock);
	s = login_slot(l, login, now_ms);
	wait_s = login_wait_s(s, now_ms);
	if (failures)
		*failures = s->count;
	pthread_mutex_unlock(&l->lock);
	return wait_s;
}

void
limits_unlock(struct api_limits *l, struct slice login)
{
	uint64_t now_ms = api_mono_ms();

	pthread_mutex_lock(&l->lock);
	login_slot(l, login, now_ms)->count = 0;
	pthread_mutex_unlock(&l->lock);
}

/* Not where the log-in is answered: the time that takes would tell whether the login exists. */
static void
tell_one(struct api *api, const struct locked *one)
{
	char name[520], failures[16];
	const char *args[NOTICE_ARGS_MAX] = {name, failures, one->address};
	json_t *user = NULL;
	struct buf b;

	if (store_find(api->store, &model_user, "login", one->login, &user) != ERR_OK)
		return;
	buf_init(&b, name, sizeof name - 1);
	buf_printf(&b, "%s %s", json_string_value(json_object_get(user, "first_name")),
	    json_string_value(json_object_get(user, "last_name")));
	name[b.n] = '\0';
	json_decref(user);
	buf_init(&b, failures, sizeof failures - 1);
	buf_u64(&b, one->failures);
	failures[b.n] = '\0';
	if (store_notice_add(api->store, NOTICE_ACCOUNT_LOCKED, args, (int64_t)loop_wall_ms()) !=
	    ERR_OK)
		log_warn(API, "a notice could not be stored");
}

void
limits_tell(struct api *api)
{
	struct api_limits *l = api->limits;
	struct locked all[LOCKED_MAX];
	size_t n;

	pthread_mutex_lock(&l->lock);
	n = l->locked_count;
	memcpy(all, l->locked, n * sizeof all[0]);
	l->locked_count = 0;
	pthread_mutex_unlock(&l->lock);
	for (size_t i = 0; i < n; i++)
		tell_one(api, &all[i]);
}
