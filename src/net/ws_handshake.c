#include "net/ws_handshake.h"

#include <openssl/evp.h>
#include <openssl/sha.h>

enum { KEY_CHARS = 24, KEY_BYTES = 16 };

struct request {
	struct slice method, version_text;
	struct slice key, protocols, upgrade, connection, version, host;
};

size_t
ws_request_bytes(struct slice s)
{
	const char *end = s.n ? memmem(s.p, s.n, "\r\n\r\n", 4) : NULL;

	return end ? (size_t)(end - s.p) + 4 : 0;
}

/* True if a comma-separated list has this word. */
static bool
has_word(struct slice list, struct slice word)
{
	while (list.n)
		if (slice_eq_nocase(slice_trim(slice_take_until(&list, ',')), word))
			return true;
	return false;
}

static enum err
parse(struct slice s, struct request *r)
{
	const struct {
		struct slice name;
		struct slice *value;
	} known[] = {
	    {SLICE("Sec-WebSocket-Key"), &r->key},
	    {SLICE("Sec-WebSocket-Protocol"), &r->protocols},
	    {SLICE("Sec-WebSocket-Version"), &r->version},
	    {SLICE("Upgrade"), &r->upgrade},
	    {SLICE("Connection"), &r->connection},
	    {SLICE("Host"), &r->host},
	};
	struct slice line = slice_trim(slice_take_until(&s, '\n'));

	*r = (struct request){.method = slice_take_until(&line, ' ')};
	slice_take_until(&line, ' ');
	r->version_text = line;
	while ((line = slice_trim(slice_take_until(&s, '\n'))).n) {
		struct slice name = slice_take_until(&line, ':');

		if (name.n == 0)
			return ERR_MALFORMED;
		for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
			if (slice_eq_nocase(name, known[i].name))
				*known[i].value = slice_trim(line);
	}
	return slice_eq(r->version_text, SLICE("HTTP/1.1")) && r->host.n ? ERR_OK : ERR_MALFORMED;
}

/* 4.2.1: base64 of 16 bytes. */
static bool
key_is_legal(struct slice key)
{
	unsigned char bytes[KEY_CHARS];

	return key.n == KEY_CHARS && slice_find(key, '=') == KEY_CHARS - 2 &&
	       EVP_DecodeBlock(bytes, (const unsigned char *)key.p, KEY_CHARS) == KEY_BYTES + 2;
}

/* 4.2.2: proof that we understood the question. */
static void
write_accept(struct buf *b, struct slice key)
{
	static const char magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	unsigned char text[KEY_CHARS + sizeof magic], hash[SHA_DIGEST_LENGTH], base64[32];
	size_t n = sizeof magic - 1;

	memcpy(text, key.p, KEY_CHARS);
	memcpy(text + KEY_CHARS, magic, n);
	EVP_Digest(text, KEY_CHARS + n, hash, NULL, EVP_sha1(), NULL);
	buf_put(b, slice_make(base64, (size_t)EVP_EncodeBlock(base64, hash, sizeof hash)));
}

static enum err
refuse(struct buf *out, struct slice status, struct slice more, enum err why)
{
	buf_lit(out, "HTTP/1.1 ");
	buf_put(out, status);
	buf_lit(out, "\r\nConnection: close\r\nContent-Length: 0\r\n");
	buf_put(out, more);
	buf_lit(out, "\r\n");
	return why;
}

enum err
ws_answer(struct slice request, struct buf *out)
{
	static const struct slice upgrade =
	    SLICE("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
	struct request r;

	if (parse(request, &r) != ERR_OK)
		return refuse(out, SLICE("400 Bad Request"), SLICE(""), ERR_MALFORMED);
	if (!slice_eq(r.method, SLICE("GET")))
		return refuse(
		    out, SLICE("405 Method Not Allowed"), SLICE("Allow: GET\r\n"), ERR_DENIED);
	if (!has_word(r.upgrade, SLICE("websocket")) || !has_word(r.connection, SLICE("Upgrade")) ||
	    !slice_eq(r.version, SLICE("13")))
		return refuse(out, SLICE("426 Upgrade Required"), upgrade, ERR_UNSUPPORTED);
	if (!key_is_legal(r.key))
		return refuse(out, SLICE("400 Bad Request"), SLICE(""), ERR_MALFORMED);
	if (!has_word(r.protocols, SLICE("sip")))
		return refuse(out, SLICE("400 Subprotocol Must Be sip"), SLICE(""), ERR_DENIED);
	buf_lit(out, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
		     "Connection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\n"
		     "Sec-WebSocket-Accept: ");
	write_accept(out, r.key);
	buf_lit(out, "\r\n\r\n");
	return ERR_OK;
}
