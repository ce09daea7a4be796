// USR-10, USR-11: function keys of somebody who does not administer: arranged, lit, pressed; and an administrator's view.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, logIn, newVisitor, shoot } from './lib/browser.mjs';
import { Softphone } from './lib/phones.mjs';
import { closeWorld, loggedIn, openWorld, ownMediaPorts } from './lib/world.mjs';

let world;
let visitor;
let page;
const people = {};
const phones = [];
const account = (number) => ({ username: `phone-${number}`, password: `Secret-Of-${number}-Secret` });

before(async () => {
  world = await openWorld();
  await ownMediaPorts(world);
  for (const [name, number] of [['Anna', '101'], ['Bert', '102'], ['Carla', '103']]) {
    people[name] = await world.admin.person({ first_name: name, last_name: 'Test', number, login: `2${number}`, language: 'en', phone: { secret: account(number).password } });
  }
  const sales = await world.admin.post('groups', { name: 'Sales' });
  await world.admin.post('group-members', { group: sales.id, user: people.Anna.user.id });
  phones.push(await Softphone.start(world.server, account('101')));
  phones.push(await Softphone.start(world.server, account('102'), 'ring'));
  visitor = await newVisitor(world.browser, world.server);
  page = visitor.page;
  await page.goto('/');
  await logIn(page, { login: '2101', password: 'geheim-2' });
});
after(async () => {
  for (const phone of phones) await phone.stop();
  await closeWorld(world);
});

const now = () => page.getByRole('region', { name: 'Now' });
const lit = (name) => now().getByRole('button', { name });
const button = (name) => page.getByRole('button', { name, exact: true });
const column = (number) => page.getByRole('region', { name: `Column ${number}` });
const placed = async (number) => (await column(number).getByRole('checkbox').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label').replace('Pick ', '')))).join(', ');

async function until(what, read, expected) {
  let last;
  for (let n = 0; n < 100; n++) {
    last = await read();
    if (last === expected) return;
    await page.waitForTimeout(50);
  }
  assert.equal(last, expected, what);
}

async function add(type) {
  await button('Add key').click();
  await page.getByRole('menuitem', { name: type, exact: true }).click();
}

test('USR-10: keys are added, of several targets each gets one, and what there is once is offered once', async () => {
  await page.goto('/keys');
  await now().getByText('There are no function keys yet.').waitFor();
  await add('Busy lamp field');
  const dialogue = page.getByRole('dialog');
  const targets = dialogue.getByRole('textbox', { name: 'Users or groups' });
  for (const name of ['bert', 'carla']) {
    await targets.fill(name);
    await page.getByRole('option', { name: new RegExp(`${name} Test`, 'i') }).click();
  }
  await page.keyboard.press('Tab');
  await dialogue.getByText('2 keys are made, one for each.').click();
  await page.getByRole('listbox').waitFor({ state: 'detached' });
  await shoot(page, 'keys-add');
  await assertAccessible(page);
  await dialogue.getByRole('button', { name: 'Create' }).click();
  await lit('Bert Test free').waitFor();
  await lit('Carla Test free').waitFor();
  await add('Speed dial');
  await dialogue.getByRole('textbox', { name: 'Number' }).fill('0 211-999');
  await dialogue.getByRole('textbox', { name: 'Label' }).fill('Taxi');
  await dialogue.getByRole('button', { name: 'Create' }).click();
  await lit('Taxi').waitFor();
  await add('Do not disturb');
  await lit('Do not disturb off').waitFor();
  await add('Group log-on');
  await dialogue.getByRole('textbox', { name: 'Groups' }).fill('sal');
  await page.getByRole('option', { name: 'Sales' }).click();
  await dialogue.getByRole('button', { name: 'Create' }).click();
  await lit('Sales on').waitFor();
  await button('Add key').click();
  assert.ok(await page.getByRole('menuitem', { name: 'Do not disturb' }).isDisabled());
  await page.keyboard.press('Escape');
  await add('Busy lamp field');
  await targets.fill('bert');
  await page.getByRole('option', { name: /Bert Test/ }).click();
  await dialogue.getByRole('button', { name: 'Create' }).click();
  await page.getByText('There is already a key that does this.').waitFor();
  await dialogue.getByRole('button', { name: 'Cancel' }).click();
});

test('USR-10: they are put in an order by buttons and by dragging, in columns', async () => {
  await until('as added', () => placed(1), 'Bert Test, Carla Test, Taxi, Do not disturb, Sales');
  await button('Move Sales up').click();
  await until('moved by its button', () => placed(1), 'Bert Test, Carla Test, Taxi, Sales, Do not disturb');
  await column(1).getByRole('listitem').filter({ hasText: 'Taxi' }).dragTo(column(1).getByRole('listitem').filter({ hasText: 'Bert Test' }));
  await until('dragged', () => placed(1), 'Taxi, Bert Test, Carla Test, Sales, Do not disturb');
  await page.getByRole('checkbox', { name: 'Pick Sales' }).check();
  await page.getByRole('checkbox', { name: 'Pick Do not disturb' }).check();
  await shoot(page, 'keys-picked');
  await column(1).getByRole('listitem').filter({ hasText: 'Sales' }).dragTo(column(2));
  await until('both dragged', () => placed(2), 'Sales, Do not disturb');
  await button('Taxi one column to the right').click();
  await until('moved to the other column', () => placed(2), 'Sales, Do not disturb, Taxi');
  await shoot(page, 'keys');
  await assertAccessible(page);
});

test('USR-11: a press switches, and what others change is seen without asking', async () => {
  await lit('Do not disturb off').click();
  await lit('Do not disturb on').waitFor();
  assert.equal(await lit('Do not disturb on').getAttribute('aria-pressed'), 'true');
  await lit('Do not disturb on').click();
  await lit('Do not disturb off').waitFor();
  await lit('Sales on').click();
  await lit('Sales off').waitFor();
  await lit('Sales off').click();
  await lit('Sales on').waitFor();
  await world.admin.patch(`users/${people.Carla.user.id}`, { dnd: true });
  await lit('Carla Test free, do not disturb').waitFor();
  await world.admin.patch(`users/${people.Carla.user.id}`, { dnd: false });
  await lit(/Carla Test free$/).waitFor();
});

test('USR-11: a key flashes with who calls, and a press takes the call over', async () => {
  await page.goto('/manager');
  const keys = page.getByRole('region', { name: 'Function keys' });
  await keys.getByRole('button', { name: 'Bert Test free' }).waitFor();
  phones.push(await Softphone.start(world.server, account('103'), '102'));
  await keys.getByRole('button', { name: 'Bert Test rings: Carla Test' }).waitFor();
  await keys.getByRole('button', { name: 'Carla Test busy' }).waitFor();
  await shoot(page, 'keys-ringing');
  await assertAccessible(page);
  await keys.getByRole('button', { name: 'Bert Test rings' }).click();
  await page.getByRole('listitem').filter({ hasText: 'Talking' }).waitFor();
  await keys.getByRole('button', { name: 'Bert Test free' }).waitFor();
  await page.getByRole('button', { name: /^Hang up: Carla Test/ }).click();
  await keys.getByRole('button', { name: /Carla Test free$/ }).waitFor();
});

test('USR-10: in German, dark and small, everything fits and can be told apart', async () => {
  const small = await newVisitor(world.browser, world.server, { colorScheme: 'dark' });
  await world.admin.patch(`users/${people.Anna.user.id}`, { language: 'de' });
  await world.admin.patch(`users/${people.Bert.user.id}`, { dnd: true });
  await small.page.goto('/');
  await logIn(small.page, { login: '2101', password: 'geheim-2' });
  await small.page.setViewportSize({ width: 360, height: 740 });
  await small.page.goto('/keys');
  await small.page.getByRole('button', { name: 'Bert Test frei, nicht stören' }).waitFor();
  await assertFits(small.page);
  await shoot(small.page, 'keys-small-dark-de');
  await assertAccessible(small.page);
  await small.page.goto('/manager');
  await small.page.getByRole('button', { name: 'Bert Test frei, nicht stören' }).waitFor();
  await assertFits(small.page);
  assertQuiet(small);
  await world.admin.patch(`users/${people.Anna.user.id}`, { language: 'en' });
});

test('USR-10: several are deleted at once; who has the right no more sees none', async () => {
  await page.goto('/keys');
  for (const name of ['Taxi', 'Sales']) await page.getByRole('checkbox', { name: `Pick ${name}` }).check();
  await button('Delete 2 keys').click();
  await page.getByRole('dialog', { name: 'Delete 2 function keys?' }).getByRole('button', { name: 'Delete 2 keys' }).click();
  await until('the others stay', () => placed(2), 'Do not disturb');
  const rights = people.Anna.user.rights.filter((right) => right !== 'fkey');
  await world.admin.patch(`users/${people.Anna.user.id}`, { rights });
  await page.getByRole('link', { name: 'Function keys' }).waitFor({ state: 'detached' });
  await now().waitFor({ state: 'detached' });
  assertQuiet(visitor);
});

test('USR-10: an administrator arranges the keys of a user', async () => {
  const admin = await loggedIn(world);
  await admin.page.goto(`/users/${people.Anna.user.id}`);
  await admin.page.getByRole('link', { name: 'Function keys' }).first().waitFor();
  await admin.page.goto(`/users/${people.Anna.user.id}/keys`);
  await admin.page.getByRole('heading', { name: /^Function keys of/ }).waitFor();
  await admin.page.getByRole('button', { name: 'Add key' }).click();
  await admin.page.getByRole('menuitem', { name: 'Empty key' }).click();
  await admin.page.getByRole('textbox', { name: 'Label' }).fill('Colleagues');
  await admin.page.getByRole('button', { name: 'Create' }).click();
  await admin.page.getByRole('checkbox', { name: 'Pick Colleagues' }).waitFor();
  await shoot(admin.page, 'user-keys');
  await assertAccessible(admin.page);
  assertQuiet(admin);
});
