import type { Changes } from './policy';
import type { RuntimeChange } from './runtime-changes';

/** What the author of a change declares about it. */
export const CHANGE_LABELS = ['tests-only'] as const;
export type ChangeLabel = (typeof CHANGE_LABELS)[number];

/** What is known about a change. */
export interface Change {
  readonly label?: ChangeLabel;
  /** Paths of the files that differ, relative to the root. */
  readonly files: readonly string[];
  readonly runtimes: readonly RuntimeChange[];
  readonly approvedBy: readonly string[];
}

/** A rule that the change breaks, and where. */
export type ChangeFinding =
  | { readonly code: 'TESTS_ONLY_EXCEEDED'; readonly file: string }
  | ({ readonly code: 'RUNTIME_CHANGE_NEEDS_OWNER'; readonly owners: readonly string[] } & RuntimeChange);

/** Every rule of the policy that the change breaks. */
export const checkChange = (rules: Changes, change: Change): ChangeFinding[] => [
  ...(change.label === 'tests-only' ? filesBeyondTests(rules, change) : []),
  ...(isApproved(rules, change) ? [] : unapprovedRuntimes(rules, change)),
];

const filesBeyondTests = ({ tests }: Changes, { files }: Change): ChangeFinding[] =>
  files
    .filter((file) => !tests.some((path) => (path.endsWith('/') ? file.startsWith(path) : file === path)))
    .map((file) => ({ code: 'TESTS_ONLY_EXCEEDED', file }));

const isApproved = ({ runtime_owners: owners }: Changes, { approvedBy }: Change): boolean =>
  approvedBy.some((name) => owners.includes(name.trim()));

const unapprovedRuntimes = ({ runtime_owners: owners }: Changes, { runtimes }: Change): ChangeFinding[] =>
  runtimes.map((change) => ({ code: 'RUNTIME_CHANGE_NEEDS_OWNER', owners, ...change }));

/** One line: what, where, and what would be right. */
export function describeFinding(finding: ChangeFinding): string {
  if (finding.code === 'TESTS_ONLY_EXCEEDED')
    return `${finding.code}: ${finding.file} is no file of tests or CI: leave it out, or remove the label`;
  const { code, runtime, field, before, after, owners } = finding;
  const values = `${JSON.stringify(before)} → ${JSON.stringify(after)}`;
  return `${code}: ${runtime} ${field} ${values}: needs --approved-by with one of ${owners.join(', ')}`;
}
