/*
 * A relay on a real loop with real sockets on loopback, and phones that send and
 * receive packets. Waiting is always for something, with a deadline.
 */
#ifndef TESTS_MEDIA_RELAY_FIXTURE_H
#define TESTS_MEDIA_RELAY_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/relay.h"

enum { DEADLINE_MS = 10000, EVENTS_KEPT = 4096 };

struct relay_fixture {
	struct loop *loop;
	struct media *media;
	bool keeps_stats; /* else those events are dropped, for they come when they want */
	struct media_event events[EVENTS_KEPT];
	size_t n_events;
};

/* One side of a call: an RTP and an RTCP socket. */
struct phone {
	int fd[2];
	struct addr at[2];
};

/** Range of so many ports, none of them in use by others at this moment. */
void relay_start(struct relay_fixture *f, uint32_t n_ports, uint32_t n_threads);
void relay_start_at(struct relay_fixture *f, const struct media_relay_params *params);
void relay_end(struct relay_fixture *f);
/** First of n_ports free ports in a row, even. */
uint16_t relay_free_ports(uint32_t n_ports);
/** Runs the loop until enough(f) or the deadline; false: too late. */
bool relay_run_until(struct relay_fixture *f, bool (*enough)(struct relay_fixture *f));
/** Runs the loop until so many events came in all. */
void relay_run_until_events(struct relay_fixture *f, size_t n);
/** The last event of the kind of this stream, NULL if there is none. */
const struct media_event *relay_event(
    const struct relay_fixture *f, struct media_ref ref, enum media_event_kind kind);
struct media_relay_stats relay_stats(const struct relay_fixture *f);
/** Closes and waits for the last word. */
struct media_stats relay_close_and_wait(struct relay_fixture *f, struct media_ref ref);

/** ip: "127.0.0.1", "::1", … */
void phone_open(struct phone *p, const char *ip);
void phone_close(struct phone *p);
/** What the phone's SDP and signalling say. */
struct media_peer phone_peer(const struct phone *p);
/** which: 0 RTP, 1 RTCP; to the relay's port (of RTP) on this phone's loopback. */
void phone_send(const struct phone *p, int which, uint16_t port, struct slice packet);
/** Waits for a packet; returns its length. */
size_t phone_receive(const struct phone *p, int which, unsigned char *out, size_t cap);
void phone_expect(const struct phone *p, int which, struct slice packet);
/** Nothing has arrived (what could come has been waited for by other means). */
void phone_expect_nothing(const struct phone *p, int which);
/** An RTP packet of n bytes into out. */
struct slice rtp_make(unsigned char *out, size_t n, uint32_t ssrc, uint16_t seq);

/** A stream between two phones that know each other. */
struct media_ref relay_connect(struct relay_fixture *f, const struct phone *caller,
    const struct phone *called, uint16_t port[MEDIA_SIDES]);
/** Most tests: a relay with one thread and room for one stream, two phones on 127.0.0.1
 *  and their stream. */
struct media_ref relay_start_call(struct relay_fixture *f, struct phone *caller,
    struct phone *called, uint16_t port[MEDIA_SIDES]);
/** Hangs up the phones and ends the relay. */
void relay_end_call(struct relay_fixture *f, struct phone *caller, struct phone *called);

#endif
