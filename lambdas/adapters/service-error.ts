/** The errors of services that a request only reads from. */
import { ServiceUnavailable, Throttled } from '../../domain/errors';
import { isConnectionFailure } from './connection-failure';

/** The SDK's base class of the errors of one service. */
type ServiceError = abstract new (...given: never[]) => Error & { readonly $fault: 'client' | 'server' };

/**
 * @param service what it is called in a message, like `The price list`
 * @throws Throttled @throws ServiceUnavailable @throws what the service says if the request is wrong or not allowed
 */
export async function callService<T>(service: string, Failure: ServiceError, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (isConnectionFailure(error)) throw new ServiceUnavailable(`${service} did not answer`, { cause: error });
    if (!(error instanceof Failure)) throw error;
    // The services name it differently: ThrottlingException, Throttling.
    if (error.name.startsWith('Throttling')) throw new Throttled(`${service} is throttling`, { cause: error });
    if (error.$fault === 'server') throw new ServiceUnavailable(`${service} failed`, { cause: error });
    throw error;
  }
}
