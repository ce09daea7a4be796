/* The lines: made of the directory, told about, taken back. */
#include "trunk/trunk.h"

#include <stdlib.h>

#include "trunk/trunk_int.h"

/* ---- telling ---- */

static void
fill_calls(const struct line *l, struct live_line *out)
{
	out->calls = l->calls;
	out->max_calls = l->conf.max_calls;
	out->incoming = l->outcomes[CALL_LINE_CAME_IN];
	out->answered = l->outcomes[CALL_LINE_ANSWERED];
	out->busy = l->outcomes[CALL_LINE_BUSY];
	out->unanswered = l->outcomes[CALL_LINE_UNANSWERED];
	out->refused = l->outcomes[CALL_LINE_REFUSED];
	out->failed = l->outcomes[CALL_LINE_FAILED];
}

static void
fill_live(const struct line *l, struct live_line *out)
{
	*out = (struct live_line){
	    .line_id = l->id, .state = l->state, .since = l->since, .rtt_ms = l->rtt_ms};
	slice_clip_cstr(l->conf.name, out->name, sizeof out->name);
	memcpy(out->reason, l->reason, sizeof out->reason);
	fill_calls(l, out);
	if (l->state == LIVE_LINE_REGISTERED)
		out->expires_at = l->expires_at;
	if (l->has_flow && l->state != LIVE_LINE_OFF) {
		addr_text(&l->flow.remote, out->hop);
		slice_clip_cstr(
		    sip_transport_name(l->flow.transport), out->transport, sizeof out->transport);
	}
}

void
line_tell(struct line *l)
{
	struct live_line live;

	if (l->stale && !l->trunk->stopping)
		return; /* its successor speaks */
	fill_live(l, &live);
	l->trunk->p.ops->on_line(l->trunk->p.ctx, &live, false);
}

static void
on_tell(struct timer *t)
{
	line_tell(container_of(t, struct line, tell));
}

void
line_tell_soon(struct line *l)
{
	if (!timer_active(&l->tell))
		timer_start_late(l->trunk->p.timers, &l->tell, TELL_CALLS_MS);
}

void
line_set_state(struct line *l, enum live_line_state state, const char *reason)
{
	struct trunk *t = l->trunk;
	const char *text = reason ? reason : "";

	if (l->state == state && strncmp(l->reason, text, sizeof l->reason - 1) == 0)
		return;
	if (l->state != state || !l->since)
		l->since = t->p.ops->wall_ms(t->p.ctx);
	l->state = state;
	snprintf(l->reason, sizeof l->reason, "%s", text);
	if (state == LIVE_LINE_FAILED)
		line_log(LOG_WARN, l, "does not work: %s", text);
	line_tell(l);
}

bool
line_is_usable(const struct line *l)
{
	if (!l->conf.enabled || l->stale || l->trunk->stopping || l->hops.n == 0)
		return false;
	return l->conf.registers ? l->bound_until_ms > line_now_ms(l) : l->reachable;
}

/* ---- life of a line ---- */

struct line *
trunk_line(const struct trunk *t, int64_t id)
{
	LIST_FOR_EACH (it, &t->lines) {
		struct line *l = container_of(it, struct line, link);

		if (l->id == id)
			return l;
	}
	return NULL;
}

static void
line_free(struct line *l)
{
	probe_drop(l);
	line_halt(l);
	timer_stop(&l->tell);
	list_remove(&l->link);
	arena_fini(&l->arena);
	free(l);
}

/* Configured lines start; what cannot be configured says so. */
static void
begin(struct line *l, const struct dir_line *conf)
{
	enum err e = line_configure(l, conf);

	l->stale = false;
	l->has_flow = l->maybe_bound = l->reachable = false;
	l->hops.n = l->known.n = 0;
	l->substitute = false;
	l->hop = 0;
	l->located_until_ms = 0;
	l->failures = 0;
	l->route_n = 0;
	l->keep_s = KEEP_ALIVE_UDP_S;
	l->auth = (struct sip_client_auth){0};
	l->state = LIVE_LINE_OFF;
	l->reason[0] = '\0';
	l->since = 0;
	if (e == ERR_OK)
		line_start(l);
	else
		line_set_state(l, LIVE_LINE_FAILED,
		    e == ERR_INVALID ? "host or proxy is no valid address" : err_text(e));
	if (!l->since) { /* off from the start */
		l->since = l->trunk->p.ops->wall_ms(l->trunk->p.ctx);
		line_tell(l);
	}
}

static void
add_line(struct trunk *t, const struct dir_line *conf)
{
	struct line *l = calloc(1, sizeof *l);

	if (!l) {
		log_error(SIP, "no memory for line %.*s", SLICE_FMT(conf->name));
		return;
	}
	l->trunk = t;
	l->id = conf->id;
	arena_init(&l->arena, "line", 1024, 64 * 1024);
	line_init_register(l);
	line_init_watch(l);
	timer_init(&l->tell, on_tell);
	list_push(&t->lines, &l->link);
	begin(l, conf);
}

static void
reap(struct timer *timer)
{
	struct trunk *t = container_of(timer, struct trunk, reaper);
	struct list *node;

	while ((node = list_pop(&t->dead)))
		line_free(container_of(node, struct line, link));
}

void
line_has_left(struct line *l)
{
	struct trunk *t = l->trunk;
	const struct dir_line *conf = dir_line_by_id(t->p.dir, l->id);
	struct live_line live;

	line_halt(l);
	l->maybe_bound = false;
	if (t->stopping) {
		line_set_state(l, LIVE_LINE_OFF, NULL);
		return;
	}
	if (conf) {
		begin(l, conf);
		return;
	}
	fill_live(l, &live);
	t->p.ops->on_line(t->p.ctx, &live, true);
	list_remove(&l->link);
	list_push(&t->dead, &l->link); /* we may be inside one of its callbacks */
	timer_start(t->p.timers, &t->reaper, 0);
}

/* ---- the trunk ---- */

enum err
trunk_new(struct trunk **out, const struct trunk_params *p)
{
	struct trunk *t = calloc(1, sizeof *t);

	if (!t)
		return ERR_NOMEM;
	t->p = *p;
	list_init(&t->lines);
	list_init(&t->dead);
	list_init(&t->probes);
	timer_init(&t->reaper, reap);
	sip_failed_hops_init(&t->failed);
	*out = t;
	trunk_set_directory(t, p->dir);
	return ERR_OK;
}

void
trunk_free(struct trunk *t)
{
	if (!t)
		return;
	timer_stop(&t->reaper);
	reap(&t->reaper);
	LIST_FOR_EACH_SAFE (it, &t->lines)
		line_free(container_of(it, struct line, link));
	probes_free(t);
	free(t);
}

static void
update(struct line *l, const struct dir_line *conf)
{
	if (conf && !line_differs(l, conf)) {
		if (line_configure(l, conf) != ERR_OK)
			line_log(LOG_WARN, l, "keeps its old settings: no memory");
		line_tell(l); /* its name may be another one */
		return;
	}
	l->stale = true;
	line_leave(l);
}

void
trunk_set_directory(struct trunk *t, const struct directory *dir)
{
	const struct dir_line *lines;
	size_t n;

	t->p.dir = dir;
	if (t->stopping)
		return;
	LIST_FOR_EACH_SAFE (it, &t->lines) {
		struct line *l = container_of(it, struct line, link);

		if (!l->stale) /* else it reads the directory when it has left */
			update(l, dir_line_by_id(dir, l->id));
	}
	lines = dir_lines(dir, &n);
	for (size_t i = 0; i < n; i++)
		if (!trunk_line(t, lines[i].id))
			add_line(t, &lines[i]);
}

void
trunk_on_closed(struct trunk *t, const struct sip_flow *flow)
{
	LIST_FOR_EACH_SAFE (it, &t->lines) {
		struct line *l = container_of(it, struct line, link);

		if (l->conf.registers && l->has_flow && l->step == IDLE &&
		    l->bound_until_ms > line_now_ms(l) && l->flow.transport == flow->transport &&
		    sip_transport_reliable(flow->transport) &&
		    addr_eq(&l->flow.remote, &flow->remote))
			timer_start(t->p.timers, &l->timer, 200 + rng_below(t->p.rng, 1800));
	}
}

void
trunk_retry(struct trunk *t)
{
	LIST_FOR_EACH (it, &t->lines) {
		struct line *l = container_of(it, struct line, link);

		if (l->step == IDLE && l->state == LIVE_LINE_FAILED && l->failures &&
		    !l->retry_after_s)
			timer_start(t->p.timers, &l->timer, 0);
	}
}

void
trunk_stop(struct trunk *t)
{
	t->stopping = true;
	LIST_FOR_EACH_SAFE (it, &t->lines) {
		struct line *l = container_of(it, struct line, link);

		if (l->step != LEAVING)
			line_leave(l);
	}
}

bool
trunk_is_stopped(const struct trunk *t)
{
	LIST_FOR_EACH (it, &t->lines)
		if (container_of(it, struct line, link)->step == LEAVING)
			return false;
	return true;
}

void
trunk_each(const struct trunk *t, void (*each)(void *ctx, const struct live_line *l), void *ctx)
{
	LIST_FOR_EACH (it, &t->lines) {
		struct live_line live;

		fill_live(container_of(it, struct line, link), &live);
		each(ctx, &live);
	}
}

struct trunk_counts
trunk_get_counts(const struct trunk *t)
{
	struct trunk_counts c = t->counts;

	LIST_FOR_EACH (it, &t->lines) {
		c.lines++;
		c.usable += line_is_usable(container_of(it, struct line, link));
	}
	return c;
}
