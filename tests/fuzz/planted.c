/* Not of the house: a target with a fault, so that it shows when replay.c finds none any more. */
#include <string.h>

#include "fuzz.h"

/* No seed has this number. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	PROMISE(!memmem(data, size, "=4294967296", 11));
	return 0;
}
