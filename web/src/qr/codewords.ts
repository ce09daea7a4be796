// From a text to the codewords that are drawn: bytes, padding, blocks with error correction, interleaved.
import { correctionOf } from './reedSolomon';
import { dataBytes, lengthBits, type Version } from './versions';

const BYTE_MODE = 0b0100;
const PADDING = [0xec, 0x11];

function dataOf(bytes: Uint8Array, version: Version): number[] {
  const bits: number[] = [];
  const put = (value: number, count: number) => {
    for (let i = count - 1; i >= 0; i--) bits.push((value >>> i) & 1);
  };
  const capacity = 8 * dataBytes(version);
  put(BYTE_MODE, 4);
  put(bytes.length, lengthBits(version));
  for (const byte of bytes) put(byte, 8);
  put(0, Math.min(4, capacity - bits.length)); // the end mark
  put(0, (8 - (bits.length % 8)) % 8);
  for (let i = 0; bits.length < capacity; i++) put(PADDING[i % 2] ?? 0, 8);

  const data: number[] = [];
  for (let i = 0; i < bits.length; i += 8) {
    data.push(bits.slice(i, i + 8).reduce((byte, bit) => (byte << 1) | bit, 0));
  }
  return data;
}

/** Blocks differ in length by one at most; the shorter ones come first. */
function split(data: number[], blocks: number): number[][] {
  const short = Math.floor(data.length / blocks);
  const shortBlocks = blocks - (data.length % blocks);
  let at = 0;
  return Array.from({ length: blocks }, (_, i) => data.slice(at, (at += short + (i < shortBlocks ? 0 : 1))));
}

function interleave(blocks: number[][]): number[] {
  const longest = Math.max(...blocks.map((block) => block.length));
  return Array.from({ length: longest }, (_, i) => blocks.flatMap((block) => block[i] ?? [])).flat();
}

export function codewordsOf(bytes: Uint8Array, version: Version): number[] {
  const blocks = split(dataOf(bytes, version), version.blocks);
  const corrections = blocks.map((block) => correctionOf(block, version.correction));
  return [...interleave(blocks), ...interleave(corrections)];
}
