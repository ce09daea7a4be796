// USR-9 through the page: mobile phones that ring with the others, by administrators and by everybody for their own.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, logIn, newVisitor, shoot } from './lib/browser.mjs';
import { until } from './lib/server.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

const ANNA = { login: '2101', password: 'geheim-2' };
const NUMBER = '+491711234567';

let world;
let visitor;
let page;
let anna;
let ben;
before(async () => {
  world = await openWorld();
  anna = (await world.admin.person({ first_name: 'Anna', last_name: 'Berg', number: '101', login: ANNA.login, language: 'en' })).user;
  ben = (await world.admin.person({ first_name: 'Ben', last_name: 'Cohn', number: '102', login: '2102' })).user;
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(async () => {
  await closeWorld(world);
});

const stored = async (number) => (await world.admin.get(`mobile-twins?number=${encodeURIComponent(number)}`)).items[0] ?? null;
const card = (number, on = page) => on.getByRole('group', { name: number, exact: true });
const dialogue = (on = page) => on.getByRole('dialog');
const press = (name, on = page) => on.getByRole('button', { name, exact: true }).click();

async function holds(number, values) {
  await until(async () => {
    const one = await stored(number);
    return one && Object.entries(values).every(([field, value]) => one[field] === value);
  }, `${number}: ${JSON.stringify(values)}`);
}

test('USR-9: a number is written as people write it, and what is not international is refused at the field', async () => {
  await page.goto(`/users/${anna.id}?tab=mobile`);
  await page.getByText('No mobile phone yet.').waitFor();
  await press('New mobile phone');
  await dialogue().getByLabel('Mobile number').fill('0171 / 1234567');
  await press('Create');
  await dialogue().getByText('Please write the number as +49171123456.').waitFor();
  visitor.complaints.length = 0; // the refusal that this test provoked
  await dialogue().getByLabel('Mobile number').fill('0049 (171) 123-4567');
  await dialogue().getByLabel('Call delay (seconds)').fill('8');
  await dialogue().getByLabel('Include group calls').focus();
  await page.keyboard.press('Space');
  await press('Create');
  await holds(NUMBER, { user: anna.id, delay_s: 8, confirm: true, group_calls: true, enabled: true, times: '' });
  await card(NUMBER).getByText('Rings after 8 s · Taken with key 1 · Group calls, too').waitFor();
  await card(NUMBER).getByText('Always').waitFor();
});

test('USR-9: it rings at the days and hours that are chosen', async () => {
  await press(`Change ${NUMBER}`);
  await press('Add times');
  const first = dialogue().getByRole('group', { name: 'Time 1' });
  await first.getByLabel('Fri').uncheck();
  await press('Add times');
  const second = dialogue().getByRole('group', { name: 'Time 2' });
  for (const day of ['Mon', 'Tue', 'Wed', 'Thu', 'Fri']) await second.getByLabel(day).uncheck();
  await second.getByLabel('Sat').check();
  await second.getByLabel('To').fill('07:00');
  await press('Save');
  await dialogue().getByText('Times need days, and must end later than they begin.').waitFor();
  visitor.complaints.length = 0;
  await second.getByLabel('To').fill('12:30');
  await shoot(page, 'mobile-times');
  await assertAccessible(page);
  await page.setViewportSize({ width: 360, height: 780 });
  await assertFits(page);
  await shoot(page, 'mobile-times-narrow');
  await page.setViewportSize({ width: 1280, height: 900 });
  await press('Save');
  await holds(NUMBER, { times: 'mon,tue,wed,thu 08:00-18:00; sat 08:00-12:30' });
  await card(NUMBER).getByText('Mon, Tue, Wed, Thu 08:00–18:00 · Sat 08:00–12:30').waitFor();
});

test('USR-9: a redirection that is faster is warned of, and so is a right that is missing', async () => {
  const { items } = await world.admin.get('numbers?number=101');
  const made = await world.admin.post('redirections', { number: items[0].id, trigger: 'timeout', target: '102', after_s: 5 });
  await card(NUMBER).getByText(/^A redirection when nobody answers acts before/).waitFor(); // without loading the page anew
  await shoot(page, 'mobile');
  await assertAccessible(page);
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'mobile-dark');
  await assertAccessible(page);
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 360, height: 780 });
  await assertFits(page);
  await shoot(page, 'mobile-narrow');
  await page.setViewportSize({ width: 1280, height: 900 });
  await world.admin.patch(`redirections/${made.id}`, { after_s: 30 });
  await card(NUMBER).getByText(/^A redirection when nobody answers/).waitFor({ state: 'detached' });
  await world.admin.patch(`users/${ben.id}`, { rights: ben.rights.filter((one) => one !== 'ifmc_use') });
  await page.goto(`/users/${ben.id}?tab=mobile`);
  await page.getByText(/^This user may not use mobile phones/).waitFor();
  await press('New mobile phone');
  await dialogue().getByLabel('Mobile number').fill(NUMBER);
  await press('Create');
  await dialogue().getByText('This is taken already.').waitFor();
  visitor.complaints.length = 0;
  await page.keyboard.press('Escape');
  assertQuiet(visitor);
});

test('USR-9: everybody has their own, as long as they have the rights', async () => {
  const own = await newVisitor(world.browser, world.server);
  await own.page.goto('/');
  await logIn(own.page, ANNA);
  await own.page.goto('/account?tab=mobile');
  await card(NUMBER, own.page).getByRole('switch').focus();
  await own.page.keyboard.press('Space');
  await holds(NUMBER, { enabled: false });
  await press('New mobile phone', own.page);
  await dialogue(own.page).getByLabel('Mobile number').fill('+43 664 1234567');
  await press('Create', own.page);
  await holds('+436641234567', { user: anna.id });
  await shoot(own.page, 'own-mobile');
  await assertAccessible(own.page);
  await press('Remove +436641234567', own.page);
  await dialogue(own.page).getByRole('button', { name: /^(Remove|Delete)$/ }).click();
  await until(async () => (await stored('+436641234567')) === null, 'it is gone');
  assertQuiet(own);

  await world.admin.patch(`users/${anna.id}`, { rights: anna.rights.filter((one) => one !== 'ifmc_edit') });
  await own.page.getByRole('button', { name: 'New mobile phone' }).waitFor({ state: 'detached' });
  assert.equal(await card(NUMBER, own.page).getByRole('switch').isDisabled(), true);
  await world.admin.patch(`users/${anna.id}`, { rights: anna.rights.filter((one) => !one.startsWith('ifmc')) });
  await own.page.getByRole('tab', { name: 'Mobile phones' }).waitFor({ state: 'detached' });
});
