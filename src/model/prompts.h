/*
 * Spoken prompts: everything that the system says to somebody who holds a telephone, declared once.
 * Of each: a name, its text in each language, and which of Debian's recorded voices says it in
 * English. The build makes a sound file of each (packaging/sounds), people may upload their own
 * (store/prompts.h), directory/prompts.h says which file is played.
 *
 * What depends on a number, a day or a time is put together from pieces: model/say.h. A piece may
 * be missing in a language whose sentences do not need it (NULL). Texts are UTF-8. Names are stored
 * with what people upload, and are names of files: do not rename them.
 *
 * Constant tables, pure functions: any thread.
 */
#ifndef MODEL_PROMPTS_H
#define MODEL_PROMPTS_H

#include "base/buf.h"

// clang-format off
/* id, code */
#define PROMPT_LANGUAGES(X) \
	X(EN, "en") \
	X(DE, "de")

/* What they belong to, for who looks for one. */
#define PROMPT_GROUPS(X) \
	X(GENERAL, "general") \
	X(SERVICES, "services") \
	X(VOICEMAIL, "voicemail") \
	X(CONFERENCE, "conference") \
	X(NUMBERS, "numbers") \
	X(TIMES, "times")

/* group, id, name, English, German, recorded in English as */
#define PROMPTS_GENERAL(X) \
	X(GENERAL, DONE, "done", "Done.", "Erledigt.", NULL) \
	X(GENERAL, NOT_POSSIBLE, "not-possible", "This is not possible.", "Das ist nicht möglich.", NULL) \
	X(GENERAL, NOT_PERMITTED, "not-permitted", "You are not permitted to do this.", "Das ist Ihnen nicht erlaubt.", NULL) \
	X(GENERAL, UNKNOWN_NUMBER, "unknown-number", "Nobody has this number.", "Diese Rufnummer ist unbekannt.", NULL) \
	X(GENERAL, NOT_IN_SERVICE, "not-in-service", "The number you have dialed is not in service. Please check the number and try again.", "Diese Rufnummer ist nicht vergeben. Bitte prüfen Sie die Nummer.", "ss-noservice") \
	X(GENERAL, TRY_AGAIN, "try-again", "Please try again.", "Bitte versuchen Sie es noch einmal.", "please-try-again") \
	X(GENERAL, WRONG_PIN, "wrong-pin", "This PIN is wrong.", "Diese PIN ist falsch.", NULL) \
	X(GENERAL, ENTER_PIN, "enter-pin", "Please enter the PIN, and press hash.", "Bitte geben Sie die PIN ein, und drücken Sie die Rautetaste.", NULL) \
	X(GENERAL, ENTER_NUMBER, "enter-number", "Please enter the number, and press hash.", "Bitte geben Sie die Rufnummer ein, und drücken Sie die Rautetaste.", NULL) \
	X(GENERAL, CANCELLED, "cancelled", "Cancelled.", "Abgebrochen.", "cancelled") \
	X(GENERAL, GOODBYE, "goodbye", "Goodbye.", "Auf Wiederhören.", "vm-goodbye") \
	X(GENERAL, BEEP, "beep", "", "", "beep")

#define PROMPTS_SERVICES(X) \
	X(SERVICES, SWITCHED_ON, "switched-on", "Switched on.", "Eingeschaltet.", NULL) \
	X(SERVICES, SWITCHED_OFF, "switched-off", "Switched off.", "Ausgeschaltet.", NULL) \
	X(SERVICES, REDIRECTION_ON, "redirection-on", "Redirection is active.", "Die Umleitung ist aktiv.", NULL) \
	X(SERVICES, REDIRECTION_OFF, "redirection-off", "Redirection is off.", "Die Umleitung ist aus.", NULL) \
	X(SERVICES, DND_ON, "dnd-on", "Do not disturb is on.", "Der Ruheschutz ist eingeschaltet.", NULL) \
	X(SERVICES, DND_OFF, "dnd-off", "Do not disturb is off.", "Der Ruheschutz ist ausgeschaltet.", NULL) \
	X(SERVICES, GROUP_LOGGED_ON, "group-logged-on", "You are logged on to the group.", "Sie sind an der Gruppe angemeldet.", NULL) \
	X(SERVICES, GROUP_LOGGED_OFF, "group-logged-off", "You are logged off from the group.", "Sie sind von der Gruppe abgemeldet.", NULL) \
	X(SERVICES, PHONE_LOGGED_ON, "phone-logged-on", "You are logged on to this phone.", "Sie sind an diesem Telefon angemeldet.", NULL) \
	X(SERVICES, PHONE_LOGGED_OFF, "phone-logged-off", "You are logged off from this phone.", "Sie sind von diesem Telefon abgemeldet.", NULL) \
	X(SERVICES, PHONE_ALL_OFF, "phone-all-off", "All users are logged off from this phone.", "Alle Benutzer sind von diesem Telefon abgemeldet.", NULL) \
	X(SERVICES, PARKED_AT, "parked-at", "The call is parked at orbit", "Der Anruf ist geparkt auf Platz", NULL) \
	X(SERVICES, ORBIT_OCCUPIED, "orbit-occupied", "This orbit is occupied.", "Dieser Parkplatz ist belegt.", NULL) \
	X(SERVICES, ORBIT_EMPTY, "orbit-empty", "This orbit is empty.", "Auf diesem Parkplatz wartet niemand.", NULL) \
	X(SERVICES, COMPLETION_REQUESTED, "completion-requested", "You will be called back as soon as the line is free.", "Sie werden zurückgerufen, sobald der Teilnehmer frei ist.", NULL) \
	X(SERVICES, COMPLETION_CANCELLED, "completion-cancelled", "The call back is cancelled.", "Der Rückruf ist gelöscht.", NULL) \
	X(SERVICES, COMPLETION_NONE, "completion-none", "There is no call back to cancel.", "Es ist kein Rückruf vorgemerkt.", NULL) \
	X(SERVICES, COMPLETION_NOTHING, "completion-nothing", "There is no call for which you could be called back.", "Es gibt keinen Anruf, für den ein Rückruf möglich ist.", NULL) \
	X(SERVICES, COMPLETION_NOT_HERE, "completion-not-here", "You cannot be called back for this number.", "Für diese Rufnummer ist kein Rückruf möglich.", NULL) \
	X(SERVICES, COMPLETION_FULL, "completion-full", "You are waiting for too many call backs already.", "Es sind schon zu viele Rückrufe vorgemerkt.", NULL) \
	X(SERVICES, SPEED_DIAL_EMPTY, "speed-dial-empty", "No number is stored for this speed dial.", "Unter dieser Kurzwahl ist keine Rufnummer gespeichert.", NULL) \
	X(SERVICES, TRANSFERRING, "transferring", "Your call is being transferred.", "Ihr Anruf wird verbunden.", NULL) \
	X(SERVICES, TARGET_NO_ANSWER, "target-no-answer", "The person you called does not answer.", "Der gewünschte Teilnehmer meldet sich nicht.", NULL) \
	X(SERVICES, TARGET_BUSY, "target-busy", "The person you called is busy.", "Der gewünschte Teilnehmer ist besetzt.", NULL) \
	X(SERVICES, CALL_RECORDED, "call-recorded", "This call is recorded.", "Dieses Gespräch wird aufgezeichnet.", NULL) \
	X(SERVICES, RECORDING_BEGINS, "recording-begins", "The recording begins.", "Die Aufzeichnung beginnt.", NULL) \
	X(SERVICES, RECORDING_ENDS, "recording-ends", "The recording has ended.", "Die Aufzeichnung ist beendet.", NULL) \
	X(SERVICES, ACCEPT_CALL, "accept-call", "Press 1 to accept the call.", "Drücken Sie die 1, um den Anruf anzunehmen.", NULL)

#define PROMPTS_VOICEMAIL(X) \
	X(VOICEMAIL, LEAVE_MESSAGE, "leave-message", "Please leave your message after the tone. When done, hang up or press the pound key.", "Bitte sprechen Sie Ihre Nachricht nach dem Signalton. Zum Beenden legen Sie auf, oder drücken die Rautetaste.", "vm-intro") \
	X(VOICEMAIL, NOT_AVAILABLE, "not-available", "Nobody is available to take your call.", "Zurzeit ist niemand erreichbar.", NULL) \
	X(VOICEMAIL, BOX_UNKNOWN, "box-unknown", "There is no such voicemail box.", "Diese Voicemailbox gibt es nicht.", NULL) \
	X(VOICEMAIL, BOX_FULL, "box-full", "This voicemail box is full.", "Diese Voicemailbox ist voll.", NULL) \
	X(VOICEMAIL, ENTER_BOX, "enter-box", "Please enter the number of the voicemail box, and press hash.", "Bitte geben Sie die Nummer der Voicemailbox ein, und drücken Sie die Rautetaste.", NULL) \
	X(VOICEMAIL, YOU_HAVE, "you-have", "You have", "Sie haben", "vm-youhave") \
	X(VOICEMAIL, NO_MESSAGES, "no-messages", "You have no messages.", "Sie haben keine Nachrichten.", NULL) \
	X(VOICEMAIL, NO_NEW_MESSAGES, "no-new-messages", "You have no new messages.", "Sie haben keine neuen Nachrichten.", NULL) \
	X(VOICEMAIL, ONE_NEW_MESSAGE, "one-new-message", NULL, "Sie haben eine neue Nachricht.", NULL) \
	X(VOICEMAIL, ONE_OLD_MESSAGE, "one-old-message", NULL, "Sie haben eine alte Nachricht.", NULL) \
	X(VOICEMAIL, NEW_MESSAGES, "new-messages", NULL, "neue Nachrichten.", NULL) \
	X(VOICEMAIL, OLD_MESSAGES, "old-messages", NULL, "alte Nachrichten.", NULL) \
	X(VOICEMAIL, NEW, "new", "new", NULL, "vm-INBOX") \
	X(VOICEMAIL, OLD, "old", "old", NULL, "vm-Old") \
	X(VOICEMAIL, MESSAGE, "message", "message", NULL, "vm-message") \
	X(VOICEMAIL, MESSAGES, "messages", "messages", NULL, "vm-messages") \
	X(VOICEMAIL, MESSAGE_FROM, "message-from", "message from", "Nachricht von", NULL) \
	X(VOICEMAIL, RECEIVED_AT, "received-at", "message received", "Empfangen", "vm-received") \
	X(VOICEMAIL, UNKNOWN_CALLER, "unknown-caller", "from an unknown caller", "Der Anrufer ist unbekannt.", NULL) \
	X(VOICEMAIL, NO_MORE_MESSAGES, "no-more-messages", "There are no more messages.", "Es gibt keine weiteren Nachrichten.", NULL) \
	X(VOICEMAIL, MESSAGE_DELETED, "message-deleted", "Message deleted.", "Die Nachricht ist gelöscht.", "vm-deleted") \
	X(VOICEMAIL, MESSAGE_RESTORED, "message-restored", "Message undeleted.", "Die Nachricht ist wiederhergestellt.", "vm-undeleted") \
	X(VOICEMAIL, MESSAGE_SAVED, "message-saved", "The message is saved.", "Die Nachricht ist gespeichert.", NULL) \
	X(VOICEMAIL, MESSAGE_FORWARDED, "message-forwarded", "The message is forwarded.", "Die Nachricht ist weitergeleitet.", NULL) \
	X(VOICEMAIL, MESSAGE_TOO_SHORT, "message-too-short", "Your message is too short.", "Ihre Nachricht ist zu kurz.", NULL) \
	X(VOICEMAIL, VOICEMAIL_MENU, "voicemail-menu", "For new messages press 1. For old messages press 2. To change the announcement press 3. To finish press hash.", "Für neue Nachrichten drücken Sie die 1. Für alte Nachrichten die 2. Um die Ansage zu ändern, die 3. Zum Beenden die Rautetaste.", NULL) \
	X(VOICEMAIL, MESSAGE_MENU, "message-menu", "To hear the message again press 1. To save it press 2. To delete it press 3. To forward it press 4. To call back press 5. For the next message press hash.", "Um die Nachricht noch einmal zu hören, drücken Sie die 1. Zum Speichern die 2. Zum Löschen die 3. Zum Weiterleiten die 4. Zum Zurückrufen die 5. Für die nächste Nachricht die Rautetaste.", NULL) \
	X(VOICEMAIL, SENT_MENU, "sent-menu", "To send the message hang up. To hear it press 1. To speak it again press 2.", "Zum Senden der Nachricht legen Sie auf. Zum Anhören drücken Sie die 1. Zum erneuten Aufsprechen die 2.", NULL) \
	X(VOICEMAIL, RECORDING_FAILED, "recording-failed", "Recording is not possible at the moment. What you have said so far is kept.", "Die Aufnahme ist zurzeit nicht möglich. Was Sie bisher gesprochen haben, bleibt erhalten.", NULL) \
	X(VOICEMAIL, RECORD_GREETING, "record-greeting", "Please speak your announcement after the tone, and press hash at the end.", "Bitte sprechen Sie Ihre Ansage nach dem Signalton, und drücken Sie am Ende die Rautetaste.", NULL) \
	X(VOICEMAIL, GREETING_MENU, "greeting-menu", "To save the announcement press 1. To hear it press 2. To record it again press 3. To drop it press star.", "Zum Speichern der Ansage drücken Sie die 1. Zum Anhören die 2. Zum erneuten Aufnehmen die 3. Zum Verwerfen die Sterntaste.", NULL)

#define PROMPTS_CONFERENCE(X) \
	X(CONFERENCE, CONFERENCE_PIN, "conference-pin", "Please enter your PIN for the conference, and press hash.", "Bitte geben Sie Ihre PIN für die Konferenz ein, und drücken Sie die Rautetaste.", NULL) \
	X(CONFERENCE, CONFERENCE_FIRST, "conference-first", "You are currently the only person in this conference.", "Sie sind derzeit der einzige Teilnehmer dieser Konferenz.", "conf-onlyperson") \
	X(CONFERENCE, CONFERENCE_ONE_OTHER, "conference-one-other", "There is currently one other participant in this conference.", "Außer Ihnen nimmt eine Person an der Konferenz teil.", "conf-onlyone") \
	X(CONFERENCE, CONFERENCE_THERE_ARE, "conference-there-are", "There are currently", "Außer Ihnen nehmen", "conf-thereare") \
	X(CONFERENCE, CONFERENCE_OTHERS, "conference-others", "other participants in this conference.", "Personen an der Konferenz teil.", "conf-otherinparty") \
	X(CONFERENCE, CONFERENCE_SAY_NAME, "conference-say-name", "Please say your name after the tone, and press hash.", "Bitte sagen Sie nach dem Signalton Ihren Namen, und drücken Sie die Rautetaste.", NULL) \
	X(CONFERENCE, CONFERENCE_HEARING, "conference-hearing", "Volume of the others", "Lautstärke der anderen", NULL) \
	X(CONFERENCE, CONFERENCE_SPEAKING, "conference-speaking", "Your volume", "Ihre Lautstärke", NULL) \
	X(CONFERENCE, CONFERENCE_WAIT, "conference-wait", "The conference begins when a moderator joins.", "Die Konferenz beginnt, sobald ein Moderator teilnimmt.", NULL) \
	X(CONFERENCE, CONFERENCE_WELCOME, "conference-welcome", "You are now in the conference.", "Sie nehmen jetzt an der Konferenz teil.", NULL) \
	X(CONFERENCE, CONFERENCE_JOINED, "conference-joined", "has joined the conference.", "nimmt an der Konferenz teil.", NULL) \
	X(CONFERENCE, CONFERENCE_LEFT, "conference-left", "has left the conference.", "hat die Konferenz verlassen.", "conf-hasleft") \
	X(CONFERENCE, CONFERENCE_SOMEONE_JOINED, "conference-someone-joined", "Somebody has joined the conference.", "Ein Teilnehmer ist hinzugekommen.", NULL) \
	X(CONFERENCE, CONFERENCE_SOMEONE_LEFT, "conference-someone-left", "Somebody has left the conference.", "Ein Teilnehmer hat die Konferenz verlassen.", NULL) \
	X(CONFERENCE, CONFERENCE_MUTED, "conference-muted", "You are now muted.", "Ihr Mikrofon ist stummgeschaltet.", "conf-muted") \
	X(CONFERENCE, CONFERENCE_UNMUTED, "conference-unmuted", "You are now unmuted.", "Ihr Mikrofon ist eingeschaltet.", "conf-unmuted") \
	X(CONFERENCE, CONFERENCE_HAND_RAISED, "conference-hand-raised", "The moderator has been told that you want to speak.", "Ihre Wortmeldung wird dem Moderator angezeigt.", NULL) \
	X(CONFERENCE, CONFERENCE_LOCKED, "conference-locked", "The conference is now locked.", "Die Konferenz ist jetzt gesperrt.", "conf-lockednow") \
	X(CONFERENCE, CONFERENCE_UNLOCKED, "conference-unlocked", "The conference is now unlocked.", "Die Konferenz ist jetzt offen.", "conf-unlockednow") \
	X(CONFERENCE, CONFERENCE_IS_LOCKED, "conference-is-locked", "This conference is locked.", "Diese Konferenz ist gesperrt.", NULL) \
	X(CONFERENCE, CONFERENCE_FULL, "conference-full", "This conference is full.", "Diese Konferenz ist voll.", NULL) \
	X(CONFERENCE, CONFERENCE_UNKNOWN, "conference-unknown", "There is no such conference at the moment.", "Diese Konferenz gibt es zurzeit nicht.", NULL) \
	X(CONFERENCE, CONFERENCE_REMOVED, "conference-removed", "You have been removed from the conference.", "Sie wurden aus der Konferenz entfernt.", NULL) \
	X(CONFERENCE, CONFERENCE_ENDS, "conference-ends", "The conference has ended.", "Die Konferenz ist beendet.", NULL) \
	X(CONFERENCE, CONFERENCE_ENDS_SOON, "conference-ends-soon", "The time of this conference ends in five minutes.", "Die Zeit dieser Konferenz endet in fünf Minuten.", NULL) \
	X(CONFERENCE, CONFERENCE_MENU, "conference-menu", "Star 1 switches your microphone off and on. Star 2 asks to speak. Star 3 locks the conference. Star 5 records it. Star 4 and star 6 make others quieter or louder. Star 7 and star 9 make you quieter or louder.", "Stern 1 schaltet Ihr Mikrofon aus und ein. Stern 2 meldet Sie zu Wort. Stern 3 sperrt die Konferenz. Stern 5 zeichnet sie auf. Stern 4 und Stern 6 machen die anderen leiser oder lauter. Stern 7 und Stern 9 machen Sie leiser oder lauter.", NULL)

#define PROMPTS_NUMBERS(X) \
	X(NUMBERS, NUMBER_0, "number-0", "zero", "null", "digits/0") \
	X(NUMBERS, NUMBER_1, "number-1", "one", "eins", "digits/1") \
	X(NUMBERS, NUMBER_2, "number-2", "two", "zwei", "digits/2") \
	X(NUMBERS, NUMBER_3, "number-3", "three", "drei", "digits/3") \
	X(NUMBERS, NUMBER_4, "number-4", "four", "vier", "digits/4") \
	X(NUMBERS, NUMBER_5, "number-5", "five", "fünf", "digits/5") \
	X(NUMBERS, NUMBER_6, "number-6", "six", "sechs", "digits/6") \
	X(NUMBERS, NUMBER_7, "number-7", "seven", "sieben", "digits/7") \
	X(NUMBERS, NUMBER_8, "number-8", "eight", "acht", "digits/8") \
	X(NUMBERS, NUMBER_9, "number-9", "nine", "neun", "digits/9") \
	X(NUMBERS, NUMBER_10, "number-10", "ten", "zehn", "digits/10") \
	X(NUMBERS, NUMBER_11, "number-11", "eleven", "elf", "digits/11") \
	X(NUMBERS, NUMBER_12, "number-12", "twelve", "zwölf", "digits/12") \
	X(NUMBERS, NUMBER_13, "number-13", "thirteen", "dreizehn", "digits/13") \
	X(NUMBERS, NUMBER_14, "number-14", "fourteen", "vierzehn", "digits/14") \
	X(NUMBERS, NUMBER_15, "number-15", "fifteen", "fünfzehn", "digits/15") \
	X(NUMBERS, NUMBER_16, "number-16", "sixteen", "sechzehn", "digits/16") \
	X(NUMBERS, NUMBER_17, "number-17", "seventeen", "siebzehn", "digits/17") \
	X(NUMBERS, NUMBER_18, "number-18", "eighteen", "achtzehn", "digits/18") \
	X(NUMBERS, NUMBER_19, "number-19", "nineteen", "neunzehn", "digits/19") \
	X(NUMBERS, NUMBER_20, "number-20", "twenty", "zwanzig", "digits/20") \
	X(NUMBERS, NUMBER_21, "number-21", NULL, "einundzwanzig", NULL) \
	X(NUMBERS, NUMBER_22, "number-22", NULL, "zweiundzwanzig", NULL) \
	X(NUMBERS, NUMBER_23, "number-23", NULL, "dreiundzwanzig", NULL) \
	X(NUMBERS, NUMBER_24, "number-24", NULL, "vierundzwanzig", NULL) \
	X(NUMBERS, NUMBER_25, "number-25", NULL, "fünfundzwanzig", NULL) \
	X(NUMBERS, NUMBER_26, "number-26", NULL, "sechsundzwanzig", NULL) \
	X(NUMBERS, NUMBER_27, "number-27", NULL, "siebenundzwanzig", NULL) \
	X(NUMBERS, NUMBER_28, "number-28", NULL, "achtundzwanzig", NULL) \
	X(NUMBERS, NUMBER_29, "number-29", NULL, "neunundzwanzig", NULL) \
	X(NUMBERS, NUMBER_30, "number-30", "thirty", "dreißig", "digits/30") \
	X(NUMBERS, NUMBER_31, "number-31", NULL, "einunddreißig", NULL) \
	X(NUMBERS, NUMBER_32, "number-32", NULL, "zweiunddreißig", NULL) \
	X(NUMBERS, NUMBER_33, "number-33", NULL, "dreiunddreißig", NULL) \
	X(NUMBERS, NUMBER_34, "number-34", NULL, "vierunddreißig", NULL) \
	X(NUMBERS, NUMBER_35, "number-35", NULL, "fünfunddreißig", NULL) \
	X(NUMBERS, NUMBER_36, "number-36", NULL, "sechsunddreißig", NULL) \
	X(NUMBERS, NUMBER_37, "number-37", NULL, "siebenunddreißig", NULL) \
	X(NUMBERS, NUMBER_38, "number-38", NULL, "achtunddreißig", NULL) \
	X(NUMBERS, NUMBER_39, "number-39", NULL, "neununddreißig", NULL) \
	X(NUMBERS, NUMBER_40, "number-40", "forty", "vierzig", "digits/40") \
	X(NUMBERS, NUMBER_41, "number-41", NULL, "einundvierzig", NULL) \
	X(NUMBERS, NUMBER_42, "number-42", NULL, "zweiundvierzig", NULL) \
	X(NUMBERS, NUMBER_43, "number-43", NULL, "dreiundvierzig", NULL) \
	X(NUMBERS, NUMBER_44, "number-44", NULL, "vierundvierzig", NULL) \
	X(NUMBERS, NUMBER_45, "number-45", NULL, "fünfundvierzig", NULL) \
	X(NUMBERS, NUMBER_46, "number-46", NULL, "sechsundvierzig", NULL) \
	X(NUMBERS, NUMBER_47, "number-47", NULL, "siebenundvierzig", NULL) \
	X(NUMBERS, NUMBER_48, "number-48", NULL, "achtundvierzig", NULL) \
	X(NUMBERS, NUMBER_49, "number-49", NULL, "neunundvierzig", NULL) \
	X(NUMBERS, NUMBER_50, "number-50", "fifty", "fünfzig", "digits/50") \
	X(NUMBERS, NUMBER_51, "number-51", NULL, "einundfünfzig", NULL) \
	X(NUMBERS, NUMBER_52, "number-52", NULL, "zweiundfünfzig", NULL) \
	X(NUMBERS, NUMBER_53, "number-53", NULL, "dreiundfünfzig", NULL) \
	X(NUMBERS, NUMBER_54, "number-54", NULL, "vierundfünfzig", NULL) \
	X(NUMBERS, NUMBER_55, "number-55", NULL, "fünfundfünfzig", NULL) \
	X(NUMBERS, NUMBER_56, "number-56", NULL, "sechsundfünfzig", NULL) \
	X(NUMBERS, NUMBER_57, "number-57", NULL, "siebenundfünfzig", NULL) \
	X(NUMBERS, NUMBER_58, "number-58", NULL, "achtundfünfzig", NULL) \
	X(NUMBERS, NUMBER_59, "number-59", NULL, "neunundfünfzig", NULL) \
	X(NUMBERS, NUMBER_60, "number-60", "sixty", "sechzig", "digits/60") \
	X(NUMBERS, NUMBER_61, "number-61", NULL, "einundsechzig", NULL) \
	X(NUMBERS, NUMBER_62, "number-62", NULL, "zweiundsechzig", NULL) \
	X(NUMBERS, NUMBER_63, "number-63", NULL, "dreiundsechzig", NULL) \
	X(NUMBERS, NUMBER_64, "number-64", NULL, "vierundsechzig", NULL) \
	X(NUMBERS, NUMBER_65, "number-65", NULL, "fünfundsechzig", NULL) \
	X(NUMBERS, NUMBER_66, "number-66", NULL, "sechsundsechzig", NULL) \
	X(NUMBERS, NUMBER_67, "number-67", NULL, "siebenundsechzig", NULL) \
	X(NUMBERS, NUMBER_68, "number-68", NULL, "achtundsechzig", NULL) \
	X(NUMBERS, NUMBER_69, "number-69", NULL, "neunundsechzig", NULL) \
	X(NUMBERS, NUMBER_70, "number-70", "seventy", "siebzig", "digits/70") \
	X(NUMBERS, NUMBER_71, "number-71", NULL, "einundsiebzig", NULL) \
	X(NUMBERS, NUMBER_72, "number-72", NULL, "zweiundsiebzig", NULL) \
	X(NUMBERS, NUMBER_73, "number-73", NULL, "dreiundsiebzig", NULL) \
	X(NUMBERS, NUMBER_74, "number-74", NULL, "vierundsiebzig", NULL) \
	X(NUMBERS, NUMBER_75, "number-75", NULL, "fünfundsiebzig", NULL) \
	X(NUMBERS, NUMBER_76, "number-76", NULL, "sechsundsiebzig", NULL) \
	X(NUMBERS, NUMBER_77, "number-77", NULL, "siebenundsiebzig", NULL) \
	X(NUMBERS, NUMBER_78, "number-78", NULL, "achtundsiebzig", NULL) \
	X(NUMBERS, NUMBER_79, "number-79", NULL, "neunundsiebzig", NULL) \
	X(NUMBERS, NUMBER_80, "number-80", "eighty", "achtzig", "digits/80") \
	X(NUMBERS, NUMBER_81, "number-81", NULL, "einundachtzig", NULL) \
	X(NUMBERS, NUMBER_82, "number-82", NULL, "zweiundachtzig", NULL) \
	X(NUMBERS, NUMBER_83, "number-83", NULL, "dreiundachtzig", NULL) \
	X(NUMBERS, NUMBER_84, "number-84", NULL, "vierundachtzig", NULL) \
	X(NUMBERS, NUMBER_85, "number-85", NULL, "fünfundachtzig", NULL) \
	X(NUMBERS, NUMBER_86, "number-86", NULL, "sechsundachtzig", NULL) \
	X(NUMBERS, NUMBER_87, "number-87", NULL, "siebenundachtzig", NULL) \
	X(NUMBERS, NUMBER_88, "number-88", NULL, "achtundachtzig", NULL) \
	X(NUMBERS, NUMBER_89, "number-89", NULL, "neunundachtzig", NULL) \
	X(NUMBERS, NUMBER_90, "number-90", "ninety", "neunzig", "digits/90") \
	X(NUMBERS, NUMBER_91, "number-91", NULL, "einundneunzig", NULL) \
	X(NUMBERS, NUMBER_92, "number-92", NULL, "zweiundneunzig", NULL) \
	X(NUMBERS, NUMBER_93, "number-93", NULL, "dreiundneunzig", NULL) \
	X(NUMBERS, NUMBER_94, "number-94", NULL, "vierundneunzig", NULL) \
	X(NUMBERS, NUMBER_95, "number-95", NULL, "fünfundneunzig", NULL) \
	X(NUMBERS, NUMBER_96, "number-96", NULL, "sechsundneunzig", NULL) \
	X(NUMBERS, NUMBER_97, "number-97", NULL, "siebenundneunzig", NULL) \
	X(NUMBERS, NUMBER_98, "number-98", NULL, "achtundneunzig", NULL) \
	X(NUMBERS, NUMBER_99, "number-99", NULL, "neunundneunzig", NULL) \
	X(NUMBERS, NUMBER_EIN, "number-ein", NULL, "ein", NULL) \
	X(NUMBERS, HUNDRED, "hundred", "hundred", "hundert", "digits/hundred") \
	X(NUMBERS, STAR, "star", "star", "Stern", "digits/star") \
	X(NUMBERS, HASH, "hash", "pound", "Raute", "digits/pound")

#define PROMPTS_TIMES(X) \
	X(TIMES, ON_SUNDAY, "on-sunday", "Sunday", "am Sonntag", "digits/day-0") \
	X(TIMES, ON_MONDAY, "on-monday", "Monday", "am Montag", "digits/day-1") \
	X(TIMES, ON_TUESDAY, "on-tuesday", "Tuesday", "am Dienstag", "digits/day-2") \
	X(TIMES, ON_WEDNESDAY, "on-wednesday", "Wednesday", "am Mittwoch", "digits/day-3") \
	X(TIMES, ON_THURSDAY, "on-thursday", "Thursday", "am Donnerstag", "digits/day-4") \
	X(TIMES, ON_FRIDAY, "on-friday", "Friday", "am Freitag", "digits/day-5") \
	X(TIMES, ON_SATURDAY, "on-saturday", "Saturday", "am Samstag", "digits/day-6") \
	X(TIMES, JANUARY, "january", "January", "Januar", "digits/mon-0") \
	X(TIMES, FEBRUARY, "february", "February", "Februar", "digits/mon-1") \
	X(TIMES, MARCH, "march", "March", "März", "digits/mon-2") \
	X(TIMES, APRIL, "april", "April", "April", "digits/mon-3") \
	X(TIMES, MAY, "may", "May", "Mai", "digits/mon-4") \
	X(TIMES, JUNE, "june", "June", "Juni", "digits/mon-5") \
	X(TIMES, JULY, "july", "July", "Juli", "digits/mon-6") \
	X(TIMES, AUGUST, "august", "August", "August", "digits/mon-7") \
	X(TIMES, SEPTEMBER, "september", "September", "September", "digits/mon-8") \
	X(TIMES, OCTOBER, "october", "October", "Oktober", "digits/mon-9") \
	X(TIMES, NOVEMBER, "november", "November", "November", "digits/mon-10") \
	X(TIMES, DECEMBER, "december", "December", "Dezember", "digits/mon-11") \
	X(TIMES, DAY_1, "day-1", "first", "dem ersten", "digits/h-1") \
	X(TIMES, DAY_2, "day-2", "second", "dem zweiten", "digits/h-2") \
	X(TIMES, DAY_3, "day-3", "third", "dem dritten", "digits/h-3") \
	X(TIMES, DAY_4, "day-4", "fourth", "dem vierten", "digits/h-4") \
	X(TIMES, DAY_5, "day-5", "fifth", "dem fünften", "digits/h-5") \
	X(TIMES, DAY_6, "day-6", "sixth", "dem sechsten", "digits/h-6") \
	X(TIMES, DAY_7, "day-7", "seventh", "dem siebten", "digits/h-7") \
	X(TIMES, DAY_8, "day-8", "eighth", "dem achten", "digits/h-8") \
	X(TIMES, DAY_9, "day-9", "ninth", "dem neunten", "digits/h-9") \
	X(TIMES, DAY_10, "day-10", "tenth", "dem zehnten", "digits/h-10") \
	X(TIMES, DAY_11, "day-11", "eleventh", "dem elften", "digits/h-11") \
	X(TIMES, DAY_12, "day-12", "twelfth", "dem zwölften", "digits/h-12") \
	X(TIMES, DAY_13, "day-13", "thirteenth", "dem dreizehnten", "digits/h-13") \
	X(TIMES, DAY_14, "day-14", "fourteenth", "dem vierzehnten", "digits/h-14") \
	X(TIMES, DAY_15, "day-15", "fifteenth", "dem fünfzehnten", "digits/h-15") \
	X(TIMES, DAY_16, "day-16", "sixteenth", "dem sechzehnten", "digits/h-16") \
	X(TIMES, DAY_17, "day-17", "seventeenth", "dem siebzehnten", "digits/h-17") \
	X(TIMES, DAY_18, "day-18", "eighteenth", "dem achtzehnten", "digits/h-18") \
	X(TIMES, DAY_19, "day-19", "nineteenth", "dem neunzehnten", "digits/h-19") \
	X(TIMES, DAY_20, "day-20", "twentieth", "dem zwanzigsten", "digits/h-20") \
	X(TIMES, DAY_21, "day-21", NULL, "dem einundzwanzigsten", NULL) \
	X(TIMES, DAY_22, "day-22", NULL, "dem zweiundzwanzigsten", NULL) \
	X(TIMES, DAY_23, "day-23", NULL, "dem dreiundzwanzigsten", NULL) \
	X(TIMES, DAY_24, "day-24", NULL, "dem vierundzwanzigsten", NULL) \
	X(TIMES, DAY_25, "day-25", NULL, "dem fünfundzwanzigsten", NULL) \
	X(TIMES, DAY_26, "day-26", NULL, "dem sechsundzwanzigsten", NULL) \
	X(TIMES, DAY_27, "day-27", NULL, "dem siebenundzwanzigsten", NULL) \
	X(TIMES, DAY_28, "day-28", NULL, "dem achtundzwanzigsten", NULL) \
	X(TIMES, DAY_29, "day-29", NULL, "dem neunundzwanzigsten", NULL) \
	X(TIMES, DAY_30, "day-30", "thirtieth", "dem dreißigsten", "digits/h-30") \
	X(TIMES, DAY_31, "day-31", NULL, "dem einunddreißigsten", NULL) \
	X(TIMES, TODAY, "today", "today", "heute", "digits/today") \
	X(TIMES, YESTERDAY, "yesterday", "yesterday", "gestern", "digits/yesterday") \
	X(TIMES, AT, "at", "at", "um", "digits/at") \
	X(TIMES, OCLOCK, "oclock", "o'clock", "Uhr", "digits/oclock") \
	X(TIMES, OH, "oh", "oh", NULL, "digits/oh") \
	X(TIMES, AM, "am", "a m", NULL, "digits/a-m") \
	X(TIMES, PM, "pm", "p m", NULL, "digits/p-m")

#define PROMPTS(X) PROMPTS_GENERAL(X) PROMPTS_SERVICES(X) PROMPTS_VOICEMAIL(X) PROMPTS_CONFERENCE(X) PROMPTS_NUMBERS(X) PROMPTS_TIMES(X)
// clang-format on

enum prompt_language {
#define X(id, code) PROMPT_##id,
	PROMPT_LANGUAGES(X)
#undef X
	    PROMPT_LANGUAGES_COUNT
};

enum prompt_group {
#define X(id, name) PROMPT_GROUP_##id,
	PROMPT_GROUPS(X)
#undef X
};

enum prompt {
#define X(group, id, name, en, de, recorded) PROMPT_##id,
	PROMPTS(X)
#undef X
	    PROMPTS_COUNT
};

enum { PROMPT_NAME_BYTES = 32 }; /* with its NUL */

const char *prompt_name(enum prompt p);
const char *prompt_group_name(enum prompt p);
/** NULL: the language does not need it. "": no words, a tone. */
const char *prompt_text(enum prompt p, enum prompt_language l);
/** Its file among Debian's recorded voices, "digits/1"; NULL: there is none. */
const char *prompt_recorded(enum prompt p, enum prompt_language l);
const char *prompt_language_code(enum prompt_language l);
/** False: no such name or language. */
bool prompt_find(struct slice name, enum prompt *out);
bool prompt_language_find(struct slice code, enum prompt_language *out);
/** Where its file is, below the folder of sounds (version 0) or of data: "prompts/de/done.wav",
 *  "prompts/de/done-17.wav". A new file has a new version: who plays the old one is not disturbed.
 */
void prompt_write_file(struct buf *b, enum prompt p, enum prompt_language l, uint64_t version);

#endif
