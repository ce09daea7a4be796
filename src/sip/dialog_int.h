/* Private to sip/: what dialog.c and dialog_table.c share. */
#ifndef SIP_DIALOG_INT_H
#define SIP_DIALOG_INT_H

#include "sip/dialog.h"

/** Puts d, whose Call-ID and local tag are set, into t. ERR_NOMEM. */
ERR_MUST_CHECK enum err dialog_enlist(struct sip_dialog *d, struct sip_dialogs *t);

#endif
