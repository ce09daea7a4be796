// Forgotten passwords, a second factor that is required, licences (SRV-11), the search of settings; as people see them.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { ADMIN } from './lib/admin.mjs';
import { assertQuiet, logIn, newVisitor, openSearch, shoot } from './lib/browser.mjs';
import { ROOT, until } from './lib/server.mjs';
import { Smtpd } from './lib/smtpd.mjs';
import { lastTotp } from './lib/totp.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

const CLARA = { login: '2321', password: 'geheim-2' };
const PHONE = { width: 360, height: 740 };

const folder = mkdtempSync(join(tmpdir(), 'strowger-licence-'));
const licenceTool = (...args) => execFileSync(join(ROOT, 'tools/licence'), args, { encoding: 'utf8' });
const sign = (...more) => licenceTool('sign', join(folder, 'key'), '--number', 'L-2026-7', '--customer', 'Müller & Söhne GmbH', ...more).trim();

let world;
let smtpd;
let boss;
let page;
before(async () => {
  licenceTool('key', join(folder, 'key'));
  world = await openWorld({ options: ['--licence-key', join(folder, 'key.public')] });
  smtpd = await Smtpd.start(world.server.host);
  await world.admin.person({
    first_name: 'Clara', last_name: 'Klein', number: '321', login: CLARA.login, language: 'en', email: 'clara@firm.test',
  });
  boss = await loggedIn(world);
  page = boss.page;
});
after(async () => {
  smtpd?.stop();
  await closeWorld(world);
  rmSync(folder, { recursive: true });
});

const button = (on, name) => on.getByRole('button', { name, exact: true });
const heading = (on, name) => on.getByRole('heading', { name, exact: true });
const search = async (on, text) => {
  await openSearch(on);
  await on.keyboard.type(text);
};
const option = (on, name) => on.getByRole('option', { name });
const focused = (on) => on.evaluate(() => document.activeElement.closest('[data-setting]')?.dataset.setting);
const inSight = (on) =>
  on.evaluate(() => {
    const { top, bottom } = document.activeElement.getBoundingClientRect();
    return top >= 48 && bottom <= window.innerHeight;
  });

test('the search finds single settings by what people read, goes there and puts the cursor in', async () => {
  await page.goto('/');
  await heading(page, 'Overview').waitFor();
  await search(page, 'blocked for');
  await option(page, /^Blocked for/).waitFor();
  await shoot(page, 'search-settings');
  await assertAccessible(page);
  await option(page, /^Blocked for/).click();
  await heading(page, 'Settings').waitFor();
  await until(async () => (await focused(page)) === 'screening_block_h', 'the cursor is in the field');
  await until(() => inSight(page), 'the field is in sight');
  await page.locator('[data-setting=screening_block_h][class*=sought]').waitFor();
  await shoot(page, 'search-setting-found');
  await assertAccessible(page);
  assert.equal(new URL(page.url()).search, '', 'going back does not jump again');

  // once more from there, by its help; and a set of switches
  await search(page, 'faces the phone');
  await option(page, /^Media address/).waitFor();
  await page.keyboard.press('Enter');
  await until(async () => (await focused(page)) === 'media_address', 'the cursor is in the other field');
  await until(() => inSight(page), 'that is in sight, too');
  await search(page, 'rights of new');
  await option(page, /^Rights of new users/).click();
  await page.locator('[data-setting=default_rights][class*=sought]').waitFor();
});

test('what the search finds is in the language of the person', async () => {
  const german = await newVisitor(world.browser, world.server, { locale: 'de-DE', viewport: PHONE });
  await german.page.goto('/');
  await german.page.evaluate(() => localStorage.setItem('strowger.language', 'de'));
  await german.page.reload();
  await german.page.getByLabel('Benutzerkennung').fill(ADMIN.login);
  await german.page.getByRole('textbox', { name: 'Passwort' }).fill(ADMIN.password);
  await button(german.page, 'Anmelden').click();
  await heading(german.page, 'Übersicht').waitFor();
  await search(german.page, 'zweiter faktor');
  await option(german.page, /^Zweiter Faktor/).waitFor();
  await shoot(german.page, 'search-settings-de');
  await assertAccessible(german.page);
  await option(german.page, /^Zweiter Faktor/).click();
  await heading(german.page, 'Einstellungen').waitFor();
  await until(async () => (await focused(german.page)) === 'second_factor', 'the cursor is in the field');
  assertQuiet(german);
  await german.context.close();
});

test('the search finds device types, mail texts, certificates and addresses', async () => {
  await world.admin.post('device-types', { name: 'door-station', comment: 'At the gate' });
  await world.admin.post('address-rules', { address: '198.51.100.0/24', comment: 'Scanner' });
  await search(page, 'gate');
  await option(page, /^door-station/).click();
  await heading(page, 'door-station').waitFor();
  await search(page, 'scanner');
  await option(page, /^198\.51\.100\.0/).click();
  await page.getByRole('row', { name: /198\.51\.100\.0/ }).waitFor();
  await search(page, 'strowger');
  await page.getByText('Certificates', { exact: true }).first().waitFor();
  await page.keyboard.press('Escape');
  await search(page, 'forgotten password english');
  await option(page, /^Forgotten password/).click();
  await page.getByRole('dialog', { name: 'Forgotten password, English' }).getByText('{link}').first().waitFor();
  await shoot(page, 'search-mail-text');
  await button(page.getByRole('dialog'), 'Cancel').first().click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('a forgotten password: not offered without mail, else a mail with a link that works once', async () => {
  const clara = await newVisitor(world.browser, world.server, { viewport: PHONE });
  const on = clara.page;
  await on.goto('/');
  await button(on, 'Log in').waitFor();
  assert.equal(await button(on, 'Forgotten?').count(), 0);
  await world.admin.patch('mail-server', {
    delivery: 'server', host: smtpd.host, port: smtpd.port, security: 'none', sender: 'pbx@firm.test', web_address: world.server.url,
  });
  await on.reload();
  await on.getByLabel('Login').fill(CLARA.login);
  await shoot(on, 'login-forgotten');
  await button(on, 'Forgotten?').click();
  assert.equal(await on.getByLabel('Login or e-mail').inputValue(), CLARA.login);
  await on.getByLabel('Login or e-mail').fill('CLARA@firm.test');
  await assertAccessible(on);
  await shoot(on, 'forgotten');
  await button(on, 'Send mail').click();
  await on.getByText('If there is such an account').waitFor();
  await shoot(on, 'forgotten-sent');
  const text = (mail) => Buffer.from(mail.slice(mail.indexOf('\r\n\r\n')), 'base64').toString();
  const [link] = await until(() => smtpd.mails().map((mail) => /http:\S+\/new-password#[0-9a-f]{64}/.exec(text(mail))).find(Boolean), 'the mail');

  await on.goto(link);
  await on.locator('input[name=password]').waitFor();
  await until(() => !on.url().includes('#'), 'the token does not stay in the address');
  await on.locator('input[name=password]').fill('ab');
  await on.locator('input[name=again]').fill('abc');
  await button(on, 'Set password').click();
  await on.getByText('The two passwords differ.').waitFor();
  await on.locator('input[name=again]').fill('ab');
  await button(on, 'Set password').click();
  await on.getByText('Too short.').waitFor();
  await shoot(on, 'new-password');
  await assertAccessible(on);
  CLARA.password = 'geheim-neu';
  await on.locator('input[name=password]').fill(CLARA.password);
  await on.locator('input[name=again]').fill(CLARA.password);
  await button(on, 'Set password').click();
  await on.getByText('Your new password is set.').waitFor();
  await button(on, 'To the log-in').click();
  await button(on, 'Log in').waitFor();
  await on.getByLabel('Login').fill(CLARA.login);
  await on.getByRole('textbox', { name: 'Password' }).fill(CLARA.password);
  await button(on, 'Log in').click();
  await heading(on, 'Overview').waitFor();

  await on.goto(link);
  await on.locator('input[name=password]').fill('geheim-3');
  await on.locator('input[name=again]').fill('geheim-3');
  await button(on, 'Set password').click();
  await on.getByText('This link has been used or is too old.').waitFor();
  await button(on, 'To the log-in').click();
  await heading(on, 'Overview').waitFor(); // still logged in
  assertQuiet(clara);
  await clara.context.close();
});

test('who must use a second factor is led through it, in the open page too, and can then go on', async () => {
  const clara = await newVisitor(world.browser, world.server);
  const on = clara.page;
  await on.goto('/');
  await logIn(on, CLARA);
  await heading(on, 'Overview').waitFor();
  await page.goto('/settings?field=second_factor');
  await page.getByRole('textbox', { name: 'Second factor' }).click();
  await page.getByRole('option', { name: 'Everybody must use one' }).click();
  await button(page, 'Save').click();

  await heading(on, 'Second factor needed').waitFor();
  await heading(page, 'Second factor needed').waitFor(); // who has set this is no exception
  await shoot(on, 'factor-needed');
  await assertAccessible(on);
  assert.equal(await on.evaluate(async () => (await fetch('/api/me')).status), 403);
  for (const one of [on, page]) {
    await button(one, 'Set up').click();
    const secret = await one.locator('[data-field=secret]').innerText();
    if (one === on) {
      await one.setViewportSize(PHONE);
      await shoot(one, 'factor-needed-setup');
      await assertAccessible(one);
    }
    await one.getByLabel('Code from the app').fill(await lastTotp(secret));
    await button(one, 'Switch on').click();
    await button(one, 'I have kept them').waitFor();
    if (one === on) await shoot(one, 'factor-needed-codes');
    await button(one, 'I have kept them').click();
    await one.getByRole('heading', { name: one === on ? 'Overview' : 'Settings', exact: true }).waitFor();
  }
  await page.goto('/changes');
  await page.getByRole('row', { name: /Second factor/ }).first().waitFor();
  await shoot(page, 'changes-factor');
  for (const visitor of [clara, boss]) visitor.complaints.splice(0, visitor.complaints.length, ...visitor.complaints.filter((text) => !/status of 403/.test(text)));
  assertQuiet(clara);
  await clara.context.close();
});

test('SRV-11: a licence is installed, shows seats, refuses the user that is too many, and is taken away', async () => {
  await page.goto('/licence');
  await page.getByText('No licence is installed: nothing is limited.').waitFor();
  const file = page.getByRole('textbox', { name: 'Licence file' });
  const install = button(page, 'Install');
  const good = sign('--users', '3', '--lines', '4', '--until', '2999-12-31');
  for (const [text, answer] of [
    [good.slice(0, -9), 'This is no licence file, or not all of it.'],
    [good.replace(/.(?=.{9}$)/, (c) => (c === 'A' ? 'B' : 'A')), 'The signature does not fit'],
    [sign('--until', '2020-01-01'), 'This licence has expired.'],
  ]) {
    await file.fill(text);
    await install.click();
    await page.getByText(answer).waitFor();
  }
  await shoot(page, 'licence-refused');
  await assertAccessible(page);
  await file.fill(good);
  await install.click();
  await page.getByText('The licence is installed.').waitFor();
  await page.getByText('Müller & Söhne GmbH').waitFor();
  await page.getByRole('row', { name: /Users 3 2 1/ }).waitFor();
  await page.getByRole('row', { name: /Phones Unlimited/ }).waitFor();
  await shoot(page, 'licence');
  await assertAccessible(page);

  await world.admin.post('users', { login: '4001', first_name: 'Emil', last_name: 'Letzter' });
  await page.goto('/users/new');
  await page.getByRole('textbox', { name: 'Login' }).fill('4002');
  await page.getByRole('textbox', { name: 'First name' }).fill('Emil');
  await page.getByRole('textbox', { name: 'Last name' }).fill('Zuviel');
  await page.getByRole('textbox', { name: 'Password' }).fill('geheim-7');
  await button(page, 'Create').click();
  await page.getByText('All seats of the licence are taken.').waitFor();
  await shoot(page, 'licence-no-seat');
  await page.setViewportSize(PHONE);
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.goto('/licence');
  await page.getByRole('row', { name: /Users 3 3 0/ }).waitFor();
  await shoot(page, 'licence-narrow-dark');
  await assertAccessible(page);
  await button(page, 'Take away').click();
  await button(page.getByRole('dialog'), 'Take away').click();
  await page.getByText('No licence is installed: nothing is limited.').waitFor();
  assertQuiet(boss);
});
