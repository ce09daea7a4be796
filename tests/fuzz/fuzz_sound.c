/*
 * Sound files of strangers: whatever is in them, there is an error, or sound that ends. Input: one
 * byte that says at which rate and whether as raw G.722, one with a place, then the file.
 */
#include "fuzz.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sound/sound_in.h"

/* libsndfile 1.2.0 forgets six kilobytes of libvorbis for each Ogg Vorbis file whose head is
 * broken. */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:vorbis_info_init\n";
}

enum { PIECE = 4000, PIECES_MAX = 2000, FILE_MAX_BYTES = 1 << 20 };

/* A file in memory; its name ends as the kind wants it. */
static int
make_file(const uint8_t *data, size_t size, bool g722, char path[64])
{
	static int number;
	int fd = memfd_create("sound", MFD_CLOEXEC);

	PROMISE(fd >= 0);
	PROMISE(write(fd, data, size) == (ssize_t)size);
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	if (g722) {
		char link[64];

		snprintf(link, sizeof link, "/tmp/fuzz-%d-%d.g722", (int)getpid(), number++);
		PROMISE(symlink(path, link) == 0);
		snprintf(path, 64, "%s", link);
	}
	return fd;
}

static size_t
read_some(struct sound_in *s, size_t pieces)
{
	static int16_t pcm[PIECE];
	size_t n = 0, got = PIECE;

	for (size_t i = 0; i < pieces && got == PIECE; i++) {
		got = sound_in_read(s, pcm, PIECE);
		PROMISE(got <= PIECE);
		n += got;
	}
	if (got < PIECE)
		PROMISE(sound_in_read(s, pcm, PIECE) == 0);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t rates_hz[] = {8000, 16000, 48000, 11025};
	struct sound_in *s;
	char path[64];
	uint64_t place_ms;
	bool g722;
	int fd;

	if (size < 2 || size > FILE_MAX_BYTES)
		return 0;
	g722 = data[0] & 4;
	place_ms = (uint64_t)data[1] * data[1];
	fd = make_file(data + 2, size - 2, g722, path);
	if (sound_in_open(path, rates_hz[data[0] & 3], &s) == ERR_OK) {
		PROMISE(sound_in_length_ms(s) <= (uint64_t)SOUND_IN_HOURS_MAX * 3600 * 1000);
		read_some(s, PIECES_MAX);
		if (sound_in_seek_ms(s, place_ms) == ERR_OK)
			read_some(s, 10);
		sound_in_loop(s, true);
		read_some(s, 10);
		sound_in_close(s);
	}
	if (g722)
		unlink(path);
	close(fd);
	return 0;
}
