// USE-4: the call manager of somebody who does not administer, with two softphones that answer by themselves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, logIn, newVisitor, shoot } from './lib/browser.mjs';
import { Softphone } from './lib/phones.mjs';
import { closeWorld, openWorld, ownMediaPorts } from './lib/world.mjs';

let world;
let visitor;
let page;
const phones = [];
const account = (number) => ({ username: `phone-${number}`, password: `Secret-Of-${number}-Secret` });

before(async () => {
  world = await openWorld();
  await ownMediaPorts(world);
  for (const [name, number] of [['Anna', '101'], ['Bert', '102'], ['Carla', '103']]) {
    await world.admin.person({ first_name: name, last_name: 'Test', number, login: `2${number}`, language: 'en', phone: { secret: account(number).password } });
  }
  for (const number of ['101', '102']) phones.push(await Softphone.start(world.server, account(number)));
  visitor = await newVisitor(world.browser, world.server);
  page = visitor.page;
  await page.goto('/');
  await logIn(page, { login: '2101', password: 'geheim-2' });
});
after(async () => {
  for (const phone of phones) await phone.stop();
  await closeWorld(world);
});

const call = (name) => page.getByRole('listitem').filter({ hasText: name });
const button = (name) => page.getByRole('button', { name, exact: true });
const field = () => page.getByRole('textbox', { name: 'Number or name' });

test('somebody found by name is called, and the talk is seen without asking', async () => {
  await page.goto('/manager');
  await page.getByText('No calls at the moment.').waitFor();
  await shoot(page, 'manager-empty');
  await page.keyboard.press('d');
  await field().pressSequentially('bert');
  await page.getByRole('option', { name: 'Bert Test · 102' }).click();
  await page.keyboard.press('Enter');
  await call('Call to Bert Test 102').filter({ hasText: 'Talking' }).waitFor();
  await page.getByText('Your phone rings. Pick up, and 102 is called.').waitFor();
  await shoot(page, 'manager');
  await assertAccessible(page);
});

test('the other one waits and comes back, by mouse and by key', async () => {
  await button('Hold: Bert Test 102').click();
  await call('Bert Test').filter({ hasText: 'On hold' }).waitFor();
  await button('Resume: Bert Test 102').waitFor();
  await shoot(page, 'manager-held');
  await page.keyboard.press('h');
  await call('Bert Test').filter({ hasText: 'Talking' }).waitFor();
});

test('what cannot be done is said in words, and nothing is lost', async () => {
  await button('Transfer: Bert Test 102').click();
  const dialogue = page.getByRole('dialog', { name: 'Transfer the call with Bert Test 102' });
  await dialogue.getByRole('textbox', { name: 'To number or name' }).fill('199');
  await shoot(page, 'manager-transfer');
  await assertAccessible(page);
  await dialogue.getByRole('button', { name: 'Transfer' }).click();
  await page.getByText('Nobody has the number 199').waitFor();
  await dialogue.getByRole('button', { name: 'Cancel' }).click();
  await call('Bert Test').filter({ hasText: 'Talking' }).waitFor();
});

test('KEY: a talk is taken along to another phone, or it is said that there is none', async () => {
  await button('More for Bert Test 102').click();
  await page.getByRole('menuitem', { name: 'Continue on another phone' }).click();
  await page.getByText('You have no other phone that can ring now.').waitFor();
  await call('Bert Test').filter({ hasText: 'Talking' }).waitFor();
  visitor.complaints.length = 0; // the refusal that this test provoked
  await shoot(page, 'manager-to-go');
});

test('KEY: a talk is recorded where that is allowed, and the page shows it', async () => {
  const record = async (item) => {
    await button('More for Bert Test 102').click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  await record('Record');
  await page.getByText('Recording of calls is switched off.').waitFor();
  visitor.complaints.length = 0; // as above
  await world.admin.patch('settings', { record_calls: true, record_notice: 'nothing' }); // this world has no prompts to announce it with
  const box = await world.admin.post('mailboxes', { name: 'Anna Test' });
  const anna = (await world.admin.get('users?search=Anna')).items[0];
  await world.admin.post('mailbox-access', { mailbox: box.id, user: anna.id });
  await record('Record');
  await call('Bert Test').filter({ hasText: 'Recorded' }).waitFor();
  await shoot(page, 'manager-recorded');
  await assertAccessible(page);
  await record('End the recording');
  await call('Bert Test').filter({ hasNotText: 'Recorded' }).waitFor();
  await page.goto('/voicemail');
  await page.getByText('Recorded call').waitFor();
  await shoot(page, 'voicemail-recorded');
  await page.goto('/manager');
  await call('Bert Test').waitFor();
});

test('hanging up ends it', async () => {
  await page.keyboard.press('e');
  await page.getByText('No calls at the moment.').waitFor();
});

test('everything fits on a small screen in the dark', async () => {
  const small = await newVisitor(world.browser, world.server, { colorScheme: 'dark' });
  await small.page.goto('/');
  await logIn(small.page, { login: '2101', password: 'geheim-2' });
  await small.page.setViewportSize({ width: 360, height: 740 });
  await small.page.goto('/manager');
  await small.page.getByRole('textbox', { name: 'Number or name' }).fill('102');
  await small.page.getByRole('button', { name: 'Call', exact: true }).click();
  await small.page.getByRole('listitem').filter({ hasText: 'Talking' }).waitFor();
  await assertFits(small.page);
  await shoot(small.page, 'manager-small-dark');
  await assertAccessible(small.page);
  await small.page.getByRole('button', { name: 'Hang up: Bert Test 102' }).click();
  await small.page.getByText('No calls at the moment.').waitFor();
  assertQuiet(small);
});

test('a number in the list of calls is called by its button', async () => {
  await page.goto('/my-calls');
  await button('Call 102').first().click();
  await page.goto('/');
  await call('Call to Bert Test 102').filter({ hasText: 'Talking' }).waitFor();
  await shoot(page, 'overview-own-call');
  await button('Hang up: Bert Test 102').click();
  await page.getByText('No calls at the moment.').waitFor();
});

test('who calls is said on every page, and in its title, and can be declined', async () => {
  await phones.shift().stop(); // nobody answers for Anna
  phones.push(await Softphone.start(world.server, account('101'), 'ring'));
  await page.goto('/account');
  const caller = await Softphone.start(world.server, account('103'), '101');
  phones.push(caller);
  await page.getByText('Carla Test 103 is calling').waitFor();
  await page.waitForFunction(() => document.title.startsWith('☎ Carla Test'));
  await shoot(page, 'manager-incoming');
  await assertAccessible(page);
  await button('Answer: Carla Test 103').click();
  await page.getByText('This phone cannot be made to answer').waitFor();
  await button('Decline: Carla Test 103').click();
  await page.getByText('Carla Test 103 is calling').waitFor({ state: 'detached' });
  await page.waitForFunction(() => !document.title.startsWith('☎'));
  const [record] = (await world.admin.get('call-records?sort=started_at&order=desc')).items;
  assert.equal(record.result, 'rejected');
  assertQuiet(visitor);
});
