import type { ReplayDivergence, ReplayedStep, ReplayReport } from '../../contract/workflows/replay';
import { writeJson } from '../../contract/json-text/write-json';

/** A report as text, one line for each fact. */
export function replayLines({ execution, workflow, revision, ...outcome }: ReplayReport): string[] {
  const { verdict, divergence, compared, not_compared, stopped_after } = outcome;
  const version = revision === null ? 'the definition of the file' : `revision ${revision}`;
  return [
    `execution ${execution} of ${workflow} on ${version}  ${verdict.replace('_', ' ')}`,
    ...(divergence === null ? [] : divergenceLines(divergence)),
    ...(compared.length > 0 ? [`  the same: ${stepNames(compared)}`] : []),
    ...(not_compared.length > 0 ? [`  not compared, because of secrets: ${stepNames(not_compared)}`] : []),
    ...(stopped_after === undefined ? [] : [stopLine(stopped_after)]),
  ];
}

const stepName = ({ task, index, round, retry }: ReplayedStep): string =>
  [
    task,
    ...(round === 1 ? [] : [`round ${round}`]),
    ...(index === null ? [] : [`item ${index}`]),
    ...(retry === 0 ? [] : [`retry ${retry}`]),
  ].join(' ');

const stepNames = (steps: readonly ReplayedStep[]): string => steps.map(stepName).join(', ');

const KIND_TEXTS: Readonly<Record<ReplayDivergence['kind'], string>> = {
  step_not_recorded: 'is started, and the execution did not have it',
  step_not_reached: 'is not started, and the execution had it',
  action: 'runs another action',
  parameters: 'has another parameter',
  dispatch: 'can be dispatched only in one of the two',
  status: 'ends with another status',
  result: 'has another result',
};

function divergenceLines({ kind, task, pointer, expected, actual, ...place }: ReplayDivergence): string[] {
  const subject = task === null ? 'the workflow' : stepName({ ...place, task });
  const hasValues = expected !== undefined || actual !== undefined;
  return [
    `  ${subject} ${KIND_TEXTS[kind]}${pointer === '' ? '' : `: ${pointer}`}`,
    ...(hasValues ? [`    expected ${valueText(expected)}`, `    actual   ${valueText(actual)}`] : []),
  ];
}

const valueText = (value: ReplayDivergence['expected']): string => (value === undefined ? 'nothing' : writeJson(value));

const stopLine = (task: string | null): string =>
  `  stopped ${task === null ? 'at the start' : `after ${task}`}: a secret decides what follows`;
