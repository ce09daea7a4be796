/* What strowgerd prints when it is ready: where people and phones find it, and what to do next. */
#ifndef DAEMON_GREETING_H
#define DAEMON_GREETING_H

#include "model/settings.h"

struct api;
struct signalling;
struct store;

/* All borrowed. */
struct greeting {
	const struct settings *settings;
	const char *data_dir;
	struct store *store;
	struct signalling *signalling;
	struct api *api;
};

/** To standard output. The ports are open. */
void greeting_print(const struct greeting *g);

#endif
