import type { Json } from '../../../../contract/json';
import type { Plan } from '../../../../contract/workflows';
import type { ExplainedDefinition, ExplainedTask, TemplateReads } from '../../../../contract/workflows/explanation';
import { connectionRef } from '../../secrets/connections';
import { appendPointer } from '../../secrets/json-pointer';
import { conditionExpressions } from '../../template/condition';
import { LintBudget } from '../../template/lint';
import { parse } from '../../template/parse';
import { pathsRead } from '../../template/paths-read';
import { expressionsIn } from '../../template/segments';
import { TemplateError } from '../../template/types';
import type { InstalledActions } from './compile';
import type { TaskDefinition, WorkflowDefinition } from '../definition';
import { planOrder } from '../graph';

/** What a platform has compiled and installed for a definition. */
export interface Known {
  /** Null: it is not compiled. */
  readonly plan: Plan | null;
  readonly installed: InstalledActions['byRef'];
  /** Refs of installed actions that are workflows. */
  readonly workflows: ReadonlySet<string>;
}

/** A definition outside a platform. */
export const NOTHING_KNOWN: Known = { plan: null, installed: new Map(), workflows: new Set() };

/** The tasks of a definition in the order of its plan, and what each of its templates reads. */
export function explain(definition: WorkflowDefinition, known: Known): ExplainedDefinition {
  const budget = new LintBudget();
  const pinned = new Map(known.plan?.actions.map(({ task, digest }) => [task, digest]));
  const tasks = planOrder(definition).flatMap((name) => definition.tasks.get(name) ?? []);
  return {
    tasks: tasks.map((task) => explainTask(task, pinned.get(task.name) ?? null, known, budget)),
    output: templatesIn(definition.outputMap, '', budget),
    complete: !budget.isExhausted,
  };
}

function explainTask(
  task: TaskDefinition,
  pinned: string | null,
  { plan, installed, workflows }: Known,
  budget: LintBudget,
): ExplainedTask {
  const { name, action } = task;
  const state = action === null ? undefined : installed.get(action);
  const current = state !== undefined && 'digest' in state ? state.digest : null;
  return {
    task: name,
    action,
    pinned_digest: pinned,
    current_digest: current,
    kind: action === null ? 'parallel' : workflows.has(action) ? 'workflow' : 'action',
    stale: plan !== null && pinned !== current,
    templates: templatesOf(task, budget),
  };
}

const templatesOf = (task: TaskDefinition, budget: LintBudget): TemplateReads[] => [
  ...conditionIn(task.when, '/when', budget),
  ...templatesIn(task.withItems, '/with_items', budget),
  ...templatesIn(task.input, '/input', budget),
  ...templatesIn(task.permissionSetRefs, '/permission_set_refs', budget),
  ...templatesIn(task.placement, '', budget),
  ...conditionIn(task.retry?.onError ?? null, '/retry/on_error', budget),
  ...task.next.flatMap(({ when, publish }, index) => [
    ...conditionIn(when, `/next/${index}/when`, budget),
    ...publish.flatMap(({ name, value }) => templatesIn(value, appendPointer(`/next/${index}/publish`, name), budget)),
  ]),
];

/** The templates in a value, with the paths that they read; none where the budget is spent. */
function templatesIn(value: Json, place: string, budget: LintBudget): TemplateReads[] {
  const connection = connectionRef(value);
  if (connection !== null) return [{ place, reads: [`connection ${connection}`] }];
  if (typeof value === 'string') return templateOf(place, expressionsIn(value), budget);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, part]) => templatesIn(part, appendPointer(place, key), budget));
}

/** The same for a condition, whose braces are optional. */
function conditionIn(text: string | null, place: string, budget: LintBudget): TemplateReads[] {
  if (text === null) return [];
  return templateOf(place, conditionExpressions(text), budget);
}

function templateOf(place: string, sources: readonly string[], budget: LintBudget): TemplateReads[] {
  if (sources.length === 0 || !sources.every((source) => budget.spend(source))) return [];
  return [{ place, reads: [...new Set(sources.flatMap(readsOf))] }];
}

/** An expression with a mistake reads nothing: the compile names it. */
function readsOf(source: string): string[] {
  try {
    return pathsRead(parse(source.trim()));
  } catch (error) {
    if (error instanceof TemplateError) return [];
    throw error;
  }
}
