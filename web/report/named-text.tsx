import { LongText } from '../components/long-text';

/** A text below its name; nothing where there is none. */
export const NamedText = ({ name, text }: { readonly name: string; readonly text: string | null }) =>
  text === null || text === '' ? null : (
    <>
      <h4>{name}</h4>
      <LongText text={text} />
    </>
  );
