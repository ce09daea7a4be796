/*
 * Notices to the administrator: what the system found out by itself and people should know.
 * Declared once, as a code and its arguments; the English sentence stands here, other languages
 * have theirs by the code (web/src/i18n). Stored as rows of the entity "notice".
 */
#ifndef MODEL_NOTICES_H
#define MODEL_NOTICES_H

#include "base/slice.h"

enum { NOTICE_ARGS_MAX = 3, NOTICE_TEXT_BYTES = 600 };

/* Codes are stored: do not rename them. {0} is the first argument. */
#define NOTICES(X)                                                                                 \
	X(ADDRESS_BLOCKED, "address_blocked", "{0} has been blocked: it {1} ({2})",                \
	    "{0} wurde gesperrt: {1} ({2})")                                                       \
	X(ADDRESSES_BLOCKED, "addresses_blocked",                                                  \
	    "{0} more addresses have been blocked, the last one is {1}: it {2}",                   \
	    "{0} weitere Adressen wurden gesperrt, die letzte ist {1}: {2}")                       \
	X(WEAK_PASSWORDS, "weak_passwords",                                                        \
	    "{0} phones have a SIP password that does not follow the guideline: {1}",              \
	    "{0} Telefone haben ein SIP-Passwort, das der Richtlinie nicht folgt: {1}")            \
	X(MAIL_FAILED, "mail_failed", "The mail \"{0}\" to {1} could not be delivered: {2}",       \
	    "Die E-Mail „{0}“ an {1} konnte nicht zugestellt werden: {2}")                         \
	X(ACCOUNT_LOCKED, "account_locked",                                                        \
	    "{0} cannot log in for a while: {1} wrong log-ins, the last one from {2}",             \
	    "{0} kann sich eine Weile nicht anmelden: {1} falsche Anmeldungen, die letzte von "    \
	    "{2}")                                                                                 \
	X(SECOND_FACTOR_OFF, "second_factor_off", "{1} has taken off the second factor of {0}",    \
	    "{1} hat den zweiten Faktor von {0} entfernt")                                         \
	X(EMERGENCY, "emergency", "{0} calls the emergency number {1} from phone {2}",             \
	    "{0} ruft den Notruf {1} vom Telefon {2} an")                                          \
	X(EMERGENCY_REFUSED, "emergency_refused",                                                  \
	    "{0} could not reach the emergency number {1} from phone {2}: no line carried the "    \
	    "call",                                                                                \
	    "{0} konnte den Notruf {1} vom Telefon {2} nicht erreichen: keine Leitung hat ihn "    \
	    "vermittelt")                                                                          \
	X(LINE_SPENT, "line_spent",                                                                \
	    "On line {0} {1} minutes abroad and to services were called today (cost: {2}): until " \
	    "midnight there are no more. If that was not you, somebody is calling at your "        \
	    "expense",                                                                             \
	    "Auf Leitung {0} wurde heute {1} Minuten ins Ausland und zu Diensten telefoniert "     \
	    "(Kosten: {2}): bis Mitternacht geht das nicht mehr. Waren Sie das nicht, "            \
	    "telefoniert jemand auf Ihre Kosten")                                                  \
	X(PIN_LOCKED, "pin_locked",                                                                \
	    "Phone {0} has dialled {1} wrong PINs: it may use none for an hour",                   \
	    "Das Telefon {0} hat {1} falsche PINs gewählt: Es darf eine Stunde lang keine "       \
	    "verwenden")                                                                           \
	X(RECORDING_FAILED, "recording_failed",                                                    \
	    "A message or an announcement could not be recorded to its end: {0}",                  \
	    "Eine Nachricht oder Ansage konnte nicht ganz aufgenommen werden: {0}")                \
	X(LICENCE_ENDS, "licence_ends", "The licence {0} is valid until {1}; nothing stops then",  \
	    "Die Lizenz {0} gilt bis {1}; danach läuft alles weiter")                              \
	X(DISK_LOW, "disk_low",                                                                    \
	    "Only {0} MB are free on the disk of the telephone system ({1}); with less than {2} "  \
	    "MB no SIP traces are stored any more",                                                \
	    "Auf der Festplatte der Telefonanlage ({1}) sind nur noch {0} MB frei; mit weniger "   \
	    "als {2} MB werden keine SIP-Mitschnitte mehr gespeichert")

enum notice {
#define X(id, code, text, german) NOTICE_##id,
	NOTICES(X)
#undef X
	    NOTICES_N
};

const char *notice_code(enum notice n);
/** The sentence with its arguments (NOTICE_ARGS_MAX, NULL = empty), in German for "de", else in
 *  English. Returns out. */
const char *notice_text(enum notice n, const char *language,
    const char *const args[NOTICE_ARGS_MAX], char out[NOTICE_TEXT_BYTES]);

#endif
