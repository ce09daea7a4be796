/*
 * Sheets of paper labels for function keys (USR-12): one row for each phone or add-on, in the order
 * in which they are offered. Sizes are of one label, in tenths of a millimetre; the vendors print
 * none, so they are measured with a ruler, and a row is changed when a printed sheet does not fit.
 *
 * Constant table; any thread.
 */
#ifndef MODEL_LABEL_SHEETS_H
#define MODEL_LABEL_SHEETS_H

/* model, name, columns, keys in a column, width, height */
#define LABEL_SHEETS(X)                                                                            \
	X("generic", "20 keys, 60 x 10 mm", 2, 10, 600, 100)                                       \
	X("de410", "Gigaset DE410 IP PRO", 1, 4, 450, 100)                                         \
	X("de700", "Gigaset DE700 IP PRO", 2, 7, 450, 100)                                         \
	X("de700-addon", "Gigaset DE700 IP PRO: add-on", 2, 7, 450, 100)                           \
	X("de900", "Gigaset DE900 IP PRO", 2, 7, 450, 100)                                         \
	X("de900-addon", "Gigaset DE900 IP PRO: add-on", 2, 7, 450, 100)

struct label_sheet {
	const char *model, *name;
	unsigned columns, rows, width_mm10, height_mm10;
};

#endif
