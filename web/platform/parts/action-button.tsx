import { useState } from 'preact/hooks';
import { failureText } from '../api-failure';

interface Props {
  readonly label: string;
  /** What it acts on, for readers of the screen, where several buttons have the same label. */
  readonly subject?: string;
  /** What was done, for the line beside the buttons. */
  run(): Promise<string>;
  readonly announce: (text: string) => void;
}

/** A button that sends a request; it is disabled until the response. */
export function ActionButton({ label, subject, run, announce }: Props) {
  const [isSending, setSending] = useState(false);
  const press = async (): Promise<void> => {
    setSending(true);
    try {
      announce(await run());
    } catch (error) {
      announce(failureText(error));
    } finally {
      setSending(false);
    }
  };
  return (
    <button type="button" disabled={isSending} onClick={() => void press()}>
      {label}
      {subject !== undefined && <span class="hidden"> {subject}</span>}
    </button>
  );
}

/** What the last action did, spoken by a reader of the screen. */
export const Announcement = ({ text }: { readonly text: string }) => (
  <p class="announcement" role="status">
    {text}
  </p>
);
