/*
 * The table of routes: who may use each, and with which rights. {collection} and {singleton} stand
 * for the paths of the entities in model/, {id} for a number, {call_id}, {target}, {language} and
 * {name} for any text.
 * The order does not matter except that fixed names come before patterns which they would match.
 */
#include <stdio.h>

#include "api/api_int.h"

#define ADMIN	   WHO_USER, RIGHT_BIT(ADMIN)
#define CALLLIST   WHO_PERSON, RIGHT_BIT(CALLLIST)
#define CALLMAN	   WHO_PERSON, RIGHT_BIT(CALLMAN)
#define CONFERENCE WHO_PERSON, RIGHT_BIT(CONFERENCE)
#define FKEY	   WHO_PERSON, RIGHT_BIT(FKEY)
#define IFMC_USE   WHO_PERSON, RIGHT_BIT(IFMC_USE)
#define IFMC_EDIT  WHO_PERSON, RIGHT_BIT(IFMC_USE) | RIGHT_BIT(IFMC_EDIT)
#define REDIRECT   WHO_PERSON, RIGHT_BIT(REDIRECT)
#define SETTING	   WHO_PERSON, RIGHT_BIT(SETTING)
#define VOICE	   WHO_PERSON, RIGHT_BIT(VOICE)

static const struct route routes[] = {
    {"GET", "/api/health", WHO_ANYONE, 0, ROUTE_EARLY, .handle = handle_health},
    {"GET", "/metrics", WHO_NEAR, RIGHT_BIT(ADMIN), ROUTE_EARLY, .handle = handle_metrics},
    {"GET", "/api/setup", WHO_ANYONE, 0, ROUTE_EARLY, .handle = handle_setup_get},
    {"POST", "/api/setup", WHO_ANYONE, 0, ROUTE_EARLY, .handle = handle_setup},
    {"GET", "/api/password-reset", WHO_ANYONE, 0, 0, .handle = handle_reset_offered},
    {"POST", "/api/password-reset", WHO_ANYONE, 0, 0, .handle = handle_reset_ask},
    {"POST", "/api/password-reset/use", WHO_ANYONE, 0, 0, .handle = handle_reset_use},
    {"GET", "/api/session", WHO_SESSION, 0, ROUTE_UNCONFIRMED, .handle = handle_session_get},
    {"POST", "/api/session", WHO_ANYONE, 0, 0, .handle = handle_session_create},
    {"DELETE", "/api/session", WHO_SESSION, 0, ROUTE_UNCONFIRMED, .handle = handle_session_delete},
    {"GET", "/api/openapi.json", WHO_USER, 0, 0, .handle = handle_openapi},
    {"GET", "/api/events", WHO_USER, 0, 0, .handle = handle_events},
    {"GET", "/api/me", WHO_PERSON, 0, 0, .handle = handle_me},
    {"PATCH", "/api/me", WHO_PERSON, 0, 0,
	.handle = handle_me_patch}, /* each field has its right */
    {"GET", "/api/me/rights", WHO_PERSON, 0, 0, .handle = handle_me_rights},
    {"GET", "/api/me/star-codes", WHO_PERSON, 0, 0, .handle = handle_star_codes},
    {"POST", "/api/star-codes/check", ADMIN, 0, .handle = handle_star_codes_check},
    {"GET", "/api/me/calls", WHO_PERSON, 0, 0, .handle = handle_me_calls},
    {"POST", "/api/me/calls", CALLMAN, 0, .handle = handle_own_dial},
    {"POST", "/api/me/calls/{call_id}/answer", CALLMAN, 0, .handle = handle_own_answer},
    {"POST", "/api/me/calls/{call_id}/hold", CALLMAN, 0, .handle = handle_own_hold},
    {"POST", "/api/me/calls/{call_id}/resume", CALLMAN, 0, .handle = handle_own_resume},
    {"POST", "/api/me/calls/{call_id}/transfer", CALLMAN, 0, .handle = handle_own_transfer},
    {"POST", "/api/me/calls/{call_id}/to-go", CALLMAN, 0, .handle = handle_own_to_go},
    {"POST", "/api/me/calls/{call_id}/record", CALLMAN, 0, .handle = handle_own_record},
    {"POST", "/api/me/calls/{call_id}/end-recording", CALLMAN, 0,
	.handle = handle_own_end_recording},
    {"POST", "/api/me/calls/{call_id}/hangup", CALLMAN, 0, .handle = handle_own_hangup},
    {"POST", "/api/me/calls/{call_id}/park", CALLMAN, 0, .handle = handle_own_park},
    {"GET", "/api/me/orbits", CALLMAN, 0, .handle = handle_orbits},
    {"POST", "/api/me/orbits/fetch", CALLMAN, 0, .handle = handle_orbit_fetch},
    {"GET", "/api/live-conferences", WHO_USER, 0, 0, .handle = handle_live_conferences},
    {"PATCH", "/api/live-conferences/{id}", WHO_USER, 0, 0, .handle = handle_live_conference_patch},
    {"DELETE", "/api/live-conferences/{id}", WHO_USER, 0, 0, .handle = handle_live_conference_end},
    {"POST", "/api/live-conferences/{id}/invite", WHO_USER, 0, 0,
	.handle = handle_live_conference_invite},
    {"PATCH", "/api/live-conference-members/{id}", WHO_USER, 0, 0,
	.handle = handle_live_member_patch},
    {"DELETE", "/api/live-conference-members/{id}", WHO_USER, 0, 0,
	.handle = handle_live_member_remove},
    {"GET", "/api/me/phones", WHO_PERSON, 0, 0, .handle = handle_own_phones},
    {"GET", "/api/me/people", CALLMAN, 0, .handle = handle_own_people},
    {"GET", "/api/me/keys/labels.pdf", FKEY, 0, .handle = handle_own_labels},
    {"GET", "/api/me/label-sheets", FKEY, 0, .handle = handle_label_sheets},
    {"GET", "/api/users/{id}/keys/labels.pdf", ADMIN, 0, .handle = handle_labels},
    {"GET", "/api/me/keys", FKEY, 0, .handle = handle_own_keys},
    {"POST", "/api/me/keys", FKEY, 0, .handle = handle_own_key_create},
    {"PATCH", "/api/me/keys/{id}", FKEY, 0, .handle = handle_own_key_patch},
    {"DELETE", "/api/me/keys/{id}", FKEY, 0, .handle = handle_own_delete,
	.entity = &model_function_key},
    {"POST", "/api/me/keys/{id}/press", FKEY, 0, .handle = handle_key_press},
    {"GET", "/api/me/key-targets", FKEY, 0, .handle = handle_key_targets},
    {"GET", "/api/me/call-records", CALLLIST, 0, .handle = handle_own_list,
	.entity = &model_call_record},
    {"GET", "/api/me/numbers", REDIRECT, 0, .handle = handle_own_list, .entity = &model_number},
    {"GET", "/api/me/redirections", REDIRECT, 0, .handle = handle_own_list,
	.entity = &model_redirection},
    {"POST", "/api/me/redirections", REDIRECT, 0, .handle = handle_own_redirection_create,
	.entity = &model_redirection},
    {"PATCH", "/api/me/redirections/{id}", REDIRECT, 0, .handle = handle_own_redirection_patch,
	.entity = &model_redirection},
    {"DELETE", "/api/me/redirections/{id}", REDIRECT, 0, .handle = handle_own_delete,
	.entity = &model_redirection},
    {"GET", "/api/me/announcements", VOICE, 0, .handle = handle_own_list,
	.entity = &model_announcement},
    {"POST", "/api/me/announcements", VOICE, 0, .handle = handle_own_announcement_create,
	.entity = &model_announcement},
    {"PATCH", "/api/me/announcements/{id}", VOICE, 0, .handle = handle_own_announcement_patch,
	.entity = &model_announcement},
    {"DELETE", "/api/me/announcements/{id}", VOICE, 0, .handle = handle_own_announcement_delete,
	.entity = &model_announcement},
    {"GET", "/api/me/announcements/{id}/audio", VOICE, 0, .handle = handle_own_announcement_audio},
    {"PUT", "/api/me/announcements/{id}/audio", VOICE, ROUTE_BIG_BODY,
	.handle = handle_own_announcement_put},
    {"POST", "/api/me/announcements/{id}/play", VOICE, 0, .handle = handle_own_announcement_play},
    {"POST", "/api/me/announcements/{id}/record", VOICE, 0,
	.handle = handle_own_announcement_speak},
    {"POST", "/api/me/mailboxes/{id}/record-greeting", VOICE, 0,
	.handle = handle_own_mailbox_speak},
    {"GET", "/api/me/mailboxes", VOICE, 0, .handle = handle_own_list, .entity = &model_mailbox},
    {"PATCH", "/api/me/mailboxes/{id}", VOICE, 0, .handle = handle_own_mailbox_patch,
	.entity = &model_mailbox},
    {"GET", "/api/me/mailbox-targets", VOICE, 0, .handle = handle_mailbox_targets},
    {"GET", "/api/me/voicemails", VOICE, 0, .handle = handle_own_list, .entity = &model_voicemail},
    {"GET", "/api/me/voicemails/{id}", VOICE, 0, .handle = handle_own_voicemail},
    {"PATCH", "/api/me/voicemails/{id}", VOICE, 0, .handle = handle_own_voicemail_patch},
    {"DELETE", "/api/me/voicemails/{id}", VOICE, 0, .handle = handle_own_voicemail_delete},
    {"POST", "/api/me/voicemails/{id}/forward", VOICE, 0, .handle = handle_own_voicemail_forward},
    {"POST", "/api/me/voicemails/{id}/play", VOICE, 0, .handle = handle_own_voicemail_play},
    {"GET", "/api/me/voicemails/{id}/audio", VOICE, 0, .handle = handle_own_voicemail_audio},
    {"GET", "/api/me/mobile-twins", IFMC_USE, 0, .handle = handle_own_list,
	.entity = &model_mobile_twin},
    {"POST", "/api/me/mobile-twins", IFMC_EDIT, 0, .handle = handle_own_row_create,
	.entity = &model_mobile_twin},
    {"GET", "/api/me/mobile-twins/{id}", IFMC_USE, 0, .handle = handle_own_get,
	.entity = &model_mobile_twin},
    {"PATCH", "/api/me/mobile-twins/{id}", IFMC_EDIT, 0, .handle = handle_own_row_patch,
	.entity = &model_mobile_twin},
    {"DELETE", "/api/me/mobile-twins/{id}", IFMC_EDIT, 0, .handle = handle_own_delete,
	.entity = &model_mobile_twin},
    {"GET", "/api/me/conferences", CONFERENCE, 0, .handle = handle_own_list,
	.entity = &model_conference},
    {"POST", "/api/me/conferences", CONFERENCE, 0, .handle = handle_own_row_create,
	.entity = &model_conference},
    {"GET", "/api/me/conferences/{id}", CONFERENCE, 0, .handle = handle_own_get,
	.entity = &model_conference},
    {"PATCH", "/api/me/conferences/{id}", CONFERENCE, 0, .handle = handle_own_row_patch,
	.entity = &model_conference},
    {"DELETE", "/api/me/conferences/{id}", CONFERENCE, 0, .handle = handle_own_delete,
	.entity = &model_conference},
    {"GET", "/api/me/conference-participants", CONFERENCE, 0, .handle = handle_own_list,
	.entity = &model_conference_participant},
    {"POST", "/api/me/conference-participants", CONFERENCE, 0,
	.handle = handle_own_participant_create, .entity = &model_conference_participant},
    {"GET", "/api/me/conference-participants/{id}", CONFERENCE, 0, .handle = handle_own_get,
	.entity = &model_conference_participant},
    {"PATCH", "/api/me/conference-participants/{id}", CONFERENCE, 0,
	.handle = handle_own_participant_patch, .entity = &model_conference_participant},
    {"DELETE", "/api/me/conference-participants/{id}", CONFERENCE, 0, .handle = handle_own_delete,
	.entity = &model_conference_participant},
    {"GET", "/api/me/conference-people", CONFERENCE, 0, .handle = handle_conference_people},
    {"GET", "/api/me/conference-dates", CONFERENCE, 0, .handle = handle_own_conference_dates},
    {"GET", "/api/me/invitations", CONFERENCE, 0, .handle = handle_own_invitations},
    {"POST", "/api/me/invitations/{id}/join", CONFERENCE, 0, .handle = handle_own_invitation_join},
    {"GET", "/api/conference-dates", ADMIN, 0, .handle = handle_conference_dates},
    {"POST", "/api/conference-invitation", WHO_ANYONE, 0, 0,
	.handle = handle_conference_invitation},
    {"GET", "/api/me/speed-dials", WHO_PERSON, 0, 0, .handle = handle_own_list,
	.entity = &model_speed_dial},
    {"POST", "/api/me/speed-dials", SETTING, 0, .handle = handle_own_row_create,
	.entity = &model_speed_dial},
    {"GET", "/api/me/speed-dials/{id}", SETTING, 0, .handle = handle_own_get,
	.entity = &model_speed_dial},
    {"PATCH", "/api/me/speed-dials/{id}", SETTING, 0, .handle = handle_own_row_patch,
	.entity = &model_speed_dial},
    {"DELETE", "/api/me/speed-dials/{id}", SETTING, 0, .handle = handle_own_delete,
	.entity = &model_speed_dial},
    {"GET", "/api/me/call-completions", WHO_PERSON, 0, 0, .handle = handle_own_list,
	.entity = &model_call_completion},
    {"POST", "/api/me/call-completions", WHO_PERSON, 0, 0, .handle = handle_own_completion_create},
    {"DELETE", "/api/me/call-completions/{id}", WHO_PERSON, 0, 0, .handle = handle_own_delete,
	.entity = &model_call_completion},
    {"POST", "/api/me/password", WHO_SESSION, 0, 0, .handle = handle_me_password},
    {"GET", "/api/me/sessions", WHO_SESSION, 0, 0, .handle = handle_own_list,
	.entity = &model_session},
    {"DELETE", "/api/me/sessions", WHO_SESSION, 0, 0, .handle = handle_end_other_sessions},
    {"DELETE", "/api/me/sessions/{id}", WHO_SESSION, 0, 0, .handle = handle_own_delete,
	.entity = &model_session},
    {"GET", "/api/me/tokens", WHO_SESSION, 0, 0, .handle = handle_own_list, .entity = &model_token},
    {"POST", "/api/me/tokens", WHO_SESSION, 0, 0, .handle = handle_token_create},
    {"DELETE", "/api/me/tokens/{id}", WHO_SESSION, 0, 0, .handle = handle_own_delete,
	.entity = &model_token},
    {"GET", "/api/me/second-factor", WHO_SESSION, 0, ROUTE_UNCONFIRMED,
	.handle = handle_second_factor},
    {"POST", "/api/me/second-factor", WHO_SESSION, 0, ROUTE_UNCONFIRMED,
	.handle = handle_second_factor_begin},
    {"POST", "/api/me/second-factor/confirm", WHO_SESSION, 0, ROUTE_UNCONFIRMED,
	.handle = handle_second_factor_confirm},
    {"DELETE", "/api/me/second-factor", WHO_SESSION, 0, 0, .handle = handle_second_factor_remove},
    {"GET", "/api/users/{id}/security", ADMIN, 0, .handle = handle_user_security},
    {"POST", "/api/users/{id}/unlock", ADMIN, 0, .handle = handle_user_unlock},
    {"DELETE", "/api/users/{id}/sessions", ADMIN, 0, .handle = handle_user_end_sessions},
    {"DELETE", "/api/users/{id}/second-factor", ADMIN, 0,
	.handle = handle_user_second_factor_remove},
    {"GET", "/api/status", ADMIN, 0, .handle = handle_status},
    {"GET", "/api/calls", ADMIN, 0, .handle = handle_calls},
    {"POST", "/api/calls/{call_id}/hangup", ADMIN, 0, .handle = handle_hangup},
    {"GET", "/api/registrations", ADMIN, 0, .handle = handle_registrations},
    {"GET", "/api/lines/status", ADMIN, 0, .handle = handle_line_status},
    {"POST", "/api/lines/{id}/test", ADMIN, 0, .handle = handle_line_test_start},
    {"GET", "/api/lines/{id}/test", ADMIN, 0, .handle = handle_line_test},
    {"GET", "/api/lines/{id}/rates.csv", ADMIN, 0, .handle = handle_rates_csv},
    {"PUT", "/api/lines/{id}/rates.csv", ADMIN, ROUTE_BIG_BODY, .handle = handle_rates_csv_put},
    {"GET", "/api/lines/{id}/history", ADMIN, 0, .handle = handle_line_history},
    {"POST", "/api/routing/test", ADMIN, 0, .handle = handle_route_test},
    {"GET", "/api/holidays/public", ADMIN, 0, .handle = handle_public_holidays},
    {"GET", "/api/subscriptions", ADMIN, 0, .handle = handle_subscriptions},
    {"GET", "/api/traces", ADMIN, 0, .handle = handle_traces},
    {"GET", "/api/traces/{call_id}", ADMIN, 0, .handle = handle_trace},
    {"GET", "/api/traces/{call_id}/pcap", ADMIN, 0, .handle = handle_trace_pcap},
    {"GET", "/api/trace-pcap", ADMIN, 0, .handle = handle_traces_pcap},
    {"GET", "/api/trace-watches", ADMIN, 0, .handle = handle_watches},
    {"POST", "/api/trace-watches", ADMIN, 0, .handle = handle_watch},
    {"DELETE", "/api/trace-watches/{target}", ADMIN, 0, .handle = handle_unwatch},
    {"GET", "/api/disk", ADMIN, 0, .handle = handle_disk},
    {"GET", "/api/logs", ADMIN, 0, .handle = handle_logs},
    {"PATCH", "/api/logs", ADMIN, 0, .handle = handle_logs_patch},
    {"GET", "/api/logs/lines", ADMIN, 0, .handle = handle_log_lines},
    {"GET", "/api/logs/file", ADMIN, 0, .handle = handle_log_file},
    {"GET", "/api/export", ADMIN, 0, .handle = handle_export},
    {"POST", "/api/import", ADMIN, ROUTE_BIG_BODY, .handle = handle_import},
    {"GET", "/api/users.csv", ADMIN, 0, .entity = &model_user, .handle = handle_user_export},
    {"GET", "/api/users-template.csv", ADMIN, 0, .handle = handle_user_template},
    {"POST", "/api/user-import", ADMIN, ROUTE_BIG_BODY, .handle = handle_user_import},
    {"GET", "/api/user-import", ADMIN, 0, .handle = handle_user_import_state},
    {"GET", "/api/user-import/rows", ADMIN, 0, .handle = handle_user_import_rows},
    {"POST", "/api/user-import/apply", ADMIN, 0, .handle = handle_user_import_apply},
    {"DELETE", "/api/user-import", ADMIN, 0, .handle = handle_user_import_cancel},
    {"GET", "/api/phones/{id}/sip-account", ADMIN, 0, .handle = handle_sip_account},
    {"POST", "/api/phones/{id}/new-secret", ADMIN, 0, .handle = handle_new_secret},
    {"POST", "/api/changes/revert", ADMIN, 0, .handle = handle_revert_several},
    {"POST", "/api/changes/revert-range", ADMIN, 0, .handle = handle_revert_range},
    {"POST", "/api/changes/{id}/revert", ADMIN, 0, .handle = handle_revert},
    {"POST", "/api/mail-test", ADMIN, 0, .handle = handle_mail_test},
    {"POST", "/api/mails/{id}/retry", ADMIN, 0, .handle = handle_mail_retry},
    {"POST", "/api/numbers/block", ADMIN, 0, .handle = handle_numbers_add},
    {"POST", "/api/numbers/block/remove", ADMIN, 0, .handle = handle_numbers_remove},
    {"GET", "/api/groups/{id}/pin", ADMIN, 0, .handle = handle_group_pin},
    {"GET", "/api/call-records.csv", ADMIN, 0, .handle = handle_records_csv,
	.entity = &model_call_record},
    {"GET", "/api/prompts", ADMIN, 0, .handle = handle_prompts},
    {"PUT", "/api/prompts/{language}/{name}", ADMIN, ROUTE_BIG_BODY, .handle = handle_prompt_put},
    {"DELETE", "/api/prompts/{language}/{name}", ADMIN, 0, .handle = handle_prompt_delete},
    {"GET", "/api/prompts/{language}/{name}/audio", ADMIN, 0, .handle = handle_prompt_audio},
    {"POST", "/api/music-loops/{id}/files", ADMIN, ROUTE_BIG_BODY, .handle = handle_music_upload},
    {"POST", "/api/music-loops/{id}/play", ADMIN, 0, .handle = handle_music_play},
    {"GET", "/api/music-files/{id}/audio", ADMIN, 0, .handle = handle_music_audio},
    {"DELETE", "/api/music-files/{id}", ADMIN, 0, .handle = handle_music_file_delete,
	.entity = &model_music_file},
    {"DELETE", "/api/announcements/{id}", ADMIN, 0, .handle = handle_announcement_delete,
	.entity = &model_announcement},
    {"POST", "/api/announcements/{id}/play", ADMIN, 0, .handle = handle_announcement_play},
    {"POST", "/api/announcements/{id}/record", ADMIN, 0, .handle = handle_announcement_speak},
    {"POST", "/api/mailboxes/{id}/record-greeting", ADMIN, 0, .handle = handle_mailbox_speak},
    {"GET", "/api/announcements/{id}/audio", ADMIN, 0, .handle = handle_announcement_audio},
    {"PUT", "/api/announcements/{id}/audio", ADMIN, ROUTE_BIG_BODY,
	.handle = handle_announcement_put},
    {"GET", "/api/{singleton}", ADMIN, 0, .handle = handle_get},
    {"PATCH", "/api/{singleton}", ADMIN, ROUTE_WRITES, .handle = handle_patch},
    {"GET", "/api/{collection}", ADMIN, 0, .handle = handle_list},
    {"POST", "/api/{collection}", ADMIN, ROUTE_WRITES, .handle = handle_create},
    {"POST", "/api/{collection}/several", ADMIN, ROUTE_WRITES, .handle = handle_create_several},
    {"PATCH", "/api/{collection}", ADMIN, ROUTE_WRITES, .handle = handle_bulk},
    {"PATCH", "/api/{collection}/found", ADMIN, ROUTE_WRITES, .handle = handle_bulk_found},
    {"DELETE", "/api/{collection}/found", ADMIN, ROUTE_WRITES, .handle = handle_delete_found},
    {"GET", "/api/{collection}/{id}", ADMIN, 0, .handle = handle_get},
    {"PATCH", "/api/{collection}/{id}", ADMIN, ROUTE_WRITES, .handle = handle_patch},
    {"DELETE", "/api/{collection}/{id}", ADMIN, ROUTE_WRITES, .handle = handle_delete},
};
enum { ROUTES = sizeof routes / sizeof routes[0] };

bool
router_is_api(struct slice path)
{
	return slice_eq(path, SLICE("/api")) || slice_starts(path, SLICE("/api/")) ||
	       slice_eq(path, SLICE("/metrics"));
}

static bool
allowed_for(const struct route *r, const struct model_entity *e)
{
	if (e->flags & MODEL_SYSTEM && strcmp(r->method, "POST") == 0)
		return false;
	if (e->flags & MODEL_STAYS && strcmp(r->method, "DELETE") == 0)
		return false;
	if (e->flags & MODEL_FIXED && strcmp(r->method, "PATCH") == 0)
		return false;
	return !(r->flags & ROUTE_WRITES) || !(e->flags & MODEL_LOG);
}

/* One segment of a pattern against one of the path; what it stands for goes into rq. */
static bool
segment_matches(struct request *rq, struct slice pattern, struct slice segment)
{
	uint64_t id;

	if (slice_eq(pattern, SLICE("{id}"))) {
		if (slice_to_u64(segment, INT64_MAX, &id) != ERR_OK)
			return false;
		rq->id = (int64_t)id;
		return true;
	}
	if (slice_eq(pattern, SLICE("{call_id}")) || slice_eq(pattern, SLICE("{target}"))) {
		rq->call_id = segment;
		return segment.n > 0;
	}
	if (slice_eq(pattern, SLICE("{language}"))) {
		rq->language = segment;
		return segment.n > 0;
	}
	if (slice_eq(pattern, SLICE("{name}"))) {
		rq->name = segment;
		return segment.n > 0;
	}
	if (pattern.n && pattern.p[0] == '{') {
		const struct model_entity *e = model_find_path(segment);
		bool single = slice_eq(pattern, SLICE("{singleton}"));

		if (!e || !!(e->flags & MODEL_SINGLETON) != single)
			return false;
		rq->entity = e;
		if (single)
			rq->id = 1;
		return true;
	}
	return slice_eq(pattern, segment);
}

static bool
route_matches(struct request *rq, const struct route *r)
{
	struct slice rest = slice_from(slice_cstr(r->pattern), 1);

	rq->entity = NULL;
	for (size_t i = 0; i < rq->segments; i++) {
		struct slice pattern = slice_take_until(&rest, '/');

		if (!pattern.n || !segment_matches(rq, pattern, rq->segment[i]))
			return false;
	}
	if (rest.n || !rq->segments || (rq->entity && !allowed_for(r, rq->entity)))
		return false;
	if (r->entity)
		rq->entity = r->entity;
	return true;
}

void
router_find(struct request *rq)
{
	const char *method = rq->is_get ? "GET" : rq->method;
	struct buf allow;

	buf_init(&allow, rq->reply.allow, sizeof rq->reply.allow - 1);
	for (size_t i = 0; i < ROUTES; i++) {
		if (!route_matches(rq, &routes[i]))
			continue;
		if (strcmp(routes[i].method, method) == 0) {
			rq->route = &routes[i];
			rq->reply.allow[0] = '\0';
			return;
		}
		if (allow.n)
			buf_lit(&allow, ", ");
		buf_cstr(&allow, routes[i].method);
	}
	rq->reply.allow[allow.n] = '\0';
	if (allow.n)
		reply_error(rq, 405, "method_not_allowed", NULL, "This address only knows %s.",
		    rq->reply.allow);
	else
		reply_error(rq, 404, "not_found", NULL, "There is nothing at this address.");
}

/* A route before r takes what r would. */
static bool
is_taken(const struct route *r, const char *path)
{
	for (const struct route *before = routes; before < r; before++)
		if (strcmp(before->method, r->method) == 0 && strcmp(before->pattern, path) == 0)
			return true;
	return false;
}

static void
each_entity(const struct route *r,
    void (*cb)(void *ctx, const struct route *route, const char *path), void *ctx)
{
	const char *mark = strchr(r->pattern, '{'), *rest = strchr(mark, '}') + 1;
	bool single = strncmp(mark, "{singleton}", 11) == 0;
	size_t n;
	const struct model_entity *const *all = model_entities(&n);

	for (size_t i = 0; i < n; i++) {
		const struct model_entity *e = all[i];
		char path[128];

		if (!e->path || (e->flags & (MODEL_HIDDEN | MODEL_LIVE)) ||
		    !!(e->flags & MODEL_SINGLETON) != single || !allowed_for(r, e))
			continue;
		snprintf(path, sizeof path, "%.*s%s%s", (int)(mark - r->pattern), r->pattern,
		    e->path, rest);
		if (!is_taken(r, path))
			cb(ctx, r, path);
	}
}

void
router_each(void (*cb)(void *ctx, const struct route *route, const char *path), void *ctx)
{
	for (size_t i = 0; i < ROUTES; i++) {
		const struct route *r = &routes[i];

		if (strstr(r->pattern, "{singleton}") || strstr(r->pattern, "{collection}"))
			each_entity(r, cb, ctx);
		else
			cb(ctx, r, r->pattern);
	}
}

struct tell {
	void (*cb)(void *ctx, const char *method, const char *path);
	void *ctx;
};

static void
tell_one(void *ctx, const struct route *r, const char *path)
{
	struct tell *t = ctx;

	t->cb(t->ctx, r->method, path);
}

void
api_routes_each(void (*cb)(void *ctx, const char *method, const char *path), void *ctx)
{
	struct tell t = {cb, ctx};

	router_each(tell_one, &t);
}
