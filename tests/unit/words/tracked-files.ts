import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lintPage, lintPath, lintSql, lintTypeScript, type WordFinding } from './lint-words';

const LINTS: Readonly<Record<string, (file: string, text: string) => WordFinding[]>> = {
  '.ts': lintTypeScript,
  '.js': lintTypeScript,
  '.mjs': lintTypeScript,
  '.yaml': lintPage,
  '.njk': lintPage,
  '.sh': lintPage,
  '.py': lintPage,
  '.md': lintPage,
  '.sql': lintSql,
};

/** This folder names the denied words, and nothing else may. */
const OWN_FOLDER = 'tests/unit/words/';

/** All findings in the files that git tracks, in the order of their names. */
export function lintTrackedFiles(root: string): WordFinding[] {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
  return files.flatMap((file) => {
    const lint = LINTS[/\.\w+$/.exec(file)?.[0] ?? ''];
    if (!lint || file.startsWith(OWN_FOLDER)) return [];
    return [...lintPath(file), ...lint(file, readFileSync(join(root, file), 'utf8'))];
  });
}
