// INI-5, INI-6: the first visitor makes the administrator; afterwards there is only the login.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertQuiet, logIn, newVisitor, shoot } from './lib/browser.mjs';
import { closeWorld, openWorld } from './lib/world.mjs';

let world;
before(async () => (world = await openWorld({ setUp: false })));
after(() => closeWorld(world));

const field = (page, name) => page.getByRole('textbox', { name, exact: true });

async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) await field(page, name).fill(value);
}

test('INI-5: bad entries are shown at their fields, good ones make the administrator', async () => {
  const visitor = await newVisitor(world.browser, world.server);
  const { page } = visitor;
  await page.goto('/users');
  await page.getByRole('heading', { name: 'Welcome to Strowger' }).waitFor();
  await shoot(page, 'first-start');
  await assertAccessible(page);

  await fill(page, { 'First name': 'Ada', 'Last name': 'Lovelace', Login: '12x', Password: 'kurz', 'Password again': 'anders', 'E-mail': 'nobody' });
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await page.getByText('At least 4 characters.').waitFor();
  await page.getByText('At least 6 characters.').waitFor();
  await page.getByText('This is not an e-mail address.').waitFor();
  await shoot(page, 'first-start-errors');

  await fill(page, { Login: '4711', Password: 'Grüße#1', 'E-mail': 'ada@example.com' });
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await page.getByText('The two passwords differ.').waitFor();

  await fill(page, { 'Password again': 'Grüße#1', 'Internal number': '5' });
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await page.getByText('Internal numbers must lie in an internal range.').waitFor();

  await fill(page, { 'Internal number': '101' });
  await page.getByRole('button', { name: 'Create administrator' }).click();
  const row = page.getByRole('row', { name: /Lovelace, Ada/ });
  await row.waitFor();
  assert.match(await row.innerText(), /4711[\s\S]*101/);
  assertQuiet(visitor);
  await visitor.context.close();
});

test('INI-6: afterwards the login page; a wrong password is refused, the right one leads back', async () => {
  const visitor = await newVisitor(world.browser, world.server);
  const { page } = visitor;
  await page.goto('/phones');
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await shoot(page, 'login');
  await assertAccessible(page);
  await page.getByLabel('Login').fill('4711');
  await page.getByRole('textbox', { name: 'Password' }).fill('falsch-1');
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByText('Login or password is wrong.').waitFor();

  await logIn(page, { login: '4711', password: 'Grüße#1' });
  await page.getByRole('heading', { name: 'Phones' }).waitFor();
  assert.equal(new URL(page.url()).pathname, '/phones');

  await page.getByRole('button', { name: /Ada Lovelace/ }).click();
  await page.getByRole('menuitem', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  assertQuiet(visitor);
  await visitor.context.close();
});

test('a session that ends in the middle leads to the login and back', async () => {
  const visitor = await newVisitor(world.browser, world.server);
  const { page, context } = visitor;
  await page.goto('/settings');
  await logIn(page, { login: '4711', password: 'Grüße#1' });
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
  await context.clearCookies();
  await page.getByRole('link', { name: 'Numbers' }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await logIn(page, { login: '4711', password: 'Grüße#1' });
  await page.getByRole('heading', { name: 'Numbers' }).waitFor();
  assertQuiet(visitor);
  await context.close();
});
