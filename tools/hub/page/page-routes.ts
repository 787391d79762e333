import { Type, type Static } from '@sinclair/typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { attemptsOf, hasFailed, isFlaky } from '../../../helpers/run-report/attempts';
import { pageData } from '../../../helpers/run-report/html-report';
import type { RunModel } from '../../../helpers/run-report/run-model';
import { testName } from '../../../helpers/run-report/test-name';
import { RunPath } from '../server/run-path';
import { RunSelection, selectedOf } from '../server/run-selection';
import type { Store } from '../store/open-store';
import { getRun, listBranches, listRepositories, listRuns, type RunSummary } from '../store/runs';
import { listFlaky, listUnpassed } from '../store/tests';
import { runTexts, whenText } from './run-texts';
import { openTemplates } from './templates';
import { trendLabel, trendOf } from './trend';

const RepositoryPath = Type.Object({ repository: Type.String() });
const RUNS_ON_PAGE = 50;
/** Names of failed tests beside a run in a list. */
const SHOWN_TESTS = 5;
const FLAKY_DAYS = 30;
const SMALL = { height: 32, step: 8 };
const LARGE = { height: 72, step: 16 };

/** The pages for people. All content is escaped, and nothing is loaded from elsewhere. */
export function addPageRoutes(server: FastifyInstance, store: Store): void {
  const templates = openTemplates();
  const send = (reply: FastifyReply, name: string, values: object) =>
    reply.type('text/html; charset=utf-8').send(templates.render(`${name}.njk`, values));
  const sendAbsent = (reply: FastifyReply, what: string) =>
    reply.code(404).type('text/plain').send(`there is no ${what}\n`);

  server.get('/', async (_, reply) => {
    const repositories = await listRepositories(store);
    const newest = await withTests(
      store,
      repositories.map(({ runs }) => runs[0]!),
    );
    const rows = repositories.map(({ repository, runs }, n) => ({ ...summaryOf(repository, runs), newest: newest[n] }));
    return send(reply, 'repositories', { repositories: rows });
  });

  server.get(
    '/repositories/:repository',
    { schema: { params: RepositoryPath, querystring: RunSelection } },
    async ({ params, query }, reply) => {
      const { repository } = params as Static<typeof RepositoryPath>;
      const selection = selectedOf(query as RunSelection);
      const branches = await listBranches(store, repository);
      const runs = await listRuns(store, { ...selection, repository, limit: RUNS_ON_PAGE });
      const isKnown = runs.length > 0 || (await listRuns(store, { repository, limit: 1 })).length > 0;
      if (!isKnown) return sendAbsent(reply, `run of ${repository}`);
      const flaky = await listFlaky(store, repository, FLAKY_DAYS);
      return send(reply, 'repository', {
        repository,
        branches,
        selection: { text: selection.text ?? '', branch: selection.branch ?? '', outcome: selection.outcome ?? '' },
        runs: await withTests(store, runs),
        chart: trendOf(runs, LARGE),
        label: trendLabel(runs),
        older: runs.length === RUNS_ON_PAGE ? olderLink(selection, runs.at(-1)!.id) : null,
        flaky: flaky.map((test) => ({ ...test, when: whenText(test.last_at) })),
        flakyDays: FLAKY_DAYS,
      });
    },
  );

  server.get('/runs/:id', { schema: { params: RunPath } }, async ({ params }, reply) => {
    const { id } = params as Static<typeof RunPath>;
    const run = await getRun(store, id);
    if (run === null) return sendAbsent(reply, `run ${id}`);
    const { report } = run;
    if (report.schema === 'sandbox-report/1')
      return send(reply, 'sandbox', { run: runTexts(run), report, tests: report.test?.failed_cases ?? [] });
    return send(reply, 'suite', { run: runTexts(run), report, tests: unpassedOf(report.run) });
  });

  server.get('/runs/:id/report', { schema: { params: RunPath } }, async ({ params }, reply) => {
    const { id } = params as Static<typeof RunPath>;
    const run = await getRun(store, id);
    if (run?.report.schema !== 'suite-report/1') return sendAbsent(reply, `report of run ${id}`);
    return send(reply, 'report', { title: `Run ${run.name}`, json: pageData(run.report.run) });
  });
}

/** A row of the list: an interrupted run states nothing about its repository. */
function summaryOf(repository: string, runs: readonly RunSummary[]) {
  const decided = runs.filter(({ outcome }) => outcome !== 'cancelled');
  const green = decided.filter(({ outcome }) => outcome === 'passed');
  const chart = trendOf(runs, SMALL);
  return { repository, green: green.length, decided: decided.length, chart, label: trendLabel(runs) };
}

/** Each run with its texts and its first tests that did not pass. */
async function withTests(store: Store, runs: readonly RunSummary[]) {
  const unpassed = await listUnpassed(
    store,
    runs.map(({ id }) => id),
  );
  return runs.map((run) => {
    const own = unpassed.filter((test) => test.run === run.id);
    return { ...runTexts(run), tests: own.slice(0, SHOWN_TESTS), more: own.length - SHOWN_TESTS };
  });
}

function olderLink(selection: ReturnType<typeof selectedOf>, before: number): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...selection, before }))
    if (value !== undefined) query.set(name, String(value));
  return `?${query.toString()}`;
}

/** Of a run of the scenarios. `anchor`: in its report. */
const unpassedOf = ({ claims }: RunModel) =>
  claims
    .filter((claim) => hasFailed(claim) || isFlaky(claim))
    .map((claim) => ({
      name: testName(claim),
      anchor: claim.id,
      file: claim.file,
      outcome: isFlaky(claim) ? 'flaky' : 'failed',
      took: `${claim.seconds.toFixed(1)} s`,
      message: attemptsOf(claim).findLast(({ failure }) => failure !== null)?.failure?.summary ?? '',
    }));
