// Search, languages, colours, settings, narrow screens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertQuiet, newVisitor, openSearch, shoot } from './lib/browser.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
before(async () => {
  world = await openWorld();
  await world.admin.person({ first_name: 'Clara', last_name: 'Suchbar', number: '321', login: '2321' });
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(() => closeWorld(world));

const scheme = () => page.locator('html').getAttribute('data-mantine-color-scheme');

test('Ctrl+K finds pages, users, numbers and phones, and goes there', async () => {
  await page.goto('/');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  for (const [text, option, heading] of [
    ['suchb', /Suchbar, Clara/, 'Suchbar, Clara'],
    ['settings', /Settings/, 'Settings'],
  ]) {
    await openSearch(page);
    await page.keyboard.type(text);
    await page.getByRole('option', { name: option }).and(page.locator('[aria-selected=true]')).waitFor();
    if (text === 'suchb') await shoot(page, 'search');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: heading, exact: true }).waitFor();
  }
  await openSearch(page);
  await page.keyboard.type('321');
  await page.getByRole('option', { name: /^321/ }).waitFor();
  await page.getByRole('option', { name: /^phone-321/ }).click();
  await page.getByRole('heading', { name: 'phone-321' }).waitFor();
});

test('German, remembered', async () => {
  await page.goto('/users');
  await page.getByRole('button', { name: 'Language' }).click();
  await page.getByRole('menuitem', { name: 'Deutsch' }).click();
  await page.getByRole('heading', { name: 'Benutzer' }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'de');
  await page.reload();
  await page.getByRole('columnheader', { name: 'Interne Rufnummern' }).waitFor();
  await page.getByRole('button', { name: 'Sprache' }).click();
  await page.getByRole('menuitem', { name: 'English' }).click();
  await page.getByRole('heading', { name: 'Users' }).waitFor();
});

test('dark, light, or like the system', async () => {
  const choose = async (name) => {
    await page.getByRole('button', { name: 'Colours' }).click();
    await page.getByRole('menuitem', { name }).click();
  };
  await page.goto('/');
  await choose('Dark');
  assert.equal(await scheme(), 'dark');
  await page.reload();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  assert.equal(await scheme(), 'dark');
  await choose('Like the system');
  assert.equal(await scheme(), 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.waitForFunction(() => document.documentElement.dataset.mantineColorScheme === 'dark');
  await page.emulateMedia({ colorScheme: 'light' });
});

test('settings: saved, checked, and what needs a restart says so', async () => {
  await page.goto('/settings');
  await page.getByRole('textbox', { name: 'Company' }).fill('Beispiel & Söhne');
  await page.getByRole('textbox', { name: 'Ringing time (seconds)' }).fill('2');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('At least 5.').waitFor();
  await page.getByRole('textbox', { name: 'Ringing time (seconds)' }).fill('25');
  await page.getByRole('textbox', { name: 'HTTP port' }).fill('8090');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. Takes effect after a restart of the server.').waitFor();
  const settings = await world.admin.get('settings');
  assert.deepEqual([settings.company, settings.ring_s, settings.http_port], ['Beispiel & Söhne', 25, 8090]);
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByText('Takes effect after a restart of the server: HTTP port').waitFor();

  await page.goto('/settings');
  await page.getByRole('textbox', { name: 'Last RTP port' }).fill('9000'); // below the first: only the server knows
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('The last must not be below the first.').waitFor();
});

test('a part of the page that cannot be loaded says so, and another page works', async () => {
  await page.goto('/');
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  await page.route(/\/assets\/Settings-/, (route) => route.abort());
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await page.getByText('This page could not be shown.').waitFor();
  await page.unroute(/\/assets\/Settings-/);
  await page.getByRole('link', { name: 'Numbers', exact: true }).click();
  await page.getByRole('heading', { name: 'Numbers' }).waitFor();
  visitor.complaints.length = 0; // the browser complains about what this test broke
});

test('on a narrow screen the menu folds away', async () => {
  await page.setViewportSize({ width: 390, height: 780 });
  await page.goto('/users');
  await page.getByRole('heading', { name: 'Users' }).waitFor();
  assert.equal(await page.getByRole('link', { name: 'Phones' }).isVisible(), false);
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('link', { name: 'Phones' }).click();
  await page.getByRole('heading', { name: 'Phones' }).waitFor();
  await shoot(page, 'narrow');
  assertQuiet(visitor);
});

test('somebody without the right to administer sees their own pages, in their language', async () => {
  const other = await newVisitor(world.browser, world.server);
  await other.page.goto('/users');
  await other.page.getByLabel('Login').fill('2321');
  await other.page.getByRole('textbox', { name: 'Password' }).fill('geheim-2');
  await other.page.getByRole('button', { name: 'Log in' }).click();
  await other.page.getByRole('heading', { name: 'Kein Recht auf diese Seite' }).waitFor(); // the language of new users
  await other.page.getByRole('link', { name: 'Mein Konto' }).click();
  await other.page.getByRole('heading', { name: 'Mein Konto' }).waitFor();
  await shoot(other.page, 'own-account-de');
  await other.page.getByRole('button', { name: /Konto und Abmelden|Konto/ }).first().click();
  await other.page.getByRole('menuitem', { name: 'Abmelden' }).click();
  await other.page.getByRole('textbox', { name: 'Passwort' }).waitFor();
  assertQuiet(other);
  await other.context.close();
});
