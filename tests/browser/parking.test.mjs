// USR-10, KEY: keys for redirections and places to park; calls parked and fetched in the call manager.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, logIn, newVisitor, shoot } from './lib/browser.mjs';
import { Softphone } from './lib/phones.mjs';
import { closeWorld, openWorld, ownMediaPorts } from './lib/world.mjs';

let world;
let visitor;
let page;
const people = {};
const phones = [];
const account = (number) => ({ username: `phone-${number}`, password: `Secret-Of-${number}-Secret` });

before(async () => {
  world = await openWorld();
  await ownMediaPorts(world);
  for (const [name, number] of [['Anna', '101'], ['Bert', '102']]) {
    people[name] = await world.admin.person({ first_name: name, last_name: 'Test', number, login: `2${number}`, language: 'en', phone: { secret: account(number).password } });
  }
  const sales = await world.admin.post('groups', { name: 'Sales' });
  await world.admin.post('group-members', { group: sales.id, user: people.Anna.user.id });
  await world.admin.post('numbers', { number: '201', group: sales.id });
  phones.push(await Softphone.start(world.server, account('101')));
  visitor = await newVisitor(world.browser, world.server);
  page = visitor.page;
  await page.goto('/');
  await logIn(page, { login: '2101', password: 'geheim-2' });
});
after(async () => {
  for (const phone of phones) await phone.stop();
  await closeWorld(world);
});

const now = () => page.getByRole('region', { name: 'Now' });
const lit = (name) => now().getByRole('button', { name });
const dialogue = () => page.getByRole('dialog');
const create = () => dialogue().getByRole('button', { name: 'Create' }).click();

async function add(type) {
  await page.getByRole('button', { name: 'Add key', exact: true }).click();
  await page.getByRole('menuitem', { name: type, exact: true }).click();
}

test('USR-10: a key redirects a number of mine or of my group, once there is a target', async () => {
  await page.goto('/keys');
  await add('Redirection');
  await dialogue().getByRole('textbox', { name: 'Numbers', exact: true }).fill('20');
  await page.getByRole('option', { name: '201' }).click();
  await page.keyboard.press('Tab');
  await page.getByRole('listbox').waitFor({ state: 'detached' });
  await shoot(page, 'keys-redirect');
  await assertAccessible(page);
  await create();
  await lit('201: Always off').click();
  await page.getByText('There is no target yet where calls could go.').waitFor();
  const number = (await world.admin.get('numbers?number=201')).items[0];
  await world.admin.post('redirections', { number: number.id, trigger: 'always', target: '102', enabled: false });
  await lit('201: Always off').click();
  await lit('201: Always on').waitFor();
  assert.equal((await world.admin.get('redirections?group=1')).items[0].enabled, true);
  await lit('201: Always on').click();
  await lit('201: Always off').waitFor();
});

test('USR-10: a key for all numbers follows what is changed elsewhere', async () => {
  const number = (await world.admin.get('numbers?number=101')).items[0];
  const row = await world.admin.post('redirections', { number: number.id, trigger: 'busy', target: '102', enabled: false });
  await add('Redirection of all numbers');
  await dialogue().getByRole('textbox', { name: 'Which redirection' }).click();
  await page.getByRole('option', { name: 'When busy' }).click();
  await create();
  await lit('Redirection of all numbers: When busy off').waitFor();
  await world.admin.patch(`redirections/${row.id}`, { enabled: true });
  await lit('Redirection of all numbers: When busy on').click();
  await lit('Redirection of all numbers: When busy off').waitFor();
});

test('USR-12: paper labels are a PDF of the page, with umlauts, cut off at the edge of a label', async () => {
  await add('Empty key');
  await dialogue().getByRole('textbox', { name: 'Label' }).fill('Büro für Öl & Größe');
  await create();
  await add('Empty key');
  await dialogue().getByRole('textbox', { name: 'Label' }).fill('Wolkenkratzerverwaltungsgesellschaft end');
  await create();
  await page.getByRole('checkbox', { name: /^Pick Wolken/ }).waitFor();
  await page.getByRole('button', { name: 'Paper labels' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name: 'Gigaset DE410 IP PRO (4 keys)' }).click()]);
  const file = await download.path();
  const words = execFileSync('pdftotext', ['-layout', file, '-']).toString();
  assert.match(words, /201/);
  assert.match(words, /Büro für Öl & Größe/);
  assert.match(words, /Wolkenkratzerverwaltun/);
  assert.doesNotMatch(words, /\bend\b/, 'what does not fit is cut off');
  assert.match(execFileSync('pdfinfo', [file]).toString(), /Page size:\s+595\.\d+ x 841\.\d+ pts \(A4\)/);
  assert.equal((await page.request.get('/api/me/keys/labels.pdf?model=none')).status(), 422);
  assert.equal((await page.request.get(`/api/users/${people.Bert.user.id}/keys/labels.pdf`)).status(), 403);
});

test('KEY: a call is parked in the call manager, seen by all, and fetched by a key', async () => {
  await page.goto('/keys');
  await add('Park and orbit');
  for (const place of ['00', '42']) {
    await dialogue().getByRole('textbox', { name: 'Places (00 to 99)' }).fill(place);
    await page.getByRole('option', { name: place }).click();
  }
  await page.keyboard.press('Tab');
  await dialogue().getByText('2 keys are made, one for each.').waitFor();
  await create();
  await lit('Orbit 42 off').click();
  await page.getByText('You are in no call that could be parked.').waitFor();
  await page.goto('/manager');
  phones.push(await Softphone.start(world.server, account('102'), '101'));
  await page.getByRole('button', { name: 'Park: Bert Test' }).click();
  const parked = page.getByRole('region', { name: 'Parked calls' });
  await parked.getByText(/Bert Test.* waits at 00/).waitFor();
  await parked.getByText('parked by Anna Test').waitFor();
  await page.getByRole('button', { name: 'Park: Bert Test' }).waitFor({ state: 'detached' });
  await shoot(page, 'manager-parked');
  await assertAccessible(page);
  await page.setViewportSize({ width: 360, height: 740 });
  await assertFits(page);
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByRole('region', { name: 'Function keys' }).getByRole('button', { name: 'Orbit 00 on' }).click();
  await page.getByRole('button', { name: 'Hang up: Bert Test' }).waitFor();
  await parked.waitFor({ state: 'detached' });
  await page.getByRole('region', { name: 'Function keys' }).getByRole('button', { name: 'Orbit 42 off' }).click(); // a call is on: parks
  await parked.getByRole('button', { name: 'Fetch Bert Test from place 42' }).click();
  await page.getByRole('button', { name: 'Hang up: Bert Test' }).click();
  await parked.waitFor({ state: 'detached' });
  assertQuiet(visitor);
});
