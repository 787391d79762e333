import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import type { LedgerEntry } from '../../../helpers/scenario/ledger';
import type { Condition } from '../../../helpers/scenario/polling';
import { writeJson } from '../../../contract/json-text/write-json';

type LedgerContext = Pick<Context, 'ledger' | 'ledgerInput'>;

/** A command of a POSIX shell that appends an entry to a ledger; each part may name a variable. */
export const entryCommand = (key: string, event: string, ledger: string): string =>
  `echo "${key} ${event} $ATTUNE_EXEC_ID $$ $(($(date +%s%N) / 1000))" >>"${ledger}"`;

/** The same to the ledger of the test. */
export const writeEntry = (ctx: LedgerContext, label: string, event: LedgerEntry['event']): string =>
  entryCommand(ctx.ledgerInput(label).key, event, ctx.ledger.path);

/** So many entries of this kind have been written, or more. */
export const ledgerToHave = (
  count: number,
  ctx: LedgerContext,
  label: string,
  event: LedgerEntry['event'] = 'start',
): Condition<true> =>
  predicateToHold(
    `${count} entries ${label} ${event}`,
    () => ctx.ledger.entries(ctx.ledgerInput(label).key, event).length >= count,
    () => writeJson(ctx.ledger.entries()),
  );
