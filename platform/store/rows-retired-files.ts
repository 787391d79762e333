import type { Generated } from 'kysely';

/** What lies there: a pack's files, one environment of it, or all environments of a pack that is gone. */
export type RetiredKind = 'registration' | 'environment' | 'environments';

export interface RetiredFilesTable {
  id: Generated<number>;
  tenant: Generated<number>;
  pack_ref: string;
  kind: RetiredKind;
  path: string;
  boundary: Generated<number>;
  retired_at: Generated<string>;
}
