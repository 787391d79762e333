import { GateError } from '../gate-error';
import type { Part, ProofParts, Step } from './steps';

/** A part of the proof, or one of several pieces of it. */
export interface Piece {
  /** `faults 3/31`. */
  readonly id: string;
  readonly step: Step;
  /** As the table states. */
  readonly seconds: number;
}

/** Every piece once, in as many slices as the table states, which take about equally long. */
export function slicesOf({ slices: count, parts }: ProofParts): readonly (readonly Piece[])[] {
  const slices = Array.from({ length: count }, (): Piece[] => []);
  const longestFirst = parts.flatMap(piecesOf).sort((left, right) => right.seconds - left.seconds);
  for (const piece of longestFirst)
    slices.reduce((least, slice) => (cost(slice) < cost(least) ? slice : least)).push(piece);
  return slices;
}

/** Seconds of the pieces, by the table. */
export const cost = (pieces: readonly Piece[]): number => pieces.reduce((sum, { seconds }) => sum + seconds, 0);

function piecesOf({ id, pieces, seconds, ...work }: Part): Piece[] {
  return Array.from({ length: pieces }, (_, k) => {
    const fill = (text: string): string => text.replaceAll('{n}', String(k + 1)).replaceAll('{of}', String(pieces));
    const name = pieces === 1 ? id : `${id} ${k + 1}/${pieces}`;
    const { run, jest, with: prefix } = work;
    const step: Step = {
      ...work,
      name: `proof: ${name}`,
      ...(run !== undefined && { run: fill(run), repeat: true }),
      ...(jest !== undefined && { jest: fill(jest) }),
      ...(prefix !== undefined && { with: fill(prefix) }),
    };
    return { id: name, step, seconds };
  });
}

/** What is known about the commit that is tested. */
export interface CommitPosition {
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** Commits before it, itself included; null: the clone is shallow, and has no such count. */
  readonly count: number | null;
}

/**
 * The number of the slice that a commit runs, from 1: successive commits run successive slices. A
 * shallow clone has no count: there the digest of the commit selects, as good as at random.
 */
export const sliceOfCommit = ({ commit, count }: CommitPosition, slices: number): number =>
  ((count ?? Number.parseInt(commit.slice(0, 8), 16)) % slices) + 1;

/** Throws GateError where there is no such slice. */
export function requireSlice<T>(slices: readonly T[], number: number): T {
  const slice = slices[number - 1];
  if (slice === undefined)
    throw new GateError('SLICE_UNKNOWN', `there is no slice ${number}: use 1 to ${slices.length}`);
  return slice;
}
