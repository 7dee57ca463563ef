/**
 * A simulated AWS account with the control plane deployed in it. The demo, the tests and `npm start` use it.
 */
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { AllocateAddressCommand } from '@aws-sdk/client-ec2';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { NodeConfig } from '../domain/config/node-config';
import type { StatefulNode } from '../domain/node/stateful-node';
import { keysOf } from '../domain/records/node-keys';
import { nodeRecord } from '../domain/records/node-record';
import { readRecord } from '../domain/records/stored-record';
import type { Clock } from '../simulator/time/clock';
import { defaultAccount, type DefaultAccount } from '../simulator/ec2/default-account';
import { SimulatedEc2, type SimulatedEc2Options } from '../simulator/ec2/ec2';
import { accountOfWorld } from './sandbox-account';
import { startControlPlane, type ControlPlane, type ControlPlaneOptions, type Ec2Hooks } from './control-plane';
import { synthesize } from './synthesize';

export interface SandboxOptions {
  readonly clock: Clock;
  readonly seed: number | string;
  /** Further options of the simulated EC2. */
  readonly ec2?: Partial<Omit<SimulatedEc2Options, 'clock' | 'seed' | keyof Ec2Hooks>>;
  readonly controlPlane?: Partial<Omit<ControlPlaneOptions<SimulatedEc2>, 'clock' | 'seed' | 'ec2' | 'template'>>;
  /** The synthesised template, for callers that open many sandboxes. @default - synthesised now */
  readonly template?: unknown;
  /** How many processes have used the same world and tables before. @default 0 */
  readonly openings?: number;
}

export interface Sandbox {
  readonly clock: Clock;
  readonly ec2: SimulatedEc2;
  readonly account: DefaultAccount;
  readonly plane: ControlPlane<SimulatedEc2>;
  readonly node: (nodeId: string) => Promise<StatefulNode | undefined>;
  /** The API's token. */
  readonly token: () => Promise<string>;
}

export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { clock, seed, ec2: ec2Options, controlPlane, template, openings = 0 } = options;
  const plane = await startControlPlane({
    clock,
    // The world stores how often its streams were drawn from. All other streams must differ from those of earlier runs.
    seed: openings === 0 ? seed : `${seed}/${openings}`,
    ec2: (hooks) => new SimulatedEc2({ clock, seed, ...hooks, ...ec2Options }),
    template: template ?? (await synthesize()),
    ...controlPlane,
  });
  const { ec2 } = plane;
  return {
    clock,
    ec2,
    account: ec2Options?.world === undefined ? defaultAccount(ec2) : accountOfWorld(ec2Options.world),
    plane,
    node: (nodeId) => readNode(plane, nodeId),
    token: async () => (JSON.parse(await plane.secret('Token')) as { current: string }).current,
  };
}

/** Reads a node record as it is in the table. */
async function readNode(plane: ControlPlane<SimulatedEc2>, nodeId: string): Promise<StatefulNode | undefined> {
  for (const key of keysOf(nodeId)) {
    const { Item } = await plane.dynamodb.send(
      new GetItemCommand({ TableName: plane.tableNames[0], Key: marshall(key) }),
    );
    if (Item !== undefined) return readRecord(nodeRecord, nodeId, unmarshall(Item));
  }
  return undefined;
}

/** The node of a small licence server, with a given private IP and an Elastic IP, in the account's first subnet. */
export function exampleDocument(account: DefaultAccount, elasticIp: string, attachment: 'cold' | 'hot'): NodeConfig {
  return {
    name: 'licence-server',
    region: 'us-east-1',
    strategy: { lifeCycle: 'spot', fallbackToOd: true },
    persistence: { persistPrivateIp: true, eniAttachment: attachment },
    compute: {
      vpcId: account.vpcId,
      subnetIds: [account.subnetIds[0]],
      privateIp: '10.0.0.42',
      elasticIp,
      launchSpecification: {
        imageId: account.arm64ImageId,
        instanceTypes: { preferredType: 'm7g.large', types: ['m7g.large', 'm6g.large'] },
        securityGroupIds: [account.securityGroupId],
        tags: [{ tagKey: 'service', tagValue: 'licences' }],
      },
    },
  };
}

/** Creates a node through the API, as a client would, and returns its id. @throws Error with the API's refusal */
export async function createNode({ plane, token }: Sandbox, managedInstance: unknown): Promise<string> {
  const { status, body } = await plane.request({
    method: 'POST',
    path: '/aws/ec2/managedInstance',
    headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
    body: JSON.stringify({ managedInstance }),
  });
  if (status !== 200) throw new Error(`The API refused the document: ${body.toString()}`);
  const { response } = JSON.parse(body.toString()) as { response: { items: readonly { readonly id: string }[] } };
  return response.items[0]!.id;
}

/** Allocates an Elastic IP and returns its allocation id. */
export async function allocateElasticIp({ ec2 }: Pick<Sandbox, 'ec2'>): Promise<string> {
  const { AllocationId } = await ec2.client.send(new AllocateAddressCommand({ Domain: 'vpc' }));
  if (AllocationId === undefined) throw new Error('AllocateAddress returned no allocation id');
  return AllocationId;
}

/** A node's addresses as EC2 has them, independent of the node record. */
export interface NodeAddresses {
  readonly instanceId: string;
  readonly networkInterfaceId: string;
  readonly privateIp: string;
  readonly publicIp: string | null;
  readonly macAddress: string;
}

/** Returns a node's addresses from the simulated world, or undefined if its interface is not attached. */
export function addressesOf({ ec2 }: Pick<Sandbox, 'ec2'>, node: StatefulNode): NodeAddresses | undefined {
  const eni = [...ec2.world.networkInterfaces.values()].find(({ id }) => id === node.identity.interfaceId);
  if (eni?.attachment === undefined) return undefined;
  const address = [...ec2.world.elasticIps.values()].find(
    ({ association }) => association?.networkInterfaceId === eni.id,
  );
  return {
    instanceId: eni.attachment.instanceId,
    networkInterfaceId: eni.id,
    privateIp: eni.privateIpAddress,
    publicIp: address?.publicIp ?? null,
    macAddress: eni.macAddress,
  };
}
