/** How results look on stdout. */
export type ResultFormat = 'json' | 'table';

/** @param pretty indents JSON, for a terminal; pipes get one line */
export function formatResult(result: unknown, format: ResultFormat, pretty: boolean): string {
  if (format === 'table') return formatTable(result);
  return `${JSON.stringify(result, null, pretty ? 2 : undefined)}\n`;
}

/** A list of objects has a row each; of one object each field is a row, and fields that are tables follow it. */
function formatTable(result: unknown): string {
  if (Array.isArray(result)) return formatRows(result);
  if (!isRecord(result)) return `${cell(result)}\n`;
  const isSection = (field: unknown): boolean =>
    isRecord(field) || (Array.isArray(field) && field.some(isRecord));
  const plain = Object.entries(result).filter(([, field]) => !isSection(field));
  const sections = Object.entries(result).filter(([, field]) => isSection(field));
  const blocks = plain.length === 0 ? [] : [alignColumns(plain.map(([name, field]) => [name, cell(field)]))];
  for (const [name, field] of sections) blocks.push(`${name}\n${formatTable(field)}`);
  return blocks.join('\n');
}

function formatRows(rows: readonly unknown[]): string {
  if (rows.length === 0) return '(none)\n';
  if (!rows.every(isRecord)) return rows.map((row) => `${cell(row)}\n`).join('');
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return alignColumns([columns, ...rows.map((row) => columns.map((column) => cell(row[column])))]);
}

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/;

/** Pads every cell of a column to its widest; numbers stand at the right. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((text, i) => (widths[i] = Math.max(widths[i] ?? 0, text.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, i) => (NUMBER.test(text) ? text.padStart(widths[i] ?? 0) : text.padEnd(widths[i] ?? 0)))
      .join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}

function cell(field: unknown): string {
  if (field === undefined || field === null) return '-';
  return typeof field === 'string' ? field : JSON.stringify(field);
}

function isRecord(field: unknown): field is Readonly<Record<string, unknown>> {
  return typeof field === 'object' && field !== null && !Array.isArray(field);
}
