import { messageOf } from '../../errors';

/** The rendered text, or the reason why it is missing: evidence never throws. */
export async function textOrReason(subject: string, render: () => Promise<string>): Promise<string> {
  try {
    return await render();
  } catch (error) {
    return `no ${subject}: ${messageOf(error)}`;
  }
}
