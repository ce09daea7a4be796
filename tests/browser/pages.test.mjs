// Every page: light and dark, accessible, quiet, small; and the API description the types were made from is the server's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { SCRIPT_BYTES_MAX, assertFits, assertQuiet, scriptBytes, shoot } from './lib/browser.mjs';
import { ROOT } from './lib/server.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let person;
let line;
let group;
let rule;
let emergency;
let mailbox;
let conference;
let invitation;
let room;
before(async () => {
  world = await openWorld();
  person = await world.admin.person({ first_name: 'Emil', last_name: 'Muster', number: '150', login: '2150' });
  line = await world.admin.post('lines', { name: 'Example Telecom', host: 'sip.example.com', username: '4930', password: 'geheim-8' });
  await world.admin.post('rates', { line: line.id, prefix: '0043', name: 'Austria', per_minute_micro: 19000, step_s: 1 });
  group = await world.admin.post('groups', { name: 'Sales' });
  await world.admin.post('group-members', { group: group.id, user: person.user.id });
  rule = await world.admin.post('cor-rules', { number: '0049', comment: 'Germany' });
  await world.admin.post('cor-lines', { rule: rule.id, frame: 1, line: line.id, call_by_call: '01019' });
  mailbox = await world.admin.post('mailboxes', { name: 'Emil Muster' });
  room = await world.admin.post('conference-rooms', { name: 'Board', pin: '4711', moderator_pin: '4712' });
  await world.admin.post('mailbox-access', { mailbox: mailbox.id, user: person.user.id });
  await world.admin.post('announcements', { name: 'We are closed' });
  const planned = { name: 'Planning', user: person.user.id, starts_at: '2031-03-03T08:00:00Z', time_zone: 'Europe/Berlin', repeat: 'week' };
  conference = await world.admin.post('conferences', planned);
  await world.admin.post('conference-participants', { conference: conference.id, name: 'Max Outside' });
  const ada = (await world.admin.get('users?search=Ada')).items[0];
  invitation = await world.admin.post('conference-participants', { conference: conference.id, user: ada.id });
  emergency = (await world.admin.get('emergency-numbers?number=112')).items[0];
  await world.admin.patch('settings', { holidays: 'de-nw' });
  await world.admin.post('address-rules', { address: '198.51.100.0/24', comment: 'Scanner' });
});
after(() => closeWorld(world));

const PAGES = [
  ['overview', () => '/', 'Overview'],
  ['calls', () => '/calls', 'Live calls'],
  ['records', () => '/records', 'Call records'],
  ['traces', () => '/traces', 'SIP traces'],
  ['trace', () => '/traces/call?id=a.b@192.0.2.1', 'SIP trace'],
  ['licence', () => '/licence', 'Licence'],
  ['users', () => '/users', 'Users'],
  ['user', () => `/users/${person.user.id}`, 'Muster, Emil'],
  ['user-import', () => '/users/import', 'Import users'],
  ['user-new', () => '/users/new', 'New user'],
  ['user-groups', () => `/users/${person.user.id}?tab=groups`, 'Muster, Emil'],
  ['user-shown', () => `/users/${person.user.id}?tab=shown`, 'Muster, Emil'],
  ['groups', () => '/groups', 'Groups'],
  ['group', () => `/groups/${group.id}`, 'Sales'],
  ['group-members', () => `/groups/${group.id}?tab=members`, 'Sales'],
  ['group-new', () => '/groups/new', 'New group'],
  ['phones', () => '/phones', 'Phones'],
  ['phone', () => `/phones/${person.phone.id}`, 'phone-150'],
  ['phone-sip', () => `/phones/${person.phone.id}?tab=sip`, 'phone-150'],
  ['phone-new', () => '/phones/new', 'New phone'],
  ['phones-new', () => '/phones/several', 'New phones'],
  ['device-types', () => '/device-types', 'Device types'],
  ['device-type', () => '/device-types/1', 'generic'],
  ['device-type-new', () => '/device-types/new?from=2', 'New device type'],
  ['numbers', () => '/numbers', 'Numbers'],
  ['ranges', () => '/numbers?tab=ranges', 'Numbers'],
  ['notices', () => '/notices', 'Notices'],
  ['subscriptions', () => '/subscriptions', 'Subscriptions'],
  ['lines', () => '/lines', 'Lines'],
  ['line', () => `/lines/${line.id}`, 'Example Telecom'],
  ['line-rates', () => `/lines/${line.id}?tab=rates`, 'Example Telecom'],
  ['line-new', () => '/lines/new', 'New line'],
  ['providers', () => '/providers', 'Providers'],
  ['provider', () => '/providers/1', 'generic'],
  ['provider-new', () => '/providers/new?from=2', 'New provider'],
  ['routing', () => '/routing', 'Routing'],
  ['routing-rules', () => '/routing?tab=rules', 'Routing'],
  ['routing-rule', () => `/routing/rules/${rule.id}`, 'COR rule 0049'],
  ['routing-rule-new', () => '/routing/rules/new', 'New rule'],
  ['routing-frames', () => '/routing?tab=frames', 'Routing'],
  ['routing-holidays', () => '/routing?tab=holidays', 'Routing'],
  ['emergency-numbers', () => '/emergency-numbers', 'Emergency numbers'],
  ['emergency-number', () => `/emergency-numbers/${emergency.id}`, '112 Feuerwehr und Rettungsdienst'],
  ['emergency-number-new', () => '/emergency-numbers/new', 'New emergency number'],
  ['mailboxes', () => '/mailboxes', 'Mailboxes'],
  ['mailbox', () => `/mailboxes/${mailbox.id}`, 'Emil Muster'],
  ['mailbox-access', () => `/mailboxes/${mailbox.id}?tab=access`, 'Emil Muster'],
  ['conference-rooms', () => '/conference-rooms', 'Conference rooms'],
  ['conference-room', () => `/conference-rooms/${room.id}`, 'Board'],
  ['conference-room-new', () => '/conference-rooms/new', 'New conference room'],
  ['mailbox-new', () => '/mailboxes/new', 'New mailbox'],
  ['conferences-all', () => '/all-conferences', 'All conferences'],
  ['conference', () => `/all-conferences/${conference.id}`, 'Planning'],
  ['conference-participants-all', () => `/all-conferences/${conference.id}?tab=participants`, 'Planning'],
  ['conference-dates-all', () => `/all-conferences/${conference.id}?tab=dates`, 'Planning'],
  ['conference-new-all', () => '/all-conferences/new', 'New conference'],
  ['conferences-own', () => '/conferences', 'Conferences'],
  ['invitation-own', () => `/conferences/invitations/${invitation.id}`, 'Planning'],
  ['announcements', () => '/announcements', 'Announcements'],
  ['speed-dials', () => '/speed-dials', 'Speed dials'],
  ['prompts', () => '/prompts', 'Prompts'],
  ['music', () => '/music', 'Music on hold'],
  ['music-loop', () => '/music/1', 'Default'],
  ['music-new', () => '/music/new', 'New loop'],
  ['star-codes', () => '/star-codes', 'Star codes'],
  ['my-codes', () => '/my-codes', 'Codes of the telephone'],
  ['route-test', () => '/route-test', 'Test a number'],
  ['addresses', () => '/addresses', 'Blocked addresses'],
  ['changes', () => '/changes', 'Changes'],
  ['mail', () => '/mail', 'E-mail'],
  ['mail-queue', () => '/mail?tab=queue', 'E-mail'],
  ['mail-texts', () => '/mail?tab=texts', 'E-mail'],
  ['certificates', () => '/certificates', 'Certificates'],
  ['logs', () => '/logs', 'Logs'],
  ['api-docs', () => '/api-docs', 'API'],
  ['settings', () => '/settings', 'Settings'],
  ['user-rights', () => `/users/${person.user.id}?tab=rights`, 'Muster, Emil'],
  ['user-redirections', () => `/users/${person.user.id}?tab=redirections`, 'Muster, Emil'],
  ['user-mobile', () => `/users/${person.user.id}?tab=mobile`, 'Muster, Emil'],
  ['user-security', () => `/users/${person.user.id}?tab=security`, 'Muster, Emil'],
  ['manager', () => '/manager', 'Call manager'],
  ['voicemail', () => '/voicemail', 'Voicemail'],
  ['keys', () => '/keys', 'Function keys'],
  ['user-keys', () => `/users/${person.user.id}/keys`, 'Function keys of Muster, Emil'],
  ['my-calls', () => '/my-calls', 'My calls'],
  ['account', () => '/account', 'My account'],
  ['account-redirections', () => '/account?tab=redirections', 'My account'],
  ['account-voicemail', () => '/account?tab=voicemail', 'My account'],
  ['account-mobile', () => '/account?tab=mobile', 'My account'],
  ['account-speed-dials', () => '/account?tab=speedDials', 'My account'],
  ['account-password', () => '/account?tab=password', 'My account'],
  ['account-security', () => '/account?tab=security', 'My account'],
  ['account-tokens', () => '/account?tab=tokens', 'My account'],
  ['nowhere', () => '/nowhere', 'Page not found'],
];

for (const colorScheme of ['light', 'dark']) {
  test(`every page in ${colorScheme}`, async (t) => {
    const visitor = await loggedIn(world, { colorScheme });
    for (const [name, path, heading] of PAGES) {
      await t.test(name, async () => {
        await visitor.page.goto(path());
        await visitor.page.getByRole('heading', { name: heading, exact: true }).waitFor();
        await visitor.page.waitForLoadState('load');
        await visitor.page.waitForFunction(() => !document.querySelector('.mantine-Loader-root'));
        await shoot(visitor.page, `${colorScheme}-${name}`);
        await assertAccessible(visitor.page);
        assertQuiet(visitor);
      });
    }
    await visitor.context.close();
  });
}

test('no page is wider than a telephone', async (t) => {
  const { context, page } = await loggedIn(world);
  await page.setViewportSize({ width: 390, height: 844 });
  for (const [name, path, heading] of PAGES) {
    await t.test(name, async () => {
      await page.goto(path());
      await page.getByRole('heading', { name: heading, exact: true }).waitFor();
      await page.waitForFunction(() => !document.querySelector('.mantine-Loader-root'));
      await shoot(page, `narrow-${name}`);
      await assertFits(page);
    });
  }
  await context.close();
});

test('no page loads more than 300 KB of script', async (t) => {
  const { context } = await loggedIn(world);
  for (const [name, path, heading] of PAGES) {
    const { bytes, files } = await scriptBytes(context, async (page) => {
      await page.goto(path());
      await page.getByRole('heading', { name: heading, exact: true }).waitFor();
    });
    t.diagnostic(`${name}: ${Math.round(bytes / 1024)} KB of script in ${files} files`);
    assert.ok(files > 0 && bytes > 1024, `${name}: nothing was measured`);
    assert.ok(bytes <= SCRIPT_BYTES_MAX, `${name} loads ${bytes} bytes of script`);
  }
  await context.close();
});

test('the page is sent compressed, with a strict content security policy; assets never change', async () => {
  const index = await fetch(world.server.url, { headers: { 'accept-encoding': 'br' } });
  assert.match(index.headers.get('content-security-policy'), /default-src 'self'/);
  assert.doesNotMatch(index.headers.get('content-security-policy'), /script-src|unsafe-eval/);
  const script = /src="(\/assets\/[^"]+\.js)"/.exec(await index.text())[1];
  const asset = await fetch(world.server.url + script, { headers: { 'accept-encoding': 'br' } });
  assert.equal(asset.headers.get('content-encoding'), 'br');
  assert.match(asset.headers.get('cache-control'), /immutable/);
});

test('web/openapi.json is what the server says; if not: npm run api', async () => {
  const snapshot = JSON.parse(readFileSync(join(ROOT, 'web/openapi.json'), 'utf8'));
  assert.deepEqual(await world.admin.get('openapi.json'), snapshot);
});
