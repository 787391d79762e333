interface Props {
  readonly text: string;
  readonly class?: string;
}

/** A text in lines. Where it is long it scrolls: with a keyboard, if it can have the focus. */
export const LongText = ({ text, class: name }: Props) => (
  <pre class={name} tabIndex={0}>
    {text}
  </pre>
);
