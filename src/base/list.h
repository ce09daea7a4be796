/*
 * Intrusive doubly linked list: the node lives in the object, the list owns
 * nothing. A node that is in no list points to itself after list_init, and
 * removing it then is harmless.
 */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
	struct list *next, *prev;
};

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

static inline void
list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool
list_empty(const struct list *l)
{
	return l->next == l;
}

/** Appends at the end. */
static inline void
list_push(struct list *l, struct list *node)
{
	node->prev = l->prev;
	node->next = l;
	l->prev->next = node;
	l->prev = node;
}

static inline void
list_push_front(struct list *l, struct list *node)
{
	list_push(l->next, node);
}

static inline void
list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

/** Takes the first node out, NULL when empty. */
static inline struct list *
list_pop(struct list *l)
{
	struct list *first = l->next;

	if (first == l)
		return NULL;
	l->next = first->next;
	l->next->prev = l;
	list_init(first);
	return first;
}

/** Moves all nodes of from to the end of to. */
static inline void
list_splice(struct list *to, struct list *from)
{
	if (list_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	list_init(from);
}

#define LIST_FOR_EACH(it, l) for (struct list *it = (l)->next; it != (l); it = it->next)
/** The current node may be removed and freed in the body. */
#define LIST_FOR_EACH_SAFE(it, l)                                                                  \
	for (struct list *it = (l)->next, *it##_next = it->next; it != (l);                        \
	     it = it##_next, it##_next = it->next)

#endif
