import ipaddr from 'ipaddr.js';
import { Type } from '@sinclair/typebox';
import { Identity } from '../../../contract/capabilities';
import type { Api, ApiContext } from '../http/context';
import { notReady } from './readiness';

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

/**
 * Public. `identity` reports which platform answers, `ready` whether it can store and accepts new
 * work, `live` only that this process answers.
 */
export function healthRoutes(
  api: Api,
  { databaseProbe, readiness, version, extensions, platform, stackId, roles, drain }: ApiContext,
): void {
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

  // Of the contract's empty body: which part has failed is ours.
  api.get('/health/ready', { config, schema: { tags } }, async (_request, reply) => {
    const failed = await readiness.failedParts();
    if (failed.length === 0) return reply.code(200).send();
    return reply.code(503).send(extensions ? notReady(failed) : undefined);
  });
  if (extensions) {
    const { instance_id, source, started_at } = platform;
    const stack = { ...(stackId !== undefined && { stack_id: stackId }) };
    const grace = { shutdown_grace_seconds: drain.graceMs / 1_000 };
    const identity = {
      instance_id,
      ...stack,
      version,
      ...(source !== undefined && { source }),
      started_at,
      roles: [...roles],
      ...grace,
    };
    api.get('/health/identity', { config, schema: { tags, response: { 200: Identity } } }, (request, reply) => {
      const isLocal = ipaddr.process(request.ip).range() === 'loopback';
      void reply.send({ ...identity, draining: drain.isDraining, ...(isLocal && { pid: process.pid }) });
    });
  }
  api.get('/health/live', { config, schema: { tags } }, (_request, reply) => reply.code(200).send());
}
