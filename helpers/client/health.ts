import { Type } from '@sinclair/typebox';
import type { Request } from './request';

const Health = Type.Object({ status: Type.Literal('ok') });
const DetailedHealth = Type.Object({
  ...Health.properties,
  version: Type.String(),
  database: Type.Literal('connected'),
});

/** Public: needs no token. */
export const health = (request: Request) => ({
  get: () => request.bare(Health, { method: 'GET', path: '/health', root: true }),

  /** 503 while the database is away. */
  detailed: () => request.bare(DetailedHealth, { method: 'GET', path: '/health/detailed', root: true }),
});
