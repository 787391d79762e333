// Spec: each place of a workflow sees the names of its own step, and no other.
import { claim } from '../../../helpers/scenario/claim';
import { differencesInFaults, EXPRESSION_FAULTS } from '../support/expressions/fault-cells';
import {
  expectedFaultsOfPlaces,
  expectedOutcomesOfPlaces,
  faultsOfPlaces,
  outcomesOfPlaces,
} from '../support/expressions/place-outcomes';
import { UNKNOWN_NAME } from '../support/expressions/roots';

const NEEDS = ['core', 'templates.filters', 'workflows.with_items', 'workflows.retry'];
/** The error of an execution has a code where it has a log. */
const LOGGED = [...NEEDS, 'executions.log'];

claim('T2.21e', NEEDS, 'each place of a workflow sees exactly its own names', async (ctx) => {
  expect(await outcomesOfPlaces(ctx)).toEqual(expectedOutcomesOfPlaces());
});

claim('T2.21f', LOGGED, 'an unknown name ends the task, in each place of it', async (ctx) => {
  expect(await faultsOfPlaces(ctx, UNKNOWN_NAME)).toEqual(expectedFaultsOfPlaces());
});

claim('T2.21g', LOGGED, 'the error of an expression has its code and its column', async (ctx) => {
  expect(await differencesInFaults(ctx, EXPRESSION_FAULTS)).toEqual([]);
});
