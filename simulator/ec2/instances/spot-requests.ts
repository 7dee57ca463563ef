/**
 * The requests of Spot instances. Here they are always one-time, and made by a launch.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSpotInstanceRequests.html
 */
import type {
  DescribeSpotInstanceRequestsCommandOutput,
  DescribeSpotInstanceRequestsRequest,
} from '@aws-sdk/client-ec2';
import { ec2Error } from '../requests/ec2-error';
import { allowOnly, required, type Without$metadata } from '../requests/parameters';
import type { Simulation } from '../ec2-state';

/**
 * How a request ended, by its instance's state reason.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-request-status.html
 */
const END_CODES: Readonly<Record<string, string>> = {
  'Client.UserInitiatedShutdown': 'instance-terminated-by-user',
  'Client.InstanceInitiatedShutdown': 'instance-terminated-by-user',
  'Server.SpotInstanceTermination': 'instance-terminated-no-capacity',
};

export function describeSpotRequests(
  simulation: Simulation,
  input: DescribeSpotInstanceRequestsRequest,
): Without$metadata<DescribeSpotInstanceRequestsCommandOutput> {
  allowOnly('DescribeSpotInstanceRequests', input, ['DryRun', 'SpotInstanceRequestIds']);
  const instances = [...simulation.world.instances.values()];
  const requests = required(input.SpotInstanceRequestIds, 'SpotInstanceRequestIds').map((requestId) => {
    const instance = instances.find(({ spotRequestId }) => spotRequestId === requestId);
    if (instance === undefined) {
      throw ec2Error(
        'InvalidSpotInstanceRequestID.NotFound',
        `The spot instance request ID '${requestId}' does not exist`,
      );
    }
    const hasEnded = instance.state === 'terminated' || instance.state === 'shutting-down';
    const { stateReason } = instance;
    const status = hasEnded ? (END_CODES[stateReason?.code ?? ''] ?? 'instance-terminated-by-user') : 'fulfilled';
    return {
      SpotInstanceRequestId: requestId,
      InstanceId: instance.id,
      Type: 'one-time' as const,
      State: hasEnded ? ('closed' as const) : ('active' as const),
      Status: { Code: status, Message: status, UpdateTime: new Date(stateReason?.at ?? instance.launchedAt) },
    };
  });
  return { SpotInstanceRequests: requests };
}
