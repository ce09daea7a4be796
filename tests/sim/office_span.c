#include "office_span.h"

#include <stddef.h>

enum { SECOND = 1000, HOUR = 3600 * SECOND, DAY_MS = 100 * SECOND };

const struct office_span office_day = {.name = "day",
    .ms = DAY_MS,
    .calls = 10,
    .calls_spread = 11,
    .gap_ms = DAY_MS / 10,
    .crash = {5, DAY_MS - 20 * SECOND, false},
    .clock = {4, DAY_MS, false},
    .outage = {6, DAY_MS, false},
    .admin = {4, DAY_MS, false},
    .desk_one_in = 24,
    .register_s = 120,
    .watch_s = 60,
    .silence_ms = 1100 * SECOND,
    .many = 100};

/* Calls and pauses are as many as fill it. What phones refresh they refresh seldom, as real ones
 * do: else a week were nothing but registrations. */
const struct office_span office_week = {.name = "week",
    .ms = 7 * 24 * HOUR,
    .calls = 1200,
    .calls_spread = 401,
    .gap_ms = 10 * SECOND,
    .pause_one_in = 8,
    .pause_ms = 2 * HOUR,
    .crash = {1, 48 * HOUR, true},
    .clock = {1, 40 * HOUR, true},
    .outage = {1, 60 * HOUR, true},
    .admin = {1, 24 * HOUR, true},
    .desk_one_in = 1,
    .register_s = 1800,
    .watch_s = 600,
    .off_ms = HOUR,
    .silence_ms = 2400 * SECOND,
    .many = 3,
    .config = "{'settings':{'register_max_s':1800}}"};
