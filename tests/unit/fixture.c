#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

const char fixture_office[] =
    "{'settings':{'domain':'test','session_expires_s':1800,'rtp_timeout_s':60},"
    "'ranges':[{'first':'100','last':'199'}],"
    "'phones':[{'name':'a1','secret':'Secret-a1-Secret1'},{'name':'a2','secret':'Secret-a2-Secret1'"
    "},"
    "{'name':'b1','secret':'Secret-b1-Secret1'},{'name':'c1','secret':'Secret-c1-Secret1'},"
    "{'name':'d1','secret':'Secret-d1-Secret1'},{'name':'x1','secret':'Secret-x1-Secret1'}],"
    "'users':[{'login':'1001','first_name':'Anna','last_name':'Berg','phones':['a1','a2'],'numbers'"
    ":['101']},"
    "{'login':'1002','first_name':'Ben','last_name':'Cohn','phones':['b1'],'numbers':['102']},"
    "{'login':'1003','first_name':'Cleo','last_name':'Dietz','phones':['c1'],'numbers':['103'],'"
    "enabled':false},"
    "{'login':'1004','first_name':'Dora','last_name':'Ernst','phones':['d1'],'numbers':['104'],'"
    "dnd':true},"
    "{'login':'1005','first_name':'Emil','last_name':'Funk','numbers':['105']}],"
    "'numbers':[{'number':'106'}]}";

static void
load(struct fixture *f, const char *config)
{
	char text[8192];
	json_error_t why;
	json_t *file, *report = NULL;
	size_t n = strlen(config);
	enum err e;

	assert_true(n < sizeof text);
	for (size_t i = 0; i <= n; i++)
		text[i] = (char)(config[i] == '\'' ? '"' : config[i]);
	file = json_loads(text, 0, &why);
	if (!file)
		fail_msg("%s", why.text);
	e = store_import(
	    f->store, file, &(struct store_import_params){.keep_others = true}, &report);
	if (e != ERR_OK) {
		char *s = report ? json_dumps(report, 0) : NULL;

		fail_msg("import: %s %s", err_text(e), s ? s : "");
	}
	json_decref(report);
	json_decref(file);
	directory_free(f->directory);
	f->directory = NULL;
	assert_int_equal(directory_build(f->store, &f->directory), ERR_OK);
}

void
fixture_open(struct fixture *f, const char *config)
{
	char path[96], why[256] = "";

	*f = (struct fixture){.dir = "/tmp/strowger-test-XXXXXX"};
	assert_non_null(mkdtemp(f->dir));
	snprintf(path, sizeof path, "%s/test.db", f->dir);
	if (store_open(path, &f->store, why, sizeof why) != ERR_OK)
		fail_msg("%s", why);
	load(f, "{'settings':{'password_weak_allowed':true}}"); /* made to be read */
	load(f, config);
}

void
fixture_change(struct fixture *f, const char *config)
{
	load(f, config);
}

void
fixture_close(struct fixture *f)
{
	static const char *const files[] = {
	    "test.db", "test.db-wal", "test.db-shm", "test.db.lock"};
	char path[96];

	directory_free(f->directory);
	store_close(f->store);
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		snprintf(path, sizeof path, "%s/%s", f->dir, files[i]);
		unlink(path);
	}
	rmdir(f->dir);
}
