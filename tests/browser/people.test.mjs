// USR-1, PHO-2, PHO-3, NUM-1, LIN-1 through the page: create, find, change, delete.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertQuiet, shoot } from './lib/browser.mjs';
import { RegisteredPhone } from './lib/phones.mjs';
import { address } from './lib/server.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
before(async () => {
  world = await openWorld();
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

test('LIN-1: internal ranges are refused when they overlap, and can be added', async () => {
  await page.goto('/numbers?tab=ranges');
  await row(/100.*999/).waitFor();
  await button('New range').click();
  await field('First number').fill('900');
  await field('Last number').fill('950');
  await button('Create').click();
  await page.getByText('Overlaps another range.').waitFor();
  await field('First number').fill('2000');
  await field('Last number').fill('2999');
  await button('Create').click();
  await row(/2000.*2999.*1,000/).waitFor();
  await shoot(page, 'ranges');
});

test('PHO-3: a new phone shows the data to type into the device, and can get a new password', async () => {
  await page.goto('/phones');
  await page.getByText('No phones yet.').waitFor();
  await page.getByRole('link', { name: 'New phone' }).click();
  await field('Name').fill('desk phone');
  await button('Create').click();
  await page.getByText('Letters, digits and . _ - only, at most 32.').waitFor();
  await field('Name').fill('desk-201');
  await button('Create').click();

  await heading('desk-201').waitFor();
  const value = (name) => page.locator(`[data-field=${name}]`);
  await value('username').waitFor();
  assert.equal(await value('username').innerText(), 'desk-201');
  assert.equal(await value('port').innerText(), String(world.server.sipPort));
  assert.equal(await value('server').innerText(), world.server.host);
  assert.match(await value('password').innerText(), /^•+$/);
  await button('Show password').click();
  const first = await value('password').innerText();
  assert.ok(first.length >= 8, first);
  await shoot(page, 'phone-sip-data');

  await button('New password').click();
  await page.getByRole('dialog').getByRole('button', { name: 'New password' }).click();
  await page.getByText('The phone has a new password.').waitFor();
  await page.waitForFunction((old) => document.querySelector('[data-field=password]').textContent !== old, first);
});

/** What a camera would read from the page. */
async function readQrCode() {
  const picture = join(mkdtempSync(join(tmpdir(), 'strowger-qr-')), 'qr.png');
  await page.getByRole('img', { name: 'SIP account as a QR code' }).screenshot({ path: picture });
  return execFileSync('zbarimg', ['-q', '--raw', picture], { stdio: ['ignore', 'pipe', 'ignore'] }).toString().trim();
}

test('PHO-3: the QR code holds the account, also a long one', async () => {
  const secret = 'Ab1-Xy7_Kq9+Zt3.'.repeat(4);
  const long = await world.admin.post('phones', { name: 'x'.repeat(32), secret });
  for (const { id } of [(await world.admin.get('phones?search=desk-201')).items[0], long]) {
    const { username, password, server, port, transport } = await world.admin.get(`phones/${id}/sip-account`);
    await page.goto(`/phones/${id}?tab=sip`);
    await button('Show password').click();
    assert.equal(await readQrCode(), `sip:${username}:${encodeURIComponent(password)}@${server}:${port};transport=${transport}`);
  }
  await shoot(page, 'phone-qr');
  await world.admin.send('DELETE', `phones/${long.id}`);
});

test('PHO-2: the list shows the registration live: state, address, device', async (t) => {
  const [phone] = (await world.admin.get('phones')).items;
  const account = await world.admin.get(`phones/${phone.id}/sip-account`);
  await page.goto('/phones');
  await row(/Not registered.*desk-201/).waitFor();
  const registered = await RegisteredPhone.register(world.server, address(11), account, 'Test phone 1.0');
  t.after(() => registered.close()); // whatever happens: an open socket keeps the run from ending
  await row(/desk-201/).filter({ hasText: 'Test phone 1.0' }).waitFor();
  assert.match(await row(/desk-201/).innerText(), new RegExp(`Registered[\\s\\S]*${address(11)}`));
  await shoot(page, 'phones');
  await row(/desk-201/).getByText('Test phone 1.0').dblclick(); // in the middle may be the link to its address
  await page.getByRole('tab', { name: 'Registrations' }).click();
  await page.getByRole('cell', { name: new RegExp(`sip:desk-201@${address(11)}`) }).waitFor();
  await shoot(page, 'phone-registrations');
});

test('USR-1: create a user with number and phone; errors of the server stand at their fields', async () => {
  await page.goto('/users');
  await page.getByRole('link', { name: 'New user' }).click();
  await button('Create').click();
  assert.equal(await page.getByText('Must be filled.').count(), 4);
  await field('First name').fill('Berta');
  await field('Last name').fill('Öztürk');
  await field('Login').fill('1000'); // the administrator's
  await field('Password').fill('geheim-7');
  await field('Internal number').fill('201');
  await page.getByRole('tab', { name: 'Telephony' }).click();
  await page.getByPlaceholder('Add …').click();
  await page.getByRole('option', { name: 'desk-201' }).click();
  await page.getByRole('list', { name: 'Phones' }).getByText('Primary').waitFor();
  await shoot(page, 'user-telephony');
  await button('Create').click();
  await page.getByRole('tab', { name: /Person/ }).click();
  await page.getByText('This is taken already.').waitFor();
  await shoot(page, 'user-error');
  await field('Login').fill('2010');
  await button('Create').click();
  await heading('Öztürk, Berta').waitFor();

  await page.getByRole('link', { name: 'Users' }).first().click();
  await row(/Öztürk, Berta/).waitFor();
  assert.match(await row(/Öztürk, Berta/).innerText(), /2010\s+201\s+desk-201/);
});

test('USR-1: edit by double click and by Enter; do not disturb is shown in the list', async () => {
  await page.goto('/users');
  await row(/Öztürk/).dblclick();
  await page.getByRole('tab', { name: 'Telephony' }).click();
  await page.getByText('Do not disturb').click();
  await button('Save').click();
  await page.getByText('Saved.').waitFor();
  await page.getByRole('tab', { name: 'Numbers' }).click();
  await field('Another number').fill('4930123456');
  await button('Give').click();
  await page.getByText('4930123456', { exact: true }).waitFor();
  await shoot(page, 'user-numbers');

  await page.goto('/users');
  await row(/Öztürk.*201.*4930123456.*desk-201.*Do not disturb/).waitFor();
  await row(/Öztürk/).focus();
  await page.keyboard.press('Enter');
  await heading('Öztürk, Berta').waitFor();
});

test('NUM-1: all numbers with their holders; jump to the owner', async () => {
  await page.goto('/numbers');
  await row(/201.*Internal.*Berta Öztürk/).waitFor();
  await row(/4930123456.*External/).waitFor();
  await button('New number').click();
  await field('Number').fill('202');
  await page.getByRole('textbox', { name: 'Owner' }).fill('Adm');
  await page.getByRole('option', { name: 'Admin, Ada' }).click();
  await button('Create').click();
  await row(/202.*Internal.*Ada Admin/).waitFor();
  await shoot(page, 'numbers');
  await row(/4930123456/).getByRole('link', { name: /Öztürk/ }).click();
  await heading('Öztürk, Berta').waitFor();
});

test('USR-1: several picked rows are deleted after a question; one cannot delete oneself', async () => {
  for (const [i, name] of ['Weg', 'Fort'].entries()) {
    await world.admin.post('users', { login: `300${i}`, first_name: 'Xaver', last_name: name, password: 'geheim-3' });
  }
  await page.goto('/users');
  await row(/Weg, Xaver/).getByRole('checkbox').check();
  await row(/Fort, Xaver/).getByRole('checkbox').check();
  assert.ok(await row(/Admin, Ada/).getByRole('checkbox').isDisabled());
  await button('Delete 2').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await row(/Weg, Xaver/).waitFor({ state: 'detached' });
  await row(/Fort, Xaver/).waitFor({ state: 'detached' });
  assertQuiet(visitor);
});
