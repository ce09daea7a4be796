/* Who waits where (KEY, park and orbit): a mirror of the places for the call manager, and what is
 * done with them there. Whoever has the right to it sees all places: everybody may fetch. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "api/api_int.h"
#include "model/callman.h"

enum { ORBITS = 100 };

struct api_orbits {
	pthread_mutex_t lock;
	struct live_orbit at[ORBITS];
};

struct api_orbits *
orbits_new(void)
{
	struct api_orbits *o = calloc(1, sizeof *o);

	if (o)
		pthread_mutex_init(&o->lock, NULL);
	return o;
}

void
orbits_free(struct api_orbits *o)
{
	if (o)
		pthread_mutex_destroy(&o->lock);
	free(o);
}

void
api_on_orbit(struct api *api, const struct live_orbit *now)
{
	struct api_orbits *o = api->orbits;
	char text[64];

	if (now->orbit >= ORBITS)
		return;
	pthread_mutex_lock(&o->lock);
	o->at[now->orbit] = *now;
	pthread_mutex_unlock(&o->lock);
	keys_on_orbit(api, now->orbit, now->taken);
	snprintf(text, sizeof text, "{\"entity\":\"orbit\",\"id\":%u}", now->orbit);
	hub_publish_person(api->hub, 0, RIGHT_BIT(CALLMAN), 0, "changed", text);
}

bool
orbits_is_taken(struct api *api, unsigned orbit)
{
	struct api_orbits *o = api->orbits;
	bool taken;

	pthread_mutex_lock(&o->lock);
	taken = orbit < ORBITS && o->at[orbit].taken;
	pthread_mutex_unlock(&o->lock);
	return taken;
}

bool
orbits_first_free(struct api *api, char out[3])
{
	for (unsigned n = 0; n < ORBITS; n++)
		if (!orbits_is_taken(api, n)) {
			snprintf(out, 3, "%02u", n % ORBITS);
			return true;
		}
	return false;
}

static json_t *
orbit_json(const struct live_orbit *at)
{
	char orbit[4], since[MODEL_TIME_TEXT];

	snprintf(orbit, sizeof orbit, "%02u", at->orbit % 100U);
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "orbit", orbit, "call_id", at->call_id,
	    "since", model_time_write(at->since, since), "number", at->number, "name", at->name,
	    "by_name", at->by_name);
}

void
handle_orbits(struct request *rq)
{
	struct api_orbits *o = rq->api->orbits;
	json_t *items = json_array();

	pthread_mutex_lock(&o->lock);
	for (unsigned n = 0; n < ORBITS; n++)
		if (o->at[n].taken)
			json_array_append_new(items, orbit_json(&o->at[n]));
	pthread_mutex_unlock(&o->lock);
	reply_json(rq, 200, json_pack("{s:o}", "items", items));
}
