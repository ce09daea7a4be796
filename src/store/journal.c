/*
 * File: a header of one page, then slots of two copies.
 *
 *	copy: check | seq | state | length | rest | packed record
 *
 * Nearly all records fit. What is longer has its end in the same copy of another slot, `rest`,
 * which is the record's until it is released; the check sum is of both parts.
 *
 * A change is packed into the copy that does not count, its check sum last. The valid copy
 * with the higher sequence number counts. Both torn or never written: the slot is free.
 * Memory order does not matter (after a crash of the process the kernel has all stores that
 * were executed); the check sum covers what the compiler or a power loss may reorder.
 */
#include "store/journal.h"

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
	HEADER_BYTES = 4096,
	COPY_BYTES = 512,
	SLOT_BYTES = 2 * COPY_BYTES,
	FIRST_SLOTS = 64,
	MAX_SLOTS = 1 << 20,
};

enum slot_state { SLOT_FREE, SLOT_OPEN, SLOT_ENDED };

static const char magic[8] = "STRGJRN1";

struct header {
	char magic[8];
	uint64_t layout; /* of struct cdr; another one cannot be read */
	int64_t alive_ms;
};

struct copy {
	uint64_t check;
	uint32_t seq;
	uint16_t state, length; /* of the record, both parts */
	uint32_t rest;		/* its number and one; 0: there is none */
	char data[COPY_BYTES - 20];
};

_Static_assert(sizeof(struct copy) == COPY_BYTES, "copies fill the slot");

enum { DATA_BYTES = sizeof((struct copy *)0)->data, RECORD_BYTES = 2 * DATA_BYTES };

struct journal {
	int fd;
	char *map;
	size_t map_bytes;
	uint32_t slots;	     /* in the file */
	uint8_t *current;    /* which copy counts, per slot */
	uint32_t *free_slot; /* stack */
	uint32_t free_count;
};

/* --- slots ------------------------------------------------------------------------------ */

static struct copy *
copy_at(const struct journal *j, uint32_t slot, unsigned which)
{
	return (struct copy *)(void *)(j->map + HEADER_BYTES + (size_t)slot * SLOT_BYTES +
				       which * COPY_BYTES);
}

static size_t
rest_bytes(const struct copy *c)
{
	return c->length > DATA_BYTES ? (size_t)(c->length - DATA_BYTES) : 0;
}

static uint64_t
copy_check(const struct journal *j, uint32_t slot, unsigned which)
{
	const struct copy *c = copy_at(j, slot, which);
	size_t more = rest_bytes(c);
	uint64_t h = journal_sum((const char *)c + 8,
	    offsetof(struct copy, data) - 8 + c->length - more, slot * 0x10001ull + c->length);

	return more ? journal_sum(copy_at(j, c->rest - 1, which)->data, more, h) : h;
}

static bool
copy_valid(const struct journal *j, uint32_t slot, unsigned which)
{
	const struct copy *c = copy_at(j, slot, which);

	return c->length <= RECORD_BYTES && c->rest <= j->slots && (c->rest || !rest_bytes(c)) &&
	       c->check == copy_check(j, slot, which);
}

static enum err grow(struct journal *j, uint32_t slots);

/* A free one, of which neither copy is to be read. JOURNAL_NO_SLOT: the file cannot grow. */
static uint32_t
slot_take(struct journal *j)
{
	uint32_t slot;

	if (j->free_count == 0 && grow(j, j->slots * 2) != ERR_OK)
		return JOURNAL_NO_SLOT;
	slot = j->free_slot[--j->free_count];
	for (unsigned which = 0; which < 2; which++)
		memset(copy_at(j, slot, which), 0, offsetof(struct copy, data));
	return slot;
}

/* False: the file cannot grow for a long record; what stands there counts. */
static bool
write_slot(struct journal *j, uint32_t slot, enum slot_state state, const struct cdr *cdr)
{
	char record[RECORD_BYTES];
	unsigned which = 1u - j->current[slot];
	size_t length = cdr ? journal_pack(cdr, record, sizeof record) : 0, more;
	uint32_t rest = cdr ? copy_at(j, slot, 1 - which)->rest : 0;
	struct copy *c;

	if (length > DATA_BYTES && !rest) {
		rest = slot_take(j) + 1;
		if (!rest)
			return false;
	}
	c = copy_at(j, slot, which);
	c->check = 0;
	atomic_signal_fence(memory_order_seq_cst);
	c->seq = copy_at(j, slot, 1 - which)->seq + 1;
	c->state = (uint16_t)state;
	c->length = (uint16_t)length;
	c->rest = rest;
	more = rest_bytes(c);
	memcpy(c->data, record, length - more);
	if (more)
		memcpy(copy_at(j, rest - 1, which)->data, record + DATA_BYTES, more);
	atomic_signal_fence(memory_order_seq_cst);
	c->check = copy_check(j, slot, which);
	j->current[slot] = (uint8_t)which;
	return true;
}

/* The copy that counts, or NULL. */
static const struct copy *
read_slot(struct journal *j, uint32_t slot)
{
	const struct copy *a = copy_at(j, slot, 0), *b = copy_at(j, slot, 1);
	bool a_ok = copy_valid(j, slot, 0), b_ok = copy_valid(j, slot, 1);

	if (a_ok && b_ok)
		b_ok = (int32_t)(b->seq - a->seq) > 0;
	j->current[slot] = b_ok ? 1 : 0;
	if (b_ok)
		return b;
	return a_ok ? a : NULL;
}

/* --- the file ----------------------------------------------------------------------------- */

static enum err
resize_tables(struct journal *j, uint32_t slots)
{
	uint8_t *current = realloc(j->current, slots);
	uint32_t *free_slot;

	if (!current)
		return ERR_NOMEM;
	j->current = current;
	free_slot = realloc(j->free_slot, slots * sizeof *free_slot);
	if (!free_slot)
		return ERR_NOMEM;
	j->free_slot = free_slot;
	return ERR_OK;
}

static enum err
map_file(struct journal *j, size_t bytes)
{
	void *map = j->map ? mremap(j->map, j->map_bytes, bytes, MREMAP_MAYMOVE)
			   : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, j->fd, 0);

	if (map == MAP_FAILED)
		return err_from_errno(errno);
	j->map = map;
	j->map_bytes = bytes;
	return ERR_OK;
}

/* New slots are zero, which is no valid copy. Their disk space is taken now: a full disk
 * must not become a SIGBUS in the middle of a call. */
static enum err
grow(struct journal *j, uint32_t slots)
{
	size_t bytes = HEADER_BYTES + (size_t)slots * SLOT_BYTES;
	int code;
	enum err e;

	if (slots > MAX_SLOTS)
		return ERR_LIMIT;
	e = resize_tables(j, slots);
	if (e != ERR_OK)
		return e;
	code = posix_fallocate(j->fd, 0, (off_t)bytes);
	if (code != 0)
		return err_from_errno(code);
	e = map_file(j, bytes);
	if (e != ERR_OK)
		return e;
	for (uint32_t i = slots; i-- > j->slots;) {
		j->current[i] = 0;
		j->free_slot[j->free_count++] = i;
	}
	j->slots = slots;
	return ERR_OK;
}

static bool
read_record(const struct journal *j, const struct copy *c, uint32_t slot, struct cdr *out)
{
	char record[RECORD_BYTES];
	size_t more = rest_bytes(c);

	memcpy(record, c->data, c->length - more);
	if (more)
		memcpy(record + DATA_BYTES, copy_at(j, c->rest - 1, j->current[slot])->data, more);
	return journal_unpack(slice_make(record, c->length), out);
}

static bool
recover_one(struct journal *j, uint32_t slot, struct journal_left *out, uint32_t *rest)
{
	const struct copy *c = read_slot(j, slot);
	const struct header *h = (const struct header *)(void *)j->map;
	struct cdr *cdr = &out->cdr;

	if (!c || c->state == SLOT_FREE || !read_record(j, c, slot, cdr))
		return false;
	*rest = c->rest;
	out->slot = slot;
	if (c->state == SLOT_ENDED)
		return true;
	cdr->result = CDR_INTERRUPTED;
	cdr->ended_by = CDR_BY_SYSTEM;
	cdr->ended_at = cdr->started_at;
	if (cdr->ended_at < cdr->ringing_at)
		cdr->ended_at = cdr->ringing_at;
	if (cdr->ended_at < cdr->answered_at)
		cdr->ended_at = cdr->answered_at;
	if (cdr->ended_at < h->alive_ms)
		cdr->ended_at = h->alive_ms;
	cdr->duration_s =
	    cdr->answered_at ? (uint32_t)((cdr->ended_at - cdr->answered_at) / 1000) : 0;
	return true;
}

/* taken: of all slots, those that are records' */
static enum err
recover_records(struct journal *j, bool *taken, struct journal_left **list, size_t *n)
{
	size_t cap = 0;

	for (uint32_t slot = j->slots; slot-- > 0;) {
		uint32_t rest;

		if (*n == cap) {
			struct journal_left *more =
			    realloc(*list, (cap = cap ? 2 * cap : 8) * sizeof **list);

			if (!more)
				return ERR_NOMEM;
			*list = more;
		}
		if (!recover_one(j, slot, &(*list)[*n], &rest))
			continue;
		taken[slot] = true;
		if (rest)
			taken[rest - 1] = true;
		++*n;
	}
	return ERR_OK;
}

static enum err
recover(struct journal *j, struct journal_left **left, size_t *left_count)
{
	bool *taken = calloc(j->slots, sizeof *taken);
	struct journal_left *list = NULL;
	size_t n = 0;
	enum err e = taken ? recover_records(j, taken, &list, &n) : ERR_NOMEM;

	if (e == ERR_OK) {
		for (uint32_t slot = j->slots; slot-- > 0;)
			if (!taken[slot])
				j->free_slot[j->free_count++] = slot;
		/* what was read need not stay in memory */
		madvise(j->map, j->map_bytes, MADV_DONTNEED);
		*left = list;
		*left_count = n;
	} else {
		free(list);
	}
	free(taken);
	return e;
}

static bool
is_ours(int fd, off_t bytes)
{
	struct header h;

	return bytes >= HEADER_BYTES + SLOT_BYTES && pread(fd, &h, sizeof h, 0) == sizeof h &&
	       memcmp(h.magic, magic, sizeof magic) == 0 && h.layout == journal_layout();
}

static enum err
start_new(struct journal *j)
{
	struct header *h;
	enum err e = grow(j, FIRST_SLOTS);

	if (e != ERR_OK)
		return e;
	h = (struct header *)(void *)j->map;
	memcpy(h->magic, magic, sizeof magic);
	h->layout = journal_layout();
	return ERR_OK;
}

static enum err
open_old(struct journal *j, off_t bytes, struct journal_left **left, size_t *left_count)
{
	size_t slots = ((size_t)bytes - HEADER_BYTES) / SLOT_BYTES;
	enum err e;

	if (slots > MAX_SLOTS)
		return ERR_CORRUPT;
	e = resize_tables(j, (uint32_t)slots);
	if (e == ERR_OK)
		e = map_file(j, HEADER_BYTES + slots * SLOT_BYTES);
	if (e != ERR_OK)
		return e;
	j->slots = (uint32_t)slots;
	return recover(j, left, left_count);
}

static enum err
open_any(struct journal *j, const char *path, struct journal_left **left, size_t *left_count)
{
	off_t bytes = 0;
	enum err e = data_file_open(path, &j->fd, &bytes);

	if (e == ERR_OK && bytes > 0 && !is_ours(j->fd, bytes))
		e = data_file_replace(path, &j->fd, &bytes);
	if (e != ERR_OK)
		return e;
	return bytes > 0 ? open_old(j, bytes, left, left_count) : start_new(j);
}

enum err
journal_open(const char *path, struct journal **out, struct journal_left **left, size_t *left_count,
    char *why, size_t why_bytes)
{
	struct journal *j = calloc(1, sizeof *j);
	struct journal_left *list = NULL;
	size_t n = 0;
	enum err e;

	if (!j)
		return ERR_NOMEM;
	j->fd = -1;
	e = open_any(j, path, &list, &n);
	if (e != ERR_OK) {
		data_file_explain("The call journal", path, e, why, why_bytes);
		journal_close(j);
		return e;
	}
	*out = j;
	*left = list;
	*left_count = n;
	return ERR_OK;
}

void
journal_close(struct journal *j)
{
	if (!j)
		return;
	if (j->map)
		munmap(j->map, j->map_bytes);
	if (j->fd >= 0)
		close(j->fd);
	free(j->current);
	free(j->free_slot);
	free(j);
}

/* --- calls --------------------------------------------------------------------------------- */

uint32_t
journal_begin(struct journal *j, const struct cdr *cdr)
{
	uint32_t slot = slot_take(j);

	if (slot != JOURNAL_NO_SLOT && !write_slot(j, slot, SLOT_OPEN, cdr)) {
		j->free_slot[j->free_count++] = slot;
		return JOURNAL_NO_SLOT;
	}
	return slot;
}

void
journal_update(struct journal *j, uint32_t slot, const struct cdr *cdr)
{
	if (slot < j->slots)
		(void)!write_slot(j, slot, SLOT_OPEN, cdr);
}

void
journal_end(struct journal *j, uint32_t slot, const struct cdr *cdr)
{
	if (slot < j->slots)
		(void)!write_slot(j, slot, SLOT_ENDED, cdr);
}

void
journal_release(struct journal *j, uint32_t slot)
{
	const struct copy *c;
	uint32_t rest;

	if (slot >= j->slots || j->free_count >= j->slots)
		return;
	c = copy_at(j, slot, j->current[slot]);
	if (c->state == SLOT_FREE)
		return;
	rest = c->rest;
	(void)!write_slot(j, slot, SLOT_FREE, NULL);
	j->free_slot[j->free_count++] = slot;
	if (rest)
		j->free_slot[j->free_count++] = rest - 1;
}

void
journal_tick(struct journal *j, int64_t now_ms)
{
	struct header *h = (struct header *)(void *)j->map;

	h->alive_ms = now_ms;
}

uint32_t
journal_count(const struct journal *j)
{
	return j->slots - j->free_count;
}
