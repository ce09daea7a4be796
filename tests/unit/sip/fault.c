#include "fault.h"

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>

struct fault fault;

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void __real_free(void *p);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void __wrap_free(void *p);

static bool
fails(void)
{
	fault.allocations++;
	if (fault.fail_at == 0 || --fault.fail_at > 0)
		return false;
	fault.failed++;
	return true;
}

static void *
count(void *p)
{
	if (p) {
		fault.blocks++;
		fault.bytes += malloc_usable_size(p);
	}
	return p;
}

void *
__wrap_malloc(size_t n)
{
	return fails() ? NULL : count(__real_malloc(n));
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return fails() ? NULL : count(__real_calloc(n, size));
}

void
__wrap_free(void *p)
{
	if (p) {
		fault.blocks--;
		fault.bytes -= malloc_usable_size(p);
	}
	__real_free(p);
}

void *
__wrap_realloc(void *p, size_t n)
{
	size_t before = p ? malloc_usable_size(p) : 0;
	void *q;

	if (fails())
		return NULL;
	q = __real_realloc(p, n);
	if (q) {
		fault.blocks += p == NULL;
		fault.bytes += malloc_usable_size(q) - before;
	}
	return q;
}
