import { Type, type Static } from '@sinclair/typebox';
import { Id, NullableJsonMap, NullableText, TextList, Timestamp, stringEnum } from '../json';

/** The kinds of entities that have a history. */
export const HISTORY_ENTITIES = ['execution', 'worker'] as const;
export type HistoryEntity = (typeof HISTORY_ENTITIES)[number];

const HISTORY_OPERATIONS = ['INSERT', 'UPDATE', 'DELETE'] as const;
const HistoryOperation = stringEnum(HISTORY_OPERATIONS);

/** One change. Of an update both documents hold the changed fields. */
export const HistoryRecord = Type.Object({
  time: Timestamp,
  operation: HistoryOperation,
  entity_id: Id,
  entity_ref: NullableText,
  changed_fields: TextList,
  old_values: NullableJsonMap,
  new_values: NullableJsonMap,
});
export type HistoryRecord = Static<typeof HistoryRecord>;

/** Of the changes of one entity. `since` is included, `until` is not. */
export const EntityHistoryFilter = Type.Object({
  operation: Type.Optional(HistoryOperation),
  changed_field: Type.Optional(Type.String()),
  since: Type.Optional(Timestamp),
  until: Type.Optional(Timestamp),
});

export const HistoryFilter = Type.Composite([
  Type.Object({ entity_id: Type.Optional(Id), entity_ref: Type.Optional(Type.String()) }),
  EntityHistoryFilter,
]);
export type HistoryFilter = Static<typeof HistoryFilter>;
