// Every text key named in the sources must exist in the English table; German is held to it by its type.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const src = new URL('../src/', import.meta.url).pathname;
const tables = join(src, 'i18n', 'en');

function* sources(dir) {
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

function flatten(table, prefix, into) {
  for (const [key, value] of Object.entries(table)) {
    if (typeof value === 'string') into.add(prefix + key);
    else flatten(value, `${prefix}${key}.`, into);
  }
  return into;
}

const known = new Set();
for (const name of readdirSync(tables)) {
  if (name.endsWith('.json')) flatten(JSON.parse(readFileSync(join(tables, name), 'utf8')), `${name.slice(0, -5)}.`, known);
}
const has = (key) => known.has(key) || known.has(`${key}_one`);

let missing = 0;
for (const path of sources(src)) {
  for (const [, key] of readFileSync(path, 'utf8').matchAll(/\bt\(\s*'([^']+)'/g)) {
    if (has(key)) continue;
    console.error(`${path.slice(src.length)}: no text for '${key}'`);
    missing++;
  }
}
process.exit(missing ? 1 : 0);
