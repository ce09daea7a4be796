// USR-2 through the page: users from a table; and what two administrators do to each other (undo, conflicts).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, shoot } from './lib/browser.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
before(async () => {
  world = await openWorld();
  await world.admin.post('users', { login: '2101', first_name: 'Anna', last_name: 'Berg' });
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(async () => {
  await closeWorld(world);
});

const HEAD = 'login;firstname;lastname;external;internal;mail;password;fax_perm\n';
const field = (name, of = page) => of.getByRole('textbox', { name, exact: true });
const button = (name, of = page) => of.getByRole('button', { name, exact: true });
const row = (name) => page.getByRole('row', { name });

async function choose(text) {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button('Choose a file …').click()]);
  await chooser.setFiles({ name: 'users.csv', mimeType: 'text/csv', buffer: Buffer.isBuffer(text) ? text : Buffer.from(text) });
}

const logins = async () => (await world.admin.get('users?sort=login')).items.map(({ login }) => login).join(' ');

test('USR-2: the template comes with all columns', async () => {
  await page.goto('/users');
  await page.getByRole('link', { name: 'Import' }).click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Template' }).click()]);
  assert.equal(download.suggestedFilename(), 'users-template.csv');
  assert.match(await readFile(await download.path(), 'utf8'), /^login,firstname,lastname,external,internal,mail,password,fkey_perm,.*callman_perm\r\n/);
  await shoot(page, 'import-choose');
  await assertAccessible(page);
});

test('USR-2: what is no table is refused with a reason', async () => {
  await choose('colour;size\nred;1\n');
  await page.getByText('There is no column "colour".').waitFor();
  await button('Close').click();
  await page.getByText('There is no column "colour".').waitFor({ state: 'detached' });
});

test('USR-2: rows are shown before anything changes, mistakes stand at their cells', async () => {
  const before = await logins();
  await choose(
    Buffer.from(`${HEAD}2101;Anna;B\xe4rg;;101;;;1\n2102;Ben;Cohn;;102;b@example.org;geheim-2;\n12;Cleo;Dietz;;;nobody;;\n2104;Dora;Ernst;;77777;;;perhaps\n`, 'latin1'),
  );
  await page.getByText('1 new user', { exact: true }).waitFor();
  await page.getByText('1 changed user', { exact: true }).waitFor();
  await page.getByText('2 rows with mistakes').waitFor();
  await page.getByText('read as Windows-1252').waitFor();
  await row(/^4 Mistake 12 Too short/).waitFor();
  await row(/nobody This is not in the expected form/).waitFor();
  await row(/77777 Internal numbers must lie in an internal range/).or(row(/fax_perm/)).first().waitFor();
  await shoot(page, 'import-mistakes');
  await assertAccessible(page);
  await page.getByText('Only rows with mistakes').click();
  await row(/^2 Changed 2101 Anna Bärg 101/).waitFor();
  await shoot(page, 'import-preview');
  assert.equal(await logins(), before);
  await page.setViewportSize({ width: 360, height: 740 });
  await shoot(page, 'import-phone');
  await assertFits(page);
  await page.setViewportSize({ width: 1280, height: 800 });
});

test('USR-2: the page may be left; another one goes on: the valid rows come in', async () => {
  await page.goto('/calls');
  await page.goto('/users/import');
  await button('Import the 2 valid rows').click();
  await page.getByText('The import is done.').waitFor();
  await shoot(page, 'import-done');
  await assertAccessible(page);
  await page.getByRole('link', { name: 'To the users' }).click();
  await row(/Cohn, Ben/).waitFor();
  assert.equal(await logins(), '1000 2101 2102');
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Export' }).click()]);
  assert.match(await readFile(await download.path(), 'utf8'), /\r\n2101,Anna,Bärg,,101,,,/);
  await shoot(page, 'users-actions');
});

test('USR-2: an import can be aborted, and nothing is left of it', async () => {
  await page.goto('/users/import');
  await button('Another file …').click();
  await choose(`${HEAD}2105;Emil;Frey;;;;;\n`);
  await page.getByText('1 new user', { exact: true }).waitFor();
  await button('Abort').click();
  await button('Choose a file …').waitFor();
  assert.equal(await logins(), '1000 2101 2102');
});

test('USR-1: what was deleted comes back with Undo, several at once too', async () => {
  await page.goto('/users');
  await row(/Bärg, Anna/).getByRole('checkbox').click();
  await row(/Cohn, Ben/).getByRole('checkbox').click();
  await page.getByRole('button', { name: /Delete/ }).click();
  await button('Delete', page.getByRole('dialog')).click();
  await page.getByText('2 deleted.').waitFor();
  assert.equal(await logins(), '1000');
  await shoot(page, 'undo');
  await assertAccessible(page);
  await button('Undo').click();
  await page.getByText('It is back.').waitFor();
  await row(/Cohn, Ben/).waitFor();
  assert.equal(await logins(), '1000 2101 2102');
  assert.deepEqual((await world.admin.get('users?search=2101')).items[0].numbers, ['101']);
});

test('USR-3: of two administrators at one user neither overwrites the other unseen', async () => {
  const [{ id }] = (await world.admin.get('users?search=2102')).items;
  const other = await loggedIn(world);
  await page.goto(`/users/${id}`);
  await other.page.goto(`/users/${id}`);
  await field('First name').fill('Benno');
  await field('E-mail').fill('benno@example.org');
  await field('First name', other.page).fill('Benjamin');
  await field('Last name', other.page).fill('Kohn');
  await button('Save', other.page).click();
  await other.page.getByText('Saved.').waitFor();
  await page.waitForFunction(() => document.querySelector('[name=last_name]').value === 'Kohn'); // what one does not edit follows
  await button('Save').click();
  const dialogue = page.getByRole('dialog', { name: 'Changed meanwhile' });
  await dialogue.getByRole('row', { name: 'First name Ben Benjamin Benno' }).waitFor();
  assert.equal(await dialogue.getByRole('row').count(), 2, 'only what both have changed');
  await shoot(page, 'conflict');
  await assertAccessible(page);
  await button('Take theirs', dialogue.locator('footer').or(dialogue)).last().click();
  assert.equal(await field('First name').inputValue(), 'Benjamin');
  assert.equal(await field('E-mail').inputValue(), 'benno@example.org', 'the other edits stay');

  await field('First name').fill('Benno');
  await world.admin.patch(`users/${id}`, { first_name: 'Bernd' });
  await button('Save').click();
  await button('Keep mine').click();
  await page.getByText('Saved.').last().waitFor();
  const user = await world.admin.get(`users/${id}`);
  assert.deepEqual([user.first_name, user.last_name, user.email], ['Benno', 'Kohn', 'benno@example.org']);
  assertQuiet(other);
});

test('nothing complained', () => assertQuiet(visitor));
