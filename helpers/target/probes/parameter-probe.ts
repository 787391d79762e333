import { rejectionStatus } from '../../client/rejection-status';
import { ledgerInput, requireThat, startExecution, type Probe } from './probe-context';

/** A request without a required parameter is rejected if it asks for validation. */
export const probeParameterValidation: Probe = async (context) => {
  const parameters = ledgerInput(context, 'validated');
  const action = `${context.actions}.echo-required`;
  const status = await rejectionStatus(startExecution(context, action, parameters, { validate: true }));
  requireThat(status === 422, `a request without a required parameter was answered with ${status ?? 201}, not 422`);
};
