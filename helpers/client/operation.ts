import type { Call } from './call';

/** What a verb asks of the server. */
export interface Operation {
  readonly method: Call['method'];
  /** From the server's root, as its OpenAPI document spells it: `/api/v1/packs/{ref}`. */
  readonly path: string;
  /** What Attune's Python client calls it; none for what only ours can do. */
  readonly python: readonly string[];
}

type Route = `${Call['method']} /${string}`;
type Names<R extends string> = R extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Given<R extends string> = { readonly [Name in Names<R>]: string | number } & Pick<Call, 'query' | 'body'>;
/** Fills the names of a route's path in, escaped, and adds what else is sent. */
type Filler<R extends string> = (...given: [Names<R>] extends [never] ? [Given<R>?] : [Given<R>]) => Call;

interface Filled extends Pick<Call, 'query' | 'body'> {
  readonly [name: string]: unknown;
}

const operations = new WeakMap<object, Operation>();

/** The operation of a verb; undefined for a function that is none. */
export const operationOf = (verb: object): Operation | undefined => operations.get(verb);

/** Another form of a verb: what finds nothing answers null, and the like. `python`: Attune's names for that form. */
export function likewise<V extends object>(verb: object, other: V, ...python: string[]): V {
  const operation = operationOf(verb);
  if (operation) operations.set(other, { ...operation, python });
  return other;
}

/**
 * A verb with its operation as data beside it. `route` is relative to the resource root `/api/v1`; `make` gets what fills
 * its path in and answers the function that is called. `python`: Attune's names for it.
 */
export const verb = <R extends Route, V extends object>(
  route: R,
  make: (call: Filler<R>) => V,
  ...python: string[]
): V => operate(route, false, make, python);

/** As `verb`, from the server's root. */
export const rootVerb = <R extends Route, V extends object>(
  route: R,
  make: (call: Filler<R>) => V,
  ...python: string[]
): V => operate(route, true, make, python);

function operate<R extends Route, V extends object>(
  route: R,
  root: boolean,
  make: (call: Filler<R>) => V,
  python: readonly string[],
): V {
  const [, method, path = ''] = /^(\w+) (.*)$/.exec(route) ?? [];
  if (!isMethod(method)) throw new Error(`not a route: ${route}`);
  const call = (...[given]: (object | undefined)[]): Call => {
    const { query, body, ...names }: Filled = { ...given };
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(names[name])));
    return { method, path: filled, root, ...(query && { query }), ...(body && { body }) };
  };
  const made = make(call);
  operations.set(made, { method, path: root ? path : `/api/v1${path}`, python });
  return made;
}

const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'DELETE'] satisfies Call['method'][];
const isMethod = (text: string | undefined): text is Call['method'] => METHODS.includes(text ?? '');
