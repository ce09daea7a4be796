/* In place of fastpath_kernel.c where clang or libbpf is missing. */
#include <stdio.h>

#include "media/fastpath_int.h"

enum err
fastpath_kernel_new(
    struct fastpath_kernel **out, const struct fastpath_params *p, char *why, size_t why_bytes)
{
	*out = NULL;
	snprintf(why, why_bytes, "built without it");
	return ERR_UNSUPPORTED;
}

void
fastpath_kernel_free(struct fastpath_kernel *k)
{
}

struct fastpath_entry *
fastpath_kernel_entries(struct fastpath_kernel *k)
{
	return NULL;
}

unsigned
fastpath_kernel_interfaces(const struct fastpath_kernel *k)
{
	return 0;
}
