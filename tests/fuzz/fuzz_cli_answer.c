/* An HTTP answer as the command line gets it: refused or taken apart, never beyond its end. */
#include "fuzz.h"

#include "cli/cli_int.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answer a = {0};

	if (client_parse(slice_make(data, size), &a) != ERR_OK)
		return 0;
	PROMISE(a.status >= 200 && a.status <= 599);
	PROMISE(a.text_n <= size && a.text[a.text_n] == '\0');
	answer_free(&a);
	return 0;
}
