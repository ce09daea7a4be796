// USR-13 and the safety of accounts, as people see them: two browsers at once, log-ins in two steps, tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertQuiet, logIn, newVisitor, shoot } from './lib/browser.mjs';
import { until } from './lib/server.mjs';
import { lastTotp, totp } from './lib/totp.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

const CLARA = { login: '2321', password: 'geheim-2' };

let world;
let boss;
let clara;
let user;
before(async () => {
  world = await openWorld();
  ({ user } = await world.admin.person({ first_name: 'Clara', last_name: 'Klein', number: '321', login: CLARA.login, language: 'en' }));
  boss = await loggedIn(world);
  clara = await newVisitor(world.browser, world.server);
  await clara.page.goto('/');
  await logIn(clara.page, CLARA);
});
after(() => closeWorld(world));

const button = (page, name) => page.getByRole('button', { name, exact: true });
const heading = (page, name) => page.getByRole('heading', { name, exact: true });
const menuEntry = (page, name) => page.getByRole('navigation').getByRole('link', { name, exact: true });

/** What the page's own requests would get now. */
const statusOf = (page, path) => page.evaluate(async (at) => (await fetch(`/api/${at}`)).status, path);

test('USE-4: a user sees their own pages only, and can switch do not disturb', async () => {
  const { page } = clara;
  await heading(page, 'Overview').waitFor();
  assert.deepEqual(await page.getByRole('navigation').getByRole('link').allInnerTexts().then((all) => all.map((one) => one.trim())), [
    'Overview', 'Call manager', 'Voicemail', 'Conferences', 'Function keys', 'My calls', 'Codes of the telephone', 'My account',
  ]);
  await page.getByText('You are called at 321.').waitFor();
  await page.getByText('Do not disturb').click();
  await until(async () => (await world.admin.get(`users/${user.id}`)).dnd, 'do not disturb is on');
  await assertAccessible(page);
  await shoot(page, 'own-overview');
  await page.goto('/users');
  await heading(page, 'No right to this page').waitFor();
  assert.equal(await statusOf(page, 'users'), 403);
  clara.complaints.length = 0; // the refusal that this test provoked
});

test('USR-13: an administrator withdraws a right: the open page loses the entry and the API refuses', async () => {
  const { page } = clara;
  await page.goto('/my-calls');
  await heading(page, 'My calls').waitFor();
  await menuEntry(page, 'My calls').waitFor();
  assert.equal(await statusOf(page, 'me/call-records'), 200);
  await shoot(page, 'own-calls');
  const loaded = await page.evaluate(() => (window.loadedAt = performance.timeOrigin));

  await boss.page.goto(`/users/${user.id}?tab=rights`);
  await boss.page.getByText('See one\'s own calls').waitFor();
  await assertAccessible(boss.page);
  await shoot(boss.page, 'user-rights');
  await boss.page.getByText('Call list', { exact: true }).click();
  await button(boss.page, 'Save').click();
  await boss.page.getByText('Saved.').waitFor();

  await page.getByText('Your rights have been changed.').waitFor();
  await menuEntry(page, 'My calls').waitFor({ state: 'detached' });
  await heading(page, 'No right to this page').waitFor();
  assert.equal(await statusOf(page, 'me/call-records'), 403);
  assert.equal(await page.evaluate(() => window.loadedAt), loaded, 'without a reload');

  await button(boss.page, 'Like new users').click();
  await button(boss.page, 'Save').click();
  await heading(page, 'My calls').waitFor();
  clara.complaints.length = 0;
});

test('the rights of new users are a setting', async () => {
  await boss.page.goto('/settings');
  await boss.page.getByRole('group', { name: 'Rights of new users' }).waitFor();
  await boss.page.getByText('Fax', { exact: true }).click();
  await button(boss.page, 'Save').click();
  await boss.page.getByText('Saved.').waitFor();
  await boss.page.getByRole('group', { name: 'Rights of new users' }).scrollIntoViewIfNeeded();
  await shoot(boss.page, 'settings-rights');
  const made = await world.admin.post('users', { login: '4444', first_name: 'N', last_name: 'Neu' });
  assert.ok(!made.rights.includes('fax') && made.rights.includes('voice'));
});

test('a second factor is set up with a code, asked for in a second step, and works once', async () => {
  const { page } = clara;
  await page.goto('/account?tab=security');
  await button(page, 'Set up').click();
  await page.getByRole('img', { name: 'Key of the second factor as a QR code' }).waitFor();
  const secret = await page.locator('[data-field=secret]').innerText();
  await shoot(page, 'factor-setup');
  await assertAccessible(page);
  await page.getByLabel('Code from the app').fill('000000');
  await button(page, 'Switch on').click();
  await page.getByText('The code is wrong or has been used.').waitFor();
  await page.getByLabel('Code from the app').fill(await lastTotp(secret));
  await button(page, 'Switch on').click();
  await button(page, 'I have kept them').waitFor();
  const codes = await page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allInnerTexts();
  assert.equal(codes.length, 10);
  await shoot(page, 'factor-recovery');
  await button(page, 'I have kept them').click();
  await page.getByText('10 recovery codes left').waitFor();
  await shoot(page, 'factor-on');

  const other = await newVisitor(world.browser, world.server);
  const code = totp(secret);
  const enter = async (text) => {
    await other.page.getByLabel('Login').fill(CLARA.login);
    await other.page.getByRole('textbox', { name: 'Password' }).fill(CLARA.password);
    await button(other.page, 'Log in').click();
    await other.page.getByLabel('Code').waitFor();
    await shoot(other.page, 'login-code');
    await assertAccessible(other.page);
    await other.page.getByLabel('Code').fill(text);
    await button(other.page, 'Log in').click();
  };
  await other.page.goto('/');
  await enter(code);
  await heading(other.page, 'Overview').waitFor();
  await button(other.page, 'Clara Klein: account and log-out').click();
  await other.page.getByRole('menuitem', { name: 'Log out' }).click();
  await enter(code);
  await other.page.getByText('The code is wrong or has been used.').waitFor();
  await other.page.getByLabel('Code').fill(codes[3].toLowerCase());
  await button(other.page, 'Log in').click();
  await heading(other.page, 'Overview').waitFor();

  // she sees the other browser and ends it: its page goes to the log-in by itself
  await page.reload();
  await page.getByText('9 recovery codes left').waitFor();
  await page.getByRole('table', { name: 'Sessions' }).getByRole('row').nth(2).waitFor();
  await shoot(page, 'sessions');
  await button(page, 'End all others').click();
  await other.page.getByRole('textbox', { name: 'Password' }).waitFor();
  assertQuiet(other);
  await other.context.close();
});

test('an administrator takes off the second factor, and the others are told', async () => {
  const { page } = boss;
  await page.goto(`/users/${user.id}?tab=security`);
  await button(page, 'Take off the second factor').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take off the second factor' }).click();
  await page.getByText('The second factor is off.').waitFor();
  await page.goto('/notices');
  await page.getByText('Ada Admin has taken off the second factor of Clara Klein').waitFor();
  await shoot(page, 'notice-factor');
});

test('too many wrong passwords lock an account for a while; an administrator unlocks it', async () => {
  const other = await newVisitor(world.browser, world.server);
  const { page } = other;
  const attempt = async (password) => {
    await page.getByLabel('Login').fill(CLARA.login);
    await page.getByRole('textbox', { name: 'Password' }).fill(password);
    const [answer] = await Promise.all([page.waitForResponse(/\/api\/session$/), button(page, 'Log in').click()]);
    return answer.status();
  };
  await page.goto('/');
  for (let i = 0; i < 5; i++) assert.equal(await attempt(`falsch-${i}`), 401);
  assert.equal(await attempt(CLARA.password), 429);
  await page.getByText(/Too many attempts. Please wait \d+ seconds./).waitFor();
  await shoot(page, 'login-locked');

  await boss.page.goto(`/users/${user.id}?tab=security`);
  await boss.page.getByText('Locked for now').waitFor();
  await boss.page.getByText('5 failed log-ins in a row').waitFor();
  await assertAccessible(boss.page);
  await shoot(boss.page, 'user-security');
  await button(boss.page, 'Unlock').click();
  await boss.page.getByText('The user may log in again.').waitFor();
  await boss.page.goto('/notices');
  await boss.page.getByText(/Clara Klein cannot log in for a while: 5 wrong log-ins/).waitFor();
  assert.equal(await attempt(CLARA.password), 200);
  await heading(page, 'Overview').waitFor();
  other.complaints.splice(0, other.complaints.length, ...other.complaints.filter((text) => !/status of 429/.test(text)));
  assertQuiet(other);
  await other.context.close();
});

test('a token is shown once, may what was chosen, and ends when it is revoked', async () => {
  const { page } = boss;
  await page.goto('/account?tab=tokens');
  await page.getByRole('textbox', { name: 'Name' }).fill('Backup');
  await page.getByText('Administration', { exact: true }).click();
  await assertAccessible(page);
  await button(page, 'Make token').click();
  const token = await page.locator('[data-field=token]').innerText();
  await page.getByRole('cell', { name: 'Backup', exact: true }).waitFor();
  await shoot(page, 'tokens');
  const ask = async (path, options = {}) =>
    (await fetch(`${world.server.url}/api/${path}`, { ...options, headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' } })).status;
  assert.equal(await ask('users'), 200);
  assert.equal(await ask('ranges', { method: 'POST', body: JSON.stringify({ first: '4000', last: '4999' }) }), 201);
  assert.equal(await ask('me/call-records'), 403);
  assert.equal(await ask('me/tokens'), 403);
  await button(page, 'Revoke Backup').click();
  await page.getByText('No tokens.').waitFor();
  assert.equal(await ask('users'), 401);
});

test('a new password ends the other sessions and keeps this one; who is disabled is gone at once', async () => {
  const other = await newVisitor(world.browser, world.server);
  await other.page.goto('/');
  await logIn(other.page, CLARA);
  const { page } = clara;
  await page.goto('/account?tab=password');
  await page.getByLabel('Present password').fill('falsch-1');
  await page.locator('input[name=password]').fill('geheim-3');
  await page.locator('input[name=again]').fill('geheim-3');
  await button(page, 'Change password').click();
  await page.getByText('This is not your password.').waitFor();
  await page.getByLabel('Present password').fill(CLARA.password);
  await button(page, 'Change password').click();
  await page.getByText('The password has been changed.').waitFor();
  await shoot(page, 'password');
  await other.page.getByRole('button', { name: 'Log in' }).waitFor();

  await page.getByRole('tab', { name: 'My data' }).click();
  await page.getByRole('textbox', { name: 'E-mail' }).fill('clara@example.com');
  await button(page, 'Save').click();
  await page.getByText('Saved.').waitFor();
  await shoot(page, 'own-data');
  await world.admin.patch(`users/${user.id}`, { enabled: false });
  await button(page, 'Log in').waitFor();
  assertQuiet(boss);
  assertQuiet(clara);
  await other.context.close();
});
