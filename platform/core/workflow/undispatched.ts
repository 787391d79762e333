import type { Json } from '../../../contract/json';
import type { TemplateError } from '../template/types';
import { emit, log, stateOf, type Draft } from './draft';
import { settle } from './settle';
import type { Task } from './types';

/** Why a task could not be dispatched. */
export interface Fault {
  readonly code: string;
  readonly message: string;
}

export const templateFault = ({ code, message, expression, column }: TemplateError): Fault => ({
  code,
  message: expression === '' ? message : `${message} (column ${column} of ${expression})`,
});

/** The task failed without having started: a failure that nothing handles. Recorded as a child where it has an action. */
export function undispatched(draft: Draft, task: Task, index: number | null, { code, message }: Fault): void {
  const triggeredBy = stateOf(draft.state, task.name)?.triggeredBy ?? null;
  if (task.action !== null) {
    const { name, action } = task;
    emit(draft, { type: 'record-undispatched', task: name, index, action, triggeredBy, code, error: message });
  }
  log(draft, 'STEP_FAILED', task.name, index, { code, error: message });
  settle(draft, task.name, { status: 'failed', result: errorView(message), secrets: null, error: message });
}

const errorView = (error: string): Json => ({ error });
