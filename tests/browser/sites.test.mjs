// LIN-6, RTG-2 through the page: sites, where a phone stands, what groups and a PIN let people dial.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertQuiet, shoot } from './lib/browser.mjs';
import { address } from './lib/server.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
let anna;
before(async () => {
  world = await openWorld();
  anna = await world.admin.person({ first_name: 'Anna', last_name: 'Berg', number: '101', login: '2101' });
  await world.admin.patch(`users/${anna.user.id}`, { dial: ['local'] });
  await world.admin.post('lines', { name: 'alpha', host: address(60), auth: 'address', register: false, qualify_s: 0, main_number: '4930001' });
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(() => closeWorld(world));

const field = (name) => page.getByRole('textbox', { name, exact: true });
const button = (name) => page.getByRole('button', { name, exact: true });
const heading = (name) => page.getByRole('heading', { name, exact: true });

test('LIN-6: a site has an address, networks and lines; only one is the default', async () => {
  await page.goto('/sites');
  await page.getByText('No sites: nobody learns where an emergency call comes from.').waitFor();
  await page.getByRole('link', { name: 'New site' }).click();
  for (const [name, value] of Object.entries({ Name: 'Cologne', Street: 'Domkloster', 'House number': '4', 'Postal code': '50667', City: 'Köln', Networks: '10.1.0.0/16, nonsense' }))
    await field(name).fill(value);
  await page.getByText('Default site', { exact: true }).click();
  await button('Create').click();
  await page.getByText('This is not in the expected form.').waitFor();
  await field('Networks').fill('10.1.0.0/16');
  await button('Create').click();
  await heading('Cologne').waitFor();
  await button('Put alpha into the list').click();
  await heading('Lines for emergency calls 1').waitFor();
  await shoot(page, 'site');
  await assertAccessible(page);
  const { items } = await world.admin.get('sites');
  assert.deepEqual([items[0].lines.length, items[0].country, items[0].is_default], [1, 'DE', true]);
  await page.goto('/sites/new');
  await field('Name').fill('Bonn');
  await page.getByText('Default site', { exact: true }).click();
  await button('Create').click();
  await page.getByText('Another site is the default already.').waitFor();
  await page.goto('/sites');
  await page.getByRole('row', { name: /Cologne.*Domkloster 4, 50667 Köln.*10\.1\.0\.0\/16/ }).waitFor();
  await shoot(page, 'sites');
  await assertAccessible(page);
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByText('Domkloster 4, 50667 Köln').waitFor();
  await shoot(page, 'sites-narrow');
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'nothing hangs over');
  await page.setViewportSize({ width: 1280, height: 800 });
});

test('LIN-6: a phone says where it stands, and a test of an emergency number shows it', async () => {
  await page.goto(`/phones/${anna.phone.id}`);
  await field('Place there').fill('Room 7');
  await field('Site').click();
  await page.getByRole('option', { name: 'Cologne' }).click();
  await button('Save').click();
  await page.getByText('Saved.').waitFor();
  const phone = await world.admin.get(`phones/${anna.phone.id}`);
  assert.equal(phone.place, 'Room 7');
  await page.goto(`/route-test?user=${anna.user.id}`);
  await field('Number').fill('112');
  await button('Test').click();
  await page.getByText('The caller is at Cologne, as the phone says').waitFor();
  await page.getByText('Site of the caller').waitFor();
});

test('RTG-2: what a group lets its members dial shows at the user, and so does a PIN that can be taken away', async () => {
  await page.goto('/groups/new');
  await field('Name').fill('Sales');
  await page.getByRole('checkbox', { name: 'Mobile' }).check();
  await button('Create').click();
  await heading('Sales').waitFor();
  const { items } = await world.admin.get('groups');
  assert.deepEqual(items[0].dial, ['mobile']);
  await world.admin.post('group-members', { group: items[0].id, user: anna.user.id });
  await page.goto(`/users/${anna.user.id}?tab=telephony`);
  await page.getByText(/By groups: Mobile.* \(Sales\)/).waitFor();
  await page.getByText('No PIN is set.').waitFor();
  await page.getByLabel('PIN for calls').fill('12');
  await button('Save').click();
  await page.getByText('4 to 20 digits.', { exact: true }).waitFor();
  await page.getByLabel('PIN for calls').fill('135790');
  await button('Save').click();
  await page.getByText('A PIN is set.').waitFor();
  await shoot(page, 'user-dial');
  await assertAccessible(page);
  await button('Remove the PIN').click();
  await page.getByText('No PIN is set.').waitFor();
  assertQuiet(visitor);
});
