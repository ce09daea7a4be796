// Real calls between real SIP phones, seen in the page: live table, hang-up, records, ladder diagram.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertQuiet, shoot } from './lib/browser.mjs';
import { answering, calling } from './lib/phones.mjs';
import { address, freePort } from './lib/server.mjs';
import { closeWorld, loggedIn, openWorld, ownMediaPorts } from './lib/world.mjs';

const TALK_MS = 60_000;

let world;
let visitor;
let page;
const phones = {};
const running = [];

before(async () => {
  world = await openWorld();
  await ownMediaPorts(world);
  for (const [name, host, number] of [['Anna', 11, '101'], ['Bert', 12, '102']]) {
    const at = { host: address(host), port: await freePort(address(host)) };
    phones[name] = at;
    await world.admin.person({ first_name: name, last_name: 'Test', number, login: `2${number}`, phone: { auth: 'address', ...at, qualify_s: 0 } });
  }
  visitor = await loggedIn(world);
  page = visitor.page;
  running.push(answering(phones.Bert));
});
after(async () => {
  for (const one of running) await one.stop();
  await closeWorld(world);
});

const liveRow = () => page.getByRole('row', { name: /Anna Test.*Bert Test/ });

test('a call appears by itself, its duration ticks, its reasons can be read, and it can be ended', async () => {
  await page.goto('/calls');
  await page.getByText('No calls at the moment.').waitFor();
  running.push(calling(phones.Anna, world.server, '102', TALK_MS));
  await liveRow().filter({ hasText: 'Talking' }).waitFor();
  const duration = await liveRow().locator('[data-numeric]').innerText();
  await page.waitForFunction((old) => document.querySelector('tbody [data-numeric]').innerText !== old, duration);
  await liveRow().getByRole('button', { name: /reason/ }).click();
  await page.getByRole('listitem').filter({ hasText: /^102 is a number of Bert Test$/ }).waitFor();
  await page.getByRole('listitem').filter({ hasText: /^Phone \S+ calls as Anna Test \(101\)$/ }).waitFor();
  await shoot(page, 'calls');
  await assertAccessible(page);
  await page.keyboard.press('Escape');

  await liveRow().getByRole('button', { name: 'Hang up' }).click();
  await page.getByText(/End the call between Anna Test 101 and Bert Test 102/).waitFor();
  await shoot(page, 'calls-hang-up');
  await page.getByRole('dialog').getByRole('button', { name: 'Hang up' }).click();
  await page.getByText('No calls at the moment.').waitFor();
});

test('the finished call is in the records, with its explanation', async () => {
  await page.getByRole('link', { name: 'Call records' }).click();
  const record = page.getByRole('row', { name: /101.*102.*Answered/ });
  await record.waitFor();
  await shoot(page, 'records');
  await record.dblclick();
  const drawer = page.getByRole('dialog');
  await drawer.getByText('Why it went this way').waitFor();
  await drawer.getByText('101 Anna Test', { exact: true }).waitFor();
  await drawer.getByText(/^Phone \S+ calls as Anna Test \(101\)$/).waitFor();
  await drawer.getByText('An administrator ended the call', { exact: true }).waitFor();
  await page.waitForTimeout(300); // the drawer slides in; only for the picture
  await shoot(page, 'record');
  await drawer.getByRole('link', { name: 'SIP trace' }).click();
  await page.getByRole('heading', { name: 'SIP trace', exact: true }).waitFor();
});

test('the explanation speaks the language of the page', async () => {
  const choose = async (menu, language) => {
    await page.getByRole('button', { name: menu }).click();
    await page.getByRole('menuitem', { name: language }).click();
  };
  await page.goto('/records');
  await choose('Language', 'Deutsch');
  await page.getByRole('row', { name: /101.*102/ }).dblclick();
  const drawer = page.getByRole('dialog');
  await drawer.getByText(/^Telefon \S+ ruft als Anna Test \(101\) an$/).waitFor();
  await drawer.getByText('102 ist eine Nummer von Bert Test', { exact: true }).waitFor();
  await drawer.getByText('Ein Administrator hat das Gespräch beendet', { exact: true }).waitFor();
  await page.keyboard.press('Escape');
  await choose('Sprache', 'English');
});

test('the periods choose by time', async () => {
  await page.goto('/records');
  const period = async (name) => {
    await page.getByRole('textbox', { name: 'Period' }).click();
    await page.getByRole('option', { name, exact: true }).click();
  };
  await page.getByRole('row', { name: /Answered/ }).waitFor();
  await period('Yesterday');
  await page.getByText('No calls yet.').waitFor();
  await period('Last 7 days');
  await page.getByRole('row', { name: /Answered/ }).waitFor();
});

test('the ladder shows both legs; keyboard and mouse pick messages', async () => {
  await page.goto('/traces');
  await page.getByRole('row', { name: /INVITE sip:102/ }).dblclick();
  const ladder = page.getByRole('listbox');
  const message = page.getByRole('region', { name: 'Message' });
  await ladder.getByRole('option', { name: /INVITE sip:102@.*SDP/ }).first().waitFor();
  const labels = await ladder.getByRole('option').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')));
  for (const expected of [/INVITE.*SDP/, /180/, /200 OK \(SDP\)/, /ACK/, /BYE/]) {
    assert.ok(labels.some((label) => expected.test(label)), `${expected} in ${labels.join('\n')}`);
  }
  assert.ok(labels.filter((label) => /INVITE/.test(label)).length >= 2, 'an INVITE on each leg');
  assert.match(labels[0], /^\+0\.000 s INVITE/);
  await message.getByText(/^INVITE sip:102/).waitFor();
  await shoot(page, 'ladder');
  await assertAccessible(page);
  await ladder.focus();
  await page.keyboard.press('End');
  await message.getByText(/^SIP\/2\.0 200/).waitFor();
  await ladder.getByRole('option').nth(1).click();
  await message.getByText(/^SIP\/2\.0 1|^INVITE/).waitFor();
});

test('traces are searched by number, user, Call-ID, time and status, and saved for Wireshark', async () => {
  const [found] = (await world.admin.get('traces?number=102')).items;
  const trace = page.getByRole('row', { name: /101.*Anna Test.*102.*INVITE/ });
  const nothing = page.getByText('No SIP messages are kept.');
  const filter = (name) => page.getByRole('region', { name: 'Filters' }).getByLabel(name, { exact: true });
  await page.goto('/traces');
  await trace.waitFor();
  await shoot(page, 'traces');
  await filter('Number').fill('777');
  await nothing.waitFor();
  await filter('Number').fill('102');
  await trace.waitFor();
  await filter('User').click();
  await page.getByRole('option', { name: 'Test, Bert' }).click();
  await trace.waitFor();
  await filter('Call-ID').fill(found.sip_call_ids[0]);
  await trace.waitFor();
  await filter('From').fill('2099-01-01T00:00');
  await nothing.waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await trace.waitFor();
  await filter('Status').click();
  await page.getByRole('option', { name: 'Failed' }).click();
  await nothing.waitFor();
  await page.reload(); // the filters stand in the address
  await nothing.waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await trace.getByRole('checkbox').check();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: '1 for Wireshark' }).click();
  const file = readFileSync(await (await download).path());
  assert.equal(file.readUInt32LE(0), 0x0a0d0d0a, 'pcapng');
  await assertAccessible(page);
});

test('the ladder of a running call grows by itself', async () => {
  const caller = calling(phones.Anna, world.server, '102', TALK_MS);
  running.push(caller);
  await page.goto('/traces');
  await page.getByRole('row', { name: /102.*In progress/ }).waitFor();
  await page.getByRole('row', { name: /102.*In progress/ }).dblclick();
  const ladder = page.getByRole('listbox');
  await ladder.getByRole('option', { name: /ACK/ }).first().waitFor();
  await page.getByText('Follow').click();
  const before = await ladder.getByRole('option').count();
  const [call] = (await world.admin.get('calls')).items;
  await world.admin.post(`calls/${encodeURIComponent(call.call_id)}/hangup`);
  await ladder.getByRole('option', { name: /BYE/ }).first().waitFor();
  assert.ok((await ladder.getByRole('option').count()) > before);
  await page.getByRole('switch', { name: 'Follow' }).waitFor({ state: 'detached' }); // the call is over
  await ladder.getByRole('option', { name: /200 OK/ }).last().waitFor();
  await caller.ended;
});

test('a phone is watched for some minutes', async () => {
  await page.goto('/traces');
  await page.getByRole('button', { name: 'Trace a phone …' }).click();
  await page.getByRole('textbox', { name: 'Phone, number or address' }).fill('101');
  await page.waitForTimeout(300); // the dialogue slides in
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText(/Traced: phone-101 until/).waitFor();
  await page.getByRole('button', { name: 'Stop tracing phone-101' }).click();
  await page.getByText(/Traced: phone-101/).waitFor({ state: 'detached' });
});

test('a call to a number that does not exist is recorded as such; the open page shows it by itself', async () => {
  const row = page.getByRole('row', { name: /101.*777.*Unknown number/ });
  await page.goto('/records');
  await page.getByRole('row', { name: /101.*102/ }).first().waitFor();
  assert.equal(await row.count(), 0);
  const caller = calling(phones.Anna, world.server, '777', TALK_MS);
  running.push(caller);
  await row.waitFor();
  await caller.ended;
  assertQuiet(visitor);
});
