// CNF-2: a conference that runs, on the page of its room: softphones call it, and the page shows and controls who is in.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, shoot } from './lib/browser.mjs';
import { Softphone } from './lib/phones.mjs';
import { closeWorld, loggedIn, openWorld, ownMediaPorts } from './lib/world.mjs';

let world;
let visitor;
let page;
const phones = [];
const account = (number) => ({ username: `phone-${number}`, password: `Secret-Of-${number}-Secret` });

before(async () => {
  world = await openWorld();
  await ownMediaPorts(world);
  for (const [name, number] of [['Anna', '101'], ['Bert', '102'], ['Carla', '103']])
    await world.admin.person({ first_name: name, last_name: 'Test', number, login: `2${number}`, phone: { secret: account(number).password } });
  const room = await world.admin.post('conference-rooms', { name: 'Team', entry: 'none' });
  await world.admin.post('numbers', { number: '281', kind: 'internal', conference_room: room.id });
  visitor = await loggedIn(world);
  page = visitor.page;
  await page.goto(`/conference-rooms/${room.id}`);
  await page.getByRole('tab', { name: 'Numbers' }).waitFor();
});
after(async () => {
  for (const phone of phones) await phone.stop();
  await closeWorld(world);
});

const member = (name) => page.getByRole('list', { name: 'Members of Team' }).getByRole('listitem').filter({ hasText: name });
const button = (name) => page.getByRole('button', { name, exact: true });

test('who comes is seen without asking', async () => {
  assert.equal(await page.getByRole('heading', { name: 'Team', level: 2 }).count(), 0);
  for (const number of ['101', '102']) phones.push(await Softphone.start(world.server, account(number), '281'));
  await member('Anna Test').waitFor();
  await member('Bert Test').waitFor();
  await assertAccessible(page);
  await shoot(page, 'live-conference');
  await page.setViewportSize({ width: 360, height: 780 });
  await assertFits(page);
  await shoot(page, 'live-conference-360');
  await page.setViewportSize({ width: 1280, height: 900 });
});

test('somebody is silenced, made quieter, and may speak again', async () => {
  await button('Silence: Bert Test').click();
  await member('Bert Test').getByText('Silenced', { exact: true }).waitFor();
  await button('Loudness: Bert Test').click();
  const slider = page.getByRole('slider', { name: 'How loud the others hear: Bert Test' });
  await slider.focus();
  await slider.press('ArrowLeft');
  await page.keyboard.press('Escape');
  await button('Let speak: Bert Test').click();
  await member('Bert Test').getByText('Silenced', { exact: true }).waitFor({ state: 'detached' });
  const [running] = (await world.admin.get('live-conferences')).items;
  assert.equal(running.members.find(({ name }) => name === 'Bert Test').speaking, -1);
});

test('it is locked, and still somebody can be called into it', async () => {
  await button('Lock').click();
  await page.getByText('Locked', { exact: true }).waitFor();
  phones.push(await Softphone.start(world.server, account('103')));
  await page.getByRole('textbox', { name: 'Call somebody into it' }).fill('103');
  await button('Call').click();
  await member('Carla Test').waitFor();
  await button('Unlock').click();
  await page.getByText('Locked', { exact: true }).waitFor({ state: 'detached' });
});

test('somebody is removed, and the conference ends', async () => {
  await button('Remove Bert Test').click();
  await member('Bert Test').waitFor({ state: 'detached' });
  await button('End the conference').click();
  await page.getByRole('dialog').getByRole('button', { name: 'End the conference' }).click();
  await page.getByRole('heading', { name: 'Team', level: 2 }).waitFor({ state: 'detached' });
  assert.deepEqual((await world.admin.get('live-conferences')).items, []);
  assertQuiet(visitor);
});
