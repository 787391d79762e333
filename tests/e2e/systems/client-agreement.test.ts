// Spec: the routes that are served, the document that describes them and the verbs of the client are the same; every verb works, and is answered as both say.
import { Answers, answerToCome, describedRoutes, watched } from '../../../helpers/agreement';
import { createClient, type Client } from '../../../helpers/client/client';
import { verbsOf } from '../../../helpers/client-table';
import { until } from '../../../helpers/polling';
import { currentRun } from '../../../helpers/run';
import { trial } from '../../../helpers/trial';
import { events } from './client-agreement/events';
import type { Guide } from './client-agreement/guide';
import { actionsAndWorkflows, packs } from './client-agreement/packs';
import { identities, otherLogIns, permissions, whoOneIs } from './client-agreement/people';
import { aboutItself, keys, tenants, workers } from './client-agreement/platform';
import { sensors } from './client-agreement/sensors';
import { artifacts, executions, inquiries } from './client-agreement/work';

/** What no program asks for. */
const FOR_PEOPLE = ['GET /docs']; // a page to read the document by

const facts = currentRun();
const stranger = createClient({ baseUrl: facts.url });
const verbs = verbsOf(stranger);
const used = new Set<string>();
let answers: Answers;

beforeAll(async () => {
  answers = new Answers(await stranger.openapi.get());
});

const as = (token: string): Client =>
  watched(createClient({ baseUrl: facts.url, token, observe: answers.observe }), used);

const routes = [...new Set(verbs.map(({ operation: { method, path } }) => `${method} ${path}`))];

trial('every route that is described has a verb, and every verb a route', async () => {
  const described = describedRoutes(await stranger.openapi.get()).filter((route) => !FOR_PEOPLE.includes(route));

  expect(described.filter((route) => !routes.includes(route))).toEqual([]);
  expect(routes.filter((route) => !described.includes(route))).toEqual([]);
  expect(verbs.length).toBeGreaterThanOrEqual(60);
});

/** Calls every verb of some resources. */
const tour = (title: string, walk: (guide: Guide) => Promise<void>): void =>
  trial(title, (ctx) => {
    const heard = (route: string) => until(answerToCome(answers, route), ctx.deadline);
    return walk({ ctx, client: as(facts.token), heard, as });
  });

tour('who one is', whoOneIs);
tour('log-ins that are not configured', otherLogIns);
tour('identities and integration tokens', identities);
tour('permissions', permissions);
tour('health, capabilities and the document', aboutItself);
tour('workers', workers);
tour('keys', keys);
tour('tenants', tenants);
tour('packs', packs);
tour('actions, workflows and runtimes', actionsAndWorkflows);
tour('executions', executions);
tour('artifacts', artifacts);
tour('inquiries', inquiries);
tour('triggers, webhooks, rules, events and enforcements', events);
tour('sensors', sensors);

trial('every verb was called, every route was heard, and every answer was as described', () => {
  const uncalled = verbs.map(({ name }) => name).filter((verb) => !used.has(verb));
  const unheard = routes.filter((route) => !answers.seen.has(route));
  expect({ uncalled, unheard, faults: answers.faults }).toEqual({ uncalled: [], unheard: [], faults: [] });
  return Promise.resolve();
});
