// CNF-1, CNF-2 through the page: conferences are planned, people invited, dates moved; and the link of a mail shows what it may.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, logIn, newVisitor, shoot } from './lib/browser.mjs';
import { until } from './lib/server.mjs';
import { Smtpd } from './lib/smtpd.mjs';
import { closeWorld, openWorld } from './lib/world.mjs';

const ANNA = { login: '2101', password: 'geheim-2' };
const BEN = { login: '2102', password: 'geheim-2' };

let world;
let smtp;
let visitor;
let page;
before(async () => {
  world = await openWorld();
  smtp = await Smtpd.start(world.server.host);
  await world.admin.person({ first_name: 'Anna', last_name: 'Berg', number: '101', login: ANNA.login, language: 'en' });
  await world.admin.person({ first_name: 'Ben', last_name: 'Cohn', number: '102', login: BEN.login, language: 'en' });
  await world.admin.patch('settings', { conference_numbers: '0211 555-90\ninside: 90' });
  await world.admin.patch('mail-server', {
    delivery: 'server', sender: 'pbx@example.com', host: smtp.host, port: smtp.port, security: 'none', web_address: world.server.url,
  });
  visitor = await newVisitor(world.browser, world.server);
  page = visitor.page;
  await page.goto('/');
  await logIn(page, ANNA);
});
after(async () => {
  smtp?.stop();
  await closeWorld(world);
});

/** What stands in the mails to somebody, decoded. */
const mailsTo = (to) =>
  smtp.mails().filter((raw) => raw.includes(`<${to}>`)).map((raw) => {
    const parts = [...raw.matchAll(/Content-Transfer-Encoding: base64\r?\n\r?\n([A-Za-z0-9+/=\r\n]+)/g)];
    return { subject: raw.match(/^Subject: (.*)$/m)?.[1] ?? '', text: parts.map(([, body]) => Buffer.from(body, 'base64').toString()).join('\n') };
  });

const press = (name) => page.getByRole('button', { name, exact: true }).click();
const conference = async () => (await world.admin.get('conferences')).items[0];
/** The month in which the series goes on: in the last hour of one it is the next. */
const showMonth = async (on) => {
  await on.getByText('Month', { exact: true }).click();
  const next = new Date((await conference()).next_from);
  if (next.getMonth() !== new Date().getMonth()) await on.getByRole('button', { name: 'Month after' }).click();
};
const narrow = async (name) => {
  await page.setViewportSize({ width: 360, height: 780 });
  await assertFits(page);
  await shoot(page, name);
  await page.setViewportSize({ width: 1280, height: 900 });
};

test('CNF-1: a series is planned in one\'s own time zone and said in words', async () => {
  await page.goto('/conferences');
  await page.getByText('No conference is planned.').waitFor();
  await page.getByRole('link', { name: 'New conference' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Planning');
  await page.getByRole('textbox', { name: 'Repeated' }).click();
  await page.getByRole('option', { name: 'Weekly' }).click();
  await page.getByRole('textbox', { name: 'Every', exact: true }).fill('2');
  await page.getByText('Every 2 weeks').waitFor();
  await page.getByLabel('Participants see each other').focus();
  await page.keyboard.press('Space');
  await shoot(page, 'conference-new');
  await assertAccessible(page);
  await narrow('conference-new-narrow');
  await press('Create');
  await page.getByText('Nobody is invited yet.').waitFor();
  const one = await conference();
  assert.equal(one.repeat, 'week');
  assert.equal(one.every, 2);
  assert.equal(one.show_participants, true);
  assert.ok(Date.parse(one.next_from) > Date.now());
});

test('CNF-1: users are found by name, others are invited by mail, and each has a PIN', async () => {
  await page.getByRole('textbox', { name: 'Invite a user' }).fill('cohn');
  await page.getByRole('option', { name: 'Ben Cohn' }).click();
  await page.getByRole('listitem', { name: 'Ben Cohn' }).waitFor();
  const form = page.getByRole('form', { name: 'Invite somebody else' });
  await form.getByLabel('Name').fill('Max Outside');
  await form.getByLabel('E-mail').fill('max@other.example');
  await form.getByRole('button', { name: 'Invite' }).click();
  const max = page.getByRole('listitem', { name: 'Max Outside' });
  await max.getByText(/PIN: \d{6}/).waitFor();
  await max.getByLabel('Moderator').focus();
  await page.keyboard.press('Space');
  await until(async () => (await world.admin.get('conference-participants')).items.some(({ name, moderator }) => name === 'Max Outside' && moderator), 'moderator');
  await shoot(page, 'conference-participants');
  await assertAccessible(page);
  await narrow('conference-participants-narrow');
  await page.emulateMedia({ colorScheme: 'dark' });
  await shoot(page, 'conference-participants-dark');
  await assertAccessible(page);
  await page.emulateMedia({ colorScheme: 'light' });
});

test('CNF-1: one date is cancelled and put back, and the month shows them', async () => {
  await page.getByRole('tab', { name: 'Dates' }).click();
  const first = page.getByRole('tabpanel').getByRole('listitem').first();
  await first.getByRole('button', { name: /^Cancel / }).click();
  await until(async () => (await conference()).changed_dates.endsWith('off'), 'one date is off');
  await first.getByRole('button', { name: /as planned$/ }).click();
  await until(async () => (await conference()).changed_dates === '', 'as planned');
  await shoot(page, 'conference-dates');
  await assertAccessible(page);
  await narrow('conference-dates-narrow');
  await page.getByRole('tab', { name: 'Now' }).click();
  await page.getByText('The conference has not begun.').waitFor();
  await page.goto('/conferences');
  await page.getByRole('link', { name: 'Planning' }).waitFor();
  await shoot(page, 'conferences');
  await showMonth(page);
  await page.getByRole('link', { name: /Planning$/ }).first().waitFor();
  await shoot(page, 'conferences-month');
  await assertAccessible(page);
  await narrow('conferences-month-narrow');
});

test('CNF-1: who is invited sees it among his own conferences and in the month, and can have his telephones rung', async () => {
  const guest = await newVisitor(world.browser, world.server);
  await guest.page.goto('/conferences');
  await logIn(guest.page, BEN);
  const invited = guest.page.getByRole('region', { name: 'You are invited' });
  await invited.getByText('Anna Berg').waitFor();
  await shoot(guest.page, 'conferences-invited');
  await assertAccessible(guest.page);
  await guest.page.setViewportSize({ width: 360, height: 780 });
  await assertFits(guest.page);
  await shoot(guest.page, 'conferences-invited-narrow');
  await guest.page.setViewportSize({ width: 1280, height: 900 });
  await showMonth(guest.page);
  await guest.page.getByRole('link', { name: /Planning$/ }).first().click();
  await guest.page.getByText(/Your PIN: \d{6}/).waitFor();
  await guest.page.getByText('0211 555-90').waitFor();
  await shoot(guest.page, 'invitation-own');
  await assertAccessible(guest.page);
  await guest.page.setViewportSize({ width: 360, height: 780 });
  await assertFits(guest.page);
  await shoot(guest.page, 'invitation-own-narrow');
  assertQuiet(guest);
  const { id, ...one } = await conference();
  await world.admin.patch(`conferences/${id}`, { starts_at: new Date(Date.now() + 86_400_000 * 20).toISOString() });
  await guest.page.getByRole('button', { name: 'Take part' }).click();
  await guest.page.getByText('This conference does not take place at the moment.').waitFor();
  await world.admin.patch(`conferences/${id}`, { starts_at: one.starts_at });
  await guest.context.close();
});

test('CNF-2: who has no account sees his conference by the link of the mail, and nobody with another', async () => {
  const mail = await until(() => mailsTo('max@other.example').find(({ text }) => text.includes('/conference/')), 'the invitation');
  const link = new URL(mail.text.match(/https?:\S+\/conference\/[0-9a-f]{64}/)[0]);
  const guest = await newVisitor(world.browser, world.server);
  await guest.page.goto(link.pathname);
  await guest.page.getByRole('heading', { name: 'Planning' }).waitFor();
  await guest.page.getByText('0211 555-90').waitFor();
  await guest.page.getByText(/Your PIN: \d{6} · You are moderator/).waitFor();
  await guest.page.getByText('With: Ben Cohn, Max Outside').waitFor();
  await shoot(guest.page, 'invitation');
  await assertAccessible(guest.page);
  await guest.page.setViewportSize({ width: 360, height: 780 });
  await assertFits(guest.page);
  await shoot(guest.page, 'invitation-narrow');
  assertQuiet(guest);
  await guest.page.goto(`${link.pathname.slice(0, -1)}x`);
  await guest.page.getByRole('alert').waitFor();
  assert.equal(await guest.page.getByText('0211').count(), 0);
  await guest.context.close();
  visitor.complaints.length = 0;
});

test('CNF-1: a conference is cancelled after a question', async () => {
  await page.goto('/conferences');
  await page.getByRole('link', { name: 'Planning' }).click();
  await press('Cancel the conference');
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel the conference' }).click();
  await page.getByText('No conference is planned.').waitFor();
  await until(() => mailsTo('max@other.example').some(({ subject }) => subject.startsWith('Cancelled')), 'the cancellation');
  assertQuiet(visitor);
});
