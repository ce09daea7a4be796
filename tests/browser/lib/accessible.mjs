// What axe-core has to say about a page: labels, contrast, roles, structure.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Nothing fades in or out any more: what is half there has no contrast, and what goes has no words. */
async function settled(page) {
  await page.waitForFunction(() => {
    const moves = document
      .getAnimations()
      .some((one) => one.playState === 'running' && one.effect?.getComputedTiming().iterations !== Infinity);
    const fades = [...document.querySelectorAll('[style*="opacity"]')].some(
      (one) => one.style.transitionProperty.includes('opacity') && Number(getComputedStyle(one).opacity) < 1,
    );
    return !moves && !fades;
  });
}

export async function assertAccessible(page) {
  await settled(page);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`), []);
}
