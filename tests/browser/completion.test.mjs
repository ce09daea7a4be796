// KEY, USR-10: call completion on the page: by function key, from the call list, and what one waits for.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, logIn, newVisitor, shoot } from './lib/browser.mjs';
import { Softphone } from './lib/phones.mjs';
import { closeWorld, openWorld, ownMediaPorts } from './lib/world.mjs';

let world;
let visitor;
let page;
let phone;
const people = {};
const account = (number) => ({ username: `phone-${number}`, password: `Secret-Of-${number}-Secret` });

before(async () => {
  world = await openWorld();
  await ownMediaPorts(world);
  for (const [name, number] of [['Anna', '101'], ['Carla', '103']]) {
    people[name] = await world.admin.person({ first_name: name, last_name: 'Test', number, login: `2${number}`, language: 'en', phone: { secret: account(number).password } });
  }
  await world.admin.post('function-keys', { user: people.Anna.user.id, type: 'call_completion' });
  await world.admin.patch(`users/${people.Carla.user.id}`, { dnd: true });
  visitor = await newVisitor(world.browser, world.server);
  page = visitor.page;
  await page.goto('/');
  await logIn(page, { login: '2101', password: 'geheim-2' });
});
after(async () => {
  await phone?.stop();
  await closeWorld(world);
});

const key = (state) => page.getByRole('region', { name: 'Function keys' }).getByRole('button', { name: `Call completion ${state}` });
const waiting = () => page.getByRole('region', { name: 'Call backs' });

test('USR-10: the key flashes when a call came to nothing, asks for it, and takes it back', async () => {
  await page.goto('/manager');
  await key('off').waitFor();
  phone = await Softphone.start(world.server, account('101'), '103');
  await key('call back possible').waitFor();
  await shoot(page, 'completion-possible');
  await key('call back possible').click();
  await key('on').waitFor();
  assert.equal(await key('on').getAttribute('aria-pressed'), 'true');
  await waiting().getByText('Carla Test 103, when free').waitFor();
  await shoot(page, 'completion-on');
  await assertAccessible(page);
  await key('on').click();
  await key('off').waitFor();
  await waiting().waitFor({ state: 'detached' });
});

test('KEY: it is asked for in the call list, and taken back where it is listed', async () => {
  await page.goto('/my-calls');
  await page.getByRole('button', { name: 'Call back from Carla Test when reachable' }).first().click();
  await page.getByText('You are called back as soon as Carla Test can be reached.').waitFor();
  await shoot(page, 'completion-records');
  await page.goto('/manager');
  await waiting().getByRole('button', { name: 'Cancel the call back from Carla Test 103' }).click();
  await waiting().waitFor({ state: 'detached' });
});

test('KEY: in German, dark and small, everything fits', async () => {
  const small = await newVisitor(world.browser, world.server, { colorScheme: 'dark' });
  await world.admin.patch(`users/${people.Anna.user.id}`, { language: 'de' });
  await page.goto('/my-calls');
  await page.getByRole('button', { name: 'Rückruf von Carla Test, sobald erreichbar' }).first().click();
  await page.getByText('Sie werden zurückgerufen, sobald Carla Test erreichbar ist.').waitFor();
  await small.page.goto('/');
  await logIn(small.page, { login: '2101', password: 'geheim-2' });
  await small.page.setViewportSize({ width: 360, height: 740 });
  await small.page.goto('/manager');
  await small.page.getByRole('region', { name: 'Rückrufe' }).getByText('Carla Test 103, sobald frei').waitFor();
  await small.page.getByRole('button', { name: 'Rückruf bei besetzt an' }).waitFor();
  await shoot(small.page, 'completion-small');
  await assertFits(small.page);
  await assertAccessible(small.page);
  assertQuiet(small);
  assertQuiet(visitor);
});
