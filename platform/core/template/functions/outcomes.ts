import { takes, type FunctionTable } from './definition';

/** About the task whose transition is being evaluated. All three are false for a skipped task and where there is none. */
export const OUTCOMES: FunctionTable = {
  result: takes(0, (_, { scope }) => scope.result),
  succeeded: takes(0, (_, { scope }) => scope.outcome === 'succeeded'),
  failed: takes(0, (_, { scope }) => scope.outcome === 'failed'),
  timed_out: takes(0, (_, { scope }) => scope.outcome === 'timed_out'),
};
