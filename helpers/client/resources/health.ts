import { Type } from '@sinclair/typebox';
import { Identity } from '../../../contract/capabilities';
import { rootVerb } from '../operation';
import type { Request } from '../request';

const Health = Type.Object({ status: Type.Literal('ok') });
const DetailedHealth = Type.Object({
  ...Health.properties,
  version: Type.String(),
  database: Type.Literal('connected'),
});

/** Public: needs no token. */
export const health = (request: Request) => ({
  get: rootVerb(['GET /health', 'health'], (call) => request.body(Health, call())),

  /** 200 while the database responds, else ApiError 503. */
  ready: rootVerb('GET /health/ready', (call) => request.status(call())),

  /** 200 while the process responds. */
  live: rootVerb('GET /health/live', (call) => request.status(call())),

  /** Which platform answers. */
  identity: rootVerb('GET /health/identity', (call) => request.body(Identity, call())),

  /** 503 while the database does not respond. */
  detailed: rootVerb('GET /health/detailed', (call) => request.body(DetailedHealth, call())),
});
