import type { TextLine } from '../../tools/gate/secrets/find-secrets';
import { changedFiles, filesOfCommit, requireHistory, untrackedFiles, type Base } from './changed-files';
import { git } from './git';
import { fileLines } from './file-lines';

/** Lines of one file, relative to the directory. */
export interface FileLines {
  readonly path: string;
  readonly lines: readonly TextLine[];
  /** The commit that added them; null: they are in the working tree. */
  readonly commit: string | null;
}

/** The lines that the working tree has and the base has not, and those of the commits between. */
export async function addedLines(directory: string, base: Base): Promise<FileLines[]> {
  await requireHistory(directory, base);
  const untracked = new Set(await untrackedFiles(directory));
  const added: FileLines[] = [];
  for (const path of await changedFiles(directory, base)) {
    const lines = untracked.has(path) ? fileLines(directory, path) : await diffLines(directory, path, base.commit);
    added.push({ path, lines, commit: null });
  }
  return [...added, ...(await committedLines(directory, base))];
}

/** A secret that a later commit removed is still in the history that is pushed. */
async function committedLines(directory: string, base: Base): Promise<FileLines[]> {
  const range = await git(directory, 'rev-list', '--no-merges', `${base.commit}..HEAD`, '--', '.');
  const added: FileLines[] = [];
  for (const commit of range.split('\n').filter((id) => id !== '')) {
    const parent = (await git(directory, 'rev-list', '--max-count=1', '--parents', commit)).trim().split(' ')[1];
    for (const path of await filesOfCommit(directory, commit))
      added.push({ path, lines: await diffLines(directory, path, parent ?? EMPTY_TREE, commit), commit });
  }
  return added;
}

const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const DIFF = ['diff', '--unified=0', '--no-renames', '--no-color', '--no-ext-diff', '--no-textconv', '--relative'];

async function diffLines(directory: string, path: string, ...revisions: readonly string[]): Promise<TextLine[]> {
  const diff = await git(directory, '--literal-pathspecs', ...DIFF, ...revisions, '--', path);
  const lines: TextLine[] = [];
  let next = 0;
  for (const text of diff.split('\n')) {
    const hunk = /^@@ -\S+ \+(\d+)/.exec(text);
    if (hunk) next = Number(hunk[1]);
    else if (next > 0 && text.startsWith('+')) lines.push({ line: next++, text: text.slice(1) });
  }
  return lines;
}
