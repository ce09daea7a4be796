// The sizes of QR codes (ISO/IEC 18004) with error correction M, versions 1 to 10: up to 213 bytes.
export interface Version {
  version: number;
  /** Modules along a side. */
  size: number;
  /** Codewords in all, for error correction per block, and in how many blocks. */
  codewords: number;
  correction: number;
  blocks: number;
  /** Where the centres of the alignment patterns lie, on both axes. */
  alignment: number[];
}

const ROWS: [codewords: number, correction: number, blocks: number, alignment: number[]][] = [
  [26, 10, 1, []],
  [44, 16, 1, [6, 18]],
  [70, 26, 1, [6, 22]],
  [100, 18, 2, [6, 26]],
  [134, 24, 2, [6, 30]],
  [172, 16, 4, [6, 34]],
  [196, 18, 4, [6, 22, 38]],
  [242, 22, 4, [6, 24, 42]],
  [292, 22, 5, [6, 26, 46]],
  [346, 26, 5, [6, 28, 50]],
];

const VERSIONS = ROWS.map(([codewords, correction, blocks, alignment], index): Version => {
  const version = index + 1;
  return { version, size: 17 + 4 * version, codewords, correction, blocks, alignment };
});

/** Bits of the length field. */
export const lengthBits = ({ version }: Version) => (version < 10 ? 8 : 16);

export const dataBytes = ({ codewords, correction, blocks }: Version) => codewords - correction * blocks;

const MODE_BITS = 4;

/** The smallest version that holds so many bytes. */
export function versionFor(bytes: number): Version | undefined {
  return VERSIONS.find((v) => MODE_BITS + lengthBits(v) + 8 * bytes <= 8 * dataBytes(v));
}
