import { Type, type Static } from '@sinclair/typebox';

/** Which runs a list has. Empty members, as a form sends them, select nothing. */
export const RunSelection = Type.Object({
  branch: Type.Optional(Type.String()),
  outcome: Type.Optional(
    Type.Unsafe<'' | 'passed' | 'failed' | 'cancelled'>({ enum: ['', 'passed', 'failed', 'cancelled'] }),
  ),
  text: Type.Optional(Type.String({ maxLength: 200 })),
  before: Type.Optional(Type.Integer({ minimum: 1 })),
});
export type RunSelection = Static<typeof RunSelection>;

/** The members that select something. */
export function selectedOf({ branch, outcome, text, before }: RunSelection) {
  return { branch: branch || undefined, outcome: outcome || undefined, text: text || undefined, before };
}
