// USR-1, PHO-2 through the page: all that a search finds is changed or deleted, not only the page's rows; Undo brings all back;
// whoever sees other rows than there are is told before anything happens.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, shoot } from './lib/browser.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

const MANY = 60;
let world;
let visitor;
let page;
before(async () => {
  world = await openWorld();
  const rows = Array.from({ length: MANY }, (_, i) => ({ login: String(3001 + i), first_name: 'Many', last_name: `Meier ${i + 1}` }));
  await world.admin.post('users/several', { rows });
  await world.admin.post('users', { login: '2999', first_name: 'Otto', last_name: 'Other' });
  await world.admin.post('phones/several', { rows: rows.map(({ login }) => ({ name: `desk-${login}` })) });
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(async () => {
  await closeWorld(world);
});

const field = (name) => page.getByRole('textbox', { name, exact: true });
const button = (name) => page.getByRole('button', { name, exact: true });
const dialogue = () => page.getByRole('dialog');
const search = (text) => page.getByRole('searchbox', { name: 'Search in this list' }).fill(text);
const count = async (path) => (await world.admin.get(`${path}&per_page=1`)).total;

async function pickAllFound(total, shown = 25) {
  await page.getByText(`of ${total}`, { exact: false }).first().waitFor();
  await page.getByRole('checkbox', { name: 'Select all rows' }).check();
  await page.getByText(`All ${shown} on this page are selected.`).waitFor();
  await button(`Select all ${total} found`).click();
  await page.getByText(`All ${total} that are found are selected.`).waitFor();
}

async function tickLanguage(language) {
  await dialogue().getByRole('checkbox', { name: 'Language', exact: true }).check();
  await field('Language').click();
  await page.getByRole('option', { name: language, exact: true }).click();
}

test('USR-1: all users that a search finds are changed in one request, and Undo brings all back', async () => {
  await page.goto('/users');
  await search('meier');
  await pickAllFound(MANY);
  const table = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Export what is found' }).click();
  assert.equal(readFileSync(await (await table).path(), 'utf8').split('\r\n').length, MANY + 2);
  await shoot(page, 'found-users');
  await assertAccessible(page);
  await button(`Edit ${MANY}`).click();
  await tickLanguage('English');
  await shoot(page, 'found-users-edit');
  await assertAccessible(page);
  await button(`Change ${MANY}`).click();
  await page.getByText(`${MANY} changed.`).waitFor();
  assert.equal(await count('users?language=en&search=meier'), MANY);
  assert.equal(await count('users?language=de&search=other'), 1); // who was not found stays
  await button('Undo').click();
  await page.getByText('It is back.').waitFor();
  assert.equal(await count('users?language=en&search=meier'), 0);
});

test('USR-1: a row that is taken out, or another search, leaves picked only what one sees', async () => {
  await page.goto('/users?search=meier');
  await pickAllFound(MANY);
  await page.getByRole('row', { name: /Meier 1\b/ }).first().getByRole('checkbox').uncheck();
  await button('Edit 24').waitFor();
  assert.equal(await button(`Edit ${MANY}`).count(), 0);
  await page.getByRole('checkbox', { name: 'Select all rows' }).check();
  await button(`Select all ${MANY} found`).click();
  await search('ada');
  await page.getByText('1–1 of 1').waitFor();
  assert.equal(await button(`Edit ${MANY}`).count(), 0);
});

test('USR-1: when others are found meanwhile, nothing changes and the new number is shown', async () => {
  await page.goto('/users?search=meier');
  await pickAllFound(MANY);
  await button(`Edit ${MANY}`).click();
  await tickLanguage('English');
  await world.admin.post('users', { login: '4001', first_name: 'New', last_name: 'Meier' });
  await button(`Change ${MANY}`).click();
  await dialogue().getByText('Meanwhile others are found than before.', { exact: false }).waitFor();
  assert.equal(await count('users?language=en&search=meier'), 0);
  await button(`Change ${MANY + 1}`).click();
  await page.getByText(`${MANY + 1} changed.`).waitFor();
  assert.equal(await count('users?language=en&search=meier'), MANY + 1);
});

test('PHO-2: all phones that are found are deleted after a question that says how many, and come back', async () => {
  await page.goto('/phones?search=desk-30');
  await pickAllFound(MANY);
  await button(`Delete ${MANY}`).click();
  await dialogue().getByText(`Delete all ${MANY} that are found, on this page and on all others?`).waitFor();
  await shoot(page, 'found-phones-delete');
  await dialogue().getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText(`${MANY} deleted.`).waitFor();
  assert.equal(await count('phones?search=desk'), 0);
  await button('Undo').click();
  await page.getByText('It is back.').waitFor();
  assert.equal(await count('phones?search=desk'), MANY);
});

test('USR-1: who deletes all users stays himself', async () => {
  await page.goto('/users');
  await pickAllFound(MANY + 3, 24);
  await button(`Delete ${MANY + 3}`).click();
  await dialogue().getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByText(`${MANY + 2} deleted.`).waitFor();
  assert.equal(await count('users?sort=id'), 1);
  await button('Undo').click();
  await page.getByText('It is back.').waitFor();
});

test('USR-1: it works at 360 px and in the dark', async () => {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto('/users?search=meier');
  await pickAllFound(MANY + 1);
  await shoot(page, 'found-users-small');
  await assertFits(page);
  await assertAccessible(page);
  assertQuiet(visitor);
});
