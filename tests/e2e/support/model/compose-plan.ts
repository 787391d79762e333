import type { Json, JsonObject } from '../../../../contract/json';
import type { Task, Transition } from '../../../../helpers/scenario/resources/workflow-task';
import { LONG_SECONDS, programInput, type CaseNames } from './case-names';
import type { ModelCase, ModelWorkflow } from './model-case';
import type { CasePlan, TaskPlan } from './random-plan';

/** Of a workflow that may not end before, seconds. */
const WHOLE_SECONDS = 4;

const CONDITIONS = { succeeded: 'succeeded()', failed: 'failed()', 'timed out': 'timed_out()', always: null } as const;

/** What one workflow of a case has beside its plan. */
interface Level {
  readonly prefix: string;
  readonly names: CaseNames;
  readonly plans: readonly TaskPlan[];
  /** Part of every key: the workflow may run several times. */
  readonly tag: string;
  readonly isCancelled: boolean;
}

/** The case of a plan. A cancellation finds one more task running, `beside`. */
export function composePlan({ tasks, called, cancellation, whole, isPaused }: CasePlan, names: CaseNames): ModelCase {
  const isCancelled = cancellation !== 'none';
  const root: Level = { prefix: 't', names, plans: tasks, tag: '', isCancelled };
  const inner: Level = { prefix: 'c', names, plans: called, tag: '-{{ parameters.tag }}', isCancelled };
  const beside = { name: 'beside', action: names.program, input: programInput(names, 'beside', 'gate0') };
  const rootWorkflow = workflowOf(root, {
    ...(isCancelled && { cancellation_policy: cancellation }),
    ...(names.isExact && whole !== 'none' && { timeout: whole === 'within' ? LONG_SECONDS : WHOLE_SECONDS }),
  });
  const isCalled = tasks.some(({ work }) => work === 'workflow');
  const levels = isCalled ? [root, inner] : [root];
  const responses = levels.flatMap(({ prefix, plans }) =>
    plans.flatMap(({ work }, n): [string, Json][] => (work === 'response' ? [[`${prefix}${n}`, { value: n }]] : [])),
  );
  return {
    workflows: {
      ...(isCalled && { [names.workflow('called')]: workflowOf(inner, { output_map: { c0: '{{ vars.c0 }}' } }) }),
      [names.workflow('root')]: { ...rootWorkflow, tasks: [...rootWorkflow.tasks, ...(isCancelled ? [beside] : [])] },
    },
    program: names.program,
    parameters: { v: [null, 1, '1'] },
    responses: Object.fromEntries(responses),
    isPaused: isPaused && names.isExact,
    isCancelled,
    areLimitsTimeouts: names.areLimitsTimeouts,
    worker: names.worker,
  };
}

/** Each task publishes one variable, which is null before, and is in the output. */
function workflowOf(level: Level, parts: ModelWorkflow['parts']): ModelWorkflow {
  const names = level.plans.map((_, n) => `${level.prefix}${n}`);
  const lists = level.plans.map((plan, n) => [`items${n}`, { default: itemsOf(level, plan) }] as const);
  return {
    tasks: level.plans.map((plan, n) => taskOf(level, plan, n)),
    parts: {
      parameters: Object.fromEntries(lists.filter((_, n) => level.plans[n]!.items !== null)),
      vars: Object.fromEntries(names.map((name) => [name, null])),
      output_map: Object.fromEntries(names.map((name) => [name, `{{ vars.${name} }}`])),
      ...parts,
    },
  };
}

function itemsOf(level: Level, plan: TaskPlan): JsonObject[] {
  const { items, isBatched, failures } = plan;
  const last = isBatched ? (items ?? 0) * 2 - 1 : (items ?? 0);
  const ends = (n: number) => endOf(level, plan, failures[(isBatched ? Math.floor(n / 2) : n) % failures.length] ?? 0);
  return Array.from({ length: Math.max(0, last) }, (_, n) => ({ value: n % 2 === 0 ? n : String(n), ends: ends(n) }));
}

/** Each attempt of an item ends in the same way, at once. */
const isQuick = ({ names, isCancelled }: Level, { failures, retries, limit, items, back }: TaskPlan): boolean =>
  names.isExact &&
  back === null &&
  limit !== 'exceeded' &&
  failures.slice(0, items === null ? 1 : undefined).every((count) => count === 0 || (count > retries && !isCancelled));

const endOf = (level: Level, plan: TaskPlan, failures: number): string | number =>
  isQuick(level, plan) ? Number(failures > 0) : exitsOf(level, plan, failures);

/** In a cancelled workflow a process that would succeed after a failure waits instead. */
function exitsOf({ isCancelled }: Level, { limit }: TaskPlan, failures: number): string {
  const first = limit === 'exceeded' ? 'never' : '1';
  const last = isCancelled && failures > 0 && limit !== 'exceeded' ? 'gate0' : '0';
  return [...Array.from({ length: failures }, (_, n) => (n === 0 ? first : '1')), last].join(' ');
}

function taskOf(level: Level, plan: TaskPlan, n: number): Task {
  const { items, isBatched, isConcurrent, retries, condition, join } = plan;
  const isList = items !== null;
  return {
    name: `${level.prefix}${n}`,
    action: actionOf(level, plan),
    input: inputOf(level, plan, n),
    ...(condition !== null && { when: String(condition) }),
    ...(isList && { with_items: `{{ parameters.items${n} }}` }),
    ...(isList && isBatched && { batch_size: 2 }),
    ...(isList && isConcurrent && { concurrency: 2 }),
    ...(retries > 0 && { retry: { count: retries } }),
    ...limitOf(level, plan),
    ...(join > 1 && !isLoopHead(level, n) && { join }),
    next: [...plan.next.map((transition) => transitionOf(level, plan, n, transition)), ...backOf(level, plan, n)],
  };
}

function actionOf(level: Level, plan: TaskPlan): string {
  if (plan.work === 'workflow') return level.names.workflow('called');
  if (plan.work !== 'process') return 'core.ask';
  return isQuick(level, plan) ? 'core.noop' : level.names.program;
}

/** An inquiry expires by the limit of its task. */
function limitOf({ names }: Level, { work, limit }: TaskPlan): Pick<Task, 'timeout'> {
  if (work === 'expiry' || (work === 'process' && limit === 'exceeded')) return { timeout: names.shortSeconds };
  return limit === 'within' ? { timeout: LONG_SECONDS } : {};
}

function inputOf(level: Level, plan: TaskPlan, n: number): JsonObject {
  const { work, items, isBatched, failures, reads } = plan;
  const tag = items === null ? level.tag : `${level.tag}-{{ index }}`;
  const seen = {
    ...(reads.result && { from: '{{ result().attempt }}' }),
    ...(reads.variables && { seen: level.plans.map((_, each) => `{{ workflow.${level.prefix}${each} }}`) }),
  };
  if (work === 'workflow') return { tag: `${n}${tag}` };
  if (work !== 'process') return { prompt: items === null ? 'Continue?' : 'Continue with {{ index }}?' };
  const end = items === null ? endOf(level, plan, failures[0]!) : `{{ ${isBatched ? 'item[0]' : 'item'}.ends }}`;
  const params = { ...seen, ...(items !== null && { item: '{{ item }}' }) };
  if (isQuick(level, plan)) return { message: { params, attempt: 1 }, exit_code: end };
  const { key, ...input } = programInput(level.names, `${level.prefix}${n}`, String(end), { gate: level.names.gate });
  return { ...input, ...params, key: `${key}${tag}` };
}

/** A process that fails before it succeeds is repeated. The first task stays an entry task. */
function backOf(level: Level, plan: TaskPlan, n: number): Transition[] {
  const target = loopHead(level, plan, n);
  return target === null ? [] : [{ when: '{{ failed() }}', do: [`${level.prefix}${target}`] }];
}

/** The task to which a failure leads back; null: none. */
function loopHead({ names }: Level, { work, items, limit, back }: TaskPlan, n: number): number | null {
  if (!names.hasLoops || back === null || work !== 'process' || items !== null || limit === 'exceeded') return null;
  return n === 0 ? 0 : Math.max(1, n - back);
}

/** What leads into a loop is not joined: the model does not predict that. */
const isLoopHead = (level: Level, n: number): boolean =>
  level.plans.some((plan, other) => loopHead(level, plan, other) === n);

function transitionOf(level: Level, { work, items }: TaskPlan, n: number, plan: TaskPlan['next'][number]): Transition {
  const when = CONDITIONS[plan.when];
  const value = work === 'process' ? 'attempt' : work === 'workflow' ? 'c0' : 'response.value';
  const part = items === null || items === 0 ? `result().${value}` : `result().items[-1].${value}`;
  const targets = plan.to.map((distance) => n + distance).filter((target) => target < level.plans.length);
  return {
    ...(when !== null && { when: `{{ ${when} }}` }),
    ...(plan.publishes && { publish: [{ [`${level.prefix}${n}`]: `{{ ${part} }}` }] }),
    ...(targets.length > 0 && { do: targets.map((target) => `${level.prefix}${target}`) }),
  };
}
