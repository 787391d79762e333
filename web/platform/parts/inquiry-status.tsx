import type { InquiryStatus } from '../../../contract/inquiries';
import { type Sign } from '../../components/status';

const SIGNS: Readonly<Record<InquiryStatus, Sign>> = {
  pending: { sign: '?', tone: 'warn' },
  responded: { sign: '✓', tone: 'good' },
  timeout: { sign: '◷', tone: 'bad' },
  cancelled: { sign: '⊘', tone: 'calm' },
};

/** The status of an inquiry: its sign, its color, and its name. */
export function InquiryStatusSign({ status }: { readonly status: InquiryStatus }) {
  const { sign, tone } = SIGNS[status];
  return (
    <span class={`status ${tone}`}>
      <span aria-hidden="true">{sign}</span> {status}
    </span>
  );
}
