/* Private to directory/: the snapshot and its indexes. */
#ifndef DIRECTORY_DIRECTORY_INT_H
#define DIRECTORY_DIRECTORY_INT_H

#include "base/arena.h"
#include "directory/conferences.h"
#include "directory/mailboxes.h"
#include "directory/music.h"
#include "directory/rates.h"
#include "model/prompts.h"

/* Open addressing over an array: position + 1, 0 is empty; at most half full. */
struct index {
	uint32_t *at;
	size_t mask;
};

struct own_holiday {
	struct day day;
	bool yearly;
};

struct dir_rate {
	int64_t line, id;
	struct slice range; /* what canonical numbers begin with */
	struct rate rate;
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
	struct dir_emergency *emergencies;
	struct dir_rule *rules;
	struct own_holiday *holidays;
	struct dir_twin *twins; /* by user */
	const struct dir_twin **twins_by_number;
	size_t twin_count;
	struct dir_completion *completions; /* by id */
	size_t completion_count;
	struct dir_speed_dial *speed_dials; /* by user and place */
	size_t speed_dial_count;
	struct dir_site *sites; /* by name */
	size_t site_count;
	struct dir_mailbox *mailboxes; /* by code */
	size_t mailbox_count;
	struct dir_conference_room *conference_rooms; /* by id */
	struct dir_conference *conferences;	      /* by id */
	struct dir_participant *participants;	      /* by conference */
	size_t conference_room_count, conference_count, participant_count;
	struct dir_music *music; /* by id */
	size_t music_count;
	struct dir_rate *rates; /* by line and range */
	size_t rate_count;
	/* of their own files; 0: as it comes with the system */
	uint64_t prompt_version[PROMPT_LANGUAGES_COUNT][PROMPTS_COUNT];
	size_t emergency_count, rule_count, holiday_count, rule_digits_max;
	size_t range_count, user_count, phone_count, line_count, group_count, number_count;
	struct index user_by_id, user_by_login, phone_by_id, phone_by_name, line_by_id, group_by_id,
	    group_by_code, mailbox_by_id;
	struct index number_by_digits, rule_by_range;
	/* phones trusted by their address; of several the first by id */
	struct index phone_by_ip, phone_by_address;
};

/* ---- building: rows become arrays while they are read ---- */

struct pair {
	int64_t user, phone, since;
};

struct membership {
	int64_t group, user;
	bool logged_on;
};

/* Ids of what a number belongs to. */
struct owners {
	int64_t user, group, mailbox, line, conference_room;
};

/* The redirections of a number as they are read. */
struct redirected {
	int64_t number;
	struct dir_redirect to;
};

/* Rows of routing as they are read (routes.c). */
struct route_rows {
	int64_t *emergency_ids, *rule_ids; /* as the arrays of the directory */
	struct emergency_line *emergency_lines;
	struct frame_row *frames;
	struct way_row *ways;
	size_t emergency_line_count, frame_count, way_count;
	size_t emergency_cap, emergency_id_cap, emergency_line_cap, rule_cap, rule_id_cap,
	    frame_cap, way_cap, holiday_cap;
};

struct site_line {
	int64_t site, line;
};

struct site_rows {
	struct site_line *lines;
	size_t line_count, line_cap, site_cap;
};

struct access_row {
	int64_t mailbox, user, group;
};

struct mailbox_rows {
	struct access_row *access; /* by code of the mailbox */
	size_t access_count, access_cap, mailbox_cap;
};

/* Ids of what a participant belongs to. */
struct participant_row {
	int64_t conference, user;
};

struct twin_rows {
	struct twin_owner *owners; /* as the array of the directory */
	size_t twin_cap, owner_cap;
};

struct builder {
	struct directory *d;
	size_t range_cap, user_cap, phone_cap, line_cap, group_cap, number_cap;
	struct owners *owners; /* per number */
	size_t owner_count, owner_cap;
	struct pair *pairs; /* by user, in order */
	size_t pair_count, pair_cap;
	struct membership *memberships; /* by group, in order */
	size_t membership_count, membership_cap;
	struct redirected *redirected; /* by number */
	size_t redirected_count, redirected_cap;
	size_t completion_cap, speed_dial_cap;
	struct route_rows routes;
	struct site_rows sites;
	struct mailbox_rows mailboxes;
	size_t music_cap, rate_cap, conference_room_cap, conference_cap, conference_user_cap,
	    participant_cap, participant_row_cap;
	int64_t *conference_users;	      /* as the array of the directory */
	struct participant_row *participants; /* the same */
	struct twin_rows twins;
};

/* Room for one more at *array[count]; NULL: no memory. The new one is zero. */
void *build_grow(void **array, size_t count, size_t *cap, size_t item_bytes);
#define ADD(array, count, cap) build_grow((void **)&(array), (count), &(cap), sizeof *(array))
/* json: a list of words among at most 8 choices, as "mon|tue"; their bits. */
uint8_t build_set(const char *json, const char *choices);
/* The index of text in a field's choices; 0: it is none of them. */
int build_choice(const char *text, const char *const *choices, size_t n);
#define CHOICE(text, ...)                                                                          \
	build_choice((text), (const char *const[]){__VA_ARGS__},                                   \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
bool build_keep(struct directory *d, const char *text, struct slice *out);
/* What is not valid is no network. */
bool build_nets(struct directory *d, const char *text, struct addr_nets *out);

/* Callbacks of store_directory_sink. */
bool routes_on_emergency(void *ctx, int64_t id, const char *number, const char *name);
bool routes_on_emergency_line(void *ctx, int64_t emergency, int64_t line);
bool routes_on_frame(void *ctx, const struct store_frame_row *row);
bool routes_on_rule(void *ctx, int64_t id, const char *number);
bool routes_on_way(void *ctx, const struct store_way_row *row);
bool routes_on_holiday(void *ctx, const char *date, bool yearly);
/* When the lines are there: links what was read. */
enum err routes_link(struct builder *b);
void routes_free_rows(struct builder *b);
bool sites_on_site(void *ctx, const struct store_site_row *row);
bool sites_on_line(void *ctx, int64_t site, int64_t line);
bool mailboxes_on_mailbox(void *ctx, const struct store_mailbox_row *row);
bool mailboxes_on_access(void *ctx, int64_t mailbox, int64_t user, int64_t group);
bool conferences_on_room(void *ctx, const struct store_conference_room_row *row);
bool conferences_on_conference(void *ctx, const struct store_conference_row *row);
bool conferences_on_participant(void *ctx, const struct store_participant_row *row);
/* When users are there. */
void conferences_link(struct builder *b);
bool music_on_loop(void *ctx, const struct store_music_row *row);
bool music_on_file(void *ctx, const struct store_music_file_row *row);
bool rates_on_rate(void *ctx, const struct store_rate_row *row);
void rates_sort(struct directory *d);
/* When users and groups are there. */
enum err mailboxes_link(struct builder *b);
/* When the lines are there. */
enum err sites_link(struct builder *b);

bool speed_dials_on_row(void *ctx, const struct store_speed_dial_row *row);
bool twins_on_twin(void *ctx, const struct store_twin_row *row);
/* When the users are there. */
enum err twins_link(struct builder *b);
void twins_free_rows(struct builder *b);

/* Makes all indexes. ERR_NOMEM. */
enum err index_all(struct directory *d);
void index_free_all(struct directory *d);

#endif
