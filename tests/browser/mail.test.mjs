// SRV-6: outgoing mail is set up, tried, watched and worded in the page.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertQuiet, shoot } from './lib/browser.mjs';
import { Smtpd } from './lib/smtpd.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let smtpd;
let visitor;
let page;
before(async () => {
  world = await openWorld();
  smtpd = await Smtpd.start(world.server.host);
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(async () => {
  smtpd?.stop();
  await closeWorld(world);
});

const field = (name) => page.getByRole('textbox', { name, exact: true });
const button = (name) => page.getByRole('button', { name, exact: true });
const choose = async (name, option) => {
  await field(name).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};

test('SRV-6: the way is chosen, only its fields are shown, and a test mail shows the dialogue', async () => {
  await page.goto('/mail');
  await field('Delivery').waitFor();
  assert.equal(await field('SMTP server').count(), 0);
  await choose('Delivery', 'By an SMTP server');
  await button('Save').click();
  await page.getByText('Must be filled.').first().waitFor(); // the server of an SMTP server
  await field('Address of the sender').fill('pbx@firm.test');
  await field('SMTP server').fill(smtpd.host);
  await field('Port').fill(String(smtpd.port));
  await choose('Encryption', 'None');
  await button('Save').click();
  await page.getByText('Saved').waitFor();

  await field('Send a test mail to').fill('nobody');
  await button('Send test mail').click();
  await page.getByText('This is not in the expected form.').waitFor();
  await field('Send a test mail to').fill('me@firm.test');
  await button('Send test mail').click();
  await page.getByText('The mail has been taken.').waitFor();
  assert.match(await field('What the servers said').inputValue(), /> RCPT TO:<me@firm.test>/);
  await shoot(page, 'mail-trial');
  await assertAccessible(page);
  assert.equal(smtpd.mails().length, 1);
});

test('SRV-6: the administrator writes a text of his own, which the next mail has', async () => {
  await page.goto('/mail?tab=texts');
  await page.getByRole('row', { name: /New account.*English/ }).dblclick();
  const dialogue = page.getByRole('dialog', { name: 'New account, English' });
  await dialogue.getByText('{login}').first().waitFor();
  assert.match(await dialogue.getByRole('textbox', { name: 'Text' }).getAttribute('placeholder'), /an account has been made/);
  await dialogue.getByRole('textbox', { name: 'Subject' }).fill('Welcome {first_name}');
  await shoot(page, 'mail-text');
  await assertAccessible(page);
  await dialogue.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('row', { name: /Welcome.*Own text/ }).waitFor();
  await world.admin.person({ first_name: 'Erna', last_name: 'Muster', login: '3100', number: '310', email: 'erna@firm.test', language: 'en', password: 'geheim-12' });
  await page.goto('/mail?tab=queue');
  await page.getByRole('row', { name: /Sent.*erna@firm.test.*Welcome Erna/ }).waitFor();
  assert.match(smtpd.mails()[1], /Subject: Welcome Erna/);
});

test('SRV-6: what is refused is seen, sent again, and cancelled; the list follows by itself', async () => {
  smtpd.mood('refuse');
  await world.admin.person({ first_name: 'Otto', last_name: 'Muster', login: '3200', number: '320', email: 'otto@firm.test', password: 'geheim-12' });
  const otto = page.getByRole('row', { name: /otto@firm.test/ });
  await otto.getByText('Failed').waitFor();
  await otto.getByText('There is nobody of this name').waitFor();
  await shoot(page, 'mail-failed');
  smtpd.mood('friendly');
  await otto.getByRole('checkbox').check();
  await button('Send now').click();
  await page.getByRole('row', { name: /Sent.*otto@firm.test/ }).waitFor();
  await page.goto('/notices');
  await page.getByText(/to otto@firm.test could not be delivered/).waitFor();
  await page.goto('/mail?tab=queue');
  await otto.getByRole('checkbox').check();
  await page.getByRole('button', { name: /Delete/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await otto.waitFor({ state: 'detached' });
  assertQuiet(visitor);
});
