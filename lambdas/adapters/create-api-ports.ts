/** Connects the ports of the API with their adapters. */
import type { ApiPorts } from '../ports';
import type { RuntimeWith } from '../runtime';
import { createPorts, type PortRuntime } from './create-ports';
import { listPrices } from './list-prices';

/** @throws Error if the environment lacks the name of the table or of the deployment */
export function createApiPorts(runtime: PortRuntime & RuntimeWith<'pricing'>): ApiPorts {
  const { environment, ec2, time } = runtime;
  const prices = listPrices({ ec2, pricing: () => runtime.pricing, time, region: environment.AWS_REGION ?? '' });
  return { ...createPorts(runtime), prices };
}
