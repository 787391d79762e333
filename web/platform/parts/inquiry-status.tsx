import type { InquiryStatus } from '../../../contract/inquiries';
import type { Sign } from '../../components/status';
import { Signed } from './signed';

const SIGNS: Readonly<Record<InquiryStatus, Sign>> = {
  pending: { sign: '?', tone: 'warn' },
  responded: { sign: '✓', tone: 'good' },
  timeout: { sign: '◷', tone: 'bad' },
  cancelled: { sign: '⊘', tone: 'calm' },
};

/** The status of an inquiry. */
export const InquiryStatusSign = ({ status }: { readonly status: InquiryStatus }) => (
  <Signed sign={SIGNS[status]} text={status} />
);
