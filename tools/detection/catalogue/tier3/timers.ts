import type { Faults } from '../../fault';

/** Timers of several rules, and of rules that are switched off and on. */
export const TIMER_RULE_FAULTS: Faults = {
  F1500: {
    promise: 'a date timer whose instant was on the day before does not fire',
    file: 'core/schedule/plan.ts',
    within: 'initialPlan',
    find: 'return next === null ? planWithoutOccurrence(schedule) : armed(next);',
    replace: `{
      if (next !== null) return armed(next);
      return schedule.next(anchor - 86_400_000) === null ? planWithoutOccurrence(schedule) : armed(anchor);
    }`,
    claims: ['T3.1a'],
  },
  F1501: {
    promise: 'a date timer has no grace period: it does not fire a few seconds late',
    file: 'core/schedule/plan.ts',
    within: 'initialPlan',
    find: 'const next = schedule.next(anchor);',
    replace: 'const next = schedule.next(schedule.kind === "one_shot" ? anchor - 10_000 : anchor);',
    claims: ['T3.1b'],
  },
  F1502: {
    promise: 'a date timer whose instant was more than 2^31 ms ago does not fire',
    file: 'core/schedule/plan.ts',
    within: 'initialPlan',
    find: 'return next === null ? planWithoutOccurrence(schedule) : armed(next);',
    replace: `{
      if (next !== null) return armed(next);
      return schedule.next(anchor - 2 ** 31) === null ? armed(anchor) : planWithoutOccurrence(schedule);
    }`,
    claims: ['T3.1c'],
  },
  F1503: {
    promise: 'a rule that was disabled through its own route is disabled',
    file: 'api/events/rules.ts',
    within: 'changeRoutes',
    find: 'updateRule(transaction, loaded.id, { enabled }, {})',
    replace: 'updateRule(transaction, loaded.id, { enabled: true }, {})',
    claims: ['T3.2a'],
  },
  F1870: {
    promise: 'what runs when its rule is disabled goes on',
    file: 'api/events/rules.ts',
    within: 'changeRoutes',
    find: 'updateRule(transaction, loaded.id, { enabled }, {})',
    replace: `((await transaction.updateTable('execution').set({ status: 'abandoned' })
        .where('status', '=', 'running').where('rule_ref', '=', enabled ? '' : loaded.ref).execute()),
        updateRule(transaction, loaded.id, { enabled }, {}))`,
    claims: ['T3.2d'],
  },
  F1505: {
    promise: 'a removed rule does not exist',
    file: 'store/events/rules.ts',
    within: 'removeRule',
    find: `await transaction.deleteFrom('rule').where('id', '=', id).where(ownedByTenant).execute();`,
    replace: `await transaction.updateTable('rule').set({ enabled: false }).where('id', '=', id).where(ownedByTenant).execute();`,
    claims: ['T3.2c'],
  },
  F1871: {
    promise: 'the executions of a removed rule keep their results',
    file: 'store/events/rules.ts',
    within: 'removeRule',
    find: `await transaction.deleteFrom('rule').where('id', '=', id).where(ownedByTenant).execute();`,
    replace: `const ofRule = transaction.selectFrom('rule').select('ref').where('id', '=', id);
  await transaction.updateTable('execution').set({ result: null }).where('rule_ref', '=', ofRule).execute();
  await transaction.deleteFrom('rule').where('id', '=', id).where(ownedByTenant).execute();`,
    claims: ['T3.2e'],
  },
  F1507: {
    promise: 'a timer that is due fires no other timer',
    file: 'store/events/timers.ts',
    within: 'SELECTIONS',
    find: 't.due_at <= (select now from clock)',
    replace: `(select min(e.due_at) from timer e where e.state = 'armed') <= (select now from clock)`,
    claims: ['T3.3a'],
  },
  F1508: {
    promise: 'each of several equal timers fires its own rule',
    file: 'executor/events/evaluate-pending-rules.ts',
    within: 'evaluatePendingRule',
    find: 'const [rule] = await listRulesToEvaluate(transaction, event.trigger_ref, pending.rule);',
    replace: `const enabled = await listRulesToEvaluate(transaction, event.trigger_ref, null);
      const rule = enabled[(enabled.findIndex(({ id }) => id === pending.rule) + 1) % enabled.length];`,
    claims: ['T3.3b'],
  },
  F1509: {
    promise: 'timers fire while executions run',
    file: 'store/functions/events/tenants_with_due_timers.sql',
    find: 'where not w.frozen',
    replace: `where not w.frozen and not exists (select from execution e where e.status = 'running')`,
    claims: ['T3.3c'],
  },
  F1636: {
    promise: 'an interval timer does not expire by itself, however often it has fired',
    file: 'core/schedule/plan.ts',
    within: 'afterFire',
    find: `next === null
      ? expired(isMissed ? 'its last occurrence was missed' : 'its last occurrence has fired')
      : armed(next)`,
    replace: `next === null || due.fires > 8
      ? expired(isMissed ? 'its last occurrence was missed' : 'its last occurrence has fired')
      : armed(next)`,
    claims: ['T3.24a'],
  },
  F1637: {
    promise: 'each fire that a timer counts has its event, the tenth as the first',
    file: 'executor/events/fire-timers.ts',
    within: 'fireInTenant',
    find: 'occurrence === null ? [] : [{ timer, sensorRef: SENSOR_REF, payload: occurrence }]',
    replace: 'occurrence === null || timer.fires === 9 ? [] : [{ timer, sensorRef: SENSOR_REF, payload: occurrence }]',
    claims: ['T3.24a'],
  },
};
