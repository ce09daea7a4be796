#include "media/relay.h"

#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/log.h"
#include "loop/mark.h"
#include "media/dtls_int.h"
#include "media/relay_things_int.h"
#include "media/relay_watch_int.h"

enum {
	EVENTS_CAPACITY = 1024, /* what does not fit waits with its stream */
	EVENTS_BATCH = 16,
	THREADS_MAX = 64,
	PACK_STREAMS_DEFAULT = 500, /* about a fifth of a core */
};

static struct relay *
relay_of(const struct media *m)
{
	return container_of((struct media *)m, struct relay, media);
}

/* ---- the interface ---- */

static void
submit(struct relay *r, struct slot *slot)
{
	/* who gives it away after this look finds the plan in the box */
	if (plan_box_put(&slot->box))
		worker_tell(atomic_load(&slot->carrier), slot);
	for (unsigned i = 0; i < MEDIA_SIDES; i++) /* so that the next packet finds it */
		fastpath_cut(r->fastpath, slot->pair[i].port);
}

static struct slot *
find_open(struct relay *r, struct media_ref ref)
{
	struct slot *slot;

	if (ref.gen == 0 || ref.slot >= r->n_made)
		return NULL;
	slot = &r->slots[ref.slot];
	return slot_wanted(slot)->open && slot_wanted(slot)->gen == ref.gen ? slot : NULL;
}

static enum err
check_families(const struct relay *r, const struct media_stream_params *p)
{
	for (unsigned i = 0; i < MEDIA_SIDES; i++) {
		if (p->family[i] != 4 && p->family[i] != 6)
			return ERR_INVALID;
		if (!(p->family[i] == 4 ? r->ports.ip4 : r->ports.ip6))
			return ERR_UNSUPPORTED;
	}
	return ERR_OK;
}

/* A slot mostly serves the same kind of stream again. */
static void
mark(struct slot *slot, uint32_t dscp)
{
	if (slot->dscp == dscp)
		return;
	slot->dscp = dscp;
	for (unsigned side = 0; side < MEDIA_SIDES; side++)
		for (unsigned port = 0; port < LATCH_PORTS; port++)
			mark_socket(slot->pair[side].fd[port], dscp);
}

static enum err
relay_open(struct media *m, const struct media_stream_params *p, struct media_ref *ref,
    uint16_t port[MEDIA_SIDES])
{
	struct relay *r = relay_of(m);
	struct slot *slot;
	bool rested;
	uint32_t gen;
	enum err e = check_families(r, p);

	if (e == ERR_OK)
		e = slots_take(r, p->urgent, &slot, &rested);
	if (e != ERR_OK) {
		relay_gauge(&r->open_refused, 1);
		return e;
	}
	mark(slot, p->dscp);
	gen = slot_wanted(slot)->gen + 1;
	*slot_wanted(slot) = (struct plan){
	    .gen = gen ? gen : 1,
	    .open = true,
	    .drain = !rested,
	    .timeout_ms = p->timeout_ms,
	    .clock_rate_hz = p->clock_rate_hz,
	    .user = p->user,
	    .worker = slot->worker,
	};
	slot->worker->n_busy++;
	relay_gauge(&r->streams_open, 1);
	relay_gauge(&r->slots_busy, 1);
	submit(r, slot);
	watch_start(r);
	if (!rested)
		worker_wake(atomic_load(&slot->carrier)); /* before anybody knows the ports */
	*ref = (struct media_ref){.slot = slot->index, .gen = slot_wanted(slot)->gen};
	for (unsigned i = 0; i < MEDIA_SIDES; i++)
		port[i] = slot->pair[i].port;
	return ERR_OK;
}

static bool
relay_is_short(const struct media *m)
{
	const struct relay *r = relay_of(m);

	return slots_free(r) <= r->n_kept / 2 && r->n_kept;
}

static void
relay_set_peer(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_peer *peer)
{
	struct relay *r = relay_of(m);
	struct slot *slot = find_open(r, ref);
	struct media_peer *now;

	if (!slot)
		return;
	now = &slot_wanted(slot)->peer[side];
	*now = *peer;
	if (!addr_is_any(&r->ports.bind)) /* there is but one address to hear and speak from */
		memset(now->local, 0, sizeof now->local);
	submit(r, slot);
}

static bool
is_special(const struct plan_extra *x)
{
	for (int i = 0; i < MEDIA_SIDES; i++)
		if (x->translation[i].n_routes || x->protection[i].in.suite != MEDIA_SUITE_NONE ||
		    x->transport[i].association)
			return true;
	return attendant_is_needed(x->order);
}

static void
free_extra(struct plan_extra *x)
{
	for (int i = 0; i < MEDIA_SIDES; i++)
		things_let_go(&x->order[i]);
	explicit_bzero(x, sizeof *x); /* keys */
	free(x);
}

/* Those that media do not need any more: what it follows is younger. */
static void
trim_extras(struct slot *slot, uint32_t followed)
{
	struct plan_extra **at = &slot->extras;

	while (*at && (int32_t)((*at)->serial - followed) >= 0)
		at = &(*at)->before;
	while (*at) {
		struct plan_extra *x = *at;

		*at = x->before;
		free_extra(x);
	}
}

static void
look_soon(struct relay *r)
{
	if (!timer_active(&r->look) && !r->stopped)
		timer_start_late(loop_timers(r->loop), &r->look, 1);
}

static enum err
set_extra(struct relay *r, struct slot *slot, const struct plan_extra *wanted)
{
	struct plan_extra *x = NULL;

	if (is_special(wanted)) {
		x = malloc(sizeof *x);
		if (!x)
			return ERR_NOMEM;
		*x = *wanted;
		for (int i = 0; i < MEDIA_SIDES; i++)
			things_hold(&x->order[i]);
	}
	slot->extra_serial++;
	if (x) {
		x->serial = slot->extra_serial;
		x->before = slot->extras;
		slot->extras = x;
	}
	slot_wanted(slot)->extra = x;
	slot_wanted(slot)->extra_serial = slot->extra_serial;
	submit(r, slot);
	if (slot->extras && (slot->extras != x || x->before) && list_empty(&slot->trim_node)) {
		list_push(&r->trimming, &slot->trim_node);
		look_soon(r);
	}
	return ERR_OK;
}

static void
forget_extras(struct slot *slot)
{
	list_remove(&slot->trim_node);
	trim_extras(slot, slot->extra_serial + 1);
}

/* Things end soon after the last side has lost them. */
static void
trim_all(struct relay *r)
{
	struct list *next;

	for (struct list *at = r->trimming.next; at != &r->trimming; at = next) {
		struct slot *slot = container_of(at, struct slot, trim_node);
		uint32_t followed = atomic_load_explicit(&slot->followed, memory_order_acquire);

		next = at->next;
		trim_extras(slot, followed);
		if (followed == slot->extra_serial)
			list_remove(at);
	}
}

static struct plan_extra
extra_of(struct slot *slot)
{
	const struct plan_extra *x = slot_wanted(slot)->extra;

	return x ? *x : (struct plan_extra){0};
}

/* x becomes the slot's, unless it is the same; the copy with its keys goes. */
static enum err
change_extra(struct relay *r, struct slot *slot, struct plan_extra *x, bool same)
{
	enum err e = same ? ERR_OK : set_extra(r, slot, x);

	explicit_bzero(x, sizeof *x);
	return e;
}

static enum err
relay_translate(struct media *m, struct media_ref ref, enum media_side from,
    const struct media_translation *what)
{
	struct slot *slot = find_open(relay_of(m), ref);
	struct plan_extra x;
	bool same;

	if (!slot)
		return ERR_OK;
	x = extra_of(slot);
	same = memcmp(&x.translation[from], what, sizeof *what) == 0;
	x.translation[from] = *what;
	return change_extra(relay_of(m), slot, &x, same);
}

/* Somebody has to do it by the clock. */
static bool
is_work(const struct media_service *what)
{
	return what->sound || what->room || what->recording || what->listening.flags;
}

/* Keys that come as packets need nothing more than to be read. */
static bool
watch_keys(struct slot *slot, enum media_side side, const struct media_service *what)
{
	struct key_watch_plan *now = &slot_wanted(slot)->keys[side];
	struct key_watch_plan keys = key_watch_plan_of(what);

	if (memcmp(now, &keys, sizeof keys) == 0)
		return false;
	*now = keys;
	return true;
}

static enum err
relay_serve(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_service *what)
{
	static const struct media_service nothing;
	struct relay *r = relay_of(m);
	struct slot *slot = find_open(r, ref);
	struct plan_extra x;
	enum err e = ERR_OK, changed;
	bool same, keys;

	if (!slot)
		return ERR_OK;
	keys = watch_keys(slot, side, what);
	if (!is_work(what))
		what = &nothing;
	x = extra_of(slot);
	same = memcmp(&x.order[side].what, what, sizeof *what) == 0;
	if (!same)
		e = things_order(r, slot, side, what, &x.order[side]);
	changed = change_extra(r, slot, &x, same || e != ERR_OK);
	if (keys && (same || e != ERR_OK || changed != ERR_OK))
		submit(r, slot);
	return e == ERR_OK ? changed : e;
}

static enum err
relay_protect(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_protection *p)
{
	struct slot *slot = find_open(relay_of(m), ref);
	struct plan_extra x;
	bool same;

	if (!slot)
		return ERR_OK;
	x = extra_of(slot);
	same = memcmp(&x.protection[side], p, sizeof *p) == 0;
	x.protection[side] = *p;
	return change_extra(relay_of(m), slot, &x, same);
}

static enum err
relay_secure(
    struct media *m, struct media_ref ref, enum media_side side, const struct media_transport *t)
{
	struct slot *slot = find_open(relay_of(m), ref);
	struct plan_extra x;
	bool same;

	if (!slot)
		return ERR_OK;
	x = extra_of(slot);
	same = media_transport_eq(&x.transport[side], t);
	x.transport[side] = *t;
	return change_extra(relay_of(m), slot, &x, same);
}

static const struct sdp_fingerprint *
relay_fingerprint(const struct media *m)
{
	return dtls_identity_fingerprint(relay_of(m)->identity);
}

static void
relay_key(struct media *m, struct media_ref ref, enum media_side to, char key, uint32_t ms)
{
	struct slot *slot = find_open(relay_of(m), ref);

	if (slot)
		worker_press(atomic_load(&slot->carrier),
		    &(struct worker_key){.ref = ref, .to = (uint8_t)to, .key = key, .ms = ms});
}

static void
relay_set_timeout(struct media *m, struct media_ref ref, uint32_t timeout_ms)
{
	struct relay *r = relay_of(m);
	struct slot *slot = find_open(r, ref);
	struct plan *wanted;

	if (!slot)
		return;
	wanted = slot_wanted(slot);
	wanted->timeout_ms = timeout_ms;
	wanted->timeout_serial++;
	submit(r, slot);
}

static void
relay_close(struct media *m, struct media_ref ref)
{
	struct relay *r = relay_of(m);
	struct slot *slot = find_open(r, ref);

	if (!slot)
		return;
	slot_wanted(slot)->open = false;
	relay_gauge(&r->streams_open, -1);
	submit(r, slot);
	r->n_closing++;
	look_soon(r);
}

static void
fill_ops(struct media_ops *ops)
{
	*ops = (struct media_ops){
	    .open = relay_open,
	    .is_short = relay_is_short,
	    .set_peer = relay_set_peer,
	    .translate = relay_translate,
	    .protect = relay_protect,
	    .secure = relay_secure,
	    .fingerprint = relay_fingerprint,
	    .serve = relay_serve,
	    .key = relay_key,
	    .set_timeout = relay_set_timeout,
	    .close = relay_close,
	};
	things_ops(ops);
}

/* ---- events ---- */

/* False: the news are old, for the stream was closed or its timeout set anew. */
static bool
on_event(struct relay *r, const struct worker_event *message)
{
	struct slot *slot = &r->slots[message->event.ref.slot];
	bool written_off;

	switch (message->event.kind) {
	case MEDIA_EV_RECORDED: return true;
	case MEDIA_EV_PLAYED:
	case MEDIA_EV_KEY:
	case MEDIA_EV_HEARD:
	case MEDIA_EV_STATS:
	case MEDIA_EV_SPEAKS: return find_open(r, message->event.ref);
	case MEDIA_EV_TIMEOUT:
		return find_open(r, message->event.ref) &&
		       slot_wanted(slot)->timeout_serial == message->timeout_serial;
	case MEDIA_EV_FAILED: return false; /* comes from nobody but us */
	case MEDIA_EV_CLOSED: break;
	}
	written_off = slot->written_off; /* it was told before */
	if (written_off)
		r->n_written_off--;
	else
		slots_release(r, slot);
	slot->written_off = false;
	forget_extras(slot);
	slots_give_back(slot, slots_clock_ms());
	return !written_off;
}

static void
on_events(void *ctx)
{
	struct relay *r = ctx;
	struct worker_event batch[EVENTS_BATCH];
	size_t n = mailbox_take_batch(r->events, batch, EVENTS_BATCH);

	for (size_t i = 0; i < n; i++)
		if (on_event(r, &batch[i]) && r->media.on_event)
			r->media.on_event(r->media.ctx, &batch[i].event);
}

void
relay_fetch(struct relay *r)
{
	on_events(r);
	if (mailbox_count(r->events).waiting)
		timer_start(loop_timers(r->loop), &r->look, 0); /* after the others' turn */
}

/* The last word of a stream is not worth waking for: it is fetched. */
static void
on_look(struct timer *t)
{
	struct relay *r = container_of(t, struct relay, look);

	relay_fetch(r);
	trim_all(r);
	if (!timer_active(&r->look) && (r->n_closing || !list_empty(&r->trimming)))
		timer_start_late(loop_timers(r->loop), &r->look, 1);
}

/* ---- birth and death ---- */

static uint32_t
thread_count(uint32_t wanted)
{
	cpu_set_t cpus;

	if (wanted == 0 && sched_getaffinity(0, sizeof cpus, &cpus) == 0)
		wanted = (uint32_t)CPU_COUNT(&cpus);
	if (wanted == 0)
		wanted = 1;
	return wanted > THREADS_MAX ? THREADS_MAX : wanted;
}

/* Pages come with their first use: a large range costs nothing before it is used. */
static enum err
reserve_slots(struct relay *r)
{
	void *p;

	r->n_slots = r->ports.n_pairs / MEDIA_SIDES;
	if (r->n_slots == 0)
		return ERR_INVALID;
	p = mmap(NULL, r->n_slots * sizeof(struct slot), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED)
		return ERR_NOMEM;
	r->slots = p;
	return ERR_OK;
}

static enum err
start_workers(struct relay *r)
{
	enum err e = ERR_OK;

	r->workers = aligned_alloc(_Alignof(struct worker), r->n_workers * sizeof *r->workers);
	if (!r->workers)
		return ERR_NOMEM;
	memset(r->workers, 0, r->n_workers * sizeof *r->workers);
	for (uint32_t i = 0; i < r->n_workers && e == ERR_OK; i++)
		e = worker_init(&r->workers[i], r->slots, r->n_slots, r->ports.ip6, r->events);
	for (uint32_t i = 0; i < r->n_workers; i++) {
		r->workers[i].identity = r->identity;
		r->workers[i].fastpath = r->fastpath;
	}
	for (uint32_t i = 0; i < r->n_workers && e == ERR_OK; i++)
		e = worker_start(&r->workers[i], i);
	return e;
}

static void
warm_up(struct relay *r, uint32_t n_streams)
{
	for (uint32_t i = 0; i < n_streams; i++) {
		struct slot *slot;

		if (slots_make(r, &r->workers[i / r->pack_streams % r->n_workers], slots_clock_ms(),
			&slot) != ERR_OK)
			break;
		slots_give_back(slot, 0);
	}
}

static void
on_announce(struct timer *t)
{
	log_info(MEDIA, "%s", container_of(t, struct relay, announce)->fastpath_text);
}

static void
make_fastpath(struct relay *r, bool old_hook)
{
	struct fastpath_params p = {.first_port = r->ports.first,
	    .n_ports = r->ports.n_pairs,
	    .n_streams = r->n_slots,
	    .bind = r->ports.bind,
	    .old_hook = old_hook};

	r->fastpath = fastpath_new(&p, r->fastpath_text, sizeof r->fastpath_text);
	timer_start(loop_timers(r->loop), &r->announce, 0);
}

static enum err
build(struct relay *r, const struct media_relay_params *p)
{
	struct mailbox_params events = {
	    .message_bytes = sizeof(struct worker_event), .capacity = EVENTS_CAPACITY};
	enum err e = ports_init(&r->ports, &p->bind, p->port_min, p->port_max);

	if (e == ERR_OK)
		e = cipher_init();
	if (e == ERR_OK)
		e = dtls_identity_new(&r->identity);
	r->n_workers = thread_count(p->n_threads);
	r->pack_streams = p->pack_streams ? p->pack_streams : PACK_STREAMS_DEFAULT;
	if (e == ERR_OK)
		e = reserve_slots(r);
	if (e == ERR_OK)
		e = mailbox_new(&r->events, &events);
	if (e == ERR_OK && p->fastpath)
		make_fastpath(r, p->fastpath == MEDIA_FASTPATH_OLD_HOOK);
	if (e == ERR_OK)
		e = start_workers(r);
	if (e == ERR_OK)
		e = loop_mailbox_attach(r->loop, r->events, on_events, r);
	if (e == ERR_OK) {
		r->n_kept = p->kept_streams < r->n_slots / 4 ? p->kept_streams : r->n_slots / 4;
		warm_up(r, r->n_kept + p->warm_streams);
		r->n_kept = r->n_kept < r->n_made ? r->n_kept : r->n_made;
	}
	return e;
}

enum err
media_relay_new(struct media **out, struct loop *loop, const struct media_relay_params *params)
{
	struct relay *r = calloc(1, sizeof *r);
	enum err e;

	if (!r)
		return ERR_NOMEM;
	fill_ops(&r->ops);
	r->media.ops = &r->ops;
	list_init(&r->trimming);
	r->loop = loop;
	timer_init(&r->look, on_look);
	watch_init(r);
	timer_init(&r->announce, on_announce);
	e = build(r, params);
	if (e != ERR_OK) {
		media_relay_free(&r->media);
		return e;
	}
	log_debug(MEDIA, "RTP ports %u-%u%s, %u threads", params->port_min, params->port_max,
	    r->ports.ip6 ? "" : ", IPv4 only", r->n_workers);
	*out = &r->media;
	return ERR_OK;
}

void
media_relay_stop(struct media *m)
{
	struct relay *r = relay_of(m);

	for (uint32_t i = 0; r->workers && i < r->n_workers; i++)
		if (!r->workers[i].stuck) /* or we would wait for ever */
			worker_stop(&r->workers[i]);
	r->stopped = true;
	timer_stop(&r->look);
	watch_stop(r);
	timer_stop(&r->announce);
}

static bool
has_stuck_thread(const struct relay *r)
{
	for (uint32_t i = 0; r->workers && i < r->n_workers; i++)
		if (r->workers[i].stuck)
			return true;
	return false;
}

void
media_relay_free(struct media *m)
{
	struct relay *r;

	if (!m)
		return;
	r = relay_of(m);
	media_relay_stop(m);
	if (has_stuck_thread(r))
		return; /* it may move again at any time, and the process ends anyway */
	for (uint32_t i = 0; i < r->n_made; i++) {
		for (unsigned side = 0; side < MEDIA_SIDES; side++)
			ports_close(&r->ports, &r->slots[i].pair[side]);
		stream_fini(&r->slots[i].stream);
		forget_extras(&r->slots[i]);
	}
	for (uint32_t i = 0; r->workers && i < r->n_workers; i++)
		worker_fini(&r->workers[i]);
	free(r->workers);
	fastpath_free(r->fastpath);
	tapes_free(r->tapes); /* which tells of recordings that end now */
	mailbox_free(r->events);
	if (r->slots)
		munmap(r->slots, r->n_slots * sizeof *r->slots);
	dtls_identity_free(r->identity);
	ports_fini(&r->ports);
	free(r);
}

static uint64_t
load(const _Atomic uint64_t *counter)
{
	return atomic_load_explicit(counter, memory_order_relaxed);
}

void
media_relay_stats(const struct media *m, struct media_relay_stats *out)
{
	const struct relay *r = relay_of(m);
	struct media_relay_stats stats = {
	    .streams_open = load(&r->streams_open),
	    .ports = 2ull * r->ports.n_pairs,
	    .ports_in_use = 2ull * MEDIA_SIDES * load(&r->slots_busy),
	    .open_refused = load(&r->open_refused),
	    .threads = r->n_workers,
	    .fastpath = r->fastpath,
	    .threads_failed = load(&r->threads_failed),
	};

	for (uint32_t i = 0; i < r->n_workers; i++) {
#define X(name) stats.name += load(&r->workers[i].counters.name);
		WORKER_COUNTERS(X)
#undef X
	}
	*out = stats;
}
