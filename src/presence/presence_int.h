/*
 * Private to presence/: the structs its files share.
 *
 *	presence.c        the whole: tables, snapshot, lists
 *	request.c         what SUBSCRIBE and PUBLISH have in common
 *	subscribe.c       a SUBSCRIBE, from request to response
 *	subscription.c    one subscription: made, refreshed, expired, ended, kept
 *	kept.c            it, over a restart
 *	sub_dialog.c      its dialog, packed into texts
 *	sub_texts.c       these, which many subscriptions share
 *	notify.c          when a NOTIFY goes out, and what becomes of it
 *	notify_write.c    what it says
 *	unsolicited.c     message lamps of phones that did not ask
 *	resource.c        what is watched, and when its watchers hear of it
 *	dialogs.c         calls of a user, and their dialog-info (RFC 4235)
 *	lamps.c           lamps of functions, as dialog-info
 *	packages.c        the packages, and the bodies that are short
 *	pidf.c            presence documents: written
 *	pidf_parse.c      and read
 *	publish.c         PUBLISH
 *
 * presence -> resource (only while somebody watches it, or something is known of it) ->
 * subscriptions, dialogs, publications. presence -> watcher (a phone, only while it has
 * subscriptions) lists the same subscriptions. A subscription ends in sub_free only.
 */
#ifndef PRESENCE_PRESENCE_INT_H
#define PRESENCE_PRESENCE_INT_H

#include "base/hmap.h"
#include "base/log.h"
#include "presence/pidf.h"
#include "presence/presence.h"
#include "sip/dialog.h"
#include "sip/write.h"

enum {
	BATCH_MS = 20,	       /* changes of one resource are told together */
	INTERVAL_MIN_MS = 200, /* between two NOTIFYs of a subscription for changes */
	SEND_MAX = 32,	       /* NOTIFYs sent at once; then others get their turn */
	SEND_PAUSE_MS = 1,
	RESTORED_SPREAD_MS = 3000, /* after a restart */
	CSEQ_AHEAD = 1000,	   /* kept so far ahead, so that not each NOTIFY is kept */
	SUB_TEXTS_MAX_BYTES = 2816,
	RETRY_AFTER_MAX_S = 300,
	BODY_BYTES = 16384,
	HEAD_BYTES = 1024,
	HEADERS_BYTES = 12288,
	URI_USER_BYTES = 64,
	NO_ROOM_WAIT_MS = 5000, /* when the transaction layer is full */
	HEADERS_SHORT = 512,
	DIALOGS_SHOWN_MAX = 16,
	PUBLICATIONS_MAX = 8, /* of one user */
	ETAG_BYTES = 16,
	LAMP_NAME_BYTES = 24,
};

struct sub;

/* What is watched: a user, (reg) a phone, or a lamp of a user. */
enum resource_kind { RESOURCE_USER, RESOURCE_PHONE, RESOURCE_LAMP };

struct resource_key {
	enum resource_kind kind;
	int64_t id;
	char lamp[LAMP_NAME_BYTES]; /* RESOURCE_LAMP: "*09"; else "" */
};

struct resource {
	struct hnode node;
	struct presence *p;
	struct resource_key key;
	enum presence_lamp lamp; /* RESOURCE_LAMP */
	bool waiting_known;
	uint64_t telephony;   /* a hash of what was told last of a user's calls; 0 = free */
	uint8_t dirty, stale; /* a bit for each package: to be told; body to be written anew */
	struct presence_waiting waiting;
	uint64_t profile; /* hash of what the directory says and bodies show */
	struct list subs[PRESENCE_PACKAGES_N];
	/* Its dialogs, oldest first: those that can be picked up, and the others. */
	struct list ringing, calls;
	uint32_t n_confirmed;
	struct list publications;
	size_t n_publications;
	struct timer flush;
	/* The part of the body that all watchers share, and how often it has changed. */
	struct {
		char *p;
		uint32_t n, generation;
	} body[PRESENCE_PACKAGES_N];
};

/* A phone that watches. */
struct watcher {
	struct hnode node; /* by id */
	struct presence *p;
	int64_t id;
	char name[LIVE_PHONE_BYTES];
	struct list subs;
	size_t n_subs;
};

/* Why a subscription is over (RFC 6665, 4.1.3). */
#define SUB_REASONS(X)                                                                             \
	X(TIMEOUT, "timeout")                                                                      \
	X(NORESOURCE, "noresource")                                                                \
	X(DEACTIVATED, "deactivated")                                                              \
	X(REJECTED, "rejected")

enum sub_reason {
	SUB_ACTIVE, /* it is not */
#define X(id, name) SUB_##id,
	SUB_REASONS(X)
#undef X
};

enum sub_text {
	SUB_CALL_ID,
	SUB_LOCAL_TAG,
	SUB_REMOTE_TAG,
	SUB_LOCAL,  /* From of our NOTIFYs, without tag */
	SUB_REMOTE, /* To */
	SUB_TARGET,
	SUB_ROUTES, /* one a line */
	SUB_EVENT_ID,
	SUB_ENTITY, /* URI of what is watched, as it was asked for */
	SUB_TEXTS
};

enum { SUB_PARTS = 4 };

/* Texts end to end that many subscriptions have alike, there once: see sub_texts.c. */
struct sub_shared {
	struct hnode node;
	uint32_t users;
	uint16_t end[SUB_PARTS];
	char text[];
};

/* Subscriptions are many, so each has only what no other one has: how its dialog is called. The way
 * to the phone is that of all the phone's subscriptions, names those of all who watch the same. */
struct sub {
	struct list in_resource, in_watcher;
	struct hnode by_dialog;
	struct resource *resource;
	struct watcher *watcher;
	struct sip_client *asking; /* the NOTIFY under way */
	struct sub_shared *way, *names;
	/* Runs until it expires or may be told something, or a little less; while it waits for its
	 * turn to send (queued), its node is in presence.ready instead. */
	struct timer timer;
	uint64_t expires_ms;   /* of the loop's clock */
	uint64_t earliest_ms;  /* of the next NOTIFY that tells of a change */
	int64_t subscribed_at; /* wall */
	uint32_t local_cseq, kept_cseq, remote_cseq;
	uint32_t handle; /* of what is kept, 0: nothing */
	uint32_t told;	 /* generation of the body sent last */
	uint16_t end[SUB_PARTS];
	uint8_t package, reason; /* enum sub_reason */
	bool pending : 1;	 /* something is to be told */
	bool queued : 1;
	bool reported : 1;  /* people see it */
	bool flow_lost : 1; /* waits until its phone registers again */
	char text[];	    /* its own, end to end */
};

struct presence {
	struct presence_params p;
	struct hmap resources, watchers, subs, dialogs, shared;
	size_t n_subs;
	struct list ready;
	struct timer sender;
	struct presence_counts counts;
	struct log_limit log;
	char scratch[BODY_BYTES];
};

static inline uint64_t
presence_now_ms(const struct presence *p)
{
	return timers_now_ms(p->p.timers);
}

/* ---- packages.c ---- */

struct package {
	struct slice name, content_type;
	/** What differs between the watchers of one state, before what they share. */
	void (*write_head)(
	    struct buf *b, const struct resource *r, struct slice entity, uint32_t version);
	void (*write_shared)(struct buf *b, const struct resource *r);
	bool own_only; /* a phone may watch itself and its users only */
};

extern const struct package presence_packages[PRESENCE_PACKAGES_N];
/** Of an Event header's value, which may carry parameters. False: not ours. */
bool package_find(struct slice event, enum presence_package *out);

/* ---- kept.c ---- */

void sub_keep(struct sub *s);

/* ---- request.c ---- */

/** Answers and counts. */
void presence_refuse(
    struct presence *p, struct sip_server *tsx, uint16_t status, struct slice headers);
void presence_refuse_with(struct presence *p, struct sip_server *tsx, uint16_t status,
    enum sip_hdr_id id, struct slice value);
/** True: it requires something we cannot do, and was answered. */
bool presence_refuse_extensions(
    struct presence *p, struct sip_server *tsx, const struct sip_msg *req);
/** 0 or from PRESENCE_EXPIRES_MIN_S to PRESENCE_EXPIRES_S. False: too brief, was answered. */
bool presence_read_expires(
    struct presence *p, struct sip_server *tsx, const struct sip_msg *req, uint32_t *seconds);

/* ---- resource.c ---- */

struct resource *resource_find(const struct presence *p, const struct resource_key *key);
/** NULL: no memory. */
struct resource *resource_get_or_make(struct presence *p, const struct resource_key *key);
/** Frees it when nobody watches and nothing is known. */
void resource_drop_if_idle(struct resource *r);
void resource_free(struct resource *r);
/** What the directory says of it may have changed. */
void resource_follow(struct resource *r);
/** Its state changed as far as this package is concerned: told soon. */
void resource_changed(struct resource *r, enum presence_package package);
/** The shared part of the body; good until the next change. */
struct slice resource_body(struct resource *r, enum presence_package package);
/** "101" of "sip:101@example.org"; empty if it is no URI. */
struct slice entity_user(struct slice entity);
/** Whom the user part of a URI names, for this package and phone. ERR_NOT_FOUND; ERR_DENIED:
 *  not to be watched by this phone. */
ERR_MUST_CHECK enum err resource_resolve(const struct directory *dir, struct slice user,
    enum presence_package package, const struct dir_phone *watcher, struct resource_key *out);
bool resource_is(const struct resource *r, const struct resource_key *key);

/* ---- lamps.c ---- */

/** The lamp of this name of the phone's user. ERR_NOT_FOUND; ERR_DENIED: none that he has. */
ERR_MUST_CHECK enum err lamp_resolve(const struct directory *dir, struct slice name,
    const struct dir_phone *watcher, struct resource_key *out);
/** As the directory says now. */
void lamp_follow(struct resource *r);
void lamp_write(struct buf *b, const struct resource *r);

/* ---- dialogs.c ---- */

void dialogs_free(struct resource *r);
void dialogs_write(struct buf *b, const struct resource *r);
void dialogs_write_head(
    struct buf *b, const struct resource *r, struct slice entity, uint32_t version);

/* ---- publish.c ---- */

struct publication {
	struct list node; /* in its resource, newest first */
	struct resource *resource;
	int64_t phone_id;
	struct timer expiry;
	char etag[ETAG_BYTES + 1];
	struct pidf_state state;
};

void publication_free(struct publication *pub);

/* ---- pidf.c ---- */

void presence_write_head(
    struct buf *b, const struct resource *r, struct slice entity, uint32_t version);
void presence_write(struct buf *b, const struct resource *r);

/* ---- sub_texts.c ---- */

/** A subscription with these texts, in no table; copied. ERR_NOMEM; ERR_TOO_BIG: more than
 *  SUB_TEXTS_MAX_BYTES. */
ERR_MUST_CHECK enum err sub_new(struct sub **out, struct presence *p,
    const struct slice texts[SUB_TEXTS], const struct sip_flow *flow);
/** The memory of one that is in no table (any more). NULL is fine. */
void sub_dispose(struct sub *s, struct presence *p);
/** Good until sub_set_way. */
struct slice sub_text(const struct sub *s, enum sub_text which);
struct sip_flow sub_flow(const struct sub *s);
/** Where its NOTIFYs go from now on. ERR_NOMEM: as before. */
ERR_MUST_CHECK enum err sub_set_way(
    struct sub *s, struct slice target, const struct sip_flow *flow);

/* ---- sub_dialog.c ---- */

/** From a SUBSCRIBE (RFC 3261, 12.1.1). ERR_MALFORMED: no Contact; and as sub_new. */
ERR_MUST_CHECK enum err sub_dialog_new(struct sub **out, struct presence *p,
    const struct sip_msg *req, const struct sip_flow *flow, struct slice local_tag,
    struct slice event_id, struct slice entity);
/** A new Contact (12.2.2); the flow follows. */
void sub_dialog_refresh(struct sub *s, const struct sip_msg *req, const struct sip_flow *flow);
/** As the dialog that sip/ knows, for writing; texts borrowed from s, route is room for them. */
void sub_dialog_unpack(
    const struct sub *s, struct sip_dialog *d, struct slice route[SIP_ROUTES_MAX]);
ERR_MUST_CHECK enum err sub_enlist(struct sub *s, struct presence *p);
void sub_delist(struct sub *s, struct presence *p);
struct sub *sub_find(const struct presence *p, struct slice call_id, struct slice local_tag,
    struct slice remote_tag);

/* ---- subscription.c ---- */

/** Puts it into resource and watcher. */
void sub_join(struct sub *s, enum presence_package package, struct resource *r, struct watcher *w);
/** Forgets it without a word to its phone; removed also from what is kept. */
void sub_free(struct sub *s);
/** The same at the end of the program: nothing is reported. */
void sub_discard(struct sub *s);
void sub_set_expiry(struct sub *s, uint32_t seconds);
uint32_t sub_expires_s(const struct sub *s);
/** Made or changed: keeps it over a restart and tells people. */
void sub_report(struct sub *s);
/** It was kept: tells people, and the phone soon. */
void sub_restored(struct sub *s);
int64_t sub_expires_at(const struct sub *s);
/** No more requests of the phone are taken; a last NOTIFY with this reason follows, at once or
 *  in its turn. s may be gone afterwards. */
void sub_end(struct sub *s, enum sub_reason reason, bool at_once);
void sub_live(const struct sub *s, struct live_subscription *out);
struct watcher *watcher_get_or_make(struct presence *p, const struct dir_phone *dp);
struct watcher *watcher_find(const struct presence *p, int64_t id);
void watcher_drop_if_idle(struct watcher *w);

/* ---- notify.c ---- */

void sub_notify_init(struct presence *p);
/** The state changed: a NOTIFY when it may be, not before INTERVAL_MIN_MS are over. */
void sub_notify_later(struct sub *s);
/** One after a SUBSCRIBE or at the end: at once, or when the one under way is answered.
 *  s may be gone afterwards when it has ended. */
void sub_notify_now(struct sub *s);
/** No longer waits for anything. */
void sub_notify_stop(struct sub *s);
/** Its phone can be reached (again, elsewhere). */
void sub_notify_follow(struct sub *s);
/** Its timer runs as long as there is something to wait for. */
void sub_notify_arrange(struct sub *s);
/** After a restart: some time within the next seconds. */
void sub_notify_restored(struct sub *s);

/* ---- notify_write.c ---- */

/** Sends the NOTIFY of the present state. user of the ops is s; out NULL: nobody waits. */
ERR_MUST_CHECK enum err sub_notify_send(
    struct sub *s, const struct sip_client_ops *ops, struct sip_client **out);

/* ---- unsolicited.c ---- */

/** To the contacts of a phone that has no subscription to r's messages. */
void unsolicited_send(struct resource *r, const struct dir_phone *phone);

#endif
