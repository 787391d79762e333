import { Component, type ComponentChildren } from 'preact';
import { Problem } from './problem';

interface Props {
  /** What is shown: for another one it is tried again. */
  readonly subject: string;
  readonly children: ComponentChildren;
}

interface State {
  readonly error: unknown;
}

/** Shows an error of the page itself in place of what cannot be shown. */
export class Boundary extends Component<Props, State> {
  static override getDerivedStateFromError = (error: unknown): State => ({ error });

  override state: State = { error: null };

  override componentDidUpdate(before: Props): void {
    if (before.subject !== this.props.subject && this.state.error !== null) this.setState({ error: null });
  }

  override render({ children }: Props, { error }: State) {
    return error === null ? children : <Problem error={error} />;
  }
}
