import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { StreamName } from '../../../contract/executions';
import { CopyButton } from '../../components/copy-button';
import { Problem } from './problem';
import { useLiveLog } from './use-live-log';
import { withoutAnsi } from './without-ansi';

/** Of a longer text, only the end is shown at first: characters. */
const SHOWN = 100_000;
/** So near to its end a text is followed, px. */
const NEAR_END = 8;

interface Props {
  readonly execution: number;
  readonly stream: StreamName;
}

/**
 * An output stream as it is written. It stays at its end until the reader scrolls up. It is of one
 * execution: another one has another `key`.
 */
export function LiveLog({ execution, stream }: Props) {
  const { text: output, dropped, isComplete, error } = useLiveLog(execution, stream);
  const text = useMemo(() => withoutAnsi(output), [output]);
  const [isWhole, setWhole] = useState(false);
  /** Where the shown text starts while the reader is not at its end; null: the end is followed. */
  const [heldStart, setHeldStart] = useState<number | null>(null);
  const box = useRef<HTMLPreElement>(null);
  const isFollowing = heldStart === null;
  const start = heldStart ?? dropped + text.length - SHOWN;
  const cut = isWhole ? 0 : Math.max(0, start - dropped);
  const toEnd = (): void => box.current?.scrollTo({ top: box.current.scrollHeight });
  useLayoutEffect(() => {
    if (isFollowing) toEnd();
  }, [text, isFollowing]);
  return (
    <section class="stream">
      <div class="stream-head">
        <h3>{stream}</h3>
        <span class="faint">{stateOf(text, isComplete)}</span>
        {!isFollowing && !isComplete && (
          <button type="button" onClick={() => setHeldStart(null)}>
            Follow
          </button>
        )}
        {cut > 0 && (
          <button type="button" onClick={() => setWhole(true)}>
            Show all {text.length.toLocaleString()} characters
          </button>
        )}
        {text !== '' && <CopyButton text={() => text} label={`Copy ${stream}`} />}
      </div>
      <Problem error={error} />
      {dropped > 0 && <p class="none">The first {dropped.toLocaleString()} characters are left out.</p>}
      {text !== '' && (
        <pre
          ref={box}
          tabIndex={0}
          role="region"
          aria-label={stream}
          onScroll={({ currentTarget }) => setHeldStart(isAtEnd(currentTarget) ? null : dropped + cut)}
        >
          {cut > 0 ? `…${text.slice(cut)}` : text}
        </pre>
      )}
    </section>
  );
}

const isAtEnd = ({ scrollTop, scrollHeight, clientHeight }: Element): boolean =>
  scrollHeight - scrollTop - clientHeight <= NEAR_END;

function stateOf(text: string, isComplete: boolean): string {
  if (isComplete) return text === '' ? 'nothing was written' : '';
  return text === '' ? 'nothing yet' : '● live';
}
