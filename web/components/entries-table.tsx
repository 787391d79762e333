import type { EntryModel } from '../../helpers/run-report/run-model';
import { offsetText } from './time-scale';

interface Props {
  readonly entries: readonly EntryModel[];
  /** The instant from which their times are counted, epoch ms. */
  readonly start: number;
}

/** Entries of the log of executions, in their order. */
export const EntriesTable = ({ entries, start }: Props) => (
  <table class="log">
    <thead>
      <tr>
        <th scope="col">after</th>
        <th scope="col">entry</th>
        <th scope="col">execution</th>
        <th scope="col">payload</th>
      </tr>
    </thead>
    <tbody>
      {entries.map(({ at, type, execution, payload }, n) => (
        <tr key={n}>
          <td>{offsetText(at - start)}</td>
          <td>{type}</td>
          <td>{execution}</td>
          <td>
            <code>{payload === '{}' ? '' : payload}</code>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
