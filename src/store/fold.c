/* fold(text) in SQL: lower case without accents, so that "muller" finds "M\u00fcller" and
 * \u00c4pfel stand under A. Latin letters only; others compare by their bytes. Indexes hold
 * what it makes (model_entity.covering): whoever changes it adds a migration with REINDEX. */
#include <stdlib.h>

#include "store/store_int.h"

enum { FOLD_SMALL = 512 };

static const struct {
	uint16_t from, to;
	char letter;
} letters[] = {
    {0x00c0, 0x00c6, 'a'},
    {0x00c7, 0x00c7, 'c'},
    {0x00c8, 0x00cb, 'e'},
    {0x00cc, 0x00cf, 'i'},
    {0x00d0, 0x00d0, 'd'},
    {0x00d1, 0x00d1, 'n'},
    {0x00d2, 0x00d6, 'o'},
    {0x00d8, 0x00d8, 'o'},
    {0x00d9, 0x00dc, 'u'},
    {0x00dd, 0x00dd, 'y'},
    {0x00de, 0x00de, 't'},
    {0x00e0, 0x00e6, 'a'},
    {0x00e7, 0x00e7, 'c'},
    {0x00e8, 0x00eb, 'e'},
    {0x00ec, 0x00ef, 'i'},
    {0x00f0, 0x00f0, 'd'},
    {0x00f1, 0x00f1, 'n'},
    {0x00f2, 0x00f6, 'o'},
    {0x00f8, 0x00f8, 'o'},
    {0x00f9, 0x00fc, 'u'},
    {0x00fd, 0x00fd, 'y'},
    {0x00fe, 0x00fe, 't'},
    {0x00ff, 0x00ff, 'y'},
    {0x0100, 0x0105, 'a'},
    {0x0106, 0x010d, 'c'},
    {0x010e, 0x0111, 'd'},
    {0x0112, 0x011b, 'e'},
    {0x011c, 0x0123, 'g'},
    {0x0124, 0x0127, 'h'},
    {0x0128, 0x0133, 'i'},
    {0x0134, 0x0135, 'j'},
    {0x0136, 0x0138, 'k'},
    {0x0139, 0x0142, 'l'},
    {0x0143, 0x014b, 'n'},
    {0x014c, 0x0153, 'o'},
    {0x0154, 0x0159, 'r'},
    {0x015a, 0x0161, 's'},
    {0x0162, 0x0167, 't'},
    {0x0168, 0x0173, 'u'},
    {0x0174, 0x0175, 'w'},
    {0x0176, 0x0178, 'y'},
    {0x0179, 0x017e, 'z'},
    {0x017f, 0x017f, 's'},
};

static char
letter_of(unsigned c)
{
	for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
		if (c >= letters[i].from && c <= letters[i].to)
			return letters[i].letter;
	return 0;
}

size_t
text_fold(struct slice s, char *out)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned c = p[i];
		char letter = 0;

		if (c >= 0xc3 && c <= 0xc5 && i + 1 < s.n && (p[i + 1] & 0xc0) == 0x80) {
			c = (c & 0x1f) << 6 | (p[i + 1] & 0x3f);
			letter = letter_of(c);
			if (c == 0xdf) { /* sharp s */
				out[n++] = 's';
				letter = 's';
			}
		}
		if (letter) {
			out[n++] = letter;
			i++;
		} else {
			out[n++] = (char)(p[i] >= 'A' && p[i] <= 'Z' ? p[i] + 32 : p[i]);
		}
	}
	return n;
}

static void
sql_fold(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	const char *text = (const char *)sqlite3_value_text(argv[0]);
	size_t n = (size_t)sqlite3_value_bytes(argv[0]);
	char *out;

	if (!text) {
		sqlite3_result_text(ctx, "", 0, SQLITE_STATIC);
		return;
	}
	out = malloc(n + 1);
	if (!out) {
		sqlite3_result_error_nomem(ctx);
		return;
	}
	n = text_fold(slice_make(text, n), out);
	sqlite3_result_text(ctx, out, (int)n, free);
}

/* finds(word, text, …) in SQL: one of the texts has the word, which is folded already. Texts are
 * short; a search asks this of every row. */
static bool
has_word(sqlite3_value *value, struct slice word)
{
	const char *text = (const char *)sqlite3_value_text(value);
	size_t n = (size_t)sqlite3_value_bytes(value);
	char small[FOLD_SMALL], *folded = small;
	bool has;

	if (!text || n < word.n)
		return false;
	if (n > sizeof small && !(folded = malloc(n)))
		return false;
	n = text_fold(slice_make(text, n), folded);
	has = memmem(folded, n, word.p, word.n) != NULL;
	if (folded != small)
		free(folded);
	return has;
}

static void
sql_finds(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	const char *word = (const char *)sqlite3_value_text(argv[0]);
	size_t n = (size_t)sqlite3_value_bytes(argv[0]);
	int found = 0;

	for (int i = 1; i < argc && !found; i++)
		found = has_word(argv[i], slice_make(word ? word : "", n));
	sqlite3_result_int(ctx, found);
}

enum err
fold_register(struct db *db)
{
	enum err e = db_function(db, "fold", 1, sql_fold);

	return e == ERR_OK ? db_function(db, "finds", -1, sql_finds) : e;
}
