import { EXIT_CODES } from '../../contract/errors';
import { promiseFaults, readPromisePages, type PromisePage } from '../../tools/promises/promises';
import { CommandError } from '../failures';
import { writeGenerated } from './generated-file';

/**
 * Writes the statements of the pages in `tests/promises`, and prints how many of each page are
 * proven, and which are not; with `check` only compares. Exit 1: a page has changed (`check`), or
 * PROMISE_WITHOUT_PROOF: an entry has neither proof nor reason, or a proof that does not exist.
 */
export function promises(root: string, check: boolean): void {
  const pages = readPromisePages(root);
  for (const { file, rendered } of pages)
    writeGenerated(root, { file, command: 'promises', drift: 'PROMISES_DRIFT' }, () => rendered, check);
  const faults = promiseFaults(
    root,
    pages.flatMap(({ statements }) => statements),
  );
  console.log(pages.flatMap(summaryOf).join('\n'));
  if (faults.length > 0)
    throw new CommandError(faults.map((fault) => `PROMISE_WITHOUT_PROOF: ${fault}`).join('\n'), EXIT_CODES.testFailed);
}

const summaryOf = ({ page, statements }: PromisePage): string[] => {
  const proven = statements.filter(({ proof }) => proof !== undefined);
  const open = statements.filter((statement) => statement.open !== undefined);
  return [
    `docs/${page}.md: ${proven.length} of ${proven.length + open.length} promises proven`,
    ...open.map(({ id, says, open: reason }) => `  ${id}: ${reason ?? ''}: ${says}`),
  ];
};
