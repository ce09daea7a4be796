// Takes the API description from a running server through its local socket, which needs no log-in:
// STROWGER_SOCKET=data/strowger.sock npm run api
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';

const socketPath = process.env.STROWGER_SOCKET ?? '../data/strowger.sock';

function get(path) {
  return new Promise((done, fail) => {
    const asked = request({ socketPath, path }, (answer) => {
      let text = '';
      answer.on('data', (part) => (text += part));
      answer.on('end', () => (answer.statusCode === 200 ? done(text) : fail(new Error(`${answer.statusCode} ${text}`))));
    });
    asked.on('error', fail);
    asked.end();
  });
}

try {
  const document = JSON.parse(await get('/api/openapi.json'));
  writeFileSync(new URL('../openapi.json', import.meta.url), JSON.stringify(document, null, 2) + '\n');
} catch (error) {
  console.error(`${socketPath}: ${error.message}. Start the server (make run) or name its socket in STROWGER_SOCKET.`);
  process.exit(1);
}
