import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { flakesText, parseFlakes, withFlakes, type Flake } from '../../../tools/gate/run/flakes';
import { flakesOf } from '../../../tools/gate/run/run-report';
import { usageError } from '../../failures';
import { readRunReport } from './read-run-report';

/** Parsed options. */
export interface GateFlakeFlags {
  readonly report: string;
  readonly flakes: string;
  readonly json?: true;
}

/** Empty without a file. Throws GateError. */
export const readFlakes = (path: string): Flake[] => (existsSync(path) ? parseFlakes(readFileSync(path, 'utf8')) : []);

/** Appends the flakes of a run to the list. Throws CommandError or GateError. */
export function gateFlake({ report: path, flakes, json }: GateFlakeFlags): void {
  const listed = readFlakes(flakes);
  const found = flakesOf(readRunReport(path));
  if (found.length === 0) throw usageError(`NO_FLAKE: ${path} has no flaky test`);
  const all = withFlakes(listed, found);
  parseFlakes(flakesText(all)); // never a file that the next command rejects
  writeFileSync(flakes, flakesText(all));
  const added = all.slice(listed.length);
  const lines = found.map(
    (flake) => `${flake.test}: ${added.includes(flake) ? `added to ${flakes}` : 'listed before'}\n`,
  );
  process.stdout.write(json ? `${JSON.stringify({ added, listed: all })}\n` : lines.join(''));
}
