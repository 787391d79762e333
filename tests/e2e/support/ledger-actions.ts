import { closeSync, openSync } from 'node:fs';
import type { Client } from '../../../helpers/client/client';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import type { Context } from '../../../helpers/scenario/context';
import { until } from '../../../helpers/scenario/polling';
import { entryCommand } from './ledger-commands';

/** An action `hold` whose gate stays closed ends after this time, ms. */
const HOLD_MS = 30_000;

/**
 * Writes to the ledger; `hold` ends once its gate exists, or after `HOLD_MS`. So does `ignore`,
 * which SIGTERM does not end.
 */
const LEDGER = `entry() { ${entryCommand('$key', '$1', '$ledger')}; }; entry start`;
const HOLD = `${LEDGER}; n=0; until [ -e "$gate" ] || [ $n = ${HOLD_MS / 100} ]; do sleep 0.1; n=$((n + 1)); done; entry end`;
const SCRIPTS = { append: `${LEDGER}; entry end`, hold: HOLD, ignore: `trap '' TERM; ${HOLD}` };

/**
 * Creates a pack with the actions `append`, `hold` and `ignore` on a platform besides that of the
 * run. Returns its ref. The test removes the platform, and the pack with it.
 */
export async function createLedgerActions(ctx: Context, client: Client): Promise<string> {
  const pack_ref = ctx.name('pack');
  await client.packs.create({ ref: pack_ref, label: 'scripts', version: '1.0.0' });
  for (const [name, entrypoint] of Object.entries(SCRIPTS)) {
    const action = { ref: `${pack_ref}.${name}`, pack_ref, label: name, runtime_ref: 'core.shell', entrypoint };
    await client.actions.create(action);
  }
  return pack_ref;
}

const gateOf = (ctx: Context, label: string): string => `${ctx.ledger.path}.${label}`;

/** Lets the program with this label end. */
export const openGate = (ctx: Context, label: string): void => closeSync(openSync(gateOf(ctx, label), 'w'));

/** Parameters of each of these actions. */
export const inputOf = (ctx: Context, label: string) => ({ ...ctx.ledgerInput(label), gate: gateOf(ctx, label) });

/** What programs with this label have written. */
export const entriesOf = (ctx: Context, label: string, event: 'start' | 'end') =>
  ctx.ledger.entries(ctx.ledgerInput(label).key, event);

/** Waits until so many programs with this label have started, or ended. */
export const programsTo = (ctx: Context, label: string, event: 'start' | 'end', n: number) =>
  until(
    predicateToHold(`${n} ${event} of ${label}`, () => entriesOf(ctx, label, event).length === n),
    ctx.deadline,
  );
