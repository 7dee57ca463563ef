/** Connects the ports of the API with their adapters. */
import type { ApiPorts } from '../ports';
import type { RuntimeWith } from '../runtime';
import { cloudWatchMetrics } from './cloudwatch-metrics';
import { createPorts, surroundingsOf, type PortRuntime } from './create-ports';
import { executionHistory } from './execution-history';
import { ec2AccountLists } from './ec2-account-lists';
import { nodeListing } from './dynamodb-listing';
import { tableOf } from './from-environment';
import { listPrices } from './list-prices';

/** The clients that only the API uses. */
export type ApiClients = 'pricing' | 'cloudwatch';

/** @throws Error if the environment lacks the name of the table or of the deployment */
export function createApiPorts(runtime: PortRuntime & RuntimeWith<ApiClients>): ApiPorts {
  const { environment, ec2, sfn, time } = runtime;
  const prices = listPrices({ ec2, pricing: () => runtime.pricing, time, region: environment.AWS_REGION ?? '' });
  return {
    ...createPorts(runtime),
    listing: nodeListing(tableOf(runtime), time),
    accountLists: ec2AccountLists(ec2, time),
    instanceRoleArns: surroundingsOf(environment).instanceRoleArns,
    prices,
    executionHistory: executionHistory(sfn),
    instanceMetrics: cloudWatchMetrics(() => runtime.cloudwatch),
  };
}
