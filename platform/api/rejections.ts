import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorObject } from 'ajv';
import type { ErrorEnvelope } from '../../contract/errors';
import { Refusal } from '../refusal';
import { databaseRefusal } from './database-errors';
import { TextRefusal, Throttled, TokenRefusal } from './errors';
import { BODY_LIMIT } from './json-body';
import { validationRefusal } from './validation';

/** Every error of a request becomes one of the contract's shapes here; nothing of ours shows but in the log. */
export function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = refusalOf(error);
  if (refusal === null) {
    request.log.error({ error, route: request.routeOptions.url }, 'a request failed');
    return envelopeA(reply, new Refusal('INTERNAL_SERVER_ERROR', 'Internal server error'));
  }
  if (refusal instanceof TextRefusal) return plain(reply, refusal.status, refusal.message);
  if (refusal instanceof TokenRefusal) return json(reply, 401, refusal.body);
  if (refusal instanceof Throttled) reply.header('retry-after', refusal.retryAfterSeconds);
  if (refusal.code === 'DATABASE_ERROR') request.log.error({ error }, 'the database failed');
  if (refusal.code === 'DECRYPT_FAILED') request.log.error({ error }, 'a sealed value does not open');
  return envelopeA(reply, refusal);
}

type AnyRefusal = Refusal | TextRefusal | TokenRefusal;

function refusalOf(error: unknown): AnyRefusal | null {
  if (error instanceof Refusal) return error;
  if (error instanceof TextRefusal || error instanceof TokenRefusal) return error;
  return databaseRefusal(error) ?? frameRefusal(error as FastifyError);
}

/** The framework's own errors, by code. */
function frameRefusal({ code, validation, validationContext, statusCode }: FastifyError): TextRefusal | Refusal | null {
  if (validation) return validationRefusal(validation as ErrorObject[], validationContext ?? 'body');
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new TextRefusal(413, `the body is larger than ${BODY_LIMIT} bytes`);
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new TextRefusal(415, 'the body must be JSON: send it with Content-Type: application/json');
  }
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH') {
    return new TextRefusal(400, 'the body is not as long as Content-Length says');
  }
  if (statusCode === 413) return new TextRefusal(413, 'the body is too large');
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new TextRefusal(400, 'the request cannot be read');
  }
  return null;
}

/** `text/plain`, as every refusal of the frame. */
export function plain(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').serializer(String).send(text);
}

function envelopeA(reply: FastifyReply, { status, message, code, details }: Refusal): FastifyReply {
  const body: ErrorEnvelope = details === undefined ? { error: message, code } : { error: message, code, details };
  return json(reply, status, body);
}

const json = (reply: FastifyReply, status: number, body: object): FastifyReply =>
  reply.code(status).type('application/json; charset=utf-8').serializer(JSON.stringify).send(body);
