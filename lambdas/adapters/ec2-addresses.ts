/** Elastic IP addresses on the AWS SDK. */
import {
  AssociateAddressCommand,
  DescribeAddressesCommand,
  DisassociateAddressCommand,
  type Address,
  type EC2Client,
} from '@aws-sdk/client-ec2';
import { InterfaceMissing } from '../../domain/errors';
import type { SeenElasticIp } from '../../domain/node/observations';
import type { ElasticIps } from '../ports';
import { callEc2, toHoldfastError } from './ec2-error';
import { observeInterface } from './ec2-network-interfaces';

export function ec2ElasticIps(ec2: Pick<EC2Client, 'send'>): ElasticIps {
  return {
    observe: (allocationId) =>
      callEc2<SeenElasticIp | undefined>(
        async () => {
          const { Addresses: [found] = [] } = await ec2.send(
            new DescribeAddressesCommand({ AllocationIds: [allocationId] }),
          );
          return found && seenElasticIp(allocationId, found);
        },
        { 'not-found': () => undefined },
      ),

    associate: (allocationId, interfaceId) =>
      callEc2(
        async () => {
          await ec2.send(
            new AssociateAddressCommand({
              AllocationId: allocationId,
              NetworkInterfaceId: interfaceId,
              AllowReassociation: true,
            }),
          );
        },
        {
          // We look again before we call it missing. Otherwise the step that remakes it would find it, in a loop.
          'not-found': async (failure) => {
            const isAboutInterface = failure.code === 'InvalidNetworkInterfaceID.NotFound';
            const isShown = isAboutInterface && (await observeInterface(ec2, interfaceId)) !== undefined;
            if (!isAboutInterface || isShown) throw toHoldfastError(failure);
            throw new InterfaceMissing(`${interfaceId} is gone`, { cause: failure.cause });
          },
        },
      ),

    disassociate: (associationId) =>
      callEc2(
        async () => {
          await ec2.send(new DisassociateAddressCommand({ AssociationId: associationId }));
        },
        { 'not-found': () => undefined },
      ),
  };
}

export function seenElasticIp(allocationId: string, found: Address): SeenElasticIp {
  const { PublicIp = '', AssociationId, NetworkInterfaceId } = found;
  return { allocationId, publicIp: PublicIp, associationId: AssociationId, interfaceId: NetworkInterfaceId };
}
