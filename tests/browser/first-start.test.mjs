// INI-1 to INI-6: the first visitor goes through the wizard and makes the administrator; afterwards there is only the login.
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

const button = (page, name) => page.getByRole('button', { name, exact: true });

test('INI-1 to INI-5: three steps; bad entries are shown at their fields, good ones make everything at once', async () => {
  const visitor = await newVisitor(world.browser, world.server);
  const { page } = visitor;
  await page.goto('/users');
  await page.getByRole('heading', { name: 'Welcome to Strowger' }).waitFor();
  await shoot(page, 'first-start');
  await assertAccessible(page);
  await fill(page, { 'Name of a telephone': 'no good' });
  await button(page, 'Next').click();
  await page.getByText('Letters, digits and . _ - only, at most 32.').waitFor();
  await fill(page, { 'Name of a telephone': 'desk-201' });
  await button(page, 'Add').click();
  await fill(page, { 'Name of a telephone': 'desk-202' });
  await button(page, 'Next').click();

  await field(page, 'Country code').waitFor();
  await page.getByText('Without a line nobody can be called outside').waitFor(); // which does not hold anybody up
  await shoot(page, 'first-start-numbers');
  await assertAccessible(page);
  await fill(page, { Company: 'Muster GmbH', 'Country code': 'x', 'Area code': '30', 'First number of range 1': '200', 'Last number of range 1': '99' });
  await button(page, 'Next').click();
  await page.getByText('Digits only.', { exact: true }).waitFor();
  await fill(page, { 'Country code': '43' });
  await button(page, 'Next').click();
  await page.getByText('Two numbers with equally many digits').waitFor();
  await fill(page, { 'Last number of range 1': '299' });
  await button(page, 'Add a range').click();
  await fill(page, { 'First number of range 2': '250', 'Last number of range 2': '260' });
  await field(page, 'Provider').click();
  await page.getByRole('option', { name: 'generic', exact: true }).click();
  await fill(page, { 'Name of the line': '', 'Emergency numbers': '112, x' });
  await button(page, 'Next').click();
  await page.getByText('Please fill in this field.').first().waitFor();
  await page.getByText('Digits, separated by commas').waitFor();
  await fill(page, { 'Name of the line': 'Out', Registrar: 'sip.example.net', 'User name': '49301', 'Main number': '+49301', 'Emergency numbers': '112, 144' });
  await page.getByLabel('Password', { exact: true }).fill('secret-of-line');
  await shoot(page, 'first-start-line');
  await assertAccessible(page);
  await button(page, 'Next').click();

  await field(page, 'First name').waitFor();
  assert.equal(await field(page, 'Internal number').inputValue(), '200');
  await fill(page, { 'First name': 'Ada', 'Last name': 'Lovelace', Login: '12x', Password: 'kurz', 'Password again': 'anders', 'E-mail': 'nobody' });
  await button(page, 'Create administrator').click();
  await page.getByText('At least 4 characters.').waitFor();
  await page.getByText('At least 6 characters.').waitFor();
  await page.getByText('This is not an e-mail address.').waitFor();
  await shoot(page, 'first-start-errors');
  await fill(page, { Login: '4711', Password: 'Grüße#1', 'E-mail': 'ada@example.com' });
  await button(page, 'Create administrator').click();
  await page.getByText('The two passwords differ.').waitFor();
  await fill(page, { 'Password again': 'Grüße#1', 'Internal number': '5' });
  await button(page, 'Create administrator').click();
  await page.getByText('Overlaps another range.').waitFor(); // what the server alone knows leads back to its step
  await button(page, 'Remove 250–260').click();
  await button(page, 'Next').click();
  assert.equal(await field(page, 'First name').inputValue(), 'Ada'); // nothing is lost on the way
  await button(page, 'Create administrator').click();
  await page.getByText('Internal numbers must lie in an internal range.').waitFor();

  await fill(page, { 'Internal number': '201' });
  await button(page, 'Create administrator').click();
  const row = page.getByRole('row', { name: /Lovelace, Ada/ });
  await row.waitFor();
  assert.match(await row.innerText(), /4711[\s\S]*201/);
  await page.goto('/phones');
  for (const name of ['desk-201', 'desk-202']) await page.getByRole('row', { name: new RegExp(name) }).waitFor();
  await page.goto('/numbers?tab=ranges');
  await page.getByRole('row', { name: /200.*299/ }).waitFor();
  assert.equal(await page.getByRole('row', { name: /100.*999/ }).count(), 0);
  await page.goto('/emergency-numbers');
  for (const number of ['112', '144']) await page.getByRole('row', { name: new RegExp(`${number}.*Out`) }).waitFor();
  await page.getByRole('row', { name: /110.*No line chosen/ }).waitFor();
  await page.goto('/settings');
  assert.equal(await field(page, 'Country code').inputValue(), '43');
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
  await page.getByRole('link', { name: 'Numbers', exact: true }).click();
  await page.getByRole('heading', { name: 'Log in' }).waitFor();
  await logIn(page, { login: '4711', password: 'Grüße#1' });
  await page.getByRole('heading', { name: 'Numbers' }).waitFor();
  assertQuiet(visitor);
  await context.close();
});
