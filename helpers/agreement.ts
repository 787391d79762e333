import Ajv, { type ValidateFunction } from 'ajv';
import { ErrorEnvelope, TokenErrorEnvelope } from '../contract/errors';
import type { Call } from './client/call';
import type { Client } from './client/client';
import type { OpenApi } from './client/openapi';
import { toHold } from './conditions';
import type { Condition } from './polling';

/** `GET /api/v1/packs/{ref}`, of every path and method of the document. */
export const describedRoutes = ({ paths }: OpenApi): string[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );

/** The same client; every verb that is taken from it is noted as `packs.get`. */
export const watched = (client: Client, used: Set<string>): Client =>
  noting(client, (resource, verbs) =>
    resource === 'request' ? verbs : noting(verbs, (verb, act) => (used.add(`${resource}.${verb}`), act)),
  );

/** The object, each property of which is handed out through `note`. */
const noting = <T extends object>(target: T, note: (name: string, value: object) => object): T =>
  new Proxy(target, {
    get: (from, name): unknown => {
      const value: unknown = Reflect.get(from, name);
      const isPart = (typeof value === 'object' && value !== null) || typeof value === 'function';
      return typeof name === 'string' && isPart ? note(name, value) : value;
    },
  });

const segment = (text: string): string => text.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+');

/** The document is not described in itself. */
const ITSELF = 'GET /api-spec/openapi.json';

/** Refusals are the same on every route, and described by the contract alone. */
const refused: ValidateFunction = new Ajv({ strict: false }).compile({ anyOf: [ErrorEnvelope, TokenErrorEnvelope] });

/** Holds answers against the document that describes them. */
export class Answers {
  /** What is not as described: the route, its status, and each fault with its path. */
  readonly faults: string[] = [];
  /** Routes of which an answer was seen, as `GET /api/v1/packs/{ref}`. */
  readonly seen = new Set<string>();
  private readonly ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  private readonly patterns: { route: string; matches: RegExp }[];

  constructor(document: OpenApi) {
    this.ajv.addSchema(document, 'document');
    this.patterns = describedRoutes(document)
      .map((route) => ({ route, matches: new RegExp(`^${segment(route)}$`) }))
      .sort((a, b) => a.route.split('{').length - b.route.split('{').length); // the more literal route is the one that answers
  }

  /** As a client's `observe`. */
  readonly observe = ({ method, path, root }: Call, status: number, _ms: number, body: unknown): void => {
    const asked = `${method} ${root ? '' : '/api/v1'}${path}`;
    const known = this.patterns.find(({ matches }) => matches.test(asked));
    if (!known) return void this.faults.push(`${asked} is not described`);
    this.seen.add(known.route);
    if (body === undefined || body === '' || known.route === ITSELF) return;
    const validate = status < 400 ? this.schemaOf(known.route, status) : refused;
    if (!validate) this.faults.push(`${known.route}: no schema describes its ${status}`);
    else if (!validate(body)) this.faults.push(`${known.route} ${status}: ${this.ajv.errorsText(validate.errors)}`);
  };

  private schemaOf(route: string, status: number): ValidateFunction | undefined {
    const [method = '', path = ''] = route.split(' ');
    const steps = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', 'application/json'];
    const pointer = [...steps, 'schema'].map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1'));
    return this.ajv.getSchema(`document#/${pointer.map(encodeURIComponent).join('/')}`);
  }
}

/** An answer of the route has begun. */
export const answerToCome = (answers: Answers, route: string): Condition<true> =>
  toHold(
    `an answer of ${route} to begin`,
    () => answers.seen.has(route),
    () => [...answers.seen].join('\n'),
  );
