import type { FastifyReply } from 'fastify';
import { DomainError } from '../../base/domain-error';

/** Aborts when the client disconnects before it has its response. */
export function disconnectSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort(new DomainError('BAD_REQUEST', 'the client has disconnected'));
  });
  return controller.signal;
}
