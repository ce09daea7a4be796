// What is drawn besides the data: finders, timing, alignment, format and version.
import type { Grid } from './grid';
import type { Version } from './versions';

const bit = (value: number, i: number) => ((value >>> i) & 1) === 1;

function drawFinder(grid: Grid, cx: number, cy: number) {
  for (let dy = -4; dy <= 4; dy++) {
    for (let dx = -4; dx <= 4; dx++) {
      const ring = Math.max(Math.abs(dx), Math.abs(dy));
      grid.fix(cx + dx, cy + dy, ring !== 2 && ring !== 4);
    }
  }
}

function drawAlignment(grid: Grid, cx: number, cy: number) {
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -2; dx <= 2; dx++) grid.fix(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
  }
}

function drawVersion(grid: Grid, version: number) {
  if (version < 7) return;
  let rest = version;
  for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
  const bits = (version << 12) | rest;
  for (let i = 0; i < 18; i++) {
    const [a, b] = [grid.size - 11 + (i % 3), Math.floor(i / 3)];
    grid.fix(a, b, bit(bits, i));
    grid.fix(b, a, bit(bits, i));
  }
}

/** Says "error correction M, this mask", twice. */
export function drawFormat(grid: Grid, mask: number) {
  const last = grid.size - 1;
  let rest = mask; // the bits of level M are 00
  for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
  const bits = ((mask << 10) | rest) ^ 0x5412;

  for (let i = 0; i <= 5; i++) grid.fix(8, i, bit(bits, i));
  grid.fix(8, 7, bit(bits, 6));
  grid.fix(8, 8, bit(bits, 7));
  grid.fix(7, 8, bit(bits, 8));
  for (let i = 9; i < 15; i++) grid.fix(14 - i, 8, bit(bits, i));

  for (let i = 0; i < 8; i++) grid.fix(last - i, 8, bit(bits, i));
  for (let i = 8; i < 15; i++) grid.fix(8, grid.size - 15 + i, bit(bits, i));
  grid.fix(8, grid.size - 8, true);
}

export function drawPatterns(grid: Grid, { version, alignment }: Version) {
  const last = grid.size - 1;
  for (let i = 0; i < grid.size; i++) {
    grid.fix(6, i, i % 2 === 0);
    grid.fix(i, 6, i % 2 === 0);
  }
  drawFinder(grid, 3, 3);
  drawFinder(grid, last - 3, 3);
  drawFinder(grid, 3, last - 3);
  const end = alignment[alignment.length - 1];
  for (const x of alignment) {
    for (const y of alignment) {
      const onFinder = (x === 6 && y === 6) || (x === 6 && y === end) || (x === end && y === 6);
      if (!onFinder) drawAlignment(grid, x, y);
    }
  }
  drawFormat(grid, 0); // keeps its place; the real one comes with the mask
  drawVersion(grid, version);
}
