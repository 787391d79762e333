import type { Json } from '../../../contract/json';
import { isRedacted } from './schema-fields';

/** A document as text; a value that the platform does not show is `(secret)`. */
export const JsonText = ({ value, label }: { readonly value: Json; readonly label: string }) => (
  <pre tabIndex={0} role="region" aria-label={label}>
    {JSON.stringify(value, (_key, part: Json) => (isRedacted(part) ? '(secret)' : part), 2)}
  </pre>
);
