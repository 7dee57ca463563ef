/**
 * The API, behind an API Gateway HTTP API (payload format 2.0, one route for everything). It implements the contract of
 * Spot's clients, in the envelope that they expect.
 *
 * Callers need a token from the secret API_TOKEN_SECRET_ARN. With API_AUTHENTICATION=iam, API Gateway authenticates them
 * instead. With IMPORTS=off, it begins no import.
 */
import { createApiPorts, type ApiClients } from '../adapters/create-api-ports';
import type { PortClients } from '../adapters/create-ports';
import { secretTokens } from '../adapters/secrets-manager';
import { apiClients, secretsClient } from '../clients';
import { lambdaHandler, type CreateHandler, type RuntimeWith } from '../runtime';
import { createApi } from './dispatch';
import { cachedTokens } from './api-tokens';
import { bearerAuthentication, trustApiGateway, type Authenticate } from './authentication';
import { createNodeService } from './create-node-service';

export const createHandler: CreateHandler<PortClients | ApiClients | 'secrets'> = (runtime) => {
  const { time, log, measure } = runtime;
  const service = createNodeService(createApiPorts(runtime), { imports: runtime.environment.IMPORTS !== 'off' });
  return createApi({ service, authenticate: authenticationOf(runtime), time, log, measure });
};

export const handler = lambdaHandler(createHandler, () => Object.assign(apiClients(), { secrets: secretsClient() }));

/** @throws Error if the environment does not say how to authenticate: the API must never be open by mistake */
function authenticationOf(runtime: RuntimeWith<'secrets'>): Authenticate {
  const { API_AUTHENTICATION: kind = 'bearer', API_TOKEN_SECRET_ARN: secretArn } = runtime.environment;
  if (kind === 'iam') return trustApiGateway;
  if (kind !== 'bearer') throw new Error(`API_AUTHENTICATION must be bearer or iam, not ${kind}`);
  if (secretArn === undefined) throw new Error('the environment variable API_TOKEN_SECRET_ARN is not set');
  return bearerAuthentication(cachedTokens(secretTokens(runtime.secrets, secretArn), runtime.time));
}
