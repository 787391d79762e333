import type { Fault } from '../fault';

/** Planned instants of timers. */
export const SCHEDULE_FAULTS: readonly Fault[] = [
  {
    id: 'F801',
    promise: 'a date timer whose instant had passed is expired, not invalid',
    file: 'core/schedule/plan.ts',
    within: 'planWithoutOccurrence',
    find: "schedule.kind === 'one_shot'",
    replace: "schedule.kind === 'cron'",
    claims: ['T1.2b'],
  },
  {
    id: 'F802',
    promise: 'the day L of a cron expression is the last day of each month, also of a short one',
    file: 'core/schedule/cron-fields.ts',
    within: 'parseField',
    find: "return 'L';",
    replace: "return '31';",
    claims: ['T1.3d'],
  },
  {
    id: 'F861',
    promise: 'the first name of the weekdays is Sunday',
    file: 'core/schedule/cron-fields.ts',
    within: 'parseValue',
    find: 'field.min + named',
    replace: 'Math.max(1, field.min) + named',
    claims: ['T1.3f'],
  },
  {
    id: 'F862',
    promise: 'a start with a step allows the last value of its field, too',
    file: 'core/schedule/cron-fields.ts',
    within: 'rangeEnd',
    find: "field.name === 'weekday' ? 6 : field.max",
    replace: "field.name === 'weekday' ? 6 : field.max - 1",
    claims: ['T1.3f'],
  },
];
