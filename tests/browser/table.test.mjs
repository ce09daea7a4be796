// USR-1: search, sort, letter tabs, rows per page, choice of columns; the keyboard reaches everything.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertQuiet, shoot } from './lib/browser.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
before(async () => {
  world = await openWorld();
  for (let i = 0; i < 30; i++) {
    const last_name = `${'ABCÄ'[i % 4]}name${String(i).padStart(2, '0')}`;
    await world.admin.post('users', { login: String(2000 + i), first_name: 'Test', last_name, password: 'geheim-4' });
  }
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(() => closeWorld(world));

const bodyRows = () => page.locator('tbody tr');
const names = () => page.locator('tbody tr td:nth-child(2)').allInnerTexts();
const range = (text) => page.getByRole('status').getByText(text, { exact: true }).waitFor();

test('rows per page and paging', async () => {
  await page.goto('/users');
  await range('1–25 of 31');
  assert.equal(await bodyRows().count(), 25);
  await page.getByRole('button', { name: 'Next page' }).click();
  await range('26–31 of 31');
  assert.equal(await bodyRows().count(), 6);
  await page.getByRole('textbox', { name: 'Rows' }).click();
  await page.getByRole('option', { name: '50', exact: true }).click();
  await range('1–31 of 31');
});

test('letter tabs; an umlaut stands with its letter', async () => {
  await page.goto('/users');
  await page.getByRole('button', { name: 'B', exact: true }).click();
  await range('1–8 of 8');
  assert.ok((await names()).every((name) => name.startsWith('B')));
  await page.getByRole('button', { name: 'A', exact: true }).click();
  await page.getByRole('row', { name: /Äname03/ }).waitFor();
  await shoot(page, 'users-letter');
  await page.getByRole('button', { name: 'Q', exact: true }).click();
  await page.getByText('Nothing matches.').waitFor();
  await page.getByRole('button', { name: 'Show all' }).click();
  await range('1–31 of 31');
});

test('search and sort', async () => {
  await page.goto('/users');
  await page.getByRole('searchbox').fill('bname2');
  await range('1–3 of 3');
  await page.getByRole('button', { name: /^Login/ }).click();
  await page.getByRole('columnheader', { name: /Login/, }).and(page.locator('[aria-sort=ascending]')).waitFor();
  await page.getByRole('button', { name: /^Login/ }).click();
  await page.locator('[aria-sort=descending]').waitFor();
  await page.waitForFunction(() => document.querySelector('tbody tr').innerText.includes('Bname29'));
  assert.deepEqual((await names()).map((name) => name.slice(0, 7)), ['Bname29', 'Bname25', 'Bname21']);
  await page.reload(); // the question is in the address
  await range('1–3 of 3');
});

test('the choice of columns is remembered', async () => {
  await page.goto('/users');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'E-mail' }).check();
  await page.getByRole('checkbox', { name: 'Primary phone' }).uncheck();
  await shoot(page, 'users-columns');
  await page.keyboard.press('Escape');
  await page.getByRole('columnheader', { name: 'E-mail' }).waitFor();
  await page.reload();
  await page.getByRole('columnheader', { name: 'E-mail' }).waitFor();
  assert.equal(await page.getByRole('columnheader', { name: 'Primary phone' }).count(), 0);
});

test('the keyboard moves through rows, picks and opens', async () => {
  await page.goto('/users');
  await bodyRows().nth(1).waitFor();
  await bodyRows().first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press(' ');
  await page.getByRole('button', { name: 'Delete 1' }).waitFor();
  const name = await bodyRows().nth(2).locator('td').nth(1).innerText();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name, exact: true }).waitFor();
  assertQuiet(visitor);
});
