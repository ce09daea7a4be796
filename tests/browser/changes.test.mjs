// Who changed what: seen in the page at once, explained field by field, and undone.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertQuiet, shoot } from './lib/browser.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
let person;
before(async () => {
  world = await openWorld();
  visitor = await loggedIn(world);
  page = visitor.page;
  person = await world.admin.person({ first_name: 'Emil', last_name: 'Muster', number: '150', login: '2150' });
});
after(async () => {
  await closeWorld(world);
});

const row = (name) => page.getByRole('row', { name });
const drawer = () => page.getByRole('dialog');

test('a change says who, what, from what to what, and can be undone', async () => {
  await page.goto('/changes');
  await row(/Ada Admin.*created.*Phone phone-150/).waitFor();
  await world.admin.patch(`users/${person.user.id}`, { dnd: true, last_name: 'Meister', password: 'geheim-77' });
  await row(/Ada Admin \(1000\).*changed.*User Emil Muster.*Last name/).dblclick(); // it came by itself
  await drawer().getByRole('row', { name: /Do not disturb No Yes/ }).waitFor();
  await drawer().getByRole('row', { name: /Last name Muster Meister/ }).waitFor();
  await drawer().getByRole('row', { name: /Password secret secret/ }).waitFor();
  await shoot(page, 'change');
  await assertAccessible(page);
  await drawer().getByRole('button', { name: 'Undo this change' }).click();
  await page.getByText('Undone.').waitFor();
  const user = await world.admin.get(`users/${person.user.id}`);
  assert.deepEqual([user.dnd, user.last_name], [false, 'Muster']);
  assert.equal(await page.getByText('geheim-77').count(), 0);
});

test('what was deleted comes back, with its number and its phone', async () => {
  await world.admin.send('DELETE', `users/${person.user.id}`);
  await row(/deleted.*User Emil Muster/).dblclick();
  await drawer().getByRole('button', { name: 'Bring it back' }).click();
  await page.getByText('Undone.').last().waitFor();
  const { items } = await world.admin.get('users?search=Muster');
  assert.deepEqual([items[0].numbers, items[0].phone_names], [['150'], ['phone-150']]);
});

test('what has changed again since is not undone, and the page says why', async () => {
  await world.admin.patch(`phones/${person.phone.id}`, { qualify_s: 10 });
  await world.admin.patch(`phones/${person.phone.id}`, { qualify_s: 20 });
  await row(/changed.*Phone phone-150/).nth(1).dblclick();
  await drawer().getByRole('row', { name: /– 10$/ }).waitFor();
  await drawer().getByRole('button', { name: 'Undo this change' }).click();
  await drawer().getByText('It has been changed again since.').waitFor();
  assertQuiet(visitor);
});
