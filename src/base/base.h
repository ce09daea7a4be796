/*
 * base/ - what every other room stands on: errors, slices, arenas, bounded
 * writers, intrusive lists and hash tables, addresses, random numbers, log.
 *
 * Owns nothing by itself: each type says who owns its memory. Everything here
 * is free of I/O except log.h (writes to stderr) and random.h's system source.
 * Values are not thread-safe unless their header says so. Knows nothing of
 * events, SIP or SQL.
 *
 * This header only gathers the others for a reader; include the one you use.
 */
#ifndef BASE_BASE_H
#define BASE_BASE_H

#include "base/addr_net.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/hmap.h"
#include "base/list.h"
#include "base/log.h"
#include "base/random.h"
#include "base/slice.h"

#endif
