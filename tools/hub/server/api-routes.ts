import { createHash } from 'node:crypto';
import { Type, type Static } from '@sinclair/typebox';
import type { FastifyInstance } from 'fastify';
import { parseReport } from './parse-report';
import { RunPath } from './run-path';
import { RunSelection, selectedOf } from './run-selection';
import type { Store } from '../store/open-store';
import { pruneRuns } from '../store/prune-runs';
import { getRun, listRepositories, listRuns, storeRun } from '../store/runs';

const Filter = Type.Object(
  {
    ...RunSelection.properties,
    repository: Type.Optional(Type.String({ minLength: 1 })),
    limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  },
  { additionalProperties: false },
);
const MAX_KEY_CHARACTERS = 200;
/** Problems of a report that an answer names. */
const MOST_PROBLEMS = 20;

/**
 * The routes for programs, below `/api/v1`: their answers are in `data`. A new report removes
 * those that were received more than `keepDays` ago.
 */
export function addApiRoutes(server: FastifyInstance, store: Store, keepDays: number): void {
  server.post('/api/v1/runs', async ({ body, headers }, reply) => {
    const parsed = parseReport(body);
    if ('problems' in parsed)
      return reply
        .code(422)
        .send({ error: parsed.problems.slice(0, MOST_PROBLEMS).join('; '), code: 'REPORT_INVALID' });
    const key = headers['idempotency-key'] ?? createHash('sha256').update(JSON.stringify(body)).digest('hex');
    if (typeof key !== 'string' || key === '' || key.length > MAX_KEY_CHARACTERS)
      return reply.code(400).send({ error: 'idempotency-key has 1 to 200 characters', code: 'BAD_REQUEST' });
    const { id, isNew } = await storeRun(store, key, parsed.run);
    if (isNew) await pruneRuns(store, keepDays);
    return reply.code(isNew ? 201 : 200).send({ data: { id, created: isNew } });
  });
  server.get('/api/v1/runs', { schema: { querystring: Filter } }, async ({ query }) => {
    const { repository, limit, ...selection } = query as Static<typeof Filter>;
    return { data: await listRuns(store, { ...selectedOf(selection), repository, limit }) };
  });
  server.get('/api/v1/runs/:id', { schema: { params: RunPath } }, async ({ params }, reply) => {
    const { id } = params as Static<typeof RunPath>;
    const run = await getRun(store, id);
    return run ? { data: run } : reply.code(404).send({ error: `there is no run ${id}`, code: 'NOT_FOUND' });
  });
  server.get('/api/v1/repositories', async () => ({ data: await listRepositories(store) }));
}
