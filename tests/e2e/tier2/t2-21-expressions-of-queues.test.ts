// Spec: the parameters of a queue have the operators and functions, and the names of its items.
import { claim } from '../../../helpers/scenario/claim';
import { expectedOutcomesOfQueues, outcomesOfQueues } from '../support/expressions/queue-places';

const NEEDS = ['core', 'templates.filters'];

claim('T2.21j', NEEDS, 'a queue has the value of each operator, function and name', async (ctx) => {
  expect(await outcomesOfQueues(ctx)).toEqual(expectedOutcomesOfQueues());
});
