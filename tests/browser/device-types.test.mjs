// PHO-5, PHO-4 through the page: own device types, and phones that follow or leave theirs.
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
  await world.admin.post('device-types', { name: 'ours', codecs: 'ulaw', kind: 'user' });
});
after(async () => {
  await closeWorld(world);
});

const field = (name) => page.getByRole('textbox', { name, exact: true });
const button = (name) => page.getByRole('button', { name, exact: true });
const heading = (name) => page.getByRole('heading', { name, exact: true });
const asType = (name) => page.getByRole('checkbox', { name: `As the type: ${name}` });
const named = async (collection, name) => (await world.admin.get(`${collection}?per_page=100`)).items.find((one) => one.name === name);

const codecs = () => page.getByRole('list', { name: 'Codecs', exact: true }).getByRole('listitem').allInnerTexts();
const showsCodecs = (text) => page.waitForFunction((wanted) => [...document.querySelectorAll('ol[aria-label=Codecs] li')].map((one) => one.innerText.split('\n')[0]).join() === wanted, text);

async function choose(name, option) {
  await field(name).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

test('PHO-5: a supplied type cannot be changed, but copied', async () => {
  await page.goto('/device-types');
  await page.getByRole('link', { name: 'gateway' }).waitFor();
  await shoot(page, 'device-types-list');
  await assertAccessible(page);
  await page.getByRole('link', { name: 'gateway' }).click();
  await heading('gateway').waitFor();
  await shoot(page, 'device-type-supplied');
  await assertAccessible(page);
  assert.equal((await codecs()).length, 2);
  assert.ok(await field('Codecs: add').isDisabled());
  assert.equal(await button('Save').count(), 0);
  await page.getByRole('link', { name: 'Copy', exact: true }).click();
  await heading('New device type').waitFor();
  await field('Name').fill('our-gateways');
  await choose('Direction (type)', 'Only calls (user)');
  for (const name of ['G.711 A-law', 'G.711 µ-law']) await button(`Remove ${name}`).click();
  await choose('Codecs: add', 'G.711 µ-law');
  await button('Create').click();
  await heading('our-gateways').waitFor();
  await shoot(page, 'device-type-own');
  await assertAccessible(page);
  const [copy, original] = [await named('device-types', 'our-gateways'), await named('device-types', 'gateway')];
  assert.deepEqual([copy.kind, copy.codecs, copy.builtin], ['user', 'ulaw', false]);
  assert.deepEqual([copy.srtp, copy.dtmf, copy.trust_rpid], [original.srtp, original.dtmf, true]);
});

test('PHO-4, PHO-5: a phone shows what its type says, says something else, and goes back', async () => {
  const type = await named('device-types', 'ours');
  await world.admin.post('phones', { name: 'follower', type: type.id });
  const phone = await named('phones', 'follower');
  await page.goto(`/phones/${phone.id}`);
  await asType('Codecs').waitFor();
  await showsCodecs('G.711 µ-law');
  assert.equal(await field('Codecs: add').count(), 0);
  await asType('Codecs').uncheck();
  await button('Remove G.711 µ-law').click();
  await page.getByText('No list of its own').waitFor();
  await asType('Direct voice (canreinvite)').uncheck();
  await button('Save').click();
  await page.getByText('Saved.').first().waitFor();
  let now = await named('phones', 'follower');
  assert.deepEqual([now.codecs, now.direct_media, now.kind], ['', false, null]);
  await shoot(page, 'phone-of-type');
  await assertAccessible(page);
  await asType('Codecs').check();
  await button('Save').click();
  await showsCodecs('G.711 µ-law');
  await button('Save').isDisabled();
  now = await named('phones', 'follower');
  assert.equal(now.codecs, null);
  assertQuiet(visitor);
});

test('PHO-5: another type is shown before it is saved, and works at 360 px', async () => {
  const phone = await named('phones', 'follower');
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`/phones/${phone.id}`);
  await field('Type').click();
  await page.getByRole('option', { name: 'ata', exact: true }).click();
  await showsCodecs('G.711 A-law,G.711 µ-law');
  await shoot(page, 'phone-of-type-small');
  await assertFits(page);
  assert.equal((await named('phones', 'follower')).type_name, 'ours');
});
