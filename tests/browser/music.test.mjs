// MOH-1 through the page: loops of music on hold, their files and order, who hears them, and listening to them.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertFits, assertQuiet, openSearch, shoot } from './lib/browser.mjs';
import { toneWav } from './lib/wav.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
let anna;
before(async () => {
  world = await openWorld({ options: ['--sounds', join(process.env.STROWGER_BUILD, 'packaging/sounds')] });
  anna = await world.admin.person({ first_name: 'Anna', last_name: 'Berg', number: '101', login: '2101' });
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(() => closeWorld(world));

const field = (name) => page.getByRole('textbox', { name, exact: true });
const button = (name) => page.getByRole('button', { name, exact: true });
const heading = (name) => page.getByRole('heading', { name, exact: true });
const files = () => page.getByRole('list', { name: 'Files' }).getByRole('listitem');
const names = async () => (await files().allTextContents()).map((text) => text.match(/^[a-z]+/)?.[0]);
const stored = async (loop) => (await world.admin.get(`music-files?loop=${loop.id}`)).items;
const loopOf = async (name) => (await world.admin.get('music-loops')).items.find((loop) => loop.name === name);
const sound = (name, hertz) => ({ name, mimeType: 'audio/wav', buffer: toneWav(hertz, 8000, 2) });

async function upload(...chosen) {
  const chooser = page.waitForEvent('filechooser');
  await button('Add files').click();
  await (await chooser).setFiles(chosen);
}

test('MOH-1: a loop gets a name and files, which are played in their order', async () => {
  await page.goto('/music');
  await page.getByRole('row', { name: /Default.*Supplied/ }).waitFor();
  await page.getByRole('link', { name: 'New loop' }).click();
  await field('Name').fill('Jazz');
  await field('Description').fill('For the evening');
  await button('Create').click();
  await heading('Jazz').waitFor();
  await page.getByText('No files yet: the default is heard.').waitFor();
  await upload(sound('one.wav', 440), sound('two.wav', 600), sound('three.wav', 800));
  await page.getByText('3 files added.').waitFor();
  await page.waitForFunction(() => document.querySelectorAll('ol li').length === 3);
  assert.deepEqual(await names(), ['one', 'two', 'three']);
  await shoot(page, 'music-loop');
  await assertAccessible(page);
});

test('MOH-1: the order changes by buttons and by dragging, the volume in steps, and the server knows', async () => {
  const loop = await loopOf('Jazz');
  const order = async (...wanted) => {
    await page.waitForFunction((all) => [...document.querySelectorAll('ol li')].map((one) => one.textContent.match(/^[a-z]+/)[0]).join() === all, wanted.join());
    assert.deepEqual((await stored(loop)).map(({ name }) => name), wanted);
  };
  await page.getByRole('button', { name: 'Move three up' }).focus();
  await page.keyboard.press('Enter');
  await order('one', 'three', 'two');
  await files().filter({ hasText: 'two' }).dragTo(files().filter({ hasText: 'one' }));
  await order('two', 'one', 'three');
  await button('Softer: one').click();
  await page.getByText('−2 dB').waitFor();
  await page.getByRole('switch', { name: 'Is played: three' }).locator('..').click();
  await page.waitForFunction(() => document.querySelectorAll('ol input[type=checkbox]:checked').length === 2);
  assert.deepEqual((await stored(loop)).map(({ name, gain_db, enabled }) => [name, gain_db, enabled]), [['two', 0, true], ['one', -2, true], ['three', 0, false]]);
});

test('MOH-1: a file is heard in the browser, downloaded and removed; what is none is refused in words', async () => {
  await button('Listen: two').click();
  await button('Stop: two').waitFor();
  await button('Listen: two').waitFor(); // it has ended
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download: two' }).click();
  assert.equal((await download).suggestedFilename(), 'two.wav');
  await page.getByRole('button', { name: 'Remove three' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.waitForFunction(() => document.querySelectorAll('ol li').length === 2);
  await upload({ name: 'letter.wav', mimeType: 'audio/wav', buffer: Buffer.from('no sound') });
  await page.getByText('This is no sound file that can be played here').waitFor();
});

test('MOH-1: a user gets a loop; the loop says who hears it, also before it is removed', async () => {
  await page.goto(`/users/${anna.user.id}?tab=telephony`);
  await field('Music on hold').click();
  await page.getByRole('option', { name: 'Jazz' }).click();
  await button('Save').click();
  await page.getByText('Saved.').first().waitFor();
  const loop = await loopOf('Jazz');
  assert.equal(loop.users, 1);
  await page.goto(`/music/${loop.id}`);
  await page.getByRole('link', { name: 'Berg, Anna' }).waitFor();
  await shoot(page, 'music-used');
  await button('Delete').click();
  await page.getByRole('dialog').getByText('Jazz (numbers: 0, users: 1, groups: 0)').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('MOH-1: another loop becomes the default; the supplied one keeps its name; no phone, no listening', async () => {
  await page.getByText('Default', { exact: true }).click();
  await button('Save').click();
  await page.locator('.mantine-Badge-root').filter({ hasText: 'Default' }).waitFor();
  assert.equal((await loopOf('Jazz')).is_default, true);
  await button('Listen').click();
  await page.getByText('You have no phone that is registered.').waitFor();
  await page.goto('/music/1');
  await heading('Default').waitFor();
  assert.equal(await field('Name').count(), 0);
  assert.equal(await button('Delete').count(), 0);
  await page.goto('/music');
  await page.getByRole('row', { name: /Jazz.*For the evening/ }).waitFor();
  await shoot(page, 'music');
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(`/music/${(await loopOf('Jazz')).id}`);
  await button('Listen: two').waitFor();
  await button('Listen: two').scrollIntoViewIfNeeded();
  await shoot(page, 'music-narrow');
  await assertFits(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await openSearch(page);
  await page.keyboard.type('Music on hold');
  await page.getByRole('option', { name: /Music on hold/ }).first().waitFor();
});

test('MOH-1: in German, dark, and as narrow as a telephone', async () => {
  const other = await loggedIn(world, { colorScheme: 'dark' });
  await other.page.setViewportSize({ width: 360, height: 740 });
  await other.page.evaluate(() => localStorage.setItem('strowger.language', 'de'));
  await other.page.goto(`/music/${(await loopOf('Jazz')).id}`);
  await other.page.getByRole('button', { name: 'Anhören: two', exact: true }).scrollIntoViewIfNeeded();
  await assertFits(other.page);
  await assertAccessible(other.page);
  await shoot(other.page, 'music-narrow-dark');
  assertQuiet(other);
});
