/** A change of a rule in its history: what the fields were and became; absent: it kept them. */
export interface RuleChange {
  readonly time: string;
  readonly enabled?: { readonly before: boolean | null; readonly after: boolean };
  readonly trigger?: { readonly before: string | null; readonly after: string };
}

/** A change of one field; `before` null: it did not exist. */
interface FieldChange<T> {
  readonly at: number;
  readonly before: T | null;
  readonly after: T;
}

/**
 * The values of a field at an instant, epoch ms: two where it changed just then, none where the
 * history does not reach so far. `changes`: the oldest first.
 */
function valuesAt<T>(changes: readonly FieldChange<T>[], at: number): T[] {
  const last = changes.filter((change) => change.at < at).at(-1);
  const next = changes.find((change) => change.at >= at);
  const earlier = last ? last.after : (next?.before ?? null);
  const then = changes.filter((change) => change.at === at).map(({ after }) => after);
  return [...(earlier === null ? [] : [earlier]), ...then];
}

/** Whether a rule was disabled at an instant, as far as its history proves that. */
export const wasDisabledAt = (changes: readonly RuleChange[], at: number): boolean =>
  valuesAt(
    changes.flatMap(({ time, enabled }) => (enabled ? [{ at: Date.parse(time), ...enabled }] : [])),
    at,
  ).includes(false);

/** The trigger of a rule at an instant; null: its history does not prove it. */
export const triggerAt = (changes: readonly RuleChange[], at: number): string | null =>
  valuesAt(
    changes.flatMap(({ time, trigger }) => (trigger ? [{ at: Date.parse(time), ...trigger }] : [])),
    at,
  ).at(-1) ?? null;
