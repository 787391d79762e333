// Imports the pack's lodash as an ES module imports it, and sums `list`.
import { readFileSync } from 'node:fs';
import lodash from 'lodash';

const { list } = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify({ sum: lodash.sum(list) }));
