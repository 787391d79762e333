import type { ColumnType, Generated } from 'kysely';

type Made = ColumnType<string, string | undefined, string>;
type Instant = ColumnType<string | null, string | null | undefined, string | null>;
type Optional<T> = ColumnType<T | null, T | null | undefined, T | null>;

export interface IntegrationTokenTable {
  id: Generated<number>;
  tenant: ColumnType<number, number | undefined, never>;
  identity: number;
  label: string;
  description: Optional<string>;
  token_hash: string;
  token_prefix: string;
  token_suffix: string;
  created_by: Optional<number>;
  expires_at: Instant;
  last_used_at: Instant;
  last_used_ip: Optional<string>;
  revoked_at: Instant;
  revoked_by: Optional<number>;
  revocation_reason: Optional<string>;
  created: Made;
  updated: Made;
}

export interface RefreshFamilyTable {
  id: Generated<number>;
  tenant: ColumnType<number, number | undefined, never>;
  identity: number;
  generation: ColumnType<number, number | undefined, number>;
  rotated_at: Made;
  expires_at: ColumnType<string, string, string>;
  revoked_at: Instant;
}
