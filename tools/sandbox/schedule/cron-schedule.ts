import { Cron } from 'croner';
import { SandboxError } from '../sandbox-error';
import { WEEKLY } from './weekly';

const FIELDS = ['minute', 'hour', 'day of the month', 'month', 'day of the week'];
const VALUE = '(?:\\d+|[A-Za-z]{3})';
const ITEM = `(?:(?:\\*|${VALUE}-${VALUE})(?:/\\d+)?|${VALUE})`;
/** What every cron reads: numbers, names, lists, ranges and steps. */
const PORTABLE = new RegExp(`^${ITEM}(?:,${ITEM})*$`);

/** Throws SandboxError, which names the field, unless cron can run something at this schedule. */
export function checkSchedule(schedule: string): void {
  const fields = schedule.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) throw invalid(`${schedule} has ${fields.length} fields instead of five`);
  fields.forEach((field, n) => {
    const others = FIELDS.map((_, k) => (k === n ? field : '*'));
    const why = PORTABLE.test(field) ? problemOf(others.join(' ')) : 'it is no number, name, list, range or step';
    if (why !== null) throw invalid(`${FIELDS[n]} ${field}: ${why}`);
  });
  if (new Cron(schedule, { paused: true, domAndDow: false }).nextRun() === null)
    throw invalid(`${schedule} never comes`);
}

function problemOf(pattern: string): string | null {
  try {
    new Cron(pattern, { paused: true, mode: '5-part' });
    return null;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
  }
}

const invalid = (what: string): SandboxError =>
  new SandboxError('CRON_INVALID', `${what}; right would be five fields, such as "${WEEKLY}"`);
