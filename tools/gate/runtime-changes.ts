import { Type, type Static } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { GateError } from './gate-error';
import { faultsOf } from './policy';

/** The part of a runtime manifest that is compared: an older revision may have other keys. */
const Manifest = Type.Object({
  runtimes: Type.Array(
    Type.Object({
      name: Type.String(),
      kind: Type.String(),
      credentials: Type.Record(Type.String(), Type.Array(Type.String())),
    }),
  ),
});
type ComparedRuntime = Static<typeof Manifest>['runtimes'][number];

/** A runtime that has another kind, or other credentials. Null: there is no such runtime. */
export interface RuntimeChange {
  readonly runtime: string;
  readonly field: 'kind' | 'credentials';
  readonly before: unknown;
  readonly after: unknown;
}

/**
 * Compares two texts of the manifest. A new or removed runtime counts if it is external or has
 * credentials. Null: there was no such file. Throws GateError.
 */
export function runtimeChanges(before: string | null, after: string | null): RuntimeChange[] {
  const old = parseRuntimes(before, 'in the base');
  const current = parseRuntimes(after, 'in the change');
  return [...new Set([...old.keys(), ...current.keys()])].flatMap((name) => changesOf(name, old, current));
}

type Runtimes = ReadonlyMap<string, ComparedRuntime>;

function changesOf(runtime: string, old: Runtimes, current: Runtimes): RuntimeChange[] {
  const [before, after] = [old.get(runtime), current.get(runtime)];
  const changes: RuntimeChange[] = [];
  if (isExternal(before) !== isExternal(after))
    changes.push({ runtime, field: 'kind', before: before?.kind ?? null, after: after?.kind ?? null });
  const [held, given] = [before?.credentials ?? {}, after?.credentials ?? {}];
  if (!Value.Equal(held, given)) changes.push({ runtime, field: 'credentials', before: held, after: given });
  return changes;
}

const isExternal = (runtime: ComparedRuntime | undefined): boolean => runtime?.kind === 'external';

function parseRuntimes(text: string | null, where: string): Runtimes {
  if (text === null) return new Map();
  const manifest = parseJson(text, where);
  if (Value.Check(Manifest, manifest)) return new Map(manifest.runtimes.map((runtime) => [runtime.name, runtime]));
  throw new GateError('RUNTIME_MANIFEST_INVALID', `${where}: ${faultsOf(Manifest, manifest).join('; ')}`);
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GateError('RUNTIME_MANIFEST_INVALID', `${where}: ${String(error)}`);
  }
}
