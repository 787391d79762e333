import type { JsonObject } from '../../../contract/json';
import type { Task, Transition } from './workflow-task';

/**
 * A task `gate` that creates an inquiry with `core.ask`. `timeout`: lifetime of the inquiry,
 * seconds.
 */
export const inquiryTask = (input: JsonObject, options: { next?: Transition[]; timeout?: number } = {}): Task => ({
  name: 'gate',
  action: 'core.ask',
  input: { prompt: 'Approve?', ...input },
  ...options,
});

export const onApproval = (...tasks: string[]): Transition => ({
  when: '{{ result().response.approved == true }}',
  do: tasks,
});
export const onDenial = (...tasks: string[]): Transition => ({
  when: '{{ result().response.approved == false }}',
  do: tasks,
});
