// A text as a QR code.
import { codewordsOf } from './codewords';
import { Grid } from './grid';
import { drawFormat, drawPatterns } from './patterns';
import { versionFor } from './versions';

const MASKS: ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** Up and down in pairs of columns, from the right; the timing column is left out. */
function drawData(grid: Grid, codewords: number[]) {
  let i = 0;
  for (let right = grid.size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const upwards = ((right + 1) & 2) === 0;
    for (let step = 0; step < grid.size; step++) {
      const y = upwards ? grid.size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (grid.isFixed(x, y)) continue;
        grid.set(x, y, (((codewords[i >>> 3] ?? 0) >>> (7 - (i & 7))) & 1) === 1);
        i++;
      }
    }
  }
}

function applyMask(grid: Grid, mask: number) {
  const flips = MASKS[mask];
  for (let y = 0; y < grid.size; y++) {
    for (let x = 0; x < grid.size; x++) {
      if (flips?.(x, y) && !grid.isFixed(x, y)) grid.set(x, y, !grid.isDark(x, y));
    }
  }
}

/** Long runs and squares of one colour are hard to read: the more of them, the worse. */
function badness(grid: Grid): number {
  let bad = 0;
  for (let a = 0; a < grid.size; a++) {
    let [row, column] = [1, 1];
    for (let b = 1; b < grid.size; b++) {
      row = grid.isDark(b, a) === grid.isDark(b - 1, a) ? row + 1 : 1;
      column = grid.isDark(a, b) === grid.isDark(a, b - 1) ? column + 1 : 1;
      for (const run of [row, column]) bad += run === 5 ? 3 : run > 5 ? 1 : 0;
      const colour = grid.isDark(b, a);
      const square = a > 0 && colour === grid.isDark(b - 1, a) && colour === grid.isDark(b, a - 1) && colour === grid.isDark(b - 1, a - 1);
      if (square) bad += 3;
    }
  }
  return bad;
}

/** Rows of modules, true is dark; null when the text is too long. */
export function qrCode(text: string): boolean[][] | null {
  const bytes = new TextEncoder().encode(text);
  const version = versionFor(bytes.length);
  if (!version) return null;
  const grid = new Grid(version.size);
  drawPatterns(grid, version);
  drawData(grid, codewordsOf(bytes, version));

  const judged = MASKS.map((_, mask) => {
    applyMask(grid, mask);
    drawFormat(grid, mask);
    const bad = badness(grid);
    applyMask(grid, mask); // takes it off again
    return { mask, bad };
  });
  const best = judged.reduce((a, b) => (b.bad < a.bad ? b : a));
  applyMask(grid, best.mask);
  drawFormat(grid, best.mask);
  return grid.dark;
}
