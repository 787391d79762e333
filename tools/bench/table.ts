import type { Measurement } from './benchmark';

const COLUMNS = ['title', 'result', 'limit', 'goal', 'baseline'] as const;
type Column = (typeof COLUMNS)[number];

const TITLES: Record<Column, string> = {
  title: 'measurement',
  result: 'result',
  limit: 'limit',
  goal: 'goal',
  baseline: 'baseline, same run',
};

/** Aligned columns, one line for each measurement. */
export function formatTable(measurements: readonly Measurement[]): string {
  const rows: Record<Column, string>[] = [TITLES, ...measurements];
  const widths = COLUMNS.map((column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row: Record<Column, string>) =>
    COLUMNS.map((column, n) => row[column].padEnd(widths[n]!))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [line(TITLES), rule, ...measurements.map(line)].join('\n');
}
