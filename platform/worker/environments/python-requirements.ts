import type { Requirement } from './failing-requirement';

/** A name with extras, versions and a marker: only what the platform's index resolves. */
const REQUIREMENT =
  /^([A-Za-z0-9][A-Za-z0-9._-]*) ?(\[[A-Za-z0-9._, -]*\])? ?(\(?[<>=!~]=?[^;@$:/\\]*\)?)? ?(;[^$]*)?$/;

/** An option of an installer for one requirement. */
const OTHER_OPTION = / --?[a-z]/;

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
    if (name === undefined || OTHER_OPTION.test(text!) || !hashes.every((hash) => HASH.test(hash)))
      return { requirements, rejected: line };
    requirements.push({ name, text: text! });
  }
  return { requirements, rejected: null };
}

const REMEDIES: readonly (readonly [RegExp, string])[] = [
  [/^(?:-r|--requirement|-c|--constraint)\b/, 'write the lines of that file here, as pip-compile and uv do'],
  [
    /^(?:-i|--index-url|--extra-index-url|--trusted-host)\b/,
    'leave the line out (pip-compile --no-emit-index-url --no-emit-trusted-host): the platform names the index',
  ],
  [
    /^(?:-e|--editable)\b|^[./~]|:\/\//,
    'leave the project out (uv export --no-emit-project), and what no index has, or contain its wheel in the pack',
  ],
];

/** What would be right in the place of a line that is rejected. */
export const requirementRemedy = (line: string): string =>
  REMEDIES.find(([form]) => form.test(line))?.[1] ?? 'give names with versions, optionally with hashes';
