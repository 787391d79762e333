import { Refusal } from '../refusal';
import type { FastifyRequest } from 'fastify';
import type { Api } from './context';
import { TextRefusal } from './errors';
import { JsonTextError, parseJson } from './json-text';

/** Bytes of a body that is JSON or raw. */
export const BODY_LIMIT = 2 * 1_024 * 1_024;

const JSON_TYPE = /^application\/(?:[\w.!#$&^-]+\+)?json\s*(?:;|$)/i;

const isJson = (request: FastifyRequest): boolean => JSON_TYPE.test(request.headers['content-type'] ?? '');

/** Replaces the framework's parsers: JSON is read strictly, and every other type is refused unless the route takes it. */
export function readJsonBodies(api: Api): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    try {
      done(null, bodyOf(request, bytes));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
  api.addContentTypeParser('*', (request, stream, done) => {
    if (!request.routeOptions.config.bodiless) return done(notJson(), undefined);
    stream.resume();
    done(null, undefined);
  });
  api.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.bodiless) delete request.headers['content-type'];
    done();
  });
  api.addHook('preValidation', (request, _reply, done) => done(bodyMissing(request)));
  api.addHook('preHandler', (request, _reply, done) => done(nulRefusal(request)));
}

const notJson = () => new TextRefusal(415, 'the body must be JSON: send it with Content-Type: application/json');

function bodyOf(request: FastifyRequest, bytes: Buffer): unknown {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new TextRefusal(400, 'the body must not be compressed: send it without Content-Encoding');
  }
  if (bytes.length === 0) return undefined;
  try {
    const { value, nul } = parseJson(bytes);
    request.nulAt = nul;
    return value;
  } catch (error) {
    if (error instanceof JsonTextError) throw new TextRefusal(400, `the body cannot be read: ${error.message}`);
    throw error;
  }
}

/** A route with a schema needs a body of its type, unless it says that none will do. */
function bodyMissing(request: FastifyRequest): TextRefusal | undefined {
  const { config, schema } = request.routeOptions;
  if (!schema?.body || config.bodiless || config.optionalBody || request.body !== undefined) return undefined;
  return isJson(request) ? new TextRefusal(400, 'the body is empty: send a JSON object') : notJson();
}

/** The database cannot hold a NUL character in a text. */
function nulRefusal(request: FastifyRequest): Refusal | undefined {
  if (request.routeOptions.config.takesNul) return undefined;
  const at = request.nulAt ?? nulIn('path', request.params) ?? nulIn('query', request.query);
  if (at === null) return undefined;
  return new Refusal('VALIDATION_ERROR', `${at} holds a NUL character: leave it out`, { reason: 'NUL', path: at });
}

function nulIn(part: string, values: unknown): string | null {
  const found = Object.entries(values ?? {}).find(([key, value]) => `${key}${String(value)}`.includes('\0'));
  return found ? `${part}/${found[0].replaceAll('\0', '')}` : null;
}
