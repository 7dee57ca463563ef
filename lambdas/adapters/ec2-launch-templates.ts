/**
 * Launch templates, and the instant fleets that launch from them, on the AWS SDK.
 *
 * A template's name ends with a digest of everything in it. So a template that is out of date has another name and is not
 * found, and a template with the right name needs no look. It holds no tags: they come with each fleet, because they say which
 * operation launched the instance.
 *
 * A fleet of the type `instant` launches one instance, in one pool, while the caller waits. EC2 needs no service-linked role for
 * it (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-fleet-prerequisites.html), and it must not be deleted: that would
 * terminate its instance.
 */
import { createHash } from 'node:crypto';
import {
  CreateFleetCommand,
  CreateLaunchTemplateCommand,
  DeleteLaunchTemplateCommand,
  DescribeLaunchTemplatesCommand,
  type _InstanceType,
  type CreateFleetCommandInput,
  type CreateFleetCommandOutput,
  type EC2Client,
  type RequestLaunchTemplateData,
} from '@aws-sdk/client-ec2';
import { meaningOf } from '../../domain/node/ec2-error-codes';
import { DEPLOYMENT_TAG, NODE_ID_TAG, type LaunchRequest, type LaunchSettings } from '../../domain/node/stateful-node';
import type { FleetOutcome, LaunchTemplates } from '../ports';
import { callEc2, toHoldfastError, type Ec2Failure } from './ec2-error';
import { ownInterface, sharedSettings } from './ec2-launch-settings';
import { allPages } from './ec2-pages';
import { refusalOf } from './ec2-pool-refusal';
import { tagged, tagsOfMaking, toSdkTags } from './ec2-tags';

/** EC2 allows no larger page of these. */
const LARGEST_PAGE = 200;

/** @param deployment the name to tag everything with that is made here */
export function ec2LaunchTemplates(ec2: Pick<EC2Client, 'send'>, deployment: string): LaunchTemplates {
  const nameFor = (nodeId: string, settings: LaunchSettings): string => {
    const content = JSON.stringify([deployment, templateData(settings)]);
    return `holdfast-${nodeId}-${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
  };
  return {
    nameFor,

    make: (nodeId, settings) =>
      callEc2(
        async () => {
          const tags = toSdkTags([
            { key: NODE_ID_TAG, value: nodeId },
            { key: DEPLOYMENT_TAG, value: deployment },
          ]);
          await ec2.send(
            new CreateLaunchTemplateCommand({
              LaunchTemplateName: nameFor(nodeId, settings),
              LaunchTemplateData: templateData(settings),
              TagSpecifications: [{ ResourceType: 'launch-template', Tags: tags }],
            }),
          );
        },
        { 'name-taken': () => undefined },
      ),

    ofNode: (nodeId) =>
      allPages(async (NextToken) => {
        const Filters = [tagged(DEPLOYMENT_TAG, deployment), tagged(NODE_ID_TAG, nodeId)];
        const command = new DescribeLaunchTemplatesCommand({ Filters, MaxResults: LARGEST_PAGE, NextToken });
        const { LaunchTemplates: found = [], NextToken: next } = await ec2.send(command);
        return { items: found.flatMap(({ LaunchTemplateName }) => LaunchTemplateName ?? []), next };
      }),

    delete: (name) =>
      callEc2(
        async () => {
          await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName: name }));
          return true;
        },
        { 'no-template': () => false },
      ),

    launch: (name, request) =>
      callEc2<FleetOutcome>(
        async () => outcomeOf(await ec2.send(new CreateFleetCommand(fleetInput(name, request, deployment)))),
        {
          'token-used': () => ({ kind: 'unknown' }),
          'no-template': unusable,
          unauthorized: unusable,
          rejected: unusable,
          unsuitable: unusable,
          quota: unusable,
        },
      ),
  };
}

/** EC2 has refused the fleet itself, not an instance in the pool. */
function unusable({ code, message }: Ec2Failure): FleetOutcome {
  return { kind: 'unusable', code, message };
}

/** EC2 answers a launch that it refuses with the error in a list. The client token is used up in any case. */
function outcomeOf({ Instances = [], Errors = [] }: CreateFleetCommandOutput): FleetOutcome {
  const [instanceId] = Instances.flatMap(({ InstanceIds = [] }) => InstanceIds);
  if (instanceId !== undefined) return { kind: 'launched', instanceId };
  const [first] = Errors;
  if (first === undefined) return { kind: 'unknown' };
  const { ErrorCode: code = 'InternalError', ErrorMessage: message = '' } = first;
  const failure: Ec2Failure = { code, message, meaning: meaningOf(code, message, false), cause: first };
  const refusal = refusalOf(failure);
  if (refusal !== undefined) return { kind: 'refused', refusal };
  switch (failure.meaning) {
    case 'unauthorized':
    case 'rejected':
    case 'no-template':
      return unusable(failure);
    // EC2 does not say what it has done.
    case 'unavailable':
      return { kind: 'unknown' };
    default:
      return { kind: 'failed', error: toHoldfastError(failure) };
  }
}

function templateData(settings: LaunchSettings): RequestLaunchTemplateData {
  return { ...sharedSettings(settings), NetworkInterfaces: [ownInterface(settings)] };
}

function fleetInput(template: string, request: LaunchRequest, deployment: string): CreateFleetCommandInput {
  const { instanceType, subnetId, lifeCycle } = request.pool;
  const tags = tagsOfMaking(deployment, request);
  return {
    ClientToken: request.clientToken,
    Type: 'instant',
    LaunchTemplateConfigs: [
      {
        // A template's version never changes, and nobody but us makes the first one.
        LaunchTemplateSpecification: { LaunchTemplateName: template, Version: '1' },
        Overrides: [{ InstanceType: instanceType as _InstanceType, SubnetId: subnetId }],
      },
    ],
    TargetCapacitySpecification: {
      TotalTargetCapacity: 1,
      DefaultTargetCapacityType: lifeCycle === 'spot' ? 'spot' : 'on-demand',
    },
    TagSpecifications: [
      { ResourceType: 'fleet', Tags: tags },
      { ResourceType: 'instance', Tags: tags },
      { ResourceType: 'volume', Tags: tagsOfMaking(deployment, { ...request, tags: request.volumeTags }) },
    ],
  };
}
