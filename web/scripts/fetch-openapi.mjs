// Takes the API description from a running server: STROWGER_URL=http://host:port npm run api
import { writeFileSync } from 'node:fs';

const server = process.env.STROWGER_URL ?? 'http://127.0.0.1:8080';
const headers = process.env.STROWGER_COOKIE ? { cookie: process.env.STROWGER_COOKIE } : {};
const answer = await fetch(new URL('/api/openapi.json', server), { headers });
if (!answer.ok) {
  console.error(`${server} answered ${answer.status}: is it running, and STROWGER_COOKIE set if it wants a log-in?`);
  process.exit(1);
}
writeFileSync(new URL('../openapi.json', import.meta.url), JSON.stringify(await answer.json(), null, 2) + '\n');
