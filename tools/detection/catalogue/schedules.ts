import type { Faults } from '../fault';

/** Planned instants of timers. */
export const SCHEDULE_FAULTS: Faults = {
  F861: {
    promise: 'the first name of the weekdays is Sunday',
    file: 'core/schedule/cron-fields.ts',
    within: 'parseValue',
    find: 'field.min + named',
    replace: 'Math.max(1, field.min) + named',
    claims: ['T1.3f'],
  },
  F904: {
    promise: 'a wildcard does not fire in an hour that the clock of its zone skips',
    file: 'core/schedule/zoned-next.ts',
    within: 'zonedNext',
    find: 'isInGap && schedule.hasFixedTime',
    replace: 'isInGap',
    claims: ['T1.3g'],
  },
  F905: {
    promise: 'weekday 7 is Sunday',
    file: 'core/schedule/cron-fields.ts',
    within: 'normalizeWeekday',
    find: 'value % 7',
    replace: 'Math.min(value, 6)',
    claims: ['T1.3f'],
  },
  F802: {
    promise: 'the day L of a cron expression is the last day of each month, also of a short one',
    file: 'core/schedule/cron-fields.ts',
    within: 'parseField',
    find: "return 'L';",
    replace: "return '31';",
    claims: ['T1.3h'],
  },
};
