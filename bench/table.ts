import type { Measurement } from './question';

const COLUMNS = ['what', 'measured', 'floor', 'reach', 'beside'] as const;
type Column = (typeof COLUMNS)[number];

const TITLES: Record<Column, string> = {
  what: 'what',
  measured: 'measured',
  floor: 'floor',
  reach: 'reach for',
  beside: 'beside, same run',
};

/** Text in columns, a line for each measurement. */
export function tableOf(measurements: readonly Measurement[]): string {
  const rows: Record<Column, string>[] = [TITLES, ...measurements];
  const widths = COLUMNS.map((column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: Record<Column, string>) =>
    COLUMNS.map((column, n) => row[column].padEnd(widths[n]!))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(TITLES), rule, ...measurements.map(line)].join('\n');
}
