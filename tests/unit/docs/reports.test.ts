import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPORT_FORMATS } from '../../../cli/report/report-formats';

const page = readFileSync(join(__dirname, '../../../docs/reports.md'), 'utf8');

test('the page lists the formats of the command', () => {
  const [, table = ''] = /\| `--format` \| for \|\n\| --- \| --- \|\n((?:\|.*\n)+)/.exec(page) ?? [];

  expect([...table.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name)).toEqual(Object.keys(REPORT_FORMATS));
});
