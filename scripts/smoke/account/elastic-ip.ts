/** The smoke test's own Elastic IP. */
import {
  AllocateAddressCommand,
  DescribeAddressesCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
  type Address,
} from '@aws-sdk/client-ec2';
import { Failed } from '../../../cli/failures';
import { RUN_TAG } from '../tag';
import { codeOf, unlessMissing } from './aws-error';
import type { Clients } from './clients';

type Ec2 = Pick<Clients, 'ec2'>;

export interface ElasticIp {
  readonly allocationId: string;
  readonly publicIp: string;
}

/** @throws an error of the SDK, like AddressLimitExceeded */
export async function allocateElasticIp({ ec2 }: Ec2, runId: string): Promise<ElasticIp> {
  const command = new AllocateAddressCommand({
    Domain: 'vpc',
    TagSpecifications: [{ ResourceType: 'elastic-ip', Tags: [{ Key: RUN_TAG, Value: runId }] }],
  });
  const { AllocationId: allocationId, PublicIp: publicIp } = await ec2.send(command);
  if (allocationId === undefined || publicIp === undefined) throw new Failed('AllocateAddress returned no address.');
  return { allocationId, publicIp };
}

/** Finds the run's addresses by their tag: the response of an allocation may have been lost. */
export async function findElasticIps({ ec2 }: Ec2, runId: string): Promise<readonly string[]> {
  const command = new DescribeAddressesCommand({ Filters: [{ Name: `tag:${RUN_TAG}`, Values: [runId] }] });
  const { Addresses = [] } = await ec2.send(command);
  return Addresses.flatMap(({ AllocationId }) => AllocationId ?? []);
}

/** Undefined if it does not exist. */
async function describe({ ec2 }: Ec2, allocationId: string): Promise<Address | undefined> {
  try {
    const { Addresses: [address] = [] } = await ec2.send(
      new DescribeAddressesCommand({ AllocationIds: [allocationId] }),
    );
    return address;
  } catch (error) {
    if (codeOf(error) === MISSING) return undefined;
    throw error;
  }
}

const MISSING = 'InvalidAllocationID.NotFound';

/** Also takes it off an interface. @throws an error of the SDK if it is still allocated after that */
export async function releaseElasticIp(clients: Ec2, allocationId: string): Promise<void> {
  const AssociationId = (await describe(clients, allocationId))?.AssociationId;
  if (AssociationId !== undefined) {
    const command = new DisassociateAddressCommand({ AssociationId });
    await unlessMissing(clients.ec2.send(command), 'InvalidAssociationID.NotFound');
  }
  await unlessMissing(clients.ec2.send(new ReleaseAddressCommand({ AllocationId: allocationId })), MISSING);
}
