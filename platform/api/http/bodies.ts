import { DomainError } from '../../base/domain-error';
import type { FastifyRequest } from 'fastify';
import type { Api } from './context';
import { PlainTextError } from './errors';
import { JsonTextError, parseJson } from '../../core/data/parse-json';

/** Bytes of a body that is JSON or raw. */
export const MAX_BODY_BYTES = 2 * 1_024 * 1_024;

const JSON_TYPE = /^application\/(?:[\w.!#$&^-]+\+)?json\s*(?:;|$)/i;

const isJson = (request: FastifyRequest): boolean => JSON_TYPE.test(request.headers['content-type'] ?? '');

/**
 * Replaces the parsers of the framework: JSON is parsed strictly, other types are rejected unless
 * the route ignores bodies.
 */
export function parseJsonBodies(api: Api): void {
  api.removeAllContentTypeParsers();
  api.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (request, bytes: Buffer, done) => {
    try {
      done(null, parseBody(request, bytes));
    } catch (error) {
      done(error as Error, undefined);
    }
  });
  api.addContentTypeParser('*', (request, stream, done) => {
    if (!request.routeOptions.config.ignoresBody) return done(notJsonError(), undefined);
    stream.resume();
    done(null, undefined);
  });
  api.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.ignoresBody) delete request.headers['content-type'];
    done();
  });
  api.addHook('preValidation', (request, _reply, done) => done(missingBodyError(request)));
  api.addHook('preHandler', (request, _reply, done) => done(nulError(request)));
}

const notJsonError = () =>
  new PlainTextError(415, 'the body must be JSON: send it with Content-Type: application/json');

function parseBody(request: FastifyRequest, bytes: Buffer): unknown {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') {
    throw new PlainTextError(400, 'the body must not be compressed: send it without Content-Encoding');
  }
  if (bytes.length === 0) return undefined;
  try {
    const { value, nulPointer } = parseJson(bytes);
    request.nulPointer = nulPointer;
    return value;
  } catch (error) {
    if (error instanceof JsonTextError) throw new PlainTextError(400, `the body cannot be read: ${error.message}`);
    throw error;
  }
}

/** A route with a body schema requires a body, unless it is declared optional. */
function missingBodyError(request: FastifyRequest): PlainTextError | undefined {
  const { config, schema } = request.routeOptions;
  if (!schema?.body || config.ignoresBody || config.isBodyOptional || request.body !== undefined) return undefined;
  return isJson(request) ? new PlainTextError(400, 'the body is empty: send a JSON object') : notJsonError();
}

/** The database cannot store a NUL character in a text. */
function nulError(request: FastifyRequest): DomainError | undefined {
  if (request.routeOptions.config.allowsNul) return undefined;
  const pointer = request.nulPointer ?? findNul('path', request.params) ?? findNul('query', request.query);
  if (pointer === null) return undefined;
  return new DomainError('VALIDATION_ERROR', `${pointer} holds a NUL character: leave it out`, {
    reason: 'NUL',
    path: pointer,
  });
}

function findNul(part: string, values: unknown): string | null {
  const entry = Object.entries(values ?? {}).find(([key, value]) => `${key}${String(value)}`.includes('\0'));
  return entry ? `${part}/${entry[0].replaceAll('\0', '')}` : null;
}
