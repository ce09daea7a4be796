// Every reason of the server's description must have its text in each language, with the same places for
// arguments; the English one is the server's. No language may have texts for reasons that do not exist.
import { readFileSync } from 'node:fs';

const read = (path) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'));
const { enum: codes, 'x-texts': sentences } = read('openapi.json').components.schemas.reason.properties.code;
const places = (text) => [...text.matchAll(/{{(\d)}}/g)].map(([, place]) => place).sort().join();
const wanted = (code) => sentences[code].replace(/{(\d)}/g, '{{$1}}');

const wrong = [];
if (!codes.length) wrong.push('openapi.json: no reasons');
for (const language of ['en', 'de']) {
  const texts = read(`src/i18n/${language}/reasons.json`);
  const say = (code, what) => wrong.push(`${language}/reasons.json: ${code} ${what}`);
  for (const code of Object.keys(texts)) if (!codes.includes(code)) say(code, 'is not a reason of the server');
  for (const code of codes) {
    if (!texts[code]) say(code, 'is missing');
    else if (places(texts[code]) !== places(wanted(code))) say(code, 'has other places for arguments than the server');
    else if (language === 'en' && texts[code] !== wanted(code)) say(code, `is not what the server says: ${wanted(code)}`);
  }
}
for (const one of wrong) console.error(one);
process.exit(wrong.length ? 1 : 0);
