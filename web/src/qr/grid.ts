// The square of modules: true is dark. Fixed ones belong to the patterns a reader steers by.
export class Grid {
  readonly dark: boolean[][];
  readonly fixed: boolean[][];

  constructor(readonly size: number) {
    const empty = () => Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
    this.dark = empty();
    this.fixed = empty();
  }

  isDark(x: number, y: number): boolean {
    return this.dark[y]?.[x] ?? false;
  }

  isFixed(x: number, y: number): boolean {
    return this.fixed[y]?.[x] ?? true;
  }

  set(x: number, y: number, dark: boolean) {
    const row = this.dark[y];
    if (row && x >= 0 && x < this.size) row[x] = dark;
  }

  fix(x: number, y: number, dark: boolean) {
    const row = this.fixed[y];
    if (!row || x < 0 || x >= this.size) return;
    row[x] = true;
    this.set(x, y, dark);
  }
}
