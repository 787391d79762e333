import { isObject, type Json, type JsonObject } from '../../../contract/json';
import { appendPointer, parsePointer } from '../secrets/json-pointer';

/** A subschema, and what its references are relative to. */
export interface Subschema {
  readonly schema: JsonObject;
  readonly base: string;
  /** Its JSON pointer, by the first way to it. */
  readonly path: string;
}

/** `isStep`: the target checks a part of the value; otherwise it checks the same value. */
export interface Edge {
  readonly to: Subschema;
  readonly isStep: boolean;
}

/** Keywords whose values are data: what stands there is no schema. */
export const DATA_KEYWORDS: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'example', 'examples']);

/** Keywords whose schemas check the same value: one, a list, or a map of them. */
const SAME_VALUE = ['not', 'if', 'then', 'else', 'allOf', 'anyOf', 'oneOf', 'dependencies', 'dependentSchemas'];
const PARTS_OF_VALUE = [
  ...['properties', 'patternProperties', 'additionalProperties', 'propertyNames', 'unevaluatedProperties'],
  ...['items', 'additionalItems', 'prefixItems', 'contains', 'unevaluatedItems', 'contentSchema'],
];
const DEFINITIONS = ['$defs', 'definitions'];
const MAPS: ReadonlySet<string> = new Set([
  ...['properties', 'patternProperties', 'dependencies', 'dependentSchemas'],
  ...DEFINITIONS,
]);

/** What a schema without `$id` is relative to. */
const NO_ID = 'schema://document/';

/** The subschemas of one JSON Schema, as its references connect them. */
export class SchemaGraph {
  /** By address without a fragment, and by address with an anchor. */
  private readonly identified = new Map<string, Subschema>();
  private readonly subschemas = new Map<string, Map<JsonObject, Subschema>>();
  private readonly edges = new Map<Subschema, readonly Edge[]>();
  readonly root: Subschema;

  constructor(schema: JsonObject) {
    const root = { schema, base: NO_ID, path: '' };
    this.identified.set(NO_ID, root);
    this.identify(root);
    this.root = this.subschema(root);
  }

  /** The root and all definitions, used or not. */
  starts(): Subschema[] {
    const found = new Set([this.root]);
    for (const each of found) {
      for (const { to } of this.edgesOf(each)) found.add(to);
      for (const definition of DEFINITIONS.flatMap((keyword) => this.under(each, keyword))) found.add(definition);
    }
    return [...found];
  }

  edgesOf(subschema: Subschema): readonly Edge[] {
    const known = this.edges.get(subschema);
    if (known) return known;
    const target = this.target(subschema);
    const edges = [
      ...(target ? [{ to: target, isStep: false }] : []),
      ...SAME_VALUE.flatMap((keyword) => this.under(subschema, keyword)).map((to) => ({ to, isStep: false })),
      ...PARTS_OF_VALUE.flatMap((keyword) => this.under(subschema, keyword)).map((to) => ({ to, isStep: true })),
    ];
    this.edges.set(subschema, edges);
    return edges;
  }

  /** True where the reference names another document, which this one does not contain. */
  leadsOut({ schema, base }: Subschema): boolean {
    const { $ref } = schema;
    if (typeof $ref !== 'string') return false;
    const address = addressOf($ref, base);
    return address === null || !this.identified.has(address.document);
  }

  /** Null for one without a reference, and where it leads to nothing: no value can be checked. */
  private target({ schema, base }: Subschema): Subschema | null {
    const { $ref } = schema;
    const address = typeof $ref === 'string' ? addressOf($ref, base) : null;
    if (address === null) return null;
    const { document, fragment } = address;
    if (fragment !== '' && !fragment.startsWith('/'))
      return this.known(this.identified.get(`${document}#${fragment}`) ?? null);
    const start = this.identified.get(document);
    return start ? this.known(follow(start, fragment)) : null;
  }

  private known(found: Subschema | null): Subschema | null {
    return found && this.subschema(found);
  }

  /** The schemas that stand under a keyword. */
  private under({ schema, base, path }: Subschema, keyword: string): Subschema[] {
    const value = Object.hasOwn(schema, keyword) ? schema[keyword] : undefined;
    const at = appendPointer(path, keyword);
    if (isObject(value) && !MAPS.has(keyword)) return [this.subschema(enter({ schema: value, base, path: at }))];
    return members(value).flatMap(([name, member]) =>
      isObject(member) ? [this.subschema(enter({ schema: member, base, path: appendPointer(at, name) }))] : [],
    );
  }

  /** One object for each schema and base. */
  private subschema(given: Subschema): Subschema {
    const ofBase = this.subschemas.get(given.base) ?? new Map<JsonObject, Subschema>();
    this.subschemas.set(given.base, ofBase);
    const known = ofBase.get(given.schema) ?? given;
    ofBase.set(given.schema, known);
    return known;
  }

  /** Registers the `$id` and the anchors of a schema, and of all in it. */
  private identify({ schema, base: outer, path }: Subschema): void {
    const entered = enter({ schema, base: outer, path });
    const { base } = entered;
    if (base !== outer) this.identified.set(base, entered);
    for (const anchor of anchorsOf(schema)) this.identified.set(`${base}#${anchor}`, entered);
    for (const [keyword, value] of Object.entries(schema)) {
      if (DATA_KEYWORDS.has(keyword)) continue;
      const at = appendPointer(path, keyword);
      if (isObject(value) && !MAPS.has(keyword)) this.identify({ schema: value, base, path: at });
      else
        for (const [name, member] of members(value))
          if (isObject(member)) this.identify({ schema: member, base, path: appendPointer(at, name) });
    }
  }
}

/** The same schema, whose own `$id` changes what its references are relative to. */
function enter(given: Subschema): Subschema {
  const { $id } = given.schema;
  const address = typeof $id === 'string' && !$id.startsWith('#') ? addressOf($id, given.base) : null;
  return address === null ? given : { ...given, base: address.document };
}

function anchorsOf({ $id, $anchor }: JsonObject): string[] {
  const ofId = typeof $id === 'string' && $id.startsWith('#') ? [$id.slice(1)] : [];
  return typeof $anchor === 'string' ? [...ofId, $anchor] : ofId;
}

/** Null for what is no address. */
function addressOf(reference: string, base: string): { readonly document: string; readonly fragment: string } | null {
  try {
    const { href, hash } = new URL(reference, base);
    const document = hash === '' ? href.replace(/#$/, '') : href.slice(0, -hash.length);
    const fragment = decodeURIComponent(hash.slice(1));
    return { document, fragment: fragment === '/' ? '' : fragment };
  } catch {
    return null;
  }
}

/** What a JSON pointer leads to. */
function follow(start: Subschema, pointer: string): Subschema | null {
  let { base } = start;
  let value: Json = start.schema;
  let { path } = start;
  for (const key of parsePointer(pointer)) {
    const member: Json | undefined = memberOf(value, key);
    if (member === undefined) return null;
    path = appendPointer(path, key);
    value = member;
    if (isObject(value)) ({ base } = enter({ schema: value, base, path }));
  }
  return isObject(value) ? { schema: value, base, path } : null;
}

function memberOf(value: Json, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as JsonObject)[key];
}

/** Members of a map or list. */
function members(value: Json | undefined): (readonly [string, Json])[] {
  if (Array.isArray(value)) return value.map((member, at) => [String(at), member]);
  return isObject(value) ? Object.entries(value) : [];
}
