// A browser is a telephone: Chromium calls a softphone and is called by it, and both hear the other's tone.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Baresip } from './lib/baresip.mjs';
import { assertQuiet, launch, newVisitor } from './lib/browser.mjs';
import { address, until } from './lib/server.mjs';
import { toneWav } from './lib/wav.mjs';
import { closeWorld, openWorld, ownMediaPorts } from './lib/world.mjs';

const BROWSER_HZ = 700;
const PHONE_HZ = 440;
const SECONDS = 2.5;
const SECRET = 'Secret-of-a-Phone-12';
const SCRIPT = readFileSync(new URL('lib/browser-phone.js', import.meta.url), 'utf8');

let world;
let folder;
let site; // a page of its own, on loopback: elsewhere browsers give no microphone, and reach no loopback
let speaker; // a browser with a microphone
const open = [];

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'strowger-voice-'));
  writeFileSync(join(folder, 'tone.wav'), toneWav(BROWSER_HZ, 48_000, 10));
  world = await openWorld();
  site = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<title>phone</title><link rel=icon href=data:,>'));
  await new Promise((done) => site.listen(0, address(9), done));
  speaker = await launch([
    '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', `--use-file-for-fake-audio-capture=${folder}/tone.wav`,
    '--autoplay-policy=no-user-gesture-required', '--allow-loopback-in-peer-connection',
  ]);
  await ownMediaPorts(world);
  for (const [first_name, number] of [['Web', '201'], ['Desk', '202'], ['Other', '203']]) {
    await world.admin.person({ first_name, last_name: 'Test', number, login: `2${number}`, phone: { secret: SECRET, qualify_s: 0 } });
  }
});
after(async () => {
  await speaker?.close();
  site?.close();
  await closeWorld(world);
  rmSync(folder, { recursive: true, force: true });
});

const setPhone = async (number, fields) => {
  const phone = (await world.admin.get('phones')).items.find((one) => one.name === `phone-${number}`);
  await world.admin.patch(`phones/${phone.id}`, fields);
};

/** A page that is the phone of that number. */
async function webPhone(number) {
  const visitor = await newVisitor(speaker, world.server);
  const { page } = visitor;
  await page.exposeFunction('md5', (text) => createHash('md5').update(text).digest('hex'));
  await page.goto(`http://${address(9)}:${site.address().port}/`);
  await page.evaluate(SCRIPT);
  const params = { name: `phone-${number}`, secret: SECRET, host: world.server.host, port: world.server.wsPort };
  await page.evaluate((p) => (globalThis.phone = new globalThis.BrowserPhone(p)).open(), params);
  const phone = { visitor, page, close: () => visitor.context.close() };
  phone.heard = () => page.evaluate(() => globalThis.phone.heard());
  phone.state = () => page.evaluate(() => globalThis.phone.state);
  phone.remote = () => page.evaluate(() => globalThis.phone.remote);
  phone.call = (to, options) => page.evaluate(([n, o]) => globalThis.phone.call(n, o), [to, options]);
  phone.hears = (hertz) => until(async () => Math.abs((await phone.heard()) - hertz) < 15, `the page hears ${hertz} Hz`);
  open.push(phone);
  return phone;
}

async function deskPhone(encryption) {
  const phone = await Baresip.register(world.server, { name: 'phone-202', secret: SECRET, hertz: PHONE_HZ, encryption });
  open.push(phone);
  return phone;
}

async function closeAll() {
  for (const one of open.splice(0)) await one.close();
}

/** Both hear each other; the page hangs up. */
async function talk(web, desk) {
  await web.hears(PHONE_HZ);
  await until(() => desk.seconds() > SECONDS, 'the phone has heard enough');
  assert.equal(await web.page.evaluate(() => globalThis.phone.hangUp()), 200);
  await until(async () => (await world.admin.get('calls')).items.length === 0, 'the call is over');
  await until(() => desk.heard(BROWSER_HZ) > 0.9, 'the phone has heard the page');
  assertQuiet(web.visitor);
}

test('a browser calls a phone', async () => {
  const [web, desk] = [await webPhone('201'), await deskPhone()];
  assert.equal(await web.call('202', { video: true }), 200);
  await talk(web, desk);
  assert.match(await web.remote(), /^m=video 0 /m);
  await closeAll();
});

test('a phone calls a browser', async () => {
  const [web, desk] = [await webPhone('201'), await deskPhone()];
  desk.command('dial', '201');
  await until(async () => (await web.state()) === 'talking', 'the page has answered');
  await talk(web, desk);
  await closeAll();
});

test('a browser and a phone that must encrypt', async () => {
  await setPhone('202', { srtp: 'required' });
  const [web, desk] = [await webPhone('201'), await deskPhone('srtp-mand')];
  assert.equal(await web.call('202'), 200);
  await talk(web, desk);
  await setPhone('202', { srtp: 'optional' });
  await closeAll();
});

test('a browser that is to speak Opus only is translated', async () => {
  await setPhone('201', { codecs: 'opus' });
  const [web, desk] = [await webPhone('201'), await deskPhone()];
  desk.command('dial', '201');
  await until(async () => (await web.state()) === 'talking', 'the page has answered');
  assert.match(await web.remote(), /opus\/48000/);
  assert.doesNotMatch(await web.remote(), /PCMA/);
  await talk(web, desk);
  await setPhone('201', { codecs: '' });
  await closeAll();
});

test('the voice goes on when the browser changes its network', async () => {
  const [web, desk] = [await webPhone('201'), await deskPhone()];
  assert.equal(await web.call('202'), 200);
  await web.hears(PHONE_HZ);
  const ufrag = async () => /a=ice-ufrag:(\S+)/.exec(await web.remote())[1];
  const first = await ufrag();
  await web.page.evaluate(() => globalThis.phone.offerAgain({ ice: false }));
  assert.equal(await ufrag(), first);
  await web.page.evaluate(() => globalThis.phone.offerAgain({ ice: true }));
  assert.notEqual(await ufrag(), first);
  await until(() => web.page.evaluate(() => globalThis.phone.pc.connectionState === 'connected'), 'connected again');
  const heard = desk.seconds();
  await until(() => desk.seconds() > heard + SECONDS, 'two more seconds');
  await talk(web, desk);
  await closeAll();
});

test('two browsers hear each other', async () => {
  const [web, other] = [await webPhone('201'), await webPhone('203')];
  assert.equal(await web.call('203'), 200);
  await web.hears(BROWSER_HZ);
  await other.hears(BROWSER_HZ);
  await web.page.evaluate(() => globalThis.phone.hangUp());
  await until(async () => (await other.state()) === 'ended', 'the other one knows');
  for (const one of [web, other]) assertQuiet(one.visitor);
  await closeAll();
});

test('a browser whose phone must not encrypt is refused', async () => {
  await setPhone('201', { srtp: 'off' });
  const [web] = [await webPhone('201'), await deskPhone()];
  assert.equal(await web.call('202'), 488);
  await setPhone('201', { srtp: 'optional' });
  await closeAll();
});
