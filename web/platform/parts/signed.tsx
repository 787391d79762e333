import type { Sign } from '../../components/status';

interface Props {
  readonly sign: Sign;
  readonly text: string;
}

/** A state: its sign, its color, and its name. */
export const Signed = ({ sign: { sign, tone }, text }: Props) => (
  <span class={`status ${tone}`}>
    <span aria-hidden="true">{sign}</span> {text}
  </span>
);
