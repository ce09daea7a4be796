/*
 * apps/ - what answers a call instead of a person. Each app is a kind for call/ (call/app.h) in a
 * file of its own; they know nothing of each other. Signalling thread.
 */
#ifndef APPS_APPS_H
#define APPS_APPS_H

#include "call/app.h"

/** By enum routing_app. */
extern const struct call_app_kind *const apps[ROUTING_APPS];

/* ---- orbit.c: a place to wait; parks what is held by who calls it ---- */
extern const struct call_app_kind app_orbit;
/* ---- order.c: does what a code asks for, and says whether it could be done ---- */
extern const struct call_app_kind app_order;

#endif
