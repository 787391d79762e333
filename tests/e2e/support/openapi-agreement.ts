import Ajv, { type ValidateFunction } from 'ajv';
import { ErrorEnvelope, TokenErrorEnvelope } from '../../../contract/errors';
import type { Call } from '../../../helpers/client/call';
import type { Client } from '../../../helpers/client/client';
import type { OpenApi } from '../../../helpers/client/resources/openapi';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Condition } from '../../../helpers/scenario/polling';

/** Every operation of the document as `GET /api/v1/packs/{ref}`. */
export const documentedRoutes = ({ paths }: OpenApi): string[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );

/** The client, adding every verb that is read from it to `usedVerbs` as `packs.get`. */
export const recordVerbs = (client: Client, usedVerbs: Set<string>): Client =>
  proxyProperties(client, (resource, verbs) =>
    resource === 'request' ? verbs : proxyProperties(verbs, (verb, act) => (usedVerbs.add(`${resource}.${verb}`), act)),
  );

/** A proxy of the object that passes each property through `onProperty`. */
const proxyProperties = <T extends object>(target: T, onProperty: (name: string, value: object) => object): T =>
  new Proxy(target, {
    get: (from, name): unknown => {
      const value: unknown = Reflect.get(from, name);
      const isVisible = (typeof value === 'object' && value !== null) || typeof value === 'function';
      return typeof name === 'string' && isVisible ? onProperty(name, value) : value;
    },
  });

const segment = (text: string): string => text.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&').replaceAll(/\{\w+\}/g, '[^/]+');

/** The document does not describe its own route. */
const DOCUMENT_ROUTE = 'GET /api-spec/openapi.json';

/** Error bodies are the same on every route and described by the contract only. */
const isErrorBody: ValidateFunction = new Ajv({ strict: false }).compile({
  anyOf: [ErrorEnvelope, TokenErrorEnvelope],
});

/** Compares responses with the OpenAPI document. */
export class ResponseChecker {
  /**
   * The differences: route, status, and each fault with its path. A 404 or 405 of an
   * undocumented route is none.
   */
  readonly faults: string[] = [];
  /** Routes with a checked response, as `GET /api/v1/packs/{ref}`. */
  readonly checkedRoutes = new Set<string>();
  private readonly ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  private readonly patterns: { route: string; matches: RegExp }[];

  constructor(document: OpenApi) {
    this.ajv.addSchema(document, 'document');
    this.patterns = documentedRoutes(document)
      .map((route) => ({ route, matches: new RegExp(`^${segment(route)}$`) }))
      .sort((a, b) => a.route.split('{').length - b.route.split('{').length); // a route with fewer parameters takes precedence
  }

  /** For a client's option `observe`. */
  readonly observe = ({ method, path, root }: Call, status: number, _ms: number, body: unknown): void => {
    const route = `${method} ${root ? '' : '/api/v1'}${path}`;
    const documented = this.patterns.find(({ matches }) => matches.test(route));
    if (!documented) {
      if (status !== 404 && status !== 405) this.faults.push(`${route} is not in the document`);
      return;
    }
    this.checkedRoutes.add(documented.route);
    if (body === undefined || body === '' || documented.route === DOCUMENT_ROUTE) return;
    if (status === 400 && typeof body === 'string') return; // no handler received it: the document has none of these
    const described = this.schemaOf(documented.route, status);
    const validate = status < 400 ? described : (described ?? isErrorBody);
    if (!validate) this.faults.push(`${documented.route}: no schema describes its ${status}`);
    else if (!validate(body))
      this.faults.push(`${documented.route} ${status}: ${this.ajv.errorsText(validate.errors)}`);
  };

  private schemaOf(route: string, status: number): ValidateFunction | undefined {
    const [method = '', path = ''] = route.split(' ');
    const steps = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', 'application/json'];
    const pointer = [...steps, 'schema'].map((step) => step.replaceAll('~', '~0').replaceAll('/', '~1'));
    return this.ajv.getSchema(`document#/${pointer.map(encodeURIComponent).join('/')}`);
  }
}

/** The response of the route has started. */
export const responseToBegin = (checker: ResponseChecker, route: string): Condition<true> =>
  predicateToHold(
    `a response of ${route}`,
    () => checker.checkedRoutes.has(route),
    () => [...checker.checkedRoutes].join('\n'),
  );
