// Whatever users of different rights save, one after the other: no attempt has a permission set
// that one of its authors did not hold when saving, or that its executor does not hold now.
import { runSeed } from '../../../../helpers/sized';
import { fc } from '../../../seeded-properties';
import { withAttempts, type User } from './with-attempts';

jest.setTimeout(120_000);

const SETS = ['test.a', 'test.b'] as const;
type Set = (typeof SETS)[number];
const ACTIONS = ['open.one', 'open.two'] as const;
const FLOWS = ['open.flow-one', 'open.flow-two'] as const;
const RULES = ['open.rule-one', 'open.rule-two'] as const;
const USERS = 3;
const HISTORIES = 12;
const STEPS = 30;

const user = fc.nat(USERS - 1);
const set = fc.option(fc.constantFrom(...SETS), { nil: null, freq: 3 });
const action = fc.constantFrom(...ACTIONS);
const flow = fc.constantFrom(...FLOWS);
const rule = fc.constantFrom(...RULES);
const step = fc.oneof(
  fc.record({ do: fc.constant('grant' as const), user, set: fc.constantFrom(...SETS) }),
  fc.record({ do: fc.constant('save action' as const), user, action, set }),
  fc.record({ do: fc.constant('save flow' as const), user, flow, action, set }),
  fc.record({ do: fc.constant('compile flow' as const), user, flow, action, set }),
  fc.record({ do: fc.constant('save rule' as const), user, rule, target: fc.oneof(action, flow), set }),
  fc.record({ do: fc.constant('run' as const), user, target: fc.oneof(action, flow), set }),
  fc.record({ do: fc.constant('run strictly' as const), user, flow }),
  fc.record({ do: fc.constant('fire' as const), rule }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
type StepOf<Do extends Step['do']> = Extract<Step, { do: Do }>;

/** What the author of a text held when it was saved. */
type Held = ReadonlySet<Set>;
interface Flow {
  readonly action: string;
  readonly held: Held;
}
interface Plan {
  readonly held: Held;
  /** The author of the action when it was compiled. */
  readonly actionHeld: Held;
}

const world = withAttempts();
let users: User[];
const held: globalThis.Set<Set>[] = [];
const assignments = new Map<string, number>();
const actions = new Map<string, Held>();
const flows = new Map<string, Flow>();
const plans = new Map<string, Plan>();
const rules = new Map<string, { target: string; held: Held; owner: number }>();
const keys = new Map<string, string>();
let texts = 0;
const outcomes = { withSets: 0, refused: 0 };

const heldBy = (index: number): Held => new Set(held[index]);
/** Number of the compiled revision that runs strictly; null: none is compiled. */
async function newestPlan(flow: string): Promise<number | null> {
  const { rows } = await world.testApi().owner.query<{ revision: number | null }>(
    `select max(v.revision) as revision from workflow_revision v join workflow_definition w on w.id = v.workflow
      where w.ref = $1 and v.state = 'ready'`,
    [flow],
  );
  return rows[0]!.revision;
}

/** Creates it, or changes its text; false: it is refused. */
async function save(index: number, isNew: boolean, path: string, ref: string, text: object, rest: object) {
  const created = { ref, pack_ref: 'open', label: ref, ...rest, ...text };
  const sent = isNew
    ? world.send('POST', path, created, users[index])
    : world.send('PUT', `${path}/${ref}`, text, users[index]);
  return (await sent).statusCode < 300;
}
const refsOf = (named: Set | null) => (named === null ? [] : [named]);
const definition = (name: string, named: Set | null) => ({
  version: '1.0.0',
  tasks: [{ name: 'one', action: name, ...(named && { permission_set_refs: [named] }) }],
});

beforeAll(async () => {
  const owner = world.testApi().owner;
  await owner.query(`insert into permission_set (ref, grants) values
    ('test.a', '[{"resource": "audit_log", "actions": ["read"], "constraints": {}}]'),
    ('test.b', '[{"resource": "retention", "actions": ["manage"], "constraints": {}}]')`);
  users = await Promise.all([1, 2, 3].map((n) => world.createUser(`user-${n}@x.test`, 'core.editor')));
  for (const index of users.keys()) held[index] = new Set();
  for (const ref of RULES) {
    await world.data('POST', '/triggers', { ref, pack_ref: 'open', label: ref });
    const { webhook_key: key } = await world.data<{ webhook_key: string }>('POST', `/triggers/${ref}/webhooks/enable`);
    keys.set(ref, key);
  }
});

const DO: { readonly [Do in Step['do']]: (step: StepOf<Do>) => Promise<void> } = {
  grant: async ({ user: index, set: named }) => {
    const key = `${index} ${named}`;
    const assignment = assignments.get(key);
    if (assignment === undefined) {
      assignments.set(key, await world.assign(users[index]!.id, named));
      held[index]!.add(named);
    } else {
      await world.send('DELETE', `/permissions/assignments/${assignment}`);
      assignments.delete(key);
      held[index]!.delete(named);
    }
  },
  'save action': async ({ user: index, action: ref, set: named }) => {
    const text = { entrypoint: `echo ${++texts}`, default_execution_permission_set_refs: refsOf(named) };
    if (await save(index, !actions.has(ref), '/actions', ref, text, { runtime_ref: 'core.shell' }))
      actions.set(ref, heldBy(index));
  },
  'save flow': async ({ user: index, flow: ref, action: name, set: named }) => {
    const text = { definition: definition(name, named) };
    const earlier = await newestPlan(ref);
    if (!(await save(index, !flows.has(ref), '/workflows', ref, text, { version: '1.0.0' }))) return;
    flows.set(ref, { action: name, held: heldBy(index) });
    const actionHeld = actions.get(name);
    // The revision of a text that was saved before keeps its author.
    if (actionHeld && (await newestPlan(ref)) !== earlier) plans.set(ref, { held: heldBy(index), actionHeld });
  },
  'compile flow': async ({ user: index, flow: ref, action: name, set: named }) => {
    const actionHeld = actions.get(name);
    if (!flows.has(ref) || !actionHeld) return;
    const path = `/workflows/${ref}/revisions`;
    const saved = await world.send('POST', path, { definition: definition(name, named) }, users[index]);
    if (saved.statusCode !== 201) return;
    const { revision } = saved.json<{ data: { revision: number } }>().data;
    const compiled = await world.send('POST', `${path}/${revision}/compile`, undefined, users[index]);
    if (compiled.statusCode >= 300) return;
    flows.set(ref, { action: name, held: heldBy(index) });
    plans.set(ref, { held: heldBy(index), actionHeld });
  },
  'save rule': async ({ user: index, rule: ref, target, set: named }) => {
    const text = { action_ref: target, permission_set_refs: refsOf(named) };
    if (!(await save(index, !rules.has(ref), '/rules', ref, text, { trigger_ref: ref }))) return;
    const { rows } = await world
      .testApi()
      .owner.query<{ owner: number }>('select owner_identity as owner from rule where ref = $1', [ref]);
    const owner = users.findIndex(({ id }) => id === rows[0]!.owner);
    rules.set(ref, { target, held: heldBy(index), owner });
  },
  run: async ({ user: index, target, set: named }) => {
    const body = { action_ref: target, permission_set_refs: refsOf(named) };
    const sent = await world.send('POST', '/executions/execute', body, users[index]);
    if (sent.statusCode < 300) await expectOnly(target, sent.json<{ data: { id: number } }>().data.id, [heldBy(index)]);
  },
  'run strictly': async ({ user: index, flow: ref }) => {
    const path = `/workflows/${ref}/execute`;
    const sent = await world.send('POST', path, { inputs: { data: {} } }, users[index]);
    if (sent.statusCode >= 300) return;
    const plan = plans.get(ref)!;
    await world.advance(sent.json<{ data: { id: number } }>().data.id);
    await expectSets([heldBy(index), plan.held, plan.actionHeld]);
  },
  fire: async ({ rule: ref }) => {
    const saved = rules.get(ref);
    const event = await world.data<{ event_id: number }>('POST', `/webhooks/${keys.get(ref)}`, { payload: {} });
    const { rows } = await world
      .testApi()
      .owner.query<{ id: number }>(
        'select x.id from execution x join enforcement n on n.id = x.enforcement where n.event = $1',
        [event.event_id],
      );
    if (saved && rows[0]) await expectOnly(saved.target, rows[0].id, [saved.held, heldBy(saved.owner)]);
  },
};

/** Of what runs of the target, each permission set is held by all of these, and by its authors. */
async function expectOnly(target: string, execution: number, others: readonly Held[]): Promise<void> {
  const run = flows.get(target);
  if (run) await world.advance(execution);
  const actionHeld = actions.get(run?.action ?? target);
  await expectSets([...others, ...(run ? [run.held] : []), ...(actionHeld ? [actionHeld] : [])]);
}

async function expectSets(authors: readonly Held[]): Promise<void> {
  for (const { credential, problem } of await world.startAttempts()) {
    const sets = (credential?.permissionSetRefs ?? []).filter((ref) => ref !== 'core.editor') as Set[];
    const missing = sets.filter((ref) => !authors.every((author) => author.has(ref)));
    expect(missing).toEqual([]);
    if (sets.length > 0) outcomes.withSets++;
    if (problem !== null) outcomes.refused++;
  }
}

test('AZ-08 no attempt has a set that one of its authors lacked', async () => {
  const seed = runSeed();
  const histories = fc.sample(fc.array(step, { minLength: STEPS, maxLength: STEPS }), { numRuns: HISTORIES, seed });
  for (const [number, history] of histories.entries())
    for (const [index, each] of history.entries()) {
      try {
        await (DO[each.do] as (step: Step) => Promise<void>)(each);
      } catch (error) {
        throw new Error(`E2E_SEED=${seed}, history ${number}, step ${index}: ${JSON.stringify(each)}`, {
          cause: error,
        });
      }
    }

  expect(outcomes.withSets).toBeGreaterThan(0);
  expect(outcomes.refused).toBeGreaterThan(0);
});
