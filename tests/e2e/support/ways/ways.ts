import type { JsonObject } from '../../../../contract/json';
import { LIMITS } from './objects';
import { rerunOfFlow, type RerunOfWay } from './reruns';

/** What becomes of an execution. `at once`: it ends in the transaction that inserts it. */
type Kind = 'process' | 'workflow' | 'at once' | 'never started';

/** What is special to one way in which an execution comes to be. Names are those of `nameWays`. */
export interface Way {
  readonly kind: Kind;
  /** Without the pack, unless it is of another one. */
  readonly action: string;
  /** What `parametersOf` was given; absent: it has none of these parameters. */
  readonly given?: string;
  /** Its other parameters. */
  readonly more?: JsonObject;
  /**
   * Its secret, beside which it has a connection, as its process receives it; absent: it has
   * neither.
   */
  readonly secret?: string;
  /** Its permission sets; absent: none. */
  readonly sets?: readonly string[];
  /** The limit of its process, seconds. */
  readonly limit?: number;
  readonly task?: TaskOfWay;
  readonly rerun?: RerunOfWay;
  /** What the result of one that fails has besides `succeeded`. */
  readonly failure?: JsonObject;
  /** Whether it is requested, starts and ends before the pause (0) or after it (1). */
  readonly at?: readonly [0 | 1, 0 | 1, 0 | 1];
}

/** What a task has of its definition and of its predecessor. */
interface TaskOfWay {
  readonly name: string;
  readonly after?: string;
  readonly index?: number;
  readonly round?: number;
  readonly retry?: number;
  readonly retries?: number;
  /** Null: its definition names none. */
  readonly timeout: number | null;
}

/** Whether its process is a witness. */
export const hasWitness = ({ kind, action }: Way): boolean => kind === 'process' && action === 'witness';

/** What causes a tree of executions, and what all of it inherits. */
export interface Cause {
  /** Who executes. */
  readonly by: 'user' | 'admin';
  /** The rule, without its pack, and the trigger. */
  readonly rule?: string;
  readonly trigger?: string;
  /**
   * The execution whose chain it continues; absent: an event or the execution itself is the first.
   */
  readonly chain?: string;
  /** It was requested with everything that a request may name. */
  readonly isFull?: true;
}

const OF_HOOK = { by: 'admin', trigger: 'trigger' } as const;

/**
 * By the name of the root, or of an execution below one that was requested with more than its
 * token gives it.
 */
export const CAUSES = {
  request: { by: 'user', isFull: true },
  flow: { by: 'user', isFull: true },
  holder: { by: 'user' },
  paused: { by: 'user' },
  noop: { by: 'user' },
  webhook: { ...OF_HOOK, rule: 'rule' },
  'webhook flow': { ...OF_HOOK, rule: 'flow-rule' },
  moved: { ...OF_HOOK, rule: 'moved' },
  rejected: { ...OF_HOOK, rule: 'rejected' },
  event: { ...OF_HOOK, rule: 'rule', chain: 'holder' },
  timer: { by: 'admin', rule: 'timer', trigger: 'core.datetimetimer' },
  queue: { by: 'admin' },
  'queue by token': { by: 'admin', chain: 'holder' },
  'flow from each': { by: 'admin', isFull: true },
  'webhook flow from flaky': { by: 'user' },
  'flow nested from inner': { by: 'user', isFull: true },
  'holder/flow from quick': { by: 'user', isFull: true },
} as const satisfies Record<string, Cause>;

export const ROOTS = Object.keys(CAUSES).filter((name) => !name.includes('/'));

/** What a rerun has for its workflow's `given`, and what its secret ends with. */
export const REPLACED = 'replaced';

/** Those of a request that names everything. */
export const REQUESTED_SETS = ['core.executor', 'core.viewer'];

/** What is shown in place of a secret. */
export const REDACTED = { $attune_secret: true, redacted: true };

const FIRST_FAILS = { exit_code: 1, error: 'Command exited with code 1' };
const NOT_RENDERED = { code: 'TEMPLATE_TYPE', error: '`/` cannot divide by zero (column 3 of 1 / 0)' };

type Parts = Partial<Way>;

/** The witness, as its action declares it. */
const witness = (given: string, parts: Parts = {}): Way => ({
  kind: 'process',
  action: 'witness',
  given,
  sets: ['core.viewer'],
  limit: LIMITS.action,
  ...parts,
});

/** A workflow that is a task. */
const nested = (name: string, action: string, parts: Parts = {}): Way => ({
  kind: 'workflow',
  action,
  given: name,
  task: { name, after: 'first', timeout: null },
  ...parts,
});

const neverStarted = (action: string, name: string, failure: JsonObject): Way => ({
  kind: 'never started',
  action,
  failure,
  task: { name, after: 'before', timeout: null },
});

/** The tasks of the workflow `flow`, by their names in it. `given` and `secret`: its own ones. */
function tasksOfFlow(pack: string, nonce: string, given: string, secret: string): Record<string, Way> {
  const task = (name: string, of: Partial<TaskOfWay> = {}, parts: Parts = {}): Way =>
    witness(name, {
      secret,
      sets: ['core.executor'],
      limit: LIMITS.task,
      task: { name, after: 'first', timeout: LIMITS.task, ...of },
      ...parts,
    });
  const flaky = { fails: true, marker: `${given}-${nonce}` };
  return {
    first: witness('first', { ...task('first'), task: { name: 'first', timeout: LIMITS.task } }),
    'each[0]': task('each', { index: 0 }, { secret: `before ${nonce}-stored after` }),
    'each[1]': task('each', { index: 1 }, { secret: `before ${secret} after` }),
    flaky: task('flaky', { retries: 1 }, { more: flaky, failure: FIRST_FAILS }),
    'flaky#1': task('flaky', { retries: 1, retry: 1 }, { more: flaky }),
    sub: task('sub'),
    again: task('again'),
    'again@2': task('again', { after: 'again', round: 2 }),
    nested: nested('nested', 'inner', { secret }),
    'nested/inner': witness('nested', { secret, task: { name: 'inner', timeout: null } }),
    quick: nested('quick', 'quick'),
    'quick/noop': {
      kind: 'at once',
      action: 'core.noop',
      more: { message: 'quick' },
      task: { name: 'noop', timeout: null },
    },
    broken: nested('broken', 'broken', { failure: { error: 'Workflow failed: 2 task(s) failed: bad, gone' } }),
    'broken/before': {
      kind: 'at once',
      action: 'core.noop',
      more: { message: 'before' },
      task: { name: 'before', timeout: null },
    },
    'broken/bad': neverStarted('witness', 'bad', NOT_RENDERED),
    'broken/gone': neverStarted('gone', 'gone', {
      code: 'ACTION_NOT_FOUND',
      error: `Task 'gone' names action '${pack}.gone', which does not exist`,
    }),
  };
}

/** Both attempts of the task of the workflow that is paused between them. */
function attemptsOfPaused(nonce: string): Record<string, Way> {
  const more = { fails: true, marker: `late-${nonce}` };
  const late = (retry: number, parts: Parts): Way =>
    witness('late', {
      secret: `${nonce}-stored`,
      more,
      task: { name: 'late', retry, retries: 1, timeout: null },
      ...parts,
    });
  return {
    'paused/late': late(0, { failure: FIRST_FAILS }),
    'paused/late#1': late(1, { at: [0, 1, 1] }),
  };
}

/** Workflows that run again from a task, with what runs again. */
function rerunWays(pack: string, nonce: string): Record<string, Way> {
  const rerun = (name: string, way: Way, again: readonly string[], tasks: Readonly<Record<string, Way>>) => ({
    [name]: way,
    ...Object.fromEntries(again.map((task) => [`${name}/${task}`, tasks[task]!])),
  });
  const again = (given: string, secret: string, parts: Parts): Way => ({
    kind: 'workflow',
    action: 'flow',
    given,
    secret,
    ...parts,
  });
  const [kept, replaced] = [`${nonce}-secret`, `${nonce}-${REPLACED}`];
  const [ofKept, ofReplaced] = [tasksOfFlow(pack, nonce, 'flow', kept), tasksOfFlow(pack, nonce, REPLACED, replaced)];
  const ofRequest = (from: string) => again('flow', kept, { sets: REQUESTED_SETS, rerun: rerunOfFlow('flow', from) });
  return {
    ...rerun('flow from each', ofRequest('each'), ['each[0]', 'each[1]'], ofKept),
    ...rerun(
      'webhook flow from flaky',
      again(REPLACED, replaced, { rerun: rerunOfFlow('webhook flow', 'flaky') }),
      ['flaky', 'flaky#1'],
      ofReplaced,
    ),
    'flow nested from inner': again('nested', kept, {
      action: 'inner',
      rerun: { of: 'flow/nested', from: 'inner', takenOver: [] },
    }),
    'flow nested from inner/inner': ofKept['nested/inner']!,
    ...rerun('holder/flow from quick', ofRequest('quick'), ['quick', 'quick/noop'], ofKept),
  };
}

/** What the parameters of the executions name. */
interface Subjects {
  readonly pack: string;
  readonly nonce: string;
  /** Of the file for the token. */
  readonly path: string;
  /** The two items of the queue. */
  readonly items: readonly [number, number];
}

/** Every execution, by its name: the name of its root, and the path of tasks to it. */
export function waysOf({ pack, nonce, path, items }: Subjects): Readonly<Record<string, Way>> {
  const [stored, secret] = [`before ${nonce}-stored after`, `${nonce}-secret`];
  const flow = (name: string, parts: Parts): Record<string, Way> => {
    const root: Way = { kind: 'workflow', action: 'flow', given: name, ...parts };
    const tasks = Object.entries(tasksOfFlow(pack, nonce, name, root.secret!));
    return { [name]: root, ...Object.fromEntries(tasks.map(([task, way]) => [`${name}/${task}`, way])) };
  };
  const ofQueue = (name: string, n: 0 | 1): Way => witness(name, { sets: ['standard'], more: { item: items[n] } });
  return {
    request: witness('request', { secret, sets: REQUESTED_SETS, limit: LIMITS.request }),
    ...flow('flow', { secret, sets: REQUESTED_SETS }),
    webhook: witness('webhook', { secret: stored, sets: ['core.editor'] }),
    ...flow('webhook flow', { secret: stored }),
    moved: witness('moved', { secret: stored, sets: ['core.editor'] }),
    event: witness('event', { secret: stored, sets: ['core.editor'] }),
    timer: witness('timer', { secret: `${nonce}-stored`, at: [1, 1, 1] }),
    queue: ofQueue('queue', 0),
    'queue by token': ofQueue('queue by token', 1),
    holder: { kind: 'process', action: 'holder', more: { path }, sets: ['core.editor', 'core.executor'] },
    'holder/by token': witness('by token'),
    noop: { kind: 'at once', action: 'core.noop', more: { message: 'noop' } },
    rejected: {
      kind: 'never started',
      action: 'witness',
      given: 'rejected',
      more: { marker: REDACTED },
      failure: {
        code: 'SECRET_PARAMETER',
        error: 'Secret value cannot be assigned to non-secret parameter path(s): marker',
      },
    },
    paused: { kind: 'workflow', action: 'paused', at: [0, 0, 1] },
    ...attemptsOfPaused(nonce),
    ...rerunWays(pack, nonce),
  };
}

type Step = readonly [type: string, payload: JsonObject, at: 0 | 1];

const startedStep = (task: string, more: JsonObject = {}): Step => ['STEP_STARTED', { task, ...more }, 0];
const endedStep = (task: string, more: JsonObject = {}, at: 0 | 1 = 0): Step => [
  'STEP_COMPLETED',
  { task, ...more },
  at,
];
const bothSteps = (task: string, more: JsonObject = {}): Step[] => [startedStep(task, more), endedStep(task, more)];
const retriedStep = (task: string, delay_ms: number): Step => [
  'STEP_RETRIED',
  { task, retry: 1, reason: 'failed', delay_ms },
  0,
];
const failedStep = (task: string, payload: JsonObject): Step => ['STEP_FAILED', { task, ...payload }, 0];

/** The steps in the log of a workflow, in any order. */
export const STEPS: Readonly<Record<string, readonly Step[]>> = {
  flow: [
    ...['first', 'flaky', 'both', 'sub', 'nested', 'quick', 'again', 'none'].flatMap((task) => bothSteps(task)),
    ...bothSteps('each', { index: 0 }),
    ...bothSteps('each', { index: 1 }),
    ...bothSteps('again', { round: 2 }),
    retriedStep('flaky', 0),
    startedStep('broken'),
    failedStep('broken', { status: 'failed' }),
  ],
  inner: bothSteps('inner'),
  quick: bothSteps('noop'),
  broken: [
    ...bothSteps('before'),
    failedStep('bad', NOT_RENDERED),
    startedStep('gone'),
    failedStep('gone', { status: 'failed' }),
  ],
  paused: [
    startedStep('late'),
    retriedStep('late', 2_000),
    ['EXECUTION_PAUSED', {}, 0],
    ['EXECUTION_RESUMED', {}, 0],
    endedStep('late', {}, 1),
  ],
};
