#include "office_list.h"

#include <stdlib.h>

#include "fault.h"

enum { FIRST = 32 };

void *
office_grow(void *array, size_t n, size_t *max, size_t size)
{
	size_t fail_at = fault.fail_at;

	if (n < *max)
		return array;
	fault.fail_at = 0;
	*max = n ? n * 2 : FIRST;
	array = realloc(array, *max * size);
	if (!array)
		abort();
	fault.fail_at = fail_at;
	return array;
}
