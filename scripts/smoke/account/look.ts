/** Looks at a node in EC2: its instances, its interface, and its Elastic IP. */
import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeNetworkInterfacesCommand,
  type Filter,
  type Instance,
  type NetworkInterface,
} from '@aws-sdk/client-ec2';
import { NODE_ID_TAG } from '../../../domain/node/stateful-node';
import type { Look, SeenAssociation, SeenInstance, SeenInterface } from '../observations';
import { codeOf } from './aws-error';
import type { Clients } from './clients';

export interface Subject {
  readonly nodeId: string;
  /** Undefined if it is not known yet. It is then found by its tag. */
  readonly interfaceId: string | undefined;
  /** Those that an earlier look has shown. A terminated instance loses its tags before EC2 forgets it. */
  readonly instanceIds: readonly string[];
  readonly allocationId: string;
}

/** @throws an error of the SDK */
export async function lookAt({ ec2 }: Pick<Clients, 'ec2'>, subject: Subject, atMs: number): Promise<Look> {
  const { nodeId, interfaceId, instanceIds, allocationId } = subject;
  const [instances, network, association] = await Promise.all([
    instancesOf(ec2, nodeId, instanceIds),
    interfaceId === undefined ? interfaceWithTag(ec2, nodeId) : interfaceOf(ec2, interfaceId),
    associationOf(ec2, allocationId),
  ]);
  return { atMs, instances, ...network, association };
}

async function instancesOf(
  ec2: Clients['ec2'],
  nodeId: string,
  knownIds: readonly string[],
): Promise<readonly SeenInstance[]> {
  const tagged = await instancesWith(ec2, { Name: `tag:${NODE_ID_TAG}`, Values: [nodeId] });
  const untagged = knownIds.filter((id) => !tagged.some((instance) => instance.id === id));
  const others = untagged.length === 0 ? [] : await instancesWith(ec2, { Name: 'instance-id', Values: untagged });
  return [...tagged, ...others].sort((one, other) => (one.id < other.id ? -1 : 1));
}

async function instancesWith(ec2: Clients['ec2'], filter: Filter): Promise<readonly SeenInstance[]> {
  const seen: SeenInstance[] = [];
  let NextToken: string | undefined;
  do {
    const page = await ec2.send(new DescribeInstancesCommand({ Filters: [filter], NextToken }));
    seen.push(...(page.Reservations ?? []).flatMap(({ Instances = [] }) => Instances.map(seenInstance)));
    ({ NextToken } = page);
  } while (NextToken !== undefined);
  return seen;
}

function seenInstance({ InstanceId, State, InstanceType, InstanceLifecycle, LaunchTime }: Instance): SeenInstance {
  return {
    id: InstanceId ?? '',
    state: State?.Name ?? 'unknown',
    type: InstanceType ?? 'unknown',
    isSpot: InstanceLifecycle === 'spot',
    launchedAtMs: LaunchTime?.getTime(),
  };
}

type SeenNetwork = Pick<Look, 'networkInterface' | 'missingInterface'>;

const NO_INTERFACE: SeenNetwork = { networkInterface: undefined, missingInterface: undefined };

async function interfaceWithTag(ec2: Clients['ec2'], nodeId: string): Promise<SeenNetwork> {
  const command = new DescribeNetworkInterfacesCommand({ Filters: [{ Name: `tag:${NODE_ID_TAG}`, Values: [nodeId] }] });
  const { NetworkInterfaces: [found] = [] } = await ec2.send(command);
  if (found?.NetworkInterfaceId === undefined) return NO_INTERFACE;
  return { ...NO_INTERFACE, networkInterface: seenInterface(found.NetworkInterfaceId, found) };
}

async function interfaceOf(ec2: Clients['ec2'], interfaceId: string): Promise<SeenNetwork> {
  try {
    const command = new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [interfaceId] });
    const { NetworkInterfaces: [found] = [] } = await ec2.send(command);
    if (found === undefined) return { ...NO_INTERFACE, missingInterface: { id: interfaceId, code: 'an empty list' } };
    return { ...NO_INTERFACE, networkInterface: seenInterface(interfaceId, found) };
  } catch (error) {
    const code = codeOf(error);
    // What EC2 returns for a deleted interface is one of the questions, so the code is kept as it is.
    if (!code.startsWith('InvalidNetworkInterface')) throw error;
    return { ...NO_INTERFACE, missingInterface: { id: interfaceId, code } };
  }
}

function seenInterface(id: string, found: NetworkInterface): SeenInterface {
  const { Status = 'unknown', MacAddress = '', PrivateIpAddress = '', Association, Attachment } = found;
  const { InstanceId: instanceId, Status: status } = Attachment ?? {};
  // A free interface may still show its last attachment, as `detached`.
  const isAttached = instanceId !== undefined && status !== undefined && status !== 'detached';
  return {
    id,
    status: Status,
    macAddress: MacAddress,
    privateIp: PrivateIpAddress,
    publicIp: Association?.PublicIp,
    attachment: isAttached ? { instanceId, status } : undefined,
  };
}

async function associationOf(ec2: Clients['ec2'], allocationId: string): Promise<SeenAssociation | undefined> {
  const command = new DescribeAddressesCommand({ AllocationIds: [allocationId] });
  const { Addresses: [address] = [] } = await ec2.send(command);
  const { AssociationId: id, NetworkInterfaceId: interfaceId } = address ?? {};
  return id === undefined || interfaceId === undefined ? undefined : { id, interfaceId };
}
