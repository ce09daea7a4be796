/*
 * Music on hold (MOH-1) as values that rooms share: loops of files, and where these lie. A file has
 * a name that nobody else has: MUSIC_FOLDER/NAME.wav below the data folder; an empty name is the
 * piece that comes with the system, MUSIC_SUPPLIED below the folder of sounds.
 *
 * Any thread. Nothing here fails.
 */
#ifndef MODEL_MUSIC_H
#define MODEL_MUSIC_H

#include "model/model.h"

enum {
	MUSIC_FILES_MAX = 16, /* of a loop; as many as sound/tapes.h plays one after the other */
	MUSIC_SECONDS_MAX = 1800,
	MUSIC_GAIN_MIN_DB = -30,
	MUSIC_GAIN_MAX_DB = 10,
	MUSIC_FILE_NAME_BYTES = 201, /* of what was uploaded, with its end */
};

#define MUSIC_FOLDER   "music"
#define MUSIC_SUPPLIED "music.wav"
/* The loop that comes with the system. */
#define MUSIC_DEFAULT "Default"

#endif
