import { git } from '../git/git';

export interface HistoryCommit {
  readonly id: string;
  readonly subject: string;
  readonly isMerge: boolean;
}

const FIELDS = '--format=%H%x00%P%x00%s';

/** The commits of HEAD that a revision does not have, parents first. */
export async function commitsSince(directory: string, revision: string): Promise<HistoryCommit[]> {
  const log = await git(directory, 'log', '--reverse', '--topo-order', FIELDS, `${revision}..HEAD`);
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [id, parents, subject] = line.split('\0') as [string, string, string];
      return { id, subject, isMerge: parents.includes(' ') };
    });
}

const MAX_SUBJECT = 60;
const SUBJECT = /^[a-z][\w./-]*: \S/;

/** What is wrong with the subject of a commit; null: nothing. Git names merges itself. */
export function subjectFault({ subject, isMerge }: HistoryCommit): string | null {
  if (isMerge) return null;
  if (subject.length > MAX_SUBJECT) return `subject: ${subject.length} characters, ${MAX_SUBJECT} at most`;
  return SUBJECT.test(subject) ? null : 'subject: expected `area: imperative`';
}
