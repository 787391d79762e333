import type { ColumnType } from 'kysely';

/** A json or jsonb column: read parsed, written as JSON text. */
export type JsonColumn<T> = ColumnType<T, string, string>;
