// SEC-3 through the page: blocked and allowed addresses, and the settings of security.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertQuiet, shoot } from './lib/browser.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
before(async () => {
  world = await openWorld();
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(() => closeWorld(world));

const field = (name) => page.getByRole('textbox', { name, exact: true });
const row = (name) => page.getByRole('row', { name });
const button = (name) => page.getByRole('button', { name, exact: true });

test('an address is blocked, filtered, changed to allowed and forgotten', async () => {
  await page.goto('/addresses');
  await page.getByText('No address is blocked or allowed.').waitFor();
  await button('New entry').click();
  await field('Address or network').fill('not an address');
  await button('Create').click();
  await page.getByText(/not in the expected form|no (IP )?address|network/i).first().waitFor();
  await field('Address or network').fill('198.51.100.0/24');
  await field('Comment').fill('Scanner');
  await page.getByLabel('Until').fill('2099-12-31T12:00');
  await page.waitForTimeout(300); // the dialogue slides in
  await assertAccessible(page);
  await button('Create').click();
  await row(/198\.51\.100\.0\/24.*Blocked.*Scanner.*2099/).waitFor();
  await world.admin.post('address-rules', { address: '192.0.2.7', action: 'allow', comment: 'Branch' });
  await row(/192\.0\.2\.7.*Allowed.*Branch.*for ever/).waitFor();
  await shoot(page, 'addresses');

  await page.getByText('Allowed', { exact: true }).first().click();
  await row(/198\.51\.100/).waitFor({ state: 'detached' });
  await row(/192\.0\.2\.7/).waitFor();
  await page.getByText('All', { exact: true }).click();

  await row(/192\.0\.2\.7/).dblclick();
  await field('Comment').fill('Branch office');
  await button('Save').click();
  await row(/192\.0\.2\.7.*Branch office/).waitFor();
  await page.getByRole('button', { name: 'Unblock: 198.51.100.0/24' }).click();
  await page.getByText('198.51.100.0/24 may come again.').waitFor();
  await row(/198\.51\.100/).waitFor({ state: 'detached' });
  assert.equal((await world.admin.get('address-rules')).total, 1);
});

test('the settings are grouped; those of security, NAT and traces are saved', async () => {
  await page.goto('/settings');
  for (const group of ['Dialling', 'SIP transports and certificates', 'Routers (NAT)', 'Security', 'SIP traces']) {
    await page.getByRole('group', { name: group }).waitFor();
  }
  assert.equal(await page.getByRole('group', { name: 'Other' }).count(), 0, 'every setting has its group');
  await field('Failures until blocked').fill('5');
  await field('External address').fill('203.0.113.9');
  await field('Keep SIP traces (days)').fill('30');
  await field('Dial-in numbers for mobile phones').fill('+49211555100');
  await shoot(page, 'settings-dial-in');
  await button('Save').click();
  await page.getByText('Saved.').waitFor();
  const settings = await world.admin.get('settings');
  assert.deepEqual([settings.screening_failures, settings.external_address, settings.trace_keep_days], [5, '203.0.113.9', 30]);
  assert.deepEqual([settings.dial_in_numbers, settings.dial_in_check], ['+49211555100', 'pin'], 'the PIN is wanted until somebody says otherwise (USR-9)');
  assertQuiet(visitor);
});
