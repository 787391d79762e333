import { Type, type Static } from '@sinclair/typebox';
import { Id, Timestamp, optionalOrNull } from './json';

/** A name is part of the paths of its files. */
export const STANDALONE_NAME = '^[a-z0-9][a-z0-9_-]{0,62}$';

/** Bounds of the lifetime of a token. */
export const WORKER_TOKEN_SECONDS = { least: 60, most: 31_536_000 } as const;

export const CreateWorkerToken = Type.Object({
  name: Type.String({ pattern: STANDALONE_NAME, description: 'of the worker; it is added where it is new' }),
  ttl_seconds: optionalOrNull(
    Type.Integer({
      minimum: WORKER_TOKEN_SECONDS.least,
      maximum: WORKER_TOKEN_SECONDS.most,
      description: 'a day by default',
    }),
  ),
});
export type CreateWorkerToken = Static<typeof CreateWorkerToken>;

/** What a process presents to connect as the worker; not shown again. */
export const WorkerToken = Type.Object({
  worker_id: Id,
  name: Type.String(),
  token: Type.String(),
  expires_at: Timestamp,
});
export type WorkerToken = Static<typeof WorkerToken>;

export const RevokedWorkerTokens = Type.Object({ worker_id: Id, revoked: Type.Literal(true) });
export type RevokedWorkerTokens = Static<typeof RevokedWorkerTokens>;
