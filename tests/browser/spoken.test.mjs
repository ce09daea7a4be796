// SYS-4, VMB-3, VMB-4 through the page: announcements and greetings spoken into the browser and at a telephone, and heard there.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ADMIN } from './lib/admin.mjs';
import { assertAccessible } from './lib/accessible.mjs';
import { Baresip } from './lib/baresip.mjs';
import { assertFits, assertQuiet, launch, logIn, newVisitor, shoot } from './lib/browser.mjs';
import { until } from './lib/server.mjs';
import { readWav, toneShare, toneWav } from './lib/wav.mjs';
import { closeWorld, openWorld, ownMediaPorts } from './lib/world.mjs';

const MICROPHONE_HZ = 700;
const ANNA_HZ = 440;
const BOSS_HZ = 500;
const SPEAKS_MS = 2500;
const SECRET = 'Secret-of-a-Phone-12';

let world;
let folder;
let speaker; // a browser with a microphone
let boss;
let anna;
const phones = {};

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strowger-spoken-'));
  writeFileSync(join(folder, 'tone.wav'), toneWav(MICROPHONE_HZ, 48_000, 10));
  world = await openWorld({ options: ['--sounds', join(process.env.STROWGER_BUILD, 'packaging/sounds')] });
  await ownMediaPorts(world);
  speaker = await launch([
    '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${folder}/tone.wav`,
    '--autoplay-policy=no-user-gesture-required',
  ]);
  const person = (first_name, number) => world.admin.person({ first_name, last_name: 'Berg', number, login: `2${number}`, language: 'en', phone: { secret: SECRET, qualify_s: 0 } });
  const { user } = await person('Anna', '201');
  const box = await world.admin.post('mailboxes', { name: 'Anna Berg' });
  await world.admin.post('mailbox-access', { mailbox: box.id, user: user.id });
  const device = await world.admin.post('phones', { name: 'phone-202', secret: SECRET, qualify_s: 0 });
  const chief = (await world.admin.get('users')).items.find(({ login }) => login === ADMIN.login);
  await world.admin.patch(`users/${chief.id}`, { phones: [device.id] });
  phones.anna = await Baresip.register(world.server, { name: 'phone-201', secret: SECRET, hertz: ANNA_HZ });
  phones.boss = await Baresip.register(world.server, { name: 'phone-202', secret: SECRET, hertz: BOSS_HZ });
  boss = await visitor(ADMIN);
  anna = await visitor({ login: '2201', password: 'geheim-2' });
});
after(async () => {
  for (const phone of Object.values(phones)) await phone.close();
  await speaker?.close();
  await closeWorld(world);
  rmSync(folder, { recursive: true, force: true });
});

async function visitor(who) {
  const one = await newVisitor(speaker, world.server);
  await one.page.goto('/');
  await logIn(one.page, who);
  return one;
}

const button = (where, name) => where.getByRole('button', { name, exact: true });

/** What callers hear of it is that tone. */
async function assertSays(page, path, hertz) {
  const answer = await page.request.get(`/api/${path}/audio`);
  assert.equal(answer.status(), 200);
  const { samples, rate } = readWav(await answer.body());
  assert.ok(samples.length > 1.5 * rate, `${samples.length / rate} s`);
  const share = toneShare(samples.slice(rate / 2, (3 * rate) / 2), hertz, rate);
  assert.ok(share > 0.9, `${share} of it is ${hertz} Hz`);
}

async function makeAnnouncement({ page }, name) {
  await button(page, 'New announcement').click();
  await page.getByRole('dialog').getByLabel('Name').fill(name);
  await button(page.getByRole('dialog'), 'Create').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await button(page, `Record: ${name}`).waitFor();
}

async function speakIntoTheBrowser({ page }, name) {
  await button(page, `Record: ${name}`).click();
  await button(page, `Stop recording: ${name}`).waitFor();
  await page.getByText(`Recording: ${name}`).waitFor();
  const began = Date.now();
  await until(() => Date.now() - began > SPEAKS_MS, 'it has been spoken');
  await button(page, `Stop recording: ${name}`).click();
  await page.getByText('Stored.').first().waitFor();
}

/** In the dialogue that is open: the phone rings, speaks and presses keys; the page shows how far it is. */
async function speakAtThePhone({ page }, phone) {
  const dialogue = page.getByRole('dialog');
  await button(dialogue, 'Ring').click();
  const status = (text) => dialogue.getByRole('status').filter({ hasText: text }).waitFor();
  await status('Recording. Press # at the end.');
  const began = Date.now();
  await until(() => Date.now() - began > SPEAKS_MS, 'it has been spoken');
  await shoot(page, 'announcement-at-phone');
  phone.press('#');
  await status('Listen to it: 1 keeps it');
  return status;
}

async function openAtPhone({ page }, name, item, menu = 'At a telephone') {
  await button(page, `${menu}: ${name}`).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test("SYS-4: an administrator speaks everybody's announcement into the browser", async () => {
  await boss.page.goto('/announcements');
  await makeAnnouncement(boss, 'We are closed');
  await speakIntoTheBrowser(boss, 'We are closed');
  const [{ id }] = (await world.admin.get('announcements')).items;
  await assertSays(boss.page, `announcements/${id}`, MICROPHONE_HZ);
});

test('SYS-4: people speak announcements of their own into the browser', async () => {
  await anna.page.goto('/account?tab=voicemail');
  await makeAnnouncement(anna, 'On holiday');
  await speakIntoTheBrowser(anna, 'On holiday');
  const row = (await world.admin.get('announcements')).items.find(({ name }) => name === 'On holiday');
  assert.equal(row.user_name, 'Anna Berg');
  await assertSays(anna.page, `me/announcements/${row.id}`, MICROPHONE_HZ);
});

test('SYS-4: an announcement is spoken at a telephone: the page follows, and has it at once', async () => {
  const { page } = boss;
  const row = (await world.admin.get('announcements')).items.find(({ name }) => name === 'We are closed');
  await openAtPhone(boss, 'We are closed', 'Record at a telephone');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Phone' }).waitFor();
  await page.getByRole('dialog', { name: 'Record at a telephone: We are closed' }).waitFor();
  await assertAccessible(page);
  const status = await speakAtThePhone(boss, phones.boss);
  await assertSays(page, `announcements/${row.id}`, MICROPHONE_HZ); // nothing has changed yet
  phones.boss.press('1');
  await status('Kept.');
  await assertAccessible(page);
  await shoot(page, 'announcement-kept');
  await button(page.getByRole('dialog'), 'Close').click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await assertSays(page, `announcements/${row.id}`, BOSS_HZ);
  await page.goto('/changes');
  await page.getByRole('row', { name: /We are closed/ }).first().waitFor();
});

test('SYS-4: who hangs up before he keeps it has changed nothing, and the page says so', async () => {
  const { page } = anna;
  const row = (await world.admin.get('announcements')).items.find(({ name }) => name === 'On holiday');
  await openAtPhone(anna, 'On holiday', 'Record at a telephone');
  const status = await speakAtThePhone(anna, phones.anna);
  phones.anna.command('hangup');
  await status('Not kept. What was there before is still heard.');
  await shoot(page, 'announcement-not-kept');
  await button(page.getByRole('dialog'), 'Ring again').waitFor();
  await assertSays(page, `me/announcements/${row.id}`, MICROPHONE_HZ);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test("VMB-3: everybody's announcement is heard at a telephone by who may not change it", async () => {
  const { page } = anna;
  await openAtPhone(anna, 'We are closed', 'Listen at a telephone');
  await button(page.getByRole('dialog'), 'Ring').click();
  await page.getByText('The phone rings.').waitFor();
  await until(() => phones.anna.log.includes('session closed'), 'the call is over');
  await until(async () => (await world.admin.get('calls')).items.length === 0, 'it is over');
  assert.ok(phones.anna.heard(BOSS_HZ) > 0.8, String(phones.anna.heard(BOSS_HZ)));
});

test('VMB-3: the greeting of a mailbox is spoken at a telephone, by its owner and by an administrator', async () => {
  const [box] = (await world.admin.get('mailboxes')).items;
  await anna.page.goto('/account?tab=voicemail');
  await button(anna.page, 'Record at a telephone').click();
  await anna.page.getByRole('dialog').getByRole('textbox', { name: 'Which announcement' }).click();
  await anna.page.getByRole('option', { name: 'Announcement when busy' }).click();
  await (await speakAtThePhone(anna, phones.anna))('Listen');
  phones.anna.press('1');
  await anna.page.getByRole('dialog').getByRole('status').filter({ hasText: 'Kept.' }).waitFor();
  await boss.page.goto(`/mailboxes/${box.id}`);
  await button(boss.page, 'Record at a telephone').click();
  await (await speakAtThePhone(boss, phones.boss))('Listen');
  phones.boss.press('1');
  await boss.page.getByRole('dialog').getByRole('status').filter({ hasText: 'Kept.' }).waitFor();
  const now = await world.admin.get(`mailboxes/${box.id}`);
  await assertSays(boss.page, `announcements/${now.greeting}`, BOSS_HZ);
  await assertSays(boss.page, `announcements/${now.greeting_busy}`, ANNA_HZ);
  await boss.page.keyboard.press('Escape');
  await boss.page.getByRole('dialog').waitFor({ state: 'detached' });
  await shoot(boss.page, 'mailbox-greeting-spoken');
  assertQuiet(boss);
});

test('VMB-4: a message is heard at a telephone, and is no new one any more', async () => {
  const { page } = anna;
  const [box] = (await world.admin.get('mailboxes')).items;
  await world.admin.post('numbers', { number: '301', kind: 'internal', mailbox: box.id });
  phones.boss.command('dial', '301');
  await until(async () => (await world.admin.get('calls')).items.some(({ state }) => state === 'answered'), 'the mailbox has answered');
  const began = Date.now();
  await until(() => Date.now() - began > 3 * SPEAKS_MS, 'its greeting is over, and something is said');
  phones.boss.command('hangup');
  await page.keyboard.press('Escape');
  await page.getByLabel('1 new message').waitFor();
  await page.getByRole('link', { name: /Voicemail/ }).click();
  await page.getByRole('button', { name: /^Ada Admin,|^202|^Anonymous/ }).first().click();
  await button(page, 'Listen at a telephone').click();
  await assertAccessible(page);
  await button(page.getByRole('dialog'), 'Ring').click();
  await page.getByText('The phone rings.').first().waitFor();
  await page.getByLabel('1 new message').waitFor({ state: 'detached' });
  await until(async () => (await world.admin.get('calls')).items.length === 0, 'it is over');
  assert.ok(phones.anna.heard(BOSS_HZ) > 0.8, String(phones.anna.heard(BOSS_HZ)));
  await shoot(page, 'voicemail-at-phone');
});

test('SYS-4: in German, dark, and as narrow as a telephone', async () => {
  const { page } = anna;
  await page.keyboard.press('Escape');
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.evaluate(() => localStorage.setItem('strowger.language', 'de'));
  await page.goto('/account?tab=voicemail');
  await openAtPhone(anna, 'On holiday', 'Am Telefon aufnehmen', 'Am Telefon');
  await button(page.getByRole('dialog'), 'Anrufen').waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await shoot(page, 'announcement-at-phone-narrow');
  assertQuiet(anna);
});
