import { useState } from 'preact/hooks';

/** Of a longer text, only the start is shown at first: characters. */
const SHOWN = 2_000;

interface Props {
  readonly text: string;
  /** Around it. */
  readonly quote?: string;
}

/** A text, of which a long one is cut until all of it is asked for. */
export function CutText({ text, quote = '' }: Props) {
  const [isWhole, setWhole] = useState(false);
  if (text.length <= SHOWN || isWhole)
    return (
      <span class="text">
        {quote}
        {text}
        {quote}
      </span>
    );
  return (
    <span class="text">
      {quote}
      {text.slice(0, SHOWN)}…{' '}
      <button type="button" onClick={() => setWhole(true)}>
        Show all {text.length.toLocaleString()} characters
      </button>
    </span>
  );
}
