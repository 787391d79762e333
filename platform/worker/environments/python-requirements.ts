import type { Requirement } from './failing-requirement';

/** A name with extras, versions, a marker and hashes: only what the platform's index resolves. */
const REQUIREMENT =
  /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[A-Za-z0-9._,\s-]*\])?\s*(\(?[<>=!~]=?[^;@$:/\\]*\)?)?\s*(;[^$]*?)?(\s--hash=\S+)*$/;

/** The requirements of these lines, and the first line that is not a name with a version. */
export function parseRequirements(lines: readonly string[]): {
  requirements: Requirement[];
  rejected: string | null;
} {
  const requirements: Requirement[] = [];
  for (const line of lines) {
    const [, name] = REQUIREMENT.exec(line) ?? [];
    if (name === undefined) return { requirements, rejected: line };
    requirements.push({ name, text: line.replace(/\s--hash=\S+/g, '') });
  }
  return { requirements, rejected: null };
}
