import { join } from 'node:path';
import { Type, type Static } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import nunjucks from 'nunjucks';
import { projectRoot } from '../../../platform/base/directories';
import { RunPath } from '../server/run-path';
import type { Store } from '../store/open-store';
import { getRun, listRepositories, listRuns, type RunSummary } from '../store/runs';

const RepositoryPath = Type.Object({ repository: Type.String() });
const Page = Type.Object({ before: Type.Optional(Type.Integer({ minimum: 1 })) });
const RUNS_ON_PAGE = 50;

/** The pages for people. All content is escaped, and nothing is loaded from elsewhere. */
export function addPageRoutes(server: FastifyInstance, store: Store): void {
  const loader = new nunjucks.FileSystemLoader(join(projectRoot(), 'tools/hub/page'));
  const templates = new nunjucks.Environment(loader, { autoescape: true, throwOnUndefined: true, trimBlocks: true });
  const send = (reply: FastifyReply, name: string, values: object) =>
    reply.type('text/html; charset=utf-8').send(templates.render(`${name}.njk`, values));
  server.get('/', async (_, reply) => {
    const repositories = await listRepositories(store);
    return send(reply, 'repositories', { repositories: repositories.map(summaryOf) });
  });
  server.get(
    '/repositories/:repository',
    { schema: { params: RepositoryPath, querystring: Page } },
    async (request, reply) => {
      const { repository } = request.params as Static<typeof RepositoryPath>;
      const { before } = request.query as Static<typeof Page>;
      const runs = await listRuns(store, { repository, limit: RUNS_ON_PAGE, ...(before !== undefined && { before }) });
      if (runs.length === 0) return reply.code(404).type('text/plain').send(`there is no run of ${repository}\n`);
      const older = runs.length === RUNS_ON_PAGE ? runs.at(-1)!.id : null;
      const rows = runs.map((run) => ({ ...run, seconds: secondsOf(run).toFixed(1) }));
      return send(reply, 'repository', { repository, runs: rows, bars: trendOf(runs), older });
    },
  );
  server.get('/runs/:id', { schema: { params: RunPath } }, async ({ params }, reply) => {
    const { id } = params as Static<typeof RunPath>;
    const run = await getRun(store, id);
    if (run === null) return reply.code(404).type('text/plain').send(`there is no run ${id}\n`);
    return send(reply, 'run', { run, report: run.report });
  });
}

/** A row of the list: an interrupted run says nothing of its repository. */
function summaryOf({ repository, runs }: Awaited<ReturnType<typeof listRepositories>>[number]) {
  const decided = runs.filter(({ outcome }) => outcome !== 'cancelled');
  const green = decided.filter(({ outcome }) => outcome === 'passed');
  return { repository, newest: runs[0]!, green: green.length, decided: decided.length, bars: trendOf(runs) };
}

/** One run in a trend. `height`: of its bar, pixels. */
interface Bar {
  readonly outcome: RunSummary['outcome'];
  readonly height: number;
  readonly label: string;
}

const LOWEST = 4;
const HIGHEST = 32;

const secondsOf = ({ started, finished }: Pick<RunSummary, 'started' | 'finished'>): number =>
  (Date.parse(finished) - Date.parse(started)) / 1_000;

/** The runs as bars, oldest first: each as high as its run was long, compared with the longest. */
function trendOf(newestFirst: readonly RunSummary[]): Bar[] {
  const longest = Math.max(...newestFirst.map(secondsOf));
  return [...newestFirst].reverse().map((run) => ({
    outcome: run.outcome,
    height: Math.round(LOWEST + (longest > 0 ? secondsOf(run) / longest : 0) * (HIGHEST - LOWEST)),
    label: `${run.started}: ${run.outcome}, ${secondsOf(run).toFixed(1)} s`,
  }));
}
