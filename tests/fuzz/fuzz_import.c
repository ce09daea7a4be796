/* Import of any JSON: refused as a whole and nothing has changed, or taken and a second time
 * there is nothing left to do; a dry run says the same and changes nothing. */
#include "fuzz.h"

#include <unistd.h>

#include "base/log.h"
#include "store/store.h"

static char dir[] = "/tmp/strowger-fuzz-XXXXXX";
static struct store *store;

static void
clean_up(void)
{
	static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
	char path[64];

	store_close(store);
	for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		snprintf(path, sizeof path, "%s/db%s", dir, ends[i]);
		unlink(path);
	}
	rmdir(dir);
}

static void
open_store(void)
{
	char path[64], why[400];

	if (store)
		return;
	log_set_level(LOG_FATAL);
	PROMISE(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/db", dir);
	PROMISE(store_open(path, &store, why, sizeof why) == ERR_OK);
	atexit(clean_up);
}

static json_t *
exported(void)
{
	json_t *file = NULL;

	PROMISE(store_export(store, &file) == ERR_OK);
	return file;
}

static enum err
import(const json_t *file, bool dry_run, bool keep_others, json_int_t *changes)
{
	struct store_import_params params = {.dry_run = dry_run, .keep_others = keep_others};
	json_t *report = NULL;
	enum err e = store_import(store, file, &params, &report);

	PROMISE(e == ERR_OK || e == ERR_INVALID);
	PROMISE((json_array_size(json_object_get(report, "errors")) == 0) == (e == ERR_OK));
	*changes = json_integer_value(json_object_get(report, "created")) +
		   json_integer_value(json_object_get(report, "updated")) +
		   json_integer_value(json_object_get(report, "deleted"));
	json_decref(report);
	return e;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	json_t *file, *before, *after;
	json_int_t planned, done;
	bool keep = size % 2;
	enum err dry;

	if (size > 16384)
		return 0;
	file = json_loadb((const char *)data, size, JSON_DECODE_ANY, NULL);
	if (!file)
		return 0;
	open_store();
	before = exported();
	dry = import(file, true, keep, &planned);
	after = exported();
	PROMISE(json_equal(before, after));
	json_decref(after);
	PROMISE(import(file, false, keep, &done) == dry);
	if (dry == ERR_OK) {
		PROMISE(done == planned);
		PROMISE(import(file, false, keep, &done) == ERR_OK && done == 0);
	} else {
		after = exported();
		PROMISE(json_equal(before, after));
		json_decref(after);
	}
	json_decref(before);
	json_decref(file);
	return 0;
}
