/* Numbers as they stand in packets: big-endian. Private to media/; the caller knows that they are
 * there. */
#ifndef MEDIA_BYTES_INT_H
#define MEDIA_BYTES_INT_H

#include "base/slice.h"

static inline uint8_t
u8(struct slice s, size_t at)
{
	return (uint8_t)s.p[at];
}

static inline uint16_t
u16(struct slice s, size_t at)
{
	return (uint16_t)(u8(s, at) << 8 | u8(s, at + 1));
}

static inline uint32_t
u32(struct slice s, size_t at)
{
	return (uint32_t)u16(s, at) << 16 | u16(s, at + 2);
}

static inline void
put_u16(unsigned char *p, uint16_t v)
{
	p[0] = (unsigned char)(v >> 8);
	p[1] = (unsigned char)v;
}

static inline void
put_u32(unsigned char *p, uint32_t v)
{
	put_u16(p, (uint16_t)(v >> 16));
	put_u16(p + 2, (uint16_t)v);
}

#endif
