/* Private to directory/: the snapshot and its indexes. */
#ifndef DIRECTORY_DIRECTORY_INT_H
#define DIRECTORY_DIRECTORY_INT_H

#include "base/arena.h"
#include "directory/directory.h"

/* Open addressing over an array: position + 1, 0 is empty; at most half full. */
struct index {
	uint32_t *at;
	size_t mask;
};

struct directory {
	struct settings settings;
	struct arena arena; /* texts, lists */
	struct dir_range *ranges;
	struct dir_user *users;	  /* by id */
	struct dir_phone *phones; /* by id */
	struct dir_line *lines;	  /* in order of use */
	struct dir_group *groups; /* by name */
	struct addr_nets local_networks;
	struct dir_number *numbers; /* by user, shortest first */
	size_t range_count, user_count, phone_count, line_count, group_count, number_count;
	struct index user_by_id, phone_by_id, phone_by_name, line_by_id, group_by_id;
	struct index number_by_digits;
	/* phones trusted by their address; of several the first by id */
	struct index phone_by_ip, phone_by_address;
};

/* Makes all indexes. ERR_NOMEM. */
enum err index_all(struct directory *d);
void index_free_all(struct directory *d);

#endif
