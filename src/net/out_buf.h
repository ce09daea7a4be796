/* Private to net/: bytes on their way out, a heap buffer that grows and is given back when
 * it has been large. */
#ifndef NET_OUT_BUF_H
#define NET_OUT_BUF_H

#include "base/slice.h"

struct out_buf {
	char *p;
	size_t n, cap;
};

ERR_MUST_CHECK enum err out_buf_put(struct out_buf *b, struct slice s);
/** Everything was sent. */
void out_buf_emptied(struct out_buf *b);
void out_buf_fini(struct out_buf *b);

#endif
