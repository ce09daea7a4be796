/* Private to the search for SIP servers. */
#ifndef SIP_LOCATE_INT_H
#define SIP_LOCATE_INT_H

#include "sip/locate.h"

/** Sorts the hosts (RFC 2782: priority, then drawn by weight) and writes l->hops. */
void locate_order(struct sip_locate *l);

#endif
