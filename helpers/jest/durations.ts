import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dirname } from 'node:path/posix';
import { Type, type Static } from '@sinclair/typebox';
import { readJsonFile } from '../read-json-file';

/** Seconds that test files take, by their path in the project. */
export const Durations = Type.Record(Type.String(), Type.Number({ minimum: 0 }));
export type Durations = Static<typeof Durations>;

/** The committed measurements: where no local one exists, and for shards. */
export const DURATION_TABLE = 'tests/durations.json';

/** Of a file without any measured file beside it, seconds. */
const UNKNOWN_SECONDS = 1;

/** Reads the committed table; empty in a copy of the project that has none. */
export function readDurationTable(root: string): Durations {
  const path = join(root, DURATION_TABLE);
  return existsSync(path) ? readJsonFile(Durations, path) : {};
}

/**
 * How long each file takes, seconds: as measured, else the median of the measured files of its
 * folder, or of the nearest folder above it that has some.
 */
export function secondsByFile(measured: Durations): (file: string) => number {
  const byFolder = new Map<string, number[]>();
  for (const [file, seconds] of Object.entries(measured))
    for (const folder of foldersOf(file)) byFolder.set(folder, [...(byFolder.get(folder) ?? []), seconds]);
  return (file) => {
    const nearest = foldersOf(file).find((folder) => byFolder.has(folder));
    return measured[file] ?? (nearest === undefined ? UNKNOWN_SECONDS : median(byFolder.get(nearest)!));
  };
}

/** `tests/unit/api`, `tests/unit`, `tests`. */
function foldersOf(file: string): string[] {
  const folder = dirname(file);
  return folder === '.' || folder === '/' ? [] : [folder, ...foldersOf(folder)];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}

/** The longest file first, so that none runs alone at the end; equal ones by their path. */
export const longestFirst = (files: readonly string[], secondsOf: (file: string) => number): string[] =>
  [...files].sort((a, b) => secondsOf(b) - secondsOf(a) || (a < b ? -1 : 1));

/**
 * The files of one of `count` parts that take about as long: each file, the longest first, goes to
 * the part with the least so far. `index` counts from 1.
 */
export function shardOf(
  files: readonly string[],
  secondsOf: (file: string) => number,
  { index, count }: { readonly index: number; readonly count: number },
): string[] {
  const parts = Array.from({ length: count }, () => ({ seconds: 0, files: [] as string[] }));
  for (const file of longestFirst(files, secondsOf)) {
    const least = parts.reduce((best, part) => (part.seconds < best.seconds ? part : best));
    least.seconds += secondsOf(file);
    least.files.push(file);
  }
  return parts[index - 1]?.files ?? [];
}

/** A difference that is smaller than this part of a measurement does not change the table. */
const NOISE = 0.25;
/** Shorter files all count as this long, seconds. */
const SHORTEST_SECONDS = 0.1;

/**
 * The table with new measurements, sorted by path, without files that are gone. A value changes
 * only where the new one differs by a quarter, so that the table changes with the tests.
 */
export function updateDurations(table: Durations, measured: Durations, exists: (file: string) => boolean): Durations {
  const files = [...new Set([...Object.keys(table), ...Object.keys(measured)])].filter(exists).sort();
  return Object.fromEntries(
    files.map((file) => {
      const [known, value] = [table[file], measured[file]];
      if (value === undefined) return [file, known!];
      const rounded = Math.max(SHORTEST_SECONDS, Math.round(value * 10) / 10);
      const isNoise = known !== undefined && Math.abs(rounded - known) <= NOISE * known;
      return [file, isNoise ? known : rounded];
    }),
  );
}
