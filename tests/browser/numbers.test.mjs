// LIN-4, NUM-1 through the page: blocks of numbers are looked at, added and removed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, shoot } from './lib/browser.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
before(async () => {
  world = await openWorld();
  visitor = await loggedIn(world);
  page = visitor.page;
  await world.admin.post('lines', { name: 'Telecom', host: '192.0.2.9', auth: 'address', register: false });
});
after(() => closeWorld(world));

const field = (name) => page.getByRole('textbox', { name, exact: true });
const button = (name) => page.getByRole('button', { name, exact: true });
const dialog = () => page.getByRole('dialog');
const total = async (filter = '') => (await world.admin.get(`numbers?per_page=1${filter}`)).total;

async function fill(base, first, last) {
  await field('Common digits').fill(base);
  await field('From').fill(first);
  await field('To').fill(last);
}

test('LIN-4: a block of a hundred is shown before it is added, and belongs to its line', async () => {
  const before = await total();
  await page.goto('/numbers');
  await button('Add a block').click();
  await fill('0211 5551', '00', '99');
  await field('Line').fill('Tel');
  await page.getByRole('option', { name: 'Telecom' }).click();
  await dialog().getByText('100 numbers: 0211555100 to 0211555199').waitFor();
  await page.waitForTimeout(300); // the dialogue fades in; only for the picture and the contrast
  await shoot(page, 'numbers-block');
  await assertAccessible(page);
  assert.equal(await total(), before);
  await dialog().getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('100 numbers added.').waitFor();
  assert.equal(await total(), before + 100);
  await page.goto('/numbers?search=02115551');
  await page.getByRole('row', { name: /0211555107.*External.*free.*Telecom/ }).waitFor();
  await shoot(page, 'numbers-of-line');
  await assertAccessible(page);
});

test('LIN-4, NUM-1: numbers in the way are named; only the others are added', async () => {
  const user = (await world.admin.get('users?per_page=1')).items[0];
  await world.admin.post('numbers', { number: '0305', kind: 'external', user: user.id });
  await page.goto('/numbers');
  await button('Add a block').click();
  await fill('030', '0', '9');
  await dialog().getByText(new RegExp(`1 of them exist already: 0305 \\(${user.first_name} ${user.last_name}\\)`)).waitFor();
  assert.ok(await dialog().getByRole('button', { name: 'Add', exact: true }).isDisabled());
  await shoot(page, 'numbers-block-taken');
  await page.getByLabel('Add only the others').check();
  await dialog().getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('9 numbers added.').waitFor();
});

test('LIN-4: of a removed block the numbers that somebody holds stay', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto('/numbers');
  await button('Remove a block').click();
  await fill('030', '0', '9');
  await dialog().getByText('9 are free and will be removed.').waitFor();
  await dialog().getByText(/1 of them are held and stay: 0305/).waitFor();
  await page.waitForTimeout(300); // as above
  await shoot(page, 'numbers-block-remove-small');
  await assertAccessible(page);
  await assertFits(page);
  await button('Remove the free ones').click();
  await page.getByText('9 numbers removed.').waitFor();
  assert.equal((await world.admin.get('numbers?search=0305')).total, 1);
  assert.equal((await world.admin.get('numbers?number=0304')).total, 0);
});

test('NUM-1: a number is given to a mailbox there, and the list of numbers leads to it', async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  const box = await world.admin.post('mailboxes', { name: 'Orders' });
  await page.goto(`/mailboxes/${box.id}?tab=numbers`);
  await page.getByText('No number yet.').waitFor();
  await page.getByRole('textbox', { name: 'Another number' }).fill('0211555142');
  await button('Give').click();
  await page.getByRole('button', { name: /0211555142/ }).waitFor();
  await shoot(page, 'mailbox-numbers');
  await assertAccessible(page);
  await page.goto('/numbers?search=Orders');
  await page.getByRole('row', { name: /0211555142/ }).getByRole('link', { name: 'Orders' }).click();
  await page.getByRole('heading', { name: 'Orders' }).waitFor();
  const [number] = (await world.admin.get('numbers?mailbox_name=Orders')).items;
  assert.equal(number.number, '0211555142');
});

test('LIN-4: what is no block says why', async () => {
  await page.goto('/numbers');
  await button('Add a block').click();
  await fill('030', '9', '1');
  await dialog().getByText('The last must not be below the first.').waitFor();
  await fill('030', '00000', '99999');
  await dialog().getByText('A block has at most 10,000 numbers.').waitFor();
});

test('NUM-1: 20,000 numbers are listed and searched at once', async () => {
  for (const base of ['0401', '0402']) await world.admin.post('numbers/block', { base, first: 0, last: 9999, width: 4 });
  await page.setViewportSize({ width: 1280, height: 800 });
  const started = Date.now();
  await page.goto('/numbers');
  await page.getByText(/20,\d\d\d/).first().waitFor();
  await page.goto('/numbers?search=04029999');
  await page.getByRole('row', { name: /04029999/ }).waitFor();
  const took = Date.now() - started;
  console.log(`20,000 numbers: page and search in ${took} ms`);
  assert.ok(took < 10000, `${took} ms`);
  assertQuiet(visitor);
});
