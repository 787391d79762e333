import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { EXIT_CODES } from '../../../contract/errors';
import { GateError } from '../../../gate/gate-error';
import { flakesText, parseFlakes, withFlakes, type Flake } from '../../../gate/run/flakes';
import { flakesOf, type RunReport } from '../../../gate/run/run-report';
import { messageOf } from '../../../helpers/errors';
import { CommandError } from '../../failures';

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
  const found = flakesOf(readReport(path));
  if (found.length === 0) throw new CommandError(`NO_FLAKE: ${path} has no flaky test`, EXIT_CODES.usage);
  const all = withFlakes(listed, found);
  parseFlakes(flakesText(all)); // never a file that the next command rejects
  writeFileSync(flakes, flakesText(all));
  const added = all.slice(listed.length);
  const lines = found.map(
    (flake) => `${flake.test}: ${added.includes(flake) ? `added to ${flakes}` : 'listed before'}\n`,
  );
  process.stdout.write(json ? `${JSON.stringify({ added, listed: all })}\n` : lines.join(''));
}

function readReport(path: string): RunReport {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as Partial<RunReport>;
    if (Array.isArray(report.tests)) return report as RunReport;
  } catch (error) {
    throw new GateError('REPORT_INVALID', `${path}: ${messageOf(error)}`);
  }
  throw new GateError('REPORT_INVALID', `${path} is no report of a run of the gate`);
}
