/**
 * The custom resource that declares a node in a CloudFormation template. CDK's provider framework calls it: once for the
 * event, and then again and again until the resource is complete.
 * https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#provider-framework
 */
import { createApiPorts, type ApiClients } from '../adapters/create-api-ports';
import type { PortClients } from '../adapters/create-ports';
import { createNodeService } from '../api/create-node-service';
import { apiClients } from '../clients';
import { lambdaHandler, type CreateHandler } from '../runtime';
import { followResource } from './follow-resource';

export const createHandler: CreateHandler<PortClients | ApiClients> = (runtime) => {
  const ports = createApiPorts(runtime);
  const follow = followResource(createNodeService(ports), ports);
  return async (event) => {
    const outcome = await follow(event);
    runtime.log.info('resource followed', { outcome });
    return outcome;
  };
};

export const handler = lambdaHandler(createHandler, apiClients);
