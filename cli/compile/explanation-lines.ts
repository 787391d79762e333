import type { Finding } from '../../contract/workflows';
import type {
  ExplainedDefinition,
  ExplainedTask,
  Explanation,
  TemplateReads,
} from '../../contract/workflows/explanation';
import { findingLine } from '../run/finding-line';

/** What `compile --explain` prints of a file: no platform has compiled it. */
export type FileExplanation = ExplainedDefinition & {
  readonly workflow: string;
  readonly findings: readonly Finding[];
  /** Mistakes that do not prevent a compile. */
  readonly warnings: readonly string[];
};

const DIGEST_LENGTH = 12;

const short = (digest: string | null): string => digest?.slice(0, DIGEST_LENGTH) ?? 'none';

/** An explanation as text, one line for each task, template and finding. */
export const explanationLines = (explanation: Explanation | FileExplanation): string[] => [
  ...headLines(explanation),
  ...explanation.tasks.flatMap(taskLines),
  ...(explanation.output.length > 0 ? ['output', ...templateLines(explanation.output)] : []),
  ...(explanation.complete ? [] : ['there are too many expressions: the last ones were not read']),
  ...('warnings' in explanation ? explanation.warnings.map((warning) => `warning: ${warning}`) : []),
  ...explanation.findings.map(findingLine),
];

function headLines(explanation: Explanation | FileExplanation): string[] {
  if (!('revision' in explanation)) return [`${explanation.workflow}  not compiled: no platform is used for a file`];
  const { workflow, revision, state, plan_digest, current_plan_digest, stale } = explanation;
  const plan = stale
    ? `stale: plan ${short(plan_digest)}, a compile gives ${short(current_plan_digest)}`
    : `plan ${short(plan_digest ?? current_plan_digest)}`;
  return [`${workflow}  revision ${revision}  ${state}  ${plan}`];
}

const taskLines = (task: ExplainedTask, index: number): string[] => [
  [`${index + 1}. ${task.task}`, task.kind, ...(task.action === null ? [] : [task.action]), ...digests(task)].join(
    '  ',
  ),
  ...templateLines(task.templates),
];

function digests({ stale, pinned_digest, current_digest }: ExplainedTask): string[] {
  if (stale) return [`stale: pinned ${short(pinned_digest)}, installed ${short(current_digest)}`];
  return current_digest === null ? [] : [short(current_digest)];
}

const templateLines = (templates: readonly TemplateReads[]): string[] =>
  templates.map(({ place, reads }) => `     ${place} reads ${reads.length === 0 ? 'nothing' : reads.join(', ')}`);
