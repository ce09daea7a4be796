/*
 * sip/ - the Session Initiation Protocol, without I/O: messages in place,
 * a writer, transactions on a timer wheel, dialogs, digest, SDP offer/answer.
 *
 * Everything here belongs to the thread that drives it (signalling, or a
 * simulation). Knows no sockets, no users, no calls. This header only gathers
 * the others for a reader; include the one you use.
 */
#ifndef SIP_SIP_H
#define SIP_SIP_H

#include "sip/core.h"
#include "sip/dialog.h"
#include "sip/digest.h"
#include "sip/flow.h"
#include "sip/msg.h"
#include "sip/sdp.h"
#include "sip/write.h"

#endif
