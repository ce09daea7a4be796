// How well two softphones hear each other while they talk, in the list of live calls.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertQuiet, shoot } from './lib/browser.mjs';
import { Softphone } from './lib/phones.mjs';
import { closeWorld, loggedIn, openWorld, ownMediaPorts } from './lib/world.mjs';

let world;
let visitor;
let page;
const phones = [];

before(async () => {
  world = await openWorld();
  await ownMediaPorts(world);
  for (const [name, number] of [['Anna', '101'], ['Bert', '102']]) {
    await world.admin.person({ first_name: name, last_name: 'Test', number, login: `2${number}`, phone: { secret: `Secret-Of-${number}-Secret` } });
  }
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(async () => {
  for (const phone of phones) await phone.stop();
  await closeWorld(world);
});

const row = () => page.getByRole('row', { name: /Anna Test.*Bert Test/ });
const MEASURED_MS = 20_000; // every 5 s, and not in the first moment

const account = (number) => ({ username: `phone-${number}`, password: `Secret-Of-${number}-Secret` });

test('the list shows how well both hear each other, and the figures behind it', async () => {
  phones.push(await Softphone.start(world.server, account('102')));
  phones.push(await Softphone.start(world.server, account('101'), '102'));
  await page.goto('/calls');
  await row().filter({ hasText: 'Talking' }).waitFor();
  const voice = row().getByRole('button', { name: 'Voice: good. Show figures' });
  await voice.waitFor({ timeout: MEASURED_MS });
  await shoot(page, 'calls-voice');
  await voice.click();
  const figures = page.getByRole('dialog', { name: 'Voice' });
  await figures.getByText(/last seconds; codec PCMA/).waitFor();
  const both = (name, what) => figures.getByRole('row', { name: new RegExp(`^${name} ${what} ${what}$`) }).waitFor();
  await both('Voice', 'good');
  await both('Voice \\(MOS\\)', '4\\.\\d+');
  await both('Lost', '0(\\.00)? %');
  await both('Jitter', '\\d+ ms');
  await both('Way to the phone', 'not encrypted');
  await page.waitForTimeout(300); // it fades in
  await shoot(page, 'calls-voice-figures');
  await assertAccessible(page);
  await page.keyboard.press('Escape');
});

test('the figures come again while they talk, without asking', async () => {
  const before = (await world.admin.get('calls')).items[0];
  assert.equal(before.heard_by_caller.voice, 'good');
  assert.equal(before.heard_by_called.encrypted, false);
  const metrics = await (await fetch(`${world.server.url}/metrics`, { headers: { cookie: world.admin.cookie } })).text();
  assert.match(metrics, /strowger_calls_hearing\{voice="good"\} 1/);
});

/** The list as if the voices were like that; the events that would tell otherwise are kept away. */
async function pretend(change) {
  await page.route('**/api/calls', async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    body.items.forEach(change);
    await route.fulfill({ response: answer, json: body }).catch(() => undefined); // pretending may be over by now
  });
  await page.route('**/api/events*', (route) => route.fulfill({ contentType: 'text/event-stream', body: ': nothing new\n\n' }));
  await page.reload();
}

async function pretendNoMore() {
  await page.unroute('**/api/calls');
  await page.unroute('**/api/events*');
}

test('a voice that becomes bad is seen, also without colours', async () => {
  await pretend((call) => Object.assign(call.heard_by_called, { voice: 'poor', mos_x100: 287, lost_x100: 1234, jitter_ms: 41 }));
  const voice = row().getByRole('button', { name: 'Voice: poor. Show figures' });
  await voice.waitFor();
  await voice.click();
  await page.getByRole('row', { name: /^Lost 0(\.00)? % 12\.34 %$/ }).waitFor();
  await page.waitForTimeout(300);
  await shoot(page, 'calls-voice-poor');
  await assertAccessible(page);
  await pretendNoMore();
});

test('voice that goes past us is shown as such, without figures (PHO-5)', async () => {
  await pretend((call) => {
    for (const heard of [call.heard_by_caller, call.heard_by_called]) Object.assign(heard, { voice: 'direct', mos_x100: null, delay_ms: null });
  });
  await row().getByRole('button', { name: 'Voice: direct. Show figures' }).click();
  await page.getByRole('dialog', { name: 'Voice' }).getByText('The voices go directly between the phones').waitFor();
  await page.waitForTimeout(300);
  await shoot(page, 'calls-voice-direct');
  await assertAccessible(page);
  await pretendNoMore();
});

test('a phone that falls silent is heard no more', async () => {
  await page.reload();
  phones[0].freeze();
  await row().getByRole('button', { name: /Voice: / }).click();
  await page
    .getByRole('dialog', { name: 'Voice' })
    .getByRole('row', { name: /^Voice nothing heard good$/ })
    .waitFor({ timeout: MEASURED_MS });
  phones[0].thaw();
  assertQuiet(visitor);
});
