import { Type, type Static } from '@sinclair/typebox';

const exact = { additionalProperties: false };
const NullableText = Type.Union([Type.String(), Type.Null()]);

/** `suite-report/1`: one run of the scenarios, as it is posted to a hub. */
export const SuiteReport = Type.Object(
  {
    schema: Type.Literal('suite-report/1'),
    repository: Type.Object(
      {
        name: Type.String({ minLength: 1 }),
        branch: NullableText,
        commit: NullableText,
        dirty: Type.Union([Type.Boolean(), Type.Null()]),
      },
      exact,
    ),
    host: Type.String(),
    run: Type.Unknown({ description: 'what `tuningfork report --json` prints' }),
  },
  exact,
);
export type SuiteReport = Static<typeof SuiteReport>;
