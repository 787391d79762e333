import type { Json } from '../../../../contract/json';
import { evaluate } from './evaluator/parser';
import type { Scope } from './evaluator/scope';
import { jsonText } from './evaluator/values';

/** Paths to what an expression of a workflow can read, depending on where it stands. */
const WORKFLOW_ROOTS: readonly string[] = [
  ...['parameters.p', 'parameters["p"]', 'workflow.v', 'vars.v', 'variables.v', 'v', 'config.region'],
  ...['task.first.x', 'tasks.first.x', 'task.first.result.x', 'task["first"].x', 'workflow.made', 'made'],
  ...['result().x', 'index', 'item'],
];

/** Names of other places and of other platforms, and members that these roots do not have. */
const UNKNOWN_PATHS: readonly string[] = [
  ...[
    'event',
    'trigger',
    'pack',
    'rule',
    'env',
    'kv',
    'execution',
    'action',
    'queue_item',
    'inquiry',
    'self',
    'p',
    'x',
  ],
  ...['system.timestamp', 'system.rule', 'parameters.v', 'workflow.p', 'task.none', 'config.none'],
];

/** The functions without arguments, and what differs from run to run. */
const CALLS: readonly string[] = [
  ...['succeeded()', 'failed()', 'timed_out()', 'type_of(result())'],
  ...['type_of(system.workflow_start)', 'keys(system)'],
];

/** One list of the values of all of them; a path that leads nowhere has `-`. */
export const ALL_ROOTS = `[${[
  ...[...WORKFLOW_ROOTS, ...UNKNOWN_PATHS].map((path) => `${path}|default("-")`),
  ...CALLS,
].join(', ')}]`;

/** A path that leads nowhere in a workflow. */
export const UNKNOWN_NAME = 'event.payload';

export const rootsIn = (scope: Scope): Json => evaluate(ALL_ROOTS, scope);

/** True where that list has exactly the values of this scope. */
export const hasRootsOf = (scope: Scope): string => `${ALL_ROOTS} == ${jsonText(rootsIn(scope))}`;
