import { Type } from '@sinclair/typebox';
import { rootVerb } from './operation';
import type { Request } from './request';

const Health = Type.Object({ status: Type.Literal('ok') });
const DetailedHealth = Type.Object({
  ...Health.properties,
  version: Type.String(),
  database: Type.Literal('connected'),
});

/** Public: needs no token. */
export const health = (request: Request) => ({
  get: rootVerb('GET /health', (call) => () => request.bare(Health, call()), 'health'),

  /** 200 while the database answers, else ApiError 503. */
  ready: rootVerb('GET /health/ready', (call) => () => request.status(call())),

  /** 200: the process does. */
  live: rootVerb('GET /health/live', (call) => () => request.status(call())),

  /** 503 while the database is away. */
  detailed: rootVerb('GET /health/detailed', (call) => () => request.bare(DetailedHealth, call())),
});
