/* security/blacklist and notify with a real store: reports become rules, rules reach the guard,
 * people are told. */
#include "../store/fixture.h"
#include "security/notify.h"

#define HOUR_MS 3600000ll

enum { RULES_MAX = 64 };

static const int64_t start = 1772323199000;

struct bench {
	struct store *store;
	struct blacklist *b;
	struct notify *n;
	struct guard_rule rule[RULES_MAX]; /* what the guard was told */
	size_t rules;
	struct {
		int64_t id;
		bool own;
	} feed[RULES_MAX];
	size_t feeds;
};

static void
on_rule(void *ctx, const struct guard_rule *rule)
{
	struct bench *t = ctx;

	assert_true(t->rules < RULES_MAX);
	t->rule[t->rules++] = *rule;
}

/* As the daemon does: who wrote it is known now, the change is looked at later. */
static void
on_change(void *ctx, const struct store_change *change)
{
	struct bench *t = ctx;

	if (change->entity && change->entity != &model_address_rule)
		return;
	assert_true(t->feeds < RULES_MAX);
	t->feed[t->feeds].id = change->id;
	t->feed[t->feeds++].own = blacklist_is_writing(t->b);
}

static void
work_off(struct bench *t, int64_t now)
{
	for (size_t i = 0; i < t->feeds; i++)
		if (t->feed[i].id)
			blacklist_on_changed(t->b, t->feed[i].id, t->feed[i].own, now);
		else
			assert_int_equal(blacklist_load(t->b, now), ERR_OK);
	t->feeds = 0;
}

static struct bench *
begin(struct fixture *f)
{
	struct bench *t = calloc(1, sizeof *t);

	t->store = f->store;
	assert_int_equal(
	    blacklist_new(&t->b, &(struct blacklist_params){f->store, on_rule, t}), ERR_OK);
	assert_int_equal(notify_new(&t->n, f->store), ERR_OK);
	store_on_change(f->store, on_change, t);
	return t;
}

static void
end(struct bench *t)
{
	blacklist_free(t->b);
	notify_free(t->n);
	free(t);
}

static struct guard_report
report(const char *address, int64_t at, bool is_new)
{
	struct guard_report r = {.reason = GUARD_REASON_SCANNER,
	    .user_agent = "sipcli",
	    .at_ms = at,
	    .for_ms = 24 * HOUR_MS,
	    .is_new = is_new};

	assert_int_equal(addr_net_parse(slice_cstr(address), &r.net), ERR_OK);
	return r;
}

static int64_t
id_of(struct store *s, const char *address)
{
	json_t *row = NULL;
	int64_t id = 0;

	if (store_find(s, &model_address_rule, "address", address, &row) == ERR_OK)
		id = json_integer_value(json_object_get(row, "id"));
	json_decref(row);
	return id;
}

static void
what_the_guard_blocks_is_written_and_not_told_back(void **state)
{
	struct fixture *f = *state;
	struct bench *t = begin(f);
	struct guard_report r = report("192.0.2.7", start, true);
	int64_t id;

	blacklist_on_report(t->b, &r);
	blacklist_flush(t->b, start);
	work_off(t, start);
	id = id_of(f->store, "192.0.2.7");
	assert_true(id > 0);
	assert_int_equal(t->rules, 0); /* the guard knows */
	r = report("192.0.2.7", start + HOUR_MS, false);
	blacklist_on_report(t->b, &r);
	blacklist_flush(t->b, start + HOUR_MS);
	work_off(t, start + HOUR_MS);
	assert_int_equal(t->rules, 0);
	/* an administrator deletes it: now the guard must hear of it */
	assert_int_equal(store_delete(f->store, &model_address_rule, id, NULL), ERR_OK);
	work_off(t, start + HOUR_MS);
	assert_int_equal(t->rules, 1);
	assert_int_equal(t->rule[0].action, GUARD_RULE_NONE);
	assert_true(t->rule[0].automatic);
	/* the guard itself takes one back */
	blacklist_on_report(t->b, &r);
	blacklist_flush(t->b, start);
	r.unblocked = true;
	blacklist_on_report(t->b, &r);
	blacklist_flush(t->b, start);
	work_off(t, start);
	assert_int_equal(id_of(f->store, "192.0.2.7"), 0);
	assert_int_equal(t->rules, 1);
	end(t);
}

static void
blocks_come_back_after_a_restart_with_what_is_left_of_their_time(void **state)
{
	struct fixture *f = *state;
	struct bench *t = begin(f);
	struct guard_report r = report("2001:db8:1:2::/64", start, true);

	make(f->store, &model_address_rule, "{'address':'10.0.0.0/8'}");
	make(f->store, &model_address_rule, "{'address':'10.1.0.0/16','action':'allow'}");
	blacklist_on_report(t->b, &r);
	blacklist_flush(t->b, start);
	t->feeds = 0;
	blacklist_free(t->b);
	assert_int_equal(
	    blacklist_new(&t->b, &(struct blacklist_params){f->store, on_rule, t}), ERR_OK);
	assert_int_equal(blacklist_load(t->b, start + 20 * HOUR_MS), ERR_OK);
	assert_int_equal(t->rules, 3);
	assert_int_equal(t->rule[0].action, GUARD_RULE_BLOCK);
	assert_int_equal(t->rule[0].for_ms, 0);
	assert_false(t->rule[0].automatic);
	assert_int_equal(t->rule[1].action, GUARD_RULE_ALLOW);
	assert_true(t->rule[2].automatic);
	assert_true(t->rule[2].for_ms == 4 * HOUR_MS);
	assert_int_equal(t->rule[2].net.bits, 64);
	/* loaded again nothing is new */
	assert_int_equal(blacklist_load(t->b, start + 20 * HOUR_MS), ERR_OK);
	assert_int_equal(t->rules, 3);
	/* and at its end it goes, without a word to the guard, who has a clock */
	blacklist_expire(t->b, start + 24 * HOUR_MS);
	work_off(t, start + 24 * HOUR_MS);
	assert_int_equal(t->rules, 3);
	assert_int_equal(id_of(f->store, "2001:db8:1:2::/64"), 0);
	end(t);
}

static void
what_people_change_reaches_the_guard(void **state)
{
	struct fixture *f = *state;
	struct bench *t = begin(f);
	int64_t id = make(f->store, &model_address_rule, "{'address':'192.0.2.7'}");

	work_off(t, start);
	assert_int_equal(t->rules, 1);
	assert_int_equal(t->rule[0].action, GUARD_RULE_BLOCK);
	assert_int_equal(patch(f->store, &model_address_rule, id, "{'comment':'x'}", NULL), ERR_OK);
	work_off(t, start);
	assert_int_equal(t->rules, 1); /* nothing that matters */
	assert_int_equal(
	    patch(f->store, &model_address_rule, id, "{'action':'allow'}", NULL), ERR_OK);
	work_off(t, start);
	assert_int_equal(t->rule[1].action, GUARD_RULE_ALLOW);
	assert_int_equal(
	    patch(f->store, &model_address_rule, id, "{'address':'192.0.2.8'}", NULL), ERR_OK);
	work_off(t, start);
	assert_int_equal(t->rules, 4); /* the old one goes, the new one comes */
	assert_int_equal(t->rule[2].action, GUARD_RULE_NONE);
	assert_int_equal(t->rule[2].net.addr.ip[3], 7);
	assert_int_equal(t->rule[3].net.addr.ip[3], 8);
	end(t);
}

/* ---- notices ---- */

static int64_t
notices(struct store *s, const char *code)
{
	json_t *equals = json_pack("{s:s}", "code", code), *items = NULL;
	struct store_query q = {.equals = equals};
	int64_t total = 0;

	assert_int_equal(store_list(s, &model_notice, &q, &items, &total, NULL), ERR_OK);
	json_decref(items);
	json_decref(equals);
	return total;
}

/* Mails that wait; text: of the newest. */
static int64_t
mails(struct store *s, char *to, char *text)
{
	struct store_mail *m;
	int64_t n = 0;

	while (store_mail_take(s, INT64_MAX, &m) == ERR_OK) {
		snprintf(to, 256, "%s", m->recipient);
		snprintf(text, 1000, "%s", m->text);
		store_mail_free(m);
		n++;
	}
	return n;
}

static void
the_first_block_is_told_at_once_the_others_together(void **state)
{
	struct fixture *f = *state;
	struct bench *t = begin(f);
	char to[256], text[1000];

	make(f->store, &model_user,
	    "{'login':'1002','first_name':'C','last_name':'C','admin':true,'email':'c@x.example'}");
	patch(f->store, &model_mail_server, 1, "{'delivery':'direct','sender':'pbx@x.example'}",
	    NULL);
	for (int i = 0; i < 500; i++) {
		struct guard_report r = report("192.0.2.7", start + i, true);

		notify_on_report(t->n, &r);
	}
	assert_int_equal(notices(f->store, "address_blocked"), 1);
	assert_int_equal(mails(f->store, to, text), 1);
	assert_string_equal(to, "c@x.example");
	assert_non_null(strstr(
	    text, "192.0.2.7 wurde gesperrt: nennt sich selbst ein Angriffswerkzeug (sipcli)"));
	notify_tick(t->n, start + 60000);
	assert_int_equal(notices(f->store, "addresses_blocked"), 0);
	notify_tick(t->n, start + 601000);
	assert_int_equal(notices(f->store, "addresses_blocked"), 1);
	assert_int_equal(mails(f->store, to, text), 1);
	assert_non_null(strstr(text, "499 weitere"));
	notify_tick(t->n, start + 10 * HOUR_MS);
	assert_int_equal(mails(f->store, to, text), 0);
	/* renewals, and when nobody wants to hear of it */
	notify_on_report(t->n, &(struct guard_report){.at_ms = start + 20 * HOUR_MS});
	patch(f->store, &model_settings, 1, "{'screening_notify':false}", NULL);
	{
		struct guard_report r = report("192.0.2.7", start + 21 * HOUR_MS, true);

		notify_on_report(t->n, &r);
	}
	assert_int_equal(mails(f->store, to, text), 0);
	end(t);
}

static void
weak_passwords_are_told_every_so_many_days_sec_2(void **state)
{
	struct fixture *f = *state;
	struct bench *t = begin(f);
	const int64_t day = 24 * HOUR_MS;

	notify_tick(t->n, start);
	assert_int_equal(notices(f->store, "weak_passwords"), 0);
	make(f->store, &model_phone, "{'name':'anna','secret':'geheim1'}");
	make(f->store, &model_phone, "{'name':'bernd','secret':'geheim2'}");
	notify_tick(t->n, start + 6 * day);
	assert_int_equal(notices(f->store, "weak_passwords"), 0);
	notify_tick(t->n, start + 7 * day);
	assert_int_equal(notices(f->store, "weak_passwords"), 1);
	notify_free(t->n); /* a restart is no reason to say it again */
	assert_int_equal(notify_new(&t->n, f->store), ERR_OK);
	notify_tick(t->n, start + 8 * day);
	assert_int_equal(notices(f->store, "weak_passwords"), 1);
	notify_tick(t->n, start + 14 * day);
	assert_int_equal(notices(f->store, "weak_passwords"), 2);
	patch(f->store, &model_settings, 1, "{'password_check_days':0}", NULL);
	notify_tick(t->n, start + 40 * day);
	assert_int_equal(notices(f->store, "weak_passwords"), 2);
	end(t);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(what_the_guard_blocks_is_written_and_not_told_back),
	    T(blocks_come_back_after_a_restart_with_what_is_left_of_their_time),
	    T(what_people_change_reaches_the_guard),
	    T(the_first_block_is_told_at_once_the_others_together),
	    T(weak_passwords_are_told_every_so_many_days_sec_2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
