// LIN-2 through the page: providers as templates, own ones, and lines that follow or leave theirs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, shoot } from './lib/browser.mjs';
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
const button = (name) => page.getByRole('button', { name, exact: true });
const heading = (name) => page.getByRole('heading', { name, exact: true });
const asProvider = (name) => page.getByRole('checkbox', { name: `As the provider: ${name}`, exact: true });
const named = async (collection, name) => (await world.admin.get(`${collection}?per_page=100`)).items.find((one) => one.name === name);

async function chooseProvider(name) {
  await field('Provider (template)').fill(name.slice(0, 6));
  await page.getByRole('option', { name, exact: true }).click();
}

test('LIN-2: a supplied provider says how surely it is known; it is copied and changed as one of our own', async () => {
  await page.goto('/providers');
  await page.getByRole('link', { name: 'sipgate trunking' }).waitFor();
  await shoot(page, 'providers');
  await assertAccessible(page);
  await page.getByRole('link', { name: 'sipgate trunking' }).click();
  await heading('sipgate trunking').waitFor();
  await page.getByText(/P-Preferred-Identity; hidden callers/).waitFor();
  assert.ok(await field('Registrar').isDisabled());
  assert.equal(await button('Save').count(), 0);
  await shoot(page, 'provider-supplied');
  await assertAccessible(page);
  await page.getByRole('link', { name: 'Copy', exact: true }).click();
  await heading('New provider').waitFor();
  await field('Name').fill('Our sipgate');
  await field('Registrar').fill('edge.sipgate.example');
  await button('Create').click();
  await heading('Our sipgate').waitFor();
  const [copy, original] = [await named('providers', 'Our sipgate'), await named('providers', 'sipgate trunking')];
  assert.deepEqual([copy.host, copy.builtin, copy.basis], ['edge.sipgate.example', false, 'own']);
  assert.deepEqual([copy.number_format, copy.from_says, copy.clir], [original.number_format, 'account', 'privacy']);
});

test('LIN-2: a line shows what its provider says, says something else, and goes back', async () => {
  await page.goto('/lines/new');
  await field('Name').fill('Follower');
  await chooseProvider('Our sipgate');
  await page.waitForFunction(() => document.querySelector('input[name=host]').value === 'edge.sipgate.example');
  assert.ok(await field('Registrar').isDisabled());
  await field('User name').fill('1234567t0');
  await field('Password').fill('secret-of-the-line');
  await asProvider('Codecs').uncheck();
  await field('Codecs: add').click();
  await page.getByRole('option', { name: 'G.711 A-law', exact: true }).click();
  await button('Create').click();
  await heading('Follower').waitFor();
  let line = await named('lines', 'Follower');
  assert.deepEqual([line.host, line.codecs, line.srtp, line.server, line.provider_name], [null, 'alaw', null, 'edge.sipgate.example', 'Our sipgate']);
  await shoot(page, 'line-of-provider');
  await assertAccessible(page);
  await world.admin.patch(`providers/${line.provider}`, { host: 'new.sipgate.example' });
  assert.equal((await named('lines', 'Follower')).server, 'new.sipgate.example');
  await page.waitForFunction(() => document.querySelector('input[name=host]').value === 'new.sipgate.example');
  await asProvider('Codecs').check();
  await button('Save').click();
  await page.getByText('Saved.').first().waitFor();
  line = await named('lines', 'Follower');
  assert.equal(line.codecs, null);
});

test('LIN-2: servers that are named after the account are asked for; a provider in use stays', async () => {
  await page.goto('/lines/new');
  await field('Name').fill('Cloud');
  assert.equal(await field('Account in server names').count(), 0);
  await chooseProvider('Twilio');
  await field('Account in server names').waitFor();
  await field('User name').fill('u');
  await button('Create').click();
  await page.getByText('Must be filled.').waitFor();
  await field('Account in server names').fill('acme');
  await shoot(page, 'line-with-account');
  await button('Create').click();
  await heading('Cloud').waitFor();
  assert.equal((await named('lines', 'Cloud')).server, 'acme.pstn.twilio.com');
  await page.goto(`/providers/${(await named('providers', 'Our sipgate')).id}`);
  await button('Delete').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Something else still uses it.').first().waitFor();
  assert.ok(await named('providers', 'Our sipgate'));
});

test('LIN-2: how a line is, what became of the calls of today, and how it has been; it comes by itself', async () => {
  await world.admin.post('lines', { name: 'Watched', host: '192.0.2.77', auth: 'address', register: false, max_calls: 4, qualify_s: 0 });
  const line = await named('lines', 'Watched');
  await page.goto(`/lines/${line.id}?tab=state`);
  await page.getByText('0 of 4').waitFor();
  await page.getByText('Calls today').waitFor();
  await page.getByRole('table', { name: 'How it has been' }).getByText('Ready').first().waitFor();
  await shoot(page, 'line-state');
  await assertAccessible(page);
  await world.admin.patch(`lines/${line.id}`, { enabled: false });
  await page.getByRole('table', { name: 'How it has been' }).getByText('Off', { exact: true }).waitFor();
  await page.setViewportSize({ width: 360, height: 740 });
  await assertFits(page);
  await shoot(page, 'line-state-small');
  await page.setViewportSize({ width: 1280, height: 800 });
});

test('LIN-2: works at 360 px', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (const path of ['/providers', '/lines/new']) {
    await page.goto(path);
    await page.locator('h1').waitFor();
    await assertFits(page);
  }
  await page.waitForFunction(() => document.querySelector('input[name=host]'));
  await shoot(page, 'line-new-small');
  assertQuiet(visitor);
});
