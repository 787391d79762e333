import type { Json } from '../../../contract/json';

/** A document as text. */
export const JsonText = ({ value, label }: { readonly value: Json; readonly label: string }) => (
  <pre tabIndex={0} role="region" aria-label={label}>
    {JSON.stringify(value, null, 2)}
  </pre>
);
