/**
 * Requests that change the simulated EC2 from outside: interruptions, empty pools, an interface deleted by hand. They
 * are for users and tests of `npm start`, and are never deployed.
 */
import {
  AllocateAddressCommand,
  DeleteNetworkInterfaceCommand,
  DetachNetworkInterfaceCommand,
  DisassociateAddressCommand,
  EC2ServiceException,
  ReleaseAddressCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { NODE_ID_TAG } from '../../domain/node/stateful-node';
import type { Ec2Port } from '../../simulator/ec2/ec2';
import type { World } from '../../simulator/ec2/world';
import { PACE_ACTIONS, type Pace } from './pace';
import { launchPlainInstance } from './plain-instance';
import {
  addressRequest,
  anyInstanceRequest,
  BadRequest,
  capacityRequest,
  executionRequest,
  impairRequest,
  instanceRequest,
  interfaceRequest,
  nothing,
  parseRequest,
} from './simulator-requests';
import type { Sandbox } from '../sandbox';
import type { Execution } from '../../simulator/step-functions/step-functions';

export interface ControlResponse {
  readonly status: number;
  readonly body: object;
}

type Perform = (sandbox: Sandbox, body: string) => object | Promise<object>;

const ACTIONS: Readonly<Record<string, Perform>> = {
  'GET /simulator/world': ({ ec2, plane }) => ({
    ...worldSummary(ec2.world),
    executions: runningExecutions(plane.executions()),
  }),
  'POST /simulator/interrupt': ({ ec2 }, body) => {
    const { instanceId } = parseRequest(instanceRequest(ec2.world), body);
    ec2.interruptSpotInstance(instanceId);
    return { instanceId };
  },
  'POST /simulator/rebalance': ({ ec2 }, body) => {
    const { instanceId } = parseRequest(instanceRequest(ec2.world), body);
    ec2.recommendRebalance(instanceId);
    return { instanceId };
  },
  'POST /simulator/capacity': ({ ec2, account }, body) => {
    const { count, ...pool } = parseRequest(capacityRequest(ec2.world, account), body);
    ec2.setCapacity(pool, count ?? Infinity);
    return { ...pool, count };
  },
  'POST /simulator/launch': launchPlainInstance,
  'POST /simulator/stop': onInstance((client, InstanceIds) => client.send(new StopInstancesCommand({ InstanceIds }))),
  'POST /simulator/start': onInstance((client, InstanceIds) => client.send(new StartInstancesCommand({ InstanceIds }))),
  'POST /simulator/terminate': onInstance((client, InstanceIds) =>
    client.send(new TerminateInstancesCommand({ InstanceIds })),
  ),
  'POST /simulator/impair': ({ ec2 }, body) => {
    const { instanceId, check = 'instance' } = parseRequest(impairRequest(ec2.world), body);
    ec2.impairInstance(instanceId, { check });
    return { instanceId, check };
  },
  'POST /simulator/heal': ({ ec2 }, body) => {
    const { instanceId } = parseRequest(anyInstanceRequest(ec2.world), body);
    ec2.healInstance(instanceId);
    return { instanceId };
  },
  'POST /simulator/detach-interface': detachInterface,
  'POST /simulator/delete-interface': deleteInterface,
  'POST /simulator/allocate-address': async ({ ec2 }, body) => {
    parseRequest(nothing, body);
    const { AllocationId: allocationId, PublicIp: publicIp } = await ec2.personClient.send(
      new AllocateAddressCommand({ Domain: 'vpc' }),
    );
    return { allocationId, publicIp };
  },
  'POST /simulator/disassociate-address': disassociateAddress,
  'POST /simulator/release-address': async ({ ec2 }, body) => {
    const { allocationId } = parseRequest(addressRequest(ec2.world), body);
    await ec2.personClient.send(new ReleaseAddressCommand({ AllocationId: allocationId }));
    return { allocationId };
  },
  'POST /simulator/reconcile': async ({ plane }, body) => {
    parseRequest(nothing, body);
    return { answer: await plane.runSchedule('Reconciler') };
  },
  'POST /simulator/abort': ({ plane }, body) => {
    const { executionArn } = parseRequest(executionRequest(plane.executions()), body);
    plane.abort(executionArn);
    return { executionArn };
  },
};

/** @param pace of a simulation that follows wall time. Without it there is no request for that. */
export async function control(
  sandbox: Sandbox,
  method: string,
  path: string,
  body: string,
  pace?: Pace,
): Promise<ControlResponse> {
  const actions = pace === undefined ? ACTIONS : { ...ACTIONS, ...actionsOf(pace) };
  const perform = actions[`${method} ${path}`];
  if (perform === undefined) {
    const message = `${method} ${path} does not exist; send one of ${Object.keys(actions).join(', ')}`;
    return { status: 404, body: { errors: [{ field: 'path', message }] } };
  }
  try {
    return { status: 200, body: await perform(sandbox, body) };
  } catch (error) {
    if (error instanceof BadRequest) return { status: 400, body: { errors: error.problems } };
    if (error instanceof EC2ServiceException) {
      return { status: 400, body: { errors: [{ field: 'body', message: `${error.name}: ${error.message}` }] } };
    }
    throw error;
  }
}

function actionsOf(pace: Pace): Readonly<Record<string, Perform>> {
  const ofPace = Object.entries(PACE_ACTIONS).map(([name, perform]): [string, Perform] => [
    name,
    (_sandbox, body) => perform(pace, body),
  ]);
  return Object.fromEntries(ofPace);
}

/** The maximum wait for a forced detachment, in milliseconds of simulated time. */
const DETACH_MAX_MS = 5 * 60_000;
const DETACH_POLL_MS = 500;

/** Makes a call about one instance as a console user. */
function onInstance(act: (client: Ec2Port, instanceIds: string[]) => Promise<unknown>): Perform {
  return async ({ ec2 }, body) => {
    const { instanceId } = parseRequest(anyInstanceRequest(ec2.world), body);
    await act(ec2.personClient, [instanceId]);
    return { instanceId };
  };
}

async function detachInterface({ ec2 }: Sandbox, body: string): Promise<object> {
  const { networkInterfaceId, force = false } = parseRequest(interfaceRequest(ec2.world), body);
  const attachment = ec2.world.networkInterfaces.get(networkInterfaceId)?.attachment;
  if (attachment === undefined) {
    throw new BadRequest([
      { field: 'networkInterfaceId', message: 'the interface is attached to no instance; give an attached one' },
    ]);
  }
  await ec2.personClient.send(new DetachNetworkInterfaceCommand({ AttachmentId: attachment.id, Force: force }));
  return { networkInterfaceId };
}

async function disassociateAddress({ ec2 }: Sandbox, body: string): Promise<object> {
  const { allocationId } = parseRequest(addressRequest(ec2.world), body);
  const association = ec2.world.elasticIps.get(allocationId)?.association;
  if (association === undefined) {
    throw new BadRequest([
      { field: 'allocationId', message: 'the Elastic IP is on no interface; give an associated one' },
    ]);
  }
  await ec2.personClient.send(new DisassociateAddressCommand({ AssociationId: association.id }));
  return { allocationId };
}

/** Deletes an interface as a console user would: detaches it first if `force` is true. */
async function deleteInterface({ ec2, clock }: Sandbox, body: string): Promise<object> {
  const { networkInterfaceId, force = false } = parseRequest(interfaceRequest(ec2.world), body);
  const networkInterface = ec2.world.networkInterfaces.get(networkInterfaceId)!;
  const { attachment } = networkInterface;
  if (attachment !== undefined) {
    const refusal = refuseDetachment(attachment, force);
    if (refusal !== undefined) throw new BadRequest([refusal]);
    await ec2.personClient.send(new DetachNetworkInterfaceCommand({ AttachmentId: attachment.id, Force: true }));
    for (let waitedMs = 0; networkInterface.attachment && waitedMs < DETACH_MAX_MS; waitedMs += DETACH_POLL_MS) {
      await clock.sleep(DETACH_POLL_MS);
    }
  }
  await ec2.personClient.send(new DeleteNetworkInterfaceCommand({ NetworkInterfaceId: networkInterfaceId }));
  return { networkInterfaceId };
}

function refuseDetachment({ instanceId, deviceIndex }: { instanceId: string; deviceIndex: number }, force: boolean) {
  if (deviceIndex === 0) {
    return {
      field: 'networkInterfaceId',
      message: `this is the primary interface of ${instanceId}, which EC2 never detaches; pause the node first`,
    };
  }
  if (force) return undefined;
  return { field: 'force', message: `the interface is attached to ${instanceId}; give true to detach it first` };
}

function worldSummary(world: World): object {
  const { subnets, images, securityGroups, elasticIps, instances, networkInterfaces } = world;
  return {
    region: world.region,
    subnets: [...subnets.values()].map(({ id: subnetId, vpcId, availabilityZone, cidrBlock }) => ({
      subnetId,
      vpcId,
      availabilityZone,
      cidrBlock,
    })),
    images: [...images.values()].map(({ id: imageId, name, architecture }) => ({ imageId, name, architecture })),
    securityGroups: [...securityGroups.values()].map(({ id: groupId, vpcId, name }) => ({ groupId, vpcId, name })),
    addresses: [...elasticIps.values()].map(({ id: allocationId, publicIp, association }) => ({
      allocationId,
      publicIp,
      networkInterfaceId: association?.networkInterfaceId ?? null,
    })),
    instances: [...instances.values()].map((instance) => ({
      instanceId: instance.id,
      state: instance.state,
      lifeCycle: instance.lifeCycle,
      instanceType: instance.instanceType,
      availabilityZone: instance.availabilityZone,
      nodeId: nodeIdIn(instance.tags.current),
    })),
    networkInterfaces: [...networkInterfaces.values()].map((networkInterface) => ({
      networkInterfaceId: networkInterface.id,
      status: networkInterface.status,
      privateIp: networkInterface.privateIpAddress,
      macAddress: networkInterface.macAddress,
      subnetId: networkInterface.subnetId,
      instanceId: networkInterface.attachment?.instanceId ?? null,
      nodeId: nodeIdIn(networkInterface.tags.current),
    })),
  };
}

function runningExecutions(executions: readonly Execution[]): readonly object[] {
  return executions
    .filter(({ status }) => status === 'RUNNING')
    .map(({ arn: executionArn, stateMachineName: stateMachine, input }) => ({ executionArn, stateMachine, input }));
}

function nodeIdIn(tags: Readonly<Record<string, string>>): string | null {
  return tags[NODE_ID_TAG] ?? null;
}
