#include "model/mail.h"

#include <stddef.h>

#include "model/entities_int.h"
#include "model/model.h"

static const char *const languages[MAIL_LANGUAGES] = {"de", "en"};

#define SIGNED_DE "\n\n-- \nDie Telefonanlage {company}\n{url}\n"
#define SIGNED_EN "\n\n-- \nThe telephone system {company}\n{url}\n"

#define CONFERENCE_WORDS                                                                           \
	"name conference owner begins length series numbers pin link message changes company url"
#define CONFERENCE_DE                                                                              \
	"\n\nBeginn: {begins}\nDauer: {length} Minuten\nWiederholung: {series}\n\n"                \
	"Einwahl:\n{numbers}\nIhre PIN: {pin}\n\n{message}\n\n{link}"
#define CONFERENCE_EN                                                                              \
	"\n\nBegins: {begins}\nLength: {length} minutes\nRepeated: {series}\n\n"                   \
	"Dial in:\n{numbers}\nYour PIN: {pin}\n\n{message}\n\n{link}"

static const struct {
	const char *code, *words;
	struct {
		const char *subject, *text;
	} in[MAIL_LANGUAGES];
} kinds[] = {
    [MAIL_ACCESS_CREATED] = {"access_created",
	"first_name last_name login password numbers company url",
	{{"Ihr Zugang zur Telefonanlage",
	     "Guten Tag {first_name} {last_name},\n\n"
	     "für Sie wurde ein Zugang eingerichtet.\n\n"
	     "Anmeldung: {login}\nKennwort: {password}\n\n"
	     "Bitte ändern Sie das Kennwort nach der ersten Anmeldung." SIGNED_DE},
	    {"Your access to the telephone system",
		"Hello {first_name} {last_name},\n\n"
		"an account has been made for you.\n\n"
		"Login: {login}\nPassword: {password}\n\n"
		"Please change the password after you have logged in for the first "
		"time." SIGNED_EN}}},
    [MAIL_ACCESS_CHANGED] = {"access_changed",
	"first_name last_name login password numbers company url",
	{{"Ihre geänderten Zugangsdaten", "Guten Tag {first_name} {last_name},\n\n"
					  "Ihre Zugangsdaten haben sich geändert.\n\n"
					  "Anmeldung: {login}\nKennwort: {password}\n\n"
					  "Wenn Sie das nicht erwartet haben, wenden Sie sich "
					  "bitte an Ihren Administrator." SIGNED_DE},
	    {"Your access data have changed",
		"Hello {first_name} {last_name},\n\n"
		"your access data have changed.\n\n"
		"Login: {login}\nPassword: {password}\n\n"
		"If you did not expect this, please ask your administrator." SIGNED_EN}}},
    [MAIL_PASSWORD_RESET] = {"password_reset",
	"first_name last_name login link minutes company url",
	{{"Ihr neues Kennwort",
	     "Guten Tag {first_name} {last_name},\n\n"
	     "jemand hat für Ihre Anmeldung {login} angegeben, das Kennwort vergessen zu haben. "
	     "Unter dieser Adresse können Sie innerhalb von {minutes} Minuten ein neues "
	     "wählen:\n\n"
	     "{link}\n\n"
	     "Wenn Sie das nicht waren, brauchen Sie nichts zu tun: Ihr Kennwort bleibt, wie es "
	     "ist." SIGNED_DE},
	    {"Your new password",
		"Hello {first_name} {last_name},\n\n"
		"somebody has said that the password of your login {login} is forgotten. At this "
		"address you can choose a new one within {minutes} minutes:\n\n"
		"{link}\n\n"
		"If that was not you there is nothing to do: your password stays as it "
		"is." SIGNED_EN}}},
    [MAIL_VOICEMAIL] = {"voicemail",
	"first_name last_name mailbox caller received length link company url",
	{{"Nachricht von {caller} für {mailbox}",
	     "Guten Tag {first_name} {last_name},\n\n"
	     "in der Voicemailbox {mailbox} ist eine neue Nachricht.\n\n"
	     "Von: {caller}\nAm: {received}\nLänge: {length}\n\n"
	     "Anhören: {link}" SIGNED_DE},
	    {"Message from {caller} for {mailbox}",
		"Hello {first_name} {last_name},\n\n"
		"there is a new message in the mailbox {mailbox}.\n\n"
		"From: {caller}\nReceived: {received}\nLength: {length}\n\n"
		"Listen to it: {link}" SIGNED_EN}}},
    [MAIL_CONFERENCE_INVITED] = {"conference_invited", CONFERENCE_WORDS,
	{{"Einladung: {conference}", "Guten Tag {name},\n\n{owner} lädt Sie zur Telefonkonferenz "
				     "{conference} ein." CONFERENCE_DE SIGNED_DE},
	    {"Invitation: {conference}", "Hello {name},\n\n{owner} invites you to the telephone "
					 "conference {conference}." CONFERENCE_EN SIGNED_EN}}},
    [MAIL_CONFERENCE_CHANGED] = {"conference_changed", CONFERENCE_WORDS,
	{{"Geändert: {conference}", "Guten Tag {name},\n\n{owner} hat die Telefonkonferenz "
				    "{conference} geändert: {changes}." CONFERENCE_DE SIGNED_DE},
	    {"Changed: {conference}",
		"Hello {name},\n\n{owner} has changed the telephone conference {conference}: "
		"{changes}." CONFERENCE_EN SIGNED_EN}}},
    [MAIL_CONFERENCE_CANCELLED] = {"conference_cancelled", CONFERENCE_WORDS,
	{{"Abgesagt: {conference}", "Guten Tag {name},\n\n"
				    "die Telefonkonferenz {conference}, {begins}, findet ohne Sie "
				    "oder gar nicht statt. Ihre PIN gilt nicht mehr." SIGNED_DE},
	    {"Cancelled: {conference}",
		"Hello {name},\n\n"
		"the telephone conference {conference}, {begins}, takes place without you or not "
		"at all. Your PIN is no longer valid." SIGNED_EN}}},
    [MAIL_CONFERENCE_SOON] = {"conference_soon", CONFERENCE_WORDS,
	{{"In Kürze: {conference}", "Guten Tag {name},\n\ndie Telefonkonferenz {conference} "
				    "beginnt in wenigen Minuten." CONFERENCE_DE SIGNED_DE},
	    {"Soon: {conference}", "Hello {name},\n\nthe telephone conference {conference} begins "
				   "in a few minutes." CONFERENCE_EN SIGNED_EN}}},
    [MAIL_CONFERENCE_NEXT] = {"conference_next", CONFERENCE_WORDS,
	{{"Nächster Termin: {conference}", "Guten Tag {name},\n\ndie Telefonkonferenz {conference} "
					   "findet wieder statt." CONFERENCE_DE SIGNED_DE},
	    {"Next date: {conference}", "Hello {name},\n\nthe telephone conference {conference} "
					"takes place again." CONFERENCE_EN SIGNED_EN}}},
    [MAIL_CONFERENCE_LEFT] = {"conference_left", "name conference begins participant company url",
	{{"Ohne {participant}: {conference}",
	     "Guten Tag {name},\n\n{participant} nimmt an Ihrer Telefonkonferenz {conference}, "
	     "{begins}, nicht mehr teil, denn das Benutzerkonto wurde gelöscht." SIGNED_DE},
	    {"Without {participant}: {conference}",
		"Hello {name},\n\n{participant} no longer takes part in your telephone conference "
		"{conference}, {begins}, because the user account has been deleted." SIGNED_EN}}},
    [MAIL_NOTICE] = {"notice", "notice company url",
	{{"Hinweis der Telefonanlage", "{notice}" SIGNED_DE},
	    {"Notice of the telephone system", "{notice}" SIGNED_EN}}},
    [MAIL_TEST] = {"test", "company url",
	{{"Test des E-Mail-Versands", "Der Versand von E-Mail funktioniert." SIGNED_DE},
	    {"Test of outgoing mail", "Outgoing mail works." SIGNED_EN}}},
};

const char *
mail_kind_code(enum mail_kind k)
{
	return kinds[k].code;
}

const char *
mail_kind_words(enum mail_kind k)
{
	return kinds[k].words;
}

enum mail_kind
mail_kind_find(struct slice code)
{
	for (int k = 0; k < MAIL_KINDS_N; k++)
		if (slice_eq(slice_cstr(kinds[k].code), code))
			return (enum mail_kind)k;
	return MAIL_KINDS_N;
}

const char *
mail_language(int index)
{
	return languages[index];
}

static int
language_index(const char *language)
{
	return strcmp(language, "de") == 0 ? 0 : 1;
}

const char *
mail_standard_subject(enum mail_kind k, const char *language)
{
	return kinds[k].in[language_index(language)].subject;
}

const char *
mail_standard_text(enum mail_kind k, const char *language)
{
	return kinds[k].in[language_index(language)].text;
}

static void
put_value(struct buf *out, const struct mail_word *word)
{
	for (const char *c = word->value; c && *c; c++)
		if (*c == '\n' && word->lines)
			buf_char(out, *c);
		else
			buf_char(out, (char)((unsigned char)*c < ' ' ? ' ' : *c));
}

static bool
put_word(struct buf *out, struct slice name, const struct mail_word *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (slice_eq(slice_cstr(words[i].name), name)) {
			put_value(out, &words[i]);
			return true;
		}
	return false;
}

void
mail_fill(struct buf *out, struct slice text, const struct mail_word *words, size_t n)
{
	while (text.n) {
		const char *open = memchr(text.p, '{', text.n);
		size_t before = open ? (size_t)(open - text.p) : text.n;
		const char *close = open ? memchr(open, '}', text.n - before) : NULL;

		buf_put(out, slice_make(text.p, before));
		if (!close) {
			buf_put(out, slice_from(text, before));
			return;
		}
		if (!put_word(out, slice_make(open + 1, (size_t)(close - open - 1)), words, n)) {
			buf_char(out, '{');
			close = open;
		}
		text = slice_from(text, (size_t)(close + 1 - text.p));
	}
}

/* ---- entities ---- */

static void
need(const json_t *row, struct model_errors *errors, const char *field, const char *sentence)
{
	if (!*row_text(row, field))
		model_error_add(errors, "required", field, "%s", sentence);
}

static void
check_server(const json_t *row, struct model_errors *errors)
{
	const char *delivery = row_text(row, "delivery"), *auth = row_text(row, "auth");
	const char *web = row_text(row, "web_address");
	bool by_server = strcmp(delivery, "server") == 0;

	if (strcmp(delivery, "off") == 0)
		return;
	if (*web && strncmp(web, "https://", 8) != 0 && strncmp(web, "http://", 7) != 0)
		model_error_add(errors, "bad_format", "web_address",
		    "The address of the web page begins with https:// or http://.");
	need(row, errors, "sender", "Mail needs the address of a sender.");
	if (!by_server)
		return;
	need(row, errors, "host", "Enter the server that takes the mail.");
	if (strcmp(auth, "none") != 0)
		need(row, errors, "username", "This way to log in needs a user name.");
	if (strcmp(auth, "pop") == 0)
		need(row, errors, "pop_host", "Enter the POP3 server to log in at first.");
}

#define AT(member)                                                                                 \
	.offset = offsetof(struct mail_server, member),                                            \
	.size = sizeof(((struct mail_server *)0)->member)

static const struct model_field server_fields[] = {
    {"delivery", MODEL_ENUM, 0, .choices = "off|direct|server", .def = "\"off\"",
	.label = "Delivery",
	.description = "off: no mail is sent; direct: to the recipients' own servers (MX); "
		       "server: to one SMTP server, which passes it on",
	AT(delivery)},
    {"sender", MODEL_TEXT, 0, 0, 254, .format = MODEL_FORMAT_EMAIL, .label = "Sender",
	.description = "Address that mail comes from and answers go to", AT(sender)},
    {"sender_name", MODEL_TEXT, 0, 0, 80, .label = "Name of the sender", AT(sender_name)},
    {"host", MODEL_TEXT, 0, 0, 253, .format = MODEL_FORMAT_HOST, .label = "SMTP server", AT(host)},
    {"port", MODEL_INT, 0, 1, 65535, .def = "587", .label = "Port",
	.description = "587 with STARTTLS, 465 with TLS, 25 without", AT(port)},
    {"security", MODEL_ENUM, 0, .choices = "starttls|tls|none", .def = "\"starttls\"",
	.label = "Encryption",
	.description = "starttls: begins in the clear and must change to TLS; tls: from the "
		       "beginning. The server's certificate is checked. The same holds for the "
		       "POP3 server",
	AT(security)},
    {"auth", MODEL_ENUM, 0, .choices = "none|password|pop", .def = "\"none\"", .label = "Log-in",
	.description = "password: SMTP AUTH; pop: at a POP3 server first", AT(auth)},
    {"username", MODEL_TEXT, 0, 0, 254, .label = "User name", AT(username)},
    {"password", MODEL_TEXT, MODEL_WRITEONLY | MODEL_SECRET, 0, 254, .label = "Password",
	AT(password)},
    {"pop_host", MODEL_TEXT, 0, 0, 253, .format = MODEL_FORMAT_HOST, .label = "POP3 server",
	AT(pop_host)},
    {"web_address", MODEL_TEXT, 0, 0, 253, .chars = "!-~", .label = "Address of the web page",
	.description = "Stands in mails as the link, for example https://pbx.example.com; without "
		       "it nobody can ask for a new password by mail",
	AT(web_address)},
};

const struct model_entity model_mail_server = {"mail_server", "mail-server", MODEL_SINGLETON, NULL,
    "id", NULL, .label = "Mail server", .description = "How the system sends mail",
    .fields = server_fields, .field_count = sizeof server_fields / sizeof server_fields[0],
    .check = check_server};

static const struct model_field mail_fields[] = {
    {"recipient", MODEL_TEXT, MODEL_READONLY | MODEL_SEARCH, 1, 254, .label = "Recipient"},
    {"recipient_name", MODEL_TEXT, MODEL_READONLY | MODEL_SEARCH, 0, 130, .label = "Name"},
    {"subject", MODEL_TEXT, MODEL_READONLY | MODEL_SEARCH, 0, MAIL_SUBJECT_MAX, .label = "Subject"},
    {"kind", MODEL_TEXT, MODEL_READONLY, 0, 40, .label = "Kind"},
    {"state", MODEL_ENUM, MODEL_READONLY,
	.choices = "waiting|sending|handing_over|sent|failed|unsure", .def = "\"waiting\"",
	.label = "State",
	.description = "unsure: the system stopped in the moment of handing it over, so it may "
		       "have arrived"},
    {"attempts", MODEL_INT, MODEL_READONLY, .label = "Attempts"},
    {"created_at", MODEL_TIME, MODEL_READONLY | MODEL_INDEX, .label = "Created"},
    {"next_at", MODEL_TIME, MODEL_READONLY | MODEL_INDEX, .label = "Next attempt"},
    {"sent_at", MODEL_TIME, MODEL_READONLY, .label = "Sent"},
    {"answer", MODEL_TEXT, MODEL_READONLY, 0, 500, .label = "Last answer",
	.description = "What the server said, or why there was none"},
    {"text", MODEL_TEXT, MODEL_INTERNAL | MODEL_SECRET, 0, MAIL_TEXT_MAX, .label = "Text"},
    {"calendar", MODEL_TEXT, MODEL_INTERNAL | MODEL_SECRET, .label = "A calendar entry (RFC 5545)"},
    {"calendar_method", MODEL_TEXT, MODEL_INTERNAL, .label = "What is to be done with it"},
    {"attachment", MODEL_TEXT, MODEL_INTERNAL, .label = "A WAV file below the data folder"},
    {"attachment_name", MODEL_TEXT, MODEL_INTERNAL, .label = "What it is called in the mail"},
};

const struct model_entity model_mail = {"mail", "mails", MODEL_SYSTEM | MODEL_FIXED, NULL,
    "-created_at", NULL, .label = "Mail",
    .description = "A mail that waits, has been sent or could not be", .fields = mail_fields,
    .field_count = sizeof mail_fields / sizeof mail_fields[0]};

static const struct model_field template_fields[] = {
    {"kind", MODEL_TEXT, MODEL_READONLY, 0, 40, .label = "Kind"},
    {"language", MODEL_TEXT, MODEL_READONLY, 0, 8, .label = "Language"},
    {"subject", MODEL_TEXT, MODEL_SEARCH, 0, MAIL_SUBJECT_MAX, .label = "Subject",
	.description = "Empty = the standard text"},
    {"text", MODEL_TEXT, MODEL_SEARCH, 0, MAIL_TEXT_MAX, .chars = "\n\r -\uffff", .label = "Text",
	.description = "Empty = the standard text; {words} in braces are replaced"},
    {"standard_subject", MODEL_TEXT, MODEL_COMPUTED, .label = "Standard subject"},
    {"standard_text", MODEL_TEXT, MODEL_COMPUTED, .label = "Standard text"},
    {"words", MODEL_TEXT, MODEL_COMPUTED, .label = "Words",
	.description = "That may stand in braces, separated by spaces"},
};

const struct model_entity model_mail_template = {"mail_template", "mail-templates",
    MODEL_SYSTEM | MODEL_STAYS, NULL, "kind", NULL, .unique_together = "kind, language",
    .label = "Mail text", .description = "What the system writes", .fields = template_fields,
    .field_count = sizeof template_fields / sizeof template_fields[0]};
