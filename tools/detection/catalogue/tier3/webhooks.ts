import type { Faults } from '../../fault';

/** One webhook and several rules. */
export const WEBHOOK_RULE_FAULTS: Faults = {
  F1560: {
    promise: 'each rule that matches an event is fired',
    file: 'executor/events/process-event.ts',
    within: 'evaluateRules',
    find: 'await fireRule(transaction, tenant, { row, rule, decision });',
    replace: `await fireRule(transaction, tenant, { row, rule, decision });
      (rules as RuleToEvaluate[]).length = 0;`,
    claims: ['T3.4a', 'T3.4b'],
  },
};
