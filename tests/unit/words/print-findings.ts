// Prints the findings in files whose path begins with one of the arguments, or in all:
//   node -r esbuild-register tests/unit/words/print-findings.ts platform/api tests/unit/api
import { resolve } from 'node:path';
import { formatFinding } from './lint-words';
import { lintTrackedFiles } from './tracked-files';

const prefixes = process.argv.slice(2);
const findings = lintTrackedFiles(resolve(__dirname, '../../..'));
const selected = findings.filter(
  ({ file }) => prefixes.length === 0 || prefixes.some((prefix) => file.startsWith(prefix)),
);
process.stdout.write([...selected.map(formatFinding), `${selected.length} findings`, ''].join('\n'));
