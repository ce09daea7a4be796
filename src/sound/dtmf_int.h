/* The table of keys (ITU-T Q.23), of generator and detector. Private to sound/. */
#ifndef SOUND_DTMF_INT_H
#define SOUND_DTMF_INT_H

#include "sound/dtmf.h"

enum { DTMF_ROWS = 4, DTMF_DIGITS = 16 };

extern const uint16_t dtmf_hz[DTMF_TONES];	/* rows, then columns */
extern const char dtmf_digits[DTMF_DIGITS + 1]; /* by row, then column */

#endif
