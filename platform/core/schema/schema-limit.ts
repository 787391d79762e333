import type { Json, JsonObject } from '../../../contract/json';
import { appendPointer } from '../secrets/json-pointer';
import { flatToJsonSchema, isJsonSchema } from './flat-schema';
import { SchemaGraph, type Edge, type Subschema } from './schema-graph';

/** Subschemas inside one another, references followed. More overflow the validator's stack. */
const MAX_DEPTH = 400;

/** Subschemas, as often as references repeat them: as many as a schema without references has. */
const MAX_EXPANSIONS = 65_536;

/** A part of a schema with which no value can be checked, or only at a cost without a bound. */
export interface SchemaLimit {
  readonly reason: 'SCHEMA_LIMIT';
  /** Its JSON pointer. */
  readonly path: string;
  readonly why: string;
}

/**
 * The first reference of a schema, flat or classic, that has no end, repeats too much or leads to
 * another document; or the schema, where it is nested too deeply. A flat one is also read as a
 * JSON Schema: a schema of any value needs no `type`.
 */
export function schemaLimit(schema: JsonObject): SchemaLimit | null {
  const { hasReference, isTooDeep } = measure(schema);
  if (isTooDeep) return tooDeep('');
  if (!hasReference) return null;
  const found = limitOf(schema);
  if (found !== null || isJsonSchema(schema)) return found;
  const ofFlat = limitOf(flatToJsonSchema(schema));
  return ofFlat && { ...ofFlat, path: ofFlat.path.replace(/^\/properties(?=\/)/, '') };
}

/** Without recursion: what it measures may be nested without a limit. */
function measure(schema: JsonObject): { readonly hasReference: boolean; readonly isTooDeep: boolean } {
  let hasReference = false;
  let level: Json[] = [schema];
  let depth = 0;
  for (; level.length > 0 && depth <= MAX_DEPTH; depth++) {
    const objects = level.filter((value) => typeof value === 'object' && value !== null);
    hasReference ||= objects.some((value) => Object.hasOwn(value, '$ref'));
    level = objects.flatMap((value) => Object.values(value));
  }
  return { hasReference, isTooDeep: depth > MAX_DEPTH };
}

function limitOf(schema: JsonObject): SchemaLimit | null {
  const graph = new SchemaGraph(schema);
  const starts = graph.starts();
  const leaving = starts.find((each) => graph.leadsOut(each));
  if (leaving) return limit(appendPointer(leaving.path, '$ref'), 'leads to another document: define it in this schema');
  return (
    costLimit(starts, (each) => graph.edgesOf(each).filter(({ isStep }) => !isStep), { mayRecur: false }) ??
    costLimit(starts, (each) => graph.edgesOf(each), { mayRecur: true })
  );
}

const limit = (path: string, why: string): SchemaLimit => ({ reason: 'SCHEMA_LIMIT', path, why });
const tooDeep = (path: string) => limit(path, `is nested deeper than ${MAX_DEPTH} levels, references followed`);

/** Ends the search: a limit that was found. */
class LimitFound extends Error {
  constructor(readonly limit: SchemaLimit) {
    super(limit.why);
  }
}

function costLimit(
  starts: readonly Subschema[],
  edgesOf: (subschema: Subschema) => readonly Edge[],
  { mayRecur }: { readonly mayRecur: boolean },
): SchemaLimit | null {
  try {
    new CostSearch(edgesOf, mayRecur).visitAll(starts);
    return null;
  } catch (error) {
    if (error instanceof LimitFound) return error.limit;
    throw error;
  }
}

interface Visit {
  readonly order: number;
  /** The smallest order that it leads back to. */
  low: number;
}

/**
 * Counts for each subschema all that references make of it, by Tarjan's search for what leads to
 * each other: within such a circle, which the value ends, a reference counts once.
 */
class CostSearch {
  private readonly visits = new Map<Subschema, Visit>();
  private readonly open: Subschema[] = [];
  /** Of what belongs to no open circle. */
  private readonly costs = new Map<Subschema, number>();

  constructor(
    private readonly edgesOf: (subschema: Subschema) => readonly Edge[],
    private readonly mayRecur: boolean,
  ) {}

  /** Throws LimitFound. */
  visitAll(starts: readonly Subschema[]): void {
    for (const start of starts) if (!this.visits.has(start)) this.visit(start, 1);
  }

  private visit(subschema: Subschema, depth: number): Visit {
    if (depth > MAX_DEPTH) throw new LimitFound(tooDeep(subschema.path));
    const visit: Visit = { order: this.visits.size, low: this.visits.size };
    this.visits.set(subschema, visit);
    this.open.push(subschema);
    for (const { to } of this.edgesOf(subschema)) {
      if (this.costs.has(to)) continue;
      visit.low = Math.min(visit.low, this.visits.get(to)?.order ?? this.visit(to, depth + 1).low);
    }
    if (visit.low === visit.order) this.close(this.open.splice(this.open.lastIndexOf(subschema)));
    return visit;
  }

  /** `circle` has all that lead to each other. */
  private close(circle: readonly Subschema[]): void {
    const [first] = circle as [Subschema];
    const isCircle = circle.length > 1 || this.edgesOf(first).some(({ to }) => to === first);
    if (isCircle && !this.mayRecur)
      throw new LimitFound(limit(first.path, 'refers to itself without a step into the value: it has no end'));
    const costs = circle.map((each) => this.edgesOf(each).reduce((sum, { to }) => sum + (this.costs.get(to) ?? 1), 1));
    for (const [at, cost] of costs.entries()) {
      const each = circle[at]!;
      if (cost > MAX_EXPANSIONS)
        throw new LimitFound(limit(each.path, `its references expand to more than ${MAX_EXPANSIONS} subschemas`));
      this.costs.set(each, cost);
    }
  }
}
