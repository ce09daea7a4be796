// GRP-1, GRP-3, USR-14, NUM-1 through the page: groups, their members in two lists, numbers and who holds them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, openSearch, shoot } from './lib/browser.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
let people;
before(async () => {
  world = await openWorld();
  people = [];
  for (const [first_name, last_name, number] of [['Anna', 'Berg', '101'], ['Ben', 'Cohn', '102'], ['Cleo', 'Dietz', '103']]) {
    people.push((await world.admin.person({ first_name, last_name, number, login: `2${number}` })).user);
  }
  await world.admin.post('users', { login: '2104', first_name: 'Dora', last_name: 'Ernst', password: 'geheim-4' }); // without a phone
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(async () => {
  await closeWorld(world);
});

const field = (name) => page.getByRole('textbox', { name, exact: true });
const row = (name) => page.getByRole('row', { name });
const button = (name) => page.getByRole('button', { name, exact: true });
const heading = (name) => page.getByRole('heading', { name, exact: true });
const list = (name) => page.getByRole('list', { name, exact: true });
const item = (of, name) => list(of).getByRole('listitem').filter({ hasText: name });
const order = (of) => list(of).getByRole('link').allInnerTexts();

/** Waits until a list shows these, in this order. */
async function shows(of, names) {
  const expected = names.join('|');
  await page.waitForFunction(
    ([label, text]) => [...document.querySelectorAll(`[aria-label="${label}"] li a`)].map((a) => a.textContent).join('|') === text,
    [of, expected],
  );
  assert.deepEqual(await order(of), names);
}

/** The input of a switch is hidden behind its picture. */
const switched = (name, checked) => page.getByRole('switch', { name: `${name}: logged on`, checked }).waitFor({ state: 'attached' });

async function members() {
  const { items } = await world.admin.get('group-members?sort=position&group=1');
  return items.map(({ user_name, logged_on }) => user_name.split(' ')[0] + (logged_on ? '' : '-')).join(' ');
}

test('GRP-1: a new group gets its ID and a PIN, which is shown when asked for', async () => {
  await page.goto('/groups');
  await page.getByText('No groups yet.').waitFor();
  await page.getByRole('link', { name: 'New group' }).click();
  await field('PIN').fill('12');
  await button('Create').click();
  await page.getByText('At least 4 characters.').waitFor();
  await page.getByText('Must be filled.').waitFor();
  await field('PIN').fill('');
  await field('Name').fill('Sales');
  await page.getByText('Chat group', { exact: true }).click();
  await button('Create').click();
  await heading('Sales').waitFor();
  await page.getByRole('tab', { name: 'Data' }).click();
  assert.equal(await field('Group ID').inputValue(), '1');
  await button('Show PIN').click();
  await page.getByText(/^PIN \d{6}$/).waitFor();
  await shoot(page, 'group-data');
  await assertAccessible(page);
});

test('GRP-2: members can ring one after the other, each for a time of its own', async () => {
  await page.goto('/groups/1');
  assert.equal(await page.getByLabel('Time for each member (seconds)').count(), 0);
  await page.getByRole('textbox', { name: 'Ringing', exact: true }).click();
  await page.getByRole('option', { name: 'One member after the other' }).click();
  await page.getByLabel('Time for each member (seconds)').fill('2');
  assert.equal(await page.getByLabel('Ringing time (seconds)').count(), 0); // it would not count
  await button('Save').click();
  await page.getByText('At least 3.').waitFor();
  await page.getByLabel('Time for each member (seconds)').fill('20');
  await shoot(page, 'group-hunting');
  await assertAccessible(page);
  await button('Save').click();
  await page.getByText('Saved.').waitFor();
  const group = await world.admin.get('groups/1');
  assert.deepEqual([group.strategy, group.hunt_s], ['hunting', 20]);
});

test('GRP-1: members come by button and by drag & drop, at the place where they are dropped', async () => {
  await page.goto('/groups/1?tab=members');
  await button('Put Anna Berg into the list').click();
  await shows('Members', ['Anna Berg']);
  await button('Put Ben Cohn into the list').click();
  await shows('Members', ['Anna Berg', 'Ben Cohn']);
  await item('Other users', 'Dora Ernst').dragTo(item('Members', 'Ben Cohn'));
  await shows('Members', ['Anna Berg', 'Dora Ernst', 'Ben Cohn']);
  await item('Other users', 'Cleo Dietz').dragTo(page.getByRole('heading', { name: /^Members/ }).locator('xpath=following-sibling::div'), {
    targetPosition: { x: 60, y: 200 },
  });
  await shows('Members', ['Anna Berg', 'Dora Ernst', 'Ben Cohn', 'Cleo Dietz']);
  assert.equal(await item('Other users', 'Anna Berg').count(), 0);
  await shoot(page, 'group-members');
  await assertAccessible(page);
});

test('GRP-1: the order changes by drag & drop and by keyboard; the focus goes with the member', async () => {
  await item('Members', 'Cleo Dietz').dragTo(item('Members', 'Anna Berg'));
  await shows('Members', ['Cleo Dietz', 'Anna Berg', 'Dora Ernst', 'Ben Cohn']);
  await button('Move Ben Cohn up').focus();
  await page.keyboard.press('Enter');
  await shows('Members', ['Cleo Dietz', 'Anna Berg', 'Ben Cohn', 'Dora Ernst']);
  await page.waitForFunction(() => document.activeElement.getAttribute('aria-label') === 'Move Ben Cohn up');
  await page.keyboard.press('Enter');
  await shows('Members', ['Cleo Dietz', 'Ben Cohn', 'Anna Berg', 'Dora Ernst']);
  await page.keyboard.press('Enter');
  await shows('Members', ['Ben Cohn', 'Cleo Dietz', 'Anna Berg', 'Dora Ernst']);
  await page.waitForFunction(() => document.activeElement.getAttribute('aria-label') === 'Move Ben Cohn down');
  assert.equal(await members(), 'Ben Cleo Anna Dora');
});

test('GRP-1: a member is logged off and on; one without a phone is marked, in the list of groups too', async () => {
  await page.getByRole('switch', { name: 'Cleo Dietz: logged on' }).focus();
  await page.keyboard.press('Space');
  await switched('Cleo Dietz', false);
  assert.equal(await members(), 'Ben Cleo- Anna Dora');
  await item('Members', 'Dora Ernst').getByRole('img', { name: /cannot ring/ }).waitFor();
  await page.goto('/groups');
  await row(/Sales.*3 of 4/).waitFor();
  await row(/Sales/).getByRole('img', { name: /1 member cannot ring/ }).waitFor();
  await shoot(page, 'groups');
});

test('GRP-1: what another administrator does at the same time stays', async () => {
  await page.goto('/groups/1?tab=members');
  await shows('Members', ['Ben Cohn', 'Cleo Dietz', 'Anna Berg', 'Dora Ernst']);
  const { items } = await world.admin.get('group-members?sort=position&group=1');
  await Promise.all([
    world.admin.patch(`group-members/${items[2].id}`, { logged_on: false }),
    button('Take Dora Ernst out of the list').click(),
  ]);
  await shows('Members', ['Ben Cohn', 'Cleo Dietz', 'Anna Berg']);
  await switched('Anna Berg', false); // told live
  assert.equal(await members(), 'Ben Cleo- Anna-');
});

test('NUM-1: a free number of a range is chosen for the group; one that is held is refused with its holder', async () => {
  await page.goto('/groups/1?tab=numbers');
  await field('Another number').fill('101');
  await button('Give').click();
  await page.getByText('101 belongs to Anna Berg.').waitFor();
  await field('Another number').fill('10');
  await page.getByText('Free, 100–999').waitFor();
  assert.deepEqual((await page.getByRole('option').allInnerTexts()).slice(0, 3), ['100', '104', '105']);
  await shoot(page, 'group-numbers');
  await page.getByRole('option', { name: '105' }).click();
  await button('Give').click();
  await page.getByText('105 is given now.').waitFor();
  await button('Take 105 away').waitFor();
});

test('NUM-1: all numbers with user or group as holder; free and held ones; jump to the owner', async () => {
  await world.admin.post('numbers', { number: '200' });
  await page.goto('/numbers');
  await row(/105.*Internal.*Sales/).waitFor();
  await row(/101.*Internal.*Anna Berg/).waitFor();
  await shoot(page, 'numbers-held');
  await page.getByRole('textbox', { name: 'Show' }).click();
  await page.getByRole('option', { name: 'Free ones' }).click();
  await row(/101/).waitFor({ state: 'detached' });
  await row(/200.*free/).waitFor();
  await page.getByRole('textbox', { name: 'Show' }).click();
  await page.getByRole('option', { name: 'Held ones' }).click();
  await row(/200/).waitFor({ state: 'detached' });
  await row(/105/).getByRole('link', { name: 'Sales' }).click();
  await heading('Sales').waitFor();
});

test('NUM-1: a range in use stays, and the page says by whom', async () => {
  await page.goto('/numbers?tab=ranges');
  await row(/100.*999/).getByRole('checkbox').check();
  await button('Delete 1').click();
  await page.getByText(/100–999 is in use: .*101 \(Anna Berg\), .*105 \(Sales\)/).waitFor();
  assert.equal((await world.admin.get('ranges')).total, 1);
});

test('USR-14: the same two lists the other way, at the user', async () => {
  await world.admin.post('groups', { name: 'Support' });
  await page.goto(`/users/${people[0].id}?tab=groups`);
  await shows('Groups of the user', ['Sales']);
  await item('Other groups', 'Support').dragTo(item('Groups of the user', 'Sales'));
  await shows('Groups of the user', ['Sales', 'Support']);
  await switched('Sales', false);
  await page.getByText('On', { exact: true }).first().click();
  await switched('Sales', true);
  await shoot(page, 'user-groups');
  await assertAccessible(page);
  await item('Groups of the user', 'Support').dragTo(item('Groups of the user', 'Sales'));
  await button('Take Sales out of the list').click();
  await shows('Groups of the user', ['Support']);
  await shows('Other groups', ['Sales']);
});

test('GRP-1: the search finds groups; a group is deleted after a question that names its numbers', async () => {
  await openSearch(page);
  await page.keyboard.type('sal');
  await page.getByRole('option', { name: /Sales/ }).click();
  await heading('Sales').waitFor();
  await button('Delete').click();
  await page.getByRole('dialog').getByText('Sales (numbers 105)').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await row(/Support/).waitFor();
  const number = (await world.admin.get('numbers?number=105')).items[0];
  assert.equal(number.held, false);
  assertQuiet(visitor);
});

test('GRP-1: in German, dark, and as narrow as a telephone', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: 'dark' });
  const { id } = (await world.admin.get('groups?search=Support')).items[0];
  await world.admin.post('group-members', { group: id, user: people[1].id });
  await page.evaluate(() => localStorage.setItem('strowger.language', 'de'));
  for (const [tab, text] of [['data', 'Klingeldauer (Sekunden)'], ['members', 'Mitglieder'], ['numbers', 'Weitere Rufnummer']]) {
    await page.goto(`/groups/${id}?tab=${tab}`);
    await page.getByText(text).first().waitFor();
    await assertFits(page);
    await shoot(page, `group-narrow-${tab}`);
    await assertAccessible(page);
  }
});
