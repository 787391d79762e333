import type { Json } from '../../../contract/json';
import { criteriaText } from '../criteria-text';

/** The criteria of a rule, as text. */
export function Criteria({ conditions }: { readonly conditions: Json }) {
  const parts = criteriaText(conditions);
  if (parts.length === 0) return <>none: each event of the trigger matches</>;
  return (
    <ul class="criteria">
      {parts.map((part, n) => (
        <li key={n}>
          {n > 0 && 'and '}
          <code>{part}</code>
        </li>
      ))}
    </ul>
  );
}
