import { posix } from 'node:path';
import { isWholeInGate } from '../../tools/gate/run/steps';
import { readDurationTable, secondsByFile, shardOf } from '../../helpers/jest/durations';
import type { CensusLine } from '../../helpers/scenario/census';
import type { Shard } from '../../tools/detection/shard';
import { readGateSteps, readProofParts } from '../gate/run/read-steps';

/** Which claims run without a fault before the faults: all by default. */
interface ControlFlags {
  readonly withoutControl?: true;
  /** Those that `.ci/gate.yml` leaves out, or runs in a smaller size. */
  readonly besideGate?: true;
}

/** Throws GateError where the steps of the gate in `root` cannot be read. */
export function controlledClaims(
  claims: readonly CensusLine[],
  { withoutControl, besideGate }: ControlFlags,
  root: string,
): readonly CensusLine[] {
  if (withoutControl) return [];
  if (!besideGate) return claims;
  const [gate, proof] = [readGateSteps(root), readProofParts(root)];
  return claims.filter((claim) => !isWholeInGate(gate, proof, pathOf(claim)));
}

/** The claims of one shard of their files, which take about as long by the committed table. */
export function shardOfClaims(claims: readonly CensusLine[], shard: Shard, root: string): CensusLine[] {
  const files = [...new Set(claims.map(pathOf))];
  const selected = shardOf(files, secondsByFile(readDurationTable(root)), shard);
  return claims.filter((claim) => selected.includes(pathOf(claim)));
}

/** Of the test file, from the root. */
const pathOf = ({ file }: CensusLine): string => posix.join('tests/e2e', file);

/** The result of the claims without a fault: all others would have been reported as an error. */
export interface ControlReport {
  readonly green: readonly string[];
  /** That this host cannot prove. */
  readonly skipped: readonly string[];
}

export const formatControl = ({ green, skipped }: ControlReport): string =>
  [
    `${green.length} claims are green without a fault`,
    ...(skipped.length === 0 ? [] : [`this host does not prove ${skipped.join(', ')}`]),
  ].join('\n');
