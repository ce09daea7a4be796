// The test of a line on its page, against a real provider (Kamailio): each step with its result, a call with its ladder.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertQuiet, shoot } from './lib/browser.mjs';
import { firstLine } from './lib/said.mjs';
import { closeWorld, loggedIn, openWorld, ownMediaPorts } from './lib/world.mjs';

const PASSWORD = 'provider-secret';
let world;
let visitor;
let page;
let provider;
let line;
let host;

before(async () => {
  world = await openWorld();
  await ownMediaPorts(world);
  provider = spawn('/usr/bin/python3', [new URL('lib/provider.py', import.meta.url).pathname, PASSWORD], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  host = (await firstLine(provider, 'the provider')).replace(' ', ':');
  await world.admin.patch('settings', { country_code: '49', area_code: '211', outside_prefix: '0' });
  line = await world.admin.post('lines', {
    name: 'Example Telecom', host, username: 'acct1', password: 'mistyped-one', qualify_s: 0, main_number: '0211555101',
  });
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(async () => {
  provider?.stdin.end();
  await closeWorld(world);
});

const button = (name) => page.getByRole('button', { name, exact: true });
const steps = () => page.getByRole('list', { name: 'Steps of the test' });
const step = (kind) => steps().getByRole('listitem').filter({ hasText: kind });
const over = () => page.getByRole('status').filter({ hasText: 'The test is over' }).waitFor();

test('LIN-2: a wrong password is named, with what to do', async () => {
  await page.goto(`/lines/${line.id}`);
  await page.getByRole('tab', { name: 'Test' }).click();
  await page.getByText('This line was not tested yet.').waitFor();
  await assertAccessible(page);
  await button('Start the test').click();
  await over();
  await step('Registration').getByText('The provider does not accept user name and password.').waitFor();
  await step('Look-up').getByText('good').waitFor();
  await step('Server').getByText(`UDP ${host}`).waitFor();
  assert.equal(await step('Test call').count(), 0);
  await assertAccessible(page);
  await shoot(page, 'line-test-refused');
});

test('LIN-2: with the right one the line works, and a confirmed call shows its ladder', async () => {
  await world.admin.patch(`lines/${line.id}`, { password: PASSWORD });
  await page.getByLabel('Number for a test call').fill('112');
  await button('Start the test').click();
  await page.getByRole('dialog').getByText('112 is called through the line Example Telecom.').waitFor();
  await button('Test and call').click();
  await page.getByText('This is an emergency number. Test with another one.').waitFor();
  await page.getByLabel('Number for a test call').fill('0221 9999');
  await button('Start the test').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).last().click();
  assert.equal((await world.admin.get(`lines/${line.id}/test`)).number, null, 'not confirmed: nothing is called');
  await button('Start the test').click();
  await button('Test and call').click();
  await page.getByRole('status').filter({ hasText: 'The test is running' }).waitFor();
  await step('Test call').getByText('running').waitFor();
  await over();
  await step('Registration').getByText('good').waitFor();
  await step('Test call').getByText('good').waitFor();
  const ladder = page.getByRole('listbox');
  await ladder.getByText('INVITE').first().waitFor();
  await ladder.getByText('BYE').first().waitFor();
  await assertAccessible(page);
  await page.getByRole('heading', { name: 'The call as its messages went' }).scrollIntoViewIfNeeded();
  await shoot(page, 'line-test-called');
  await page.evaluate(() => window.scrollTo(0, 0));
  await shoot(page, 'line-test-steps');
  await step('Registration').getByRole('link', { name: 'Its messages' }).click();
  await page.getByRole('row', { name: /REGISTER|acct1/ }).first().waitFor();
});

test('LIN-2: in German, dark, and as narrow as a telephone', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.evaluate(() => localStorage.setItem('strowger.language', 'de'));
  await page.goto(`/lines/${line.id}?tab=test`);
  await page.getByRole('list', { name: 'Schritte des Tests' }).waitFor();
  await page.getByRole('listbox').waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'nothing sticks out');
  await assertAccessible(page);
  await page.screenshot({ path: new URL('out/line-test-narrow.png', import.meta.url).pathname, fullPage: true });
  assertQuiet(visitor);
});
