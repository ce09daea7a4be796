// USR-1, PHO-2 to PHO-4 through the page: several users or phones changed at once and back; phones copied, made by the dozen,
// set up in one dialogue; codecs put in order by keyboard and by dragging.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, shoot } from './lib/browser.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
before(async () => {
  world = await openWorld();
  for (const [first_name, last_name, number] of [['Anna', 'Berg', '101'], ['Ben', 'Cohn', '102'], ['Cleo', 'Dietz', '103']]) {
    await world.admin.person({ first_name, last_name, number, login: `2${number}` });
  }
  for (const name of ['Sales', 'Service']) await world.admin.post('groups', { name });
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(async () => {
  await closeWorld(world);
});

const field = (name) => page.getByRole('textbox', { name, exact: true });
const button = (name) => page.getByRole('button', { name, exact: true });
const link = (name) => page.getByRole('link', { name, exact: true });
const heading = (name) => page.getByRole('heading', { name, exact: true });
const dialogue = () => page.getByRole('dialog');
const tick = (name) => dialogue().getByRole('checkbox', { name, exact: true }).check();
const named = async (collection, name) => (await world.admin.get(`${collection}?per_page=100`)).items.find((one) => one.name === name);
const user = async (last_name) => (await world.admin.get('users')).items.find((one) => one.last_name === last_name);

async function pick(names) {
  for (const name of names) await page.getByRole('row', { name }).getByRole('checkbox').check();
}

async function choose(name, option) {
  await field(name).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Dialogues slide in; only for the picture and the contrast. */
const settled = () => page.waitForTimeout(300);

test('USR-1: several users get fields, rights and groups at once; Undo brings all back', async () => {
  await page.goto('/users');
  await pick([/Berg/, /Cohn/, /Dietz/]);
  await button('Edit 3').click();
  await dialogue().getByText('Tick what is to change.', { exact: false }).waitFor();
  assert.ok(await button('Change 3').isDisabled());
  await tick('Language');
  await choose('Language', 'English');
  await tick('Ringing time (seconds)');
  await field('Ringing time (seconds)').fill('999');
  await dialogue().getByRole('radiogroup', { name: 'Fax' }).getByText('off', { exact: true }).click();
  await choose('Put into groups', 'Sales');
  await dialogue().getByText('Groups', { exact: true }).click(); // several may be chosen: the list stays open
  await settled();
  await shoot(page, 'bulk-users');
  await assertAccessible(page);
  await button('Change 3').click();
  await dialogue().getByText('At most 300.').waitFor();
  await field('Ringing time (seconds)').fill('25');
  await button('Change 3').click();
  await page.getByText('3 changed.').waitFor();
  await shoot(page, 'bulk-users-done');
  for (const name of ['Berg', 'Cohn', 'Dietz']) {
    const { language, ring_s, rights, dnd } = await user(name);
    assert.deepEqual([language, ring_s, rights.includes('fax'), rights.includes('voice'), dnd], ['en', 25, false, true, false]);
  }
  assert.equal((await named('groups', 'Sales')).members, 3);

  await button('Undo').click();
  await page.getByText('It is back.').waitFor();
  const anna = await user('Berg');
  assert.deepEqual([anna.language, anna.ring_s, anna.rights.includes('fax')], ['de', 0, true]);
  assert.equal((await named('groups', 'Sales')).members, 0);
});

test('PHO-2: a refusal names the phone and the field, and no phone has changed', async () => {
  const type = await world.admin.post('device-types', { name: 'fixed', host: '192.0.2.9' });
  await world.admin.post('phones', { name: 'trusted', auth: 'address', type: type.id });
  await page.goto('/phones');
  await pick([/phone-101/, /phone-102/, /trusted/]);
  await button('Edit 3').click();
  await tick('Type');
  await choose('Type', 'generic');
  await tick('Codecs');
  await choose('Codecs: add', 'G.722, HD');
  await button('Change 3').click();
  await dialogue().getByText('Nothing has been changed.').waitFor();
  await dialogue().getByText(/^trusted: .*/).waitFor();
  await settled();
  await shoot(page, 'bulk-phones-refused');
  assert.equal((await named('phones', 'phone-101')).codecs, null);
  await button('Cancel').last().click();
});

test('PHO-4: several phones get codecs in an order made with the keyboard', async () => {
  await page.goto('/phones');
  await pick([/phone-101/, /phone-102/]);
  await button('Edit 2').click();
  await tick('Codecs');
  for (const name of ['G.711 A-law', 'G.722, HD', 'Opus, HD']) await choose('Codecs: add', name);
  await button('Move Opus up').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter'); // the button keeps the focus on its way
  await page.getByText('Opus: place 1 of 3').waitFor({ state: 'attached' });
  await tick('Encrypted voice (SRTP)');
  await choose('Encrypted voice (SRTP)', 'Always (others are refused)');
  await settled();
  await shoot(page, 'bulk-phones');
  await assertAccessible(page);
  await button('Change 2').click();
  await page.getByText('2 changed.').waitFor();
  for (const name of ['phone-101', 'phone-102']) {
    const { codecs, srtp } = await named('phones', name);
    assert.deepEqual([codecs, srtp], ['opus,alaw,g722', 'required']);
  }
  assert.equal((await named('phones', 'phone-103')).codecs, null);
});

test('PHO-4: codecs are put in order by dragging', async () => {
  const { id } = await named('phones', 'phone-101');
  await page.goto(`/phones/${id}`);
  const list = page.getByRole('list', { name: 'Codecs', exact: true });
  await list.getByRole('listitem').nth(2).dragTo(list.getByRole('listitem').nth(0));
  await shoot(page, 'codecs');
  await button('Save').click();
  await page.getByText('Saved.').first().waitFor();
  assert.equal((await named('phones', 'phone-101')).codecs, 'g722,opus,alaw');
});

test('PHO-2: a copy of a phone has its options, a name and a password of its own', async () => {
  const original = await named('phones', 'phone-101');
  await page.goto('/phones');
  await pick([/phone-101/]);
  await link('Copy').click();
  await heading('New phone').waitFor();
  await field('Name').fill('copied');
  await button('Create').click();
  await heading('copied').waitFor();
  const copy = await named('phones', 'copied');
  assert.deepEqual([copy.codecs, copy.srtp, copy.nat], [original.codecs, 'required', null]);
  const secrets = await Promise.all([original, copy].map(async ({ id }) => (await world.admin.get(`phones/${id}/sip-account`)).password));
  assert.notEqual(secrets[0], secrets[1]);
});

test('PHO-3: several phones are made for several users, and their access data are shown once', async () => {
  await world.admin.post('users', { login: '2104', first_name: 'Dora', last_name: 'Ernst', password: 'geheim-4' });
  await page.goto('/phones');
  await link('Several …').click();
  await field('Pattern').fill('phone-1##');
  await field('First number').fill('3');
  await field('How many').fill('3');
  await page.getByText('3 phones: phone-103, phone-104, phone-105').waitFor();
  await button('All users without a phone').click();
  await page.getByRole('list', { name: 'For these users, in order' }).getByText('Ernst, Dora').waitFor();
  await button('Remove Admin, Ada').click();
  await shoot(page, 'phones-several');
  await assertAccessible(page);
  await button('Create 3 phones').click();
  await page.getByText('phone-103: This is taken already.').waitFor();
  assert.equal(await named('phones', 'phone-104'), undefined);
  await field('First number').fill('4');
  await button('Create 3 phones').click();
  await heading('3 phones have been created').waitFor();
  await shoot(page, 'phones-several-data');
  await assertAccessible(page);

  await page.emulateMedia({ media: 'print' }); // on paper only the list
  assert.ok(!(await page.getByRole('navigation').first().isVisible()));
  await shoot(page, 'phones-several-print');
  await page.emulateMedia({ media: 'screen' });
  const phone = await named('phones', 'phone-104');
  const account = await world.admin.get(`phones/${phone.id}/sip-account`);
  const download = page.waitForEvent('download');
  await button('Save as a file (CSV)').click();
  const table = readFileSync(await (await download).path(), 'utf8').split('\r\n');
  assert.equal(table[1], `phone-104,${account.password},"Ernst, Dora",${account.server},${account.port},${account.transport}`);
  assert.equal(table.length, 5);
  assert.deepEqual((await user('Ernst')).phone_names, ['phone-104']);
  await page.reload();
  await heading('New phones').waitFor();
  assert.equal(await page.getByText(account.password).count(), 0);
});

test('PHO-3: a user gets a phone in one dialogue, with what to type into it and a QR code', async () => {
  const { id } = await user('Cohn');
  await page.goto(`/users/${id}?tab=telephony`);
  await button('Set up a phone').click();
  await dialogue().getByRole('textbox', { name: 'Name' }).fill('home-102');
  await dialogue().getByRole('button', { name: 'Generate' }).click();
  await settled();
  await shoot(page, 'phone-set-up');
  await assertAccessible(page);
  await button('Create and show the data').click();
  await dialogue().getByRole('img', { name: 'SIP account as a QR code' }).waitFor();
  await settled();
  await shoot(page, 'phone-set-up-data');
  await assertAccessible(page);
  assert.equal(await dialogue().locator('[data-field=username]').innerText(), 'home-102');
  await button('Done').click();
  await page.getByRole('list', { name: 'Phones', exact: true }).getByText('home-102').waitFor();
  assert.deepEqual((await user('Cohn')).phone_names, ['phone-102', 'home-102']);
});

test('PHO-2: all of it works at 360 px and in the dark', async () => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 360, height: 740 });
  const fits = () => assertFits(page);
  await page.goto('/phones/several');
  await field('Pattern').waitFor();
  await shoot(page, 'phones-several-small');
  await fits();
  await page.goto('/users');
  await pick([/Berg/, /Cohn/]);
  await button('Edit 2').click();
  await tick('Do not disturb');
  await settled();
  await shoot(page, 'bulk-users-small');
  await fits();
  await assertAccessible(page);
  assertQuiet(visitor);
});
