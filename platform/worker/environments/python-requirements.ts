import type { Requirement } from './failing-requirement';

/** A name with extras, versions and a marker: only what the platform's index resolves. */
const REQUIREMENT =
  /^([A-Za-z0-9][A-Za-z0-9._-]*) ?(\[[A-Za-z0-9._, -]*\])? ?(\(?[<>=!~]=?[^;@$:/\\]*\)?)? ?(;[^$]*)?$/;

/** Before each hash: a requirement that is locked has one for each of its files. */
const HASH_OPTION = / --hash[= ]/;
const HASH = /^[a-z0-9]+:[0-9a-fA-F]+$/;

/**
 * The requirements of these lines, in which runs of blanks are one, and the first line that is not
 * a name with a version.
 */
export function parseRequirements(lines: readonly string[]): {
  requirements: Requirement[];
  rejected: string | null;
} {
  const requirements: Requirement[] = [];
  for (const line of lines) {
    const [text, ...hashes] = line.split(HASH_OPTION);
    const [, name] = REQUIREMENT.exec(text!) ?? [];
    if (name === undefined || !hashes.every((hash) => HASH.test(hash))) return { requirements, rejected: line };
    requirements.push({ name, text: text! });
  }
  return { requirements, rejected: null };
}
