// SRV-10, SRV-12, STA-1 through the page: the log and its levels, a full disk, call records as a file; and the API described.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertAccessible } from './lib/accessible.mjs';
import { assertQuiet, shoot } from './lib/browser.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
let visitor;
let page;
before(async () => {
  world = await openWorld();
  visitor = await loggedIn(world);
  page = visitor.page;
});
after(() => closeWorld(world));

const choose = async (field, option) => {
  await page.getByRole('textbox', { name: field, exact: true }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
};
const lines = () => page.getByRole('table', { name: 'Lines of the log' });

test('SRV-10: a level acts at once, and new lines come by themselves', async () => {
  await page.goto('/logs');
  await lines().getByText('SIP passwords checked').waitFor();
  assert.equal(await lines().getByText('GET /api/users').count(), 0);
  await page.getByRole('button', { name: 'Levels' }).click();
  await choose('api', 'debug');
  await lines().getByText('PATCH /api/logs: 200').waitFor();
  await world.admin.get('users'); // somebody else does something
  await lines().getByText('GET /api/users: 200').first().waitFor();
  await shoot(page, 'logs-levels');
  await assertAccessible(page);
  await choose('api', 'info');
});

test('SRV-10: lines are found by component, level and words', async () => {
  await page.getByRole('button', { name: 'Levels' }).click();
  await choose('Component', 'security');
  await page.getByRole('searchbox', { name: 'Words in the text' }).fill('guideline passwords');
  await lines().getByText('SIP passwords checked').waitFor();
  await page.waitForFunction(() => document.querySelectorAll('tr[data-level]').length === 1);
  await choose('Level', 'error and worse');
  await page.getByText('No lines.').waitFor();
});

test('SRV-10: the support bundle can be downloaded', async () => {
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Support bundle' }).click()]);
  assert.equal(download.suggestedFilename(), 'strowger-support.tar');
});

test('STA-1: call records are filtered, and the file has the same filters', async () => {
  await page.goto('/records');
  await choose('Direction', 'Incoming');
  await page.waitForURL(/direction=in/);
  await page.getByRole('textbox', { name: 'User' }).click();
  await page.getByRole('option', { name: /Admin/ }).click();
  await page.waitForURL(/user=\d+/);
  const excel = page.locator(`a[href*="user=${world.admin.user.id}"]`, { hasText: 'For Excel' }); // once the page has followed
  await excel.waitFor();
  const link = await excel.getAttribute('href');
  assert.match(link, /direction=in/);
  const answer = await page.request.get(link);
  assert.equal(answer.status(), 200);
  assert.match(await answer.text(), /^\ufeffid;direction;call_id;/);
  await shoot(page, 'records-filters');
  await assertAccessible(page);
});

test('The API is described, with examples, and can be tried', async () => {
  await page.goto('/');
  await page.getByRole('button', { name: /account and log-out/ }).click();
  await page.getByRole('menuitem', { name: 'API', exact: true }).click();
  await page.getByRole('searchbox', { name: 'Path or words' }).fill('get /api/users');
  const list = page.locator('details', { hasText: 'User: list' }).first();
  await list.locator('summary').first().click();
  assert.match(await list.getByLabel('Example', { exact: true }).innerText(), /curl -H 'Authorization: Bearer stw_…' \\\n {2}'http.*\/api\/users'/);
  await list.getByText('Fields of user').click();
  await list.getByRole('textbox', { name: 'Value of search' }).fill('Ada');
  await list.getByRole('button', { name: 'Try it' }).click();
  await list.getByLabel('Answer of the server').getByText('"login": "1000"').waitFor();
  await shoot(page, 'api-docs-open');
  await assertAccessible(page);
});

test('SRV-12: a disk that fills up is told on every page, and as a notice', async () => {
  await world.admin.patch('settings', { disk_free_mb: 1_000_000 });
  await page.goto('/users');
  await page.getByRole('alert').getByText(/free on the disk|nearly full/).waitFor({ timeout: 60_000 });
  await shoot(page, 'disk-banner');
  await assertAccessible(page);
  await page.goto('/notices');
  await page.getByText(/MB are free on the disk of the telephone system/).waitFor();
  await world.admin.patch('settings', { disk_free_mb: 512 });
  assertQuiet(visitor);
});
