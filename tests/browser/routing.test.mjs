// LIN-1, LIN-5, LIN-6, RTG-1 to RTG-3, USR-8 through the page: emergency numbers, priority, COR rules, time frames, holidays,
// display numbers; and what "Test a number" says of them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertQuiet, shoot } from './lib/browser.mjs';
import { RegisteredPhone } from './lib/phones.mjs';
import { address } from './lib/server.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
let anna;
let registered;
before(async () => {
  world = await openWorld();
  anna = await world.admin.person({ first_name: 'Anna', last_name: 'Berg', number: '101', login: '2101' });
  const ben = await world.admin.person({ first_name: 'Ben', last_name: 'Cohn', number: '102', login: '2102' });
  registered = await RegisteredPhone.register(world.server, address(31), await world.admin.get(`phones/${ben.phone.id}/sip-account`), 'Test phone 1.0');
  await world.admin.patch('settings', { country_code: '49', area_code: '30', outside_prefix: '0' });
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(async () => {
  registered?.close();
  await closeWorld(world);
});

const field = (name) => page.getByRole('textbox', { name, exact: true });
const row = (name) => page.getByRole('row', { name });
const button = (name) => page.getByRole('button', { name, exact: true });
const heading = (name) => page.getByRole('heading', { name, exact: true });
const list = (name) => page.getByRole('list', { name, exact: true });
const item = (of, name) => list(of).getByRole('listitem').filter({ hasText: name });
const section = (name) => page.getByRole('region', { name, exact: true });
const banner = () => page.getByRole('alert').filter({ hasText: /emergency/i });

/** Waits until the list inside shows these, in this order. */
async function shows(inside, of, names) {
  const lines = inside.getByRole('list', { name: of, exact: true }).getByRole('link');
  for (let n = 0; n < names.length; n++) await lines.nth(n).getByText(names[n], { exact: true }).waitFor();
  assert.deepEqual(await lines.allInnerTexts(), names);
}

async function choose(label, option) {
  await page.getByRole('textbox', { name: label, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

test('LIN-6: every page warns of emergency numbers without a line, and says what is tried then', async () => {
  await page.goto('/calls');
  await banner().getByText('Emergency calls (110, 112) cannot leave: there is no line yet.').waitFor();
  for (const [position, name] of ['alpha', 'beta', 'gamma'].entries()) {
    await world.admin.post('lines', { name, host: address(60 + position), auth: 'address', register: false, qualify_s: 0, position, main_number: `493000${position}`, line_prefix: String(position + 1) });
  }
  await banner().getByText(/No line is chosen for the emergency numbers 110, 112\. Any line that works is tried then/).waitFor();
  await shoot(page, 'emergency-banner');
  await banner().getByRole('link', { name: 'Choose lines' }).click();
  await heading('Emergency numbers').waitFor();
  assert.match(await row(/112/).innerText(), /No line chosen: any line is tried/);
});

test('LIN-6: lines of an emergency number come by drag & drop, and change places by keyboard', async () => {
  await row(/112/).dblclick();
  await heading('Lines, in order 0').waitFor();
  await button('Put beta into the list').click();
  await shows(page, 'Lines, in order', ['beta']);
  await item('Other lines', 'alpha').dragTo(item('Lines, in order', 'beta'));
  await shows(page, 'Lines, in order', ['alpha', 'beta']);
  await button('Move beta up').focus();
  await page.keyboard.press('Enter');
  await shows(page, 'Lines, in order', ['beta', 'alpha']);
  await page.waitForFunction(() => document.activeElement.getAttribute('aria-label') === 'Move beta down');
  await shoot(page, 'emergency-lines');
  await assertAccessible(page);
  await banner().getByText(/the emergency number 110\./).waitFor();
  await banner().getByRole('link', { name: 'Choose lines' }).click();
  await heading('Lines, in order 0').waitFor();
  await button('Put gamma into the list').click();
  await banner().waitFor({ state: 'detached' });
  const { items } = await world.admin.get('emergency-numbers?sort=number');
  assert.deepEqual(items.map(({ number, lines }) => [number, lines]), [['110', [3]], ['112', [2, 1]]]);
});

test('LIN-6: an emergency number can be added, but not one that somebody has', async () => {
  await page.goto('/emergency-numbers/new');
  await field('Number').fill('101');
  await field('Name').fill('Wrong');
  await button('Create').click();
  await page.getByText('This number belongs to somebody else.').waitFor();
  await field('Number').fill('19222');
  await field('Name').fill('Ambulance');
  await button('Create').click();
  await heading('19222 Ambulance').waitFor();
  await button('Delete').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await heading('Emergency numbers').waitFor();
  assert.equal((await world.admin.get('emergency-numbers')).total, 2);
});

test('RTG-1, RTG-2: the priority and the deposit are chosen where their consequences are explained', async () => {
  await page.goto('/routing');
  await page.getByText(/when that line is full or does not work the call fails/).waitFor();
  await page.getByRole('radio', { name: 'COR rules', exact: true }).check();
  await field('Deposit').fill('nobody');
  await button('Save').click();
  await page.getByText('Digits only.').waitFor();
  await field('Deposit').fill('102');
  await button('Save').click();
  await page.getByText('Saved.').waitFor();
  const settings = await world.admin.get('settings');
  assert.equal(settings.routing_priority, 'cor');
  assert.equal(settings.deposit, '102');
  await page.getByText(/Internal ranges: 100–999/).waitFor();
  await shoot(page, 'routing-priority');
  await assertAccessible(page);
});

test('RTG-3: time frames have days and times; nonsense is refused at its field', async () => {
  await page.goto('/routing?tab=frames');
  await row(/24\/7.*every day.*00:00.*24:00/).waitFor();
  for (const [name, from, to] of [['Office', '08:00', '18:00'], ['Lunch', '12:00', '13:00']]) {
    await button('New time frame').click();
    await field('Name').fill(name);
    for (const day of ['Sat', 'Sun', 'Holidays']) await page.getByRole('checkbox', { name: day, exact: true }).uncheck();
    await field('From').fill(from);
    await field('To').fill('8 pm');
    await button('Create').click();
    await page.getByText('HH:MM, from 00:00 to 24:00.').waitFor();
    await field('To').fill(to);
    if (name === 'Office') await shoot(page, 'time-frame');
    await button('Create').click();
    await row(new RegExp(`${name}.*Mon, Tue, Wed, Thu, Fri.*${from}.*${to}`)).waitFor();
  }
});

test('RTG-3: a rule has lines in order for each time frame, with call-by-call; frames that overlap are refused there', async () => {
  await page.goto('/routing?tab=rules');
  await page.getByRole('link', { name: 'New rule' }).click();
  await field('Number range').fill('0211');
  await field('Comment').fill('Düsseldorf');
  await button('Create').click();
  await heading('COR rule 0211').waitFor();
  await choose('Add a time frame', 'Office');
  await section('Office').getByRole('button', { name: 'Put alpha into the list' }).click();
  await shows(section('Office'), 'Lines of Office', ['alpha']);
  await section('Office').getByRole('button', { name: 'Put gamma into the list' }).click();
  await section('Office').getByRole('button', { name: 'Move gamma up' }).click();
  await shows(section('Office'), 'Lines of Office', ['gamma', 'alpha']);
  await section('Office').getByRole('textbox', { name: 'gamma in Office: call-by-call prefix' }).fill('01019');
  await page.keyboard.press('Enter');
  await page.waitForFunction(async () => (await (await fetch('/api/cor-lines')).json()).items.some((way) => way.call_by_call === '01019'));

  await choose('Add a time frame', 'Lunch');
  await section('Lunch').getByRole('button', { name: 'Put beta into the list' }).click();
  await section('Lunch').getByRole('alert').getByText(/beta is not added: This time frame overlaps another one of the rule\./).waitFor();
  await shoot(page, 'cor-rule-overlap');
  await assertAccessible(page);
  assert.equal(await section('Office').getByRole('alert').count(), 0);
  assert.equal((await world.admin.get('cor-lines')).total, 2);
  await page.goto('/routing?tab=rules');
  await row(/0211.*gamma, alpha.*Düsseldorf/).waitFor();
});

test('RTG-3: the public holidays of the chosen region are shown for this year and the next, and own days besides', async () => {
  await page.goto('/routing?tab=holidays');
  await choose('Public holidays', 'North Rhine-Westphalia');
  const year = new Date().getFullYear();
  for (const one of [year, year + 1]) {
    await section(`Public holidays ${one}`).getByText('Corpus Christi').waitFor();
    assert.equal(await section(`Public holidays ${one}`).locator('dt').count(), 11);
  }
  await button('Save').click();
  await page.getByText('Saved.').waitFor();
  await button('New day off').click();
  await page.getByLabel(/^Date/).fill(`${year}-12-24`);
  await field('Name').fill('Christmas Eve');
  await page.getByText('Every year', { exact: true }).last().click();
  await button('Create').click();
  await row(/24.*Christmas Eve.*every year/).waitFor();
  await shoot(page, 'routing-holidays');
  await assertAccessible(page);
  assert.equal((await world.admin.get('settings')).holidays, 'de-nw');
});

test('USR-8: a user shows the own number, a chosen external one, or none', async () => {
  await world.admin.post('numbers', { number: '493055500', kind: 'external' });
  await page.goto(`/users/${anna.user.id}?tab=shown`);
  await page.getByRole('radio', { name: 'A chosen one' }).check();
  await choose('External number', '493055500');
  await button('Save').click();
  await page.getByText('Saved.').waitFor();
  const stored = async () => {
    const { display_number, hide_number } = await world.admin.get(`users/${anna.user.id}`);
    return [display_number, hide_number];
  };
  const becomes = async (wanted) => {
    for (let n = 0; n < 100 && String(await stored()) !== String(wanted); n++) await page.waitForTimeout(100);
    assert.deepEqual(await stored(), wanted);
  };
  await becomes(['493055500', false]);
  await shoot(page, 'user-shown');
  await page.getByRole('radio', { name: 'None' }).check();
  await button('Save').click();
  await becomes(['493055500', true]);
  await page.getByRole('radio', { name: 'The own one' }).check();
  await button('Save').click();
  await becomes(['', false]);
});

// ---- Test a number ----

const targets = () => page.getByRole('table', { name: 'Where it goes' });
const steps = () => page.getByRole('list', { name: 'Step by step' });

async function ask(dialled, at = '') {
  await field('Number').fill(dialled);
  await page.getByLabel('When', { exact: true }).fill(at);
  const answer = page.waitForResponse((one) => one.url().endsWith('/api/routing/test'));
  await button('Test').click();
  await answer;
}

test('an internal number: whose phone rings, who is shown to whom, and why', async () => {
  await page.goto(`/users/${anna.user.id}`);
  await page.getByRole('main').getByRole('link', { name: 'Test a number' }).click();
  await heading('Test a number').waitFor();
  await button('Test').click();
  await page.getByText('Must be filled.').first().waitFor();
  await ask('102');
  await page.getByText('It rings for 30 s').waitFor();
  await targets().getByRole('row', { name: /Phone phone-102.*at once/ }).waitFor();
  await page.getByText('Anna Berg, 101').waitFor();
  await steps().getByText('102 is a number of Ben Cohn').waitFor();
  await ask('101');
  await page.getByText(/The call is refused: .* \(SIP 480\)/).waitFor();
  await steps().getByRole('listitem').filter({ hasText: 'it is the caller' }).getByText('passed over').waitFor();
  await shoot(page, 'route-test-internal');
});

test('RTG-3: outside, the COR rule decides by day, the order of the lines by night', async () => {
  await ask('0021144', '2026-11-24T10:00');
  await targets().getByRole('row', { name: /1 Line gamma.*01019.*01019021144.*at once/ }).waitFor();
  await targets().getByRole('row', { name: /2 Line alpha.*when those before fail/ }).waitFor();
  await steps().getByText('The COR rule 0211 holds, in the time frame Office').waitFor();
  await shoot(page, 'route-test-outside');
  await assertAccessible(page);
  await ask('0021144', '2026-11-24T18:00');
  await targets().getByRole('row', { name: /1 Line alpha/ }).waitFor();
  await steps().getByText('The COR rule 0211 has no time frame for now').waitFor();
  await ask('0021144', '2026-12-24T10:00');
  await page.getByText(/Holiday$/).waitFor();
  await targets().getByRole('row', { name: /1 Line alpha/ }).waitFor();
});

test('LIN-6, LIN-5: emergency numbers and line prefixes', async () => {
  await ask('112');
  await page.getByText('Emergency call', { exact: true }).waitFor();
  await targets().getByRole('row', { name: /1 Line beta.*112/ }).waitFor();
  await ask('***3021144');
  await targets().getByRole('row', { name: /1 Line gamma/ }).waitFor();
  assert.equal(await targets().getByRole('row').count(), 2); // with the heading
  await steps().getByText('***3 asks for line gamma').waitFor();
});

test('RTG-2: a call from outside, and the deposit', async () => {
  await page.goto('/lines/1');
  await page.getByRole('main').getByRole('link', { name: 'Test a number' }).click();
  await field('Number of the caller').fill('021177');
  await ask('493055599');
  await steps().getByText('The call goes on to the deposit 102').waitFor();
  await targets().getByRole('row', { name: /Phone phone-102/ }).waitFor();
  await page.getByText('+4921177', { exact: true }).waitFor();
  await shoot(page, 'route-test-in');
});

test('nothing went wrong behind the scenes', () => {
  assertQuiet(visitor);
});
