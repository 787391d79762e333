import type { RuntimeEntry, RuntimeManifest } from '../../contract/runtime-manifest';

/** A place that has the names of runtimes, beside the manifest. */
export interface Place {
  /** Path below the root. */
  readonly place: string;
  /** The runtimes that belong there. */
  readonly isExpected: (entry: RuntimeEntry) => boolean;
  readonly names: readonly string[];
}

/** `missing`: the manifest has the runtime, and the place lacks it; `unknown`: the reverse. */
export interface Drift {
  readonly runtime: string;
  readonly place: string;
  readonly is: 'missing' | 'unknown';
}

/** What the places have too little or too much, in their order. */
export const findDrift = ({ runtimes }: RuntimeManifest, places: readonly Place[]): Drift[] =>
  places.flatMap(({ place, isExpected, names }): Drift[] => {
    const expected = runtimes.filter(isExpected).map(({ name }) => name);
    return [
      ...without(expected, names).map((runtime) => ({ runtime, place, is: 'missing' as const })),
      ...without(names, expected).map((runtime) => ({ runtime, place, is: 'unknown' as const })),
    ];
  });

const without = (names: readonly string[], others: readonly string[]): string[] =>
  names.filter((name) => !others.includes(name));
