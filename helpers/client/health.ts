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

  /** 503 while the database is away. */
  detailed: rootVerb('GET /health/detailed', (call) => () => request.bare(DetailedHealth, call())),
});
