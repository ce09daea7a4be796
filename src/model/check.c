/* Checks JSON input against a field table, one sentence per fault. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/addr_net.h"
#include "model/codecs.h"
#include "model/entities_int.h"
#include "model/pin.h"

enum { HASH_MAX_BYTES = 200 };

void
model_error_add(
    struct model_errors *errors, const char *code, const char *field, const char *fmt, ...)
{
	char text[sizeof(((struct model_error *)0)->message) + 64];
	struct model_error *e;
	va_list ap;

	if (!errors || errors->count >= MODEL_ERRORS_MAX)
		return;
	e = &errors->at[errors->count++];
	slice_clip_cstr(slice_cstr(code), e->code, sizeof e->code);
	slice_clip_cstr(slice_cstr(field), e->field, sizeof e->field);
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	slice_clip_cstr(slice_cstr(text), e->message, sizeof e->message);
	e->row = 0;
}

void
model_errors_take(
    const json_t *list, const char *(*field_of)(const json_t *one), struct model_errors *errors)
{
	const json_t *one;
	size_t i;

	json_array_foreach(list, i, one) model_error_add(errors, row_text(one, "code"),
	    field_of ? field_of(one) : row_text(one, "field"), "%s", row_text(one, "message"));
}

static bool
has_control(struct slice s)
{
	uint32_t c;

	while (utf8_next(&s, &c))
		if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029)
			return true;
	return false;
}

static bool
is_email(struct slice s)
{
	size_t at = slice_find(s, '@');
	struct slice host = slice_from(s, at + 1);

	return at > 0 && at < s.n && host.n > 0 && slice_find(host, '@') == host.n &&
	       slice_find(s, ' ') == s.n && slice_find(s, ',') == s.n;
}

/* "sip.example.com", "192.0.2.1", "[2001:db8::1]:5061", "sip.example.com:5070" */
static bool
is_host(struct slice s)
{
	struct addr a;
	struct slice host = slice_take_until(&s, ':');
	uint32_t port;

	if (s.p && addr_parse(slice_make(host.p, (size_t)(s.p + s.n - host.p)), 0, &a) == ERR_OK)
		return true;
	if (host.n == 0 || !model_chars_ok(host, "A-Za-z0-9._-") || host.p[0] == '.')
		return false;
	return s.p == host.p + host.n || (slice_to_u32(s, 65535, &port) == ERR_OK && port > 0);
}

/* The number that digits from at to end are; they must be digits. */
static uint32_t
number_at(struct slice s, size_t at, size_t end)
{
	uint32_t n = 0;

	return slice_to_u32(slice_make(s.p + at, end - at), 9999, &n) == ERR_OK ? n : UINT32_MAX;
}

static bool
is_clock(struct slice s)
{
	return s.n == 5 && s.p[2] == ':' && number_at(s, 3, 5) <= 59 &&
	       (number_at(s, 0, 2) <= 23 || slice_eq(s, SLICE("24:00")));
}

static bool
is_date(struct slice s)
{
	static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	uint32_t year, month, day;

	if (s.n != 10 || s.p[4] != '-' || s.p[7] != '-')
		return false;
	year = number_at(s, 0, 4);
	month = number_at(s, 5, 7);
	day = number_at(s, 8, 10);
	if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 ||
	    day > days[month - 1])
		return false;
	return month != 2 || day < 29 || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

/* "<account>.sip.example.com": the mark as if it were a name. */
static bool
is_server(struct slice s)
{
	static const struct slice mark = SLICE(MODEL_ACCOUNT_MARK);
	char text[256];
	struct buf b;

	buf_init(&b, text, sizeof text);
	while (s.n) {
		if (slice_starts(s, mark)) {
			buf_char(&b, 'x');
			s = slice_from(s, mark.n);
		} else {
			buf_char(&b, s.p[0]);
			s = slice_from(s, 1);
		}
	}
	return buf_ok(&b) && is_host(buf_slice(&b));
}

static bool
format_ok(const struct model_field *f, struct slice s)
{
	struct addr_net net;
	struct addr a;
	size_t n;
	uint8_t bits;

	switch (f->format) {
	case MODEL_FORMAT_IP: return addr_parse_ip(s, 0, &a) == ERR_OK && s.p[0] != '[';
	case MODEL_FORMAT_EMAIL: return is_email(s);
	case MODEL_FORMAT_HOST: return is_host(s);
	case MODEL_FORMAT_NET: return addr_net_parse(s, &net) == ERR_OK;
	case MODEL_FORMAT_NETS: return addr_nets_parse(s, NULL, 0, &n) == ERR_OK;
	case MODEL_FORMAT_CODECS: return model_codecs_ok(s);
	case MODEL_FORMAT_MASK: return addr_mask_parse(s, &bits) == ERR_OK;
	case MODEL_FORMAT_CLOCK: return is_clock(s);
	case MODEL_FORMAT_CODE: return s.n > 1 && (s.p[0] == '*' || s.p[0] == '#');
	case MODEL_FORMAT_DATE: return is_date(s);
	case MODEL_FORMAT_SERVER: return is_server(s);
	case MODEL_FORMAT_MICRO:
	case MODEL_FORMAT_NONE: break;
	}
	return true;
}

static const char *const format_names[] = {[MODEL_FORMAT_NONE] = "value",
    [MODEL_FORMAT_IP] = "IP address",
    [MODEL_FORMAT_EMAIL] = "e-mail address",
    [MODEL_FORMAT_HOST] = "host name or IP address",
    [MODEL_FORMAT_NET] = "IP address or network, as in 192.0.2.0/24",
    [MODEL_FORMAT_NETS] = "list of networks, as in 10.0.0.0/8, 192.0.2.7",
    [MODEL_FORMAT_CODECS] = "list of different codecs, as in g722,alaw. Known: " MODEL_CODEC_KEYS,
    [MODEL_FORMAT_MASK] = "network mask, as in 255.255.255.0",
    [MODEL_FORMAT_CLOCK] = "time of day, as in 08:30",
    [MODEL_FORMAT_CODE] = "code, which begins with * or #, as in *09",
    [MODEL_FORMAT_DATE] = "date, as in 2026-12-24",
    [MODEL_FORMAT_SERVER] = "host name or IP address"};

/* Empty is fine unless the field must have a value. */
static json_t *
check_text(const struct model_field *f, const json_t *in, struct model_errors *errors)
{
	struct slice s = slice_make(json_string_value(in), json_string_length(in));
	int64_t n;

	if (!(f->flags & MODEL_SECRET))
		s = slice_trim(s);
	n = model_utf8_count(s);
	if (n == 0 && (f->flags & MODEL_PIN ||
			  !(f->flags & (MODEL_REQUIRED | MODEL_HASHED | MODEL_GENERATED))))
		return json_stringn(s.n ? s.p : "", s.n);
	if (n == 0)
		model_error_add(errors, "required", f->name, "%s must not be empty.", f->label);
	else if (n < 0 || (has_control(s) && !(f->chars && strchr(f->chars, '\n'))))
		model_error_add(errors, "bad_characters", f->name,
		    "%s must not contain control characters.", f->label);
	else if (f->chars && !model_chars_ok(s, f->chars))
		model_error_add(errors, "bad_characters", f->name,
		    "%s has characters that are not allowed here. Allowed: %s", f->label, f->chars);
	else if (n < f->min)
		model_error_add(errors, "too_short", f->name,
		    "%s must have at least %lld characters.", f->label, (long long)f->min);
	else if (f->max && n > f->max)
		model_error_add(errors, "too_long", f->name,
		    "%s must have at most %lld characters.", f->label, (long long)f->max);
	else if (!format_ok(f, s))
		model_error_add(errors,
		    f->format == MODEL_FORMAT_CODECS ? "bad_codecs" : "bad_format", f->name,
		    "%s is not a valid %s.", f->label, format_names[f->format]);
	else
		return json_stringn(s.p, s.n);
	return NULL;
}

static json_t *
check_int(const struct model_field *f, const json_t *in, struct model_errors *errors)
{
	int64_t v = json_integer_value(in);

	if (v < f->min)
		model_error_add(errors, "too_small", f->name, "%s must be at least %lld.", f->label,
		    (long long)f->min);
	else if (v > f->max)
		model_error_add(errors, "too_large", f->name, "%s must be at most %lld.", f->label,
		    (long long)f->max);
	else
		return json_integer(v);
	return NULL;
}

static json_t *
check_enum(const struct model_field *f, const json_t *in, struct model_errors *errors)
{
	struct slice s = slice_make(json_string_value(in), json_string_length(in));

	if (choice_find(f->choices, s) >= 0)
		return json_stringn(s.p, s.n);
	model_error_add(
	    errors, "bad_choice", f->name, "%s must be one of %s.", f->label, f->choices);
	return NULL;
}

static json_t *
check_ref_list(const struct model_field *f, const json_t *in, struct model_errors *errors)
{
	json_t *out = json_array();

	for (size_t i = 0; i < json_array_size(in); i++) {
		const json_t *v = json_array_get(in, i);

		if (!json_is_integer(v) || json_integer_value(v) <= 0) {
			model_error_add(
			    errors, "wrong_type", f->name, "%s must be a list of ids.", f->label);
			json_decref(out);
			return NULL;
		}
		for (size_t k = 0; k < i; k++) {
			if (json_integer_value(json_array_get(in, k)) != json_integer_value(v))
				continue;
			model_error_add(errors, "doubled", f->name,
			    "%s must not name the same thing twice.", f->label);
			json_decref(out);
			return NULL;
		}
		json_array_append_new(out, json_integer(json_integer_value(v)));
	}
	return out;
}

/* Each choice at most once, in the order of the table, so that equal sets are equal texts. */
static json_t *
check_set(const struct model_field *f, const json_t *in, struct model_errors *errors)
{
	json_t *out = json_array();
	struct slice one;

	for (size_t i = 0; i < json_array_size(in); i++) {
		const json_t *v = json_array_get(in, i);
		struct slice s = slice_make(json_string_value(v), json_string_length(v));

		if (s.n && choice_find(f->choices, s) >= 0)
			continue;
		model_error_add(
		    errors, "bad_choice", f->name, "%s has an entry that is not known.", f->label);
		json_decref(out);
		return NULL;
	}
	for (size_t i = 0; (one = choice_at(f->choices, i)).n; i++)
		for (size_t k = 0; k < json_array_size(in); k++)
			if (slice_eq(one, slice_cstr(json_string_value(json_array_get(in, k))))) {
				json_array_append_new(out, json_stringn(one.p, one.n));
				break;
			}
	return out;
}

static json_t *
wrong_type(const struct model_field *f, const char *expected, struct model_errors *errors)
{
	model_error_add(errors, "wrong_type", f->name, "%s must be %s.", f->label, expected);
	return NULL;
}

static json_t *
check_time(const struct model_field *f, const json_t *in, struct model_errors *errors)
{
	int64_t ms;

	if (json_is_null(in))
		return json_null();
	if (json_is_string(in) &&
	    model_time_parse(slice_cstr(json_string_value(in)), &ms) == ERR_OK)
		return json_incref((json_t *)in);
	return wrong_type(f, "a time like 2026-01-31T12:00:00Z", errors);
}

/* The checked value, or NULL with an error added. */
static json_t *
check_value(const struct model_field *f, const json_t *in, struct model_errors *errors)
{
	switch (f->type) {
	case MODEL_INT:
		return json_is_integer(in) ? check_int(f, in, errors)
					   : wrong_type(f, "a whole number", errors);
	case MODEL_BOOL:
		return json_is_boolean(in) ? json_boolean(json_is_true(in))
					   : wrong_type(f, "true or false", errors);
	case MODEL_TEXT:
		return json_is_string(in) ? check_text(f, in, errors)
					  : wrong_type(f, "a text", errors);
	case MODEL_ENUM:
		return json_is_string(in) ? check_enum(f, in, errors)
					  : wrong_type(f, "a text", errors);
	case MODEL_TIME: return check_time(f, in, errors);
	case MODEL_REF:
		if (json_is_null(in) && !(f->flags & MODEL_REQUIRED))
			return json_null();
		return json_is_integer(in) && json_integer_value(in) > 0
			   ? json_integer(json_integer_value(in))
			   : wrong_type(f, "an id or null", errors);
	case MODEL_REF_LIST:
		if (!json_is_array(in))
			return wrong_type(f, "a list of ids", errors);
		if ((int64_t)json_array_size(in) <= f->max)
			return check_ref_list(f, in, errors);
		model_error_add(errors, "too_long", f->name, "%s must have at most %lld entries.",
		    f->label, (long long)f->max);
		return NULL;
	case MODEL_TEXT_LIST:
		if (!f->choices)
			break;
		return json_is_array(in) ? check_set(f, in, errors)
					 : wrong_type(f, "a list of texts", errors);
	case MODEL_REASON_LIST:
	case MODEL_JSON:
	case MODEL_OBJECT: break;
	}
	return wrong_type(f, "left out", errors);
}

/* Eats name, number and end. */
static bool
take_cost(struct slice *s, struct slice name, char end, uint32_t min, uint32_t max)
{
	uint32_t cost;

	if (!slice_starts(*s, name))
		return false;
	*s = slice_from(*s, name.n);
	return slice_to_u32(slice_take_until(s, end), max, &cost) == ERR_OK && cost >= min;
}

/* A foreign hash decides how much work a log-in costs: only moderate ones. */
static bool
hash_ok(const char *hash)
{
	static const struct slice head = SLICE("$argon2id$v=19$");
	struct slice s = slice_cstr(hash);

	if (s.n > HASH_MAX_BYTES || !slice_starts(s, head))
		return false;
	s = slice_from(s, head.n);
	return take_cost(&s, SLICE("m="), ',', 8, 262144) &&
	       take_cost(&s, SLICE("t="), ',', 1, 16) && take_cost(&s, SLICE("p="), '$', 1, 4) &&
	       s.n > 0 && model_chars_ok(s, "A-Za-z0-9+/$");
}

static bool
take_hash(const struct model_entity *e, const char *key, const json_t *v, json_t *out,
    struct model_errors *errors)
{
	char column[64];

	for (size_t i = 0; i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];

		if (!(f->flags & MODEL_HASHED) || strcmp(model_column(f, column), key) != 0)
			continue;
		if (json_is_string(v) &&
		    (!*json_string_value(v) ||
			(f->flags & MODEL_PIN ? pin_hash_ok : hash_ok)(json_string_value(v))))
			json_object_set(out, key, (json_t *)v);
		else
			model_error_add(errors, "bad_format", key,
			    f->flags & MODEL_PIN
				? "The hash of the PIN is not one of this system."
				: "The password hash is not an argon2id hash of moderate cost.");
		return true;
	}
	return false;
}

static void
check_given(const struct model_entity *e, const json_t *in, unsigned mode, json_t *out,
    struct model_errors *errors)
{
	const char *key;
	json_t *v, *checked;

	json_object_foreach((json_t *)in, key, v)
	{
		const struct model_field *f = model_field_find(e, slice_cstr(key));

		if (!f && (mode & MODEL_ALLOW_HASH) && take_hash(e, key, v, out, errors))
			continue;
		if ((f && (f->flags & (MODEL_READONLY | MODEL_COMPUTED))) ||
		    (!f && strcmp(key, "id") == 0)) {
			model_error_add(
			    errors, "read_only", key, "%s cannot be set.", f ? f->label : "The id");
		} else if (!f || (f->flags & MODEL_INTERNAL)) {
			char name[40];

			slice_clip_cstr(slice_cstr(key), name, sizeof name);
			model_error_add(
			    errors, "unknown_field", name, "There is no field of this name.");
		} else if ((f->flags & (MODEL_NULLABLE | MODEL_INHERIT)) && json_is_null(v)) {
			json_object_set_new(out, f->name, model_default(f));
		} else if ((checked = check_value(f, v, errors)) != NULL) {
			json_object_set_new(out, f->name, checked);
		}
	}
}

static void
fill_missing(
    const struct model_entity *e, const json_t *in, json_t *out, struct model_errors *errors)
{
	for (size_t i = 0; i < e->field_count; i++) {
		const struct model_field *f = &e->fields[i];
		const unsigned not_ours = MODEL_READONLY | MODEL_COMPUTED | MODEL_INTERNAL |
					  MODEL_GENERATED | MODEL_HASHED;

		if (json_object_get(in, f->name) || (f->flags & not_ours))
			continue;
		if ((f->flags & MODEL_REQUIRED) && !f->def)
			model_error_add(errors, "required", f->name, "%s is required.", f->label);
		else
			json_object_set_new(out, f->name, model_default(f));
	}
}

enum err
model_check(const struct model_entity *e, const json_t *in, unsigned mode, json_t **out,
    struct model_errors *errors)
{
	struct model_errors found = {0};
	json_t *result;

	if (!json_is_object(in)) {
		model_error_add(errors, "wrong_type", "", "%s must be a JSON object.", e->label);
		return ERR_INVALID;
	}
	result = json_object();
	if (!result)
		return ERR_NOMEM;
	check_given(e, in, mode, result, &found);
	if ((mode & ~(unsigned)MODEL_ALLOW_HASH) == MODEL_CREATE)
		fill_missing(e, in, result, &found);
	if (found.count) {
		for (uint32_t i = 0; i < found.count; i++)
			model_error_add(
			    errors, found.at[i].code, found.at[i].field, "%s", found.at[i].message);
		json_decref(result);
		return ERR_INVALID;
	}
	*out = result;
	return ERR_OK;
}

enum err
model_check_row(const struct model_entity *e, const json_t *row, struct model_errors *errors)
{
	struct model_errors found = {0};

	if (e->check)
		e->check(row, &found);
	for (uint32_t i = 0; i < found.count; i++)
		model_error_add(
		    errors, found.at[i].code, found.at[i].field, "%s", found.at[i].message);
	return found.count ? ERR_INVALID : ERR_OK;
}

enum err
model_password_check(const char *password, struct model_errors *errors)
{
	const struct model_field *f = model_field_find(&model_user, SLICE("password"));
	json_t *in = json_string(password);
	json_t *ok = in ? check_text(f, in, errors) : NULL;

	if (!in)
		model_error_add(errors, "bad_characters", f->name, "The password is not UTF-8.");
	json_decref(in);
	if (!ok)
		return ERR_INVALID;
	json_decref(ok);
	return ERR_OK;
}

static json_t *
default_set(const struct model_field *f)
{
	json_t *out = json_array();
	struct slice one;

	for (size_t i = 0; f->def && (one = choice_at(f->def, i)).n; i++)
		json_array_append_new(out, json_stringn(one.p, one.n));
	return out;
}

json_t *
model_default(const struct model_field *f)
{
	if (f->flags & MODEL_INHERIT)
		return json_null();
	if (f->type == MODEL_TEXT_LIST)
		return default_set(f);
	if (f->def)
		return json_loads(f->def, JSON_DECODE_ANY, NULL);
	switch (f->type) {
	case MODEL_INT: return json_integer(0);
	case MODEL_BOOL: return json_false();
	case MODEL_TEXT:
	case MODEL_ENUM: return json_string("");
	case MODEL_REF_LIST:
	case MODEL_REASON_LIST: return json_array();
	case MODEL_TEXT_LIST:
	case MODEL_TIME:
	case MODEL_REF:
	case MODEL_JSON:
	case MODEL_OBJECT: break;
	}
	return json_null();
}
