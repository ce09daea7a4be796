/*
 * Writing XML: escaped text in a bounded buffer, nothing more. Names of elements are ours,
 * values are strangers'. Bytes that are not UTF-8 and characters XML 1.0 forbids become '?'.
 * Whoever writes checks buf_ok() once at the end.
 */
#ifndef BASE_XML_H
#define BASE_XML_H

#include "base/buf.h"

/** Text between tags or inside a quoted attribute: & < > " ' are escaped. */
void xml_text(struct buf *b, struct slice s);
/** ` name="value"` */
void xml_attribute(struct buf *b, const char *name, struct slice value);
/** `<name>text</name>` */
void xml_element(struct buf *b, const char *name, struct slice text);

#endif
