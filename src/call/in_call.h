/*
 * Inside call/: codes that users press while they talk (model/feature.h, FEATURES_IN_CALL). Who
 * may press one is listened to; a key comes as a packet, in the voice or by INFO. Keys pass on as
 * they come, those of a code, too: nobody knows yet that it will be one.
 */
#ifndef CALL_IN_CALL_H
#define CALL_IN_CALL_H

#include "call/call_int.h"

/** l's keys shall be told. */
bool in_call_listens(const struct leg *l);
/** How: added to what l is served. */
void in_call_listen(const struct leg *l, struct media_service *what);
/** A key of l. True: it has done something, and is for nobody else. */
bool in_call_on_key(struct leg *l, char key);

#endif
