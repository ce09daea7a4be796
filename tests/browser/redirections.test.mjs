// USR-5, USR-6, GRP-1 through the page: where calls to numbers go instead, by administrators and by everybody for their own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, logIn, newVisitor, shoot } from './lib/browser.mjs';
import { until } from './lib/server.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

const ANNA = { login: '2101', password: 'geheim-2' };

let world;
let visitor;
let page;
let anna;
let group;
before(async () => {
  world = await openWorld();
  anna = (await world.admin.person({ first_name: 'Anna', last_name: 'Berg', number: '101', login: ANNA.login, language: 'en' })).user;
  await world.admin.person({ first_name: 'Ben', last_name: 'Cohn', number: '102', login: '2102' });
  await world.admin.post('numbers', { number: '0211555101', kind: 'external', user: anna.id });
  group = await world.admin.post('groups', { name: 'Sales' });
  await world.admin.post('numbers', { number: '201', kind: 'internal', group: group.id });
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(async () => {
  await closeWorld(world);
});

const part = (name, on = page) => on.getByRole('group', { name, exact: true });
const toggle = (name, on = page) => part(name, on).getByRole('switch');
const target = (name, on = page) => part(name, on).getByRole('textbox', { name: 'Target' });

async function stored(digits, trigger) {
  const { items } = await world.admin.get(`redirections?digits=${digits}&trigger=${trigger}`);
  return items[0] ?? null;
}

/** Waits until the server has these values. */
async function holds(digits, trigger, values) {
  await until(async () => {
    const one = await stored(digits, trigger);
    return one && Object.entries(values).every(([field, value]) => one[field] === value);
  }, `${digits} ${trigger}: ${JSON.stringify(values)}`);
}

test('USR-5: without a target nothing is switched on, and the page says why', async () => {
  await page.goto(`/users/${anna.id}?tab=redirections`);
  await toggle('101: Always').focus();
  await page.keyboard.press('Space');
  await part('101: Always').getByText('Enter a target first.').waitFor();
  assert.equal(await toggle('101: Always').isChecked(), false);
  assert.equal(await stored('101', 'always'), null);
  visitor.complaints.length = 0; // the refusal that this test provoked
});

test('USR-5: a target is kept, switched on and off by the keyboard, and never lost', async () => {
  await target('101: Always').fill('1 02');
  await page.keyboard.press('Enter');
  await holds('101', 'always', { target: '102', enabled: false });
  await toggle('101: Always').focus();
  await page.keyboard.press('Space');
  await holds('101', 'always', { target: '102', enabled: true });
  await page.keyboard.press('Space');
  await holds('101', 'always', { target: '102', enabled: false });
  await page.reload();
  assert.equal(await target('101: Always').inputValue(), '102');
  assert.equal(await toggle('101: Always').isChecked(), false);
});

test('USR-5: a timeout has its seconds; a number that nobody has is refused at the field', async () => {
  await target('101: When nobody answers').fill('0 0151 / 123-45');
  await target('101: When nobody answers').blur();
  await holds('101', 'timeout', { target: '0015112345', after_s: 20 });
  await part('101: When nobody answers').getByLabel('After (seconds)').fill('35');
  await page.keyboard.press('Enter');
  await holds('101', 'timeout', { after_s: 35 });
  await target('101: When nobody answers').fill('199');
  await page.keyboard.press('Enter');
  await page.getByText('Nobody has this number. Numbers outside need the prefix.').waitFor();
  assert.equal((await stored('101', 'timeout')).target, '0015112345');
  visitor.complaints.length = 0;
  await shoot(page, 'redirections-error');
  await page.reload();
  await toggle('101: When nobody answers').focus();
  await page.keyboard.press('Space');
  await holds('101', 'timeout', { enabled: true });
});

test('USR-6: the page says that call waiting stands in the way of the busy redirection', async () => {
  await part('101: When busy').getByText('Does not act while call waiting is on.').waitFor();
  await shoot(page, 'redirections');
  await assertAccessible(page);
  await page.setViewportSize({ width: 360, height: 780 });
  await assertFits(page);
  await shoot(page, 'redirections-narrow');
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'redirections-dark');
  await assertAccessible(page);
  await page.emulateMedia({ colorScheme: 'light' });
});

test('GRP-1: the numbers of a group are redirected the same way', async () => {
  await page.goto(`/groups/${group.id}?tab=redirections`);
  await target('201: When busy').fill('102');
  await page.keyboard.press('Enter');
  await holds('201', 'busy', { target: '102' });
  await toggle('201: When busy').focus();
  await page.keyboard.press('Space');
  await holds('201', 'busy', { enabled: true });
  assert.equal(await page.getByText('Does not act while call waiting is on.').count(), 0);
  assertQuiet(visitor);
});

test('USR-5: everybody redirects their own numbers, as long as they have the right', async () => {
  const own = await newVisitor(world.browser, world.server);
  await own.page.goto('/');
  await logIn(own.page, ANNA);
  await own.page.goto('/account?tab=redirections');
  assert.equal(await target('101: Always', own.page).inputValue(), '102');
  assert.equal(await toggle('101: When nobody answers', own.page).isChecked(), true);
  assert.equal(await part('201: When busy', own.page).count(), 0);
  await target('0211555101: Always', own.page).fill('102');
  await own.page.keyboard.press('Enter');
  await holds('0211555101', 'always', { target: '102', enabled: false });
  await own.page.getByRole('switch', { name: /^Call waiting/ }).focus();
  await own.page.keyboard.press('Space');
  await until(async () => !(await world.admin.get(`users/${anna.id}`)).call_waiting, 'call waiting is off');
  await own.page.getByText('Does not act while call waiting is on.').first().waitFor({ state: 'detached' });
  await shoot(own.page, 'own-redirections');
  await assertAccessible(own.page);
  assertQuiet(own);

  await world.admin.patch(`users/${anna.id}`, { rights: anna.rights.filter((one) => one !== 'redirect') });
  await own.page.getByRole('tab', { name: 'Redirections' }).waitFor({ state: 'detached' });
});
