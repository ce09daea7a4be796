// VMB-1, VMB-3, VMB-4, USE-4 through the page: mailboxes are made, announcements chosen, messages heard, saved, deleted and taken back.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, logIn, newVisitor, shoot } from './lib/browser.mjs';
import { toneWav } from './lib/wav.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

const PASSWORD = 'geheim-33';
let world;
let boss;
let page;
let anna;
before(async () => {
  world = await openWorld();
  await world.admin.post('users', { login: '1501', first_name: 'Anna', last_name: 'Berg', language: 'en', password: PASSWORD });
  boss = await loggedIn(world);
  page = boss.page;
});
after(() => closeWorld(world));

const button = (where, name) => where.getByRole('button', { name, exact: true });

/** Messages as the switch leaves them. */
async function leave(mailbox, names) {
  await world.server.halt();
  mkdirSync(join(world.server.folder, 'data', 'voicemail'), { recursive: true });
  const rows = names.map((name, i) => {
    const file = String(i).padStart(32, 'a');
    writeFileSync(join(world.server.folder, 'data', 'voicemail', `${file}.wav`), toneWav(440, 16000, 2));
    return [mailbox, Date.now() - 60_000 * i, '0211555123', name, file];
  });
  const script = `import json, sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.executemany("INSERT INTO voicemail (mailbox, state, received_at, number, name, length_ms, file) VALUES (?, 'new', ?, ?, ?, 2000, ?)", json.loads(sys.argv[2]))
db.commit()`;
  execFileSync('python3', ['-c', script, join(world.server.folder, 'data', 'strowger.db'), JSON.stringify(rows)]);
  await world.server.launch();
}

test('VMB-1: an administrator makes a mailbox and opens it to a user, with mails', async () => {
  await page.goto('/mailboxes/new');
  await page.locator('input[name=name]').fill('Anna Berg');
  await assertAccessible(page);
  await button(page, 'Create').click();
  await page.getByRole('tab', { name: 'Access' }).waitFor();
  await page.getByRole('textbox', { name: 'Add a user' }).click();
  await page.getByRole('option', { name: 'Berg, Anna' }).click();
  await page.getByRole('switch', { name: 'By e-mail: Anna Berg' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('switch', { name: 'By e-mail: Anna Berg', checked: true }).waitFor({ state: 'attached' });
  await shoot(page, 'mailbox-access');
  await assertAccessible(page);
  const { items } = await world.admin.get('mailbox-access');
  assert.deepEqual(items.map(({ mailbox_name, holder_name, by_mail }) => [mailbox_name, holder_name, by_mail]), [['Anna Berg', 'Anna Berg', true]]);
  await page.goto('/mailboxes');
  await page.getByRole('link', { name: 'Anna Berg' }).waitFor();
  await shoot(page, 'mailboxes-one');
});

test('VMB-1: a new group gets a mailbox of its name', async () => {
  await page.goto('/groups/new');
  await page.locator('input[name=name]').fill('Sales');
  await page.getByRole('checkbox', { name: 'Voicemail' }).check();
  await button(page, 'Create').click();
  await page.getByRole('heading', { name: 'Sales', exact: true }).waitFor();
  const { items } = await world.admin.get('mailbox-access?sort=mailbox_name');
  assert.equal(items.find(({ mailbox_name }) => mailbox_name === 'Sales').holder_name, 'Sales');
});

test('VMB-3: an announcement is made, uploaded, heard; one in use is not deleted', async () => {
  await page.goto('/announcements');
  await button(page, 'New announcement').click();
  await page.getByRole('dialog').getByLabel('Name').fill('We are closed');
  await button(page.getByRole('dialog'), 'Create').click();
  const chooser = page.waitForEvent('filechooser');
  await button(page, 'Upload: We are closed').click();
  await (await chooser).setFiles({ name: 'closed.wav', mimeType: 'audio/x-wav', buffer: toneWav(440, 8000, 2) });
  await page.getByText('Stored.').waitFor();
  await button(page, 'Listen: We are closed').click();
  await button(page, 'Stop: We are closed').waitFor();
  await page.getByRole('heading', { name: 'Announcements', exact: true }).hover();
  await page.getByRole('tooltip').waitFor({ state: 'detached' });
  await shoot(page, 'announcements-one');
  await assertAccessible(page);
  const [announcement] = (await world.admin.get('announcements')).items;
  const box = (await world.admin.get('mailboxes?search=Anna')).items[0];
  await world.admin.patch(`mailboxes/${box.id}`, { greeting: announcement.id });
  await button(page, 'Delete: We are closed').click();
  await button(page.getByRole('dialog'), 'Delete').click();
  await page.getByText('Callers of these mailboxes hear it: Anna Berg.').waitFor();
});

test('VMB-4: messages are listed, played from anywhere, and old afterwards', async () => {
  const box = (await world.admin.get('mailboxes?search=Anna')).items[0];
  await leave(box.id, ['Max Muster', 'Eva Klein', '']);
  anna = await newVisitor(world.browser, world.server);
  await anna.page.goto('/');
  await logIn(anna.page, { login: '1501', password: PASSWORD });
  await anna.page.getByRole('heading', { name: 'Overview' }).waitFor();
  await anna.page.getByLabel('3 new messages').waitFor();
  await anna.page.getByRole('link', { name: /Voicemail/ }).click();
  await anna.page.getByRole('button', { name: /^Max Muster,/ }).click();
  const slider = anna.page.getByRole('slider', { name: 'Position' });
  await slider.waitFor();
  await slider.focus();
  await anna.page.keyboard.press('End');
  assert.equal(await slider.getAttribute('aria-valuenow'), '2');
  await anna.page.keyboard.press('Home');
  await anna.page.getByText('2×', { exact: true }).click();
  await button(anna.page, 'Play').click();
  await button(anna.page, 'Pause').waitFor();
  await button(anna.page, 'Play').waitFor(); // it has ended
  await anna.page.getByLabel('2 new messages').waitFor();
  await anna.page.getByRole('heading', { name: 'Voicemail', exact: true }).hover();
  await anna.page.getByRole('tooltip').waitFor({ state: 'detached' });
  await shoot(anna.page, 'voicemail');
  await assertAccessible(anna.page);
});

test('VMB-4: a message is saved, passed on, deleted and taken back', async () => {
  const { page: own } = anna;
  await button(own, 'Save').click();
  await button(own, 'Do not save any more').waitFor();
  await button(own, 'Forward').click();
  await own.getByRole('dialog').getByRole('textbox', { name: 'Mailbox' }).click();
  await own.getByRole('option', { name: 'Sales (2)' }).click();
  await button(own.getByRole('dialog'), 'Forward').click();
  await own.getByText('Forwarded.').waitFor();
  await button(own, 'Delete').click();
  await own.getByText('Deleted.').waitFor();
  assert.equal(await own.getByRole('button', { name: /^Max Muster,/ }).count(), 0);
  await button(own, 'Undo').click();
  await own.getByRole('button', { name: /^Max Muster,/ }).waitFor();
  const { items } = await world.admin.get('voicemails?search=Muster');
  assert.deepEqual(items.map(({ mailbox_name, state }) => [mailbox_name, state]).sort(), [['Anna Berg', 'saved'], ['Sales', 'new']]);
  assertQuiet(anna);
});

test('VMB-3, USR-5: people choose their announcement, and a mailbox as the target of a redirection', async () => {
  const { page: own } = anna;
  await own.goto('/account?tab=voicemail');
  await own.getByRole('textbox', { name: 'Announcement', exact: true }).waitFor();
  await own.getByRole('textbox', { name: 'Announcement when busy' }).click();
  await own.getByRole('option', { name: 'We are closed' }).click();
  await own.waitForFunction(async () => (await (await fetch('/api/me/mailboxes')).json()).items[0].greeting_busy !== null);
  await shoot(own, 'own-voicemail');
  await assertAccessible(own);
});

test('VMB-4: in German, dark, and as narrow as a telephone', async () => {
  const { page: own } = anna;
  await own.setViewportSize({ width: 360, height: 740 });
  await own.emulateMedia({ colorScheme: 'dark' });
  await own.evaluate(() => localStorage.setItem('strowger.language', 'de'));
  await own.goto('/voicemail');
  await own.getByRole('button', { name: /^Eva Klein,/ }).click();
  await own.getByRole('slider', { name: 'Stelle' }).waitFor();
  await assertFits(own);
  await assertAccessible(own);
  await shoot(own, 'voicemail-narrow');
});
