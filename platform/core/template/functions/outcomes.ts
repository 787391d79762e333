import { withArity, type FunctionTable } from './function-definition';

/**
 * The outcome of the task whose transition is evaluated. All three are false for a skipped task
 * and for none.
 */
export const OUTCOME_FUNCTIONS: FunctionTable = {
  result: withArity(0, (_, { scope }) => scope.result),
  succeeded: withArity(0, (_, { scope }) => scope.outcome === 'succeeded'),
  failed: withArity(0, (_, { scope }) => scope.outcome === 'failed' || scope.outcome === 'over_limit'),
  timed_out: withArity(0, (_, { scope }) => scope.outcome === 'timed_out' || scope.outcome === 'over_limit'),
};
