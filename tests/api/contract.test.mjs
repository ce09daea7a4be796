// The API proves itself: every operation of the document that the running system gives is used as it is described, and as it is
// not. Every answer must be one that the document lists, in the form that it says; nothing may be answered with 5xx.
//
// STROWGER_API_SEED repeats another run, STROWGER_API_CASES says how many cases of each kind an operation gets.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import fc from 'fast-check';

process.env.ASAN_OPTIONS = `${process.env.ASAN_OPTIONS ?? ''}:quarantine_size_mb=8`; // or its memory would hide ours
const { Server, address } = await import('../browser/lib/server.mjs');
const { toneWav } = await import('../browser/lib/wav.mjs');
const { Client } = await import('./lib/client.mjs');
const { Document } = await import('./lib/document.mjs');
const { AUTHORITY } = await import('./lib/authority.mjs');
const { NASTY, damaged, invalid, valid } = await import('./lib/values.mjs');

const SEED = Number(process.env.STROWGER_API_SEED ?? 1);
const CASES = Number(process.env.STROWGER_API_CASES ?? 20);
const ADMIN = { login: '1000', password: 'geheim-1', first_name: 'Ada', last_name: 'Admin' };
const ENDLESS = 'GET /api/events';
const NO_RIGHT_NEEDED = /^(GET|PATCH|POST|DELETE) \/api\/(me|session|setup|health|events|password-reset|conference-invitation|live-conferences|live-conference-members|openapi\.json)\b|^GET \/metrics$/;
// What costs a password hash, or writes a file: some cases will do.
const EXPENSIVE = /logs\/file|\/api\/(session|me\/password|me\/second-factor|import|export)$/;
// The document says that a value is fine, so the answer may not say that its form is wrong.
const OF_FORM = ['wrong_type', 'unknown_field', 'read_only', 'bad_characters', 'too_long', 'too_short', 'too_large', 'too_small', 'bad_choice',
  'bad_format', 'bad_codecs', 'required', 'malformed_json', 'not_json'];

let server, local, admin, document, plain;
let senders = 20;

before(async () => {
  console.log(`seed ${SEED}, ${CASES} cases`);
  server = await Server.start();
  local = new Client(server, { socketPath: join(server.folder, 'data/strowger.sock') });
  document = new Document(await local.json('GET', '/api/openapi.json'));
});

after(async () => {
  for (const one of [local, admin, plain]) one?.close();
  await server?.stop();
});

const sender = () => new Client(server, { from: address((senders = (senders % 200) + 1) + 40) });

function check(operation, answer) {
  const fault = operation.fault(answer) ?? (answer.status >= 500 ? 'the server failed' : undefined);
  assert.ok(!fault, `${operation.name}: ${fault}\n${answer.status} ${answer.text.slice(0, 600)}`);
  return answer;
}

const target = (operation, values = {}) => operation.path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] ?? 987654321));

test('before the set-up nobody gets in, and what the first administrator sends is looked at', async () => {
  const stranger = sender();
  for (const operation of document.operations) {
    if (operation.isPublic || operation.path === '/metrics') continue;
    const answer = check(operation, await stranger.send(operation.method, target(operation)));
    assert.equal(answer.status, 403, operation.name);
    assert.equal(answer.json().error.code, 'setup_needed');
  }
  const setup = document.operations.find((one) => one.name === 'POST /api/setup');
  const choices = document.operations.find((one) => one.name === 'GET /api/setup');
  assert.equal(check(choices, await stranger.send('GET', '/api/setup')).status, 200);
  await property(setup, invalid(setup, {}), async (body) => {
    const { status } = check(setup, await stranger.send('POST', '/api/setup', { body }));
    assert.ok([400, 413, 422].includes(status), `${status} for ${body}`);
  });
  const taken = check(setup, await stranger.send('POST', '/api/setup', { body: JSON.stringify({ ...ADMIN, number: '99999' }) }));
  assert.equal(taken.status, 422, taken.text);
  await local.json('POST', '/api/users', { login: '1001', first_name: 'Is', last_name: 'There' });
  assert.equal(check(setup, await stranger.send('POST', '/api/setup', { body: JSON.stringify({ ...ADMIN, login: '1001' }) })).status, 409);
  const made = check(setup, await stranger.send('POST', '/api/setup', { body: JSON.stringify({ ...ADMIN, number: '100' }) }));
  assert.equal(made.status, 201, made.text);
  admin = sender();
  admin.remember(made);
  assert.equal(check(setup, await stranger.send('POST', '/api/setup', { body: JSON.stringify(ADMIN) })).status, 403);
  assert.equal(check(choices, await stranger.send('GET', '/api/setup')).status, 403);
  stranger.close();
});

test('without a log-in everything but what is public answers 401', async () => {
  const stranger = sender();
  for (const operation of document.operations) {
    if (operation.isPublic || operation.path === '/metrics') continue;
    assert.equal(check(operation, await stranger.send(operation.method, target(operation))).status, 401, operation.name);
  }
  stranger.close();
});

test('a user without rights gets nowhere', async () => {
  await local.json('POST', '/api/users', { login: '1999', password: 'geheim-9', first_name: 'P', last_name: 'Plain', rights: [] });
  plain = await sender().logIn('1999', 'geheim-9');
  for (const operation of document.operations) {
    if (NO_RIGHT_NEEDED.test(operation.name)) continue;
    assert.equal(check(operation, await plain.send(operation.method, target(operation))).status, 403, operation.name);
  }
});

test('what writes needs the CSRF token, and no other site', async () => {
  const forged = sender();
  forged.session = { ...admin.session, csrf: '0'.repeat(64) };
  for (const operation of document.operations) {
    if (operation.method === 'GET') continue;
    if (!operation.isPublic) assert.equal(check(operation, await forged.send(operation.method, target(operation))).json().error.code, 'csrf', operation.name);
    for (const site of ['cross-site', 'same-site'])
      assert.equal(check(operation, await admin.send(operation.method, target(operation), { headers: { 'sec-fetch-site': site } })).json().error.code, 'cross_site');
  }
  forged.close();
});

test('malformed addresses, other media types, bodies too big, versions that are not there', async () => {
  for (const operation of document.operations) {
    const one = operation.path.startsWith('/api/me') ? plain : admin;
    for (const wrong of ['%', '%zz', '%00', '%ff', '%c0%af', '%ed%a0%80', '%f4%90%80%80'])
      assert.equal(check(operation, await one.send(operation.method, `${target(operation)}?search=${wrong}`)).status, 400, operation.name);
    if (!operation.raw.requestBody) continue;
    assert.equal(check(operation, await admin.send(operation.method, target(operation), { announce: 200_000_000 })).status, 413, operation.name);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/jsonp']) {
      const { status } = check(operation, await admin.send(operation.method, target(operation), { body: '{}', type }));
      assert.ok(status === 415 || (status === 403 && operation.path.startsWith('/api/me')) || (status === 404 && /\{call_id\}/.test(operation.path)),
        `${operation.name}: ${status} for ${type}`);
    }
  }
});

/** Rows that may be changed and deleted: not those that this test lives by. */
async function rowIds() {
  const ids = {};
  for (const [path, methods] of Object.entries(document.json.paths)) {
    const parameters = methods.get?.parameters ?? [];
    if (!parameters.some((one) => one.name === 'per_page') || !document.json.paths[`${path}/{id}`] || path.includes('/me/')) continue;
    const answer = await local.json('GET', `${path}?per_page=200&sort=id&order=desc`);
    const entity = document.json.paths[`${path}/{id}`].get?.responses['200'].content['application/json'].schema.$ref?.split('/').pop();
    ids[entity] = answer.items.filter((row) => !isOurs(entity, row)).map((row) => row.id).slice(0, 12);
    ids[path] = ids[entity];
  }
  return ids;
}

let ourUsers = new Set();

function isOurs(entity, row) {
  if (entity === 'user') return ourUsers.has(row.id);
  if (entity === 'session' || entity === 'token') return ourUsers.has(row.user);
  return entity === 'change' && row.entity === 'user' && ourUsers.has(row.row);
}

let people = 0;

/** Who uses an operation: for their own matters somebody made for it, who may lose password and session. */
async function userFor(operation) {
  if (!/^\/api\/(me|session)/.test(operation.path)) return { client: admin, own: false };
  const login = `77000000${String(++people).padStart(4, '0')}`;
  const { phone } = await rowIds();
  const phones = phone.slice(0, 2);
  const user = await local.json('POST', '/api/users', { login, password: 'geheim-2', first_name: 'Own', last_name: login, admin: true, phones });
  ourUsers.add(user.id);
  return { client: await sender().logIn(login, 'geheim-2'), own: true };
}

/** Sessions and tokens of others, to be looked at and ended. */
async function victim() {
  const login = `88000000${String(++people).padStart(4, '0')}`;
  const user = await local.json('POST', '/api/users', { login, password: 'geheim-3', first_name: 'V', last_name: 'Victim' });
  const client = await sender().logIn(login, 'geheim-3');
  await client.json('POST', '/api/me/tokens', { name: 'one', rights: [] });
  client.close();
  return user;
}

async function property(operation, arbitrary, body) {
  const numRuns = EXPENSIVE.test(operation.path) ? Math.min(CASES, 12) : CASES;
  await fc.assert(fc.asyncProperty(arbitrary, body), { seed: SEED, numRuns, endOnFailure: process.env.CI !== undefined });
}

function query(operation, ids) {
  const some = operation.of('query').map((one) => [one.name, valid(document, one.schema, ids)]);
  return fc.subarray(some, { maxLength: Math.min(some.length, 4) }).chain((chosen) => fc.record(Object.fromEntries(chosen))).map((values) => {
    const text = new URLSearchParams(Object.entries(values).map(([name, value]) => [name, String(value)])).toString();
    return operation.path === '/api/import' ? 'dry_run=1' : text;
  });
}

function pathValues(operation, ids) {
  const [, collection] = operation.path.split('/').filter(Boolean);
  const there = ids[`/api/${collection}`] ?? [];
  return fc.record(Object.fromEntries(operation.of('path').map((one) => [one.name, one.name === 'id' ? fc.constantFrom(...there, 987654321)
    : fc.oneof(fc.constantFrom(...NASTY.map((text) => text.slice(0, 200)).filter((text) => !text.includes('..') && !text.includes('\u0000'))), fc.string({ minLength: 1, unit: 'grapheme', maxLength: 150 }))])));
}

const isOkay = (operation, answer) => answer.status === operation.success;

async function useIt(operation) {
  if (/^\/api\/(sessions|tokens)\/|^\/api\/users\/\{id\}/.test(operation.path)) await victim();
  const { client, own } = await userFor(operation);
  const ids = await rowIds();
  // Who must have a second factor may do nothing else until then: not a matter of this test (system-safety).
  const freely = (one) => {
    if (operation.path === '/api/settings' && one.second_factor) return { ...one, second_factor: 'optional' };
    if (operation.path.startsWith('/api/numbers/block')) return { ...one, last: Math.min(one.first + (one.last % 30), 999_999_999_999) }; // not ten thousand each time
    if (one.ids && ids[operation.path]?.length) return { ...one, ids: ids[operation.path].slice(0, 2) };
    return one;
  };
  const wanted = operation.bodyType === 'text/csv'
    ? fc.constantFrom('login,firstname\n7001,A\n', 'login\n1\n', 'prefix,per_minute\n0043,0.019\n', 'a,b\n', '\u0000', ' ')
    : operation.bodySchema ? valid(document, operation.bodySchema, ids).map((one) => JSON.stringify(freely(one))) : fc.constant(undefined);
  const type = operation.bodyType;
  const send = (at, body) => client.send(operation.method, at, { body, type }).then((answer) => check(operation, answer));
  if (operation.of('header').length) await seesVersions(operation, ids);
  if (operation.bodySchema?.properties?.ids) await send(operation.path, JSON.stringify({ ids: [987654321], values: {} }));
  if (operation.path.includes('{id}')) await send(target(operation, { id: 987654321 }), operation.bodySchema ? '{}' : undefined);
  const isFixed = !operation.parameters.length && !operation.bodySchema;
  if (isFixed) {
    for (let n = 0; n < 3; n++) await send(operation.path, undefined);
  } else {
    await property(operation, fc.tuple(pathValues(operation, ids), query(operation, ids), wanted), async ([values, text, body]) => {
      const answer = await send(`${target(operation, values)}${text ? `?${text}` : ''}`, body);
      if (answer.status === 422 || answer.status === 400) accepts(operation, answer, body ?? text);
    });
    if (operation.bodySchema?.properties) await refuses(operation, ids, send);
    if (operation.of('query').some((one) => one.name === 'sort')) await refusesParameters(operation, send);
  }
  if (own) client.close();
}

/** What the document allows is refused for what it means, never for its form. */
function accepts(operation, answer, what) {
  const { error } = answer.json();
  if (operation.path === '/api/setup' || operation.path === '/api/import' || operation.bodyType === 'text/csv') return;
  if (!operation.bodySchema) {
    const loose = operation.of('query').every((one) => one.schema.type === 'string');
    assert.ok(loose, `${operation.name}?${what}: ${answer.text}`);
    return;
  }
  for (const { code, field } of [error, ...(error.details ?? [])])
    assert.ok(!OF_FORM.includes(code) || meansMore(operation, code, field), `${operation.name} refuses what the document allows, ${what}:\n${answer.text}`);
}

// "required" depends on other fields: a phone known by its address has one, a line with a password a name. A token has no right twice.
// A block's last number has a width that the block says; the address of the web page is one of a web page.
const meansMore = (operation, code, field) => code === 'required' || (code === 'bad_choice' && operation.path === '/api/me/tokens')
  || (field === 'last' && operation.path.startsWith('/api/numbers/block')) || (field === 'web_address' && operation.path === '/api/mail-server');

async function refuses(operation, ids, send) {
  const refused = (answer, body) => assert.ok(answer.status >= 400 && !isOkay(operation, answer), `${operation.name}: ${answer.status} for ${body.slice(0, 300)}`);
  await property(operation, fc.tuple(pathValues(operation, ids), invalid(operation, ids)), async ([values, body]) =>
    refused(await send(target(operation, values), body), body));
  await property(operation, fc.tuple(pathValues(operation, ids), damaged(operation, ids)), async ([values, body]) =>
    refused(await send(target(operation, values), body), body.toString('latin1')));
}

async function refusesParameters(operation, send) {
  const wrong = ['no_such=1', 'id=1', 'page=0', 'page=-1', 'page=x', 'page=99999999999999999999', 'per_page=0', 'per_page=1001', 'per_page=1.5', 'order=up', 'sort=no_such',
    'sort=id;', "sort=id'--", 'sort=password', "search=x&order=asc'"];
  for (const one of wrong) assert.equal((await send(`${operation.path}?${one}`, undefined)).status, 400, `${operation.name}?${one}`);
}

async function seesVersions(operation, ids) {
  const [, collection] = operation.path.split('/').filter(Boolean);
  const id = operation.path.includes('{id}') ? ids[`/api/${collection}`]?.[0] : 1;
  if (!id) return;
  const body = operation.method === 'PATCH' ? '{}' : undefined;
  const answer = check(operation, await admin.send(operation.method, target(operation, { id }), { body, headers: { 'if-match': '"00"' } }));
  assert.equal(answer.status, 412, `${operation.name}: ${answer.status} ${answer.text}`);
}

/** What is done to all that are found: chance might find just what this test lives by. */
const ALL_ROWS = /\/found$|changes\/revert-range$/;

/** Rows come into being first and are deleted last; what mails first, as nobody may be mailed; what is everybody's at the end. */
function inOrder(operations) {
  const rank = (one) => (one.path === '/api/mail-test' ? 0 : one.method === 'POST' && !one.path.includes('{') ? 1 : one.method === 'GET' ? 2
    : one.path === '/api/settings' || one.path === '/api/mail-server' ? 4 : one.name === 'DELETE /api/users/{id}' ? 6 : one.method === 'DELETE' ? 5 : 3);
  return operations.map((one, index) => [rank(one), index, one]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , one]) => one);
}

test('every operation, as described and otherwise', async (t) => {
  const users = await local.json('GET', '/api/users');
  ourUsers = new Set(users.items.map((one) => one.id));
  await conflicts();
  for (const [method, path] of [['GET', ''], ['GET', '/rows'], ['POST', '/apply'], ['DELETE', '']]) await must(method, `/api/user-import${path}`, 404);
  for (const operation of inOrder(document.operations)) {
    if (operation.name === ENDLESS || operation.path === '/api/setup' || ALL_ROWS.test(operation.path)) continue;
    await t.test(operation.name, () => useIt(operation));
  }
  const events = document.operations.find((one) => one.name === ENDLESS);
  assert.equal(events.fault(await admin.peek('/api/events')), undefined);
});

/** What contradicts what is there, and what needs an order: done on purpose, as chance hardly finds it. */
async function conflicts() {
  const rows = {
    users: { login: '1999', first_name: 'A', last_name: 'B' },
    phones: { name: 'twice' },
    groups: { name: 'twice' },
    sites: { name: 'twice' },
    lines: { name: 'twice', host: 'sip.example.invalid', username: 'x' },
    ranges: { first: '100', last: '999' },
    numbers: { number: '100' },
    certificates: { name: 'twice', kind: 'authority', certificate: AUTHORITY },
    'address-rules': { address: '192.0.2.77' },
    'device-types': { name: 'generic' },
    'music-loops': { name: 'twice' },
  };
  const other = { login: '1998', name: 'other', first: '2000', last: '2999', number: '2000', address: '192.0.2.78' };
  for (const [path, row] of Object.entries(rows)) {
    const keys = Object.fromEntries(Object.entries(other).filter(([name]) => name in row));
    const made = await must('POST', `/api/${path}`, 201, { ...row, ...keys });
    await admin.send('POST', `/api/${path}`, { body: JSON.stringify(row) });
    await must('POST', `/api/${path}`, 409, row);
    const same = Object.fromEntries(Object.keys(keys).map((key) => [key, row[key]]));
    await must('PATCH', `/api/${path}/{id}`, 409, same, { id: made.json().id });
    await must('POST', `/api/${path}/several`, 409, { rows: [row] });
  }
  await members();
  await keys();
  await routes();
  await redirections();
  await must('DELETE', '/api/users/{id}', 409, undefined, { id: [...ourUsers][0] }); // the last administrator
  const { id } = (await must('POST', '/api/groups', 201, { name: 'Undone' })).json();
  const [change] = (await local.json('GET', '/api/changes?entity=group&sort=id&order=desc')).items;
  await must('POST', '/api/changes/{id}/revert', 200, undefined, { id: change.id });
  await must('GET', '/api/groups/{id}', 404, undefined, { id });
}

async function routes() {
  await must('POST', '/api/emergency-numbers', 409, { number: '112', name: 'Twice' });
  await must('POST', '/api/changes/revert-range', 422, { first: 0, last: 0 });
  await must('POST', '/api/changes/revert-range', 404, { first: 987654321, last: 987654321 });
  await must('POST', '/api/emergency-numbers/several', 409, { rows: [{ number: '112', name: 'Twice' }] });
  const { id: special } = (await must('POST', '/api/emergency-numbers', 201, { number: '19222', name: 'Once' })).json();
  await must('PATCH', '/api/emergency-numbers/{id}', 409, { number: '112' }, { id: special });
  const times = { from: '08:00', to: '09:00' };
  const { id: frame } = (await must('POST', '/api/time-frames', 201, { name: 'Once', ...times })).json();
  await must('POST', '/api/time-frames', 409, { name: '24/7', ...times });
  await must('POST', '/api/time-frames/several', 409, { rows: [{ name: '24/7', ...times }] });
  await must('PATCH', '/api/time-frames/{id}', 409, { name: '24/7' }, { id: frame });
  const { id: rule } = (await must('POST', '/api/cor-rules', 201, { number: '0049' })).json();
  const [line] = (await local.json('GET', '/api/lines')).items;
  const way = { rule, frame, line: line.id };
  await must('POST', '/api/cor-lines', 201, way);
  await must('POST', '/api/cor-lines', 409, way);
  const rate = { line: line.id, prefix: '0043', per_minute_micro: 19000 };
  const { id: price } = (await must('POST', '/api/rates', 201, rate)).json();
  const { id: other } = (await must('POST', '/api/rates', 201, { ...rate, prefix: '0041' })).json();
  await must('POST', '/api/rates', 409, rate);
  await must('POST', '/api/rates/several', 409, { rows: [rate] });
  await must('PATCH', '/api/rates/{id}', 409, { prefix: '0043' }, { id: other });
  await must('PATCH', '/api/rates/{id}', 200, { name: 'Austria' }, { id: price });
  await must('DELETE', '/api/rates/{id}', 204, undefined, { id: other });
  await must('DELETE', '/api/time-frames/{id}', 409, undefined, { id: frame });
  const block = { base: '0211999', first: 0, last: 1 };
  await must('POST', '/api/numbers/block', 200, block);
  await must('POST', '/api/numbers/block', 409, block);
  const [phone] = (await local.json('GET', '/api/phones')).items;
  const { id: site } = (await must('POST', '/api/sites', 201, { name: 'Here' })).json();
  await must('PATCH', '/api/phones/{id}', 200, { site }, { id: phone.id });
  await must('DELETE', '/api/sites/{id}', 409, undefined, { id: site });
  await must('POST', '/api/routing/test', 422, { direction: 'out', phone: 987654321, dialled: '100' });
  await must('POST', '/api/routing/test', 200, { direction: 'out', phone: phone.id, dialled: '100' });
  // Nobody is there, so that the first test of it still runs when the second one comes.
  const silent = await local.json('POST', '/api/lines', { name: 'silent', host: '192.0.2.77', auth: 'address', register: false });
  const one = { id: silent.id };
  const isKnown = async () => (await local.json('GET', '/api/lines/status')).items.some(({ line_id }) => line_id === silent.id);
  while (!(await isKnown()));
  await must('GET', '/api/lines/{id}/test', 404, undefined, one);
  await must('POST', '/api/lines/{id}/test', 422, { number: '112' }, one);
  await must('POST', '/api/lines/{id}/test', 202, { number: null }, one);
  await must('POST', '/api/lines/{id}/test', 409, undefined, one);
  await must('GET', '/api/lines/{id}/test', 200, undefined, one);
}

async function redirections() {
  const numbers = [];
  for (const number of ['0211888', '0211889']) numbers.push((await must('POST', '/api/numbers', 201, { number, kind: 'external' })).json().id);
  const row = { number: numbers[0], trigger: 'busy', target: '0211889' };
  await must('POST', '/api/redirections', 201, row);
  await must('POST', '/api/redirections', 409, row);
  await must('POST', '/api/redirections/several', 409, { rows: [row] });
  await must('POST', '/api/redirections', 422, { ...row, trigger: 'always', target: '' });
  const second = await must('POST', '/api/redirections', 201, { ...row, number: numbers[1], target: '0211888' });
  await must('PATCH', '/api/redirections/{id}', 409, { number: numbers[0] }, { id: second.json().id });
}

async function members() {
  const group = await local.json('POST', '/api/groups', { name: 'Members' });
  const [first, second] = ourUsers;
  await must('POST', '/api/group-members', 201, { group: group.id, user: first });
  await must('POST', '/api/group-members', 409, { group: group.id, user: first });
  const member = await must('POST', '/api/group-members', 201, { group: group.id, user: second });
  await must('PATCH', '/api/group-members/{id}', 409, { user: first }, { id: member.json().id });
}

async function keys() {
  const { id: user } = await admin.json('GET', '/api/me');
  const { id: dnd } = (await must('POST', '/api/me/keys', 201, { type: 'dnd' })).json();
  const { id: label } = (await must('POST', '/api/me/keys', 201, { type: 'label' })).json();
  await must('POST', '/api/me/keys', 409, { type: 'dnd' });
  await must('POST', '/api/function-keys', 409, { type: 'dnd', user });
  await must('POST', '/api/function-keys/several', 409, { rows: [{ type: 'dnd', user }] });
  await must('PATCH', '/api/function-keys/{id}', 409, { type: 'dnd' }, { id: label });
  await must('PATCH', '/api/me/keys/{id}', 409, { type: 'dnd' }, { id: label });
  await must('PATCH', '/api/me/keys/{id}', 200, { label: 'x' }, { id: label });
  await must('POST', '/api/me/keys/{id}/press', 409, undefined, { id: label });
  for (let twice = 0; twice < 2; twice++) await must('POST', '/api/me/keys/{id}/press', 200, undefined, { id: dnd });
  for (const id of [dnd, label]) await must('DELETE', '/api/me/keys/{id}', 204, undefined, { id });
}

test('a file of music on hold is added, heard, changed and removed, until the loop is full', async () => {
  const operation = document.operations.find(({ name }) => name === 'POST /api/music-loops/{id}/files');
  const { id: loop } = (await must('POST', '/api/music-loops', 201, { name: 'Jazz' })).json();
  const add = async (body, id = loop) => check(operation, await admin.send('POST', `${target(operation, { id })}?file_name=a.wav`, { body, type: 'audio/wav' }));
  assert.equal((await add('no sound')).status, 422);
  assert.equal((await add(toneWav(440, 8000, 1), 987654321)).status, 404);
  const added = await add(toneWav(440, 8000, 1));
  assert.equal(added.status, 201);
  const { id } = added.json();
  await must('GET', '/api/music-files/{id}', 200, undefined, { id });
  await must('GET', '/api/music-files/{id}/audio', 200, undefined, { id });
  await must('PATCH', '/api/music-files/{id}', 200, { gain_db: -3 }, { id });
  for (let n = 1; n < 16; n++) assert.equal((await add(toneWav(440, 8000, 1))).status, 201);
  assert.equal((await add(toneWav(440, 8000, 1))).status, 409);
  await must('DELETE', '/api/music-files/{id}', 204, undefined, { id });
  for (const path of ['/api/music-loops/{id}', '/api/music-files/{id}']) await must('DELETE', path, 409, undefined, { id: 1 }); // supplied
  await must('POST', '/api/music-loops/{id}/play', 409, undefined, { id: loop }); // no phone is registered
  await must('DELETE', '/api/music-loops/{id}', 204, undefined, { id: loop });
});

test('a provider has its name alone', async () => {
  const host = 'sip.example.invalid';
  await must('POST', '/api/providers', 201, { name: 'Contract', host });
  const { id } = (await must('POST', '/api/providers', 201, { name: 'Contract 2', host })).json();
  await must('PATCH', '/api/providers/{id}', 409, { name: 'Contract' }, { id });
});

test('an announcement is uploaded, heard in parts, chosen by a mailbox and deleted when nobody needs it', async () => {
  const put = (path, client, values, body, type = 'audio/wav') => {
    const operation = document.operations.find(({ name }) => name === `PUT ${path}`);
    return client.send('PUT', `${target(operation, values)}?file_name=a.wav`, { body, type }).then((answer) => check(operation, answer).status);
  };
  const part = async (path, client, values) => {
    const operation = document.operations.find(({ name }) => name === `GET ${path}`);
    return check(operation, await client.send('GET', target(operation, values), { headers: { range: 'bytes=99999999-' } })).status;
  };
  const { client, me } = await somebody();
  const { id } = (await must('POST', '/api/announcements', 201, { name: 'Closed' })).json();
  const { id: own } = (await must('POST', '/api/me/announcements', 201, { name: 'Mine' }, undefined, client)).json();
  for (const [path, who, one] of [['/api/announcements/{id}/audio', admin, { id }], ['/api/me/announcements/{id}/audio', client, { id: own }]]) {
    assert.equal(await put(path, who, one, 'no sound'), 422);
    assert.equal(await put(path, who, one, toneWav(440, 8000, 1)), 200);
    await must('GET', path, 200, undefined, one, who);
    assert.equal(await part(path, who, one), 416);
  }
  await must('PATCH', '/api/me/announcements/{id}', 200, { name: 'Mine too' }, { id: own }, client);
  await must('POST', '/api/me/announcements', 201, { name: 'Third' }, undefined, client);
  await must('PATCH', '/api/me/announcements/{id}', 409, { name: 'Third' }, { id: own }, client);
  const { id: mailbox } = (await must('POST', '/api/mailboxes', 201, { name: 'Contract', greeting: id })).json();
  await must('DELETE', '/api/announcements/{id}', 409, undefined, { id });
  const { id: access } = (await must('POST', '/api/mailbox-access', 201, { mailbox, user: me.id })).json();
  const { id: second } = (await must('POST', '/api/mailboxes', 201, { name: 'Contract 2' })).json();
  const { id: other } = (await must('POST', '/api/mailbox-access', 201, { mailbox: second, user: me.id })).json();
  await must('POST', '/api/mailbox-access', 409, { mailbox, user: me.id });
  await must('PATCH', '/api/mailbox-access/{id}', 409, { mailbox }, { id: other });
  await must('POST', '/api/mailbox-access/several', 409, { rows: [{ mailbox, user: me.id }] });
  await must('PATCH', '/api/me/mailboxes/{id}', 200, { greeting: own }, { id: mailbox }, client);
  for (const what of ['play', 'record']) { // no phone is registered
    await must('POST', `/api/announcements/{id}/${what}`, 409, {}, { id });
    await must('POST', `/api/me/announcements/{id}/${what}`, 409, {}, { id: own }, client);
  }
  await must('POST', '/api/mailboxes/{id}/record-greeting', 409, { greeting: 'greeting_busy' }, { id: mailbox });
  await must('POST', '/api/me/mailboxes/{id}/record-greeting', 409, {}, { id: mailbox }, client);
  await must('POST', '/api/me/mailboxes/{id}/record-greeting', 422, { greeting: 'morning' }, { id: mailbox }, client);
  await must('DELETE', '/api/me/announcements/{id}', 409, undefined, { id: own }, client);
  await must('PATCH', '/api/me/mailboxes/{id}', 200, { greeting: null }, { id: mailbox }, client);
  await must('DELETE', '/api/me/announcements/{id}', 204, undefined, { id: own }, client);
  await must('DELETE', '/api/mailbox-access/{id}', 204, undefined, { id: access });
  await must('DELETE', '/api/announcements/{id}', 204, undefined, { id });
});

test('speed dials of everybody and of one’s own', async () => {
  const { client } = await somebody();
  const { id } = (await must('POST', '/api/speed-dials', 201, { place: '05', number: '101' })).json();
  await must('POST', '/api/speed-dials', 409, { place: '05', number: '102' });
  const { id: second } = (await must('POST', '/api/speed-dials', 201, { place: '06', number: '101' })).json();
  await must('PATCH', '/api/speed-dials/{id}', 409, { place: '05' }, { id: second });
  await must('POST', '/api/speed-dials/several', 409, { rows: [{ place: '05', number: '102' }] });
  const { id: own } = (await must('POST', '/api/me/speed-dials', 201, { place: '05', number: '102' }, undefined, client)).json();
  await must('POST', '/api/me/speed-dials', 409, { place: '05', number: '103' }, undefined, client);
  const { id: other } = (await must('POST', '/api/me/speed-dials', 201, { place: '06', number: '102' }, undefined, client)).json();
  await must('GET', '/api/me/speed-dials', 200, undefined, undefined, client);
  await must('GET', '/api/me/speed-dials/{id}', 200, undefined, { id: own }, client);
  await must('GET', '/api/me/speed-dials/{id}', 404, undefined, { id }, client);
  await must('PATCH', '/api/me/speed-dials/{id}', 200, { name: 'Mine' }, { id: own }, client);
  await must('PATCH', '/api/me/speed-dials/{id}', 409, { place: '06' }, { id: own }, client);
  await must('PATCH', '/api/me/speed-dials/{id}', 404, { name: 'Not mine' }, { id }, client);
  for (const one of [own, other]) await must('DELETE', '/api/me/speed-dials/{id}', 204, undefined, { id: one }, client);
  await must('DELETE', '/api/speed-dials/{id}', 204, undefined, { id });
});

test('a mobile phone that rings with the others', async () => {
  const { client, me } = await somebody();
  const twin = { user: me.id, number: '+491711234567' };
  const { id } = (await must('POST', '/api/mobile-twins', 201, twin)).json();
  await must('POST', '/api/mobile-twins', 409, twin);
  await must('POST', '/api/mobile-twins/several', 409, { rows: [twin] });
  await must('GET', '/api/mobile-twins/{id}', 200, undefined, { id });
  const { id: other } = (await must('POST', '/api/me/mobile-twins', 201, { number: '+491711234568' }, undefined, client)).json();
  await must('POST', '/api/me/mobile-twins', 409, { number: '+491711234567' }, undefined, client);
  await must('PATCH', '/api/mobile-twins/{id}', 409, { number: '+491711234567' }, { id: other });
  await must('PATCH', '/api/mobile-twins/{id}', 200, { delay_s: 5 }, { id: other });
  await must('PATCH', '/api/me/mobile-twins/{id}', 200, { delay_s: 3 }, { id: other }, client);
  await must('GET', '/api/me/mobile-twins/{id}', 200, undefined, { id: other }, client);
  await must('PATCH', '/api/me/mobile-twins/{id}', 409, { number: '+491711234567' }, { id: other }, client);
  await must('DELETE', '/api/me/mobile-twins/{id}', 204, undefined, { id: other }, client);
  for (const method of ['PATCH', 'DELETE']) {
    const operation = document.operations.find(({ name }) => name === `${method} /api/mobile-twins/{id}`);
    const body = method === 'PATCH' ? '{}' : undefined;
    assert.equal(check(operation, await admin.send(method, target(operation, { id }), { body, headers: { 'if-match': '"00"' } })).status, 412);
  }
  await must('DELETE', '/api/mobile-twins/{id}', 204, undefined, { id });
});

test('CNF-1: who is invited sees it, and joins when it is time', async () => {
  const [{ me: planner }, { client, me }] = [await somebody(), await somebody()];
  const plan = { name: 'Far', user: planner.id, starts_at: '2031-01-31T12:00:00Z', time_zone: 'Europe/Berlin' };
  const { id: conference } = (await must('POST', '/api/conferences', 201, plan)).json();
  const { id } = (await must('POST', '/api/conference-participants', 201, { conference, user: me.id })).json();
  const { items } = (await must('GET', '/api/me/invitations', 200, undefined, {}, client)).json();
  assert.deepEqual(items.map((one) => [one.id, one.conference, one.name]), [[id, conference, 'Far']]);
  await must('POST', '/api/me/invitations/{id}/join', 409, undefined, { id }, client);
  await must('POST', '/api/me/invitations/{id}/join', 404, undefined, { id: 987654321 }, client);
});

test('CNF-1: conferences are planned by their owner and by administrators', async () => {
  const { client, me } = await somebody();
  const when = { starts_at: '2031-01-31T12:00:00Z', time_zone: 'Europe/Berlin' };
  const plan = { uid: 'contract-conference', name: 'Planning', ...when };
  const { id } = (await must('POST', '/api/me/conferences', 201, plan, undefined, client)).json();
  const { id: other } = (await must('POST', '/api/conferences', 201, { ...plan, uid: 'contract-other', user: me.id })).json();
  await must('POST', '/api/me/conferences', 409, plan, undefined, client);
  await must('POST', '/api/conferences', 409, { ...plan, user: me.id });
  await must('POST', '/api/conferences/several', 409, { rows: [{ ...plan, user: me.id }] });
  await must('GET', '/api/me/conferences/{id}', 200, undefined, { id }, client);
  await must('GET', '/api/conferences/{id}', 200, undefined, { id });
  await must('PATCH', '/api/me/conferences/{id}', 200, { repeat: 'week' }, { id }, client);
  await must('PATCH', '/api/conferences/{id}', 200, { length_min: 30 }, { id });
  await must('PATCH', '/api/me/conferences/{id}', 409, { uid: 'contract-other' }, { id }, client);
  await must('PATCH', '/api/conferences/{id}', 409, { uid: 'contract-other' }, { id });
  for (const [path, sender] of [['/api/me/conference-dates', client], ['/api/conference-dates', admin]]) {
    const operation = document.operations.find(({ name }) => name === `GET ${path}`);
    const dates = check(operation, await sender.send('GET', `${path}?from=2026-12-01T00:00:00Z&to=2027-12-01T00:00:00Z`));
    assert.equal(dates.status, 200, dates.text);
  }
  const guest = { uid: 'contract-guest', conference: id, name: 'Max' };
  const { id: max } = (await must('POST', '/api/me/conference-participants', 201, guest, undefined, client)).json();
  const { id: eva } = (await must('POST', '/api/conference-participants', 201, { ...guest, uid: 'contract-eva', name: 'Eva' })).json();
  await must('POST', '/api/me/conference-participants', 409, guest, undefined, client);
  await must('POST', '/api/conference-participants', 409, guest);
  await must('POST', '/api/conference-participants/several', 409, { rows: [guest] });
  await must('GET', '/api/me/conference-participants/{id}', 200, undefined, { id: max }, client);
  await must('GET', '/api/conference-participants/{id}', 200, undefined, { id: max });
  for (const [path, sender] of [['/api/me/conference-participants/{id}', client], ['/api/conference-participants/{id}', admin]]) {
    await must('PATCH', path, 200, { moderator: true }, { id: max }, sender);
    await must('PATCH', path, 409, { uid: 'contract-eva' }, { id: max }, sender);
  }
  const paths = [['/api/me/conference-participants/{id}', client, max], ['/api/conference-participants/{id}', admin, eva],
    ['/api/me/conferences/{id}', client, id], ['/api/conferences/{id}', admin, other]];
  for (const [path, sender, row] of paths) {
    for (const method of ['PATCH', 'DELETE']) {
      const operation = document.operations.find(({ name }) => name === `${method} ${path}`);
      const body = method === 'PATCH' ? '{}' : undefined;
      assert.equal(check(operation, await sender.send(method, target(operation, { id: row }), { body, headers: { 'if-match': '"00"' } })).status, 412);
    }
    await must('DELETE', path, 204, undefined, { id: row }, sender);
  }
});

/** A user of one's own, and his account. */
/** A user without telephones: those for new accounts may be any. */
async function somebody() {
  const { client } = await userFor({ path: '/api/me' });
  const me = await client.json('GET', '/api/me');
  await must('PATCH', '/api/users/{id}', 200, { phones: [] }, { id: me.id });
  return { client, me };
}

test('a prompt is heard, replaced by a file of one\'s own, and put back', async () => {
  const operation = document.operations.find(({ method, path }) => method === 'PUT' && path === '/api/prompts/{language}/{name}');
  const done = { language: 'de', name: 'done' };
  const put = async (body) => check(operation, await admin.send('PUT', `${target(operation, done)}?file_name=a.wav`, { body, type: 'audio/wav' })).status;
  assert.equal(await put('no sound'), 422);
  assert.equal(await put(toneWav(440, 8000, 1)), 200);
  await must('GET', '/api/prompts', 200);
  await must('GET', '/api/prompts/{language}/{name}/audio', 200, undefined, done);
  const heard = document.operations.find(({ name }) => name === 'GET /api/prompts/{language}/{name}/audio');
  assert.equal(check(heard, await admin.send('GET', target(heard, done), { headers: { range: 'bytes=99999999-' } })).status, 416);
  await must('DELETE', '/api/prompts/{language}/{name}', 204, undefined, done);
});

async function must(method, path, status, body, values, client = admin) {
  const operation = document.operations.find((one) => one.name === `${method} ${path}`);
  const answer = check(operation, await client.send(method, target(operation, values), { body: body && JSON.stringify(body) }));
  assert.equal(answer.status, status, `${operation.name}: ${answer.status} ${answer.text}`);
  return answer;
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 6238. */
function totp(secret, step) {
  const bits = [...secret].map((one) => BASE32.indexOf(one).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((one) => parseInt(one, 2)));
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', key).update(time).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test('one\'s own password, sessions, tokens and second factor', async () => {
  const { client } = await userFor({ path: '/api/me' });
  const me = (await must('GET', '/api/me', 200, undefined, undefined, client)).json();
  const account = { login: me.login, password: 'geheim-2' };
  await must('POST', '/api/session', 200, account, undefined, sender());
  const [other] = (await client.json('GET', '/api/me/sessions')).items.filter((one) => one.id !== undefined).slice(-1);
  await must('DELETE', '/api/me/sessions/{id}', 204, undefined, { id: other.id }, client);
  await client.logIn(me.login, 'geheim-2');
  const own = { trigger: 'busy', target: '0015112345' };
  for (const number of ['0211777', '0211778']) own.number = (await must('POST', '/api/numbers', 201, { number, kind: 'external', user: me.id })).json().id;
  const redirected = await must('POST', '/api/me/redirections', 201, own, undefined, client);
  await must('POST', '/api/me/redirections', 409, own, undefined, client);
  const always = await must('POST', '/api/me/redirections', 201, { ...own, trigger: 'always' }, undefined, client);
  await must('PATCH', '/api/me/redirections/{id}', 409, { trigger: 'busy' }, { id: always.json().id }, client);
  await must('PATCH', '/api/me/redirections/{id}', 422, { target: '', enabled: true }, { id: redirected.json().id }, client);
  await must('PATCH', '/api/me/redirections/{id}', 200, { enabled: false }, { id: redirected.json().id }, client);
  await must('DELETE', '/api/me/redirections/{id}', 204, undefined, { id: redirected.json().id }, client);
  const token = await must('POST', '/api/me/tokens', 201, { name: 'x', rights: [] }, undefined, client);
  await must('DELETE', '/api/me/tokens/{id}', 204, undefined, { id: token.json().id }, client);
  await must('DELETE', '/api/me/second-factor', 404, { password: 'geheim-2' }, undefined, client);
  const factor = async () => {
    const { secret } = (await must('POST', '/api/me/second-factor', 201, undefined, undefined, client)).json();
    await must('POST', '/api/me/second-factor/confirm', 200, { code: totp(secret, Math.floor(Date.now() / 30_000)) }, undefined, client);
  };
  await factor();
  await must('POST', '/api/me/second-factor', 409, undefined, undefined, client);
  await must('POST', '/api/me/second-factor/confirm', 409, { code: '123456' }, undefined, client);
  await must('POST', '/api/session', 401, account, undefined, sender());
  await must('DELETE', '/api/me/second-factor', 204, { password: 'geheim-2' }, undefined, client);
  await factor();
  await must('DELETE', '/api/users/{id}/second-factor', 204, undefined, { id: me.id });
  client.remember(await must('POST', '/api/me/password', 200, { old_password: 'geheim-2', password: 'geheim-4' }, undefined, client));
  const guesser = sender();
  for (let n = 0; n < 20; n++) await guesser.send('POST', '/api/session', { body: `{"login":"${5000 + n}","password":"x"}` });
  await must('POST', '/api/session', 429, account, undefined, guesser);
  for (let n = 0; n < 5; n++) await must('POST', '/api/me/password', 422, { old_password: 'wrong-1', password: 'geheim-5' }, undefined, client);
  await must('POST', '/api/me/password', 429, { old_password: 'wrong-1', password: 'geheim-5' }, undefined, client);
  await must('DELETE', '/api/me/second-factor', 429, { password: 'wrong-1' }, undefined, client);
});

test('every error that the document promises has been seen', () => {
  const missing = document.operations.flatMap((operation) => operation.statuses
    .filter((status) => !operation.seen.has(status) && !unreached(operation, status)).map((status) => `${operation.name} ${status}`));
  assert.deepEqual(missing, []);
});

// What takes a system under load, calls, mails, or an import that runs at this very moment.
const ELSEWHERE = {
  503: /./,
  202: /\/calls\/|me\/calls|me\/invitations|live-conference|\/(play|record|record-greeting)$|orbits\/fetch|mails\/\{id\}\/retry|password-reset/,
  200: /^GET \/api\/(call-records|mails|voicemails|call-completions)\/\{id\}|me\/voicemails\/\{id\}|^GET \/api\/traces\/|trace-pcap|mail-test|^PATCH \/api\/[a-z-]+$|holidays\/public|changes\/revert(-range)?$|\/found$|conference-invitation/, // its link is in a mail
  201: /\/several$|me\/call-completions$/, // what fits together by chance; several rows have tests of their own
  204: /^DELETE \/api\/(mails|cor-lines|redirections|call-completions)|me\/(voicemails|call-completions)\/\{id\}|password-reset/, // a line's places have gone with it by then, as a number's redirections
  404: /password-reset/,
  429: /me\/calls|me\/invitations|live-conference|me\/keys|orbits\/fetch|\/(play|record|record-greeting)$|password-reset|conference-invitation/,
  409: /me\/calls|live-conference|me\/voicemails|me\/tokens|changes\/revert|\/found$|^DELETE \/api\/(device-types|providers)|user-import|mails\/\{id\}\/retry|^PATCH \/api\/[a-z-]+$/, // what is unique is not changed in several rows
  412: /^DELETE \/api\/(mails|cor-lines|rates|redirections|mailbox-access|call-completions)/,
  416: /me\/voicemails/,
  422: /\/found$/,
};

function unreached(operation, status) {
  return ELSEWHERE[status]?.test(operation.name) || (operation.path === '/metrics' && status !== 200); // for everybody on this machine
}

test('the system lives, has nothing to complain about, and its memory does not grow', async () => {
  const resident = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))[1]);
  const round = async () => {
    for (let n = 0; n < 700; n++) {
      await admin.send('POST', '/api/users', { body: `{"login":"${'x'.repeat(n % 900)}","rights":[${'1,'.repeat(n % 300)}1]}` });
      await admin.send('GET', '/api/phones?search=a+b&sort=name');
      await admin.send('PATCH', '/api/users/987654321', { body: '{"a":'.repeat(30) });
    }
  };
  await round();
  const before = resident();
  await round();
  assert.ok(resident() - before < 4096, `${resident() - before} KB more after 2,100 requests`);
  assert.equal((await sender().send('GET', '/api/health')).status, 200);
  for (const word of ['AddressSanitizer', 'LeakSanitizer', 'runtime error:']) assert.ok(!server.log.includes(word), server.log.slice(server.log.indexOf(word) - 100, 3000));
});
