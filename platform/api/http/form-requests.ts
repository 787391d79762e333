import type { FastifyReply, FastifyRequest } from 'fastify';
import { PlainTextError } from './errors';

/** A hook for routes that accept forms: any other content type is answered 415. */
export const requireForm = (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void =>
  done(isForm(request) ? undefined : notFormError());

const isForm = ({ headers }: FastifyRequest): boolean =>
  (headers['content-type'] ?? '').toLowerCase().startsWith('multipart/form-data');

const notFormError = () => new PlainTextError(415, 'the body must be a form: send it as multipart/form-data');
