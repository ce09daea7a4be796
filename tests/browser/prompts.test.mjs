// SYS-4, VMB-3 through the page: spoken prompts are heard, replaced by a file of one's own, and put back.
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
before(async () => {
  world = await openWorld({ options: ['--sounds', join(process.env.STROWGER_BUILD, 'packaging/sounds')] });
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(() => closeWorld(world));

const button = (name) => page.getByRole('button', { name, exact: true });
const row = (text) => page.getByRole('row').filter({ has: page.getByText(text, { exact: true }) });

/** Chooses a file behind the button of a prompt; the choice takes until `meanwhile` is over. */
async function upload(name, file, meanwhile) {
  const chooser = page.waitForEvent('filechooser');
  await button(name).click();
  await meanwhile?.();
  await (await chooser).setFiles(file);
}

test('SYS-4: a prompt is played, and ends by itself or when somebody stops it', async () => {
  await page.goto('/prompts');
  await row('Done.').getByText('Speech engine').waitFor();
  await row('Goodbye.').getByText('Recorded voice').waitFor();
  await button('Listen: Done.').click();
  await button('Stop: Done.').waitFor();
  await button('Listen: Done.').waitFor(); // it has ended
  await button('Listen: Please try again.').click();
  await button('Stop: Please try again.').click();
  await button('Listen: Please try again.').waitFor();
  await page.getByRole('heading', { name: 'Prompts', exact: true }).hover();
  await page.getByRole('tooltip').waitFor({ state: 'detached' });
  await shoot(page, 'prompts');
  await assertAccessible(page);
});

test('SYS-4: the rows of one part, in another language; the search finds words of the text', async () => {
  await page.getByText('German', { exact: true }).click();
  await page.getByText('Erledigt.', { exact: true }).waitFor();
  await page.getByRole('textbox', { name: 'Part' }).click();
  await page.getByRole('option', { name: 'Conference' }).click();
  await page.getByText('Die Konferenz ist jetzt gesperrt.', { exact: true }).waitFor();
  assert.equal(await page.getByText('Erledigt.', { exact: true }).count(), 0);
  await shoot(page, 'prompts-conference');
  await page.getByRole('searchbox').fill('stumm');
  await page.getByText('Ihr Mikrofon ist stummgeschaltet.', { exact: true }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
});

test('SYS-4: a file of one\'s own takes its place at once and can be put back', async () => {
  await page.goto('/prompts');
  await upload('Replace: Done.', { name: 'hello.wav', mimeType: 'audio/x-wav', buffer: toneWav(440, 8000, 2) });
  await page.getByText('Replaced.').waitFor();
  await row('Done.').getByText('Own file').waitFor();
  const { items } = await world.admin.get('prompts?language=en');
  const done = items.find(({ name }) => name === 'done');
  assert.equal(done.file_name, 'hello.wav');
  await button('Listen: Done.').click();
  await button('Stop: Done.').waitFor();
  await shoot(page, 'prompts-own');
  await button('Put back: Done.').click();
  await row('Done.').getByText('Speech engine').waitFor();
  assert.equal(await button('Put back: Done.').count(), 0);
});

test('SYS-4: a list that changes while somebody chooses a file leaves him his choice', async () => {
  const wav = { mimeType: 'audio/x-wav', buffer: toneWav(440, 8000, 1) };
  await upload('Replace: Done.', { ...wav, name: 'mine.wav' }, async () => {
    await button('Listen: Done.').click();
    await button('Listen: Done.').waitFor(); // drawn anew twice
    await world.admin.send('PUT', 'prompts/en/goodbye?file_name=theirs.wav', wav.buffer);
    await row('Goodbye.').getByText('Own file').waitFor();
  });
  await row('Done.').getByText('Own file').waitFor();
  for (const name of ['done', 'goodbye']) await world.admin.send('DELETE', `prompts/en/${name}`);
  await row('Done.').getByText('Speech engine').waitFor();
  await row('Goodbye.').getByText('Recorded voice').waitFor();
});

test('SYS-4: what cannot be played is refused in words', async () => {
  await upload('Replace: Done.', { name: 'letter.wav', mimeType: 'audio/wav', buffer: Buffer.from('no sound') });
  await page.getByText('This is no sound file that can be played here').waitFor();
  await row('Done.').getByText('Speech engine').waitFor();
});

test('SYS-4: the page of another administrator sees it too; the search leads here', async () => {
  const other = await loggedIn(world);
  await other.page.goto('/prompts');
  await other.page.getByText('Goodbye.', { exact: true }).waitFor();
  await upload('Replace: Goodbye.', { name: 'bye.wav', mimeType: 'audio/wav', buffer: toneWav(440, 8000, 1) });
  await other.page.getByText('Own file').waitFor();
  assertQuiet(other);
  await openSearch(page);
  await page.keyboard.type('Prompts');
  await page.getByRole('option', { name: /Prompts/ }).first().waitFor();
});

test('SYS-4: in German, dark, and as narrow as a telephone', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.evaluate(() => localStorage.setItem('strowger.language', 'de'));
  await page.goto('/prompts');
  await page.getByRole('heading', { name: 'Systemansagen', exact: true }).waitFor();
  await page.getByText('Erledigt.', { exact: true }).waitFor();
  await assertFits(page);
  await assertAccessible(page);
  await shoot(page, 'prompts-narrow');
});
