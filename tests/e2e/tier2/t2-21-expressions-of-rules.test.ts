// Spec: criteria and parameters of rules have the operators and functions, and their own names.
import { claim } from '../../../helpers/scenario/claim';
import {
  expectedOutcomesOfRules,
  outcomesOfRules,
  REJECTED_RULES,
  responsesToRejected,
} from '../support/expressions/rule-places';

const NEEDS = ['core', 'templates.filters', 'events.causation'];

claim('T2.21h', NEEDS, 'a rule has the value of each operator, function and name', async (ctx) => {
  expect(await outcomesOfRules(ctx)).toEqual(expectedOutcomesOfRules());
});

claim('T2.21i', NEEDS, 'a rule with a name that no rule has is not saved', async (ctx) => {
  const responses = await responsesToRejected(ctx);

  const others = REJECTED_RULES.flatMap((rule, n) => (responses[n] === 422 ? [] : [[rule, responses[n]]]));
  expect(others).toEqual([]);
});
