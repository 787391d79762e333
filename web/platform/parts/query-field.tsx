import { useEffect, useId, useState } from 'preact/hooks';
import { setQuery, type Place } from '../router';

/** The list is loaded when nothing was typed for this long, ms. */
const TYPED_MS = 300;

interface Props {
  readonly place: Place;
  /** The parameter of the address. */
  readonly name: string;
  readonly label: string;
  readonly placeholder?: string;
  /** Texts that are proposed. */
  readonly choices?: readonly string[];
}

/** A text that filters a list; it is a part of the address, and starts again at the first page. */
export function QueryField({ place, name, label, placeholder, choices }: Props) {
  const id = useId();
  const shown = place.query.get(name) ?? '';
  const [typed, setTyped] = useState(shown);
  useEffect(() => setTyped(shown), [shown]);
  useEffect(() => {
    if (typed === shown) return;
    const timer = window.setTimeout(() => setQuery({ [name]: typed, page: undefined }), TYPED_MS);
    return () => window.clearTimeout(timer);
  }, [typed]);
  return (
    <label class="field">
      {label}
      <input
        type="search"
        value={typed}
        {...(placeholder !== undefined && { placeholder })}
        {...(choices && { list: id })}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
      {choices && (
        <datalist id={id}>
          {choices.map((choice) => (
            <option key={choice} value={choice} />
          ))}
        </datalist>
      )}
    </label>
  );
}

interface ChoiceProps extends Props {
  readonly choices: readonly string[];
  /** For no choice. */
  readonly all: string;
}

/** One of several values that filters a list. */
export const QueryChoice = ({ place, name, label, choices, all }: ChoiceProps) => (
  <label class="field">
    {label}
    <select
      value={place.query.get(name) ?? ''}
      onChange={({ currentTarget }) => setQuery({ [name]: currentTarget.value, page: undefined })}
    >
      <option value="">{all}</option>
      {choices.map((choice) => (
        <option key={choice}>{choice}</option>
      ))}
    </select>
  </label>
);
