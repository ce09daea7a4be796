// Where things are on the ladder, in pixels.
const GUTTER = 84;
const NARROWEST = 140;
const WIDEST = 260;
const CHAR = 7.2;

export const HEAD = 44;
export const ROW = 32;

export interface Geometry {
  width: number;
  column: number;
  gutter: number;
  x: (column: number) => number;
  /** How many characters of a label fit between two columns. */
  chars: number;
}

export function ladderGeometry(columns: number, available: number): Geometry {
  const fitting = Math.floor((available - GUTTER) / Math.max(1, columns));
  const column = Math.max(NARROWEST, Math.min(WIDEST, fitting));
  return {
    width: GUTTER + columns * column,
    column,
    gutter: GUTTER,
    x: (index) => GUTTER + column / 2 + index * column,
    chars: Math.floor(column / CHAR) - 1,
  };
}

export const rowY = (index: number) => 22 + index * ROW;

export const shorten = (text: string, chars: number) => (text.length > chars ? `${text.slice(0, chars - 1)}…` : text);
