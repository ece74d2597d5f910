/** A cell: text may hold anything, numbers are written as they are. */
export type Cell = string | number | null;

/**
 * What spreadsheets take for a formula at a cell's beginning (CWE-1236, https://owasp.org/www-community/attacks/CSV_Injection);
 * the wide forms do too in Japanese and Chinese editions.
 */
const formula = /^[=+\-@\t\r\n\0＝＋－＠]/;
const needsQuotes = /[",\r\n]|^\s|\s$/;

const harmless = (text: string): string => (formula.test(text) ? `'${text}` : text);

const written = (cell: Cell): string => {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = harmless(cell);
  return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Rows as RFC 4180 writes them; `bom` is what Excel knows UTF-8 by. */
export const csv = (rows: Cell[][], { bom }: { bom: boolean }): string =>
  (bom ? '\uFEFF' : '') + rows.map((row) => `${row.map(written).join(',')}\r\n`).join('');
