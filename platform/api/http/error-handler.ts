import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorObject } from 'ajv';
import type { ErrorEnvelope } from '../../../contract/errors';
import { writeJson } from '../../../contract/json-text/write-json';
import { DomainError, RateLimited } from '../../base/domain-error';
import { translateDatabaseError } from './database-errors';
import { PlainTextError } from './errors';
import { AuthenticationError } from '../../auth/auth-errors';
import { isDatabaseUnusable, isLostConnection } from '../../store/database/lost-connection';
import { MAX_BODY_BYTES } from './bodies';
import { translateValidationErrors } from './validation';

/** The embedded database is started again within this time; a platform takes no longer either. */
const RETRY_SECONDS = 3;

/**
 * Maps every error of a request to a response of the contract; internals appear in the log only.
 */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const clientError = classifyError(error);
  if (clientError === null) {
    request.log.error({ err: error, ...subjectOf(request) }, 'a request failed');
    return sendErrorEnvelope(reply, new DomainError('INTERNAL_SERVER_ERROR', 'Internal server error'));
  }
  if (clientError instanceof PlainTextError) return sendPlainText(reply, clientError.status, clientError.message);
  if (clientError instanceof AuthenticationError) return sendJson(reply, 401, clientError.body);
  if (clientError instanceof RateLimited) reply.header('retry-after', clientError.retryAfterSeconds);
  if (clientError.status === 503) reply.header('retry-after', RETRY_SECONDS);
  if (clientError.code === 'DATABASE_ERROR' || isRejectedByDatabase(error))
    request.log.error({ err: error, ...subjectOf(request) }, 'the database failed');
  if (clientError.code === 'DECRYPT_FAILED')
    request.log.error({ err: error, ...subjectOf(request) }, 'a sealed value does not open');
  return sendErrorEnvelope(reply, clientError);
}

/** The server answers, and cannot do what it should. */
const isRejectedByDatabase = (error: unknown): boolean => isDatabaseUnusable(error) && !isLostConnection(error);

/**
 * Names a request in its log entry: its id in the audit log, its route, and what it is about.
 * Other names of its path may be secrets.
 */
function subjectOf({ audit, method, routeOptions, params }: FastifyRequest): Record<string, unknown> {
  const { id, ref } = (params ?? {}) as Readonly<Record<string, unknown>>;
  const named = { ...(id !== undefined && { id }), ...(ref !== undefined && { ref }) };
  return { request: audit.id, method, route: routeOptions.url, ...named };
}

type ClientError = DomainError | PlainTextError | AuthenticationError;

function classifyError(error: unknown): ClientError | null {
  if (error instanceof DomainError) return error;
  if (error instanceof PlainTextError || error instanceof AuthenticationError) return error;
  return translateDatabaseError(error) ?? frameworkError(error as FastifyError);
}

/** Errors of the framework, by code. */
function frameworkError({
  code,
  validation,
  validationContext,
  statusCode,
}: FastifyError): PlainTextError | DomainError | null {
  if (validation) return translateValidationErrors(validation as ErrorObject[], validationContext ?? 'body');
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new PlainTextError(413, `the body is larger than ${MAX_BODY_BYTES} bytes`);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new PlainTextError(415, 'the body must be JSON: send it with Content-Type: application/json');
  }
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') {
    return new PlainTextError(400, 'the body is not as long as Content-Length says');
  }
  if (statusCode === 413) return new PlainTextError(413, 'the body is too large');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new PlainTextError(400, 'the request cannot be read');
  }
  return null;
}

/** `text/plain`, as for every error before a handler. */
export function sendPlainText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').serializer(String).send(text);
}

function sendErrorEnvelope(reply: FastifyReply, { status, message, code, details }: DomainError): FastifyReply {
  const body: ErrorEnvelope = details === undefined ? { error: message, code } : { error: message, code, details };
  return sendJson(reply, status, body);
}

const sendJson = (reply: FastifyReply, status: number, body: object): FastifyReply =>
  reply.code(status).type('application/json; charset=utf-8').serializer(writeJson).send(body);
