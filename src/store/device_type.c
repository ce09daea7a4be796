/* The device types that come with the system, and what a phone cannot be without its type. */
#include "store/store_int.h"

#define USUAL "codecs, dtmf", "'g722,alaw,ulaw', 'rfc4733'"

/* What differs from the declared defaults: columns and their values; settings of the devices
 * themselves are provisioning's. Each start brings the rows to what stands here. Names stay, and an
 * option that was listed once stays listed. */
static const struct {
	const char *name, *comment, *columns, *values;
} supplied[] = {
    {"generic", "Any SIP device", NULL, NULL},
    {"gigaset", "Gigaset desk phones and DECT bases", USUAL},
    {"snom", "Snom desk phones", USUAL},
    {"yealink", "Yealink desk phones and DECT bases", USUAL},
    {"grandstream", "Grandstream desk phones", USUAL},
    {"cisco-spa", "Cisco and Linksys SPA: MD5 only", "digest, dtmf", "'md5', 'rfc4733'"},
    {"ata", "Adapters for analogue devices and fax", "codecs, dtmf, srtp, max_contacts",
	"'alaw,ulaw', 'rfc4733', 'off', 1"},
    {"gateway", "Gateways without registration, known by their address",
	"codecs, dtmf, srtp, trust_rpid", "'alaw,ulaw', 'rfc4733', 'off', 1"},
    {"browser", "Browsers: voice is always encrypted", "codecs, srtp",
	"'opus,g722,alaw,ulaw', 'dtls'"},
};

static enum err
run_two(struct db *db, const char *sql, const char *first, const char *second)
{
	struct stmt *s;
	enum err e = db_prepare(db, sql, &s);

	if (e != ERR_OK)
		return e;
	stmt_cstr(s, 1, first);
	stmt_cstr(s, 2, second);
	return stmt_run(s);
}

/* Writes nothing when there is nothing to do: a full disk must not keep the system from starting.
 * (An upsert would count up sqlite_sequence.) */
static enum err
complete_one(struct db *db, size_t i)
{
	const char *name = supplied[i].name, *comment = supplied[i].comment;
	struct stmt *s;
	enum err e = run_two(db,
	    "INSERT INTO device_type (name, comment, builtin) SELECT ?1, ?2, 1 WHERE NOT EXISTS "
	    "(SELECT 1 FROM device_type WHERE name = ?1)",
	    name, comment);

	if (e == ERR_OK)
		e = run_two(db,
		    "UPDATE device_type SET comment = ?2, builtin = 1 "
		    "WHERE name = ?1 AND (comment <> ?2 OR NOT builtin)",
		    name, comment);
	if (e != ERR_OK || !supplied[i].columns)
		return e;
	e = db_preparef(db, &s,
	    "UPDATE device_type SET (%s) = (%s) WHERE name = ? AND (%s) IS NOT (%s)",
	    supplied[i].columns, supplied[i].values, supplied[i].columns, supplied[i].values);
	if (e != ERR_OK)
		return e;
	stmt_cstr(s, 1, name);
	return stmt_run(s);
}

enum err
device_type_complete(struct db *db)
{
	enum err e = db_exec(db, "BEGIN IMMEDIATE");

	if (e != ERR_OK)
		return e;
	for (size_t i = 0; i < sizeof supplied / sizeof supplied[0] && e == ERR_OK; i++)
		e = complete_one(db, i);
	if (e == ERR_OK)
		return db_exec(db, "COMMIT");
	(void)!db_exec(db, "ROLLBACK");
	return e;
}

static enum err
type_has_host(struct db *db, const json_t *phone, bool *has)
{
	struct stmt *s;
	bool row = false;
	enum err e = db_prepare(
	    db, "SELECT host FROM device_type WHERE id = ?1 OR (?1 = 0 AND name = 'generic')", &s);

	if (e != ERR_OK)
		return e;
	stmt_int(s, 1, json_integer_value(json_object_get(phone, "type")));
	e = stmt_step(s, &row);
	*has = row && *stmt_column(s, 0);
	stmt_done(s);
	return e;
}

enum err
phone_check_host(
    struct db *db, const struct model_entity *e, const json_t *row, struct model_errors *errors)
{
	const char *auth = json_string_value(json_object_get(row, "auth"));
	bool has = false;
	enum err err;

	if (e != &model_phone || !auth || strcmp(auth, "address") != 0 ||
	    json_string_length(json_object_get(row, "host")))
		return ERR_OK;
	err = type_has_host(db, row, &has);
	if (err != ERR_OK || has)
		return err;
	model_error_add(errors, "required", "host",
	    "A phone that is trusted by its address needs a static address.");
	return ERR_INVALID;
}
