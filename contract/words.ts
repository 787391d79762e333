import { Type, type Static } from '@sinclair/typebox';
import { extension } from './extension';

/** The filter of a list whose rows have a ref or name, and texts. */
export const WordsFilter = Type.Object({
  q: extension(
    'lists.words',
    Type.Optional(
      Type.String({ description: 'words that the ref, name, label or description must contain, all of them' }),
    ),
  ),
});
export type WordsFilter = Static<typeof WordsFilter>;
