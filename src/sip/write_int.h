/* What the writers of this room share. Private to sip/. */
#ifndef SIP_WRITE_INT_H
#define SIP_WRITE_INT_H

#include "base/buf.h"

/** Appends s without control characters: a value with CR LF inside can neither end
 *  its line nor begin another; a folded value becomes one line. */
void sip_put_clean(struct buf *b, struct slice s);

#endif
