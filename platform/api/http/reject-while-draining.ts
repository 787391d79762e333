import { DomainError } from '../../base/domain-error';
import type { Api, ApiContext } from './context';

/** DRAINING for requests of new work while the platform stops: it would be accepted, then wait. */
export function rejectWhileDraining(api: Api, { drain }: Pick<ApiContext, 'drain'>): void {
  api.addHook('onRequest', (request, _reply, done) => {
    const isRejected = drain.isDraining && request.routeOptions.config.requestsWork === true;
    done(isRejected ? new DomainError('DRAINING', 'The platform stops and accepts no new work', DETAILS) : undefined);
  });
}

const DETAILS = { reason: 'DRAINING', path: '', hint: 'repeat the request when the platform has started again' };
