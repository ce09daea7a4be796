#include "media/fastpath_int.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "media/fastpath_stream_int.h"

/* Pages come with their first use. NULL: no memory. */
static void *
reserve(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static enum err
reserve_streams(struct fastpath *f)
{
	f->stream = reserve(f->n_streams * sizeof *f->stream);
	f->way = reserve(f->n_streams * sizeof *f->way);
	return f->stream && f->way ? ERR_OK : ERR_NOMEM;
}

struct fastpath *
fastpath_new(const struct fastpath_params *p, char *text, size_t text_bytes)
{
	struct fastpath *f = calloc(1, sizeof *f);
	char why[160] = "no memory";
	enum err e = f ? ERR_OK : ERR_NOMEM;

	if (f) {
		f->first_port = p->first_port;
		f->n_ports = p->n_ports;
		f->n_streams = p->n_streams;
		f->bind = p->bind;
		e = reserve_streams(f);
	}
	if (e == ERR_OK)
		e = fastpath_kernel_new(&f->kernel, p, why, sizeof why);
	if (e != ERR_OK) {
		snprintf(text, text_bytes, "no voice is forwarded in the kernel: %s", why);
		fastpath_free(f);
		return NULL;
	}
	f->entry = fastpath_kernel_entries(f->kernel);
	snprintf(text, text_bytes, "voice is forwarded in the kernel, from %u interfaces",
	    fastpath_kernel_interfaces(f->kernel));
	return f;
}

void
fastpath_free(struct fastpath *f)
{
	if (!f)
		return;
	fastpath_kernel_free(f->kernel);
	if (f->stream)
		munmap(f->stream, f->n_streams * sizeof *f->stream);
	if (f->way)
		munmap(f->way, f->n_streams * sizeof *f->way);
	free(f);
}

struct fastpath_entry *
fastpath_entry_of(const struct fastpath *f, uint16_t port)
{
	return &f->entry[(port - f->first_port) / 2];
}

void
fastpath_cut(const struct fastpath *f, uint16_t port)
{
	if (f)
		__atomic_store_n(&fastpath_entry_of(f, port)->until_ns, 0, __ATOMIC_SEQ_CST);
}
