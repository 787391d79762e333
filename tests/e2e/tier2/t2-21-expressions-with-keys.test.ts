// Spec: each place of a workflow reads its stored keys, and none of them is shown.
import { claim } from '../../../helpers/scenario/claim';
import {
  EXPECTED_OUTCOME_OF_KEY_IN_RULE,
  outcomeOfKeyInRule,
  EXPECTED_FAULTS_OF_MISPLACED_KEYS,
  EXPECTED_OUTCOMES_OF_KEYS,
  faultsOfMisplacedKeys,
  outcomesOfKeys,
} from '../support/expressions/key-places';
import { readSpellings } from '../support/expressions/key-spellings';

const NEEDS = ['core', 'templates.filters', 'workflows.keystore', 'workflows.with_items', 'workflows.retry'];

claim('T2.21k', NEEDS, 'each place of a workflow reads its key', async (ctx) => {
  expect(await outcomesOfKeys(ctx)).toEqual(EXPECTED_OUTCOMES_OF_KEYS);
});

claim('T2.21l', [...NEEDS, 'executions.log'], 'a key that would be shown ends the task', async (ctx) => {
  expect(await faultsOfMisplacedKeys(ctx)).toEqual(EXPECTED_FAULTS_OF_MISPLACED_KEYS);
});

claim('T2.21m', [...NEEDS, 'rules.keystore'], 'the parameters of a rule read a key', async (ctx) => {
  expect(await outcomeOfKeyInRule(ctx)).toEqual(EXPECTED_OUTCOME_OF_KEY_IN_RULE);
});

claim('T2.21n', [...NEEDS, 'rules.keystore'], 'a key is read by each of its names, in each place', async (ctx) => {
  const { found, expected } = await readSpellings(ctx);

  expect(found).toEqual(expected);
});
