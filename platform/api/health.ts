import { Type } from '@sinclair/typebox';
import type { Api, ApiContext } from './http/context';

const Health = Type.Object({ status: Type.Literal('ok') });
const DetailedHealth = Type.Object({
  status: Type.Literal('ok'),
  version: Type.String(),
  database: Type.Literal('connected'),
});
const Unhealthy = Type.Object({
  status: Type.Literal('error'),
  database: Type.Literal('disconnected'),
  error: Type.String(),
});

/** Public. `ready` reports whether the database responds, `live` only that this process does. */
export function healthRoutes(api: Api, { databaseProbe, version }: ApiContext): void {
  const config = { isPublic: true };
  const tags = ['health'];

  api.get(
    '/health',
    { config, schema: { tags, response: { 200: Health } } },
    (_request, reply) => void reply.send({ status: 'ok' }),
  );

  api.get(
    '/health/detailed',
    { config, schema: { tags, response: { 200: DetailedHealth, 503: Unhealthy } } },
    async (_request, reply) => {
      if (await databaseProbe.isReachable()) return { status: 'ok' as const, version, database: 'connected' as const };
      reply.code(503);
      return { status: 'error' as const, database: 'disconnected' as const, error: 'the database does not answer' };
    },
  );

  api.get('/health/ready', { config, schema: { tags } }, async (_request, reply) =>
    reply.code((await databaseProbe.isReachable()) ? 200 : 503).send(),
  );
  api.get('/health/live', { config, schema: { tags } }, (_request, reply) => reply.code(200).send());
}
