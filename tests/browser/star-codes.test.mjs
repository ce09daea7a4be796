// KEY: the page of star codes: changed, checked while typed, sets with a preview; and what everybody reads and prints.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, logIn, newVisitor, shoot } from './lib/browser.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;

before(async () => {
  world = await openWorld();
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(() => closeWorld(world));

const field = (name) => page.getByRole('textbox', { name, exact: true });
const button = (name) => page.getByRole('button', { name, exact: true });
const dialogue = () => page.getByRole('dialog');

test('KEY: a code that another one has is refused while it is typed, in the words of the server', async () => {
  await page.goto('/star-codes');
  await field('Do not disturb: on').fill('*08');
  await page.getByText('The code *08 is already used for: Park a call, or fetch it.').waitFor();
  await shoot(page, 'star-codes-conflict');
  await field('Do not disturb: on').fill('*51');
  await page.getByText('Codes that begin with *5 are for calls with a PIN.').waitFor();
  await field('Do not disturb: on').fill('112'); // never a number of somebody, nor of an emergency
  await page.getByText(/begins with \* or #/).first().waitFor();
  await field('Do not disturb: on').fill('*66');
  await page.getByText(/begins with \* or #/).waitFor({ state: 'detached' });
  await button('Save').click();
  await page.getByText('Saved').first().waitFor();
  assert.equal((await world.admin.get('settings')).code_dnd_on, '*66');
  await assertAccessible(page);
});

test('KEY: a set is shown before it is applied, all or nothing, and the one supplied comes back', async () => {
  await button('As in FreePBX …').click();
  await dialogue().getByRole('row', { name: /Do not disturb: on \*66 \*78/ }).waitFor();
  await dialogue().getByRole('row', { name: /Log out of the telephone \*78 \*12/ }).waitFor();
  await shoot(page, 'star-codes-set');
  await assertAccessible(page);
  const before = (await world.admin.get('changes?per_page=1')).total;
  await dialogue().getByRole('button', { name: /^Change 1\d codes/ }).click();
  await dialogue().waitFor({ state: 'detached' });
  const settings = await world.admin.get('settings');
  assert.deepEqual([settings.code_dnd_on, settings.code_phone_logout, settings.code_pick_up, settings.code_private_call], ['*78', '*12', '**', '*2']);
  assert.equal((await world.admin.get('changes?per_page=1')).total, before + 1, 'one change, which can be undone as a whole');
  await button('As supplied …').click();
  await dialogue().getByRole('button', { name: /^Change 1\d codes/ }).click();
  await dialogue().waitFor({ state: 'detached' });
  assert.equal((await world.admin.get('settings')).code_dnd_on, '*09');
  assertQuiet(visitor);
});

test('KEY: everybody reads the codes in force, in German, at a small screen', async () => {
  await world.admin.person({ first_name: 'Anna', last_name: 'Test', number: '101', login: '2101', language: 'de' });
  await world.admin.patch('settings', { code_dnd_off: '' });
  const small = await newVisitor(world.browser, world.server, { colorScheme: 'dark' });
  await small.page.goto('/');
  await logIn(small.page, { login: '2101', password: 'geheim-2' });
  await small.page.setViewportSize({ width: 360, height: 740 });
  await small.page.goto('/my-codes');
  await small.page.getByRole('row', { name: /\*32 … .*Dann die ID der Gruppe/ }).waitFor();
  assert.equal(await small.page.getByRole('row', { name: /\*090/ }).count(), 0, 'what is switched off is not there');
  await assertFits(small.page);
  await shoot(small.page, 'my-codes-small-dark-de');
  await assertAccessible(small.page);
  assertQuiet(small);
});
