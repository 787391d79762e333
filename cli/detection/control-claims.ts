import { posix } from 'node:path';
import { readDurationTable, secondsByFile, shardOf } from '../../helpers/jest/durations';
import type { CensusLine } from '../../helpers/scenario/census';
import type { Shard } from '../../tests/detection/shard';

/** Which claims run without a fault before the faults: all by default. */
interface ControlFlags {
  readonly withoutControl?: true;
  /** Parts of paths: the claims of these files, and no others. */
  readonly controlOf?: readonly string[];
}

export function controlledClaims(claims: readonly CensusLine[], flags: ControlFlags): readonly CensusLine[] {
  const { withoutControl, controlOf: parts } = flags;
  if (withoutControl) return [];
  return parts === undefined ? claims : claims.filter((claim) => parts.some((part) => pathOf(claim).includes(part)));
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
