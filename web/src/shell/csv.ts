// A table as a file (RFC 4180).

/** What a spreadsheet would take for a formula is kept from being one. */
function cell(value: string): string {
  const safe = /^[=+\-@\t]/.test(value) ? `'${value}` : value;
  return /[",\r\n;]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function csvOf(rows: string[][]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** The rows of such a text; the separator is what the first line has most of. A cell that csvOf has kept from being a formula
 *  is as it was. */
export function csvRows(text: string): string[][] {
  const [head = ''] = text.split(/\r?\n/, 1);
  const separator = head.split(';').length > head.split(',').length ? ';' : ',';
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = () => {
    row.push(/^'[=+\-@\t]/.test(cell) ? cell.slice(1) : cell);
    cell = '';
  };
  const endRow = () => {
    endCell();
    if (row.some((one) => one.trim() !== '')) rows.push(row);
    row = [];
  };
  let before = '';
  for (const c of text.replace(/^\ufeff/, '')) {
    if (c === '"') {
      if (before === '"' && !quoted) cell += '"'; // doubled: it stands for one
      quoted = !quoted;
    } else if (quoted) cell += c;
    else if (c === separator) endCell();
    else if (c === '\n') endRow();
    else if (c !== '\r') cell += c;
    before = c;
  }
  endRow();
  return rows;
}

export function saveFile(name: string, type: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
