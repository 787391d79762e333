import type { Json, JsonObject } from '../../../../contract/json';
import { NO_OUTCOME, type Scope } from './evaluator/scope';
import { ALL_ROOTS, hasRootsOf, UNKNOWN_NAME } from './roots';

const NAMES: JsonObject = {
  v: 'V',
  parameters: { p: 'P' },
  workflow: { v: 'V' },
  vars: { v: 'V' },
  variables: { v: 'V' },
  config: { region: 'north' },
  system: { workflow_start: 'an instant' },
  task: {},
  tasks: {},
};
const VARIABLES = { v: 'V', made: 7 };
const VIEW = { x: 7, succeeded: true };
const TASK = { first: { ...VIEW, result: VIEW } };

/** What expressions see before any task has ended, and after the task `first`. */
export const AT_ENTRY: Scope = { names: NAMES, result: null, outcome: NO_OUTCOME };
export const AFTER_FIRST: Scope = {
  names: {
    ...NAMES,
    ...VARIABLES,
    workflow: VARIABLES,
    vars: VARIABLES,
    variables: VARIABLES,
    task: TASK,
    tasks: TASK,
  },
  result: VIEW,
  outcome: { ...NO_OUTCOME, succeeded: true },
};

/** The same in the one item of a list, and after a failed attempt. */
export const OF_ITEM: Scope = { ...AFTER_FIRST, names: { ...AFTER_FIRST.names, item: 'an item', index: 0 } };
const AFTER_ATTEMPT: Scope = {
  ...AFTER_FIRST,
  result: { error: 'of the attempt' },
  outcome: { ...NO_OUTCOME, failed: true },
};

/** What a place of a task holds, and another part of it that it needs. */
type TaskPart = Readonly<Record<string, Json>>;

const PLACEMENT: Readonly<Record<string, (value: string) => Json>> = {
  worker_selector: (value) => ({ probe: value }),
  worker_tolerations: (value) => [{ key: value }],
  worker_affinity: (value) => ({ preferred: [{ preference: { match_labels: { probe: value } } }] }),
};

/** The parts that say where a child runs, each with this value. */
const placementOf = (value: string): TaskPart =>
  Object.fromEntries(Object.entries(PLACEMENT).map(([part, holding]) => [part, holding(value)]));

const SET = 'core.viewer';
const setsIf = (condition: string): string => `{{ slice(["${SET}"], 0, int(${condition})) }}`;
const whether = (scope: Scope): string => `{{ string(${hasRootsOf(scope)}) }}`;

/** The placement of a child whose expressions see what they should, and its permission sets. */
export const SEEN_BY_CHILD = { permission_set_refs: [SET], ...placementOf('true') };

/** For each place in a task, an expression that shows what is visible there. */
const SEEING: Readonly<Record<string, TaskPart>> = {
  input: { input: { roots: `{{ ${ALL_ROOTS} }}`, nested: [{ roots: `{{ ${ALL_ROOTS} }}` }] } },
  with_items: { with_items: `{{ [${ALL_ROOTS}] }}`, input: { roots: '{{ item }}' } },
  when: { when: `{{ ${hasRootsOf(AFTER_FIRST)} }}` },
  bare_when: { when: hasRootsOf(AFTER_FIRST) },
  negated_when: { when: `not (${hasRootsOf(AFTER_FIRST)})` },
  child: { permission_set_refs: setsIf(hasRootsOf(AFTER_FIRST)), ...placementOf(whether(AFTER_FIRST)) },
  item: {
    with_items: '{{ ["an item"] }}',
    input: { roots: `{{ ${ALL_ROOTS} }}` },
    permission_set_refs: setsIf(hasRootsOf(OF_ITEM)),
    ...placementOf(whether(OF_ITEM)),
  },
  batch: { with_items: '{{ range(5) }}', batch_size: 2, input: { item: '{{ item }}', index: '{{ index }}' } },
};

/** For each place in a task, what it holds with this expression. */
const partsWith = (expression: string): Readonly<Record<string, TaskPart>> => ({
  input: { input: { value: `{{ ${expression} }}` } },
  with_items: { with_items: `{{ ${expression} }}`, input: { n: '{{ index }}' } },
  item: { with_items: '{{ [1] }}', input: { value: `{{ ${expression} }}` } },
  when: { when: `{{ ${expression} }}` },
  permission_set_refs: { permission_set_refs: `{{ ${expression} }}` },
  ...Object.fromEntries(
    Object.entries(PLACEMENT).map(([part, holding]) => [part, { [part]: holding(`{{ ${expression} }}`) }]),
  ),
});

interface Actions {
  /** A workflow that ends at once, with the result of `first`. */
  readonly ends: string;
  /** One that fails at once. */
  readonly fails: string;
}

const LAST = { do: ['last'] };

/** A task for each place of a task, with this expression there. */
export const tasksWith = (expression: string, action: string) =>
  Object.entries(partsWith(expression)).map(([name, part]) => ({ name, action, ...part }));

/** The tasks of a workflow with an expression in each place, where each sees all roots. */
export function tasksOfPlaces({ ends, fails }: Actions) {
  const retry = { count: 1, delay: 0 };
  const tasks = [
    ...Object.entries(SEEING).map(([name, part]) => ({ name, action: ends, next: [LAST], ...part })),
    ...['next_when', 'no_next_when'].map((name) => ({ name, action: ends, next: [LAST] })),
    {
      name: 'on_error',
      action: fails,
      next: [LAST],
      retry: { ...retry, on_error: `not (${hasRootsOf(AFTER_ATTEMPT)})` },
    },
    { name: 'no_on_error', action: fails, next: [LAST], retry: { ...retry, on_error: `{{ ${UNKNOWN_NAME} }}` } },
  ];
  const names = tasks.map(({ name }) => name);
  const next = [
    { publish: [{ made: '{{ result().x }}' }] },
    {
      publish: [{ seen: `{{ ${ALL_ROOTS} }}`, no_publish: `{{ ${UNKNOWN_NAME} }}` }],
      do: names.filter((name) => !name.endsWith('next_when')),
    },
    { when: `{{ ${hasRootsOf(AFTER_FIRST)} }}`, do: ['next_when'] },
    { when: `not (${hasRootsOf(AFTER_FIRST)})`, do: ['negated_next_when'] },
    { when: `{{ ${UNKNOWN_NAME} }}`, do: ['no_next_when'] },
  ];
  return [
    { name: 'entry', action: ends, input: { roots: `{{ ${ALL_ROOTS} }}` }, next: [LAST] },
    { name: 'first', action: ends, input: { no: 'input' }, next },
    ...tasks,
    { name: 'negated_next_when', action: ends },
    { name: 'last', action: ends, join: names.length + 1 },
  ];
}
