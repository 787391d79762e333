import type { ColumnType, Generated } from 'kysely';
import type { Json } from '../../contract/json';

export interface IdempotentRequestTable {
  id: Generated<number>;
  tenant: ColumnType<number, number | undefined, never>;
  identity: number;
  name_hash: string;
  body_hash: string;
  answer: ColumnType<Json, string | null | undefined, string | null>;
  created: ColumnType<string, string | undefined, string>;
}
