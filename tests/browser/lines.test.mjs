// Lines to providers, certificates and the SIP side of phones through the page: create, change, delete.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertQuiet, shoot } from './lib/browser.mjs';
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
const row = (name) => page.getByRole('row', { name });
const button = (name) => page.getByRole('button', { name, exact: true });
const choose = async (name, option) => {
  await field(name).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};

/** The line says it itself, not its provider. */
const own = (name) => page.getByRole('checkbox', { name: `As the provider: ${name}`, exact: true }).uncheck();

test('a line is made, found, changed and deleted; its password is never shown', async () => {
  await page.goto('/lines');
  await page.getByText('No lines yet').waitFor();
  await page.getByRole('link', { name: 'New line' }).click();
  await button('Create').click();
  assert.equal(await page.getByText('Must be filled.').count(), 2);
  await field('Name').fill('Example Telecom');
  await field('Registrar').fill('sip.example.com');
  await field('User name').fill('492115551');
  await field('Password').fill('secret-of-the-line');
  await field('Main number').fill('+492115551');
  await own('Number format');
  await choose('Number format', '0211 …');
  await button('Create').click();
  await page.getByRole('heading', { name: 'Example Telecom', exact: true }).waitFor();

  const [stored] = (await world.admin.get('lines')).items;
  assert.equal(stored.number_format, 'national');
  assert.equal(stored.password, undefined);
  await own('Outbound proxies');
  await field('Outbound proxies').fill('sbc1.example.com, sbc2.example.com');
  await own('Register');
  await page.getByText('Register', { exact: true }).click();
  await button('Save').click();
  await page.getByText('Saved.').waitFor();
  assert.equal((await world.admin.get(`lines/${stored.id}`)).register, false);
  await page.getByText(/^sbc1\.example\.com: /).waitFor(); // the state of the line comes by itself
  await assertAccessible(page);

  await own('How we prove who we are');
  await choose('How we prove who we are', 'By our address');
  assert.equal(await field('Password').count(), 0);
  await page.getByRole('link', { name: 'Lines' }).first().click();
  await row(/Example Telecom.*sip\.example\.com/).waitFor();
  await shoot(page, 'lines');
  await row(/Example Telecom/).getByRole('checkbox').check();
  await button('Delete 1').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No lines yet').waitFor();
});

test('a number belongs to a line', async () => {
  for (const { id } of (await world.admin.get('lines')).items) await world.admin.send('DELETE', `lines/${id}`);
  await page.goto('/lines/new');
  await field('Name').fill('Second');
  await field('Registrar').fill('192.0.2.9');
  await own('How we prove who we are');
  await choose('How we prove who we are', 'By our address');
  await button('Create').click();
  await page.getByRole('heading', { name: 'Second', exact: true }).waitFor();
  await page.goto('/numbers');
  await button('New number').click();
  await field('Number').fill('4921155520');
  await choose('Kind', 'External');
  await field('Line').fill('Sec');
  await page.getByRole('option', { name: 'Second' }).click();
  await button('Create').click();
  await row(/4921155520.*External/).waitFor();
  const [number] = (await world.admin.get('numbers?search=4921155520')).items;
  const [line] = (await world.admin.get('lines')).items;
  assert.equal(number.line, line.id);
});

test('a certificate is read from a file; its key is never shown again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'strowger-cert-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30',
    '-subj', '/CN=pbx.example.com', '-addext', 'subjectAltName=DNS:pbx.example.com', '-keyout', key, '-out', certificate], { stdio: 'ignore' });
  await page.goto('/certificates');
  await button('New certificate').click();
  const load = async (label, file) => {
    const chooser = page.waitForEvent('filechooser');
    await page.getByRole('button', { name: `${label}: Load from a file …` }).click();
    await (await chooser).setFiles(file);
  };
  await field('Name').fill('Company');
  await load('Certificate (PEM)', certificate);
  await load('Private key (PEM)', key);
  await page.waitForFunction(() => [...document.querySelectorAll('textarea')].every((one) => one.value.includes('-----BEGIN')));
  await page.waitForTimeout(300); // the dialogue slides in; only for the picture and the contrast
  await shoot(page, 'certificate');
  await assertAccessible(page);
  await button('Create').click();
  await row(/Company.*Own/).waitFor();
  await row(/Company/).dblclick();
  await page.getByRole('dialog').waitFor();
  assert.equal(await field('Private key (PEM)').inputValue(), '');
  assert.equal((await field('Certificate (PEM)').inputValue()).trim(), readFileSync(certificate, 'utf8').trim());
  await page.keyboard.press('Escape');
});

/** The phone says it itself, not its type. */
const ownValue = (name) => page.getByRole('checkbox', { name: `As the type: ${name}`, exact: true }).uncheck();

test('SEC-1: a SIP password is generated, or held against the guideline while it is typed', async () => {
  await page.goto('/phones/new');
  await field('Name').fill('reception');
  await field('SIP password').fill('reception1');
  await page.getByText('16 characters are needed.').waitFor();
  await page.getByText('2 capitals are needed.').waitFor();
  await page.getByText('Must not contain the name of the phone.').waitFor();
  await shoot(page, 'phone-weak-password');
  await button('Generate').click();
  await page.getByText('Follows the guideline.').waitFor();
  const secret = await field('SIP password').inputValue();
  assert.ok(secret.length >= 16 && /[a-z].*[a-z].*[a-z]/.test(secret) && /[A-Z].*[A-Z]/.test(secret) && /\d.*\d/.test(secret), secret);
  await assertAccessible(page);
  for (const name of ['Digest', 'Behind a router (NAT)', 'Permitted networks', 'Codecs', 'Encrypted voice (SRTP)', 'Direct voice (canreinvite)']) await ownValue(name);
  await choose('Digest', 'SHA-256 only');
  await choose('Behind a router (NAT)', 'Always');
  await field('Permitted networks').fill('192.0.2.0/24, 2001:db8::/32');
  await choose('Codecs: add', 'G.711 A-law');
  await choose('Codecs: add', 'G.722, HD');
  await button('Move G.722 up').click();
  await choose('Encrypted voice (SRTP)', 'Always (others are refused)');
  await page.getByText('Direct voice (canreinvite)').click();
  await shoot(page, 'phone-direct');
  await button('Create').click();
  await page.getByRole('heading', { name: 'reception', exact: true }).waitFor();
  const [phone] = (await world.admin.get('phones?search=reception')).items;
  assert.deepEqual([phone.digest, phone.nat, phone.permit, phone.codecs, phone.srtp, phone.direct_media], ['sha256', 'always', '192.0.2.0/24, 2001:db8::/32', 'g722,alaw', 'required', true]);
  assert.equal((await world.admin.get(`phones/${phone.id}/sip-account`)).password, secret);

  await world.admin.patch('settings', { password_policy: 'paranoid' });
  const settings = page.waitForResponse('**/api/settings');
  await page.goto('/phones/new');
  await settings;
  await button('Generate').click();
  await page.getByText('Follows the guideline.').waitFor();
  assert.ok((await field('SIP password').inputValue()).length >= 30);
  assertQuiet(visitor);
});
