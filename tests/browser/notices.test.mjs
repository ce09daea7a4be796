// What the system notices by itself: an attacker becomes a notice and a blocked address; and who watches whom.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertQuiet, shoot } from './lib/browser.mjs';
import { address, freePort, until } from './lib/server.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
const sockets = [];
before(async () => {
  world = await openWorld();
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(async () => {
  for (const socket of sockets) socket.close();
  await closeWorld(world);
});

async function udp(host, port) {
  const socket = createSocket('udp4');
  sockets.push(socket);
  await new Promise((done) => socket.bind(port, host, done));
  return (text) => socket.send(text, world.server.sipPort, world.server.host);
}

const message = (method, host, port, from, to, more) =>
  `${method} sip:${to}@${world.server.host}:${world.server.sipPort} SIP/2.0\r\nVia: SIP/2.0/UDP ${host}:${port};branch=z9hG4bK${Math.random()}\r\n` +
  `Max-Forwards: 70\r\nFrom: <sip:${from}@${world.server.host}>;tag=${from}\r\nTo: <sip:${to}@${world.server.host}>\r\nCall-ID: ${method}-${from}\r\n` +
  `CSeq: 1 ${method}\r\nContact: <sip:${from}@${host}:${port}>\r\n${more}Content-Length: 0\r\n\r\n`;

test('SEC-3: a scanner is blocked, and people are told', async () => {
  const [host, port] = [address(66), await freePort(address(66))];
  const send = await udp(host, port);
  await page.goto('/notices');
  await page.getByText('Nothing to report.').waitFor();
  const attack = () => send(message('REGISTER', host, port, '100', '100', 'User-Agent: friendly-scanner\r\n'));
  await until(async () => {
    attack();
    return (await world.admin.get('notices')).total > 0;
  }, 'the scanner is noticed');
  const row = page.getByRole('row', { name: /New.*has been blocked: it names itself as an attack tool \(friendly-scanner\)/ });
  await row.waitFor();
  await page.getByLabel('1 unread').waitFor();
  await shoot(page, 'notices');
  await assertAccessible(page);
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  await page.getByLabel('1 unread').waitFor({ state: 'detached' });

  await page.goto('/addresses');
  const rule = page.getByRole('row', { name: new RegExp(`${host}.*Blocked.*Call screening.*Attack tool.*friendly-scanner`) });
  await rule.waitFor();
  await shoot(page, 'addresses-automatic');
  await page.getByRole('button', { name: new RegExp(`^Unblock: ${host}`) }).click();
  await rule.waitFor({ state: 'detached' });
});

test('a phone that watches another is in the list', async () => {
  const [host, port] = [address(12), await freePort(address(12))];
  await world.admin.person({ first_name: 'Anna', last_name: 'Test', number: '101', login: '2101' });
  await world.admin.person({ first_name: 'Bert', last_name: 'Test', number: '102', login: '2102', phone: { auth: 'address', host, port, qualify_s: 0 } });
  const send = await udp(host, port);
  await page.goto('/subscriptions');
  await page.getByText('No phone watches anything.').waitFor();
  send(message('SUBSCRIBE', host, port, 'phone-102', '101', 'Event: dialog\r\nExpires: 600\r\nAccept: application/dialog-info+xml\r\n'));
  const row = page.getByRole('row', { name: /phone-102.*Calls \(lamp\).*101/ });
  await row.waitFor();
  await shoot(page, 'subscriptions');
  await assertAccessible(page);
  await row.getByRole('link', { name: 'phone-102' }).click();
  await page.getByRole('heading', { name: 'phone-102', exact: true }).waitFor();
  assertQuiet(visitor);
  assert.equal((await world.admin.get('subscriptions')).total, 1);
});
