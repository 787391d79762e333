/** One dependency as a pack's manifest names it. */
export interface Requirement {
  readonly name: string;
  /** `requests==2.32.3`, `lodash@4.17.21`. */
  readonly text: string;
}

/** Names are compared without their case, and with `-` for `_` and `.` alike, as indexes do. */
const plainName = (text: string): string => text.toLowerCase().replace(/[-_.]+/g, '-');

const ERROR = /error|no matching|could not|not found|because|unsatisfiable|incompatible|404/i;

/** The first requirement that the installer's complaints name; null when they name none of them. */
export function failingOf(requirements: readonly Requirement[], log: string): string | null {
  const complaints = log
    .split('\n')
    .filter((line) => ERROR.test(line))
    .map((line) => ` ${plainName(line)} `);
  for (const complaint of complaints) {
    const named = requirements.find(({ name }) => isNamed(plainName(name), complaint));
    if (named) return named.text;
  }
  return null;
}

function isNamed(name: string, complaint: string): boolean {
  for (let at = complaint.indexOf(name); at >= 0; at = complaint.indexOf(name, at + 1)) {
    const around = complaint[at - 1]! + complaint[at + name.length]!;
    if (!/[a-z0-9]/.test(around) && complaint[at - 1] !== '-') return true;
  }
  return false;
}
