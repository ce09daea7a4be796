// Chromium, watched: no page may complain on the console, break the content security policy or load too much.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];
const OUT = new URL('../out/', import.meta.url).pathname;
const EXPECTED = /the server responded with a status of (401|404|409|412|422)/; // refusals that tests provoke on purpose
const WAIT_MS = 20_000;

export const SCRIPT_BYTES_MAX = 300 * 1024;

export function launch(more = []) {
  mkdirSync(OUT, { recursive: true });
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: [...FLAGS, ...more] });
}

/** A browser of its own: cookies, storage, language. `complaints` must stay empty. */
export async function newVisitor(browser, server, options = {}) {
  const context = await browser.newContext({
    baseURL: server.url, locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options,
  });
  context.setDefaultTimeout(WAIT_MS);
  const complaints = [];
  context.on('console', (message) => {
    const text = message.text();
    if (['error', 'warning'].includes(message.type()) && !EXPECTED.test(text)) complaints.push(text);
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  return { context, complaints, page: await context.newPage() };
}

export function assertQuiet(visitor) {
  assert.deepEqual(visitor.complaints, []);
}

export async function logIn(page, { login, password }) {
  await page.getByLabel('Login').fill(login);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Log in' }).click();
  await page.getByRole('navigation').waitFor();
}

/** The search, ready to be typed into. */
export async function openSearch(page) {
  await page.keyboard.press('Control+k');
  await page.locator('input[role=combobox]:focus').waitFor();
}

/** Nothing stands out to the right once the page is laid out: it is no wider than the screen. */
export async function assertFits(page) {
  await page.waitForFunction(() => document.documentElement.scrollWidth <= innerWidth);
}

export async function shoot(page, name) {
  await page.screenshot({ path: `${OUT}${name}.png` });
}

/** Bytes of script on the wire while `visit` runs, in a fresh browser without a cache. */
export async function scriptBytes(context, visit) {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  const scripts = new Set();
  let bytes = 0;
  session.on('Network.responseReceived', ({ requestId, type }) => type === 'Script' && scripts.add(requestId));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    if (scripts.has(requestId)) bytes += encodedDataLength;
  });
  await visit(page);
  await page.close();
  return { bytes, files: scripts.size };
}
