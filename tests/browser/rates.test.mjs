// LIN-5 through the page: what calls on a line cost, by hand and as a table.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, shoot } from './lib/browser.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
let line;
before(async () => {
  world = await openWorld();
  line = await world.admin.post('lines', { name: 'Example Telecom', host: 'sip.example.com', username: '4930', password: 'geheim-8' });
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(() => closeWorld(world));

const field = (name) => page.getByRole('textbox', { name, exact: true });
const button = (name) => page.getByRole('button', { name, exact: true });
const row = (name) => page.getByRole('row', { name });
const stored = async () => (await world.admin.get(`rates?line=${line.id}&sort=prefix`)).items;

async function upload(text) {
  const chooser = page.waitForEvent('filechooser');
  await button('Upload table').click();
  await (await chooser).setFiles({ name: 'rates.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
}

test('LIN-5: a rate is entered as an amount, and stored in millionths', async () => {
  await page.goto(`/lines/${line.id}?tab=rates`);
  await page.getByText('No rates yet').waitFor();
  await button('New rate').click();
  await field('Numbers beginning with').fill('0043');
  await field('Destination').fill('Austria');
  await field('Price per minute').fill('0.019');
  await field('Further intervals (seconds)').fill('1');
  await button('Create').click();
  await row(/0043 Austria €0\.019 – 60\/1/).waitFor();
  const [rate] = await stored();
  assert.deepEqual([rate.per_minute_micro, rate.setup_micro, rate.step_s], [19000, 0, 1]);
  await assertAccessible(page);
});

test('LIN-5: the table of a provider brings the rates to what it says; a wrong one changes nothing and is told by its lines', async () => {
  await upload('prefix;per_minute\n0043;0,02\n0041;nothing\n');
  await page.getByText('Nothing was changed.').waitFor();
  await page.getByText(/^3: Price per minute: An amount is needed/).waitFor();
  await shoot(page, 'rates-fault');
  assert.equal((await stored()).length, 1);
  await upload('prefix;name;per_minute;setup\n0043;Austria;0,02;0,05\n0041;Switzerland;0,031;\n;All;0,5;\n');
  await page.getByText('2 new, 1 changed, 0 removed').waitFor();
  await row(/All others All €0\.50/).waitFor();
  await shoot(page, 'rates');
  await assertAccessible(page);
  await page.setViewportSize({ width: 360, height: 740 });
  await assertFits(page);
  await shoot(page, 'rates-narrow');
  await page.setViewportSize({ width: 1280, height: 900 });
  assert.deepEqual((await stored()).map(({ prefix }) => prefix), ['', '0041', '0043']);
});

test('LIN-5: the limit of a day is an amount of the currency', async () => {
  await page.goto(`/lines/${line.id}`);
  await field('Costly charges a day').fill('12.50');
  await field('Currency').fill('CHF');
  await button('Save').click();
  await page.getByText('Saved').first().waitFor();
  const { costly_charge_micro, currency } = await world.admin.get(`lines/${line.id}`);
  assert.deepEqual([costly_charge_micro, currency], [12_500_000, 'CHF']);
  assertQuiet(visitor);
});
