import type { ColumnType, Generated } from 'kysely';
import type { RetentionPolicy } from '../../contract/actions';
import type { ArtifactType, Visibility } from '../../contract/artifacts';
import type { StreamName } from '../../contract/executions';
import type { Json } from '../../contract/json';
import type { OwnerType } from '../../contract/keys';

type Document = ColumnType<Json, string | null | undefined, string | null>;

export interface ArtifactTable {
  id: Generated<number>;
  tenant: Generated<number>;
  ref: string;
  scope: Generated<OwnerType>;
  owner: Generated<string>;
  type: Generated<ArtifactType>;
  visibility: Generated<Visibility>;
  retention_policy: Generated<RetentionPolicy>;
  retention_limit: Generated<number>;
  name: string | null;
  description: string | null;
  content_type: string | null;
  size_bytes: number | null;
  data: Document;
  /** The platform keeps an action's stream in it. */
  of_logs: Generated<boolean>;
  created: Generated<string>;
  updated: Generated<string>;
}

export interface ArtifactVersionTable {
  id: Generated<number>;
  tenant: Generated<number>;
  artifact: number;
  version: number;
  execution: number | null;
  content_type: string | null;
  size_bytes: number | null;
  content_json: Document;
  file_path: string | null;
  meta: Document;
  created_by: string | null;
  /** Of a log: which stream of which attempt. */
  stream: StreamName | null;
  attempt: number | null;
  created: Generated<string>;
}
