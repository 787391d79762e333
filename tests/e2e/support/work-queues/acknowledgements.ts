import type { JsonObject } from '../../../../contract/json';
import type { Status } from '../../../../contract/status';

/** Stands for the id of the item in an output. */
export const ID = 'ITEM_ID';

/** The output of an execution that acknowledges these items. */
const ackOf = (items: readonly object[], more: JsonObject = { version: 1 }): string =>
  JSON.stringify({ queue_ack: { ...more, items } }).replaceAll(`"${ID}"`, ID);

const ack = (status: string, more: JsonObject = {}) => ackOf([{ id: ID, status, ...more }]);

/** An item, what the executions that process it print, and what becomes of both. */
export interface AckRow {
  /** One text for each attempt. */
  readonly prints: readonly string[];
  /** Exit code of the executions. */
  readonly exits?: number;
  /** Status, attempts, error and acknowledgement of the item at its end. */
  readonly item: readonly [string, number, string | null, JsonObject | null];
  /**
   * Statuses of the executions, and what each has about the acknowledgement: the one that was
   * accepted (`ack`), the code of its error, or nothing.
   */
  readonly executions: readonly (readonly [Status, 'ack' | 'QUEUE_ACK_MISSING' | 'QUEUE_ACK_INVALID' | null])[];
}

const MISSING = 'the output has no queue_ack';
const RETRIED = { status: 'retry', effective_status: 'failed' };
const COMPLETED: AckRow['item'] = ['completed', 1, null, { status: 'completed' }];

/** With a limit of one retry. */
export const RETRYING: Readonly<Record<string, AckRow>> = {
  'asks for another attempt each time': {
    prints: [ack('retry'), ack('retry', { error: 'busy' })],
    item: ['failed', 2, 'busy', { ...RETRIED, error: 'busy' }],
    executions: Array(2).fill(['completed', 'ack']),
  },
  'asks for one more attempt': {
    prints: [ack('retry'), ack('completed')],
    item: ['completed', 2, null, { status: 'completed' }],
    executions: Array(2).fill(['completed', 'ack']),
  },
  'prints nothing': {
    prints: ['', ''],
    item: ['failed', 2, MISSING, null],
    executions: Array(2).fill(['failed', 'QUEUE_ACK_MISSING']),
  },
  'prints nothing, then acknowledges': {
    prints: ['', ack('skipped')],
    item: ['skipped', 2, null, { status: 'skipped' }],
    executions: [
      ['failed', 'QUEUE_ACK_MISSING'],
      ['completed', 'ack'],
    ],
  },
  'fails twice': {
    prints: ['', ''],
    exits: 3,
    item: ['failed', 2, MISSING, null],
    executions: Array(2).fill(['failed', null]),
  },
};

const refused = (text: string, error: string): AckRow => ({
  prints: [text],
  item: ['failed', 1, error, null],
  executions: [['failed', error === MISSING ? 'QUEUE_ACK_MISSING' : 'QUEUE_ACK_INVALID']],
});

const accepted = (text: string, more: Partial<AckRow> = {}): AckRow => ({
  prints: [text],
  item: COMPLETED,
  executions: [['completed', 'ack']],
  ...more,
});

/** With the limit that a queue has by default. */
export const ONCE: Readonly<Record<string, AckRow>> = {
  completed: accepted(ack('completed')),
  failed: accepted(ack('failed', { error: 'no such host' }), {
    item: ['failed', 1, 'no such host', { status: 'failed', error: 'no such host' }],
  }),
  skipped: accepted(ack('skipped', { summary: { seen: 2 } }), {
    item: ['skipped', 1, null, { status: 'skipped', summary: { seen: 2 } }],
  }),
  retry: accepted(ack('retry'), { item: ['failed', 1, null, RETRIED] }),
  'without a version': accepted(ackOf([{ id: ID, status: 'completed' }], {})),
  'in the last line': accepted(`working\n${ack('completed')}\n`),
  'over several lines': accepted(ack('completed').replaceAll(',', ',\n')),
  'before the last line': refused(`${ack('completed')}\nbye`, MISSING),
  'of a failed execution': accepted(ack('completed'), { exits: 3, executions: [['failed', 'ack']] }),
  'another version': refused(ackOf([{ id: ID, status: 'completed' }], { version: 2 }), 'queue_ack.version must be 1'),
  'no items': refused(ackOf([]), `queue_ack.items lacks ${ID}`),
  'another item': refused(
    ackOf([
      { id: ID, status: 'completed' },
      { id: 0, status: 'completed' },
    ]),
    'queue_ack.items[1] is not one of the leased items',
  ),
  'an item twice': refused(
    ackOf([
      { id: ID, status: 'completed' },
      { id: ID, status: 'failed' },
    ]),
    'queue_ack.items[1] is a second acknowledgement of its item',
  ),
  'another status': refused(
    ack('cancelled'),
    'queue_ack.items[0] must have a status of completed, retry, failed, skipped',
  ),
};
