import type { Fault } from '../../fault';

/** One webhook and several rules. */
export const WEBHOOK_RULE_FAULTS: readonly Fault[] = [
  {
    id: 'F1560',
    promise: 'each rule that matches an event is fired',
    file: 'executor/events/process-event.ts',
    within: 'evaluateRules',
    find: 'decisions.push(await withErrorSubject(subject, () => decide(transaction, tenant, { row, occurrence, rule })));',
    replace: `decisions.push(await withErrorSubject(subject, () => decide(transaction, tenant, { row, occurrence, rule })));
    if (decisions.at(-1)!.matched) break;`,
    claims: ['T3.4a', 'T3.4b'],
  },
];
