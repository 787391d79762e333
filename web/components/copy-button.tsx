import { useState } from 'preact/hooks';

interface Props {
  /** Made when it is copied. */
  readonly text: () => string;
  /** What is copied, for readers of the screen. */
  readonly label: string;
}

/**
 * Puts a text on the clipboard, and names the result; nothing where there is no clipboard, as over
 * plain HTTP of another host.
 */
export function CopyButton({ text, label }: Props) {
  const [result, setResult] = useState<'' | 'copied' | 'not allowed'>('');
  if (!('clipboard' in navigator)) return null;
  const copy = (): void =>
    void navigator.clipboard.writeText(text()).then(
      () => setResult('copied'),
      () => setResult('not allowed'),
    );
  return (
    <button type="button" class="copy" aria-label={label} onClick={copy}>
      <span role="status">{result || 'copy'}</span>
    </button>
  );
}
