/*
 * File: a header of one page, then pages of slots. All slots of a page have one size, chosen
 * when the page is first used (enum classes):
 *
 *	page: slots | slot, slot …
 *	slot: check | order and length | value
 *
 * Memory order does not matter (after a crash of the process the kernel has all stores that
 * were executed); the check sum covers what the compiler or a loss of power may reorder.
 */
#include "store/keep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "store/data_file.h"
#include "store/journal_int.h"

enum {
	PAGE_BYTES = 4096,
	PAGE_HEAD_BYTES = 16,
	FIRST_PAGES = 16,
	PAGES_MAX = 1 << 18, /* 1 GiB */
	CLASSES = 6,
};

static const uint16_t slots_of_class[CLASSES] = {16, 12, 8, 4, 2, 1};

static const char magic[8] = "STRGKEP1";

struct header {
	char magic[8];
	uint64_t format;
};

struct slot {
	uint64_t check;
	uint64_t order_length; /* order << 16 | length; 0 = free */
	char value[];
};

struct free_slots {
	uint32_t *handle; /* stack */
	size_t n, cap;
};

struct keep {
	int fd;
	char *map;
	uint32_t pages, pages_used; /* without the header */
	uint64_t order;
	size_t count;
	size_t slots[CLASSES]; /* in the file: so many fit in free_slots */
	struct free_slots free[CLASSES];
};

/* --- slots ------------------------------------------------------------------------------- */

static char *
page_at(const struct keep *k, uint32_t page)
{
	return k->map + PAGE_BYTES + (size_t)page * PAGE_BYTES;
}

static size_t
slot_bytes(unsigned class)
{
	return (PAGE_BYTES - PAGE_HEAD_BYTES) / slots_of_class[class] / 8 * 8;
}

/* The class of a used page, CLASSES if its head is damaged. */
static unsigned
class_of(const struct keep *k, uint32_t page)
{
	uint16_t slots;
	unsigned c = 0;

	memcpy(&slots, page_at(k, page), sizeof slots);
	while (c < CLASSES && slots_of_class[c] != slots)
		c++;
	return c;
}

static uint32_t
handle_of(uint32_t page, unsigned index)
{
	return (page << 4 | index) + 1;
}

/* NULL: no such slot. */
static struct slot *
slot_of(const struct keep *k, uint32_t handle, unsigned *class)
{
	uint32_t page = (handle - 1) >> 4, index = (handle - 1) & 15;

	if (handle == KEEP_NONE || page >= k->pages_used)
		return NULL;
	*class = class_of(k, page);
	if (*class == CLASSES || index >= slots_of_class[*class])
		return NULL;
	return (
	    struct slot *)(void *)(page_at(k, page) + PAGE_HEAD_BYTES + index * slot_bytes(*class));
}

static size_t
length_of(const struct slot *s)
{
	return s->order_length & 0xffff;
}

static uint64_t
check_of(const struct slot *s, uint32_t handle)
{
	return journal_sum(s->value, length_of(s), s->order_length ^ handle * 0x10001ull);
}

static bool
is_valid(const struct slot *s, uint32_t handle, unsigned class)
{
	return length_of(s) > 0 && length_of(s) <= slot_bytes(class) - sizeof *s &&
	       s->check == check_of(s, handle);
}

/* There is room for every slot of the class: see add_slots. */
static void
push_free(struct keep *k, unsigned class, uint32_t handle)
{
	k->free[class].handle[k->free[class].n++] = handle;
}

/* Room in the stack for the slots of one more page of this class. */
static enum err
add_slots(struct keep *k, unsigned class)
{
	struct free_slots *f = &k->free[class];
	size_t need = k->slots[class] + slots_of_class[class];

	if (need > f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 64;
		uint32_t *more = realloc(f->handle, cap * sizeof *more);

		if (!more)
			return ERR_NOMEM;
		f->handle = more;
		f->cap = cap;
	}
	k->slots[class] = need;
	return ERR_OK;
}

/* --- the file ----------------------------------------------------------------------------- */

/* The disk space is taken now: a full disk must not become a SIGBUS later. */
static enum err
resize(struct keep *k, uint32_t pages)
{
	size_t bytes = PAGE_BYTES * ((size_t)pages + 1), now = PAGE_BYTES * ((size_t)k->pages + 1);
	int code;
	void *map;

	if (pages > PAGES_MAX)
		return ERR_LIMIT;
	code = posix_fallocate(k->fd, 0, (off_t)bytes);
	if (code != 0)
		return err_from_errno(code);
	map = k->map ? mremap(k->map, now, bytes, MREMAP_MAYMOVE)
		     : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, k->fd, 0);
	if (map == MAP_FAILED)
		return err_from_errno(errno);
	k->map = map;
	k->pages = pages;
	return ERR_OK;
}

/* One more page for this class. */
static enum err
use_page(struct keep *k, unsigned class)
{
	uint32_t page = k->pages_used;
	enum err e = ERR_OK;

	if (page == k->pages)
		e = resize(k, k->pages + (k->pages < 1024 ? k->pages : 1024));
	if (e == ERR_OK)
		e = add_slots(k, class);
	if (e != ERR_OK)
		return e;
	memcpy(page_at(k, page), &slots_of_class[class], sizeof slots_of_class[class]);
	k->pages_used++;
	for (unsigned i = slots_of_class[class]; i-- > 0;)
		push_free(k, class, handle_of(page, i));
	return ERR_OK;
}

static enum err
read_page(struct keep *k, uint32_t page)
{
	unsigned class = class_of(k, page);
	enum err e;

	if (class == CLASSES) { /* damaged: a page like a new one */
		memset(page_at(k, page), 0, PAGE_BYTES);
		class = 1;
		memcpy(page_at(k, page), &slots_of_class[class], sizeof slots_of_class[class]);
	}
	e = add_slots(k, class);
	if (e != ERR_OK)
		return e;
	for (unsigned i = slots_of_class[class]; i-- > 0;) {
		uint32_t handle = handle_of(page, i);
		struct slot *s = slot_of(k, handle, &class);

		if (is_valid(s, handle, class)) {
			k->count++;
			if (s->order_length >> 16 > k->order)
				k->order = s->order_length >> 16;
		} else {
			s->order_length = 0;
			push_free(k, class, handle);
		}
	}
	return ERR_OK;
}

static bool
is_unused(const struct keep *k, uint32_t page)
{
	uint16_t slots;

	memcpy(&slots, page_at(k, page), sizeof slots);
	return slots == 0;
}

static enum err
open_old(struct keep *k, off_t bytes)
{
	enum err e;

	if (bytes / PAGE_BYTES - 1 > PAGES_MAX)
		return ERR_CORRUPT;
	e = resize(k, (uint32_t)(bytes / PAGE_BYTES - 1));
	k->pages_used = k->pages;
	while (e == ERR_OK && k->pages_used && is_unused(k, k->pages_used - 1))
		k->pages_used--;
	for (uint32_t page = k->pages_used; page-- > 0 && e == ERR_OK;)
		e = read_page(k, page);
	return e;
}

static enum err
start_new(struct keep *k, uint64_t format)
{
	struct header h = {.format = format};
	enum err e = resize(k, FIRST_PAGES);

	if (e != ERR_OK)
		return e;
	memcpy(h.magic, magic, sizeof magic);
	memcpy(k->map, &h, sizeof h);
	return ERR_OK;
}

static bool
is_ours(int fd, off_t bytes, uint64_t format)
{
	struct header h;

	return bytes >= 2 * PAGE_BYTES && pread(fd, &h, sizeof h, 0) == sizeof h &&
	       memcmp(h.magic, magic, sizeof magic) == 0 && h.format == format;
}

static enum err
open_any(struct keep *k, const char *path, uint64_t format)
{
	off_t bytes = 0;
	enum err e = data_file_open(path, &k->fd, &bytes);

	if (e == ERR_OK && bytes > 0 && !is_ours(k->fd, bytes, format))
		e = data_file_replace(path, &k->fd, &bytes);
	if (e != ERR_OK)
		return e;
	return bytes > 0 ? open_old(k, bytes) : start_new(k, format);
}

enum err
keep_open(struct keep **out, const char *path, uint64_t format, char *why, size_t why_bytes)
{
	struct keep *k = calloc(1, sizeof *k);
	enum err e;

	if (!k)
		return ERR_NOMEM;
	k->fd = -1;
	e = open_any(k, path, format);
	if (e != ERR_OK) {
		data_file_explain("The file", path, e, why, why_bytes);
		keep_close(k);
		return e;
	}
	*out = k;
	return ERR_OK;
}

void
keep_close(struct keep *k)
{
	if (!k)
		return;
	if (k->map)
		munmap(k->map, PAGE_BYTES * ((size_t)k->pages + 1));
	if (k->fd >= 0)
		close(k->fd);
	for (unsigned c = 0; c < CLASSES; c++)
		free(k->free[c].handle);
	free(k);
}

/* --- values ------------------------------------------------------------------------------- */

struct found {
	uint64_t order;
	uint32_t handle;
};

static int
by_order(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return x->order < y->order ? -1 : x->order > y->order;
}

enum err
keep_each(struct keep *k, void (*each)(void *ctx, uint32_t handle, struct slice value), void *ctx)
{
	struct found *list = malloc((k->count ? k->count : 1) * sizeof *list);
	size_t n = 0;

	if (!list)
		return ERR_NOMEM;
	for (uint32_t page = 0; page < k->pages_used; page++)
		for (unsigned i = 0; i < slots_of_class[class_of(k, page)]; i++) {
			unsigned class;
			const struct slot *s = slot_of(k, handle_of(page, i), &class);

			if (s->order_length)
				list[n++] =
				    (struct found){s->order_length >> 16, handle_of(page, i)};
		}
	qsort(list, n, sizeof *list, by_order);
	for (size_t i = 0; i < n; i++) {
		unsigned class;
		const struct slot *s = slot_of(k, list[i].handle, &class);

		if (s->order_length >> 16 == list[i].order) /* not dropped meanwhile */
			each(ctx, list[i].handle, slice_make(s->value, length_of(s)));
	}
	free(list);
	return ERR_OK;
}

enum err
keep_put(struct keep *k, uint32_t *handle, struct slice value)
{
	uint32_t fresh;
	struct slot *s;
	unsigned class = 0;
	enum err e = ERR_OK;

	if (value.n == 0 || value.n > KEEP_VALUE_MAX_BYTES)
		return ERR_TOO_BIG;
	while (slot_bytes(class) < value.n + sizeof *s)
		class ++;
	if (k->free[class].n == 0)
		e = use_page(k, class);
	if (e != ERR_OK)
		return e;
	fresh = k->free[class].handle[--k->free[class].n];
	s = slot_of(k, fresh, &class);
	if (!s)
		return ERR_CORRUPT;
	memcpy(s->value, value.p, value.n);
	s->order_length = ++k->order << 16 | value.n;
	atomic_signal_fence(memory_order_seq_cst);
	s->check = check_of(s, fresh);
	atomic_signal_fence(memory_order_seq_cst);
	k->count++;
	keep_drop(k, *handle);
	*handle = fresh;
	return ERR_OK;
}

void
keep_drop(struct keep *k, uint32_t handle)
{
	unsigned class;
	struct slot *s = slot_of(k, handle, &class);

	if (!s || s->order_length == 0)
		return;
	s->order_length = 0;
	push_free(k, class, handle);
	k->count--;
}

size_t
keep_count(const struct keep *k)
{
	return k->count;
}
