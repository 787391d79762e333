import type { GivenKeys } from '../../platform/store/secrets/encryption-keys';
import type { ResealedValues, ResealResult } from '../../platform/store/secrets/reseal';
import type { RotationResult } from '../../platform/store/secrets/rotate-encryption-key';
import type { SealBinding, SealedColumn } from '../../platform/store/secrets/vault';

/** Values between two lines about the same column. */
const VALUES_PER_LINE = 10_000;
/** Places that the line names. */
const SHOWN = 5;

/** Prints the progress: a line at the end of each column, and for each 10,000 values of it. */
export class ProgressPrinter {
  private column = '';
  /** Of the latest batch; within a pass over the columns it grows. */
  private values = 0;
  private pending: string | null = null;
  private printed = 0;

  constructor(private readonly print: (line: string) => void) {}

  readonly onBatch = ({ table, column }: SealedColumn, { values, resealed }: ResealedValues): void => {
    const name = `${table}.${column}`;
    if (name !== this.column || values <= this.values) this.end();
    this.column = name;
    this.values = values;
    this.pending = `${name}: ${values} read, ${resealed} sealed again`;
    if (values < this.printed + VALUES_PER_LINE) return;
    this.print(this.pending);
    this.pending = null;
    this.printed = values;
  };

  /** After the last batch of all. */
  end(): void {
    if (this.pending !== null) this.print(this.pending);
    this.pending = null;
    this.printed = 0;
  }
}

/** What was done, and which settings have no use any more. */
export function resultLines(
  { values, resealed, removedKeys }: Pick<RotationResult, 'values' | 'resealed' | 'removedKeys'>,
  { formerEncryptionKey }: GivenKeys,
): string[] {
  const removed =
    removedKeys === 1
      ? 'The former key of the database is removed.'
      : `${removedKeys} former keys of the database are removed.`;
  return [
    `${values} values are sealed under the encryption key, ${resealed} of them by this run.`,
    ...(removedKeys > 0 ? [removed] : []),
    ...(formerEncryptionKey === null ? [] : ['PLATFORM_FORMER_ENCRYPTION_KEY has no use any more: remove it.']),
  ];
}

/** The line about values that none of the keys opens: code, places, remedy. */
export function unreadableLine(unreadable: ResealResult['unreadable']): string {
  const shown = unreadable.slice(0, SHOWN).map(placeOf).join(', ');
  const rest = unreadable.length > SHOWN ? ` and ${unreadable.length - SHOWN} more` : '';
  return (
    `VALUES_UNREADABLE: none of the keys opens ${shown}${rest}; former keys are kept: give the key that sealed them ` +
    'in PLATFORM_FORMER_ENCRYPTION_KEY, or write or delete them, and run it again'
  );
}

const placeOf = ({ tenant, table, row, column }: SealBinding): string =>
  `${table}.${column} of row ${row} (tenant ${tenant})`;
