/** One dependency as a pack's manifest names it. */
export interface Requirement {
  readonly name: string;
  /** `requests==2.32.3`, `lodash@4.17.21`. */
  readonly text: string;
}

/** Normalized as package indexes do: lower case, `-` for `_` and `.`. */
const normalizedName = (text: string): string => text.toLowerCase().replace(/[-_.]+/g, '-');

const ERROR_WORDS = /\b(\w*error|err|no matching|could not|not found|because|unsatisfiable|incompatible|e?404)\b/i;
/** Paths and addresses, which may contain anything. */
const PATHS = /\S*[/\\]\S*/g;

const isErrorLine = (line: string): boolean => ERROR_WORDS.test(line.replace(PATHS, ' '));

/** The first requirement that the installer's error lines mention; null when they mention none. */
export function findFailingRequirement(requirements: readonly Requirement[], log: string): string | null {
  const errorLines = log
    .split('\n')
    .filter(isErrorLine)
    .map((line) => ` ${normalizedName(line)} `);
  for (const errorLine of errorLines) {
    const requirement = requirements.find(({ name }) => mentionsName(normalizedName(name), errorLine));
    if (requirement) return requirement.text;
  }
  return null;
}

function mentionsName(name: string, errorLine: string): boolean {
  for (let index = errorLine.indexOf(name); index >= 0; index = errorLine.indexOf(name, index + 1)) {
    const around = errorLine[index - 1]! + errorLine[index + name.length]!;
    if (!/[a-z0-9]/.test(around) && errorLine[index - 1] !== '-') return true;
  }
  return false;
}
