// KEY through the page: speed dials of everybody and of users, by hand and as a file.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, logIn, newVisitor, shoot } from './lib/browser.mjs';
import { until } from './lib/server.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

const ANNA = { login: '2101', password: 'geheim-2' };

let world;
let visitor;
let page;
let anna;
before(async () => {
  world = await openWorld();
  anna = (await world.admin.person({ first_name: 'Anna', last_name: 'Berg', number: '101', login: ANNA.login, language: 'en' })).user;
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(async () => {
  await closeWorld(world);
});

const all = async () => (await world.admin.get('speed-dials?sort=place')).items;
const dialogue = (on = page) => on.getByRole('dialog');
const press = (name, on = page) => on.getByRole('button', { name, exact: true }).click();
const row = (text, on = page) => on.getByRole('row').filter({ hasText: text });

test('KEY: an administrator gives everybody a speed dial, and a place is given once', async () => {
  await page.goto('/speed-dials');
  await page.getByText('No speed dials yet.').waitFor();
  await press('New speed dial');
  await dialogue().getByLabel('Place').fill('05');
  await dialogue().getByLabel('Number').fill('0089123');
  await dialogue().getByLabel('Name').fill('Munich');
  await press('Create');
  await row('Munich').getByText('Everybody').waitFor();
  assert.deepEqual((await all()).map(({ place, number, user }) => [place, number, user]), [['05', '0089123', null]]);
  await press('New speed dial');
  await dialogue().getByLabel('Place').fill('05');
  await dialogue().getByLabel('Number').fill('101');
  await press('Create');
  await dialogue().getByText('This is taken already.').waitFor();
  visitor.complaints.length = 0; // the refusal that this test provoked
  await page.keyboard.press('Escape');
});

test('KEY: a file brings many at once, all or none, and goes out as it came', async () => {
  const file = (text) => page.locator('input[type=file]').setInputFiles({ name: 'dials.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
  await file('place;number;name\r\n10;+4930123;"Berlin; ""main"""\r\n11;101;\r\n');
  await row('Berlin; "main"').waitFor();
  assert.deepEqual((await all()).map(({ place, number }) => [place, number]), [['05', '0089123'], ['10', '+4930123'], ['11', '101']]);
  await file('12,102,new\n05,103,taken\n');
  await page.getByRole('alert').filter({ hasText: 'at this place already' }).or(page.getByText('This is taken already.')).first().waitFor();
  visitor.complaints.length = 0;
  assert.equal((await all()).length, 3);
  const download = page.waitForEvent('download');
  await press('Export everybody’s');
  const text = await readFile(await (await download).path(), 'utf8');
  assert.equal(text, 'place,number,name\r\n05,0089123,Munich\r\n10,\'+4930123,"Berlin; ""main"""\r\n11,101,\r\n');
  await shoot(page, 'speed-dials');
  await assertAccessible(page);
  await page.setViewportSize({ width: 360, height: 780 });
  await assertFits(page);
  await shoot(page, 'speed-dials-narrow');
  await page.setViewportSize({ width: 1280, height: 900 });
});

test('KEY: people have speed dials of their own beside those of everybody, which they cannot change', async () => {
  const other = await newVisitor(world.browser, world.server);
  await other.page.goto('/account?tab=speedDials');
  await logIn(other.page, ANNA);
  await row('Munich', other.page).waitFor();
  assert.equal(await other.page.getByRole('button', { name: 'Change speed dial 05' }).count(), 0);
  await press('New speed dial', other.page);
  await dialogue(other.page).getByLabel('Place').fill('05');
  await dialogue(other.page).getByLabel('Number').fill('102');
  await press('Create', other.page);
  await press('Change speed dial 05', other.page);
  await dialogue(other.page).getByLabel('Name').fill('My friend');
  await press('Save', other.page);
  await until(async () => (await all()).some(({ user, name }) => user === anna.id && name === 'My friend'), 'her own is stored');
  await shoot(other.page, 'speed-dials-own');
  await assertAccessible(other.page);
  assertQuiet(other);
  assertQuiet(visitor);
});
