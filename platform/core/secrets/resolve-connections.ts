import type { Json, JsonObject } from '../../../contract/json';
import { connectionRef, type Connections } from './connections';
import { valueAt } from './json-pointer';
import { insertSecrets } from './extract-secrets';

interface ResolvedConnections {
  readonly parameters: JsonObject;
  /** The values that were inserted. */
  readonly values: readonly Json[];
  /** The refs of references without a key, in the order of their pointers. */
  readonly missing: readonly string[];
}

/**
 * Parameters with their references replaced by the values of the keys. `valueOf` returns undefined
 * where there is no such key. A pointer that no longer leads to a reference is ignored.
 */
export function resolveConnections(
  parameters: JsonObject,
  connections: Connections,
  valueOf: (key: number) => Json | undefined,
): ResolvedConnections {
  const resolved: Record<string, Json> = {};
  const missing: string[] = [];
  for (const pointer of Object.keys(connections).sort()) {
    const ref = connectionRef(valueAt(parameters, pointer));
    if (ref === null) continue;
    const value = valueOf(connections[pointer]!);
    if (value === undefined) missing.push(ref);
    else resolved[pointer] = value;
  }
  return { parameters: insertSecrets(parameters, resolved), values: Object.values(resolved), missing };
}
