/*
 * What kind of call a number of the public network means: what people may be allowed to dial, and
 * what fraud is after. By the numbering plans of Germany, Austria and Switzerland; of other
 * countries only what is far away is known. A pure function, any thread.
 */
#ifndef ROUTING_NUMBER_CLASS_H
#define ROUTING_NUMBER_CLASS_H

#include "directory/e164.h"

/* In the order of MODEL_DIAL_CLASSES. */
enum number_class {
	NUMBER_LOCAL, /* of the area, or free of charge */
	NUMBER_NATIONAL,
	NUMBER_MOBILE,
	NUMBER_INTERNATIONAL,
	NUMBER_PREMIUM, /* services, directory enquiries, satellites */
};

/** canonical: see directory/e164.h. */
enum number_class number_class_of(const struct number_plan *plan, struct slice canonical);
/** "local" … */
struct slice number_class_name(enum number_class c);
/** Calls that cost so much that they are counted for each line (international, premium). */
bool number_is_costly(enum number_class c);

#endif
