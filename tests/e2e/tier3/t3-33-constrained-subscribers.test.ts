// Spec: a subscriber with a constrained grant receives what each of its constraints names.
import { createClient } from '../../../helpers/client/client';
import type { NotifierSocket } from '../../../helpers/client/notifier-socket';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { executionToBe } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import {
  isAbout,
  notificationsMatching,
  notificationsToArrive,
  openNotifierSocket,
  type Notification,
} from '../../../helpers/scenario/resources/notifications';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { forgeProgramToken, readTokenSecret } from '../support/forge-token';
import { createExecutionWorld, EXECUTION_CONSTRAINTS, runExecutions } from '../support/matrix/execution-constraints';
import { asGrant } from '../support/matrix/grant-names';

const NEEDS = ['rbac', 'tenants', 'notify.scoping'];

/** One that may read everything, and one whose right is asked about. */
interface Subscribers {
  readonly all: NotifierSocket;
  readonly limited: NotifierSocket;
}

const isEndOf =
  (id: number) =>
  (one: Notification): boolean =>
    isAbout('execution', id)(one) &&
    one.notification_type === 'execution_status_changed' &&
    one.payload.status === 'completed';

/** The names of the ended executions whose end has arrived at the limited subscriber. */
async function arrivedNames(ctx: Context, { all, limited }: Subscribers, ids: Readonly<Record<string, number>>) {
  for (const [name, id] of Object.entries(ids))
    await until(notificationsToArrive(1, name, all, isEndOf(id)), ctx.deadline);
  await limited.unsubscribe('all'); // its answer comes after all that was sent before
  await limited.subscribe('all');
  return Object.keys(ids).filter((name) => notificationsMatching(limited, isEndOf(ids[name]!)).length > 0);
}

type Grant = ReturnType<typeof asGrant>;

/** The grants of a subscriber that also starts executions. */
const readingWith = (constraints: Grant): Grant[] => [
  asGrant('actions:execute', null),
  { resource: 'executions', actions: ['read'], constraints },
];

/** Creates the world in a tenant of its own, with a subscriber that may read everything. */
async function createSubscribedWorld(ctx: Context) {
  const { url, directory } = ctx.facts;
  const { client: admin, token } = await createTestTenant(ctx, 'own');
  const options = { url, directory: `${directory}/fixtures`, deadline: ctx.deadline };
  const world = await createExecutionWorld(admin, options);
  return { admin, world, all: await openNotifierSocket(ctx, ['all'], token) };
}

claim('T3.33r', NEEDS, 'a subscriber receives the executions that a constraint names', async (ctx) => {
  const { admin, world, all } = await createSubscribedWorld(ctx);
  const reader = createClient({ baseUrl: ctx.facts.url, token: world.token });
  const limited = await openNotifierSocket(ctx, ['all'], world.token);
  const seen: object[] = [];

  for (const [constraintsOf] of EXECUTION_CONSTRAINTS) {
    const constraints = constraintsOf(world);
    await world.set.grant(readingWith(constraints));
    const ids = await runExecutions({ reader, admin, packs: world.packs, deadline: ctx.deadline });
    seen.push({ constraints, arrived: await arrivedNames(ctx, { all, limited }, ids) });
  }

  const expected = EXECUTION_CONSTRAINTS.map(([of, opened]) => ({ constraints: of(world), arrived: [...opened] }));
  expect(seen).toEqual(expected);
});

/** What a program receives of its child, of the task of that, and of another execution. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  self: [],
  descendants: ['child', 'task'],
  any: ['child', 'task', 'other'],
};

claim('T3.33s', [...NEEDS, 'sql'], 'a program receives the executions of its scope', async (ctx) => {
  const { admin, world, all } = await createSubscribedWorld(ctx);
  const { id: execution } = await admin.executions.execute({ action_ref: 'core.sleep', parameters: { seconds: 60 } });
  await until(executionToBe('running', admin, execution), ctx.deadline);
  const program = { identity: world.reader, execution, permissionSets: [world.set.ref] };
  const token = await forgeProgramToken(await readTokenSecret(ctx.facts), program);
  const client = createClient({ baseUrl: ctx.facts.url, token });
  const arrived: Record<string, readonly string[]> = {};

  for (const scope of Object.keys(SCOPES)) {
    await world.set.grant(readingWith({ execution_scope: scope }));
    const limited = await openNotifierSocket(ctx, ['all'], token);
    const { id: child } = await client.executions.execute({ action_ref: `${world.packs[0]}.flow` });
    const { id: other } = await admin.executions.execute({ action_ref: 'core.noop' });
    for (const id of [child, other]) await until(executionToBe('completed', admin, id), ctx.deadline);
    const [task] = await admin.executions.children(child);
    arrived[scope] = await arrivedNames(ctx, { all, limited }, { child, task: task!.id, other });
  }

  expect(arrived).toEqual(SCOPES);
});
