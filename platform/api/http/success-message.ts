import { DeleteResult, dataEnvelope } from '../../../contract/envelopes';

/** `{"data": {"success": true, "message": …}}`. */
export const SuccessMessage = dataEnvelope(DeleteResult);
export const successMessage = (message: string) => ({ data: { success: true as const, message } });
