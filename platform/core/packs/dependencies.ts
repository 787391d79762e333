import { satisfies, validRange } from 'semver';

/** What one pack requires of another one. */
export interface Dependency {
  readonly ref: string;
  /** A range of versions, `*` for any. */
  readonly range: string;
}

const DEPENDENCY = /^([a-z][a-z0-9_-]+)\s*(?:@\s*(\S.*)|([<>=~^].*))?$/;

/**
 * Parses an entry of `dependencies`: `ref`, `ref@^1.2.0` or `ref>=1.2.0`. Null: it is none of
 * these.
 */
export function parseDependency(text: string): Dependency | null {
  const [, ref, atRange, range] = DEPENDENCY.exec(text.trim()) ?? [];
  const expected = (atRange ?? range ?? '*').replace(/^==\s*/, '=');
  return ref === undefined || validRange(expected) === null ? null : { ref, range: expected };
}

export interface DependingPack {
  readonly ref: string;
  readonly version: string;
  readonly dependencies: readonly Dependency[];
}

export interface RequiredPack extends Dependency {
  readonly requiredBy: string;
  /** The version that is there; null: there is none. */
  readonly presentVersion: string | null;
  readonly isAccepted: boolean;
}

/**
 * What these packs require, each pack after the other. A pack of the list takes the place of an
 * installed one of the same ref.
 */
export function resolveDependencies(
  packs: readonly DependingPack[],
  installed: ReadonlyMap<string, string>,
): RequiredPack[] {
  const present = new Map([...installed, ...packs.map(({ ref, version }) => [ref, version] as const)]);
  return packs.flatMap(({ ref: requiredBy, dependencies }) =>
    dependencies.map(({ ref, range }) => {
      const presentVersion = present.get(ref) ?? null;
      const isAccepted = presentVersion !== null && satisfies(presentVersion, range, { includePrerelease: true });
      return { ref, range, requiredBy, presentVersion, isAccepted };
    }),
  );
}
