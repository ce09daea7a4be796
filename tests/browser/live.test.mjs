// One event stream per browser, shared by its tabs, with and without Web Locks; and what happens when it breaks.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { until } from './lib/server.mjs';
import { closeWorld, loggedIn, openWorld } from './lib/world.mjs';

let world;
before(async () => (world = await openWorld()));
after(() => closeWorld(world));

let serial = 0;
const makeUser = () => {
  const login = String(5000 + serial++);
  return world.admin.post('users', { login, first_name: 'Live', last_name: `User${login}`, password: 'geheim-5' });
};
const streams = async () => (await world.admin.get('status')).event_streams;
// The server learns that a browser is gone when it has something to tell it.
const streamsAre = (n) =>
  until(
    async () => {
      await world.admin.patch('settings', { company: `Company ${serial++}` });
      return (await streams()) === n;
    },
    `${n} event streams`,
    20_000,
  );
const seen = (page, user) => page.getByRole('row', { name: new RegExp(user.last_name) }).waitFor();

async function twoTabs(prepare) {
  const visitor = await loggedIn(world);
  if (prepare) await visitor.context.addInitScript(prepare);
  const first = visitor.page;
  await first.goto('/users');
  const second = await visitor.context.newPage();
  await second.goto('/users');
  for (const page of [first, second]) await page.getByRole('row', { name: /Admin, Ada/ }).waitFor();
  await streamsAre(1);
  return { context: visitor.context, first, second };
}

for (const [name, prepare] of [
  ['with Web Locks', null],
  ['without them, as on plain HTTP', () => delete Navigator.prototype.locks],
]) {
  test(`two tabs share one stream ${name}; the other takes over when the first is closed`, async () => {
    const { context, first, second } = await twoTabs(prepare);
    const user = await makeUser();
    await Promise.all([seen(first, user), seen(second, user)]);
    assert.equal(await streams(), 1);

    await first.close();
    await seen(second, await makeUser());
    await streamsAre(1);
    await context.close();
    await streamsAre(0);
  });
}

test('what happens before the stream begins is seen as well', async () => {
  const { context, page } = await loggedIn(world);
  let begin;
  const begun = new Promise((done) => (begin = done));
  await page.route('**/api/events', async (route) => {
    await begun;
    await route.continue();
  });
  await page.goto('/users');
  await page.getByRole('row', { name: /Admin, Ada/ }).waitFor();
  const user = await makeUser();
  begin();
  await seen(page, user);
  await context.close();
});

test('a broken stream is shown, comes back by itself, and what was missed is fetched', async () => {
  const { context, page } = await loggedIn(world);
  await page.goto('/users');
  await page.getByRole('row', { name: /Admin, Ada/ }).waitFor();
  await streamsAre(1);
  assert.equal(await page.getByText('No live data').count(), 0);
  await world.server.halt();
  await page.getByText('No live data').waitFor();
  await world.server.launch();
  await page.getByText('No live data').waitFor({ state: 'detached', timeout: 30_000 });
  await seen(page, await makeUser());
  await context.close();
});
