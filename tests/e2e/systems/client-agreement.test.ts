// Spec: served routes, OpenAPI document and client verbs agree; every verb works as documented.
import { ResponseChecker, responseToBegin, documentedRoutes, recordVerbs } from '../support/openapi-agreement';
import { createClient, type Client } from '../../../helpers/client/client';
import { EXTENSION_ROUTES } from '../support/extension-routes';
import { routeOf } from '../../../helpers/client/operation';
import { clientVerbs } from '../../../helpers/docs/client-table';
import { until } from '../../../helpers/scenario/polling';
import { currentRunFacts } from '../../../helpers/target/run-facts';
import { systemTest } from '../support/system-test';
import { events } from './client-agreement/events';
import type { VerbTestContext } from './client-agreement/verb-test-context';
import { actionsAndWorkflows, packs } from './client-agreement/packs';
import { identities, unconfiguredLogins, permissions, ownAccount } from './client-agreement/identities';
import {
  clock,
  tenantWorkers,
  platformStatus,
  keys,
  standaloneWorkers,
  tenants,
  workers,
} from './client-agreement/platform';
import { queues } from './client-agreement/queues';
import { records } from './client-agreement/records';
import { sensors } from './client-agreement/sensors';
import { artifacts, executions, inquiries } from './client-agreement/executions';

/** A browser calls them, the client does not: the page of the document, and its own sessions. */
const NOT_CALLED = ['GET /docs', 'POST /auth/session', 'POST /auth/session/renew', 'DELETE /auth/session'];

const facts = currentRunFacts();
const anonymousClient = createClient({ baseUrl: facts.url });
const verbs = clientVerbs(anonymousClient);
const calledVerbs = new Set<string>();
let responses: ResponseChecker;
let hasExtensions: boolean;

beforeAll(async () => {
  const document = await anonymousClient.openapi.get();
  responses = new ResponseChecker(document);
  hasExtensions = documentedRoutes(document).some((route) => EXTENSION_ROUTES.includes(route));
});

const clientFor = (token: string): Client =>
  recordVerbs(createClient({ baseUrl: facts.url, token, observe: responses.observe }), calledVerbs);

const routes = [...new Set(verbs.map(({ operation }) => routeOf(operation)))];

systemTest('every documented route has a client verb and the reverse', async () => {
  const described = documentedRoutes(await anonymousClient.openapi.get()).filter(
    (route) => !NOT_CALLED.includes(route),
  );

  expect(described.filter((route) => !routes.includes(route))).toEqual([]);
  expect(routes.filter((route) => !described.includes(route)).sort()).toEqual(hasExtensions ? [] : EXTENSION_ROUTES);
  expect(verbs.length).toBeGreaterThanOrEqual(60);
});

/** A test that calls every verb of some resources. */
const testVerbs = (resources: string, callVerbs: (setup: VerbTestContext) => Promise<void>): void =>
  systemTest(`every verb works as documented: ${resources}`, (ctx) => {
    const waitForResponse = (route: string) => until(responseToBegin(responses, route), ctx.deadline);
    return callVerbs({ ctx, client: clientFor(facts.token), hasExtensions, waitForResponse, clientFor });
  });

testVerbs('the own account', ownAccount);
testVerbs('log-in methods that are not configured', unconfiguredLogins);
testVerbs('identities and integration tokens', identities);
testVerbs('the clock of the tenant', clock);
testVerbs('permissions', permissions);
testVerbs('health, capabilities and the document', platformStatus);
testVerbs('workers', workers);
testVerbs('workers of a tenant', tenantWorkers);
testVerbs('tokens of standalone workers', standaloneWorkers);
testVerbs('keys', keys);
testVerbs('tenants', tenants);
testVerbs('packs', packs);
testVerbs('actions, workflows and runtimes', actionsAndWorkflows);
testVerbs('executions', executions);
testVerbs('artifacts', artifacts);
testVerbs('inquiries', inquiries);
testVerbs('triggers, webhooks, rules, events and enforcements', events);
testVerbs('sensors', sensors);
testVerbs('work queues', queues);
testVerbs('histories, analytics and the audit log', records);

systemTest('every verb was called and every response matched the document', () => {
  const uncalled = verbs.map(({ name }) => name).filter((verb) => !calledVerbs.has(verb));
  const served = routes.filter((route) => hasExtensions || !EXTENSION_ROUTES.includes(route));
  const unansweredRoutes = served.filter((route) => !responses.checkedRoutes.has(route));
  expect({ uncalled, unansweredRoutes, faults: responses.faults }).toEqual({
    uncalled: [],
    unansweredRoutes: [],
    faults: [],
  });
  return Promise.resolve();
});
