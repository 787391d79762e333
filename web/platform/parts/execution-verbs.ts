import { isTerminal, type Status } from '../../../contract/status';

export type Verb = 'cancel' | 'pause' | 'resume';

interface Subject {
  readonly status: Status;
  readonly children: readonly { readonly workflow_task?: unknown }[];
}

/** What can be requested of an execution. Only one with tasks, a workflow, can be paused. */
export function verbsOf({ status, children }: Subject, capabilities: Readonly<Record<string, unknown>>): Verb[] {
  if (isTerminal(status) || status === 'canceling') return [];
  if (status === 'paused') return ['resume', 'cancel'];
  const canPause = 'executions.pause' in capabilities && status === 'running' && children.some(isTask);
  return canPause ? ['pause', 'cancel'] : ['cancel'];
}

const isTask = ({ workflow_task: task }: Subject['children'][number]): boolean => task !== undefined;
