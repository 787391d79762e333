import { sql } from 'kysely';
import type { JsonObject } from '../../../contract/json';

/** A schema of the revision `v` that runs; without one, of the workflow `d`. */
export const schemaOfRun = <Column extends 'param_schema' | 'out_schema'>(column: Column) => {
  const [workflow, revision] = [sql.ref(`d.${column}`), sql.ref(`v.${column}`)];
  return sql<JsonObject | null>`case when r.revision is null then ${workflow} else ${revision} end`.as(column);
};
