import type { Call } from './call';

/** The operation of the API that a verb calls. */
export interface Operation {
  readonly method: Call['method'];
  /** Path from the server's root, as in the OpenAPI document: `/api/v1/packs/{ref}`. */
  readonly path: string;
  /** Names of the operation in Attune's Python client; empty without a counterpart. */
  readonly python: readonly string[];
}

/** `GET /api/v1/packs/{ref}`. */
export const routeOf = ({ method, path }: Operation): string => `${method} ${path}`;

type Route = `${Call['method']} /${string}`;
type PathNames<R extends string> = R extends `${string}{${infer Name}}${infer Rest}` ? Name | PathNames<Rest> : never;
type CallArguments<R extends string> = { readonly [Name in PathNames<R>]: string | number } & Pick<
  Call,
  'query' | 'body' | 'idempotencyKey'
>;
/** Builds a call: fills in the escaped path parameters, and adds query and body. */
type CallBuilder<R extends string> = (
  ...given: [PathNames<R>] extends [never] ? [CallArguments<R>?] : [CallArguments<R>]
) => Call;

interface CallArgumentsObject extends Pick<Call, 'query' | 'body' | 'idempotencyKey'> {
  readonly [name: string]: unknown;
}

const operations = new WeakMap<object, Operation>();

/** The operation of a verb; undefined for any other function. */
export const operationOf = (verb: object): Operation | undefined => operations.get(verb);

/**
 * Registers a variant of a verb under the same operation. `python`: Attune's names for the
 * variant.
 */
export function withOperationOf<V extends object>(original: object, variant: V, ...python: string[]): V {
  const operation = operationOf(original);
  if (operation) operations.set(variant, { ...operation, python });
  return variant;
}

type Make<R extends Route, A extends unknown[], T> = (call: CallBuilder<R>, ...args: A) => T;

/** A route, or a route and the names of its operation in Attune's Python client. */
type Named<R extends Route> = R | readonly [R, ...string[]];

/**
 * Defines a verb and registers its operation. The route is relative to the resource root
 * `/api/v1`; `make` is the verb, which receives the builder of its call first.
 */
export const verb = <R extends Route, A extends unknown[], T>(named: Named<R>, make: Make<R, A, T>) =>
  defineVerb(named, false, make);

/** As `verb`, relative to the server's root. */
export const rootVerb = <R extends Route, A extends unknown[], T>(named: Named<R>, make: Make<R, A, T>) =>
  defineVerb(named, true, make);

function defineVerb<R extends Route, A extends unknown[], T>(
  named: Named<R>,
  isRoot: boolean,
  make: Make<R, A, T>,
): (...args: A) => T {
  const [route, ...python] = typeof named === 'string' ? [named] : named;
  const [, method, path = ''] = /^(\w+) (.*)$/.exec(route) ?? [];
  if (!isMethod(method)) throw new Error(`invalid route ${route}: expected a method and a path`);
  const call = (...[args]: (object | undefined)[]): Call => {
    const { query, body, idempotencyKey, ...names }: CallArgumentsObject = { ...args };
    const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(names[name])));
    const parts = { ...(query && { query }), ...(body && { body }), ...(idempotencyKey && { idempotencyKey }) };
    return { method, path: filled, root: isRoot, ...parts };
  };
  const verb = (...args: A): T => make(call, ...args);
  operations.set(verb, { method, path: isRoot ? path : `/api/v1${path}`, python });
  return verb;
}

const METHODS: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] satisfies Call['method'][];
const isMethod = (text: string | undefined): text is Call['method'] => METHODS.includes(text ?? '');
